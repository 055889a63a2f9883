"""Our live table and our driver fed the same changes as the programs they are compared with."""

from collections.abc import Iterable

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from tests.benchmarks.cells import FIGURE_WIDTH, FIGURES, NAME_WIDTH, TABLES, Cells, Options, options
from tui import themes
from tui.terminal.driver import DifferenceDriver
from tui.widgets.columns import Column
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
        self._tables = [LiveTable(_columns(name)) for name in TABLES]
        themes.install(self)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield from self._tables

    def on_mount(self) -> None:
        self._show(range(len(TABLES)))
        self._tables[0].focus()
        self.set_interval(self._told.every, self._refresh)

    def action_step(self, rows: int) -> None:
        """Move the selection as the dashboard does and answer the key."""
        table = self._tables[0]
        if rows > 0:
            table.action_row_down()
        else:
            table.action_row_up()
        echo = self._cells.echo()
        self._cells.rows[echo.table][echo.row][echo.column] = echo.value
        self._show([echo.table])

    def _refresh(self) -> None:
        for _ in self._cells.step():
            pass
        self._show(range(len(TABLES)))

    def _show(self, tables: Iterable[int]) -> None:
        for number in tables:
            rows = [_row(place, cells) for place, cells in enumerate(self._cells.rows[number])]
            self._tables[number].set_rows(rows)


def _columns(name: str) -> list[Column]:
    figures = [Column(word, word, width=FIGURE_WIDTH, align="right") for word in FIGURES]
    return [Column("name", name, width=NAME_WIDTH), *figures]


def _row(number: int, cells: list[str]) -> Row:
    return Row(number, tuple(Cell(text) for text in cells))


if __name__ == "__main__":
    Feeder(options()).run()
