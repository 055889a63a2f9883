"""Whether a wall is bright: its own hours, or those of the inboxes; pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from tui.api.models import Inbox, WorkingHours
from tui.config.hours import WallHours
from tui.monitor.zones import zones_of


def bright(
    hours: WallHours, accounts: Iterable[tuple[Sequence[Inbox], tzinfo]], wall: float, zone: tzinfo
) -> bool:
    """Whether anybody is to be expected at Unix time `wall`.

    The inboxes of each of `accounts` come with the zone that counts where they name none. An
    inbox without working hours says nothing; where none says anything the wall is bright, as
    it is while the inboxes are not known.
    """
    if hours.kind != "inbox":
        local = datetime.fromtimestamp(wall, zone)
        return hours.open_at(local.weekday(), local.hour * 60 + local.minute)
    silent = True
    for inboxes, fallback in accounts:
        scheduled = [inbox for inbox in inboxes if inbox.working_hours_enabled]
        here = datetime.fromtimestamp(wall, fallback)
        there = {name: datetime.fromtimestamp(wall, zone) for name, zone in zones_of(scheduled).items()}
        if any(_works(inbox, there.get(inbox.timezone or "", here)) for inbox in scheduled):
            return True
        silent = silent and not scheduled
    return silent


def _works(inbox: Inbox, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    today = _of_day(inbox, local)
    if today is None:
        return True
    yesterday = _of_day(inbox, local - timedelta(days=1))
    return _holds(today, minute) or (
        yesterday is not None and _over_midnight(yesterday) and minute < _minutes(yesterday)[1]
    )


def _of_day(inbox: Inbox, moment: datetime) -> WorkingHours | None:
    number = (moment.weekday() + 1) % 7
    return next((day for day in inbox.working_hours if day.day_of_week == number), None)


def _holds(day: WorkingHours, minute: int) -> bool:
    if day.closed_all_day:
        return False
    opens, closes = _minutes(day)
    return day.open_all_day or (opens <= minute if _over_midnight(day) else opens <= minute < closes)


def _over_midnight(day: WorkingHours) -> bool:
    opens, closes = _minutes(day)
    return not day.closed_all_day and not day.open_all_day and closes <= opens


def _minutes(day: WorkingHours) -> tuple[int, int]:
    """Opening and closing as minutes of the day; what is not told opens at 0:00, closes at 24:00."""
    opens = (day.open_hour or 0) * 60 + (day.open_minutes or 0)
    closes = 24 * 60 if day.close_hour is None else day.close_hour * 60 + (day.close_minutes or 0)
    return opens, closes
