"""A line chart in braille dots, with axes; where nothing is known there is a gap, never a bridge."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from tui import wording
from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part, width_of

DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
BRAILLE = 0x2800
AXIS_WIDTH = 7
TICKS = 4

Series = Sequence[float | None]


def scale_top(highest: float) -> float:
    """The end of a scale: at or above `highest`, at least 4, and its quarters are whole numbers."""
    power = 1.0
    while True:
        for factor in (1, 2, 2.5, 5):
            top = TICKS * factor * power
            if top >= highest and (factor * power).is_integer():
                return top
        power *= 10


def columns(series: Series, count: int) -> list[tuple[float, float] | None]:
    """`series` spread over `count` columns: the lowest and the highest of each, None in a gap.

    Fewer values than columns are stretched: a value holds until the next one, as in the
    samples it comes from, and so does a gap.
    """
    size = len(series)
    if not size or count <= 0:
        return [None] * max(0, count)
    spread: list[tuple[float, float] | None] = []
    for column in range(count):
        first = column * size // count
        part = series[first : max(first + 1, (column + 1) * size // count)]
        known = [value for value in part if value is not None]
        spread.append((min(known), max(known)) if known else None)
    return spread


def plot(series: Series, width: int, height: int, top: float) -> list[str]:
    """The curve alone, from 0 at the bottom to `top`, as `height` rows of `width` braille cells."""
    return list(_plotted(tuple(series), width, height, top))


@lru_cache(maxsize=8)  # A day's curve changes each quarter of an hour, and is drawn with each answer.
def _plotted(series: tuple[float | None, ...], width: int, height: int, top: float) -> tuple[str, ...]:
    rows, dots = height * 4, [[0] * width for _ in range(height)]
    before: tuple[int, int] | None = None
    for x, span in enumerate(columns(series, width * 2)):
        if span is None:
            before = None
            continue
        low, high = (round(min(max(value / top, 0.0), 1.0) * (rows - 1)) for value in span)
        start, end = low, high
        if before is not None:
            start, end = min(low, before[1] + 1), max(high, before[0] - 1)
        for y in range(min(start, rows - 1), max(end, 0) + 1):
            row = rows - 1 - y
            dots[row // 4][x // 2] |= DOTS[x % 2][row % 4]
        before = low, high
    return tuple("".join(chr(BRAILLE + cell) if cell else " " for cell in row) for row in dots)


def chart_lines(
    series: Series,
    width: int,
    height: int,
    *,
    labels: Sequence[str] = (),
    role: str = "accent",
    form: Callable[[float], str] = wording.amount,
) -> list[Line]:
    """The chart in exactly `width` by `height` cells.

    `labels` stand below the axis at equal distances from its start to its end; `form` writes
    the numbers beside it. A chart too small for axes is blank.
    """
    known = [value for value in series if value is not None]
    inner_height = height - 2
    top = scale_top(max(known, default=0.0))
    marks = _marks(top, inner_height) if inner_height > 0 else {}
    # A number that is cut is another number.
    axis_width = max([AXIS_WIDTH, *(width_of([Part(form(mark))]) + 2 for mark in marks.values())])
    inner_width = width - axis_width
    if inner_width < 4 or inner_height < 1:
        return [[Part(" " * max(0, width))] for _ in range(max(0, height))]
    if not known:
        return _without_data(width, height)
    lines: list[Line] = []
    for row, drawn in enumerate(plot(series, inner_width, inner_height, top)):
        number = form(marks[row]) if row in marks else ""
        axis = f"{number:>{axis_width - 2}} {'┤' if row in marks else '│'}"
        lines.append([Part(axis, "dim"), Part(drawn, role)])
    lines.append([Part(f"{form(0.0):>{axis_width - 2}} └" + "─" * inner_width, "dim")])
    lines.append([Part(" " * axis_width + _below(labels, inner_width), "dim")])
    return lines


def _marks(top: float, height: int) -> dict[int, float]:
    """The quarters of the scale, each by the row its value is drawn in; where rows are few, the halves."""
    highest = height * 4 - 1
    marks: dict[int, float] = {}
    for step in (1, 2, TICKS):
        quarters = range(TICKS, 0, -step)
        marks = {
            (highest - round(quarter / TICKS * highest)) // 4: top * quarter / TICKS for quarter in quarters
        }
        if len(marks) == len(quarters):
            break
    return marks


def _without_data(width: int, height: int) -> list[Line]:
    words = "no data"[:width]
    return [
        [Part(words.center(width) if row == height // 2 else " " * width, "unknown")] for row in range(height)
    ]


def _below(labels: Sequence[str], width: int) -> str:
    cells = [" "] * width
    free = 0
    for place, label in enumerate(labels):
        at = round(place * (width - 1) / max(1, len(labels) - 1)) if len(labels) > 1 else 0
        start = min(max(0, at - len(label) // 2), width - len(label))
        if start < free:
            continue
        cells[start : start + len(label)] = label
        free = start + len(label) + 1
    return "".join(cells)


class Chart(LineView):
    """Shows one series as large as it is given room."""

    DEFAULT_CSS = "Chart { height: 1fr; }"

    def __init__(
        self,
        *,
        form: Callable[[float], str] = wording.amount,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._series: Series = ()
        self._labels: Sequence[str] = ()
        self.form = form
        """Writes the numbers beside the axis, from the next `show` on."""

    def show(self, series: Series, labels: Sequence[str] = ()) -> None:
        """Draw this, oldest first; None is a gap."""
        self._series, self._labels = tuple(series), tuple(labels)
        self._draw()

    def on_resize(self) -> None:
        """Draw it as large as there is room now."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        self.set_lines(chart_lines(self._series, width, height, labels=self._labels, form=self.form))
