"""A day of the contact centre in quarters of an hour, in its own zone."""

from bisect import bisect_right
from datetime import date, datetime, timedelta, tzinfo

import msgspec

from tui.durations import QUARTER
from tui.monitor.days import today


class Day(msgspec.Struct, frozen=True):
    """A day from its first second to the next day's, in Unix seconds; 92, 96 or 100 quarters long.

    A repeated hour is in it twice, a skipped one not at all. Where the day does not begin on a
    whole quarter of Unix time, its first and last quarter are counted from its own beginning.
    """

    since: int
    until: int

    @property
    def quarters(self) -> int:
        """How many intervals it has."""
        return -(-(self.until - self.since) // QUARTER)

    def quarter(self, moment: float) -> int:
        """The number of the interval that holds `moment`; below 0 before the day."""
        return int((moment - self.since) // QUARTER)

    def begins(self, quarter: int) -> int:
        """The first second of an interval."""
        return self.since + quarter * QUARTER

    def holds(self, moment: float) -> bool:
        """Whether `moment` is of this day."""
        return self.since <= moment < self.until

    def name(self, zone: tzinfo) -> str:
        """The date, as ISO writes it."""
        return datetime.fromtimestamp(self.since, zone).date().isoformat()


def day_of(moment: float, zone: tzinfo) -> Day:
    """The day of the contact centre that holds `moment`."""
    since, until = today(moment, zone)
    return Day(int(since), int(until))


def day_on(when: date, zone: tzinfo) -> Day:
    """The day that the calendar of `zone` calls `when`."""
    noon = datetime(when.year, when.month, when.day, 12, tzinfo=zone)
    return day_of(noon.timestamp(), zone)


def before(day: Day, zone: tzinfo, days: int = 1) -> Day:
    """The day so many days before."""
    return day_on(datetime.fromtimestamp(day.since, zone).date() - timedelta(days=days), zone)


EDGES = (
    10,
    15,
    20,
    30,
    45,
    60,
    120,
    180,
    300,
    600,
    900,
    1_200,
    1_800,
    3_600,
    7_200,
    14_400,
    28_800,
    86_400,
)
"""Seconds at which speeds of answer are told apart once their exact values are no longer kept."""


def bin_of(speed: float) -> int:
    """In which part of the histogram a speed counts: part n is above edge n - 1 and up to edge n."""
    place = bisect_right(EDGES, speed)
    return place - 1 if place and EDGES[place - 1] == speed else place
