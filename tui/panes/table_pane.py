"""A pane around a live table: border with title and as-of time, and a filter line."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from tui.columns import Column
from tui.panes.figures import OLDEST
from tui.panes.kept_rows import RowsInView
from tui.text import safe_line
from tui.widgets.border import set_border
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, clip, first_fitting
from tui.widgets.rows import Row
from tui.widgets.themes import look_of

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.panes.filter_input import FilterInput

FRAME = 6
"""Cells of the upper border that its words can't have: the corners, and what parts them from it."""
MOST_TYPED = 20
OF_ALL = "of all inboxes"
MIDDLE = " · "


class Title(NamedTuple):
    """A title that gives way to what must be seen: the filter with its count, then the totals."""

    forms: tuple[str, ...]
    """The fullest first; the last one is cut where even that finds no room."""
    note: str = ""
    """What stands in the lower border where the fullest form does not fit."""

    @classmethod
    def whole(cls, text: str, *, narrowed: bool) -> "Title":
        """Of a pane that one inbox beside it does not narrow: it says so, below where it finds no room."""
        return cls((f"{text} · {OF_ALL}", text), OF_ALL) if narrowed else cls((text,))


def fitted(parts: Iterable[str], room: int) -> str:
    """The words of a lower border in `room` cells, each of them whole or left out.

    Which part of the account it is, and how old what is dimmed is, stand nowhere else: the moment of
    what is live gives way to an age, and everything else to both. An age has a shorter form.
    """
    shown = [part for part in parts if part]
    aged = any(map(_is_age, shown))

    def over() -> bool:
        return 0 < room < cell_len(MIDDLE.join(shown))

    def leave_out(kind: Callable[[str], bool]) -> None:
        while over() and len(shown) > 1 and (parts_of_kind := [part for part in shown if kind(part)]):
            shown.remove(parts_of_kind[-1])

    if aged:
        leave_out(_is_moment)
    if over():
        shown[:] = [part.replace(OLDEST, "oldest ") for part in shown]
    leave_out(lambda part: not (_is_moment(part) or _is_age(part) or part == OF_ALL))
    leave_out(lambda part: _is_moment(part) and not part.startswith("as of "))
    leave_out(lambda part: not (_is_moment(part) or _is_age(part)))
    return MIDDLE.join(shown)


def _is_moment(part: str) -> bool:
    return "as of " in part


def _is_age(part: str) -> bool:
    return "oldest " in part or "out of date" in part


