"""Service level in the history's file: numbers by interval and part, no conversation, customer or agent."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.durations import DAY, HOUR, QUARTER
from tui.identity import AccountKey
from tui.monitor.history.figure_rows import Cells, cells_of, number_for
from tui.monitor.history.transaction import transaction
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import PartOfAccount, Tally
from tui.monitor.service.intervals import EDGES, Day
from tui.monitor.service.states import OF_BOTS, CountedAs

MEASURE = "service"
"""What stands in the table of figures for a part of an account whose service level is kept."""
SO_FAR, LATELY = "service so far", "service lately"
"""The same of what is known of today and of its last half-hour, replaced with each look."""
EXACT = 2 * DAY
"""Seconds for which the speeds are kept exactly; then the histogram alone."""
FINE = 7 * DAY
"""Seconds after which teams and inboxes are kept by the hour."""
BITE = 2_000
"""Rows that are made smaller at most in one transaction, so that nobody waits for it."""
MIXED = -1
"""In place of the mark of the rules, where not all of an hour was counted by the same."""
_ORDER = tuple(state for state in CountedAs if state not in OF_BOTS)
"""These are in every row, then the snoozed; only where bots had some first, so are those counts, too."""


class KeptNow(NamedTuple):
    """Today as the last look found it, from midnight to its as-of, and the half-hour before that."""

    so_far: Interval
    lately: Interval | None = None
    """None where not all of that is known."""

    @property
    def as_of(self) -> int:
        """Unix seconds of the server's clock; everything known held at some instant since then."""
        return self.so_far.begins + self.so_far.seconds


def keep(connection: sqlite3.Connection, key: AccountKey, intervals: Iterable[Interval]) -> None:
    """Write what became of whom; what was kept of these intervals is replaced. Raises sqlite3.Error."""
    with transaction(connection):
        for interval in intervals:
            connection.execute(
                f"DELETE FROM service WHERE begins = ? AND seconds = ? AND figure IN ({_OF_ACCOUNT})",  # noqa: S608 - written here
                (interval.begins, interval.seconds, *_account(key)),
            )
        _write(connection, key, MEASURE, intervals)


def keep_now(connection: sqlite3.Connection, key: AccountKey, now: KeptNow) -> None:
    """Write what is known of today in place of what was. Raises sqlite3.Error."""
    with transaction(connection):
        for measure, interval in ((SO_FAR, now.so_far), (LATELY, now.lately)):
            connection.execute(
                f"DELETE FROM service WHERE figure IN ({_OF_ACCOUNT})",  # noqa: S608 - written here
                _account(key, measure),
            )
            _write(connection, key, measure, () if interval is None else (interval,))


def let_go(connection: sqlite3.Connection, key: AccountKey, begins: Iterable[int]) -> None:
    """Of the intervals that begin then keep nothing. Raises sqlite3.Error."""
    with transaction(connection):
        connection.executemany(
            f"DELETE FROM service WHERE figure IN ({_OF_ACCOUNT}) AND begins = ?",  # noqa: S608 - written here
            [(*_account(key), second) for second in begins],
        )


def let_go_now(connection: sqlite3.Connection, key: AccountKey) -> None:
    """Keep nothing of what is known of today. Raises sqlite3.Error."""
    with transaction(connection):
        connection.executemany(
            f"DELETE FROM service WHERE figure IN ({_OF_ACCOUNT})",  # noqa: S608 - written here
            [_account(key, measure) for measure in (SO_FAR, LATELY)],
        )


def kept_now(connection: sqlite3.Connection, key: AccountKey, day: Day) -> KeptNow | None:
    """What is known of `day`, if it was today at the last look. Raises sqlite3.Error, ValueError."""
    so_far = _read(connection, _account(key, SO_FAR), day.since, day.since + 1)
    lately = _read(connection, _account(key, LATELY), 0, day.until)
    if not so_far:
        return None
    now = KeptNow(so_far[-1])
    fitting = [
        interval
        for interval in lately
        if interval.begins + interval.seconds == now.as_of and interval.rules == now.so_far.rules
    ]
    return now._replace(lately=fitting[-1] if fitting else None)


