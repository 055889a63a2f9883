"""The days of a contact centre, as reports take them: pure."""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta, tzinfo

ONE_DAY = timedelta(days=1)
SKIPPED = 26 * 3600
"""Seconds around midnight in which a day begins: a zone that changes sides leaves a whole one out."""


def same_time(wall: float, zone: tzinfo, days: int) -> float:
    """Unix time of the same time of day, `days` days before, in the contact centre's zone."""
    return (datetime.fromtimestamp(wall, zone) - timedelta(days=days)).timestamp()


def today(wall: float, zone: tzinfo | None) -> tuple[int, int]:
    """The day in `zone` that holds `wall`, midnight to midnight, in Unix seconds."""
    shown = datetime.fromtimestamp(wall, zone).date()
    # The clock may go back over midnight: the date it shows is then the day before's once more.
    starts = sorted({first_instant(shown + days * ONE_DAY, zone) for days in range(-2, 4)})
    place = bisect_right(starts, wall)
    return starts[place - 1], starts[place]


def first_instant(day: date, zone: tzinfo | None) -> int:
    """The first second of `day` in `zone`, Unix time; midnight may be there twice, or not at all."""

    def begun(moment: int) -> bool:
        return datetime.fromtimestamp(moment, zone).date() >= day

    midnight = int(datetime.combine(day, time.min, zone).timestamp())
    if begun(midnight) and not begun(midnight - 1):
        return midnight
    before, after = midnight - SKIPPED, midnight + SKIPPED
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if begun(middle) else (middle, after)
    return after


def day_before(wall: float, zone: tzinfo) -> tuple[int, int]:
    """The day before, from midnight to the same time of day: as much of it as there is of today."""
    then = same_time(wall, zone, 1)
    return today(then, zone)[0], int(then)


def offset_hours(wall: float, zone: tzinfo | None) -> float:
    """How far `zone` is from UTC at `wall`, in hours, as reports take it."""
    offset = datetime.fromtimestamp(wall, zone).utcoffset()
    return offset.total_seconds() / 3600 if offset else 0.0
