"""The bytes of an answer -> the parts that are read, item by item, without holding up the loop."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

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


class UnreadableError(ValueError):
    """The bytes are not the JSON that was to be read."""


async def decoded(data: bytes, decode: Callable[[bytes], T]) -> T:
    """`decode(data)`, beside the event loop where there is much to decode; raises UnreadableError."""
    little = len(data) <= _IN_LOOP and data.count(b",") <= _FEW
    try:
        return decode(data) if little else await asyncio.to_thread(decode, data)
    except _FAILURES as error:
        raise UnreadableError(type(error).__name__) from None


def one(part: Raw, shape: type[S]) -> S:
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
    found = _signs(data)
    if found <= _MOST_PARTS:
        return found
    # Names may hold as many brackets as they like: what stands in quotes is left out.
    pieces = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"', 2 * _MOST_PARTS)
    return len(pieces) if len(pieces) > 2 * _MOST_PARTS else _signs(b"".join(pieces[::2]))


def _signs(data: bytes) -> int:
    return data.count(b"{") + data.count(b"[") + data.count(b",") // 5


def part_of(part: Raw, shape: type[S]) -> S:
    """As `one`, but an empty `shape` where `part` can't be read."""
    try:
        return one(part, shape)
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
    number = float(digits)
    return number if math.isfinite(number) else None


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
