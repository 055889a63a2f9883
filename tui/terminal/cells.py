"""A grid of cells that takes text and cursor moves as a terminal does: the screen as it is wanted."""

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

from tui.terminal.style import PLAIN, Style

ALL_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u038a\u0391-\u03a1\u03a3-\u0482\u0490-\u052f"
    "\u2010-\u2027\u202f-\u205e\u2190-\u22ff\u2500-\u25fc\u2800-\u28ff]*"
).fullmatch
"""Matches text whose every character takes one column, on every terminal; what most text is."""

_JOINER = "\u200d"
_EMOJI_SELECTOR = "\ufe0f"


class Grid:
    """Characters and styles by row, a cursor, and the style text is written in.

    A wide character stands in its left cell, the right one holds "". Combining marks stand
    behind their base. `touched` has the rows written to since somebody cleared it.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.chars: list[list[str]] = [[" "] * columns for _ in range(rows)]
        self.styles: list[list[Style]] = [[PLAIN] * columns for _ in range(rows)]
        self.touched: set[int] = set()
        self.x = 0
        self.y = 0
        self.pen = PLAIN
        self.wraps = False

    def resize(self, columns: int, rows: int) -> None:
        """Keep the top left part; what comes into view is blank."""
        for y in range(min(rows, self.rows)):
            line, looks = self.chars[y], self.styles[y]
            if columns < self.columns and line[columns] == "":
                line[columns - 1] = " "
            del line[columns:], looks[columns:]
            line.extend(" " * (columns - len(line)))
            looks.extend([PLAIN] * (columns - len(looks)))
        del self.chars[rows:], self.styles[rows:]
        while len(self.chars) < rows:
            self.chars.append([" "] * columns)
            self.styles.append([PLAIN] * columns)
        self.columns, self.rows = columns, rows
        self.x, self.y = min(self.x, columns - 1), min(self.y, rows - 1)
        self.touched.update(range(rows))

    def move(self, x: int, y: int) -> None:
        """Put the cursor at `x`, `y`, or as near as the grid allows."""
        self.x = max(0, min(x, self.columns - 1))
        self.y = max(0, min(y, self.rows - 1))

    def put(self, text: str) -> None:
        """Write printable `text` at the cursor; past the right edge it wraps or stays there."""
        if self.x + len(text) <= self.columns and (text.isascii() or ALL_NARROW(text)):
            self._put_run(text, len(text))
            return
        cell, width = "", 0
        joined = False
        for char in text:
            size = get_character_cell_size(char)
            if joined:
                joined = False
            elif char == _JOINER:
                joined = True
            elif char == _EMOJI_SELECTOR:
                if width == 1 and cell_len(cell + char) == 2:
                    self._put_cell(" ", 1)
                    width = 2
            elif size == 0:
                if is_mark(char):
                    self._add_mark(char)
            elif "\U0001f3fb" <= char <= "\U0001f3ff" and width == 2:
                continue
            else:
                cell, width = plain_letter(char), size
                self._put_cell(cell, width)

    def _put_run(self, text: str, length: int) -> None:
        x, line = self.x, self.chars[self.y]
        self._part_wide(line, x, x + length)
        line[x : x + length] = text
        self.styles[self.y][x : x + length] = [self.pen] * length
        self.x = x + length
        self.touched.add(self.y)

    def _put_cell(self, char: str, width: int) -> None:
        if self.x + width > self.columns:
            if self.wraps:
                self.x = 0
                self.line_feed()
            else:
                self.x = self.columns - 1
        if self.x + width > self.columns:
            char, width = " ", 1
        x, line = self.x, self.chars[self.y]
        self._part_wide(line, x, x + width)
        line[x] = char
        self.styles[self.y][x] = self.pen
        if width == 2:
            line[x + 1] = ""
            self.styles[self.y][x + 1] = self.pen
        self.x = x + width
        self.touched.add(self.y)

    def _add_mark(self, mark: str) -> None:
        x = self.x - 1
        if x < 0:
            return
        line = self.chars[self.y]
        if line[x] == "" and x:
            x -= 1
        line[x] += mark
        self.touched.add(self.y)

    def _part_wide(self, line: list[str], start: int, end: int) -> None:
        """Blank the other halves of wide characters that [start, end) cuts through."""
        if start < self.columns and line[start] == "":
            line[start - 1] = " "
        if end < self.columns and line[end] == "":
            line[end] = " "

    def line_feed(self) -> None:
        """Down one row, the grid moving up at its end."""
        if self.y < self.rows - 1:
            self.y += 1
        else:
            self.scroll(0, 1)

    def scroll(self, top: int, count: int) -> None:
        """Move the rows from `top` on up by `count`, or down where it is negative."""
        chars, styles = self.chars, self.styles
        for _ in range(min(abs(count), self.rows - top)):
            taken, given = (top, self.rows - 1) if count > 0 else (self.rows - 1, top)
            del chars[taken], styles[taken]
            chars.insert(given, [" "] * self.columns)
            styles.insert(given, [self._erased()] * self.columns)
        self.touched.update(range(top, self.rows))

    def erase(self, start: int, end: int) -> None:
        """Blank the cells [start, end) of the cursor's row, in the background of the moment."""
        start, end = max(0, start), min(end, self.columns)
        if start >= end:
            return
        line = self.chars[self.y]
        self._part_wide(line, start, end)
        line[start:end] = " " * (end - start)
        self.styles[self.y][start:end] = [self._erased()] * (end - start)
        self.touched.add(self.y)

    def erase_rows(self, start: int, end: int) -> None:
        """Blank the rows [start, end)."""
        look = self._erased()
        for y in range(start, end):
            self.chars[y] = [" "] * self.columns
            self.styles[y] = [look] * self.columns
        self.touched.update(range(start, end))

    def shift(self, count: int) -> None:
        """Open `count` blank cells at the cursor, or take as many away where it is negative."""
        line, looks = self.chars[self.y], self.styles[self.y]
        x = min(self.x, self.columns - 1)
        self._part_wide(line, x, x)
        for _ in range(min(abs(count), self.columns - x)):
            taken, given = (self.columns - 1, x) if count > 0 else (x, self.columns - 1)
            del line[taken], looks[taken]
            line.insert(given, " ")
            looks.insert(given, self._erased())
        self._mend(line)
        self.touched.add(self.y)

    def _mend(self, line: list[str]) -> None:
        """Blank halves of wide characters that lost the other half."""
        for x, char in enumerate(line):
            after = line[x + 1] if x + 1 < self.columns else " "
            halved = is_wide(char) and after != ""
            if halved or (char == "" and (x == 0 or not is_wide(line[x - 1]))):
                line[x] = " "

    def _erased(self) -> Style:
        return Style(bg=self.pen.bg)


@lru_cache(maxsize=4096)
def is_wide(cell: str) -> bool:
    """Whether the cell's character takes two columns."""
    return bool(cell) and get_character_cell_size(cell[0]) == 2


@lru_cache(maxsize=4096)
def is_mark(char: str) -> bool:
    """Whether a character of no width is a mark upon the one before; joiners and selectors are not."""
    return unicodedata.category(char) in {"Mn", "Me"} and not "\ufe00" <= char <= "\ufe0f"


def plain_letter(char: str) -> str:
    """Half a flag as its letter, as terminals disagree on the width of flags; others unchanged."""
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return chr(ord(char) - 0x1F1E6 + ord("A"))
    return char
