"""The panes of the day screen: its rows, the week's busiest hours, and the lengths of waits."""

from collections.abc import Callable, Sequence
from functools import partial

from textual.content import Content

from tui.panes.day import rows
from tui.panes.day.rows import ShownDay
from tui.panes.table_pane import FRAME, TablePane, Title
from tui.widgets.border import set_border
from tui.widgets.columns import fit, wider_numbers
from tui.widgets.lines import LineView
from tui.widgets.parts import Line, clip, width_of
from tui.widgets.parts import Part as Piece
from tui.widgets.rows import Row


class DayPane(TablePane):
    """One row a stretch of arrival."""

    columns = rows.COLUMNS
    word = "Day"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._drawn: tuple[ShownDay, int] | None = None
        self._rows: list[Row] = []

    def draw(self, shown: ShownDay, name: str, below: str) -> None:
        """Show a day; `below` is what stands in the lower border."""
        room = self.table.room
        if self._drawn is None or self._drawn[0] is not shown or self._drawn[1] != room:
            plain = rows.without_bars(shown)
            self._drawn = shown, room
            self._rows = rows.with_bars(plain, shown, self._bar_width(plain, room))
        self.show_rows(self._rows, title=Title(rows.title(shown, name)), as_of=below, empty="")

    def _bar_width(self, plain: Sequence[Row], room: int) -> int:
        """Cells of the column of bars, as far as a number in any row that is wider than its column leaves."""
        wider = wider_numbers(fit(self.columns, room), plain)
        placed = fit(self.columns, room, wider=wider)
        return next((fitted.width for fitted in placed if fitted.column.key == rows.BAR), 0)


class LinesPane(LineView):
    """Lines in a border with a title."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._redraw: Callable[[], None] | None = None

    def draw(
        self,
        titles: Callable[[int], Sequence[str]],
        lines: Callable[[int, int], Sequence[Line]],
        below: str = "",
    ) -> None:
        """Show what `lines` makes for the width and height there is, under the longest title that fits."""
        self._redraw = partial(self._fit, titles, lines, below)
        self._redraw()

    def on_resize(self) -> None:
        """Fit what was drawn to the room there is now; before the first layout there is none."""
        if self._redraw is not None:
            self._redraw()

    def _fit(
        self,
        titles: Callable[[int], Sequence[str]],
        lines: Callable[[int, int], Sequence[Line]],
        below: str,
    ) -> None:
        size, room = self.content_size, self.outer_size.width - FRAME
        if not size.width:
            return
        self.set_lines(lines(size.width, size.height))
        forms = titles(size.width)
        fitting = (form for form in forms if width_of([Piece(form)]) <= room)
        title = next(fitting, None) or clip(forms[-1], max(1, room))
        set_border(self, Content(title), Content(below) if below else None)
