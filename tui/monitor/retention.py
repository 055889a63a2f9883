"""How long the history keeps what: samples become minutes, minutes go; in bounded bites."""

import math
import sqlite3

import msgspec

from tui.config.model import HistoryKept
from tui.monitor.trends import Sample, points, spans

MINUTE = 60.0
DAY = 86_400.0
MEGABYTE = 1_000_000
Stored = tuple[float, float, float, int]
"""A row of the samples: at, value, period, and 1 where it was at least so much."""
BITE = 5_000
"""Samples taken at most in one transaction, so that nobody waits for it."""
PARTS, LONGEST_GAP = 30, 3
"""Into how many parts the time that is kept is counted, and how many a time without data is worth."""
PAGES = 2_000
"""Free pages given back to the disk at most in one go."""


class Retention(msgspec.Struct, frozen=True):
    """How long, in seconds, and how much, in bytes, at most."""

    full: float = 86_400.0
    """Every sample."""
    minutes: float = 30 * 86_400.0
    """One-minute minimum, mean and maximum."""
    largest: int = 512_000_000
    """Above this the oldest goes early."""


def retention(kept: HistoryKept) -> Retention:
    """What the config's `[history]` asks for."""
    return Retention(kept.days_full * DAY, kept.days_minutes * DAY, kept.size * MEGABYTE)


class Pruned(msgspec.Struct, frozen=True):
    """What one bite did; `more` tells that there is more to do."""

    samples: int
    minutes: int
    more: bool


