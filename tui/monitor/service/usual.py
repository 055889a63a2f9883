"""What is usual: how many arrive at which hour of which weekday, from the days that are kept; pure."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import NamedTuple

from tui.durations import HOUR, QUARTER
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.intervals import EDGES, Day, before
from tui.monitor.service.stretches import Extent, Stretch, stretches

ENOUGH = 3
"""Weeks that a forecast needs."""

Times = tuple[int, int, int]
"""Hour and minute by the clock on the wall, and the length in seconds."""


class Usual(NamedTuple):
    """How many arrive in an hour of a weekday, and in how many weeks that was counted."""

    arrived: float
    weeks: int


class PastKept(NamedTuple):
    """How much of the past is kept: the latest is read first."""

    days: int
    """Those of which every quarter of an hour is."""
    wanted: int
    since: Day | None = None
    """From this day on all are; None where the latest is not."""


class Length(NamedTuple):
    """Those answered within (above, up_to] seconds; `up_to` is None past the last edge."""

    above: int
    up_to: int | None
    number: int
    within: float
    """The part of all answered that had their answer by then, 0 to 1."""


def days_of(today: Day, zone: tzinfo, back: int) -> list[Day]:
    """The `back` days before today, the latest first."""
    return [before(today, zone, number) for number in range(1, back + 1)]


def past_kept(days: Sequence[Day], intervals: Iterable[Interval]) -> PastKept:
    """How many of `days`, the latest first, are kept wholly."""
    begins = {
        interval.begins for interval in intervals if interval.seconds == QUARTER and WHOLE in interval.tallies
    }
    whole = [all(day.begins(number) in begins for number in range(day.quarters)) for day in days]
    unbroken = whole.index(False) if False in whole else len(whole)
    return PastKept(sum(whole), len(days), days[unbroken - 1] if unbroken else None)


def _in_day(day: Day, intervals: Sequence[Interval]) -> list[Interval]:
    return [
        interval
        for interval in intervals
        if interval.begins < day.until and interval.begins + interval.seconds > day.since
    ]


def forecast(
    day: Day,
    days: Iterable[Day],
    intervals: Sequence[Interval],
    part: PartOfAccount,
    seconds: int,
    zone: tzinfo,
) -> dict[Times, float]:
    """How many usually arrive in each row of `day`: the median of the same weekday of `days`.

    Nothing for a row that fewer than `ENOUGH` of them know.
    """
    weekday = _local(day.since, zone).weekday()
    by_time: dict[Times, list[int]] = {}
    for past in days:
        if _local(past.since, zone).weekday() != weekday:
            continue
        met: set[Times] = set()
        for row in stretches(past, _in_day(past, intervals), part, seconds):
            when = times_of(row, zone)
            # Of an hour that is there twice the first counts: the other has no like in most weeks.
            if row.tally is not None and when not in met:
                met.add(when)
                by_time.setdefault(when, []).append(row.tally.arrived)
    return {when: statistics.median(numbers) for when, numbers in by_time.items() if len(numbers) >= ENOUGH}


def times_of(row: Stretch, zone: tzinfo) -> Times:
    """When a row begins by the clock on the wall, and how long it is."""
    local = _local(row.begins, zone)
    return local.hour, local.minute, row.seconds


def busiest(
    days: Iterable[Day], intervals: Sequence[Interval], part: PartOfAccount, zone: tzinfo
) -> dict[tuple[int, int], Usual]:
    """By weekday, 0 is Monday, and hour: how many arrive on average; only of hours known wholly."""
    counted: dict[tuple[int, int], list[int]] = {}
    for day in days:
        hours = [row for row in stretches(day, _in_day(day, intervals), part, HOUR) if row.seconds == HOUR]
        # Of an hour that is there twice the first counts, as in a forecast.
        first = {times_of(row, zone): row for row in reversed(hours) if row.known is Extent.ALL}
        for (hour, minute, _), row in first.items():
            if row.tally is not None and not minute:
                place = _local(row.begins, zone).weekday(), hour
                counted.setdefault(place, []).append(row.tally.arrived)
    return {place: Usual(statistics.fmean(numbers), len(numbers)) for place, numbers in counted.items()}


LENGTHS = (0, 30, 60, 120, 300, 600, 1_800, 3_600)
"""Seconds between which waits are told apart on screen: all of them edges of the histogram."""


def lengths(tally: Tally) -> list[Length]:
    """How long those answered waited for it, shortest first."""
    total, so_far, lengths = tally.answered, 0, []
    counted = [*zip((*EDGES, math.inf), tally.histogram(), strict=True)]
    for above, up_to in (*pairwise(LENGTHS), (LENGTHS[-1], None)):
        most = math.inf if up_to is None else up_to
        number = sum(count for upper, count in counted if above < upper <= most)
        so_far += number
        lengths.append(Length(above, up_to, number, so_far / total if total else 0.0))
    return lengths


def _local(moment: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(moment, zone)


def shades(cells: Mapping[tuple[int, int], Usual], steps: int) -> dict[tuple[int, int], int]:
    """How dark each hour is: 0 where nobody came, else 1 to `steps` in equal parts of the busiest."""
    most = max((usual.arrived for usual in cells.values()), default=0.0)
    if most <= 0:
        return dict.fromkeys(cells, 0)
    return {
        place: 0 if usual.arrived <= 0 else min(steps, 1 + int(usual.arrived / most * steps - 1e-9))
        for place, usual in cells.items()
    }
