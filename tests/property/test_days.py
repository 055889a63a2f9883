"""Today, in every zone and around each change of its clock: from its first instant, without a hole."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tests.builders import WALL
from tui.monitor.days import today
from tui.monitor.zones import end_of_hour

HOUR = 3_600
MONTH = 30 * 24 * HOUR
SINCE, UNTIL = 1_136_073_600, 1_893_456_000
"""2006 to 2030: old enough for zones that changed at midnight, new enough for those to come."""


def offset(moment: int, zone: tzinfo) -> timedelta:
    utc_offset = datetime.fromtimestamp(moment, zone).utcoffset()
    assert utc_offset is not None
    return utc_offset


def _first(start: int, zone: tzinfo, before: timedelta) -> int:
    """The first second of the month after `start` in which `zone` has another offset than `before`."""
    return start + bisect_left(range(MONTH), True, key=lambda more: offset(start + more, zone) != before)


@cache
def changes() -> list[tuple[str, int]]:
    """A zone for each different change of a clock, and the first second after it."""
    change_in: dict[tuple[int, timedelta, timedelta], str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for start in range(SINCE, UNTIL, MONTH):
            before, after = offset(start, zone), offset(start + MONTH, zone)
            if before == after:
                continue
            first = _first(start, zone, before)
            change_in.setdefault((first, before, offset(first, zone)), name)
    return [(name, first) for (first, _, _), name in change_in.items()]


def test_a_day_holds_its_moments_and_meets_its_neighbours_around_every_change() -> None:
    assert len(changes()) > 500
    for name, change in changes():
        zone = ZoneInfo(name)
        shift = abs((offset(change, zone) - offset(change - 1, zone)).total_seconds())
        moments = (-26 * HOUR, -3 * HOUR, -HOUR - 1, -1, 0, 1, HOUR - 1, HOUR, 3 * HOUR, 26 * HOUR)
        for wall in (change + more for more in moments):
            since, until = today(wall, zone)
            assert since <= wall < until, (name, wall)
            assert today(until, zone)[0] == until, (name, wall)
            assert today(since - 1, zone)[1] == since, (name, wall)
            assert today(since, zone) == today(until - 1, zone) == (since, until), (name, wall)
            assert datetime.fromtimestamp(since, zone).date() > datetime.fromtimestamp(since - 1, zone).date()
            if shift <= HOUR:
                assert 23 * HOUR <= until - since <= 25 * HOUR, (name, wall)


REPEATED = {
    "America/Havana": (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 25),
    "Atlantic/Azores": (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 25),
    "America/Sao_Paulo": (datetime(2018, 11, 4, 12, tzinfo=UTC), 23),
    "Asia/Beirut": (datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
    "Africa/Cairo": (datetime(2026, 4, 24, 12, tzinfo=UTC), 23),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 20, tzinfo=UTC), 24.5),
}


@pytest.mark.parametrize("name", REPEATED)
def test_days_with_two_midnights_or_none(name: str) -> None:
    moment, hours = REPEATED[name]
    since, until = today(moment.timestamp(), ZoneInfo(name))
    assert (until - since) / HOUR == hours


@pytest.mark.parametrize(
    "name",
    [
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Eucla",
        "America/St_Johns",
        "Europe/Berlin",
        "Pacific/Chatham",
    ],
)
def test_an_hour_ends_on_the_hour_of_the_contact_centres_clock(name: str) -> None:
    zone = ZoneInfo(name)
    for minute in range(0, 180, 7):
        wall = WALL + minute * 60
        end = end_of_hour(wall, zone)
        assert wall < end <= wall + HOUR
        assert datetime.fromtimestamp(end, zone).minute == 0
