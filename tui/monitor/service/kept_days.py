"""What a screen of days reads from the history: a day as it is kept, and what is usual."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

from tui.durations import HOUR, MINUTE
from tui.identity import AccountKey, Figure
from tui.measures import ONLINE, UNANSWERED, Measure, first_of
from tui.monitor.history.history import History
from tui.monitor.history.trends import Point
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import PartOfAccount
from tui.monitor.service.intervals import Day
from tui.monitor.service.kept import kept
from tui.monitor.service.level import scope_of
from tui.monitor.service.stretches import Stretch
from tui.monitor.service.usual import PastKept, Times, Usual, busiest, days_of, forecast, past_kept

Minutes = Sequence[Point | None]


class KeptDay(NamedTuple):
    """A day as it is kept; `queued` and `online` by minute from its first, as they were recorded."""

    intervals: Sequence[Interval]
    queued: Minutes = ()
    online: Minutes = ()


class KeptWeeks(NamedTuple):
    """What is usual on this weekday, and in each hour of the week."""

    usual: Mapping[Times, float] = {}
    week: Mapping[tuple[int, int], Usual] = {}
    past: PastKept | None = None
    """How much of the past they come from."""


async def read_day(history: History, key: AccountKey, day: Day, part: PartOfAccount, until: float) -> KeptDay:
    """What is kept of a day up to `until`. Raises sqlite3.Error, ValueError."""
    since, ends = day.since, min(float(day.until), until)

    def question(connection: sqlite3.Connection) -> list[Interval]:
        # Of a team it may be kept by the hour: one may begin before midnight. Which inboxes were
        # closed tells who of the account came outside of its hours.
        return kept(connection, key, since - HOUR, day.until, part if part.kind else None)

    scope = scope_of(part)

    async def minutes(measures: tuple[Measure, ...]) -> Minutes:
        measure = first_of(measures, scope.kind)
        if measure is None:
            return ()
        return await history.series(Figure(key, scope, measure), since, ends, MINUTE)

    queued, online = await minutes(UNANSWERED), await minutes(ONLINE)
    return KeptDay(await history.ask(question), queued, online)


async def read_weeks(
    history: History, key: AccountKey, today: Day, part: PartOfAccount, seconds: int, zone: tzinfo, back: int
) -> KeptWeeks:
    """What is usual by the `back` days before `today`. Raises sqlite3.Error, ValueError."""
    days = days_of(today, zone, back)

    def question(connection: sqlite3.Connection) -> KeptWeeks:
        intervals = kept(connection, key, days[-1].since - HOUR, today.since, part) if days else []
        return KeptWeeks(
            forecast(today, days, intervals, part, seconds, zone),
            busiest(days, intervals, part, zone),
            past_kept(days, intervals),
        )

    return await history.ask(question)


def at_end(minutes: Minutes, day: Day, rows: Sequence[Stretch]) -> dict[int, float]:
    """The figure in the last minute of each row, by its beginning; nothing where that is not known."""
    by_row = {}
    for row in filter(lambda row: row.is_time, rows):
        place = (row.until - day.since) // MINUTE - 1
        point = minutes[place] if 0 <= place < len(minutes) else None
        if point is not None and not point.at_least:
            by_row[row.key] = point.mean
    return by_row


def on_average(minutes: Minutes, day: Day, rows: Sequence[Stretch]) -> dict[int, float]:
    """The mean of what is known in each row, by its beginning; nothing where that is less than half."""
    by_row = {}
    for row in filter(lambda row: row.is_time, rows):
        first, last = (row.begins - day.since) // MINUTE, (row.until - day.since) // MINUTE
        means = [point.mean for point in minutes[first:last] if point is not None and not point.at_least]
        if 2 * len(means) >= last - first:
            by_row[row.key] = sum(means) / len(means)
    return by_row
