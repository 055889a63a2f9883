"""Whether a wall is bright: its own hours, or those of the inboxes; pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from tui.api.models import Inbox, WorkingHours
from tui.config.hours import WallHours


def bright(hours: WallHours, inboxes: Iterable[tuple[Inbox, tzinfo]], wall: float, zone: tzinfo) -> bool:
    """Whether anybody is to be expected at Unix time `wall`.

    `inboxes` come with the zone that counts where they name none. An inbox without working
    hours says nothing; where none says anything the wall is bright, as it is while the
    inboxes are not known.
    """
    if hours.kind != "inbox":
        local = datetime.fromtimestamp(wall, zone)
        return hours.open_at(local.weekday(), local.hour * 60 + local.minute)
    told = [(inbox, fallback) for inbox, fallback in inboxes if inbox.working_hours_enabled]
    return not told or any(_works(inbox, fallback, wall) for inbox, fallback in told)


def _works(inbox: Inbox, fallback: tzinfo, wall: float) -> bool:
    local = datetime.fromtimestamp(wall, _zone(inbox, fallback))
    minute = local.hour * 60 + local.minute
    today = _of_day(inbox, local)
    if today is None:
        return True
    yesterday = _of_day(inbox, local - timedelta(days=1))
    return _holds(today, minute) or (
        yesterday is not None and _over_midnight(yesterday) and minute < _minutes(yesterday)[1]
    )


def _zone(inbox: Inbox, fallback: tzinfo) -> tzinfo:
    if inbox.timezone in {None, "", "UTC", "Etc/UTC"}:
        return fallback
    try:
        return ZoneInfo(str(inbox.timezone))
    except (KeyError, ValueError, OSError):
        return fallback or UTC


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
