"""One field of an answer -> a value or None: wrong types, odd numbers and hostile text included."""

import itertools
import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tui.text import safe_line

_WHOLE = 2**53
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,3})?")
_LATEST = 32_503_680_000
"""Unix seconds: the year 3000."""
_MILLISECONDS_FROM = 100_000_000_000
"""What is larger than this is in milliseconds: as seconds it would be past the year 5000."""
_WORD = 64
"""Characters of a word, a number or a date."""
_MANY = 64
"""Words of a list."""
_LONG = 1_024
"""Characters of a list of words in one text."""
_BETWEEN_ROLES = re.compile(r"[,;|+/&]")


def number(value: object) -> float | None:
    """A finite number, also out of a numeric string; None for anything else, true and false included."""
    if isinstance(value, str):
        text = value.strip()
        value = float(text) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        parsed = float(value)
    except OverflowError:
        return None
    return parsed if math.isfinite(parsed) and abs(parsed) <= _WHOLE else None


def whole(value: object) -> int | None:
    """A whole number, also out of `3.0` and `"3"`; None for anything else."""
    parsed = number(value)
    return int(parsed) if parsed is not None and parsed.is_integer() else None


def count(value: object) -> int | None:
    """How many of something: `whole`, negatives clamped to 0."""
    parsed = whole(value)
    return None if parsed is None else max(0, parsed)


def identity(value: object) -> int | None:
    """An id: a whole number above 0."""
    parsed = whole(value)
    return parsed if parsed is not None and parsed > 0 else None


def within(value: object, highest: int) -> int | None:
    """A whole number from 0 to `highest`."""
    parsed = whole(value)
    return parsed if parsed is not None and 0 <= parsed <= highest else None


def http_date(value: str) -> float | None:
    """Unix seconds out of a `Date` header; None for anything else, a date without a zone included."""
    if len(value) > _WORD:
        return None
    try:
        parsed = parsedate_to_datetime(value)
        seconds = parsed.timestamp() if parsed.tzinfo is not None else None
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
    return seconds if seconds is not None and 0 < seconds < _LATEST else None


def moment(value: object) -> int | None:
    """Unix seconds, out of seconds, milliseconds or an ISO time; 0 means none."""
    seconds = number(value)
    if seconds is None and isinstance(value, str) and len(value) <= _WORD:
        try:
            parsed = datetime.fromisoformat(value.strip())
            seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    if seconds is None:
        return None
    if seconds >= _MILLISECONDS_FROM:
        seconds /= 1000
    return int(seconds) if 1 <= seconds <= _LATEST else None


def flag(value: object) -> bool | None:
    """True or false, also out of 0, 1 and the words; None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else None


def text(value: object, *, limit: int = 256) -> str:
    """One safe line out of a string or a number; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return safe_line(value, limit=limit)


def word(value: object) -> str | None:
    """A status or availability word as the server has it; None where there is none."""
    return (text(value, limit=_WORD) or None) if isinstance(value, str) else None


def words(value: object) -> tuple[str, ...]:
    """One word or a list of them, in order and without repeats: labels."""
    given = value if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(found for one in given[:_MANY] if (found := word(one))))


def roles(*values: object) -> tuple[str, ...]:
    """The roles in what a server names them by, in small letters: in a list, or several in one string.

    Cognigy documents that one user may hold several, and not how they are written.
    """
    lists = (value if isinstance(value, list | tuple) else [value] for value in values)
    given = (one for value in lists for one in value[:_MANY])
    parts = (part for one in given if isinstance(one, str) for part in _BETWEEN_ROLES.split(one[:_LONG]))
    found = (text(part, limit=_WORD).lower() for part in itertools.islice(parts, _MANY))
    return tuple(dict.fromkeys(filter(None, found)))


def record(value: object) -> dict[str, object]:
    """The object in `value`; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def pairs(value: object) -> tuple[tuple[str, str], ...]:
    """The plain values of an object, as names and lines; nested ones are left out."""
    found = []
    for key, one in list(record(value).items())[:_MANY]:
        line = ("yes" if one else "no") if isinstance(one, bool) else text(one)
        if line and (name := text(key, limit=_WORD)):
            found.append((name, line))
    return tuple(found)