def _write(
    connection: sqlite3.Connection, key: AccountKey, measure: str, intervals: Iterable[Interval]
) -> None:
    numbers: dict[PartOfAccount, int] = {}
    for interval in intervals:
        for part, tally in interval.tallies.items():
            if part not in numbers:
                numbers[part] = number_for(connection, _cells(key, part, measure))
            exact = tally.bins is None
            connection.execute(
                "INSERT INTO service (figure, begins, seconds, complete, exact, counts, speeds, rules)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    numbers[part],
                    interval.begins,
                    interval.seconds,
                    interval.complete,
                    exact,
                    _pack_counts(tally),
                    _pack_speeds(tally),
                    interval.rules,
                ),
            )


def kept(
    connection: sqlite3.Connection,
    key: AccountKey,
    since: float,
    until: float,
    part: PartOfAccount | None = None,
) -> list[Interval]:
    """The intervals of [since, until) that are kept, oldest first. Raises sqlite3.Error, ValueError.

    Of the whole account and `part` alone, if one is given.
    """
    return _read(connection, _account(key), since, until, part)


def _read(
    connection: sqlite3.Connection,
    whose: tuple[str, int, int, str, str],
    since: float,
    until: float,
    part: PartOfAccount | None = None,
) -> list[Interval]:
    kind, number = ("", "") if part is None else (part.kind, str(part.number))
    rows = connection.execute(
        "SELECT begins, seconds, complete, exact, counts, speeds, scope, scope_id, rules"
        " FROM service JOIN figure ON figure.id = service.figure"
        " WHERE origin = ? AND account = ? AND viewer = ? AND reach = ? AND measure = ?"
        " AND begins >= ? AND begins < ? AND (? OR scope = 'account' OR (scope = ? AND scope_id = ?))"
        " ORDER BY begins, seconds",
        (*whose, since, until, part is None, kind, number),
    )
    by_time: dict[tuple[int, int], tuple[dict[PartOfAccount, Tally], bool, int]] = {}
    for begins, seconds, complete, exact, counts, speeds, scope, scope_id, rules in rows:
        tallies, *_ = by_time.setdefault((begins, seconds), ({}, bool(complete), rules))
        of = PartOfAccount() if scope == "account" else PartOfAccount(scope, int(scope_id))
        tallies[of] = _unpacked(counts, speeds, exact=bool(exact))
    return [
        Interval(begins, tallies, complete, seconds, rules)
        for (begins, seconds), (tallies, complete, rules) in by_time.items()
    ]


def kept_quarters(connection: sqlite3.Connection, key: AccountKey, day: Day) -> dict[int, Interval]:
    """The quarters of a day that are kept, by their first second. Raises sqlite3.Error, ValueError."""
    intervals = kept(connection, key, day.since, day.until)
    return {interval.begins: interval for interval in intervals if interval.seconds == QUARTER}


def which(connection: sqlite3.Connection, key: AccountKey, since: float, until: float) -> list[int]:
    """The first second of each quarter of [since, until) that is kept. Raises sqlite3.Error."""
    rows = connection.execute(
        "SELECT begins FROM service JOIN figure ON figure.id = service.figure"
        " WHERE origin = ? AND account = ? AND viewer = ? AND reach = ? AND measure = ?"
        " AND scope = 'account' AND seconds = ? AND begins >= ? AND begins < ?",
        (*_account(key), QUARTER, since, until),
    )
    return [int(begins) for (begins,) in rows]


def condense(connection: sqlite3.Connection, newest: float) -> bool:
    """Make what is old at `newest`, a Unix time, smaller, within a transaction; True where more is to do.

    Speeds become histograms after two days, quarters of teams and inboxes hours after seven: of
    the whole account the quarters stay. Raises sqlite3.Error, ValueError.
    """
    old = connection.execute(
        "SELECT figure, begins, seconds, counts, speeds FROM service WHERE exact AND begins < ? LIMIT ?",
        (newest - EXACT, BITE),
    ).fetchall()
    for figure, begins, seconds, counts, speeds in old:
        tally = _unpacked(counts, speeds, exact=True)
        connection.execute(
            "UPDATE service SET exact = 0, speeds = ? WHERE figure = ? AND begins = ? AND seconds = ?",
            (pack(_trimmed(tally.histogram())), figure, begins, seconds),
        )
    joined = len(old) < BITE and _join_hours(connection, newest - FINE)
    return len(old) == BITE or joined


