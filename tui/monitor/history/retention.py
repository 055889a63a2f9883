"""How long the history keeps what: samples become minutes, minutes go; in bounded bites."""

import math
import sqlite3

import msgspec

from tui.config.model import Config
from tui.durations import DAY, MINUTE
from tui.monitor.history.transaction import transaction
from tui.monitor.history.trends import Sample, points, spans

MEGABYTE = 1_000_000
Stored = tuple[float, float, float, int]
"""A row of the samples: at, value, period, and 1 where it was at least so much."""
BITE = 5_000
"""Samples taken at most in one transaction, so that nobody waits for it."""
SLICE = 600.0
"""Seconds of minutes that one bite drops at most."""
SERVICE = "service"
LINE = "condensed"
"""Where the file notes up to when samples became minutes; under "sample" and "minute" stands what may go."""
RATE = 3.0
"""For each second the monitor runs, so many of the past may be condensed, and so many dropped."""
PART = 0.1
"""What part of the time that is kept may go at once, when the monitor ran long without a need to prune."""
LEAST_SERVICE = 2
"""Days of service level that are kept at least: today's report is compared with them."""
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
    service: float = 35 * 86_400.0
    """Service level by quarter of an hour."""


def retention(config: Config) -> Retention:
    """What the config's `[history]` and `[service]` ask for; of yesterday service level is always kept."""
    kept, days = config.history, max(LEAST_SERVICE, config.service.days)
    return Retention(kept.days_full * DAY, kept.days_minutes * DAY, kept.size * MEGABYTE, days * DAY)


class Pruned(msgspec.Struct, frozen=True):
    """What one bite did; `more` tells that there is more to do now."""

    samples: int
    minutes: int
    more: bool
    held_back: float = 0.0
    """Seconds of the past that are due and stay for now: the clock may be wrong."""


def prune(connection: sqlite3.Connection, retention: Retention, wall: float) -> Pruned:
    """One bite of what is due; call again while `more`. Raises sqlite3.Error.

    A clock alone prunes nothing. What is due is measured from the newest sample that does not lie
    after `wall`, and no more goes than `earn` has allowed, the size limit apart: the samples of a
    wrong clock look like those of a long absence, but they come no faster than time passes.
    """
    early = 0
    with transaction(connection):
        newest = max(
            (
                at
                for table in ("sample", "minute")
                if (at := _end(connection, table, "max", wall)) is not None
            ),
            default=wall,
        )
        samples, unfinished = _condense(connection, newest - retention.full)
        minutes, due = _drop_minutes(connection, newest - retention.minutes)
        more = unfinished or (minutes > 0 and due > 0.0 and _noted(connection, "minute") >= MINUTE)
        _drop_reaches(connection, newest - retention.minutes)
        more |= _prune_service(connection, retention, wall)
    if not more and size(connection) > retention.largest:
        early = _drop_oldest(connection)
    connection.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
    return Pruned(samples, minutes + early, more or early > 0, due)


def earn(connection: sqlite3.Connection, seconds: float, retention: Retention) -> None:
    """The monitor ran for `seconds`, whatever the clock on the wall said: so much more may be pruned."""
    for table, kept in (
        ("sample", retention.full),
        ("minute", retention.minutes),
        (SERVICE, retention.service),
    ):
        allowed = _noted(connection, table) + max(0.0, seconds) * RATE
        _note(connection, table, min(allowed, max(kept * PART, 2 * SLICE)))


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


def _noted(connection: sqlite3.Connection, what: str) -> float:
    row = connection.execute("SELECT seconds FROM pruning WHERE what = ?", (what,)).fetchone()
    return 0.0 if row is None else checked(row[0])


def _note(connection: sqlite3.Connection, what: str, seconds: float) -> None:
    connection.execute(
        "INSERT INTO pruning (what, seconds) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET seconds = excluded.seconds",
        (what, seconds),
    )


def _end(connection: sqlite3.Connection, table: str, which: str, until: float) -> float | None:
    """The first ("min") or last ("max") moment up to `until` at which any figure has a row."""
    moments = [
        connection.execute(
            f"SELECT {which}(at) FROM {table} WHERE figure = ? AND at <= ?",  # noqa: S608 - of two words each
            (figure, until),
        ).fetchone()[0]
        for (figure,) in connection.execute("SELECT id FROM figure").fetchall()
    ]
    known = [checked(at) for at in moments if at is not None]
    return (min(known) if which == "min" else max(known)) if known else None


def _condense(connection: sqlite3.Connection, due: float) -> tuple[int, bool]:
    """Turn samples older than `due` into minutes, one figure after the other, up to `BITE`."""
    oldest = _end(connection, "sample", "min", due)
    if oldest is None:
        return 0, False
    # The line goes on from where it was, or from the oldest sample after a time without any.
    line, allowed = max(oldest, _noted(connection, LINE)), _noted(connection, "sample")
    before = min(due, line + allowed)
    _note(connection, LINE, before)
    _note(connection, "sample", min(allowed, line + allowed - before))
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
    for sample in samples[1:]:
        if sample.at - runs[-1][-1].at > runs[-1][-1].gap:
            runs.append([])
        runs[-1].append(sample)
    return runs


def _drop_minutes(connection: sqlite3.Connection, due: float) -> tuple[int, float]:
    """Drop a slice of the oldest minutes before `due`: how many, and how many seconds are due still."""
    oldest, allowed = _end(connection, "minute", "min", due), _noted(connection, "minute")
    if oldest is None or oldest >= due:
        return 0, 0.0
    if allowed < MINUTE:
        return 0, due - oldest
    until = min(due, oldest + min(allowed, SLICE))
    dropped = connection.execute(
        "DELETE FROM minute WHERE figure IN (SELECT id FROM figure) AND at < ?", (until,)
    ).rowcount
    _note(connection, "minute", allowed - (until - oldest))
    left = _end(connection, "minute", "min", due)
    return dropped, 0.0 if left is None else due - left


def _prune_service(connection: sqlite3.Connection, retention: Retention, wall: float) -> bool:
    """Make service level smaller by its age, and drop what is due and earned; True where more is to do.

    Its age counts from its own newest row: those have the server's times.
    """
    first, newest = connection.execute(
        "SELECT min(begins), max(begins) FROM service WHERE begins <= ?", (wall,)
    ).fetchone()
    if newest is None:
        return False
    from tui.monitor.service.kept import condense

    allowed, until = _noted(connection, SERVICE), newest - retention.service
    if first < until:
        until = min(until, first + allowed)
        connection.execute("DELETE FROM service WHERE begins < ?", (until,))
        _note(connection, SERVICE, max(0.0, allowed - (until - first)))
    return condense(connection, newest)


def _drop_reaches(connection: sqlite3.Connection, due: float) -> None:
    """Forget as whom was looked before `due`, unless a figure of that time is still there."""
    for table in ("minute", "sample"):
        oldest = _end(connection, table, "min", due)
        due = due if oldest is None else min(due, oldest)
    connection.execute("DELETE FROM reach WHERE confirmed < ?", (due,))


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
                f"DELETE FROM {table} WHERE figure = ? AND at IN"  # noqa: S608 - one of two words
                f" (SELECT at FROM {table} WHERE figure = ? ORDER BY at LIMIT ?)",
                (figure, figure, -(-rows // 10)),
            ).rowcount
        if dropped:
            return dropped
    return 0
