"""Numbers, ages and times as people read them."""

from zoneinfo import ZoneInfo

import pytest

from tui import wording


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), (0, "0"), (999, "999"), (12_345, "12\u202f345"), (2.4, "2")]
)
def test_a_count_is_a_whole_number_and_unknown_is_never_zero(value: float | None, text: str) -> None:
    assert wording.count(value) == text


def test_a_count_past_a_bound_says_at_least() -> None:
    assert wording.count(100, at_least=True) == "≥ 100"
    assert wording.count(0, at_least=True) == "—", "at least nought says nothing"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 m"),
        (3_599, "59 m"),
        (3_900, "1 h 05"),
        (47 * 3_600, "47 h 00"),
        (13 * 86_400, "13 d"),
        (-4, "0 s"),
    ],
)
def test_a_duration_is_told_in_the_largest_unit_that_matters(seconds: float | None, text: str) -> None:
    assert wording.duration(seconds) == text


def test_an_age_moves_in_coarse_steps_so_that_it_is_redrawn_rarely() -> None:
    assert [wording.age(seconds) for seconds in (30, 34.9, 35, 61, 119, 7_300)] == [
        "30 s", "30 s", "35 s", "1 m", "1 m", "2 h",
    ]  # fmt: skip


def test_in_a_sentence_minutes_are_spelled() -> None:
    assert [wording.spell(seconds) for seconds in (None, 40, 720, 3_720, 13 * 86_400)] == [
        "—", "40 s", "12 min", "1 h 02", "13 d",
    ]  # fmt: skip
    assert wording.spell(720, at_least=True) == "≥ 12 min"
    assert [wording.limit(seconds) for seconds in (1_200, 3_600, 5_400, 86_400)] == [
        "20 min", "1 h", "1 h 30", "24 h",
    ]  # fmt: skip
    assert [wording.old(seconds) for seconds in (34.9, 61, 7_300)] == ["30 s", "1 min", "2 h"]


def test_fractions_and_rates_set_thousands_apart_like_counts() -> None:
    assert [wording.amount(number) for number in (0.0, 2.0, 2.5, 0.25, 1_200.0, 12_000.5)] == [
        "0", "2", "2.5", "0.25", "1\u202f200", "12\u202f000.5",
    ]  # fmt: skip
    assert [wording.amount(number, decimals=1) for number in (2.0, 1_234.56)] == ["2.0", "1\u202f234.6"]
    assert [wording.rate(number) for number in (9_000.0, -30.4, 0.0)] == ["+9\u202f000/h", "-30/h", "+0/h"]


def test_a_change_has_a_shape_besides_its_sign() -> None:
    assert [wording.change(value) for value in (12, -3, 0.2, None)] == ["▲ 12", "▼ 3", "=", ""]


def test_times_are_told_in_the_zone_given() -> None:
    wall = 1_795_356_309.0
    berlin = ZoneInfo("Europe/Berlin")
    assert wording.clock_time(wall, berlin) == "15:05:09"
    assert wording.minute(wall, ZoneInfo("UTC")) == "14:05"
    assert wording.zone_name(wall, berlin) == "CET"