def _join_hours(connection: sqlite3.Connection, due: float) -> bool:
    rows = connection.execute(
        "SELECT figure, begins, complete, counts, speeds, rules FROM service WHERE seconds = ? AND NOT exact"
        " AND begins < ? AND figure IN (SELECT id FROM figure WHERE scope != 'account')"
        " ORDER BY figure, begins LIMIT ?",
        (QUARTER, due - due % HOUR, BITE),
    ).fetchall()
    hours: dict[tuple[int, int], list[tuple[int, Tally, int, int]]] = {}
    for figure, begins, complete, counts, speeds, rules in rows:
        tally = _unpacked(counts, speeds, exact=False)
        hours.setdefault((figure, begins - begins % HOUR), []).append((begins, tally, complete, rules))
    if len(rows) == BITE and len(hours) > 1:
        hours.popitem()  # The rest of this hour is in the next bite.
    for (figure, hour), quarters in hours.items():
        whole = Tally()
        earlier = connection.execute(
            "SELECT counts, speeds, rules FROM service WHERE figure = ? AND begins = ? AND seconds = ?",
            (figure, hour, HOUR),
        ).fetchone()
        by = {rules for *_, rules in quarters}
        if earlier is not None:
            whole.add(_unpacked(*earlier[:2], exact=False))
            by.add(earlier[2])
        for begins, tally, *_ in quarters:
            whole.add(tally)
            connection.execute(
                "DELETE FROM service WHERE figure = ? AND begins = ? AND seconds = ?",
                (figure, begins, QUARTER),
            )
        connection.execute(
            "INSERT OR REPLACE INTO service (figure, begins, seconds, complete, exact, counts, speeds, rules)"
            " VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
            (
                figure,
                hour,
                HOUR,
                min(complete for _, _, complete, _ in quarters),
                _pack_counts(whole),
                _pack_speeds(whole),
                by.pop() if len(by) == 1 else MIXED,
            ),
        )
    return len(rows) == BITE


_OF_ACCOUNT = (
    "SELECT id FROM figure WHERE origin = ? AND account = ? AND viewer = ? AND reach = ? AND measure = ?"
)


def _account(key: AccountKey, measure: str = MEASURE) -> tuple[str, int, int, str, str]:
    return (key.origin, key.account_id, key.viewer_id, key.reach, measure)


def _cells(key: AccountKey, part: PartOfAccount, measure: str) -> Cells:
    return cells_of(key, part.kind or "account", str(part.number) if part.kind else "", measure)


def _pack_counts(tally: Tally) -> bytes:
    numbers = [*(tally.counts[state] for state in _ORDER), tally.snoozed]
    of_bots = [tally.counts[state] for state in OF_BOTS]
    if any(of_bots) or tally.slower is not None:
        numbers += [*of_bots, *(tally.slower or ())]
    return pack(numbers)


def _pack_speeds(tally: Tally) -> bytes:
    """The exact speeds as differences, shortest first; or the histogram."""
    if tally.bins is not None:
        return pack(_trimmed(tally.bins))
    speeds = sorted(int(speed) for speed in tally.speeds)
    return pack([later - earlier for earlier, later in zip([0, *speeds], speeds, strict=False)])


def _unpacked(counts: bytes, speeds: bytes, *, exact: bool) -> Tally:
    tally = Tally()
    numbers = [*unpack(counts)]
    plain = len(_ORDER) + 1
    with_bots = plain + len(OF_BOTS)
    if len(numbers) not in {plain, with_bots, with_bots + len(EDGES) + 1}:
        raise ValueError("a row of service level does not hold its counts")
    tally.counts |= zip(_ORDER, numbers, strict=False)
    tally.snoozed = numbers[plain - 1]
    tally.counts |= zip(OF_BOTS, numbers[plain:], strict=False)
    tally.slower = numbers[with_bots:] or None
    if exact:
        speed = 0
        for difference in unpack(speeds):
            speed += difference
            tally.speeds.append(float(speed))
    else:
        bins = [*unpack(speeds)]
        if len(bins) > len(EDGES) + 1:
            raise ValueError("a row of service level holds a histogram of another kind")
        tally.bins = bins + [0] * (len(EDGES) + 1 - len(bins))
    return tally


def _trimmed(numbers: Sequence[int]) -> Sequence[int]:
    """Without the noughts at its end."""
    end = len(numbers)
    while end and not numbers[end - 1]:
        end -= 1
    return numbers[:end]


def pack(numbers: Iterable[int]) -> bytes:
    """Whole numbers from 0 in few bytes: seven bits in each, the eighth says that more come."""
    packed = bytearray()
    for number in numbers:
        rest = number
        while rest > 127:
            packed.append(rest & 127 | 128)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def unpack(data: bytes) -> Iterator[int]:
    """What `pack` was given; ValueError where the bytes end within a number."""
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("a row of service level ends within a number")
