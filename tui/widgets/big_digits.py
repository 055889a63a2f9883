"""Figures and words as large as the room needs, drawn in half and full blocks: pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tui.widgets.block_font import GLYPHS, SHORT, Shape

SHARE = 0.17
"""How thick a stroke is, of the height."""
WIDEST, NARROWEST = 0.6, 0.25
"""The width of a digit, of its height; a cell is twice as high as it is wide."""
LETTERS = 5
"""Half-cells of the smallest letters that can be read."""
BLOCKS = " ▀▄█"
KEPT = 512
"""Texts whose drawing is remembered, some 2 kB each: a wall draws the same ones every second."""
SIMILAR: Mapping[str, str] = {
    "–": "-", "‐": "-", "−": "-", "’": "'", "‘": "'", "“": "'", "”": "'", "ß": "SS", "Ø": "O", "ø": "O",
    "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ł": "L", "ł": "L", "Đ": "D", "đ": "D", "ı": "I",
    "_": "-", "\u202f": " ", "\u00a0": " ",
}  # fmt: skip
"""What is drawn for characters that have no shape of their own and lose nothing by it."""


def digit_widths(height: int) -> range:
    """The widths in cells that digits of `height` cells may have, the narrowest first."""
    half_cells = 2 * height
    narrowest = max(3, round(NARROWEST * half_cells))
    return range(narrowest, max(narrowest, round(WIDEST * half_cells)) + 1)


def digits_width(text: str, height: int, width: int) -> int:
    """Cells that `text` takes with digits of `height` by `width` cells."""
    thick = _thickness(2 * height, width)
    widths = [_glyph_width(char, width, thick) for char in text]
    return sum(widths) + _gap(thick) * max(0, len(text) - 1)


@lru_cache(maxsize=KEPT)
def digits(text: str, height: int, width: int) -> tuple[str, ...]:
    """`text` as `height` lines of blocks, with digits `width` cells wide.

    Knows the digits, `—`, `…`, `:`, `.`, `≥`, a blank and the units h, m, s and d, which stand
    lower. Another character is a blank.
    """
    thick = _thickness(2 * height, width)
    bitmaps = [_bitmap(char, _glyph_width(char, width, thick), 2 * height, thick) for char in text]
    return _packed(_joined(bitmaps, _gap(thick), 2 * height))


def word_height(screen_rows: int) -> int:
    """Lines of a word on a screen of so many rows: a twentieth of it, 1 where that is about one line."""
    half_cells = max(LETTERS, -(-2 * screen_rows // 20))
    return 1 if screen_rows < 28 else half_cells // 2 + 1


@lru_cache(maxsize=KEPT)
def word(text: str, height: int, width: int) -> tuple[str, ...]:
    """`text` in `height` lines, half a line free below, cut with `…` to at most `width` cells.

    Empty where a character has no shape, or where not even one fits: say it in another way.
    """
    if height < 3:
        raise ValueError("letters need three lines at least")
    shown = drawable(text)
    if shown is None or width < 3:
        return ()
    half_cells = 2 * height - 1
    thick = max(1, half_cells // 7)
    fitted = shown
    while fitted and word_width(fitted, height) > width:
        fitted = fitted.rstrip("…").rstrip()[:-1].rstrip()
        fitted = f"{fitted}…" if fitted else ""
    if not fitted:
        return ()
    bitmaps = [_bitmap(char, _letter_width(char, thick), half_cells, thick) for char in fitted]
    return _packed(_joined(bitmaps, thick, 2 * height))


def word_width(text: str, height: int) -> int:
    """Cells that the letters of `text` take in `height` lines."""
    half_cells = 2 * height - 1
    thick = max(1, half_cells // 7)
    shown = drawable(text) or ""
    return sum(_letter_width(char, thick) for char in shown) + thick * max(0, len(shown) - 1)


@lru_cache(maxsize=256)
def drawable(text: str) -> str | None:
    """`text` in the capitals that have a shape, without accents; None where one has none."""
    letters: list[str] = []
    for char in text:
        whole = SIMILAR.get(char, char).upper()
        plain = "".join(
            letter for letter in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(letter)
        )
        if any(letter not in GLYPHS for letter in plain):
            return None
        letters.append(plain)
    return "".join(letters)


def _thickness(half_cells: int, width: int) -> int:
    return max(1, min(round(SHARE * half_cells), width // 3))


def _gap(thick: int) -> int:
    return max(1, thick)


def _glyph_width(char: str, width: int, thick: int) -> int:
    if char in ":.":
        return thick
    if char in "hsd":
        return max(3, 3 * width // 4)
    if char == "m":
        return max(5, width)
    if char == " ":
        return 1
    return width


def _letter_width(char: str, thick: int) -> int:
    columns = len(GLYPHS[char][0]) if char in GLYPHS else 3
    return thick * columns


def _bitmap(char: str, width: int, height: int, thick: int) -> list[list[bool]]:
    """The glyph stretched to `width` by `height` half-cells: strokes as thick as told, gaps wider."""
    if char in SHORT:
        low = max(5, round(0.65 * height))
        upper = [[False] * width for _ in range(height - low)]
        return upper + _stretched(SHORT[char], width, low, max(1, min(thick, low // 5)))
    return _stretched(GLYPHS.get(char, GLYPHS[" "]), width, height, thick)


def _stretched(shape: Shape, width: int, height: int, thick: int) -> list[list[bool]]:
    across = _spread(len(shape[0]), width, thick)
    down = _spread(len(shape), height, min(thick, max(1, height // len(shape))))
    return [
        [cell == "#" for cell, columns in zip(line, across, strict=True) for _ in range(columns)]
        for line, rows in zip(shape, down, strict=True)
        for _ in range(rows)
    ]


def _spread(parts: int, size: int, thick: int) -> list[int]:
    """How many half-cells each row or column of a shape takes: even places are strokes, odd ones gaps."""
    strokes, gaps = (parts + 1) // 2, parts // 2
    if not gaps:
        return [size]
    thick = max(1, min(thick, (size - gaps) // strokes))
    left = size - strokes * thick
    sizes = [thick if place % 2 == 0 else left // gaps for place in range(parts)]
    for place in range(left - left // gaps * gaps):
        sizes[parts - 2 - 2 * place] += 1
    return sizes


def _joined(bitmaps: Sequence[list[list[bool]]], gap: int, height: int) -> list[list[bool]]:
    lines: list[list[bool]] = [[] for _ in range(height)]
    for place, bitmap in enumerate(bitmaps):
        for line, row in enumerate(lines):
            if place:
                row.extend([False] * gap)
            row.extend(bitmap[line] if line < len(bitmap) else [False] * len(bitmap[0]))
    return lines


def _packed(lines: list[list[bool]]) -> tuple[str, ...]:
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return tuple(
        "".join(BLOCKS[above + 2 * below] for above, below in zip(upper, lower, strict=True))
        for upper, lower in pairs
    )
