"""Where each key and table of a TOML text stands: tomllib tells values, not places.

The text must have passed tomllib; of others the scan is meaningless, though it always ends.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tui.text import safe_line

KeyPath = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_ATOM = re.compile(r"[^,\]}#\r\n]*")
_LINE = re.compile(r"[^\n]*\n?")


class Entry(NamedTuple):
    """One `key = value`, at the level of lines or inside an inline value."""

    path: KeyPath
    start: int
    """Where the key begins."""
    value_start: int
    value_end: int
    end: int
    """After the end of its last line; of an inline one, `value_end`."""
    section: int
    """The number of its header in `Scan.headers`; -1 before the first."""
    key_path: KeyPath
    """The part of `path` that was written here, dots and all."""
    inline: bool


class Header(NamedTuple):
    """One `[table]` or `[[table]]`; of the latter, `path` ends with the number of the element."""

    path: KeyPath
    array: bool
    start: int
    end: int
    """After the end of its line."""


class Scan:
    """The places of a TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.headers: list[Header] = []
        self.entries: list[Entry] = []
        self._counts: dict[KeyPath, int] = {}
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[KeyPath, int] = {}
        self._base: KeyPath = ()
        self._read()

    def line(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect_right(self._line_starts, offset)

    def line_of(self, path: KeyPath) -> int | None:
        """The line where `path`, or the nearest table above it, first stands."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None

    def has(self, path: KeyPath) -> bool:
        """Whether `path` itself stands somewhere in the text."""
        return path in self._lines

    def entry(self, path: KeyPath) -> Entry | None:
        """The `key = value` of `path`."""
        return next((entry for entry in self.entries if entry.path == path), None)

    def section(self, path: KeyPath) -> int | None:
        """The number of the header of exactly `path`."""
        return next((place for place, header in enumerate(self.headers) if header.path == path), None)

    def section_entries(self, section: int) -> Iterator[Entry]:
        """The entries at the level of lines under one header."""
        return (entry for entry in self.entries if entry.section == section and not entry.inline)

    def section_end(self, section: int) -> int:
        """After the last entry of a section, before the comments that lead to the next one."""
        end = self.headers[section].end if section >= 0 else 0
        return max((entry.end for entry in self.section_entries(section)), default=end)

    def _read(self) -> None:
        place, text = 0, self.text
        while True:
            place = self._match(_GAP, place)
            if place >= len(text):
                return
            before = place
            place = self._header(place) if text[place] == "[" else self._line_entry(place)
            if place <= before:
                return

    def _match(self, pattern: re.Pattern[str], place: int) -> int:
        match = pattern.match(self.text, place)
        return match.end() if match else place

    def _line_end(self, place: int) -> int:
        return self._match(_LINE, place)

    def _header(self, place: int) -> int:
        array = self.text.startswith("[[", place)
        keys, after = self._keys(place + (2 if array else 1))
        path: KeyPath = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            last = number == len(keys) - 1
            if array and last:
                self._note(path, place)
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
            self._note(path, place)
        end = self._line_end(after)
        self.headers.append(Header(path, array, place, end))
        self._base = path
        return end

    def _line_entry(self, place: int) -> int:
        entry, after = self._pair(place, self._base)
        end = self._line_end(after)
        self._add(entry._replace(end=end, inline=False))
        return end

    def _pair(self, place: int, base: KeyPath) -> tuple[Entry, int]:
        keys, after = self._keys(place)
        path = base + tuple(keys)
        for length in range(len(base) + 1, len(path) + 1):
            self._note(path[:length], place)
        after = self._match(_SPACE, after)
        start = self._match(_SPACE, after + 1 if self.text.startswith("=", after) else after)
        end = self._value(start, path)
        section = len(self.headers) - 1
        return Entry(path, place, start, end, end, section, tuple(keys), True), end

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)

    def _note(self, path: KeyPath, place: int) -> None:
        self._lines.setdefault(path, self.line(place))

    def _keys(self, place: int) -> tuple[list[str], int]:
        keys: list[str] = []
        while True:
            place = self._match(_SPACE, place)
            start = place
            if self.text[place : place + 1] in ('"', "'"):
                place = self._string(place)
                keys.append(_unquote(self.text[start:place]))
            else:
                place = self._match(_BARE, place)
                keys.append(self.text[start:place])
            after = self._match(_SPACE, place)
            if not self.text.startswith(".", after):
                return keys, place
            place = after + 1

    def _string(self, place: int) -> int:
        quote = self.text[place]
        closing = quote * 3 if self.text.startswith(quote * 3, place) else quote
        at = place + len(closing)
        while at < len(self.text):
            if quote == '"' and self.text[at] == "\\":
                at += 2
            elif self.text.startswith(closing, at):
                at += len(closing)
                while len(closing) == 3 and self.text.startswith(quote, at):
                    at += 1
                return at
            else:
                at += 1
        return len(self.text)

    def _value(self, place: int, path: KeyPath) -> int:
        first = self.text[place : place + 1]
        if first in ('"', "'") and first:
            return self._string(place)
        if first == "[":
            return self._array(place, path)
        if first == "{":
            return self._inline_table(place, path)
        end = self._match(_ATOM, place)
        return place + len(self.text[place:end].rstrip())

    def _array(self, place: int, path: KeyPath) -> int:
        at, index = self._match(_GAP, place + 1), 0
        while at < len(self.text) and self.text[at] != "]":
            element = (*path, index)
            self._note(element, at)
            end = self._value(at, element)
            self._add(Entry(element, at, at, end, end, len(self.headers) - 1, (index,), True))
            at = self._match(_GAP, end)
            if self.text.startswith(",", at):
                at = self._match(_GAP, at + 1)
            elif end <= at and self.text[at : at + 1] != "]":
                return len(self.text)
            index += 1
        return min(at + 1, len(self.text))

    def _inline_table(self, place: int, path: KeyPath) -> int:
        at = self._match(_GAP, place + 1)
        while at < len(self.text) and self.text[at] != "}":
            entry, end = self._pair(at, path)
            self._add(entry)
            at = self._match(_GAP, end)
            if self.text.startswith(",", at):
                at = self._match(_GAP, at + 1)
            elif self.text[at : at + 1] != "}":
                return len(self.text)
        return min(at + 1, len(self.text))


def _unquote(token: str) -> str:
    return next(iter(tomllib.loads(f"{token} = 0")))


def show_path(path: KeyPath) -> str:
    """A path for a person: `environments.trial.accounts[2].id`, elements counted from 1."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part + 1}]"
        else:
            word = safe_line(part, limit=80)
            word = word if _BARE.fullmatch(part) else f'"{word}"'
            shown += f".{word}" if shown else word
    return shown
