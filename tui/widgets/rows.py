"""Rows of a table: what stands in them, how they sort, and which of them match a filter."""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple, overload

from tui.widgets.parts import Part

SortValue = str | float | None

Predicate = Callable[["Row"], bool]


class Cell(NamedTuple):
    """What stands in one column: a text in a role, or several parts.

    `meta` is carried on the rendered text, so that a click and the tests know the figure.
    """

    text: str
    style: str = "normal"
    meta: Mapping[str, object] | None = None
    bold: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def line(self) -> tuple[Part, ...]:
        """The cell as parts."""
        return self.parts or (Part(self.text, self.style, self.meta),)

    @property
    def plain(self) -> str:
        """The cell's text alone."""
        return "".join(part.text for part in self.parts) if self.parts else self.text


class Row(NamedTuple):
    """One row; `cells` and `sort` go by the table's columns.

    `key` tells the row apart for ever: selection and scroll follow it. `sort` holds what each
    column sorts by, None where that is unknown; without it the text does.
    """

    key: Hashable
    cells: tuple[Cell, ...]
    sort: tuple[SortValue, ...] | None = None

    def sort_value(self, index: int) -> SortValue:
        """What the row sorts by in the column at `index`; None where that is unknown."""
        if self.sort is not None:
            return self.sort[index] if index < len(self.sort) else None
        return fold(self.cells[index].plain) if index < len(self.cells) else None


class LateRow(Row):
    """A row whose cells are made when somebody looks at them: of thousands most never are.

    `make` must hold on to little, as rows are kept for long.
    """

    _made: tuple[Cell, ...] | None
    _tell: Callable[[], tuple[Cell, ...]]

    @classmethod
    def of(
        cls, key: Hashable, make: Callable[[], tuple[Cell, ...]], sort: tuple[SortValue, ...]
    ) -> "LateRow":
        """A row that `make` tells the cells of."""
        row = cls(key, (), sort)
        row._made, row._tell = None, make
        return row

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The row's cells, made the first time."""
        if self._made is None:
            self._made = self._tell()
        return self._made


class RowsInWaiting(Sequence[Row]):
    """Rows of which each is made when somebody looks at it: what they cost is what is in view.

    `keys` tell the rows apart, in the order given; the same object stands for the same rows.
    `make` makes the row at a place, `sort_value` tells what it sorts by in a column.
    """

    def __init__(
        self,
        keys: Sequence[Hashable],
        make: Callable[[int], Row],
        sort_value: Callable[[int, int], SortValue],
        order: Sequence[int] | None = None,
    ) -> None:
        self.given_keys = keys
        self.order = order
        self._make = make
        self._sort_value = sort_value
        self._made: dict[int, Row] = {}

    def picked(self, order: Sequence[int]) -> "RowsInWaiting":
        """Those at the places `order` of the rows given, in that order."""
        rows = RowsInWaiting(self.given_keys, self._make, self._sort_value, order)
        rows._made = self._made
        return rows

    @property
    def keys(self) -> Sequence[Hashable]:
        """The keys in the order shown."""
        return self.given_keys if self.order is None else [self.given_keys[place] for place in self.order]

    def made(self, place: int) -> Row:
        """The row at a place of those given, not kept where it was not in view."""
        return self._made.get(place) or self._make(place)

    def _given(self, place: int) -> Row:
        row = self._made.get(place)
        if row is None:
            row = self._made[place] = self._make(place)
        return row

    def sort_value(self, place: int, index: int) -> SortValue:
        """What the row at `place` of those given sorts by in the column at `index`."""
        return self._sort_value(place, index)

    def __len__(self) -> int:
        return len(self.given_keys if self.order is None else self.order)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        places = range(len(self.given_keys)) if self.order is None else self.order
        picked = places[place]
        return self._given(picked) if isinstance(picked, int) else [self._given(given) for given in picked]


def sort_order(values: Iterable[SortValue], reverse: bool) -> list[int]:
    """The places of `values` in their order; stable, and what is unknown comes last both ways."""
    numbers: list[tuple[float, int]] = []
    texts: list[tuple[str, int]] = []
    unknown: list[int] = []
    for place, value in enumerate(values):
        if value is None:
            unknown.append(place)
        elif isinstance(value, str):
            texts.append((value, place))
        else:
            numbers.append((value, place))
    numbers.sort(key=itemgetter(0), reverse=reverse)
    texts.sort(key=itemgetter(0), reverse=reverse)
    known = [*texts, *numbers] if reverse else [*numbers, *texts]
    return [place for _, place in known] + unknown


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """The text without case and accents, for comparing."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


class Matcher:
    """A filter as typed: rows with the text in any cell; a leading `!` turns it round."""

    def __init__(self, text: str) -> None:
        typed = text.strip()
        self.inverted = typed.startswith("!")
        self._needle = fold(typed.removeprefix("!").strip())
        self._folded: dict[Hashable, tuple[tuple[Cell, ...], str]] = {}

    def __bool__(self) -> bool:
        return bool(self._needle)

    def __call__(self, row: Row) -> bool:
        """True if the row is to be shown."""
        return not self._needle or (self._needle in self._text(row)) is not self.inverted

    def forget_beyond(self, count: int) -> None:
        """Forget all rows where more are remembered than twice the `count` there is to match."""
        if len(self._folded) > 2 * count:
            self._folded.clear()

    def _text(self, row: Row) -> str:
        known = self._folded.get(row.key)
        if known is not None and known[0] == row.cells:
            return known[1]
        text = "\n".join([fold(cell.plain) for cell in row.cells])
        self._folded[row.key] = row.cells, text
        return text
