"""A piece of a line: its text, the role that gives it its look, and what it stands for."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size


class Part(NamedTuple):
    """Text in one role; `meta` is carried on the rendered segment and costs no bytes."""

    text: str
    role: str = "normal"
    meta: Mapping[str, object] | None = None


Line = Sequence[Part]


def width_of(line: Line) -> int:
    """Cells the line takes."""
    return sum(cell_len(part.text) for part in line)


NUMBER = re.compile(
    r"(?:[≥≤><~+\-−▲▼] ?)?\d+(?:[\u00a0\u202f.,:/]\d+)*(?: ?(?:ms|min|[dhms%×])(?![^\W\d_])(?: ?\d+)?)*"
)
"""A figure with all that is read with it: its sign, its thousands, its unit, and the smaller unit behind."""


def clip(text: str, width: int) -> str:
    """`text` in at most `width` cells, with `…` where something was cut off; never within a number.

    A number without its last digits, or without its unit, would be another one.
    """
    if cell_len(text) <= width:
        return text
    kept = set_cell_size(text, width - 1) if width > 1 else ""
    if len(kept) < len(text):  # else blanks fill half a wide character
        within = (
            number.start() for number in NUMBER.finditer(text) if number.start() < len(kept) < number.end()
        )
        kept = kept[: next(within, len(kept))]
    return kept.rstrip() + "…"[:width]


def first_fitting(forms: Sequence[str], width: int) -> str:
    """The first of these forms, the longest first, that takes at most `width` cells; else the last."""
    return next((form for form in forms if cell_len(form) <= width), forms[-1])


def wrapped(text: str, width: int, most: int = 100) -> list[str]:
    """`text` broken between words into lines of at most `width` cells.

    A word that is longer is broken too; past `most` lines the last one ends with `…`.
    """
    width = max(2, width)
    lines: list[str] = []
    for word in text.split():
        left = word
        if lines and cell_len(lines[-1]) + 1 + cell_len(left) <= width:
            lines[-1] += f" {left}"
            continue
        while cell_len(left) > width:
            head = set_cell_size(left, width).rstrip() or left[0]
            lines.append(head)
            left = left[len(head) :]
        if left:
            lines.append(left)
    if len(lines) > most:
        lines = [*lines[: most - 1], clip(f"{lines[most - 1]} …", width)]
    return lines


def pad(line: Line, width: int, role: str = "normal") -> list[Part]:
    """The line in exactly `width` cells: filled with blanks in `role`, or cut with `…`."""
    parts: list[Part] = []
    left = width
    for part in line:
        size = cell_len(part.text)
        if size > left:
            cut = clip(part.text, left)
            parts.append(part._replace(text=cut))
            left -= cell_len(cut)
            break
        parts.append(part)
        left -= size
    if left > 0:
        parts.append(Part(" " * left, role))
    return parts


def centre(line: Line, width: int, role: str = "normal") -> list[Part]:
    """The line in the middle of `width` cells, blanks in `role` around it."""
    return pad([Part(" " * max(0, (width - width_of(line)) // 2), role), *line], width, role)


def spread(left: Line, right: Line, width: int) -> list[Part]:
    """`left` and `right` at the two ends of `width` cells; the left one is cut where both don't fit."""
    room = max(0, width - width_of(right))
    return pad([*pad(left, room), *right], width)


def choose(candidates: Sequence[tuple[int, Line]], width: int, gap: int = 2) -> list[int]:
    """The places of those candidates that fit side by side, the highest number dropped first."""
    kept = [index for index, (_, line) in enumerate(candidates) if line]
    while len(kept) > 1:
        if sum(width_of(candidates[index][1]) for index in kept) + gap * (len(kept) - 1) <= width:
            break
        kept.remove(max(kept, key=lambda index: candidates[index][0]))
    return kept


def joined(lines: Sequence[Line], gap: int = 2) -> list[Part]:
    """Lines side by side."""
    parts: list[Part] = []
    for line in lines:
        if parts and line:
            parts.append(Part(" " * gap))
        parts.extend(line)
    return parts
