"""Numbers, ages and times as people read them.

Times are written in two ways: `12 m` in cells, where room is dear, `12 min` in sentences.
"""

import math
from datetime import datetime, tzinfo

from tui.durations import DAY, HOUR, MINUTE

UNKNOWN = "—"
THIN = "\u202f"


class ToldCounter:
    """Counts how often something was told; a screen sees by it that its last drawing told it."""

    times = 0


ages_in_seconds = ToldCounter()
"""Such an age is another one within five seconds, so what shows it looks again sooner."""


def count(value: float | None, *, at_least: bool = False) -> str:
    """A whole number, thousands set apart by a narrow space; `—` where it is unknown.

    At least nought says nothing, and would read as nobody.
    """
    if value is None or (at_least and not value):
        return UNKNOWN
    text = f"{round(value):,}".replace(",", THIN)
    return f"≥ {text}" if at_least else text


def share(value: float | None, *, at_least: bool = False) -> str:
    """A part of a hundred, never rounded up: 79.9 has not met a goal of 80."""
    if value is None:
        return UNKNOWN
    return f"{'≥ ' if at_least else ''}{math.floor(value + 1e-9)} %"


def amount(value: float, *, decimals: int | None = None) -> str:
    """A number that may have a fraction, of two digits at most or of `decimals`: `1 200.5`."""
    text = f"{value:,.{2 if decimals is None else decimals}f}"
    text = text.rstrip("0").rstrip(".") if decimals is None else text
    return text.replace(",", THIN)


def rate(an_hour: float) -> str:
    """Growth an hour with its sign: `+1 200/h`, `-30/h`."""
    return f"{an_hour:+,.0f}/h".replace(",", THIN)


def duration(seconds: float | None, *, at_least: bool = False) -> str:
    """A length of time in the largest unit that matters: `40 s`, `12 m`, `3 h 05`, `13 d`."""
    if seconds is None:
        return UNKNOWN
    text = _duration(max(0, int(seconds)))
    return f"≥ {text}" if at_least else text


def wait(seconds: float | None, *, at_least: bool = False) -> str:
    """How long somebody waits; `none` where nobody does."""
    return "none" if seconds == 0 and not at_least else duration(seconds, at_least=at_least)


def spell(seconds: float | None, *, at_least: bool = False) -> str:
    """A length of time in a sentence: `40 s`, `12 min`, `3 h 05`, `13 d`."""
    return _in_words(duration(seconds, at_least=at_least))


def limit(seconds: float) -> str:
    """A limit as people name it: `5 min`, `24 h`."""
    return spell(seconds).removesuffix(" 00")


def old(seconds: float) -> str:
    """A growing age in a sentence, as coarse as `age`: `25 s`, `4 min`, `3 h`."""
    return _in_words(age(seconds))


def _in_words(text: str) -> str:
    return f"{text}in" if text.endswith(" m") else text


def _duration(whole: int) -> str:
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} m"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02}"
    return f"{whole // DAY} d"


def age(seconds: float) -> str:
    """A growing age in coarse steps, so that it is redrawn rarely: `25 s`, `4 m`, `3 h`, `2 d`."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        ages_in_seconds.times += 1
        return f"{whole // 5 * 5} s"
    if whole < HOUR:
        return f"{whole // MINUTE} m"
    if whole < 2 * DAY:
        return f"{whole // HOUR} h"
    return f"{whole // DAY} d"


def change(value: float | None) -> str:
    """A difference with its sign as a shape: `▲ 12`, `▼ 3`, `=`; empty where unknown."""
    if value is None:
        return ""
    if round(value) == 0:
        return "="
    return f"{'▲' if value > 0 else '▼'} {count(abs(value))}"


def clock_time(wall: float, zone: tzinfo | None) -> str:
    """A moment of today as `14:05:09` in `zone`."""
    return datetime.fromtimestamp(wall, zone).strftime("%H:%M:%S")


def minute(wall: float, zone: tzinfo | None) -> str:
    """The hour and minute, `14:05`, in `zone`."""
    return datetime.fromtimestamp(wall, zone).strftime("%H:%M")


def zone_name(wall: float, zone: tzinfo | None) -> str:
    """The short name of `zone` at that moment: `CET`, `UTC`, `+03`."""
    return datetime.fromtimestamp(wall, zone).strftime("%Z")


def plural(number: int, word: str, many: str | None = None) -> str:
    """`1 inbox`, `3 inboxes`."""
    return f"{count(number)} {word if number == 1 else many or word + 's'}"


def of_kind(kind: str, name: str) -> str:
    """`team billing`, and `team 3` for one without a name, which is called that already."""
    return name if name.startswith(f"{kind} ") else f"{kind} {name}"
