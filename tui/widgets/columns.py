"""Which columns of a table fit a width, and by which it is sorted."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from rich.cells import cell_len

from tui.columns import Column
from tui.widgets.parts import width_of
from tui.widgets.rows import Row

GAP = 1

Order = tuple[str, bool]
"""A column's key, and whether turned round."""


class Placed(NamedTuple):
    """A column that is shown; `place` is its index among all columns, and so among a row's cells."""

    column: Column
    place: int
    width: int


def fit(
    columns: Sequence[Column],
    width: int,
    chosen: Sequence[str] = (),
    wider: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Placed, ...]:
    """The columns that fit `width` cells, in their own order, with their widths.

    Columns are taken by priority until the next one does not fit; the most needed one is
    always shown, however narrow it gets. `chosen` are the keys of the only ones wanted, in
    the order wanted. `wider` are the cells that numbers take in columns too narrow for them: the
    names get shorter, or a whole column gives way.
    """
    least = [max(column.least, wider.get(column.key, 0)) for column in columns]
    keys = [column.key for column in columns]
    wanted = [keys.index(key) for key in chosen if key in keys] or list(range(len(columns)))
    if not columns or width <= 0:
        return ()
    kept: list[int] = []
    used = 0
    for index in sorted(wanted, key=lambda index: (columns[index].priority, index)):
        needed = least[index] + (GAP if kept else 0)
        if kept and used + needed > width:
            break
        kept.append(index)
        used += needed
    kept.sort(key=wanted.index)
    widths = {index: min(least[index], width) for index in kept}
    _share(columns, widths, width - used)
    return tuple(Placed(columns[index], index, widths[index]) for index in kept)


def wider_numbers(placed: Sequence[Placed], rows: Iterable[Row]) -> dict[str, int]:
    """The cells of the widest number in each of the columns that are too narrow for it."""
    wider: dict[str, int] = {}
    for column, place, width in placed:
        if column.align == "right":
            cells = (row.cells[place] for row in rows if place < len(row.cells))
            widest = max((width_of(cell.line) for cell in cells), default=0)
            if widest > width:
                wider[column.key] = widest
    return wider


def _share(columns: Sequence[Column], widths: dict[int, int], spare: int) -> None:
    flexible = [index for index in widths if columns[index].flex > 0 and columns[index].width is None]
    total = sum(columns[index].flex for index in flexible)
    for index in flexible if spare > 0 else ():
        share = spare * columns[index].flex // total
        widths[index] += share
        spare -= share
        total -= columns[index].flex


def next_order(columns: Sequence[Column], order: Order | None) -> Order | None:
    """The order after `order`: by the next of `columns`, largest numbers first; None after the last."""
    columns = [column for column in columns if column.sortable]
    keys = [column.key for column in columns]
    at = keys.index(order[0]) + 1 if order is not None and order[0] in keys else 0
    return (keys[at], columns[at].align == "right") if at < len(keys) else None


def clicked_order(columns: Sequence[Column], key: str, order: Order | None) -> Order | None:
    """The order after a click on a title: by that column, then turned round, then none."""
    column = next((column for column in columns if column.key == key), None)
    if column is None or not column.sortable:
        return order
    first = column.align == "right"
    if order is None or order[0] != key:
        return key, first
    return (key, not first) if order[1] is first else None


def title_text(column: Column, width: int, mark: str) -> str:
    """A column's title in its width, with the sort mark, which is kept before the title."""
    room = width - len(mark)
    title = column.title
    while title and cell_len(title) > room:
        title = title[:-1]
    return mark + title if column.align == "right" else title + mark
