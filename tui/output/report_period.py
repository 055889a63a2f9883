"""Which days a report is of: one, or those of a week from Monday to Sunday, in the contact centre's zone."""

from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

import msgspec

from tui.monitor.service.intervals import Day, before, day_of, day_on

WEEK = 7
FIRST = date(2000, 1, 1)
"""Before it there was no such server, and calendars end somewhere."""


class NotBegunError(Exception):
    """The period is still to come where the contact centre is; the text is a sentence for a person."""


class WantedPeriod(NamedTuple):
    """What was asked for: `today`, `yesterday` or a date; of a week also `this`, `last` or `2026-W48`."""

    text: str
    week: bool = False


class ReportPeriod(msgspec.Struct, frozen=True):
    """The days of a report, oldest first, without those that have not begun."""

    days: tuple[Day, ...]
    name: str
    """As ISO writes it: `2026-11-29`, of a week `2026-W48`."""
    is_week: bool = False

    @property
    def title(self) -> str:
        """The same for a person: a week by its first day and its last."""
        if not self.is_week:
            return self.name
        return f"{self.dates[0]} to {self.dates[-1]}"

    @property
    def dates(self) -> list[str]:
        """Every day as ISO writes it, those to come too."""
        first = date.fromisoformat(self.name)
        return [(first + timedelta(days=place)).isoformat() for place in range(WEEK if self.is_week else 1)]


class Earlier(NamedTuple):
    """What a period is compared with; `quarters` is how much of each day there is to compare."""

    period: ReportPeriod
    quarters: tuple[int, ...]


def has_begun(wanted: WantedPeriod, today: date) -> bool:
    """Whether it names a time that has begun; a zone may be a day ahead of `today`."""
    if wanted.text in {"today", "yesterday"} or (wanted.week and wanted.text in {"this", "last"}):
        return True
    try:
        when = date.fromisoformat(wanted.text)
    except ValueError:
        return False
    begins = when - timedelta(days=when.weekday()) if wanted.week and when > FIRST else when
    return FIRST < begins <= today + timedelta(days=1)


def period_of(wanted: WantedPeriod, now: float, zone: tzinfo) -> ReportPeriod:
    """The days that `wanted` names at `now`, a Unix time by the server's clock. Raises NotBegunError."""
    today = day_of(now, zone)
    match wanted.text:
        case "today" | "this":
            day = today
        case "yesterday":
            day = before(today, zone)
        case "last":
            day = before(today, zone, WEEK)
        case text:
            day = day_on(date.fromisoformat(text), zone)
    around = _week(day, zone) if wanted.week else (day,)
    begun = tuple(begun_day for begun_day in around if begun_day.since <= now)
    if not begun:
        raise NotBegunError(f"{wanted.text} has not begun where the contact centre is, in {zone}.")
    name = _week_name(day, zone) if wanted.week else day.name(zone)
    return ReportPeriod(begun, name, wanted.week)


def earlier(period: ReportPeriod, known_to: float, zone: tzinfo) -> list[Earlier]:
    """The day before and the same day a week before; of a week the one before.

    `known_to` is the moment to which the period is known: of one that is not over, whole quarters
    up to there are compared with the same time of the day then.
    """
    last = period.days[-1]
    end = last.quarters if known_to >= last.until else max(0, last.quarter(known_to))
    spans = []
    for back in (WEEK,) if period.is_week else (1, WEEK):
        days = tuple(before(day, zone, back) for day in period.days)
        whole = [day.quarters for day in days]
        if end < last.quarters:
            whole[-1] = _same_time(last.begins(end), days[-1], zone)
        name = _week_name(days[0], zone) if period.is_week else days[0].name(zone)
        spans.append(Earlier(ReportPeriod(days, name, period.is_week), tuple(whole)))
    own = (*(day.quarters for day in period.days[:-1]), end)
    return [Earlier(period, own), *spans] if sum(own) else []


def _same_time(moment: int, day: Day, zone: tzinfo) -> int:
    """How many quarters of another day lie before the time of day that it was at `moment`."""
    then = datetime.fromtimestamp(moment, zone)
    when = datetime.fromtimestamp(day.since, zone).date()
    return max(0, min(day.quarters, day.quarter(datetime.combine(when, then.timetz()).timestamp())))


def _week(day: Day, zone: tzinfo) -> tuple[Day, ...]:
    """Monday to Sunday; a zone that changed sides has a week of six days."""
    weekday = datetime.fromtimestamp(day.since, zone).weekday()
    return tuple(dict.fromkeys(before(day, zone, weekday - place) for place in range(WEEK)))


def _week_name(day: Day, zone: tzinfo) -> str:
    year, week, _ = datetime.fromtimestamp(day.since, zone).isocalendar()
    return f"{year:04}-W{week:02}"
