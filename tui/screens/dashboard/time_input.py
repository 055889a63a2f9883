"""What a person types for a moment of the past -> Unix time, in the contact centre's zone; pure."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

from tui.durations import DAY, HOUR, MINUTE
from tui.text import excerpt

EXAMPLES = "14:05, yesterday 9:30, mon 9:30, -2h, 2026-11-21 14:00"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": 1}
LONGEST_BACK = 10 * 366 * DAY
TOO_LONG_AGO = "That is longer ago than anything is kept."

_AGO = re.compile(r"-\s*((?:\d{1,6}\s*[dhms]\s*)+)|((?:\d{1,6}\s*[dhms]\s*)+)\s*ago")
_AMOUNT = re.compile(r"(\d+)\s*([dhms])")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_ISO = re.compile(r"^([\d-]+)t(\d)")


class MomentError(ValueError):
    """What was typed is no moment of the past; the text is a sentence with the mend."""


def parse_moment(text: str, now: float, zone: tzinfo) -> float:
    """Unix time of what was typed at Unix time `now`; never later than `now`.

    `14:05` is the last time a clock in `zone` showed that; `yesterday`, a weekday or a date
    without a time is the same time of that day. A time that the clocks skipped is read as the
    one an hour later, one they showed twice as the later one. Raises MomentError.
    """
    typed = " ".join(_ISO.sub(r"\1 \2", text.strip().lower()).split())
    ago = _AGO.fullmatch(typed)
    if ago is not None:
        return _ago(ago.group(1) or ago.group(2), now)
    day, clock = _parted(typed)
    moment = _of_day(day, clock, datetime.fromtimestamp(now, zone))
    if moment is None:
        typed = excerpt(text.strip(), 16)
        raise MomentError(
            f'I can\'t read "{typed}" as a time. Try 14:05, yesterday 9:30, -2h, 2026-11-21 14:00.'
        )
    if now - moment > LONGEST_BACK:
        raise MomentError(TOO_LONG_AGO)
    if moment > now:
        raise MomentError("That time is in the future; there is nothing to show of it.")
    return moment


def _ago(amounts: str, now: float) -> float:
    seconds = sum(int(number) * UNITS[unit] for number, unit in _AMOUNT.findall(amounts))
    if seconds > LONGEST_BACK:
        raise MomentError(TOO_LONG_AGO)
    return now - seconds


def _parted(typed: str) -> tuple[str, time | None]:
    """The word for the day, empty where there is none, and the time of day."""
    head, _, tail = typed.rpartition(" ")
    clock = _clock(tail)
    return (typed, None) if clock is None else (head, clock)


def _clock(text: str) -> time | None:
    parts = _CLOCK.fullmatch(text)
    if parts is None:
        return None
    hour, minute, second = (int(part or 0) for part in parts.groups())
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _of_day(word: str, clock: time | None, here: datetime) -> float | None:
    zone, now = here.tzinfo, here.timestamp()
    of_now = here.time().replace(fold=0)
    if not word:
        if clock is None:
            return None
        moment = _at(here.date(), clock, zone, now)
        return moment if moment <= now else _at(here.date() - timedelta(days=1), clock, zone, now)
    day = _day(word, here.date())
    return None if day is None else _at(day, clock or of_now, zone, now)


def _day(word: str, today: date) -> date | None:
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    if len(word) >= 3 and word[:3] in WEEKDAYS and word in _full(word[:3]):
        back = (today.weekday() - WEEKDAYS.index(word[:3])) % 7
        return today - timedelta(days=back or 7)
    parts = _DATE.fullmatch(word)
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None


def _full(short: str) -> tuple[str, ...]:
    long = {"tue": "tuesday", "wed": "wednesday", "thu": "thursday", "sat": "saturday"}
    return short, long.get(short, f"{short}day")


def _at(day: date, clock: time, zone: tzinfo | None, now: float) -> float:
    """The later of the two moments a clock in `zone` shows this, unless that is still to come."""
    try:
        moments = [datetime.combine(day, clock.replace(fold=fold), zone).timestamp() for fold in (0, 1)]
    except (OverflowError, ValueError):
        raise MomentError(TOO_LONG_AGO) from None
    skipped = moments[0] > moments[1]
    if skipped:
        return moments[0]
    return moments[1] if moments[1] <= now else moments[0]
