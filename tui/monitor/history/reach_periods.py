"""What the history's file says of a user's reach over time, so that no two are mixed in one figure."""

import math
import sqlite3
from collections.abc import Sequence

import msgspec

from tui.durations import MINUTE
from tui.identity import AccountKey
from tui.monitor.history.check import NOT_SAID
from tui.monitor.history.transaction import transaction

WHOSE = "origin = ? AND account = ? AND viewer = ?"
OF_MARK = f"SELECT id FROM figure WHERE {WHOSE} AND reach = ?"  # noqa: S608 - written here


class Period(msgspec.Struct, frozen=True):
    """A stretch of time, in Unix seconds, in which a user saw as much of an account."""

    since: float
    mark: str
    """`AccountKey.reach` of what was recorded."""
    name: str
    """Role and inboxes, for a person: `agent, 1 of 3 inboxes`."""
    confirmed: float
    """The last time in it that the server said so."""


class SeenThen(msgspec.Struct, frozen=True):
    """As whom an account was seen at one moment, where that was not always so."""

    period: Period
    begun: float
    """Unix time before which nothing is of it; minus infinity for the first of all."""
    until: float | None
    """Unix time when it was known to have ended; None if it has not."""
    sure: bool
    """Whether the moment is not one between two reaches, of which nobody knows whose it was."""


def seen_at(known: Sequence[Period], wall: float) -> SeenThen | None:
    """Which of the periods holds at Unix time `wall`; None where there was no change."""
    if len(known) < 2:
        return None
    place = max((index for index, period in enumerate(known) if period.since <= wall), default=0)
    period, following = known[place], known[place + 1 : place + 2]
    return SeenThen(
        period,
        period.since if place else -math.inf,
        following[0].since if following else None,
        not following or wall <= period.confirmed,
    )


def note(connection: sqlite3.Connection, key: AccountKey, name: str, since: float, confirmed: float) -> None:
    """The reach of `key` is what the server names just now; `since` matters where it named another before.

    What was recorded through another reach after that was last confirmed may be of either: it goes.
    What an older version recorded is taken as of the first reach that is known.
    """
    whose = (key.origin, key.account_id, key.viewer_id)
    with transaction(connection):
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
                cut(connection, msgspec.structs.replace(key, reach=last[1]), last[2])
            connection.execute(
                "INSERT OR REPLACE INTO reach (origin, account, viewer, since, mark, name, confirmed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*whose, since, key.reach, name, confirmed),
            )


def cut(connection: sqlite3.Connection, former: AccountKey, confirmed: float) -> None:
    """Of a reach that is over let go of what came after it was `confirmed`: it may be of another.

    A minute goes whole that began before.
    """
    whose = former.origin, former.account_id, former.viewer_id, former.reach
    for table, after in ("sample", confirmed), ("minute", confirmed - MINUTE):
        connection.execute(
            f"DELETE FROM {table} WHERE at > ? AND figure IN ({OF_MARK})",  # noqa: S608
            (after, *whose),
        )


def periods(connection: sqlite3.Connection, key: AccountKey) -> list[Period]:
    """Every reach that the user had into the account, as far as it was recorded, the oldest first."""
    rows = connection.execute(
        f"SELECT since, mark, name, confirmed FROM reach WHERE {WHOSE} ORDER BY since",  # noqa: S608
        (key.origin, key.account_id, key.viewer_id),
    )
    return [Period(since, mark, name, confirmed) for since, mark, name, confirmed in rows]
