"""The lines under the header: what is worth knowing until somebody puts it away; no height while empty."""

from collections.abc import Sequence
from typing import NamedTuple

from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part, wrapped

MOST_LINES = 3
"""Lines of a notice."""


class Notice(NamedTuple):
    """One thing to know; `key` tells it apart, `role` is its look."""

    key: str
    text: str
    role: str = "warning"


class NoticeLine(LineView):
    """Shows the first notice, and how many more there are."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.display = False

    def show(self, notices: Sequence[Notice], width: int) -> None:
        """Show these, the most pressing first; nothing at all takes no room."""
        lines = notice_lines(notices, width)
        self.set_lines(lines)
        self.display = bool(lines)


def notice_lines(notices: Sequence[Notice], width: int) -> list[Line]:
    """The first notice in at most three lines, `1 of 3` before it where there are more."""
    if not notices or width <= 4:
        return []
    first = notices[0]
    more = f"1 of {len(notices)}: " if len(notices) > 1 else ""
    return [[Part(f" {text}", first.role)] for text in wrapped(more + first.text, width - 2, MOST_LINES)]
