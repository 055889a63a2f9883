"""What the history's file says of a user's reach over time, so that no two are mixed in one figure."""

import sqlite3

import msgspec

from tui.figures import AccountKey
from tui.monitor.history_check import NOT_SAID

WHOSE = "origin = ? AND account = ? AND viewer = ?"
OF_MARK = f"SELECT id FROM figure WHERE {WHOSE} AND reach = ?"  # noqa: S608 - written here


class Period(msgspec.Struct, frozen=True):
    """A stretch of time, in Unix seconds, in which a user saw as much of an account."""

    since: float
    name: str
    """Role and inboxes, for a person: `agent, 1 of 3 inboxes`."""
    confirmed: float
    """The last time in it that the server said so."""


def note(connection: sqlite3.Connection, key: AccountKey, name: str, since: float, confirmed: float) -> None:
    """The reach of `key` is what the server names just now; `since` matters where it named another before.

    What was recorded through another reach after that was last confirmed may be of either: it goes.
    What an older version recorded is taken as of the first reach that is known.
    """
    whose = (key.origin, key.account_id, key.viewer_id)
    connection.execute("BEGIN IMMEDIATE")
    try:
        last = connection.execute(
            f"SELECT since, mark, confirmed FROM reach WHERE {WHOSE} ORDER BY since DESC LIMIT 1",  # noqa: S608
            whose,
        ).fetchone()
        if last is None:
            connection.execute(
                f"UPDATE OR IGNORE figure SET reach = ? WHERE {WHOSE} AND reach = ?",  # noqa: S608
                (key.reach, *whose, NOT_SAID),
            )
        if last is not None and last[1] == key.reach:
            connection.execute(
                f"UPDATE reach SET name = ?, confirmed = max(confirmed, ?) WHERE {WHOSE} AND since = ?",  # noqa: S608
                (name, confirmed, *whose, last[0]),
            )
        else:
            if last is not None:
                connection.execute(
                    f"DELETE FROM sample WHERE at > ? AND figure IN ({OF_MARK})",  # noqa: S608
                    (last[2], *whose, last[1]),
                )
            connection.execute(
                "INSERT OR REPLACE INTO reach (origin, account, viewer, since, mark, name, confirmed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*whose, since, key.reach, name, confirmed),
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def periods(connection: sqlite3.Connection, key: AccountKey) -> list[Period]:
    """Every reach that the user had into the account, as far as it was recorded, the oldest first."""
    rows = connection.execute(
        f"SELECT since, name, confirmed FROM reach WHERE {WHOSE} ORDER BY since",  # noqa: S608
        (key.origin, key.account_id, key.viewer_id),
    )
    return [Period(since, name, confirmed) for since, name, confirmed in rows]
