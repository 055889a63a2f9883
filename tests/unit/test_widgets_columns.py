"""Columns fit any width, by priority, and never follow the data."""

from hypothesis import given
from hypothesis import strategies as st

from tui.columns import Column
from tui.widgets.columns import GAP, fit, title_text

COLUMNS = (
    Column("name", "team", min_width=10, flex=1, priority=0),
    Column("waiting", "waiting", width=8, align="right", priority=1),
    Column("open", "open", width=8, align="right", priority=2),
    Column("trend", "15 m", width=12, priority=3),
)


def test_all_columns_stand_in_their_order_where_there_is_room() -> None:
    placed = fit(COLUMNS, 60)
    assert [p.column.key for p in placed] == ["name", "waiting", "open", "trend"]
    assert [p.width for p in placed] == [60 - 8 - 8 - 12 - 3 * GAP, 8, 8, 12]


def test_the_least_needed_column_goes_first() -> None:
    assert [p.column.key for p in fit(COLUMNS, 30)] == ["name", "waiting", "open"]
    assert [p.column.key for p in fit(COLUMNS, 20)] == ["name", "waiting"]
    assert [p.column.key for p in fit(COLUMNS, 12)] == ["name"]


def test_the_most_needed_column_is_shown_however_narrow() -> None:
    assert [(p.column.key, p.width) for p in fit(COLUMNS, 3)] == [("name", 3)]
    assert fit(COLUMNS, 0) == ()


def test_places_are_those_among_all_columns() -> None:
    columns = (Column("a", "a", width=5, priority=9), Column("b", "b", width=5), Column("c", "c", width=5))
    assert [p.place for p in fit(columns, 11)] == [1, 2]


def test_flexible_columns_share_by_weight() -> None:
    columns = (Column("a", "a", min_width=4, flex=2), Column("b", "b", min_width=4, flex=1))
    assert [p.width for p in fit(columns, 9 + 30)] == [24, 14]


def test_the_sort_mark_is_kept_before_the_title() -> None:
    column = Column("waiting", "waiting", width=7, align="right")
    assert title_text(column, 7, "▼") == "▼waitin"
    assert title_text(Column("name", "agent"), 10, "▲") == "agent▲"


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3), st.integers(0, 5), st.booleans()), max_size=8),
    st.integers(0, 250),
)
def test_what_is_placed_never_overruns_the_width(
    shapes: list[tuple[int, int, int, bool]], width: int
) -> None:
    columns = [
        Column(str(i), "t", width=size if fixed else None, min_width=size, flex=flex, priority=priority)
        for i, (size, flex, priority, fixed) in enumerate(shapes)
    ]
    placed = fit(columns, width)
    used = sum(p.width for p in placed) + GAP * max(0, len(placed) - 1)
    assert used <= width
    assert bool(placed) == bool(columns and width)
    if any(p.column.flex and p.column.width is None for p in placed):
        assert used == width
