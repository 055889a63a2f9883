"""The same three tables drawn with curses: the fewest bytes a terminal program gets along with."""

import curses

from tests.benchmarks.cells import FIGURE_WIDTH, FIGURES, NAME_WIDTH, TABLE_WIDTH, TABLES, Cells, options


def main(screen: curses.window) -> None:
    """Draw the tables once, then what changes, until a key is pressed."""
    told = options()
    cells = Cells(told.rows, told.share)
    curses.curs_set(0)
    height, _ = screen.getmaxyx()
    for table, name in enumerate(TABLES):
        _put(screen, table, 0, 0, name)
        for column, figure in enumerate(FIGURES, 1):
            _put(screen, table, 0, column, figure)
        for number, row in enumerate(cells.rows[table][: height - 1]):
            for column, value in enumerate(row):
                _put(screen, table, number + 1, column, value)
    screen.timeout(round(told.every * 1000))
    while screen.getch() == -1:
        for change in cells.step():
            if change.row < height - 1:
                _put(screen, change.table, change.row + 1, change.column, change.value)
        screen.refresh()


def _put(screen: curses.window, table: int, line: int, column: int, value: str) -> None:
    left = table * TABLE_WIDTH
    if column == 0:
        screen.addstr(line, left, value.ljust(NAME_WIDTH)[:NAME_WIDTH])
    else:
        start = left + NAME_WIDTH + (column - 1) * (FIGURE_WIDTH + 1)
        screen.addstr(line, start, value.rjust(FIGURE_WIDTH))


if __name__ == "__main__":
    curses.wrapper(main)
