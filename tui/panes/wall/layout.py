"""How large a wall's figures get: tiles, rows of figures, digits and words for a size; pure."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from tui.widgets.big_digits import digit_widths, digits_width, word_height, word_width

MOST_TILES = 4
SIDE, BELOW = 2, 1
"""Cells kept free at the sides and below, in which the picture moves."""
APART = 3
"""Cells between two tiles side by side."""
BETWEEN = 2
"""Cells between two figures."""
GRIDS = {1: ((1, 1),), 2: ((2, 1), (1, 2)), 3: ((3, 1), (1, 3), (2, 2)), 4: ((2, 2), (4, 1), (1, 4))}
"""Rows and columns for so many tiles."""
SMALLEST = 3


class FigureRoom(NamedTuple):
    """What a figure needs at least: the text that must fit, and its label."""

    room: str
    label: str


class Layout(NamedTuple):
    """A picture of the wall in numbers; heights in lines, widths in cells.

    `high` is 0 where the screen is too small for large digits.
    """

    width: int
    height: int
    rows: int = 1
    columns: int = 1
    across: int = 1
    """Figures side by side in a tile."""
    high: int = 0
    wide: int = 0
    words: int = 1
    clock: int = 1

    @property
    def places(self) -> int:
        """Accounts on one page."""
        return self.rows * self.columns

    @property
    def tile_width(self) -> int:
        """Cells of a tile."""
        return (self.width - APART * (self.columns - 1)) // self.columns

    @property
    def tile_height(self) -> int:
        """Lines of a tile."""
        return (self.height - self.clock - 1 - (self.rows - 1)) // self.rows


@lru_cache(maxsize=64)
def layout(columns: int, rows: int, accounts: int, figures: tuple[FigureRoom, ...]) -> Layout:
    """The layout of a screen: as many tiles as keep the digits at a fifth of its height, then the largest.

    On a screen too small for that the digits are as large as they get, and at last plain text.
    """
    width, height = max(1, columns - SIDE), max(1, rows - BELOW)
    fifth = max(SMALLEST, -(-rows // 5))
    words = word_height(rows)
    for count in range(max(1, min(MOST_TILES, accounts)), 0, -1):
        best = _best(width, height, count, figures, words, fifth, fifth)
        if best is not None:
            return best
    return (
        _best(width, height, 1, figures, 1, fifth, fifth)  # Where words as large leave no room for digits.
        or _best(width, height, 1, figures, 1, SMALLEST, SMALLEST)
        or _best(width, height, 1, figures, 1, 1, SMALLEST)
        or Layout(width, height)
    )


def _best(
    width: int, height: int, count: int, figures: tuple[FigureRoom, ...], words: int, clock: int, least: int
) -> Layout | None:
    best: Layout | None = None
    for rows, columns in GRIDS[count]:
        for across in _rows_of(len(figures)):
            base = Layout(width, height, rows, columns, across, 0, 0, words, clock)
            largest = _largest(base, figures, least)
            if largest is not None and (best is None or largest.high * largest.wide > best.high * best.wide):
                best = largest
    return best


def _rows_of(count: int) -> Iterator[int]:
    """How many figures may stand side by side: all, half of them, or one."""
    yield from dict.fromkeys((count, -(-count // 2), 1))


def _largest(base: Layout, figures: Sequence[FigureRoom], least: int) -> Layout | None:
    lines = [figures[at : at + base.across] for at in range(0, len(figures), base.across)]
    most = (base.tile_height - base.words) // len(lines) - base.words
    best: Layout | None = None
    for high in range(least, min(most, base.height // 2) + 1):
        for wide in digit_widths(high):
            sized = base._replace(high=high, wide=wide)
            if any(sum(widths(sized, line)) + BETWEEN * (len(line) - 1) > base.tile_width for line in lines):
                break
            if best is None or high * wide >= best.high * best.wide:
                best = sized
    return best


def widths(sized: Layout, line: Sequence[FigureRoom]) -> list[int]:
    """Cells that each figure of a line needs, with its label."""
    return [
        max(digits_width(figure.room, sized.high, sized.wide), _label_width(figure.label, sized.words))
        for figure in line
    ]


def _label_width(label: str, words: int) -> int:
    return cell_len(label) if words == 1 else word_width(label, words)


def shift(wall: float) -> tuple[int, int]:
    """How far the picture stands from the corner at that moment: it moves by a cell each ten minutes."""
    places = ((0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1))
    return places[int(wall // 600) % len(places)]
