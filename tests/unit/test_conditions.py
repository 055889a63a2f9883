"""What an alert's condition may say of times: they take a unit, or they are nothing at all."""

import pytest

from tui.config.conditions import Comparison, parse_condition


@pytest.mark.parametrize("condition", ["longest > 10", "avg_resolution >= 2.5", "data_age > 300"])
def test_a_time_without_a_unit_is_refused_with_the_mend(condition: str) -> None:
    number = condition.rpartition(" ")[2]
    with pytest.raises(ValueError, match=f'takes a unit; write "{number}s" or "{number}m"'):
        parse_condition(condition)


@pytest.mark.parametrize(
    ("condition", "seconds"),
    [("longest > 10m", 600.0), ("longest > 90s", 90.0), ("longest > 1h30m", 5400.0), ("longest > 0", 0.0)],
)
def test_a_time_with_a_unit_is_taken_and_nothing_needs_none(condition: str, seconds: float) -> None:
    assert parse_condition(condition) == (Comparison("longest", ">", seconds),)


def test_a_count_takes_no_unit() -> None:
    assert parse_condition("unassigned > 10") == (Comparison("unassigned", ">", 10.0),)
    with pytest.raises(ValueError, match="compared with a number"):
        parse_condition("unassigned > 10m")
