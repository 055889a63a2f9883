"""Our live table and our driver fed the same changes as the programs they are compared with."""

from collections.abc import Iterable

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from tests.benchmarks.cells import FIGURE_WIDTH, FIGURES, NAME_WIDTH, TABLES, Cells, Change, Options, options
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
        self._apply(())
        self._tables[0].focus()
        self.set_interval(self._told.every, self._refresh)

    def action_step(self, rows: int) -> None:
        """Move the selection as the dashboard does and answer the key."""
        table = self._tables[0]
        if rows > 0:
            table.action_row_down()
        else:
            table.action_row_up()
        self._apply([self._cells.echo()])

    def _refresh(self) -> None:
        self._apply(self._cells.step())

    def _apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self._cells.rows[change.table][change.row][change.column] = change.value
        for table, rows in zip(self._tables, self._cells.rows, strict=True):
            table.set_rows([_row(number, cells) for number, cells in enumerate(rows)])


def _columns(name: str) -> list[Column]:
    figures = [Column(word, word, width=FIGURE_WIDTH, align="right") for word in FIGURES]
    return [Column("name", name, width=NAME_WIDTH), *figures]


def _row(number: int, cells: list[str]) -> Row:
    return Row(number, tuple(Cell(text) for text in cells))


if __name__ == "__main__":
    Feeder(options()).run()
