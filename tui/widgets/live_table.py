"""A table of many rows that repaints only those that changed, and keeps its place by row key."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.columns import Column
from tui.widgets.arrangement import (
    NOTHING,
    Arrangement,
    Standing,
    Wish,
    arrange,
    in_same_order,
    keep_place,
    lines_in_view,
)
from tui.widgets.arranger import MANY, Arranger, Job
from tui.widgets.columns import Order, Placed, clicked_order, fit, next_order, wider_numbers
from tui.widgets.painting import RolePainter, Selection, painter_for
from tui.widgets.parts import Part, centre
from tui.widgets.row_painter import MARGIN, header_strip, row_strip
from tui.widgets.rows import Matcher, Predicate, Row

STRIPS_KEPT = 400
BEFORE_BAR = 1
"""Cells that keep the last digits off the scrollbar."""


class LiveTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows in, a picture out; knows nothing of what they stand for.

    Keys are bound by the screen to the `action_…` methods. The table never asks for layout
    but where the number of shown rows changes.
    """

    DEFAULT_CSS = """
    LiveTable {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
    }
    """

    @dataclass
    class Said(Message):
        """What every message of a table carries."""

        table: "LiveTable"

        @property
        def control(self) -> "LiveTable":
            """The table, for selectors of handlers."""
            return self.table

    @dataclass
    class RowSelected(Said):
        """Another row is selected; `key` is None where no row is left."""

        key: Hashable | None

    @dataclass
    class RowChosen(Said):
        """A row was opened, by key or by a double click."""

        key: Hashable

    @dataclass
    class MatchesChanged(Said):
        """Another number of rows is shown, or there is another number to show from."""

        matches: int
        total: int

    class SortChanged(Said):
        """Rows stand in another order: see `sorted_by`."""

    class PageChanged(Said):
        """There is room for other rows, or other columns: see `rows_in_view` and `shown_columns`."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "",
        loading_text: str = "",
        header: bool = True,
        follow: Widget | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`follow` is a widget whose focus counts as the table's own, as the input of a picker."""
        super().__init__(id=id, classes=classes)
        self.set_reactive(Widget.auto_links, False)
        self._columns = tuple(columns)
        self._chosen: tuple[str, ...] = ()
        self._placed: tuple[Placed, ...] = ()
        self._wider: dict[str, int] = {}
        self._given: Sequence[Row] = ()
        self._shown = NOTHING
        self._arranger = Arranger(self.run_worker, self._show)
        self._to_first = False
        self._ever_set = False
        self._selected: Hashable | None = None
        self._sort: tuple[str, bool] | None = None
        self._matcher = Matcher("")
        self._predicate: Predicate | None = None
        self._told = (0, 0)
        self._empty = empty
        self._loading_text = loading_text
        self._header = 1 if header else 0
        self._follow = follow
        self._painter: RolePainter | None = None
        self._strips: dict[Hashable, tuple[Row, Selection, Strip]] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, shown or not."""
        return self._columns

    @property
    def room(self) -> int:
        """Cells there are for columns and what parts them; none or less before the first layout."""
        return self.scrollable_content_region.width - MARGIN - BEFORE_BAR

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The keys of the columns there is room for."""
        return tuple(placed.column.key for placed in self._placed)

    @property
    def rows_in_view(self) -> Sequence[Row]:
        """The rows on screen just now."""
        return self._shown.rows[self._top : self._top + self._page]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as shown: filtered and sorted."""
        return tuple(self._shown.rows)

    @property
    def match_count(self) -> int:
        """Rows that pass the filters."""
        return len(self._shown.rows)

    @property
    def total_count(self) -> int:
        """Rows given."""
        return len(self._given)

    @property
    def selected(self) -> Hashable | None:
        """The key of the selected row."""
        return self._selected

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """Column key and whether reversed; None while rows keep the place given."""
        return self._sort

    @property
    def empty(self) -> str:
        """What stands in the middle where there is no row."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        if text != self._empty:
            self._empty = text
            if not self._shown.rows:
                self.refresh()

    def set_columns(self, columns: Sequence[Column], chosen: Sequence[str] = ()) -> None:
        """Other columns, of which `chosen` are shown in that order; cells must follow with `set_rows`."""
        if (tuple(columns), tuple(chosen)) == (self._columns, self._chosen):
            return
        self._columns, self._chosen, self._wider = tuple(columns), tuple(chosen), {}
        if self._sort is not None and all(column.key != self._sort[0] for column in columns):
            self._sort = None
        self._place_columns()
        self._rebuild()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; only lines that differ are painted again, and none for the same object."""
        if self._ever_set and rows is self._given:
            return
        first = not self._ever_set
        self._ever_set = True
        self._given = rows
        self._rebuild(wished=False)
        if first and not self._shown.rows:
            self.refresh()

    def filter(self, text: str) -> None:
        """Only rows with `text` in a cell, case and accents aside; a leading `!` turns it round."""
        self._matcher = Matcher(text)
        self._rebuild()

    def set_predicate(self, predicate: Predicate | None) -> None:
        """Only rows for which `predicate` is true, besides the filter."""
        self._predicate = predicate
        self._rebuild()

    def sort_by(self, column_key: str | None, reverse: bool = False) -> None:
        """Sort by a column and go to the first row; None gives the rows back the place they came in."""
        wanted = None if column_key is None else (column_key, reverse)
        if wanted is not None and all(column.key != column_key for column in self._columns):
            return
        if wanted != self._sort:
            self._sort = wanted
            self._to_first = True
            self._rebuild()
            self.refresh(Region(0, 0, self.size.width, self._header))

    def sort_next(self) -> None:
        """Sort by the next column shown; after the last one, as given again."""
        self._sort_as(next_order([placed.column for placed in self._placed], self._sort))

    def sort_reverse(self) -> None:
        """Turn the order round; nothing happens while the rows stand as given."""
        if self._sort is not None:
            self.sort_by(self._sort[0], not self._sort[1])

    def select(self, key: Hashable | None) -> bool:
        """Select a row and bring it into view; False where it is not shown."""
        place = self._shown.places.get(key)
        if place is None:
            return False
        self._move_to(place)
        return True

    def action_row_down(self) -> None:
        """Select the next row."""
        self._step(1)

    def action_row_up(self) -> None:
        """Select the row above."""
        self._step(-1)

    def action_page_down(self) -> None:
        """A page down."""
        self._step(max(1, self._page - 1))

    def action_page_up(self) -> None:
        """A page up."""
        self._step(-max(1, self._page - 1))

    def action_first_row(self) -> None:
        """Select the first row."""
        self._step(-len(self._shown.rows))

    def action_last_row(self) -> None:
        """Select the last row."""
        self._step(len(self._shown.rows))

    def action_choose_row(self) -> None:
        """Open the selected row."""
        if self._selected is not None:
            self.post_message(self.RowChosen(self, self._selected))

    @property
    def _page(self) -> int:
        return max(0, self.scrollable_content_region.height - self._header)

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    def _step(self, rows: int) -> None:
        if self._shown.rows:
            here = self._shown.places.get(self._selected, 0)
            self._move_to(min(max(here + rows, 0), len(self._shown.rows) - 1))

    def _move_to(self, place: int) -> None:
        old = self._shown.places.get(self._selected)
        if old != place:
            self._selected = self._shown.rows[place].key
            self._refresh_rows({old, place})
            self.post_message(self.RowSelected(self, self._selected))
        page = max(1, self._page)
        self._scroll_rows(min(max(self._top, place - page + 1), place))

    def _scroll_rows(self, top: int) -> None:
        if top != self._top:
            self.scroll_to(y=top, animate=False, force=True)

    def _rebuild(self, *, wished: bool = True) -> None:
        """Filter and sort anew: at once, but for many thousands of rows in slices."""
        wish = Wish(self._columns, self._matcher, self._predicate, self._sort)
        given, before = self._given, self._shown
        if wish.as_given or len(given) <= MANY or not self.is_attached:
            self._arranger.forget()
            self._show(arrange(given, wish, before))
            return
        if not wished and (same := in_same_order(given, before)) is not None:
            self._show(same)  # what is in view is fresh at once, wherever it will stand
        self._arranger.arrange(Job(given, wish, before), at_once=wished)

    def _show(self, arranged: Arrangement) -> None:
        """Show these, keep the place, and repaint what differs."""
        before, was_selected = self._shown, self._selected
        standing = Standing(was_selected, self._top, self._page)
        lines = lines_in_view(before, standing, was_selected)
        self._shown = arranged
        self._selected, top = keep_place(before, self._shown, standing)
        self._forget_rows()
        count = len(self._shown.rows)
        if len(before.rows) != count:
            self.virtual_size = Size(0, count + self._header)
            if not before.rows or not count:
                self.refresh()
        self._scroll_rows(min(top, max(0, count - standing.page)))
        if self._top == standing.top:
            after = lines_in_view(arranged, standing, self._selected)
            others = (line for line in range(standing.page) if lines[line] != after[line])
            self._refresh_rows({standing.top + line for line in others})
        self._widen()
        self._tell(was_selected)
        if self._to_first:
            self._to_first = False
            self.post_message(self.SortChanged(self))
            self.action_first_row()

    def _tell(self, selected: Hashable | None) -> None:
        if selected != self._selected:
            self.post_message(self.RowSelected(self, self._selected))
        counts = len(self._shown.rows), len(self._given)
        if counts != self._told:
            self._told = counts
            self.post_message(self.MatchesChanged(self, *counts))

    def _refresh_rows(self, places: set[int | None]) -> None:
        width, top = self.size.width, self._top
        lines = sorted(place - top for place in places if place is not None and 0 <= place - top < self._page)
        if lines:
            self.refresh(*[Region(0, line + self._header, width, 1) for line in lines])

    def _forget_rows(self) -> None:
        if len(self._strips) > STRIPS_KEPT:
            self._strips.clear()
        for key in [key for key in self._strips if key not in self._shown.places]:
            del self._strips[key]
        self._matcher.forget_beyond(len(self._given))

    def _place_columns(self) -> None:
        self._placed = fit(self._columns, self.room, self._chosen, self._wider)
        self._strips.clear()
        self.refresh()
        self._widen()

    def _widen(self) -> None:
        """Give the numbers in view their room; what has grown stays, so that nothing jumps to and fro."""
        wider = wider_numbers(self._placed, self.rows_in_view)
        if any(cells > self._wider.get(key, 0) for key, cells in wider.items()):
            self._wider |= {key: max(cells, self._wider.get(key, 0)) for key, cells in wider.items()}
            self._place_columns()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other numbers come into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._widen()

    def on_resize(self) -> None:
        """Fit the columns to the new width and keep the selected row in view."""
        self._place_columns()
        place = self._shown.places.get(self._selected)
        if place is not None:
            self._move_to(place)
        self.post_message(self.PageChanged(self))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region; the theme and the background are looked at once for all of them."""
        painter = painter_for(self, self._painter)
        if painter is not self._painter:
            self._painter = painter
            self._strips.clear()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of what is visible."""
        painter = self._painter
        width = self.size.width
        if painter is None or width <= 0:
            return Strip.blank(width)
        if y < self._header:
            return header_strip(painter, self._placed, width, self._sort)
        if not self._shown.rows:
            return self._notice(painter, y, width)
        place = self._top + y - self._header
        if place >= len(self._shown.rows):
            return painter.blank(width)
        return self._row(painter, self._shown.rows[place], width)

    def _row(self, painter: RolePainter, row: Row, width: int) -> Strip:
        selection: Selection = "none"
        if row.key == self._selected:
            watched = self if self._follow is None else self._follow
            selection = "focused" if watched.has_focus else "blurred"
        known = self._strips.get(row.key)
        if known is not None and known[1] == selection and known[0].cells == row.cells:
            return known[2]
        strip = row_strip(painter, self._placed, width, row, selection)
        self._strips[row.key] = row, selection, strip
        return strip

    def _notice(self, painter: RolePainter, y: int, width: int) -> Strip:
        if y != self._header + self._page // 2:
            return painter.blank(width)
        empty = self._empty if self._ever_set else self._loading_text or self._empty
        text = "No row matches." if self._given else empty
        return painter.strip(centre([Part(text, "dim")], width), width)

    def on_click(self, event: events.Click) -> None:
        """Select a row, open it on a double click, or sort by a column's title."""
        meta = event.style.meta
        if "column" in meta:
            event.stop()
            self._sort_as(clicked_order(self._columns, str(meta["column"]), self._sort))
        elif "row" in meta and self.select(meta["row"]):
            event.stop()
            if event.chain == 2:
                self.action_choose_row()

    def _sort_as(self, order: Order | None) -> None:
        self.sort_by(None) if order is None else self.sort_by(*order)
