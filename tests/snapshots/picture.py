"""The screen of an app as a small SVG that needs nothing from elsewhere."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as COLOURS
from textual.app import App

FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
SIZE = 14
CELL, ROW = 8.43, 16.5
BASELINE = 13
EDGE = 6
WORDS = re.compile(r"[^ ]+(?: [^ ]+)*")
"""What stands together: SVG swallows all but one of the blanks between words."""


class Look(NamedTuple):
    """How a run of cells is painted: colours as `#rrggbb`, and what else a stylesheet says."""

    ink: str
    paper: str
    rest: str


class Run(NamedTuple):
    """Cells of one look, side by side from `column` on."""

    column: int
    width: int
    text: str
    look: Look


def picture(app: App[Any]) -> str:
    """What stands on screen now; one line of the SVG is one row."""
    width, height = app.size
    rows = [list(_runs(strip)) for strip in app.screen._compositor.render_strips()[:height]]
    # What most cells lie on is painted once.
    cells: dict[str, int] = {}
    for run in (run for row in rows for run in row):
        cells[run.look.paper] = cells.get(run.look.paper, 0) + run.width
    ground = max(cells, key=lambda paper: cells[paper])
    names: dict[tuple[str, str], str] = {}
    body = [_row(row, number, ground, names) for number, row in enumerate(rows)]
    rules = [f".{name}{{fill:{ink};{rest}}}" for (ink, rest), name in names.items()]
    across, down = width * CELL + 2 * EDGE, height * ROW + 2 * EDGE
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {down:g}">',
        f"<style>text{{font:{SIZE}px {FONT}}}{''.join(rules)}</style>",
        f'<rect width="100%" height="100%" rx="6" fill="{ground}"/>',
    ]
    return "\n".join([*head, *body, "</svg>", ""])


def _runs(segments: Iterable[Segment]) -> Iterator[Run]:
    column = 0
    for look, group in groupby(segments, lambda segment: _look(segment.style)):
        text = "".join(segment.text for segment in group)
        width = cell_len(text)
        yield Run(column, width, text, look)
        column += width


def _look(style: Style | None) -> Look:
    style = style or Style()
    ink, paper = _triplet(style.color, foreground=True), _triplet(style.bgcolor, foreground=False)
    if style.reverse:
        ink, paper = paper, ink
    if style.dim:
        ink = blend_rgb(ink, paper, 0.4)
    lines = [
        word for word, is_on in (("underline", style.underline), ("line-through", style.strike)) if is_on
    ]
    rest = "font-weight:bold;" if style.bold else ""
    rest += "font-style:italic;" if style.italic else ""
    rest += f"text-decoration:{' '.join(lines)};" if lines else ""
    return Look(ink.hex, paper.hex, rest)


def _triplet(colour: Color | None, *, foreground: bool) -> Any:
    return (colour or Color.default()).get_truecolor(COLOURS, foreground)


def _row(runs: Iterable[Run], number: int, ground: str, names: dict[tuple[str, str], str]) -> str:
    top = EDGE + number * ROW
    behind, ink = "", ""
    for column, width, text, look in runs:
        if look.paper != ground:
            behind += (
                f'<rect x="{EDGE + column * CELL:.5g}" y="{top:.5g}" width="{width * CELL:.5g}" '
                f'height="{ROW}" fill="{look.paper}"/>'
            )
        for match in WORDS.finditer(text):
            name = names.setdefault((look.ink, look.rest), f"c{len(names)}")
            left = EDGE + (column + cell_len(text[: match.start()])) * CELL
            ink += (
                f'<text class="{name}" x="{left:.5g}" y="{top + BASELINE:.5g}" '
                f'textLength="{cell_len(match[0]) * CELL:.5g}">{escape(match[0], quote=False)}</text>'
            )
    return behind + ink
