"""Opening hours: the clock that runs while somebody is there to answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from tui.api.models import WorkingHours
from tui.config.hours import WallHours
from tui.durations import DAY

MINUTES = 24 * 60


class OpenSpan(NamedTuple):
    """Open from one minute of a weekday, 0 is Monday, to another; above 1440 that is the next day's."""

    weekday: int
    opens: int
    closes: int


class OpeningHours:
    """When an inbox is open, in its zone; without spans it is open always.

    Sums are kept by the day, so that a day of thousands of conversations costs no calendar.
    """

    def __init__(self, spans: Iterable[OpenSpan] = (), zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._spans = tuple(sorted(spans)) if zone is not None else ()
        self._days: dict[int, tuple[tuple[float, float], ...]] = {}
        self.always = not self._spans
        self.mark = f"{self._zone} {[*map(tuple, self._spans)]}" if self._spans else ""
        """What tells these hours from others, the same in every run."""

    def between(self, since: float, until: float) -> float:
        """Open seconds between two Unix times; 0 where the second comes first."""
        if until <= since:
            return 0.0
        if self.always:
            return until - since
        total = 0.0
        for opens, closes in self._around(since, until):
            total += max(0.0, min(closes, until) - max(opens, since))
        return total

    def opening(self, moment: float) -> float:
        """`moment` itself while it is open, else when it opens next; within eight days."""
        if self.always:
            return moment
        for opens, closes in self._around(moment, moment + 8 * DAY):
            if closes > moment:
                return max(opens, moment)
        return moment

    def _around(self, since: float, until: float) -> Iterable[tuple[float, float]]:
        first = datetime.fromtimestamp(since, self._zone).date().toordinal() - 1
        last = datetime.fromtimestamp(until, self._zone).date().toordinal()
        for ordinal in range(first, last + 1):
            spans = self._days.get(ordinal)
            if spans is None:
                spans = self._days[ordinal] = tuple(self._of(ordinal))
            yield from spans

    def _of(self, ordinal: int) -> Iterable[tuple[float, float]]:
        """What a calendar day has of open time; a clock set forward or back makes it shorter or longer."""
        midnight = datetime.fromordinal(ordinal)
        for span in self._spans:
            if span.weekday == midnight.weekday():
                yield self._at(midnight, span.opens), self._at(midnight, span.closes)

    def _at(self, midnight: datetime, minute: int) -> float:
        return (midnight + timedelta(minutes=minute)).replace(tzinfo=self._zone).timestamp()


ALWAYS = OpeningHours()


def of_inbox(hours: Iterable[WorkingHours], zone: tzinfo) -> OpeningHours:
    """The hours that the server tells of an inbox; a weekday of which it says nothing is closed."""
    spans = []
    for row in hours:
        if row.closed_all_day or row.day_of_week not in range(7):
            continue
        opens = (row.open_hour or 0) * 60 + (row.open_minutes or 0)
        closes = MINUTES if row.close_hour is None else row.close_hour * 60 + (row.close_minutes or 0)
        if row.open_all_day:
            opens, closes = 0, MINUTES
        if closes > opens:
            spans.append(OpenSpan((row.day_of_week - 1) % 7, opens, closes))
    return OpeningHours(spans, zone)


def as_given(hours: WallHours, zone: tzinfo) -> OpeningHours:
    """The hours that the config gives; open always where it says so."""
    if hours.kind != "given":
        return ALWAYS
    closes = hours.closes if hours.opens < hours.closes else hours.closes + MINUTES
    return OpeningHours((OpenSpan(day, hours.opens, closes) for day in hours.days), zone)
