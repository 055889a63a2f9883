"""What people type for a time, and the moment it means in the contact centre's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tui.screens.dashboard.time_input import EXAMPLES, MomentError, parse_moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=BERLIN).timestamp()
"""A Sunday."""


def read(text: str, now: float = NOW) -> str:
    return datetime.fromtimestamp(parse_moment(text, now, BERLIN), BERLIN).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("11:05", "2026-11-22 11:05:00"),
        ("9:05", "2026-11-22 09:05:00"),
        ("9.05", "2026-11-22 09:05:00"),
        ("11:05:20", "2026-11-22 11:05:20"),
        ("14:05", "2026-11-21 14:05:00"),
        ("today 9:30", "2026-11-22 09:30:00"),
        ("yesterday 9:30", "2026-11-21 09:30:00"),
        ("  Yesterday   09:30 ", "2026-11-21 09:30:00"),
        ("yesterday", "2026-11-21 12:00:30"),
        ("sat 9:30", "2026-11-21 09:30:00"),
        ("Sunday 9:30", "2026-11-15 09:30:00"),
        ("2026-11-21 14:00", "2026-11-21 14:00:00"),
        ("2026-11-21T14:00", "2026-11-21 14:00:00"),
        ("2026-1-2", "2026-01-02 12:00:30"),
        ("-2h", "2026-11-22 10:00:30"),
        ("-90m", "2026-11-22 10:30:30"),
        ("-1h 30m", "2026-11-22 10:30:30"),
        ("- 1d", "2026-11-21 12:00:30"),
        ("20s ago", "2026-11-22 12:00:10"),
        ("2 h ago", "2026-11-22 10:00:30"),
    ],
)
def test_what_is_typed_is_a_moment_of_the_contact_centre(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    "text", ["", "noon", "25:00", "9:60", "2h", "-2w", "2026-13-01 10:00", "yesterday morning", "tue 9", "-"]
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(MomentError, match="can't read"):
        parse_moment(text, NOW, BERLIN)
    for example in EXAMPLES.split(", "):
        parse_moment(example, NOW, BERLIN)


@pytest.mark.parametrize("text", ["today 14:05", "2026-11-22 12:01", "2999-01-01 00:00"])
def test_the_future_is_refused(text: str) -> None:
    with pytest.raises(MomentError, match="in the future"):
        parse_moment(text, NOW, BERLIN)


@pytest.mark.parametrize("text", ["-999999d", "-99999d 999999h"])
def test_what_is_longer_ago_than_anything_is_kept_is_refused(text: str) -> None:
    with pytest.raises(MomentError, match="longer ago"):
        parse_moment(text, NOW, BERLIN)


def test_an_hour_that_clocks_show_twice_is_the_last_one() -> None:
    noon = datetime(2026, 10, 25, 12, 0, tzinfo=BERLIN).timestamp()
    moment = parse_moment("2:30", noon, BERLIN)
    assert noon - moment == 10.5 * 3600 - 3600
    between = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1).timestamp()
    assert between - parse_moment("2:30", between, BERLIN) == 40 * 60


def test_an_hour_that_clocks_skip_is_the_one_after() -> None:
    noon = datetime(2026, 3, 29, 12, 0, tzinfo=BERLIN).timestamp()
    assert datetime.fromtimestamp(parse_moment("2:30", noon, BERLIN), BERLIN).strftime("%H:%M") == "03:30"


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01 00:00", "1969-12-31 23:00", "2016-01-01"])
def test_what_is_older_than_anything_kept_is_refused(text: str) -> None:
    with pytest.raises(MomentError, match="longer ago than anything is kept"):
        parse_moment(text, NOW, BERLIN)