class TablePane(Vertical):
    """One table of the dashboard; subclasses say what rows it shows."""

    columns: Sequence[Column] = ()
    word: str = ""

    class ViewChanged(Message):
        """Other rows, or other columns of theirs, are in view."""

        def can_replace(self, message: Message) -> bool:
            """Lines scrolled in one go are one change."""
            return isinstance(message, TablePane.ViewChanged)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self.table = LiveTable(id=f"{id}-table")
        self.input: FilterInput | None = None
        """Made when somebody first opens it."""
        self.first_order: str | None = None
        self.kept = RowsInView()
        self._title = Title((self.word,))
        self._as_of: tuple[str, ...] = ("",)
        self._chosen = ""
        self._extra: str | Content = ""

    def compose(self) -> ComposeResult:
        """The table; the filter line comes below it once somebody opens it."""
        yield self.table

    def on_mount(self) -> None:
        """Give the table its columns once."""
        self.table.set_columns(self.columns)
        if self.first_order:
            self.table.sort_by(self.first_order.removeprefix("-"), self.first_order.startswith("-"))
        self._draw_border()
        self.watch(self.table, "scroll_y", self._tell_view, init=False)

    @property
    def in_view(self) -> tuple[int, ...]:
        """The keys of the rows on screen, from the top."""
        if not self.display:
            return ()
        return tuple(row.key for row in self.table.rows_in_view if isinstance(row.key, int))

    def _tell_view(self) -> None:
        self.post_message(self.ViewChanged())

    def choose_columns(self, keys: Sequence[str]) -> None:
        """Show only these columns, in this order; none of them named means all."""
        if self.is_mounted:
            self.table.set_columns(self.columns, keys)

    @property
    def order(self) -> str | None:
        """How the rows are sorted, to be remembered: the column, `-` before it where reversed."""
        by = self.table.sorted_by
        return None if by is None else f"{'-' if by[1] else ''}{by[0]}"

    def show_rows(
        self,
        rows: Sequence[Row],
        *,
        title: str | Title,
        as_of: str | Callable[[], str | tuple[str, ...]],
        empty: str,
        extra: str | Content = "",
    ) -> None:
        """Show `rows`; only what differs from what is on screen is drawn again.

        `as_of` is called once the rows are there, where it tells of those in view; of several forms of it,
        the longest first, everything has one moment and one age in the last one.
        """
        self.table.empty = empty
        self.table.set_rows(rows)
        self._title = Title((title,)) if isinstance(title, str) else title
        forms = as_of if isinstance(as_of, str) else as_of()
        self._as_of = (forms,) if isinstance(forms, str) else forms
        self._extra = extra
        self._draw_border()

    def on_resize(self) -> None:
        """Fit the border's words to the new width."""
        self._draw_border()

    def on_live_table_page_changed(self) -> None:
        """The table has another size, maybe because it was unfolded or the filter line opened below it."""
        self._tell_view()

    def on_live_table_matches_changed(self) -> None:
        """The filter lets another number of rows through, maybe long after it was typed."""
        self._draw_border()

    def on_live_table_sort_changed(self) -> None:
        """The rows stand in another order."""
        self._tell_view()

    def _draw_border(self) -> None:
        forms, note = self._title
        matches = self._matches()
        room = self.outer_size.width - FRAME
        extra = f"  {self._extra}" if self._extra else ""
        text = forms[0]
        if room > 0:
            left = room - cell_len(matches)
            fitting = (form for form in forms if cell_len(form + extra) <= left)
            text = next(fitting, None) or clip(forms[-1], left)
        below = note if text != forms[0] else ""
        text += matches
        title = Content.assemble(text, "  ", self._extra) if self._extra else Content(text)
        every = [MIDDLE.join(filter(None, (below, moment))) for moment in self._as_of]
        moments = fitted(first_fitting(every, room).split(MIDDLE), room)
        set_border(self, title, Content(moments) if moments else None)

    def _matches(self) -> str:
        """` · 3 of 42 online "mar"`: how many rows a filter shows, and which one; empty without any."""
        if not self.filtered:
            return ""
        text = f" · {self.table.match_count} of {self.table.total_count}"
        typed = clip(safe_line(self.typed), MOST_TYPED)
        return text + (f" {self._chosen}" if self._chosen else "") + (f' "{typed}"' if typed else "")

    @property
    def filtered(self) -> bool:
        """Whether rows are hidden by a filter."""
        return bool(self.typed or self._chosen)

    @property
    def typed(self) -> str:
        """What stands in the filter line."""
        return "" if self.input is None else self.input.value

    def open_filter(self) -> None:
        """Open the filter line and type into it."""
        if self.input is None:
            from tui.panes.filter_input import FilterInput  # Not before: most starts are followed by none.

            self.input = FilterInput(id=f"{self.id}-filter", classes="filter", compact=True)
            self.input.cursor_blink = False
            self.mount(self.input)
        self.input.display = True
        self.screen.set_focus(self.input)

    def clear_filter(self) -> bool:
        """Show all rows again; False where none were hidden."""
        had = self.filtered
        if self.input is not None:
            if self.screen.focused is self.input:
                self.screen.set_focus(self.table)
            self.input.value = ""
            self.input.display = False
        self.table.filter("")
        self.choose(None, None)
        return had

    def choose(self, word: str | None, predicate: Callable[[Row], bool] | None) -> None:
        """Show only the rows that `predicate` takes, named `word` in the border; None shows all."""
        self._chosen = word or ""
        self.table.set_predicate(predicate)
        self._draw_border()
        self._tell_view()

    def on_input_changed(self, event: "Input.Changed") -> None:
        """Filter as it is typed."""
        event.stop()
        self.table.filter(event.value)
        self._draw_border()
        self._tell_view()

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        """Keep the filter and go back to the rows."""
        event.stop()
        self._leave_filter()

    def on_filter_input_closed(self, event: "FilterInput.Closed") -> None:
        """Go back to the rows, with or without the filter."""
        event.stop()
        if not event.keep:
            self.clear_filter()
        self._leave_filter()

    def _leave_filter(self) -> None:
        self.table.focus()
        if self.input is not None:
            self.input.display = bool(self.input.value)


def content(line: Line, theme: str) -> Content:
    """A line as Textual content, each part in the look its role has in `theme`."""
    return Content.assemble(*((part.text, _style(part.role, theme)) for part in line))


def _style(role: str, theme: str) -> str:
    look = look_of(role, theme)
    return f"{look.colour} {look.attributes}".strip()
