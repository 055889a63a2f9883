"""Rows sort, match and keep their place by key."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tui.columns import Column
from tui.widgets.arrangement import NOTHING, Arrangement, Standing, Wish, arrange, keep_place
from tui.widgets.rows import Cell, Matcher, Row, SortValue, fold, sort_order

COLUMNS = (Column("name", "name"), Column("open", "open", align="right"))


def row(key: int, name: str = "x", value: SortValue = 0) -> Row:
    return Row(key, (Cell(name), Cell(str(value))), (name, value))


def keys(rows: object) -> list[object]:
    return [r.key for r in rows]  # type: ignore[attr-defined]


def arranged(*numbers: int) -> Arrangement:
    return arrange([row(n) for n in numbers], Wish(COLUMNS, Matcher(""), None, None))


def in_order(rows: Sequence[Row], index: int, reverse: bool) -> list[Row]:
    return [
        rows[place] for place in sort_order((sorted_row.sort_value(index) for sorted_row in rows), reverse)
    ]


def test_unknown_values_come_last_both_ways() -> None:
    rows = [row(1, value=None), row(2, value=3), row(3, value=7), row(4, value=None)]
    assert keys(in_order(rows, 1, False)) == [2, 3, 1, 4]
    assert keys(in_order(rows, 1, True)) == [3, 2, 1, 4]


def test_equal_rows_keep_the_place_they_came_in_both_ways() -> None:
    rows = [row(1, value=3), row(2, value=3), row(3, value=3)]
    assert keys(in_order(rows, 1, False)) == keys(in_order(rows, 1, True)) == [1, 2, 3]


def test_numbers_and_words_in_one_column_still_sort() -> None:
    assert keys(in_order([row(1, value="b"), row(2, value=4), row(3, value="a")], 1, False)) == [2, 3, 1]


def test_rows_without_sort_values_sort_by_their_text() -> None:
    rows = [Row(1, (Cell("Zoë"),)), Row(2, (Cell("ada"),)), Row(3, (Cell("Émile"),))]
    assert keys(in_order(rows, 0, False)) == [2, 3, 1]


def test_a_filter_ignores_case_and_accents() -> None:
    assert fold("Chloé ÜNÏCØDÉ") == "chloe unicøde"
    matches = Matcher("UNIC")
    assert matches(row(1, "Chloé Ünïcødé"))
    assert not matches(row(2, "Bruno"))


def test_a_leading_exclamation_mark_turns_the_filter_round() -> None:
    matches = Matcher("!bruno")
    assert not matches(row(1, "Bruno Agent"))
    assert matches(row(2, "Ada"))


def test_an_exclamation_mark_alone_shows_everything() -> None:
    assert Matcher("!")(row(1))
    assert not Matcher("! ")


def test_a_filter_never_matches_across_two_cells() -> None:
    assert not Matcher("ab")(Row(1, (Cell("a"), Cell("b"))))


def test_a_filter_looks_again_when_a_row_changes() -> None:
    matches = Matcher("sales")
    assert not matches(row(1, "billing"))
    assert matches(row(1, "sales"))


def test_the_selected_row_stays_on_its_line_when_rows_come_above_it() -> None:
    assert keep_place(arranged(*range(20)), arranged(98, 99, *range(20)), Standing(7, 5, 5)) == (7, 7)


def test_a_table_at_its_top_stays_there() -> None:
    assert keep_place(arranged(1, 2, 3), arranged(9, 1, 2, 3), Standing(1, 0, 10)) == (1, 0)


def test_a_vanished_selection_goes_to_the_row_below_and_then_above() -> None:
    before = arranged(1, 2, 3, 4)
    assert keep_place(before, arranged(1, 3, 4), Standing(2, 0, 10))[0] == 3
    assert keep_place(before, arranged(1, 2, 3), Standing(4, 0, 10))[0] == 3
    assert keep_place(before, arranged(8, 9), Standing(2, 0, 10))[0] == 9
    assert keep_place(before, NOTHING, Standing(2, 0, 10)) == (None, 0)


def test_the_row_on_top_holds_while_the_selection_is_out_of_view() -> None:
    assert keep_place(arranged(*range(50)), arranged(77, *range(50)), Standing(0, 30, 5)) == (0, 31)


@given(
    st.lists(st.integers(0, 30), unique=True),
    st.lists(st.integers(0, 30), unique=True),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 12),
)
def test_a_row_that_is_there_before_and_after_stays_selected(
    before: list[int], after: list[int], selected: int, top: int, page: int
) -> None:
    now, place = keep_place(arranged(*before), arranged(*after), Standing(selected, top, page))
    assert (now is None) == (not after)
    if selected in before and selected in after:
        assert now == selected
    if now is not None:
        assert now in after
    assert place >= 0
