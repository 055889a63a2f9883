"""Which rows of a table are shown in what order, and where its selection and scroll go on a change."""

from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tui.columns import Column
from tui.widgets.rows import Matcher, Predicate, Row, RowsInWaiting, SortValue, sort_order

SLICE, MADE = 2_000, 100
"""Rows whose order is looked at in one go, and rows that are made in one go."""


class Arrangement(NamedTuple):
    """The rows as shown, and where each key stands."""

    rows: Sequence[Row]
    places: Mapping[Hashable, int]


class Standing(NamedTuple):
    """Where a table stands: the selected key, the row on top, and the rows a page holds."""

    selected: Hashable | None
    top: int
    page: int


NOTHING = Arrangement((), {})


class Wish(NamedTuple):
    """Which rows are to be shown, in which order."""

    columns: Sequence[Column]
    matcher: Matcher
    predicate: Predicate | None
    sorted_by: tuple[str, bool] | None

    @property
    def as_given(self) -> bool:
        """Whether all rows are, where they were given."""
        return self.predicate is None and not self.matcher and self.sorted_by is None


def arrange(given: Sequence[Row], wish: Wish, before: Arrangement = NOTHING) -> Arrangement:
    """The rows that pass both filters, sorted where the user asked for it, else as given.

    `before` is what was shown last: where the same keys stand in the same order its places hold.
    """
    steps = arranging(given, wish, before)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            arranged: Arrangement = done.value
            return arranged


def arranging(
    given: Sequence[Row], wish: Wish, before: Arrangement = NOTHING
) -> Generator[None, None, Arrangement]:
    """`arrange`, with a rest after every few rows: of many thousands all at once would hold up keys."""
    order = None if wish.as_given else (yield from _order(given, wish))
    if isinstance(given, RowsInWaiting):
        waiting = given if order is None else given.picked(order)
        same = in_same_order(given, before)
        if same is not None and isinstance(same.rows, RowsInWaiting) and same.rows.order == order:
            return same
        return Arrangement(waiting, _places(waiting.keys))
    rows = given if order is None else [given[place] for place in order]
    return Arrangement(rows, _places(row.key for row in rows))


def _order(given: Sequence[Row], wish: Wish) -> Generator[None, None, Sequence[int]]:
    """The places of those rows that pass the filters, in the order wished for."""
    passed: Sequence[int] = range(len(given))
    if wish.predicate is not None or wish.matcher:
        matching: list[int] = []
        for place in passed:
            if not place % MADE:
                yield
            row = given.made(place) if isinstance(given, RowsInWaiting) else given[place]
            if (wish.predicate is None or wish.predicate(row)) and wish.matcher(row):
                matching.append(place)
        passed = matching
    if wish.sorted_by is None:
        return passed
    key, reverse = wish.sorted_by
    index = [column.key for column in wish.columns].index(key)
    values: list[SortValue] = []
    for number, place in enumerate(passed):
        if not number % SLICE:
            yield
        if isinstance(given, RowsInWaiting):
            values.append(given.sort_value(place, index))
        else:
            values.append(given[place].sort_value(index))
    yield
    return [passed[place] for place in sort_order(values, reverse)]


def _places(keys: Iterable[Hashable]) -> dict[Hashable, int]:
    places: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, place)
    return places


def in_same_order(given: Sequence[Row], before: Arrangement) -> Arrangement | None:
    """The rows given where those of `before` stand; None where they are not the same ones."""
    shown = before.rows
    if not isinstance(given, RowsInWaiting) or not isinstance(shown, RowsInWaiting):
        return None
    if given.given_keys is not shown.given_keys:
        return None
    return Arrangement(given if shown.order is None else given.picked(shown.order), before.places)


def lines_in_view(
    shown: Arrangement, standing: Standing, selected: Hashable | None
) -> list[tuple[object, ...] | None]:
    """What stands on each line of the page; None on those that are empty."""
    window = shown.rows[standing.top : standing.top + standing.page]
    lines: list[tuple[object, ...] | None] = [(row.key, row.cells, row.key == selected) for row in window]
    return lines + [None] * (standing.page - len(lines))


def keep_place(before: Arrangement, after: Arrangement, standing: Standing) -> tuple[Hashable | None, int]:
    """The key to be selected and the row to stand on top, so that the eye finds both where they were.

    The selected row stays selected and on its line of the screen; where it vanished, its
    nearest neighbour takes its place. A table scrolled to the top stays there as long as the
    selected row can be seen. Where the selection is out of view, the top row holds instead.
    """
    if not after.rows:
        return None, 0
    old = before.places.get(standing.selected)
    if old is None:
        return after.rows[0].key, 0
    new = after.places.get(standing.selected)
    if new is None:
        near = neighbour(before.rows, old, after.places)
        new = min(old, len(after.rows) - 1) if near is None else near
    selected = after.rows[new].key
    top = standing.top
    if top <= old < top + standing.page:
        kept = 0 if top == 0 and new < standing.page else max(0, top + new - old)
        return selected, kept
    return selected, _hold_top(before, after, top)


def _hold_top(before: Arrangement, after: Arrangement, top: int) -> int:
    if not 0 < top < len(before.rows):
        return top
    place = after.places.get(before.rows[top].key)
    if place is None:
        place = neighbour(before.rows, top, after.places)
    return top if place is None else place


def neighbour(before: Sequence[Row], place: int, after: Mapping[Hashable, int]) -> int | None:
    """The new place of the row that was nearest to the vanished one at `place`; the one below first.

    None where no row of before is left.
    """
    keys = before.keys if isinstance(before, RowsInWaiting) else [row.key for row in before]
    for old in (*range(place + 1, len(keys)), *range(place - 1, -1, -1)):
        new = after.get(keys[old])
        if new is not None:
            return new
    return None
