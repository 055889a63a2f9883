"""An answer's bytes -> its lists item by item and its objects field by field, whatever a server sends.

What can't be read is a lost item or None; a long list is decoded without holding up the loop.
"""

import asyncio
import itertools
import json
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec

from tui.text import safe_line

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)
Raw = msgspec.Raw | bytes
"""A part still to be decoded."""

MOST_ITEMS = 20_000
"""Items of a list that are read."""
_COUNTED = 10
"""How many times as many items as are read are counted beyond them."""
_IN_LOOP = 64 * 1024
"""Bytes that are decoded on the event loop itself, where they hold few commas."""
_FEW = 4_000
"""Commas: what has no more of them is decoded within 30 ms, whatever it is."""
_AT_ONCE = 200_000
"""Commas of a list whose items are told apart in one go."""
_GIVE_WAY = 50
"""Items after which a thread that decodes lets the event loop go on: Python itself would have the loop wait
for 5 ms, each time it has waited for anything else."""
_MENDABLE = 2 * 1024 * 1024
"""Bytes of an item that are read again by Python, which takes far longer."""
_DIGITS = 40
"""Digits of a whole number."""
_WINDOWS = (4_096, 65_536, 1_048_576, 16_777_216)
_UNLOOKED = 1_048_576
"""Characters of an item that are decoded without counting its parts first."""
_MOST_PARTS = 100_000
"""Objects and lists in one answer or item, and fifths of its other values; more would fill the memory."""
_SPACE = b" \t\r\n"
_FAILURES = (msgspec.MsgspecError, ValueError, RecursionError)
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


class UnreadableError(ValueError):
    """The bytes are not the JSON that was to be read."""


async def decoded(data: bytes, decode: Callable[[bytes], T]) -> T:
    """`decode(data)`, beside the event loop where there is much to decode; raises UnreadableError."""
    little = len(data) <= _IN_LOOP and data.count(b",") <= _FEW
    try:
        return decode(data) if little else await asyncio.to_thread(decode, data)
    except _FAILURES as error:
        raise UnreadableError(type(error).__name__) from None


def shaped(part: Raw, shape: type[S]) -> S:
    """`part` as a `shape`, whose fields take anything; raises UnreadableError.

    What `shape` does not name is skipped, not decoded: secrets and messages never become
    values of this program.
    """
    data = bytes(part)
    if not data[:64].lstrip(_SPACE).startswith(b"{"):
        raise UnreadableError("not an object")
    if len(data) > _IN_LOOP and _parts(data) > _MOST_PARTS:
        raise UnreadableError("more parts than any answer has")
    try:
        return msgspec.json.decode(data, type=shape)
    except _FAILURES:
        pass
    try:
        return msgspec.json.decode(_mended(data), type=shape)
    except _FAILURES:
        raise UnreadableError("not an object that can be read") from None


def _parts(data: bytes) -> int:
    """How many values fields that take anything would become, those in lists of plain ones as fifths."""
    signs = _signs(data)
    if signs <= _MOST_PARTS:
        return signs
    # Names may hold as many brackets as they like: what stands in quotes is left out.
    pieces = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"', 2 * _MOST_PARTS)
    return len(pieces) if len(pieces) > 2 * _MOST_PARTS else _signs(b"".join(pieces[::2]))


def _signs(data: bytes) -> int:
    return data.count(b"{") + data.count(b"[") + data.count(b",") // 5


def part_of(part: Raw, shape: type[S]) -> S:
    """As `shaped`, but an empty `shape` where `part` can't be read."""
    try:
        return shaped(part, shape)
    except UnreadableError:
        return shape()


def several(
    part: Raw, read: Callable[[Raw], S | None], *, most: int = MOST_ITEMS
) -> tuple[tuple[S, ...], int]:
    """The items of the list `part` that `read` can read, and how many are lost.

    The first `most` are looked at, and the rest counted up to a bound. Raises UnreadableError
    where `part` is no list.
    """
    data = bytes(part)
    parts, lost = _items(data, most)
    # What is that long is decoded in a thread; the loop itself has nobody to give way to.
    turns = _giving_way(parts) if len(data) > _IN_LOOP else parts
    kept = [readable for item in turns if (readable := _attempt(read, item)) is not None]
    return tuple(kept), lost + len(parts) - len(kept)


