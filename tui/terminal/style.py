"""What one cell looks like: colours and attributes, how SGR changes them, and how few bytes say so."""

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from tui.terminal.palette import nearest_16, nearest_256, rgb_of

DEFAULT = -1
"""The terminal's own colour; 0 to 255 are its palette, from RGB on it is a true colour."""

RGB = 0x1000000

BOLD, DIM, ITALIC, UNDERLINE, REVERSE, CONCEAL, STRIKE, DOUBLE, OVERLINE = (1 << bit for bit in range(9))
VISIBLE_ON_BLANK = UNDERLINE | REVERSE | STRIKE | DOUBLE | OVERLINE

_ON = {1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 7: REVERSE, 8: CONCEAL, 9: STRIKE, 21: DOUBLE, 53: OVERLINE}
_OFF = {
    22: BOLD | DIM,
    23: ITALIC,
    24: UNDERLINE | DOUBLE,
    27: REVERSE,
    28: CONCEAL,
    29: STRIKE,
    55: OVERLINE,
}


class ColourDepth(IntEnum):
    """How many colours the terminal is given; attributes such as bold stay at every depth."""

    NONE = 0
    ANSI = 16
    EIGHT_BIT = 256
    TRUE = 1 << 24


class Style(NamedTuple):
    """Foreground, background (see DEFAULT and RGB) and a sum of attribute bits."""

    fg: int = DEFAULT
    bg: int = DEFAULT
    attributes: int = 0

    def looks_on_blank(self) -> tuple[int, int, int]:
        """What of the style can be seen on a space: nothing of the letter's colour or weight."""
        seen = self.attributes & VISIBLE_ON_BLANK
        return (self.fg if seen else DEFAULT, self.bg, seen)


PLAIN = Style()


@lru_cache(maxsize=8192)
def select(style: Style, parameters: str, depth: ColourDepth = ColourDepth.TRUE) -> Style:
    """`style` after SGR `parameters` ("1;38;5;9"); colours are brought down to `depth`.

    Blinking is left out: nothing in this program blinks. Unknown parameters change nothing.
    """
    fg, bg, attributes = style
    words = [int(word) if word.isdigit() else 0 for word in parameters.replace(":", ";").split(";")]
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == 0:
            fg, bg, attributes = PLAIN
        elif word in _ON:
            attributes |= _ON[word]
        elif word in _OFF:
            attributes &= ~_OFF[word]
        elif word in {38, 48}:
            colour, at = _extended(words, at)
            if colour is not None and word == 38:
                fg = colour
            elif colour is not None:
                bg = colour
        else:
            fg, bg = _simple(word, fg, bg)
    return _reduced(Style(fg, bg, attributes), depth)


def _simple(word: int, fg: int, bg: int) -> tuple[int, int]:
    if 30 <= word <= 37:
        return word - 30, bg
    if 40 <= word <= 47:
        return fg, word - 40
    if 90 <= word <= 97:
        return word - 82, bg
    if 100 <= word <= 107:
        return fg, word - 92
    if word == 39:
        return DEFAULT, bg
    return fg, DEFAULT if word == 49 else bg


def _extended(words: list[int], at: int) -> tuple[int | None, int]:
    """The colour of `38;5;n` or `38;2;r;g;b` whose kind stands at `at`, and where to read on."""
    kind = words[at] if at < len(words) else 0
    if kind == 5 and at + 1 < len(words):
        return min(words[at + 1], 255), at + 2
    if kind == 2 and at + 3 < len(words):
        red, green, blue = (min(word, 255) for word in words[at + 1 : at + 4])
        return RGB + (red << 16) + (green << 8) + blue, at + 4
    return None, len(words)


def _reduced(style: Style, depth: ColourDepth) -> Style:
    if depth is ColourDepth.TRUE:
        return style
    if depth is ColourDepth.NONE:
        return Style(attributes=style.attributes)
    if depth is ColourDepth.EIGHT_BIT:
        return Style(_to_256(style.fg), _to_256(style.bg), style.attributes)
    fg, bg = _to_16(style.fg), _to_16(style.bg)
    if fg == bg and style.fg != style.bg and fg != DEFAULT:
        # Two neighbouring shades became one: the words would be lost, so the letters give way.
        fg = 15 if sum(rgb_of(bg)) < 384 else 0
    return Style(fg, bg, style.attributes)


def _to_256(colour: int) -> int:
    return colour if colour < RGB else nearest_256(colour - RGB)


def _to_16(colour: int) -> int:
    if colour < 16:
        return colour
    red, green, blue = (
        rgb_of(colour) if colour < RGB else (colour >> 16 & 255, colour >> 8 & 255, colour & 255)
    )
    return nearest_16((red << 16) + (green << 8) + blue)


@lru_cache(maxsize=8192)
def change(old: Style, new: Style) -> str:
    """The shortest SGR sequence from `old` to `new`; empty where they are equal."""
    if old == new:
        return ""
    parts: list[str] = []
    gone = old.attributes & ~new.attributes
    kept = old.attributes
    for word, bits in _OFF.items():
        if gone & bits:
            parts.append(str(word))
            kept &= ~bits
    parts.extend(str(word) for word, bit in _ON.items() if new.attributes & ~kept & bit)
    if new.fg != old.fg:
        parts.append(_code(new.fg, foreground=True))
    if new.bg != old.bg:
        parts.append(_code(new.bg, foreground=False))
    step = ";".join(parts)
    afresh = ";".join(_from_plain(new))
    if len(afresh) < len(step):
        step = afresh
    return f"\x1b[{step}m"


def _from_plain(style: Style) -> list[str]:
    """The parameters that make `style` from anything: a reset, written as nothing, then each part."""
    parts = [str(word) for word, bit in _ON.items() if style.attributes & bit]
    if style.fg != DEFAULT:
        parts.append(_code(style.fg, foreground=True))
    if style.bg != DEFAULT:
        parts.append(_code(style.bg, foreground=False))
    return ["", *parts] if parts else [""]


def _code(colour: int, *, foreground: bool) -> str:
    base = 30 if foreground else 40
    if colour == DEFAULT:
        return str(base + 9)
    if colour < 8:
        return str(base + colour)
    if colour < 16:
        return str(base + 52 + colour)
    if colour < RGB:
        return f"{base + 8};5;{colour}"
    return f"{base + 8};2;{colour >> 16 & 255};{colour >> 8 & 255};{colour & 255}"
