"""The smallest Textual app with three tables: what start, CPU and memory are compared with."""

from collections.abc import Iterable

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import DataTable

from tests.benchmarks.cells import FIGURES, TABLES, Cells, Change, Options, options


class ThreeTables(App[None]):
    """Three `DataTable`s side by side whose figures change at each refresh."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, told: Options) -> None:
        super().__init__()
        self._told = told
        self._cells = Cells(told.rows, told.share)

    def compose(self) -> ComposeResult:
        with Horizontal():
            for _ in TABLES:
                yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        self.fill()

    def fill(self) -> None:
        """Show all rows, and change some of their figures from then on."""
        for table, name, rows in zip(self.query(DataTable), TABLES, self._cells.rows, strict=True):
            for column in (name, *FIGURES):
                table.add_column(column, key=column)
            for number, row in enumerate(rows):
                table.add_row(*row, key=str(number))
        self.set_interval(self._told.every, self._refresh)

    def on_data_table_row_highlighted(self) -> None:
        self._apply([self._cells.echo()])

    def _refresh(self) -> None:
        self._apply(self._cells.step())

    def _apply(self, changes: Iterable[Change]) -> None:
        tables = list(self.query(DataTable))
        for change in changes:
            column = (TABLES[change.table], *FIGURES)[change.column]
            tables[change.table].update_cell(str(change.row), column, change.value)


if __name__ == "__main__":
    ThreeTables(options()).run()
