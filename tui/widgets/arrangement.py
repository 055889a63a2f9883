"""Which rows of a table are shown in what order, and where its selection and scroll go on a change."""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from tui.widgets.columns import Column
from tui.widgets.rows import Matcher, Predicate, Row, sort_rows


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


def arrange(
    given: Sequence[Row],
    columns: Sequence[Column],
    matcher: Matcher,
    predicate: Predicate | None,
    sorted_by: tuple[str, bool] | None,
) -> Arrangement:
    """The rows that pass both filters, sorted where the user asked for it, else as given."""
    rows: Sequence[Row] = given
    if predicate is not None:
        rows = [row for row in rows if predicate(row)]
    if matcher:
        rows = [row for row in rows if matcher(row)]
    if sorted_by is not None:
        keys = [column.key for column in columns]
        rows = sort_rows(rows, keys.index(sorted_by[0]), sorted_by[1])
    places: dict[Hashable, int] = {}
    for place, row in enumerate(rows):
        places.setdefault(row.key, place)
    return Arrangement(rows, places)


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
    for old in (*range(place + 1, len(before)), *range(place - 1, -1, -1)):
        new = after.get(before[old].key)
        if new is not None:
            return new
    return None
