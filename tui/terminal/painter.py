"""Writes a wanted grid to a terminal that shows another: only cells that differ, in few bytes."""

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from tui.terminal.cells import ALL_NARROW, Grid, is_wide
from tui.terminal.style import DEFAULT, PLAIN, VISIBLE_ON_BLANK, Style, change

_NOWHERE = -1
_LONG_BLANK = " " * 10
"""Blanks from which erasing may be shorter than writing."""
_EMOJI = "\U0001f000"
"""From here on terminals disagree on widths, by the age of their tables."""


class Skills(NamedTuple):
    """What the terminal can do beyond moving its cursor and colours.

    `erases_in_colour`: erasing leaves the background of the moment ("bce"). `erases_line` (EL),
    `erases_characters` (ECH), `moves_to_column` (CHA): whether it knows these sequences.
    """

    erases_in_colour: bool = True
    erases_line: bool = True
    erases_characters: bool = True
    moves_to_column: bool = True


class Painter:
    """Knows what the terminal shows, where its cursor stands and in what style it writes."""

    def __init__(self, columns: int, rows: int, skills: Skills | None = None) -> None:
        self._skills = skills or Skills()
        self._out: list[str] = []
        self.forget(columns, rows)

    def forget(self, columns: int, rows: int) -> None:
        """The terminal, now of this size, may show anything: the next paint begins with a clear."""
        self._shown = Grid(columns, rows)
        self._x = self._y = _NOWHERE
        self._pen: Style | None = None

    def paint(self, wanted: Grid) -> str:
        """The bytes, as text, that make the terminal show `wanted`; "" where it does already.

        `wanted` must have the size given to `forget`; its `touched` rows are looked at and reset.
        """
        self._out = []
        rows = sorted(wanted.touched)
        if self._pen is None:
            self._clear(wanted)
            rows = list(range(wanted.rows))
        for y in rows:
            self._row(y, wanted.chars[y], wanted.styles[y])
        wanted.touched.clear()
        return "".join(self._out)

    def place_cursor(self, x: int, y: int) -> str:
        """The bytes that put the cursor at `x`, `y`."""
        self._out = []
        self._move(x, y)
        return "".join(self._out)

    def _clear(self, wanted: Grid) -> None:
        """Clear in the background most blank cells have, so that these needn't be written."""
        ground = DEFAULT
        if self._skills.erases_in_colour:
            counts = Counter(
                style.bg
                for line, looks in zip(wanted.chars, wanted.styles, strict=True)
                for char, style in zip(line, looks, strict=True)
                if char == " "
            )
            ground = counts.most_common(1)[0][0] if counts else DEFAULT
        look = Style(bg=ground)
        self._out.append(f"\x1b[m{change(PLAIN, look)}\x1b[2J")
        self._pen = look
        for y in range(self._shown.rows):
            self._shown.styles[y] = [look] * self._shown.columns

    def _row(self, y: int, chars: list[str], styles: list[Style]) -> None:
        shown_chars, shown_styles = self._shown.chars[y], self._shown.styles[y]
        if chars == shown_chars and styles == shown_styles:
            return
        differs = [
            char != was or (style is not look and not _same(char, style, look))
            for char, style, was, look in zip(chars, styles, shown_chars, shown_styles, strict=True)
        ]
        if "" in chars or "" in shown_chars:
            _take_halves(differs, chars, shown_chars)
        places = [x for x, differ in enumerate(differs) if differ]
        self._shown.chars[y] = chars.copy()
        self._shown.styles[y] = styles.copy()
        if places:
            self._write(y, chars, styles, places, differs)

    def _write(
        self, y: int, chars: list[str], styles: list[Style], places: list[int], differs: list[bool]
    ) -> None:
        columns, last = len(chars), places[-1]
        tail = _blank_tail(chars, styles)
        done = 0
        for at, x in enumerate(places):
            if x < done or chars[x] == "":
                continue
            self._reach(x, y, chars, styles)
            style = styles[x]
            if chars[x] == " " and self._erasable(style):
                if x >= tail and last - x >= 3 and self._skills.erases_line:
                    self._blank_pen(style)
                    self._out.append("\x1b[K")
                    return
                if self._skills.erases_characters and last - x >= 8:
                    end = self._run_of_changed_blanks(x, chars, styles, places, at)
                    if end - x >= 10:
                        self._blank_pen(style)
                        self._out.append(f"\x1b[{end - x}X")
                        done = end
                        continue
            done = x + 1
            while done < columns and differs[done] and styles[done] is style and done != tail:
                done += 1
            done = self._letters(x, done, chars, style)

    def _reach(self, x: int, y: int, chars: list[str], styles: list[Style]) -> None:
        """Get the cursor to `x`, `y`, over the cells between by writing them where that is shorter."""
        gap = x - self._x
        if self._y == y and self._x != _NOWHERE and 0 < gap <= 12:
            step = f"\x1b[{gap}C" if gap > 1 else "\x1b[C"
            pen, parts = self._pen or PLAIN, []
            for between in range(self._x, x):
                char, style = chars[between], styles[between]
                if len(char) != 1 or not char.isascii():
                    break
                if char == " " and _same(" ", style, pen):
                    parts.append(" ")
                    continue
                parts.append(change(pen, style))
                parts.append(char)
                pen = style
            else:
                over = "".join(parts)
                target = styles[x]
                if len(over) + len(change(pen, target)) <= len(step) + len(
                    change(self._pen or PLAIN, target)
                ):
                    self._out.append(over)
                    self._pen, self._x = pen, x
                    return
        self._move(x, y)

    def _run_of_changed_blanks(
        self, x: int, chars: list[str], styles: list[Style], places: list[int], at: int
    ) -> int:
        """Where the blanks that begin at `x` and are to be written end; small gaps are taken along."""
        ground, end = styles[x].bg, x + 1
        for place in places[at + 1 :]:
            if place - end > 4:
                break
            between = range(end, place + 1)
            if any(chars[x] != " " or styles[x].looks_on_blank() != (DEFAULT, ground, 0) for x in between):
                break
            end = place + 1
        return end

    def _erasable(self, style: Style) -> bool:
        return not style.attributes & VISIBLE_ON_BLANK and (
            style.bg == DEFAULT or self._skills.erases_in_colour
        )

    def _blank_pen(self, style: Style) -> None:
        """Change no more of the pen than a blank shows: letters that come may need the rest."""
        pen = self._pen or PLAIN
        wanted = Style(pen.fg, style.bg, pen.attributes & ~VISIBLE_ON_BLANK)
        self._out.append(change(pen, wanted))
        self._pen = wanted

    def _letters(self, x: int, end: int, chars: list[str], style: Style) -> int:
        """Write the cells [x, end), all in `style`; gives where it stopped, as it may sooner."""
        pen = self._pen or PLAIN
        if chars[x] == " " and not style.attributes & VISIBLE_ON_BLANK:
            if not _same(" ", style, pen):
                self._blank_pen(style)
            end = x + 1
        elif style is not pen:
            self._out.append(change(pen, style))
            self._pen = style
        text = "".join(chars[x:end])
        sure = True
        if not text.isascii() and not ALL_NARROW(text):
            end, sure = _until_unsure(chars, x, end)
            text = "".join(chars[x:end])
        elif self._skills.erases_characters and (blanks := text.find(_LONG_BLANK)) > 0:
            end, text = x + blanks, text[:blanks]
        self._out.append(text)
        self._x = end if sure and end < len(chars) else _NOWHERE
        return end

    def _move(self, x: int, y: int) -> None:
        if (x, y) == (self._x, self._y):
            return
        self._out.append(min(self._ways(x, y), key=len))
        self._x, self._y = x, y

    def _ways(self, x: int, y: int) -> list[str]:
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
        if self._y == _NOWHERE:
            return ways
        down = y - self._y
        from_left = f"\x1b[{x}C" if x > 1 else "\x1b[C" if x else ""
        if 0 <= down <= 3:
            ways.append("\r" + "\n" * down + from_left)
        if down == 0 and self._skills.moves_to_column:
            ways.append(f"\x1b[{x + 1}G" if x else "\x1b[G")
        if self._x == _NOWHERE:
            return ways
        if down == 0:
            right = x - self._x
            if right > 0:
                ways.append(f"\x1b[{right}C" if right > 1 else "\x1b[C")
            elif right >= -3:
                ways.append("\b" * -right)
            else:
                ways.append(f"\x1b[{-right}D")
        elif x == self._x:
            rows, letter = abs(down), "B" if down > 0 else "A"
            ways.append(f"\x1b[{rows}{letter}" if rows > 1 else f"\x1b[{letter}")
        return ways


