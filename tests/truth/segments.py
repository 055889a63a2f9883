"""What stands on a rendered screen, segment by segment: lines, ages, moments, figures, tables by place."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.screen import Screen
from textual.widget import Widget

AGE_STEPS = {"s": 5.0, "m": 60.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
"""How coarse an age is told, by its unit: it may be as much older."""
_AGE = re.compile(
    r"(?:oldest (?:figure )?|out of date, |\()(\d+) (min|[smhd])(?![^\W\d_])|(\d+) (min|[smhd]) (?:ago|old)"
)
_BELOW = re.compile(r"\(\d+ (?:min|[smhd]) old\)")
"""What stands below a figure that has no room for its age beside it, and nothing else there."""
_AS_OF = re.compile(r"as of (\d\d:\d\d:\d\d)")
_YESTERDAY = re.compile(r" \(yesterday ([^)…]+)\)")

Rows = list[list[Segment]]


class Shown(NamedTuple):
    """One figure as it stands on screen."""

    pane: str
    name: str
    """The name of its slot: `unassigned`, `team:3:open`."""
    text: str
    stale: bool
    """Whether it looks old."""
    age: float | None
    """The most seconds its own age can mean; None where none stands beside it."""
    before: str = ""
    """Yesterday's, where that stands beside it."""


class Moment(NamedTuple):
    """What a pane says of when its figures were asked for."""

    as_of: str
    """`14:05:09`; empty where it names none."""
    age: float | None
    """The most seconds its age can mean; None where it tells none."""


class Cell(NamedTuple):
    """What stands in one column of a row."""

    text: str
    figure: str
    """The text of the figure alone, without what stands beside it; empty where there is none."""
    name: str
    account: str
    stale: bool


class TableRow(NamedTuple):
    """One row of a table; cells by the key of their column."""

    key: object
    cells: dict[str, Cell]


def rows_of(screen: Screen[Any]) -> Rows:
    """The whole screen, a list of segments a line."""
    return [list(strip) for strip in screen._compositor.render_strips()]


def line(row: list[Segment]) -> str:
    """The text of a line."""
    return "".join(segment.text for segment in row)


def cut(rows: Rows, widget: Widget) -> Rows:
    """The widget's part of the screen."""
    region = widget.region
    rows_inside: Rows = []
    for row in rows[region.y : region.bottom]:
        x, kept = 0, []
        for segment in row:
            if x < region.right and x + segment.cell_length > region.x:
                kept.append(segment)
            x += segment.cell_length
        rows_inside.append(kept)
    return rows_inside


def block(rows: Rows, widget: Widget) -> str:
    """The text of a widget."""
    return "\n".join(line(row) for row in cut(rows, widget))


def top(text: str) -> str:
    """The upper border."""
    return text.split("\n", 1)[0]


def bottom(text: str) -> str:
    """The lower border."""
    return text.rsplit("\n", 1)[-1]


def most(text: str) -> float | None:
    """The most seconds the first age in `text` can mean."""
    match = _AGE.search(text)
    if match is None:
        return None
    number, unit = match[1] or match[3], match[2] or match[4]
    return int(number) * (1.0 if unit == "s" else AGE_STEPS[unit]) + AGE_STEPS[unit]


def moment(text: str) -> Moment:
    """The first as-of time and the first age in `text`."""
    match = _AS_OF.search(text)
    return Moment(match[1] if match else "", most(text))


def whole(text: str) -> int:
    """A count as it is written, with thin spaces between thousands."""
    return int(text.replace("\u202f", ""))


def looks_stale(style: Style | None, stale: object) -> bool:
    """Whether it has the colour of what is old."""
    return style is not None and style.color == stale


def meta(segment: Segment) -> dict[str, object]:
    """What the segment carries."""
    return segment.style.meta if segment.style is not None else {}


def figures(pane: str, rows: Rows, stale: object) -> Iterator[Shown]:
    """Every figure, with the age beside or below it, or yesterday's value that stands right beside it."""
    for number, row in enumerate(rows):
        at = x = 0
        while at < len(row):
            name = meta(row[at]).get("figure")
            if name is None:
                x += row[at].cell_length
                at += 1
                continue
            text, look, begins = "", looks_stale(row[at].style, stale), x
            while at < len(row) and meta(row[at]).get("figure") == name:
                text += row[at].text
                x += row[at].cell_length
                at += 1
            beside = row[at].text if at < len(row) and "row" not in meta(row[at]) else ""
            age = most(beside) if re.match(r" \(\d+ (?:min|[smhd])( old)?\)", beside) else None
            if age is None and look:
                age = _age_below(rows[number + 1 : number + 2], begins, x)
            before = match[1] if (match := _YESTERDAY.fullmatch(beside.rstrip())) else ""
            yield Shown(pane, str(name), text.strip(), look, age, before)


def _age_below(rows: Rows, begins: int, ends: int) -> float | None:
    """The age in the next line, at the place of a figure; None where something else stands there."""
    for row in rows:
        x = 0
        for segment in row:
            if x < ends and begins < x + segment.cell_length and _BELOW.fullmatch(segment.text.strip()):
                return most(segment.text)
            x += segment.cell_length
    return None


def table(rows: Rows, stale: object) -> list[TableRow]:
    """The rows of a table, their columns told by the place below the titles."""
    places: list[tuple[str, int, int]] = []
    table_rows: list[TableRow] = []
    for row in rows:
        x, parts = 0, []
        for segment in row:
            parts.append((x, segment))
            x += segment.cell_length
        if not places:
            places = [
                (str(meta(segment)["column"]), at, at + segment.cell_length)
                for at, segment in parts
                if "column" in meta(segment)
            ]
            continue
        key = next((meta(segment)["row"] for _, segment in parts if "row" in meta(segment)), None)
        if key is not None:
            table_rows.append(
                TableRow(key, {name: _cell(parts, start, end, stale) for name, start, end in places})
            )
    return table_rows


def _cell(parts: list[tuple[int, Segment]], start: int, end: int, stale: object) -> Cell:
    text = figure = name = account = ""
    old = False
    for at, segment in parts:
        if at >= end or at + segment.cell_length <= start:
            continue
        text += segment.text[max(0, start - at) : end - at]
        carried = meta(segment)
        if "figure" in carried:
            figure += segment.text
            name, account = str(carried["figure"]), str(carried.get("account", ""))
            old = looks_stale(segment.style, stale)
    return Cell(text.strip(), figure.strip(), name, account, old)