def prune(connection: sqlite3.Connection, retention: Retention, wall: float) -> Pruned:
    """One bite of what is due at `wall`; call again while `more`. Raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        samples, more = _condense(connection, wall - retention.full)
        due = _due(connection, wall, retention.minutes)
        minutes = _drop_minutes(connection, due)
        connection.execute("DELETE FROM reach WHERE confirmed < ?", (due,))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    early = 0
    if not more and minutes < BITE and size(connection) > retention.largest:
        early = _drop_oldest(connection)
    connection.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
    return Pruned(samples, minutes + early, more or minutes >= BITE or early > 0)


def sample_of(row: Stored) -> Sample:
    """A row of the samples; raises ValueError or TypeError where a cell holds no number."""
    at, value, period, at_least = row
    return Sample(checked(at), checked(value), checked(period), bool(at_least))


def checked(cell: float) -> float:
    """What a cell should hold: SQLite keeps anything, and a large file is not looked through when opened."""
    if not math.isfinite(cell):
        raise ValueError("a cell of the history holds no number")
    return cell


def size(connection: sqlite3.Connection) -> int:
    """Bytes in use in the file, free pages left out."""
    pages, free, page = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * page


def _due(connection: sqlite3.Connection, wall: float, kept: float) -> float:
    """Unix time before which minutes go: `kept` seconds before `wall`, or earlier.

    The clock may be wrong, so the data have a say. `kept` counts as `PARTS` parts of time, and a
    time without data counts as `LONGEST_GAP` of them at most: one start with a clock far ahead
    costs a tenth of the past, and after a long absence the old parts go one by one as new ones
    come. What lies after `wall` says nothing.
    """
    due, part = wall - kept, kept / PARTS
    if connection.execute("SELECT 1 FROM minute WHERE at < ? LIMIT 1", (due,)).fetchone() is None:
        return due
    known: set[int] = set()
    surely = -math.inf
    for (figure,) in connection.execute("SELECT id FROM figure").fetchall():
        for table in ("sample", "minute"):
            known |= _parts_before(connection, table, figure, wall, part)
        surely = max(surely, _oldest_kept(known, wall, part))
        if surely >= due:
            return due
    return surely


def _oldest_kept(known: set[int], wall: float, part: float) -> float:
    """Where `PARTS` parts end that are counted back from `wall`; infinitely long ago where they don't."""
    later, age = int(wall // part), 0
    for number in sorted(known, reverse=True):
        age += min(later - number, LONGEST_GAP)
        later = number
        if age > PARTS:
            return (number + 1) * part
    return -math.inf


def _parts_before(
    connection: sqlite3.Connection, table: str, figure: int, until: float, part: float
) -> set[int]:
    """The newest parts of time in which a figure has a row; as many as can count."""
    found: set[int] = set()
    while len(found) <= PARTS + 1:
        (at,) = connection.execute(
            f"SELECT max(at) FROM {table} WHERE figure = ? AND at <= ?",  # noqa: S608 - one of two words
            (figure, until),
        ).fetchone()
        if at is None:
            break
        number = int(at // part)
        found.add(number)
        until = math.nextafter(number * part, -math.inf)
    return found


def _condense(connection: sqlite3.Connection, before: float) -> tuple[int, bool]:
    """Turn samples older than `before` into minutes, one figure after the other, up to `BITE`."""
    before -= before % MINUTE
    left = BITE
    for (figure,) in connection.execute("SELECT id FROM figure ORDER BY id").fetchall():
        if left <= 0:
            return BITE - left, True
        rows = connection.execute(
            "SELECT at, value FROM sample WHERE figure = ? AND at < ? ORDER BY at LIMIT ?",
            (figure, before, left + 1),
        ).fetchall()
        if not rows:
            continue
        cut = before
        if len(rows) > left:
            start = rows[0][0] - rows[0][0] % MINUTE
            cut = max(rows[-1][0] - rows[-1][0] % MINUTE, start + MINUTE)
        left -= _condense_figure(connection, figure, cut)
    return BITE - left, left <= 0


def _condense_figure(connection: sqlite3.Connection, figure: int, cut: float) -> int:
    rows = connection.execute(
        "SELECT at, value, period, at_least FROM sample WHERE figure = ? AND at < ? ORDER BY at",
        (figure, cut),
    ).fetchall()
    samples = [sample_of(row) for row in rows]
    following = connection.execute(
        "SELECT at, value, period, at_least FROM sample WHERE figure = ? AND at >= ? ORDER BY at LIMIT 1",
        (figure, cut),
    ).fetchone()
    newest = samples[-1]
    if following is not None and following[0] - newest.at <= newest.gap:
        if following[0] - cut >= MINUTE:
            # It speaks for minutes that are not due yet: it stays until they are.
            cut = newest.at - newest.at % MINUTE
        samples.append(sample_of(following))
    for run in _runs(samples):
        first = run[0].at - run[0].at % MINUTE
        last = min(cut, run[-1].at + MINUTE)
        for place, point in enumerate(points(spans(run), first, last, MINUTE)):
            if point is not None:
                connection.execute(
                    "INSERT INTO minute (figure, at, minimum, mean, maximum, at_least)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                    " minimum = min(minimum, excluded.minimum), maximum = max(maximum, excluded.maximum),"
                    " mean = (mean + excluded.mean) / 2, at_least = max(at_least, excluded.at_least)",
                    (
                        figure,
                        first + place * MINUTE,
                        point.minimum,
                        point.mean,
                        point.maximum,
                        point.at_least,
                    ),
                )
    return connection.execute("DELETE FROM sample WHERE figure = ? AND at < ?", (figure, cut)).rowcount


def _runs(samples: list[Sample]) -> list[list[Sample]]:
    """`samples` parted at their gaps, so that a night without any costs no empty minutes."""
    runs = [[samples[0]]]
    for one in samples[1:]:
        if one.at - runs[-1][-1].at > runs[-1][-1].gap:
            runs.append([])
        runs[-1].append(one)
    return runs


def _drop_minutes(connection: sqlite3.Connection, before: float) -> int:
    dropped = 0
    for (figure,) in connection.execute("SELECT id FROM figure").fetchall():
        dropped += connection.execute(
            "DELETE FROM minute WHERE figure = ? AND at < ?", (figure, before)
        ).rowcount
        if dropped >= BITE:
            break
    return dropped


def _drop_oldest(connection: sqlite3.Connection) -> int:
    """Let go of the oldest tenth of each figure's rows, of the minutes first.

    By their number and not by their times: one sample of a far year would make all others old.
    """
    for table in ("minute", "sample"):
        dropped = 0
        for (figure,) in connection.execute("SELECT id FROM figure").fetchall():
            (rows,) = connection.execute(
                f"SELECT count(*) FROM {table} WHERE figure = ?",  # noqa: S608 - one of two words
                (figure,),
            ).fetchone()
            dropped += connection.execute(
                f"DELETE FROM {table} WHERE figure = ?1 AND at IN"  # noqa: S608 - one of two words
                f" (SELECT at FROM {table} WHERE figure = ?1 ORDER BY at LIMIT ?2)",
                (figure, -(-rows // 10)),
            ).rowcount
        if dropped:
            return dropped
    return 0
