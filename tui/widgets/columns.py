"""Columns of a table, and which of them fit a width."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal, NamedTuple

from rich.cells import cell_len

GAP = 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `width` fixes it, in cells; without it `min_width` does, and a column with `flex` takes its
    share of what is left. The higher `priority`, the sooner the column goes when it gets
    narrow. Widths never follow the data, so nothing jumps.
    """

    key: str
    title: str
    _: KW_ONLY
    width: int | None = None
    min_width: int = 4
    flex: int = 0
    align: Literal["left", "right"] = "left"
    priority: int = 0
    sortable: bool = True
    help: str = ""

    @property
    def least(self) -> int:
        """Cells it needs to be shown at all."""
        return self.width if self.width is not None else max(1, self.min_width)


class Placed(NamedTuple):
    """A column that is shown; `place` is its index among all columns, and so among a row's cells."""

    column: Column
    place: int
    width: int


def fit(columns: Sequence[Column], width: int) -> tuple[Placed, ...]:
    """The columns that fit `width` cells, in their own order, with their widths.

    Columns are taken by priority until the next one does not fit; the most needed one is
    always shown, however narrow it gets.
    """
    if not columns or width <= 0:
        return ()
    kept: list[int] = []
    used = 0
    for index in sorted(range(len(columns)), key=lambda index: (columns[index].priority, index)):
        needed = columns[index].least + (GAP if kept else 0)
        if kept and used + needed > width:
            break
        kept.append(index)
        used += needed
    kept.sort()
    widths = {index: min(columns[index].least, width) for index in kept}
    _share(columns, widths, width - used)
    return tuple(Placed(columns[index], index, widths[index]) for index in kept)


def _share(columns: Sequence[Column], widths: dict[int, int], spare: int) -> None:
    flexible = [index for index in widths if columns[index].flex > 0 and columns[index].width is None]
    total = sum(columns[index].flex for index in flexible)
    for index in flexible if spare > 0 else ():
        share = spare * columns[index].flex // total
        widths[index] += share
        spare -= share
        total -= columns[index].flex


def title_text(column: Column, width: int, mark: str) -> str:
    """A column's title in its width, with the sort mark, which is kept before the title."""
    room = width - len(mark)
    title = column.title
    while title and cell_len(title) > room:
        title = title[:-1]
    return mark + title if column.align == "right" else title + mark
