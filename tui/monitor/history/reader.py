"""What is asked of the history's file: the last hour, one figure's course, a moment, all of it."""

import math
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tui.durations import MINUTE
from tui.identity import AccountKey, Figure, Slot
from tui.monitor.history.figure_rows import cells_of_figure, figure_of, number_of
from tui.monitor.history.retention import Stored, checked, sample_of, size
from tui.monitor.history.trends import GAP, KnownSpan, Point, Was, spans
from tui.monitor.history.writer import SampleRow


class Info(msgspec.Struct, frozen=True):
    """What the history holds; times are Unix seconds, None where it is empty."""

    path: str
    """Empty for a history in memory."""
    size: int
    """Bytes in use."""
    figures: int
    samples: int
    minutes: int
    oldest: float | None
    newest: float | None


class Exported(msgspec.Struct, frozen=True):
    """A sample, where `seconds` is 0, or a minute of samples."""

    origin: str
    account_id: int
    viewer_id: int
    figure: str
    """The figure's name in JSON and alerts: `unassigned`, `team:3:open`."""
    at: float
    seconds: float
    minimum: float
    mean: float
    maximum: float
    at_least: bool
    """Whether the three were no less, and may have been more."""
    reach: str
    """`Reach.mark` of whoever saw it."""


def recent(connection: sqlite3.Connection, since: float, until: float) -> list[SampleRow]:
    """Every sample from `since` to `until`, figure by figure in the order of time.

    Of a figure with any, the one before them too: what is asked once an hour holds until then.
    """
    sampled = []
    for number, figure in _figures(connection):
        rows = connection.execute(
            "SELECT at, value, period, at_least FROM sample"
            " WHERE figure = ? AND at >= ? AND at <= ? ORDER BY at",
            (number, since, until),
        ).fetchall()
        if rows:
            rows = _before(connection, number, since) + rows
        samples = [sample_of(row) for row in rows]
        sampled += [
            SampleRow(figure, sample.at, sample.value, sample.period, sample.at_least) for sample in samples
        ]
    return sampled


def course(connection: sqlite3.Connection, figure: Figure, since: float, until: float) -> list[KnownSpan]:
    """What is known of one figure between two moments, as spans in the order of time."""
    number = number_of(connection, cells_of_figure(figure))
    return [] if number is None else _course(connection, number, since, until)


def courses(
    connection: sqlite3.Connection, key: AccountKey, since: float, until: float
) -> dict[Slot, list[KnownSpan]]:
    """What is known of every figure of one account from `since` on; nothing that begins after `until`."""
    return {
        figure.slot: [span for span in _course(connection, number, since, until) if span.start <= until]
        for number, figure in _figures(connection, key)
    }


def _course(connection: sqlite3.Connection, number: int, since: float, until: float) -> list[KnownSpan]:
    minutes = connection.execute(
        "SELECT at, minimum, mean, maximum, at_least FROM minute"
        " WHERE figure = ? AND at >= ? AND at < ? ORDER BY at",
        (number, since - GAP, until + GAP),
    ).fetchall()
    samples = [
        *_before(connection, number, since),
        *connection.execute(
            "SELECT at, value, period, at_least FROM sample"
            " WHERE figure = ? AND at >= ? AND at < ? ORDER BY at",
            (number, since, until),
        ),
        *_after(connection, number, until),
    ]
    condensed = []
    for place, (at, minimum, mean, maximum, least) in enumerate(minutes):
        following = minutes[place + 1][0] if place + 1 < len(minutes) else at + MINUTE
        end = following if following - at <= GAP else at + MINUTE
        condensed.append(
            KnownSpan(checked(at), end, Point(checked(minimum), checked(mean), checked(maximum), bool(least)))
        )
    return condensed + spans([sample_of(row) for row in samples])


def _before(connection: sqlite3.Connection, number: int, moment: float) -> list[Stored]:
    return connection.execute(
        "SELECT at, value, period, at_least FROM sample WHERE figure = ? AND at < ? ORDER BY at DESC LIMIT 1",
        (number, moment),
    ).fetchall()


def _after(connection: sqlite3.Connection, number: int, moment: float) -> list[Stored]:
    return connection.execute(
        "SELECT at, value, period, at_least FROM sample WHERE figure = ? AND at >= ? ORDER BY at LIMIT 1",
        (number, moment),
    ).fetchall()


