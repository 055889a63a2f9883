"""The charts of a printed report as inline SVG: what is not known is hatched, what is to come is left out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.output.markup import Node, node
from tui.wording import count

WIDTH, HEIGHT = 720, 150
"""Of the part of a chart that holds figures, in the picture's own units."""
LEFT, BELOW, ABOVE = 44, 18, 8
GAP = 0.2
"""What part of a bar's place stays free beside it."""
CELL = 18
"""Height of a row of a heat map."""
MOST_LABELS = 13


class Segment(NamedTuple):
    """A part of a bar: the class that colours it, how many it stands for, and what they are."""

    kind: str
    number: int
    word: str


class Bar(NamedTuple):
    """One place on the time axis; `segments` is None where nothing is known of it."""

    label: str
    segments: Sequence[Segment] | None
    begun: bool = True


class LevelBar(NamedTuple):
    """The level of one place, 0 to 1; None where it is not known or nothing is decided."""

    label: str
    level: float | None
    told: str
    few: bool
    """Whether it stands for so few that a percentage says little."""
    known: bool
    begun: bool = True


class HeatRow(NamedTuple):
    """A day's row: for each place a number, None where it is not known, or -1 where it is to come."""

    label: str
    numbers: Sequence[int | None]


TO_COME = -1


def counts_chart(name: str, bars: Sequence[Bar]) -> Node:
    """How many came, by what became of them."""
    most = max((sum(segment.number for segment in bar.segments) for bar in bars if bar.segments), default=0)
    top = _nice(most)
    inside = [*_scale([0, top // 2, top] if top > 1 else [0, top], top)]
    for place, bar in enumerate(bars):
        left, width = _place(place, len(bars))
        if bar.segments is None:
            if bar.begun:
                inside.append(_unknown(left, width, ABOVE, HEIGHT, bar.label))
            continue
        below = 0
        for segment in bar.segments:
            if segment.number:
                inside.append(
                    _box(
                        segment.kind,
                        left,
                        width,
                        _down(below + segment.number, top),
                        _down(below, top),
                        f"{bar.label}: {count(segment.number)} {segment.word}",
                    )
                )
                below += segment.number
    return _picture(name, [*inside, *_labels([bar.label for bar in bars])], HEIGHT)


def levels_chart(name: str, bars: Sequence[LevelBar], goal: float | None) -> Node:
    """The service level in percent; `goal` is a line."""
    inside = [*_scale([0, 50, 100], 100, " %")]
    for place, bar in enumerate(bars):
        left, width = _place(place, len(bars))
        if not bar.known:
            if bar.begun:
                inside.append(_unknown(left, width, ABOVE, HEIGHT, bar.label))
        elif bar.level is not None:
            kind = "level few" if bar.few else "level"
            upper = min(_down(100 * bar.level, 100), ABOVE + HEIGHT - 1)
            inside.append(_box(kind, left, width, upper, ABOVE + HEIGHT, f"{bar.label}: {bar.told}"))
    if goal is not None:
        level = f"{_down(goal, 100):.1f}"
        line = {"class": "goal", "x1": str(LEFT), "x2": str(LEFT + WIDTH), "y1": level, "y2": level}
        inside.append(node("line", line))
    return _picture(name, [*inside, *_labels([bar.label for bar in bars])], HEIGHT)


def heat_map(name: str, columns: Sequence[str], rows: Sequence[HeatRow]) -> Node:
    """How many came, a row a day: the more, the darker."""
    most = max((number for row in rows for number in row.numbers if number is not None), default=0)
    inside: list[Node] = []
    for line, row in enumerate(rows):
        upper = ABOVE + line * CELL
        place = {"class": "axis", "x": str(LEFT - 4), "y": str(upper + CELL - 5), "text-anchor": "end"}
        inside.append(node("text", place, row.label))
        for column, number in enumerate(row.numbers):
            left, width = _place(column, len(columns), gap=0.06)
            label = f"{row.label} {columns[column]}"
            if number is None:
                inside.append(_unknown(left, width, upper, CELL - 1, label))
            elif number != TO_COME:
                shade = 0.0 if not number else 0.15 + 0.85 * number / most
                box = _box("heat", left, width, upper, upper + CELL - 1, f"{label}: {count(number)} new")
                inside.append(box._replace(attributes={**box.attributes, "fill-opacity": f"{shade:.2f}"}))
    height = CELL * len(rows)
    return _picture(name, [*inside, *_labels(columns, height)], height)


def key(entries: Iterable[tuple[str, str]]) -> Node:
    """What the colours stand for: a class and a word each."""
    keys = []
    for kind, word in entries:
        box = {"class": kind, "width": "10", "height": "10"}
        picture = node("svg", {"width": "10", "height": "10", "aria-hidden": "true"}, node("rect", box))
        keys.append(node("span", {"class": "key"}, picture, f" {word}"))
    return node("p", {"class": "keys"}, *keys)


def patterns() -> Node:
    """The hatching that stands for what is not known, once a page."""
    line = node("path", {"d": "M0 6 L6 0", "stroke": "#888", "stroke-width": "1"})
    size = {"id": "hatched", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    defs = node("defs", {}, node("pattern", size, line))
    return node("svg", {"width": "0", "height": "0", "class": "patterns", "aria-hidden": "true"}, defs)


def _picture(name: str, inside: Sequence[Node], height: int) -> Node:
    size = f"0 0 {LEFT + WIDTH} {ABOVE + height + BELOW}"
    return node("svg", {"class": "chart", "viewBox": size, "role": "img"}, node("title", {}, name), *inside)


def _place(place: int, places: int, gap: float = GAP) -> tuple[float, float]:
    step = WIDTH / places
    return LEFT + step * (place + gap / 2), step * (1 - gap)


def _down(value: float, top: int) -> float:
    return ABOVE + HEIGHT - HEIGHT * value / max(1, top)


def _box(kind: str, left: float, width: float, upper: float, lower: float, words: str) -> Node:
    place = {"class": kind, "x": f"{left:.1f}", "y": f"{upper:.1f}", "width": f"{width:.1f}"}
    place["height"] = f"{max(0.0, lower - upper):.1f}"
    return node("rect", place, node("title", {}, words))


def _unknown(left: float, width: float, upper: float, height: float, label: str) -> Node:
    return _box("unknown", left, width, upper, upper + height, f"{label}: not known")


def _scale(values: Sequence[int], top: int, unit: str = "") -> Iterable[Node]:
    for value in values:
        level = f"{_down(value, top):.1f}"
        line = {"class": "grid", "x1": str(LEFT), "x2": str(LEFT + WIDTH), "y1": level, "y2": level}
        yield node("line", line)
        where = {
            "class": "axis",
            "x": str(LEFT - 4),
            "y": f"{_down(value, top) + 4:.1f}",
            "text-anchor": "end",
        }
        yield node("text", where, f"{count(value)}{unit}")


def _labels(names: Sequence[str], height: int = HEIGHT) -> Iterable[Node]:
    """As many as there is room for, each at the beginning of its place."""
    each = -(-len(names) // MOST_LABELS)
    for place in range(0, len(names), each):
        left, width = _place(place, len(names), gap=0.0)
        middle = left + width / 2 if each == 1 else left
        anchor = "middle" if each == 1 else "start"
        where = {"class": "axis", "x": f"{middle:.1f}", "y": str(ABOVE + height + 13), "text-anchor": anchor}
        yield node("text", where, names[place])


def _nice(most: int) -> int:
    """The next number that is easy to read: 1, 2, 4, 6, 10, 20, 40, 60, 100, …"""
    size = 1
    while True:
        for first in (1, 2, 4, 6):
            if first * size >= most:
                return first * size
        size *= 10
