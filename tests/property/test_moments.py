"""Whatever is typed for a time: a moment that is not to come, or a sentence; what is shown reads back."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tui.screens.dashboard.time_input import MomentError, parse_moment

ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
).map(ZoneInfo)
NOWS = st.floats(1_700_000_000, 1_900_000_000)
PIECES = st.sampled_from(
    [
        "yesterday",
        "today",
        "mon",
        "-",
        "2h",
        "30m",
        "14:05",
        "9.30",
        "2026-11-21",
        "T",
        " ",
        "ago",
        "99:99",
        "é",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=5).map(" ".join)), NOWS, ZONES)
def test_anything_is_a_moment_of_the_past_or_a_sentence(text: str, now: float, zone: ZoneInfo) -> None:
    moment, told = now, "."
    try:
        moment = parse_moment(text, now, zone)
    except MomentError as error:
        told = str(error)
    assert moment <= now
    assert told.endswith(".")


@given(NOWS, ZONES, st.integers(0, 40 * 86_400))
def test_a_date_and_time_as_shown_reads_back(now: float, zone: ZoneInfo, back: int) -> None:
    shown = datetime.fromtimestamp(now - back, zone).strftime("%Y-%m-%d %H:%M:%S")
    with suppress(MomentError):
        moment = parse_moment(shown, now, zone)
        assert datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d %H:%M:%S") == shown


@given(NOWS, ZONES, st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_is_within_the_last_day(now: float, zone: ZoneInfo, hour: int, minute: int) -> None:
    moment = parse_moment(f"{hour}:{minute:02}", now, zone)
    assert 0 <= now - moment <= 26 * 3600


@given(NOWS, ZONES, st.integers(0, 400), st.integers(0, 59))
def test_so_long_ago_is_counted_in_seconds(now: float, zone: ZoneInfo, hours: int, minutes: int) -> None:
    assert parse_moment(f"-{hours}h{minutes}m", now, zone) == now - hours * 3600 - minutes * 60
