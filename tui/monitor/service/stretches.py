"""A day cut into rows of 15, 30 or 60 minutes: what became of whoever arrived in each; pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from tui.durations import DAY, QUARTER
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.intervals import Day
from tui.monitor.service.worker import Today

BEFORE, AFTER = "before opening", "after closing"
"""Who came in a quarter of an hour in which the inbox was closed, and opened later that day, or not."""


class Extent(StrEnum):
    """How much is known of a stretch of arrival."""

    ALL = "all"
    SO_FAR = "so far"
    """It has begun and is not over: up to the moment of the figures."""
    NOTHING = "nothing"
    AHEAD = "ahead"
    """It begins after the moment of the figures."""


class Stretch(NamedTuple):
    """Part of a day by arrival, in Unix seconds; `tally` is None where it is not known."""

    begins: int
    until: int
    known: Extent
    tally: Tally | None = None
    closed: str = ""
    """Which of those it holds who came while nobody was there; empty for who came within its time."""
    joined: tuple[tuple[int, int], ...] = ()
    """The rows it stands for, in none of which any inbox was open."""
    span: tuple[int, int] | None = None
    """From when to when those came who stand in it, where that is more than its time."""
    apart: bool = False
    """Whether some who came within its time stand in another row."""

    @property
    def key(self) -> int:
        """What tells it from the day's other rows: of each kind one may begin in the same minute."""
        if not self.closed:
            return self.begins
        return -self.begins - (self.closed == AFTER)

    @property
    def is_time(self) -> bool:
        """Whether it stands for a time of the day, and not only for some who came while others were open."""
        return not self.closed or bool(self.joined)

    @property
    def seconds(self) -> int:
        """Its length."""
        return self.until - self.begins


def of_today(today: Today) -> list[Interval]:
    """The quarters that are known of today, the present one so far; a doubtful day has none.

    A day is in doubt while what was read of it does not add up to what the server has.
    """
    if today.coverage is None and today.since <= today.day.since:
        return []
    intervals, mark = [], today.rules.mark
    for quarter in range(today.day.quarters):
        begins = today.day.begins(quarter)
        if today.since <= begins < today.as_of:
            tallies = today.quarters.get(quarter) or {WHOLE: Tally()}
            intervals.append(Interval(begins, tallies, complete=False, rules=mark))
    return intervals


def stretches(
    day: Day, intervals: Sequence[Interval], part: PartOfAccount, seconds: int, as_of: float | None = None
) -> list[Stretch]:
    """The day in rows of so many `seconds`, and longer ones where only that is kept.

    `intervals` are what is known, also an hour that began the day before; `as_of` is the moment of
    the figures on a day that is not over. Quarters of the whole account say what is known: a team
    without anybody in one has no count there.
    """
    ends = float(day.until) if as_of is None else as_of
    quarters = {
        interval.begins for interval in intervals if interval.seconds == QUARTER and WHOLE in interval.tallies
    }
    counted = [interval for interval in intervals if part in interval.tallies]
    hours = [interval for interval in counted if interval.seconds > QUARTER]
    edges = [*range(day.since, day.until, seconds), day.until]
    # Neither can an hour be told apart by what is asked here, nor one by the midnight within it.
    inner = [edge for edge in edges[1:-1] if not any(_crosses(hour, edge) for hour in hours)]
    torn = [hour for hour in hours for edge in (day.since, day.until) if _crosses(hour, edge)]
    cuts = [day.since, *inner, day.until]
    rows = []
    for begins, until in pairwise(cuts):
        if begins >= ends:
            rows.append(Stretch(begins, until, Extent.AHEAD))
            continue
        wanted = range(begins, until, QUARTER)
        complete = all(quarter in quarters for quarter in wanted if quarter < ends)
        if not complete or any(hour.begins < until and begins < hour.begins + hour.seconds for hour in torn):
            rows.append(Stretch(begins, until, Extent.NOTHING))
            continue
        tally = Tally()
        for interval in counted:
            if begins <= interval.begins < until:
                tally.add(interval.tallies[part])
        rows.append(Stretch(begins, until, Extent.SO_FAR if until > ends else Extent.ALL, tally))
    return rows


def _crosses(interval: Interval, moment: int) -> bool:
    return interval.begins < moment < interval.begins + interval.seconds


def sum_of(rows: Iterable[Stretch]) -> Tally:
    """What became of everybody in those that are known."""
    whole = Tally()
    for row in rows:
        if row.tally is not None:
            whole.add(row.tally)
    return whole


def coverage_of(rows: Iterable[Stretch]) -> float:
    """What part of the time that has passed is known, 0 to 1."""
    passed = known = 0
    for row in rows:
        if row.known is not Extent.AHEAD and row.is_time:
            passed += row.seconds
            known += row.seconds if row.tally is not None else 0
    return known / passed if passed else 0.0


def about_since(moment: int, day: Day, rows: Sequence[Stretch], today: Today | None) -> int:
    """About how many have come since `moment` of `day`, of which `rows` are known; 0 where nothing tells.

    Days in between, of which nothing is at hand, count as this one.
    """
    if today is None:
        return 0
    if moment >= today.day.since:
        known = ((today.day.begins(number), parts) for number, parts in today.quarters.items())
        return sum(parts[WHOLE].arrived for begins, parts in known if begins >= moment and WHOLE in parts)
    between = (today.day.since - day.until) // DAY
    since = sum_of(row for row in rows if row.begins >= moment).arrived
    whole = today.parts[WHOLE].arrived if WHOLE in today.parts else 0
    return since + between * sum_of(rows).arrived + whole


def answered_in(today: Today, row: Stretch, part: PartOfAccount) -> int:
    """How many of the day's conversations had their first reply within a row, whenever they came."""
    day, counts = today.day, today.answered
    numbers = range(day.quarter(row.begins), day.quarter(row.until - 1) + 1)
    return sum(_count(counts, number, part) for number in numbers)


def _count(counts: Mapping[int, Mapping[PartOfAccount, int]], quarter: int, part: PartOfAccount) -> int:
    return counts.get(quarter, {}).get(part, 0)
