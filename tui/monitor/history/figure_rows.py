"""The row of a figure in the history's file: whatever is kept of it names it by a number alone."""

import sqlite3

from tui.identity import AccountKey, Figure

Cells = tuple[str, int, int, str, str, str, str]


def cells_of(key: AccountKey, scope: str, scope_id: str, measure: str) -> Cells:
    """What tells a figure of an account from all others in the file."""
    return (key.origin, key.account_id, key.viewer_id, key.reach, scope, scope_id, measure)


def cells_of_figure(figure: Figure) -> Cells:
    """The same of a figure that the monitor knows."""
    return cells_of(figure.account, str(figure.scope.kind), figure.scope.id, str(figure.measure))


def number_of(connection: sqlite3.Connection, cells: Cells) -> int | None:
    """The number of the figure's row; None where there is none."""
    row = connection.execute(
        "SELECT id FROM figure WHERE origin = ? AND account = ? AND viewer = ? AND reach = ?"
        " AND scope = ? AND scope_id = ? AND measure = ?",
        cells,
    ).fetchone()
    return None if row is None else int(row[0])


def number_for(connection: sqlite3.Connection, cells: Cells) -> int:
    """The number of the figure's row, which is made where there is none; ValueError where none may be."""
    connection.execute(
        "INSERT OR IGNORE INTO figure (origin, account, viewer, reach, scope, scope_id, measure)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        cells,
    )
    number = number_of(connection, cells)
    if number is None:
        raise ValueError("the history keeps nothing of a single person, or of nobody known")
    return number
