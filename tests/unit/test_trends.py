"""Charts, changes and slopes from samples."""

from zoneinfo import ZoneInfo

import pytest

from tui.monitor.days import same_time
from tui.monitor.history.trends import (
    Point,
    Sample,
    clears_in,
    flow,
    fresh,
    held_at,
    points,
    slope,
    spans,
)

BERLIN = ZoneInfo("Europe/Berlin")


def every(seconds: float, *values: float, start: float = 0.0) -> list[Sample]:
    return [Sample(start + place * seconds, value) for place, value in enumerate(values)]


def test_mean_is_weighted_by_time() -> None:
    samples = [Sample(0, 10), Sample(45, 20), Sample(60, 20)]
    assert points(spans(samples), 0, 60, 60) == [Point(10, 12.5, 20)]


def test_a_value_from_before_holds_into_the_next_step() -> None:
    samples = [Sample(50, 7), Sample(130, 7)]
    assert points(spans(samples), 60, 120, 60) == [Point(7, 7, 7)]


def test_gap_is_a_gap_and_never_bridged() -> None:
    samples = [Sample(0, 5), Sample(60, 5), Sample(600, 9), Sample(660, 9)]
    drawn = points(spans(samples), 0, 720, 60)
    assert [point is None for point in drawn] == [False, False] + [True] * 8 + [False, False]


def test_two_and_a_half_minutes_are_no_gap_yet() -> None:
    assert None not in points(spans([Sample(0, 5), Sample(150, 5)]), 0, 150, 30)
    assert points(spans([Sample(0, 5), Sample(151, 5)]), 0, 150, 30)[1:] == [None] * 4


def test_value_at_a_moment() -> None:
    samples = [Sample(0, 5), Sample(60, 6), Sample(600, 9)]
    assert held_at(samples, 59) == 5
    assert held_at(samples, 60) == 6
    assert held_at(samples, 115) == 6
    assert held_at(samples, 130) is None
    assert held_at(samples, -1) is None


def test_slope_needs_eight_samples_and_shrugs_off_a_wild_one() -> None:
    assert slope(every(15, *range(7))) is None
    steady = every(15, *(100 - place for place in range(12)))
    assert slope(steady) == pytest.approx(-1 / 15)
    wild = [*steady[:5], Sample(steady[5].at, 5_000), *steady[6:]]
    assert slope(wild) == pytest.approx(-1 / 15)


def test_clears_in_only_where_it_falls_in_fresh_samples() -> None:
    falling = every(15, *(100 - place for place in range(20)))
    last = falling[-1]
    assert clears_in(falling, last.at) == pytest.approx(last.value * 15)
    assert clears_in(falling, last.at + 151) is None
    assert clears_in(every(15, *range(20)), 285) is None
    assert clears_in(every(15, *([5] * 20)), 285) is None
    assert clears_in(every(15, *([0] * 20)), 285) is None


def test_slope_does_not_reach_across_a_gap() -> None:
    samples = every(15, *range(20)) + every(15, 3, 2, 1, start=1000)
    assert fresh(samples, 1030) == samples[-3:]
    assert flow(samples, 1030) is None


def test_flow_is_an_hour() -> None:
    assert flow(every(15, *range(20)), 285) == pytest.approx(240)


def test_same_time_yesterday_is_the_zone_s_time() -> None:
    day_after_the_change = 1_792_998_000.0  # 2026-10-26 09:00 in Berlin, an hour later in the day before
    assert day_after_the_change - same_time(day_after_the_change, BERLIN, 1) == 24 * 3600
    on_the_day = day_after_the_change - 86_400
    assert on_the_day - same_time(on_the_day, BERLIN, 1) == 25 * 3600
