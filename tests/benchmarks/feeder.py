"""Our live table and our driver fed the same changes as the programs they are compared with."""

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from tests.benchmarks.cells import FIGURE_WIDTH, FIGURES, NAME_WIDTH, TABLES, Cells, Change, Options, options
from tui.columns import Column
from tui.terminal.driver import DifferenceDriver
from tui.widgets import themes
from tui.widgets.live_table import LiveTable
from tui.widgets.rows import Cell, Row


class Feeder(App[None], inherit_bindings=False):
    """Three live tables side by side, all of whose rows are set at each refresh, as the panes do."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("down", "step(1)"), Binding("up", "step(-1)"), Binding("ctrl+c", "quit")]

    def __init__(self, told: Options) -> None:
        super().__init__(driver_class=DifferenceDriver)
        self.animation_level = "none"
        self._told = told
        self._cells = Cells(told.rows, told.share)
        self._rows = [
            [Row(place, tuple(Cell(text) for text in cells)) for place, cells in enumerate(rows)]
            for rows in self._cells.rows
        ]
        self._tables = [LiveTable(_columns(name)) for name in TABLES]
        themes.install(self)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield from self._tables

    def on_mount(self) -> None:
        for table, rows in zip(self._tables, self._rows, strict=True):
            table.set_rows(rows)
        self._tables[0].focus()
        self.set_interval(self._told.every, self._refresh)

    def action_step(self, rows: int) -> None:
        """Move the selection as the dashboard does and answer the key."""
        table = self._tables[0]
        if rows > 0:
            table.action_row_down()
        else:
            table.action_row_up()
        self._apply(self._cells.echo())
        table.set_rows(list(self._rows[0]))

    def _refresh(self) -> None:
        for change in self._cells.step():
            self._apply(change)
        for table, rows in zip(self._tables, self._rows, strict=True):
            table.set_rows(list(rows))

    def _apply(self, change: Change) -> None:
        rows = self._rows[change.table]
        cells = list(rows[change.row].cells)
        cells[change.column] = Cell(change.value)
        rows[change.row] = Row(change.row, tuple(cells))


def _columns(name: str) -> list[Column]:
    figures = [Column(word, word, width=FIGURE_WIDTH, align="right") for word in FIGURES]
    return [Column("name", name, width=NAME_WIDTH), *figures]


if __name__ == "__main__":
    Feeder(options()).run()
