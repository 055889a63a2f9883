"""Rows of a pane that are kept while what they are made of stays the same."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from tui.widgets.rows import Row, RowsInWaiting, SortValue

T = TypeVar("T")
MOST_KEPT = 500
"""Rows that have been in view and are kept; all of many thousands would fill the memory."""


class KeptRows:
    """The rows of one pane, from one drawing to the next."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, Row]] = {}

    def rows(self, items: Iterable[T], parts: Callable[[T], object], make: Callable[[T], Row]) -> list[Row]:
        """A row for each item, in their order; `parts` tells all that `make` looks at, and is compared."""
        before, self._kept = self._kept, {}
        rows: list[Row] = []
        for place, item in enumerate(items):
            made_of, kept = parts(item), before.get(place)
            if kept is None or kept[0] != made_of:
                kept = made_of, make(item)
            self._kept[place] = kept
            rows.append(kept[1])
        return rows


class RowsInView:
    """The rows of a pane of which there may be thousands: those are made that are looked at.

    A row is kept while its parts stay the same, so that its trend is drawn anew every half a
    minute, not at every drawing.
    """

    def __init__(self) -> None:
        self._items: Sequence[object] = ()
        self._keys: Sequence[Hashable] = ()
        self._kept: dict[Hashable, tuple[object, Row]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def rows(
        self,
        items: Sequence[T],
        key: Callable[[T], Hashable],
        parts: Callable[[T], object],
        make: Callable[[T], Row],
        sort_value: Callable[[T, int], SortValue],
    ) -> RowsInWaiting:
        """A row for each item, in their order; `parts` tells all that `make` looks at, and is compared."""
        if items is not self._items:
            numbers = tuple(map(key, items))
            if numbers != self._keys:  # The same object stands for the same rows.
                self._keys = numbers
            self._items = items
        keys = self._keys  # Those shown before are still looked at where the next are drawn.

        def row(place: int) -> Row:
            item, number = items[place], keys[place]
            made_of, kept = parts(item), self._kept.get(number)
            if kept is None or kept[0] != made_of:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                kept = self._kept[number] = made_of, make(item)
            return kept[1]

        return RowsInWaiting(keys, row, lambda place, index: sort_value(items[place], index))
