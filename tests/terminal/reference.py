"""pyte made to behave as terminals do where it doesn't: the judge of what a screen shows."""

import re
import unicodedata
from functools import cache
from typing import Any, NamedTuple

import pyte
from pyte import graphics, modes
from pyte.screens import Char
from rich.cells import get_character_cell_size

BEYOND_PYTE = re.compile(
    r"\x1b\[[<>=?][\d;:]*u"  # kitty keyboard
    r"|\x1b\[\??[\d;]*\$[a-z]"  # mode queries
    r"|\x1b\[[\d;]*t"  # window operations
    r"|\x1b\[[>=][\d;]*[cnqm]"
    r"|\x1b[PX^_](?:[^\x1b]|\x1b(?!\\))*\x1b\\"
)
"""What pyte would print, sees as something else, or chokes on."""


class Look(NamedTuple):
    """One cell as a person sees it: on a blank only what shows on a blank."""

    data: str
    fg: str
    bg: str
    bold: bool
    italics: bool
    underline: bool
    reverse: bool
    strikethrough: bool


class ReferenceScreen(pyte.Screen):
    """A pyte screen that cuts wide characters as terminals do, keeps all marks, erases in the background."""

    def draw(self, data: str) -> None:
        for char in data:
            width = get_character_cell_size(char)
            if width:
                self._draw_cell(char, width)
            elif unicodedata.category(char) in {"Mn", "Me"} and self.cursor.x:
                line = self.buffer[self.cursor.y]
                x = self.cursor.x - (2 if line[self.cursor.x - 1].data == "" else 1)
                line[x] = line[x]._replace(data=unicodedata.normalize("NFC", line[x].data + char))

    def _draw_cell(self, char: str, width: int) -> None:
        if self.cursor.x + width > self.columns:
            if modes.DECAWM in self.mode:
                self.carriage_return()
                self.linefeed()
            else:
                self.cursor.x = self.columns - 1
        if self.cursor.x + width > self.columns:
            char, width = " ", 1
        line, x = self.buffer[self.cursor.y], self.cursor.x
        self._part_wide(x, x + width)
        line[x] = self.cursor.attrs._replace(data=char)
        if width == 2:
            line[x + 1] = self.cursor.attrs._replace(data="")
        self.cursor.x = x + width

    def _part_wide(self, start: int, end: int) -> None:
        line = self.buffer[self.cursor.y]
        if start < self.columns and line[start].data == "":
            line[start - 1] = line[start - 1]._replace(data=" ")
        if end < self.columns and line[end].data == "":
            line[end] = line[end]._replace(data=" ")

    def _erasing(self) -> Char:
        pen = self.cursor.attrs
        self.cursor.attrs = self.default_char._replace(bg=pen.bg)
        return pen

    def erase_characters(self, count: int | None = None) -> None:
        pen = self._erasing()
        self.cursor.x = min(self.cursor.x, self.columns - 1)
        self._part_wide(self.cursor.x, min(self.cursor.x + (count or 1), self.columns))
        super().erase_characters(count)
        self.cursor.attrs = pen

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        pen = self._erasing()
        self.cursor.x = min(self.cursor.x, self.columns - 1)
        x = self.cursor.x
        start, end = (x, self.columns) if how == 0 else (0, x + 1 if how == 1 else self.columns)
        self._part_wide(start, end)
        super().erase_in_line(how, private)
        self.cursor.attrs = pen

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        pen = self._erasing()
        rows = {0: range(self.cursor.y + 1, self.lines), 1: range(self.cursor.y)}.get(how, range(self.lines))
        for y in rows:
            for x in range(self.columns):
                self.buffer[y][x] = self.cursor.attrs
        if how in {0, 1}:
            self.erase_in_line(how)
        self.cursor.attrs = pen

    def index(self) -> None:
        scrolls = self.cursor.y == self.lines - 1
        super().index()
        if scrolls:
            pen = self._erasing()
            for x in range(self.columns):
                self.buffer[self.cursor.y][x] = self.cursor.attrs
            self.cursor.attrs = pen

    def cursor_up(self, count: int | None = None) -> None:
        self.cursor.x = min(self.cursor.x, self.columns - 1)
        super().cursor_up(count)

    def cursor_down(self, count: int | None = None) -> None:
        self.cursor.x = min(self.cursor.x, self.columns - 1)
        super().cursor_down(count)

    def looks(self) -> list[list[Look]]:
        """Every cell of the screen, row by row."""
        return [[_look(self.buffer[y][x]) for x in range(self.columns)] for y in range(self.lines)]


_SAME = {
    name: value
    for names, bright in ((graphics.FG_ANSI, graphics.FG_AIXTERM), (graphics.BG_ANSI, graphics.BG_AIXTERM))
    for name, value in zip(
        [*list(names.values())[:8], *list(bright.values())[:8]], graphics.FG_BG_256[:16], strict=True
    )
}


@cache
def _look(cell: Char) -> Look:
    # "38;5;1" and "31" are the same red, to which pyte gives two names.
    cell = cell._replace(fg=_SAME.get(cell.fg, cell.fg), bg=_SAME.get(cell.bg, cell.bg))
    if cell.data != " " or cell.underscore or cell.reverse or cell.strikethrough:
        plain_blank = cell.data == " "
        return Look(
            cell.data,
            cell.fg,
            cell.bg,
            cell.bold and not plain_blank,
            cell.italics and not plain_blank,
            cell.underscore,
            cell.reverse,
            cell.strikethrough,
        )
    return Look(" ", "default", cell.bg, False, False, False, False, False)


class ReferenceTerminal:
    """A screen fed with text, without what pyte can't parse."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = ReferenceScreen(columns, rows)
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        self._stream.feed(BEYOND_PYTE.sub("", text))

    def resize(self, columns: int, rows: int) -> None:
        """Take the new size and show rubbish, as nothing can be relied on after a resize."""
        self.screen.resize(rows, columns)
        for y in range(rows):
            for x in range(columns):
                self.screen.buffer[y][x] = self.screen.default_char._replace(data="~", fg="red")

    def looks(self) -> list[list[Look]]:
        return self.screen.looks()

    def lines(self) -> list[str]:
        screen = self.screen
        return ["".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines)]
