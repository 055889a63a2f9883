"""Trends, bars and charts show what is known, and gaps as gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import wording
from tui.widgets.chart import chart_lines, columns, plot, scale_top
from tui.widgets.parts import width_of
from tui.widgets.trend import bar, spark

SERIES = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=300)


def test_a_trend_rises_from_the_lowest_to_the_highest() -> None:
    assert spark([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"


def test_a_gap_is_a_blank() -> None:
    assert spark([0, None, 7], 3) == "▁ █"


def test_a_short_trend_stands_at_the_right() -> None:
    assert spark([0, 7], 4) == "  ▁█"


def test_a_peak_is_never_lost() -> None:
    values: list[float | None] = [0.0] * 97
    values[41] = 9.0
    assert spark(values, 10).count("█") == 1


def test_nothing_known_is_blank_and_all_alike_is_low() -> None:
    assert spark([], 3) == "   "
    assert spark([5, 5, 5], 3) == "▁▁▁"


@given(SERIES, st.integers(0, 60))
def test_a_trend_has_exactly_its_width(values: list[float | None], width: int) -> None:
    assert len(spark(values, width)) == width


def test_a_bar_fills_in_eighths() -> None:
    assert bar(4, 8, 4) == "██  "
    assert bar(1, 64, 4) == "▏   "
    assert bar(0.001, 64, 4) == "▏   "
    assert bar(99, 8, 4) == "████"
    assert bar(None, 8, 4) == bar(0, 8, 4) == "    "


@given(st.one_of(st.none(), st.floats(-10, 1e6)), st.floats(0, 1e6), st.integers(0, 40))
def test_a_bar_has_exactly_its_width(value: float | None, maximum: float, width: int) -> None:
    assert len(bar(value, maximum, width)) == width


def test_scales_end_at_round_numbers() -> None:
    highest = (0, 3, 4.5, 9, 48, 90, 162, 700)
    assert [scale_top(value) for value in highest] == [4, 4, 8, 20, 80, 100, 200, 800]


@given(st.floats(0, 1e9))
def test_the_curve_stays_below_the_end_of_its_scale(highest: float) -> None:
    assert scale_top(highest) >= highest


def test_columns_keep_lowest_and_highest() -> None:
    assert columns([1, 9, 2, None, None, None], 2) == [(1, 9), None]
    assert columns([1, 2], 4) == [(1, 1), (1, 1), (2, 2), (2, 2)]


def test_a_gap_is_never_bridged() -> None:
    series = [5.0] * 10 + [None] * 10 + [5.0] * 10
    for row in plot(series, 15, 4, 10):
        assert row[5:10].strip() == ""
    assert any(row[:5].strip() for row in plot(series, 15, 4, 10))


def test_a_steep_curve_is_one_line() -> None:
    rows = plot([0.0] * 10 + [10.0] * 10, 10, 4, 10)
    assert all(row.strip() for row in rows)


@given(SERIES, st.integers(1, 120), st.integers(1, 40))
def test_a_chart_fills_its_room_exactly(series: list[float | None], width: int, height: int) -> None:
    lines = chart_lines(series, width, height, labels=("14:00", "15:00", "16:00"))
    assert len(lines) == height
    assert {width_of(line) for line in lines} == {width}


def test_a_chart_names_its_scale_and_its_times() -> None:
    text = "\n".join(
        "".join(part.text for part in line)
        for line in chart_lines([1, 162], 60, 12, labels=("14:00", "15:00"))
    )
    assert "200 ┤" in text
    assert "0 └" in text
    assert "14:00" in text
    assert "15:00" in text


def test_a_chart_without_data_says_so() -> None:
    lines = chart_lines([None, None], 40, 9)
    assert any("no data" in part.text for line in lines for part in line)


@pytest.mark.parametrize("height", [3, 6, 7, 10, 24, 33])
def test_the_axis_is_marked_where_its_values_are_drawn(height: int) -> None:
    lines = ["".join(part.text for part in line) for line in chart_lines([0, 40], 60, height)]
    marked = [line.split()[0] for line in lines if "┤" in line]
    assert marked == {3: ["40"], 6: ["40", "20"]}.get(height, ["40", "30", "20", "10"])


@pytest.mark.parametrize("most", [9, 900, 1_150, 11_500, 90_000, 115_000, 2_300_000])
def test_no_number_of_the_axis_is_cut(most: float) -> None:
    lines = ["".join(part.text for part in line) for line in chart_lines([0, most], 60, 9)]
    told = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert told[0] == wording.count(scale_top(most))
    assert {len(line) for line in lines} == {60}