def moment(
    connection: sqlite3.Connection, key: AccountKey, wall: float, *, since: float = -math.inf
) -> dict[Slot, Was]:
    """What each figure of one account was at `wall`; those not known then are left out.

    What was recorded before `since` says nothing of that moment.
    """
    then = {}
    for number, figure in _figures(connection, key):
        row = connection.execute(
            "SELECT at, value, period, at_least FROM sample"
            " WHERE figure = ? AND at <= ? AND at >= ? ORDER BY at DESC LIMIT 1",
            (number, wall, since),
        ).fetchone()
        if row is not None:
            before = sample_of(row)
            after = connection.execute(
                "SELECT min(at) FROM sample WHERE figure = ? AND at > ? AND at <= ?",
                (number, wall, before.at + before.gap),
            ).fetchone()[0]
            if after is not None or wall - before.at <= before.held:
                then[figure.slot] = Was(before.value, before.at_least)
            continue
        minute = connection.execute(
            "SELECT at, mean, at_least FROM minute"
            " WHERE figure = ? AND at > ? AND at <= ? ORDER BY at DESC LIMIT 1",
            (number, max(wall - GAP, since - MINUTE), wall),
        ).fetchone()
        if minute is not None and wall - minute[0] < 2 * MINUTE:
            then[figure.slot] = Was(checked(minute[1]), bool(minute[2]))
    return then


def seen_last(
    connection: sqlite3.Connection, origin: str, account_id: int, viewer_id: int | None
) -> tuple[AccountKey, str] | None:
    """As whom an account was seen last, and how much of it, in words; None where it is not recorded.

    `viewer_id` is whom to look for; None takes whoever saw it last.
    """
    row = connection.execute(
        "SELECT viewer, mark, name FROM reach WHERE origin = ? AND account = ? AND viewer = ifnull(?, viewer)"
        " ORDER BY confirmed DESC LIMIT 1",
        (origin, account_id, viewer_id),
    ).fetchone()
    return None if row is None else (AccountKey(origin, account_id, row[0], row[1]), row[2])


def last(connection: sqlite3.Connection, key: AccountKey) -> list[SampleRow]:
    """The newest that is kept of each figure of one account, however old it is."""
    newest = []
    for number, figure in _figures(connection, key):
        row = connection.execute(
            "SELECT at, value, period, at_least FROM sample WHERE figure = ?"
            " UNION ALL SELECT at, mean, ?, at_least FROM minute WHERE figure = ? ORDER BY at DESC LIMIT 1",
            (number, float(MINUTE), number),
        ).fetchone()
        if row is not None:
            sample = sample_of(row)
            newest.append(SampleRow(figure, sample.at, sample.value, sample.period, sample.at_least))
    return newest


def info(connection: sqlite3.Connection, path: Path | None) -> Info:
    """How much there is, and of which time."""
    oldest: list[float] = []
    newest: list[float] = []
    counts = []
    for table in ("sample", "minute"):
        count, first, last = connection.execute(
            f"SELECT count(*), min(at), max(at) FROM {table}"  # noqa: S608  one of two words
        ).fetchone()
        counts.append(count)
        if count:
            oldest.append(first)
            newest.append(last)
    figures = connection.execute("SELECT count(*) FROM figure").fetchone()[0]
    return Info(
        path=str(path or ""),
        size=size(connection),
        figures=figures,
        samples=counts[0],
        minutes=counts[1],
        oldest=min(oldest, default=None),
        newest=max(newest, default=None),
    )


def everything(connection: sqlite3.Connection, since: float) -> Iterator[Exported]:
    """All that is kept of the time from `since` on, figure by figure, minutes before samples."""
    for number, figure in _figures(connection):
        key, name = figure.account, figure.slot.name
        for table, seconds in (
            ("minimum, mean, maximum, at_least FROM minute", float(MINUTE)),
            ("value, value, value, at_least FROM sample", 0.0),
        ):
            rows = connection.execute(
                f"SELECT at, {table} WHERE figure = ? AND at >= ? ORDER BY at", (number, since)
            )
            for at, minimum, mean, maximum, least in rows:
                yield Exported(
                    key.origin,
                    key.account_id,
                    key.viewer_id,
                    name,
                    at,
                    seconds,
                    minimum,
                    mean,
                    maximum,
                    bool(least),
                    key.reach,
                )


def _figures(connection: sqlite3.Connection, key: AccountKey | None = None) -> list[tuple[int, Figure]]:
    """The figures of one account, or of all; those that only a newer version knows are left out."""
    query = "SELECT id, origin, account, viewer, reach, scope, scope_id, measure FROM figure"
    if key is None:
        rows = connection.execute(query)
    else:
        which = (key.origin, key.account_id, key.viewer_id, key.reach)
        where = "origin = ? AND account = ? AND viewer = ? AND reach = ?"
        rows = connection.execute(f"{query} WHERE {where}", which)
    figures = (
        (number, figure_of(AccountKey(origin, account, viewer, reach), scope, scope_id, measure))
        for number, origin, account, viewer, reach, scope, scope_id, measure in rows
    )
    return [(number, figure) for number, figure in figures if figure is not None]
