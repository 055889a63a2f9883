"""A column of a table."""

from typing import Literal

import msgspec


class Column(msgspec.Struct, frozen=True):
    """One column.

    `width` fixes it, in cells; without it `min_width` does, and a column with `flex` takes its
    share of what is left. The higher `priority`, the sooner the column goes when it gets
    narrow. Widths don't follow the data, so nothing jumps, but for a number that is wider.
    """

    key: str
    title: str
    width: int | None = None
    min_width: int = 4
    flex: int = 0
    align: Literal["left", "right"] = "left"
    priority: int = 0
    sortable: bool = True
    help: str = ""
    figure: str = ""
    """The word of the figure in it; empty where it is none."""

    @property
    def least(self) -> int:
        """Cells it needs to be shown at all."""
        return self.width if self.width is not None else max(1, self.min_width)
