"""Small pictures of numbers in one line: a trend and a bar."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
FULL, EMPTY = "█", " "
EIGHTHS = " ▏▎▍▌▋▊▉"


def spark(values: Sequence[float | None], width: int) -> str:
    """The latest of `values` in exactly `width` cells, oldest first; a gap is a blank.

    More values than cells are gathered, the highest of each cell being shown, so that a peak is
    never lost. The lowest value in sight has the lowest block, and so have values all alike.
    """
    cells = _gathered(values, width)
    known = [value for value in cells if value is not None]
    if not known:
        return " " * max(0, width)
    low, high = min(known), max(known)
    span = high - low
    top = len(BLOCKS) - 1
    drawn = [
        " " if value is None else BLOCKS[round((value - low) / span * top) if span else 0] for value in cells
    ]
    return "".join(drawn).rjust(width)


def _gathered(values: Sequence[float | None], width: int) -> list[float | None]:
    count = len(values)
    if width <= 0:
        return []
    if count <= width:
        return list(values)
    cells: list[float | None] = []
    for cell in range(width):
        part = values[cell * count // width : (cell + 1) * count // width]
        known = [value for value in part if value is not None]
        cells.append(max(known) if known else None)
    return cells


def bar(value: float | None, maximum: float, width: int) -> str:
    """`value` of `maximum` as a bar of exactly `width` cells, in eighths; blank where unknown.

    What is above nothing shows at least its thinnest sign; above the maximum the bar is full.
    """
    if width <= 0:
        return ""
    if value is None or maximum <= 0 or value <= 0:
        return EMPTY * width
    eighths = max(1, round(min(1.0, value / maximum) * width * 8))
    full, rest = divmod(eighths, 8)
    return (FULL * full + (EIGHTHS[rest] if rest else "")).ljust(width)