def is_list(part: Raw) -> bool:
    """Whether the answer is a bare array."""
    return bytes(part)[:64].lstrip(_SPACE).startswith(b"[")


def _items(data: bytes, most: int) -> tuple[list[Raw], int]:
    if not is_list(data):
        raise UnreadableError("not a list")
    if data.count(b",") <= _AT_ONCE:
        try:
            raws: list[Raw] = list(msgspec.json.decode(data, type=list[msgspec.Raw]))
            return raws[:most], max(0, len(raws) - most)
        except _FAILURES:
            pass
    parts: list[Raw] = []
    lost = 0
    for value in _values(data.decode("utf-8", "replace")):
        if len(parts) < most:
            parts.append(_written(value))
        else:
            lost += 1
            if lost >= _COUNTED * most:
                break
    return parts, lost


def _giving_way(parts: Iterable[Raw]) -> Iterator[Raw]:
    for place, part in enumerate(parts, 1):
        if place % _GIVE_WAY == 0:
            time.sleep(0)
        yield part


def _attempt(read: Callable[[Raw], S | None], item: Raw) -> S | None:
    try:
        return read(item)
    except _FAILURES:
        return None


def _mended(data: bytes) -> bytes:
    """The same JSON without what msgspec refuses it for: lone surrogates, NaN, endless numbers."""
    if len(data) > _MENDABLE:
        raise UnreadableError("too large to be mended")
    return _written(_DECODER.decode(data.decode("utf-8", "replace")))


def _written(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


_DECODER = json.JSONDecoder(
    parse_float=_finite,
    parse_int=lambda digits: int(digits) if len(digits) <= _DIGITS else None,
    parse_constant=lambda _: None,
)


def _values(source: str) -> Iterator[object]:
    """The items of a JSON array one at a time, so that other threads get their turn between them."""
    at = _past_space(source, source.index("[") + 1)
    if source[at : at + 1] != "]":
        while True:
            value, at = _value_at(source, at)
            yield value
            at = _past_space(source, at)
            if source[at : at + 1] != ",":
                break
            at = _past_space(source, at + 1)
    if source[at : at + 1] != "]" or _past_space(source, at + 1) != len(source):
        raise UnreadableError("a list that does not end where it should")


def _value_at(source: str, at: int) -> tuple[object, int]:
    """The value that begins there and where it ends; UnreadableError where it is too large to be one."""
    for size in _WINDOWS:
        window = source[at : at + size]
        if size > _UNLOOKED and _parts(window.encode("utf-8", "replace")) > _MOST_PARTS:
            break
        last = at + size >= len(source)
        try:
            value, end = _DECODER.raw_decode(window)
        except ValueError:
            if last:
                raise
        else:
            # A number that the window cuts reads like a shorter one.
            if last or end < len(window):
                return value, at + end
    raise UnreadableError("an item that is too large")


def _past_space(source: str, at: int) -> int:
    while source[at : at + 1] in (" ", "\t", "\r", "\n"):
        at += 1
    return at


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
    return tuple(dict.fromkeys(known for item in given[:_MANY] if (known := word(item))))


def roles(*values: object) -> tuple[str, ...]:
    """The roles in what a server names them by, in small letters: in a list, or several in one string.

    Cognigy documents that one user may hold several, and not how they are written.
    """
    lists = (value if isinstance(value, list | tuple) else [value] for value in values)
    given = (item for value in lists for item in value[:_MANY])
    parts = (part for name in given if isinstance(name, str) for part in _BETWEEN_ROLES.split(name[:_LONG]))
    names = (text(part, limit=_WORD).lower() for part in itertools.islice(parts, _MANY))
    return tuple(dict.fromkeys(filter(None, names)))


def record(value: object) -> dict[str, object]:
    """The object in `value`; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def pairs(value: object) -> tuple[tuple[str, str], ...]:
    """The plain values of an object, as names and lines; nested ones are left out."""
    named = []
    for key, item in list(record(value).items())[:_MANY]:
        line = ("yes" if item else "no") if isinstance(item, bool) else text(item)
        if line and (name := text(key, limit=_WORD)):
            named.append((name, line))
    return tuple(named)
