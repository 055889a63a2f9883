"""Rows of a pane that are kept while what they are made of stays the same."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from tui.widgets.rows import Row

T = TypeVar("T")


class KeptRows:
    """The rows of one pane, from one drawing to the next."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, Row]] = {}

    def rows(self, items: Iterable[T], parts: Callable[[T], object], make: Callable[[T], Row]) -> list[Row]:
        """A row for each item, in their order; `parts` tells all that `make` looks at, and is compared."""
        before, self._kept = self._kept, {}
        found: list[Row] = []
        for place, item in enumerate(items):
            made_of, kept = parts(item), before.get(place)
            if kept is None or kept[0] != made_of:
                kept = made_of, make(item)
            self._kept[place] = kept
            found.append(kept[1])
        return found
