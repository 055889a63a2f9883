"""The row of a figure in the history's file: whatever is kept of it names it by a number alone."""

import sqlite3

from tui.identity import AccountKey, Figure, Scope, ScopeKind, status
from tui.measures import STATUSES, Measure

Cells = tuple[str, int, int, str, str, str, str]
MEASURES = frozenset(map(str, Measure))
SCOPES = frozenset(map(str, ScopeKind))
_OF_STATUS = "all"
"""What the file names as the measure of a figure of a status: all conversations in it are counted."""


def cells_of(key: AccountKey, scope: str, scope_id: str, measure: str) -> Cells:
    """What tells a figure of an account from all others in the file."""
    return (key.origin, key.account_id, key.viewer_id, key.reach, scope, scope_id, measure)


def cells_of_figure(figure: Figure) -> Cells:
    """The same of a figure that the monitor knows."""
    measure = _OF_STATUS if figure.scope.kind is ScopeKind.STATUS else str(figure.measure)
    return cells_of(figure.account, str(figure.scope.kind), figure.scope.id, measure)


def figure_of(key: AccountKey, scope: str, scope_id: str, measure: str) -> Figure | None:
    """The figure that such a row is of; None where only a newer version knows it."""
    if scope == ScopeKind.STATUS:
        slot = status(scope_id) if measure == _OF_STATUS and scope_id in STATUSES else None
        return None if slot is None else Figure(key, slot.scope, slot.measure)
    if scope not in SCOPES or measure not in MEASURES:
        return None
    return Figure(key, Scope(ScopeKind(scope), scope_id), Measure(measure))


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