def _same(char: str, style: Style, look: Style) -> bool:
    if style == look:
        return True
    if char != " " or style.bg != look.bg:
        return False
    return not (style.attributes | look.attributes) & VISIBLE_ON_BLANK


def _take_halves(differs: list[bool], chars: list[str], shown: list[str]) -> None:
    """A wide character is written as one, and what is left of one cut through is written over."""
    last = len(chars) - 1
    changed = True
    while changed:
        changed = False
        for x in range(last):
            if differs[x] != differs[x + 1] and "" in {chars[x + 1], shown[x + 1]}:
                differs[x] = differs[x + 1] = changed = True


def _blank_tail(chars: list[str], styles: list[Style]) -> int:
    """Where the blanks of one look begin that reach the row's end; its length where there are none."""
    x = len(chars)
    ground = styles[-1].bg
    while x and chars[x - 1] == " " and styles[x - 1].looks_on_blank() == (DEFAULT, ground, 0):
        x -= 1
    return x


def _until_unsure(chars: list[str], x: int, end: int) -> tuple[int, bool]:
    """Where to stop writing [x, end): behind the first cell whose width terminals disagree on, if any."""
    while x < end:
        char = chars[x]
        width = 2 if is_wide(char) else 1
        x += width
        if not _agreed(char):
            return x, False
    return x, True


@lru_cache(maxsize=4096)
def _agreed(char: str) -> bool:
    """Whether every terminal gives the cell's character the width that we do."""
    wide = unicodedata.east_asian_width(char[0]) in {"W", "F"}
    return char.isascii() or (len(char) == 1 and char < _EMOJI and wide == is_wide(char))
