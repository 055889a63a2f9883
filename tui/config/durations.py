"""Durations as people write them, `90`, `"5m"`, `"1h30m"`, and back."""

import math
import re

from tui.text import excerpt

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd])", re.ASCII)
_BARE = re.compile(r"\s*\d+(?:\.\d+)?\s*", re.ASCII)
LONGEST = 366 * 86400.0
"""Seconds of the longest length of time that may be written: a year."""


def parse_duration(value: object) -> float:
    """Seconds from a number of seconds or a text such as `"90s"`, `"5m"`, `"1h30m"`, `"2d"`.

    Not negative, at most a year. Raises ValueError with a sentence otherwise.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError('expected a duration, such as "90s", "5m", "24h" or a number of seconds')  # noqa: TRY004
    seconds = _read(value) if isinstance(value, str) else _finite(value)
    if not 0 <= seconds <= LONGEST:
        raise ValueError("a duration lies between 0 and a year")
    return seconds


def format_duration(seconds: float) -> str:
    """The shortest text that `parse_duration` reads as `seconds`: `"5m"`, `"1h30m"`, `"0s"`."""
    whole, rest = divmod(seconds, 1)
    if rest:
        return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"
    parts = []
    left = int(whole)
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, int(UNITS[unit]))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _finite(value: float) -> float:
    seconds = float(value) if abs(value) < 1e15 else math.inf
    if not math.isfinite(seconds):
        raise ValueError("a duration lies between 0 and a year")
    return seconds


def _read(text: str) -> float:
    if len(text) <= 20 and _BARE.fullmatch(text):
        return float(text)
    total, place = 0.0, 0
    while place < len(text.rstrip()) and place < 64:
        part = _PART.match(text, place)
        if part is None:
            break
        total += float(part[1]) * UNITS[part[2]]
        place = part.end()
    if place == 0 or text[place:].strip():
        raise ValueError(
            f'"{excerpt(text)}" is not a duration; write for example "90s", "5m", "1h30m" or "2d"'
        )
    return total
