"""Which days a report is of, and which part of earlier ones it is compared with."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from tui.monitor.service.intervals import day_of
from tui.output.report_period import NotBegunError, WantedPeriod, earlier, has_begun, period_of

BERLIN, KATHMANDU, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")


def at(text: str, zone: tzinfo = UTC) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("text", "first", "last", "name"),
    [
        ("this", "2026-11-23", "2026-11-29", "2026-W48"),
        ("today", "2026-11-23", "2026-11-29", "2026-W48"),
        ("last", "2026-11-16", "2026-11-22", "2026-W47"),
        ("2026-11-16", "2026-11-16", "2026-11-22", "2026-W47"),
        ("2026-11-22", "2026-11-16", "2026-11-22", "2026-W47"),
        ("2026-W47", "2026-11-16", "2026-11-22", "2026-W47"),
        ("2025-12-31", "2025-12-29", "2026-01-04", "2026-W01"),
    ],
)
@pytest.mark.parametrize("zone", [UTC, BERLIN, KATHMANDU], ids=str)
def test_a_week_is_monday_to_sunday(text: str, first: str, last: str, name: str, zone: tzinfo) -> None:
    now = at("2026-11-29 13:10", zone)
    period = period_of(WantedPeriod(text, week=True), now, zone)
    assert period.days[0].name(zone) == first
    assert period.days[-1].name(zone) == last
    assert period.name == name
    assert period.title == f"{first} to {last}"


@pytest.mark.parametrize("weekday", range(7))
def test_days_to_come_are_no_part_of_the_week(weekday: int) -> None:
    now = at(f"2026-11-{23 + weekday} 00:00", BERLIN)
    days = period_of(WantedPeriod("this", week=True), now, BERLIN).days
    assert len(days) == weekday + 1
    assert days[-1] == day_of(now, BERLIN)


@pytest.mark.parametrize("text", ["today", "yesterday", "2026-11-29", "2026-11-30", "2001-01-01", "20261129"])
def test_a_day_that_has_begun_is_taken(text: str) -> None:
    assert has_begun(WantedPeriod(text), date(2026, 11, 29))


@pytest.mark.parametrize("text", ["", "this", "last", "2026-12-01", "someday", "0001-01-01", "9999-12-31"])
def test_a_day_that_has_not_begun_or_is_none_is_refused(text: str) -> None:
    assert not has_begun(WantedPeriod(text), date(2026, 11, 29))


@pytest.mark.parametrize("text", ["", "trial/1", "2026-12-08", "2026-W50", "0001-01-01", "9999-12-31"])
def test_a_week_that_has_not_begun_or_is_none_is_refused(text: str) -> None:
    assert not has_begun(WantedPeriod(text, week=True), date(2026, 11, 29))


@pytest.mark.parametrize("week", [False, True])
def test_a_day_still_to_come_there_is_told(week: bool) -> None:
    with pytest.raises(NotBegunError, match="has not begun where the contact centre is, in UTC"):
        period_of(WantedPeriod("2026-11-30", week), at("2026-11-29 23:59"), UTC)


def compared(text: str, now: float, zone: tzinfo, *, week: bool = False) -> list[tuple[str, list[int]]]:
    period = period_of(WantedPeriod(text, week), now, zone)
    return [
        (compared_with.period.name, list(compared_with.quarters))
        for compared_with in earlier(period, now, zone)
    ]


def test_a_day_that_is_over_is_compared_with_whole_days() -> None:
    now = at("2026-11-29 13:10")
    whole = [("2026-11-28", [96]), ("2026-11-27", [96]), ("2026-11-21", [96])]
    assert compared("yesterday", now, UTC) == whole


def test_today_is_compared_up_to_its_last_whole_quarter() -> None:
    now = at("2026-11-29 13:10")
    some = [("2026-11-29", [52]), ("2026-11-28", [52]), ("2026-11-22", [52])]
    assert compared("today", now, UTC) == some


def test_the_week_is_compared_up_to_the_same_weekday_and_time() -> None:
    now = at("2026-11-25 13:10")
    some = [("2026-W48", [96, 96, 52]), ("2026-W47", [96, 96, 52])]
    assert compared("this", now, UTC, week=True) == some


def test_the_time_of_day_is_that_of_the_clock_on_the_wall() -> None:
    # On 2026-10-25 an hour is repeated in Berlin, on 2026-03-29 one is left out.
    assert compared("today", at("2026-10-26 08:00", BERLIN), BERLIN)[1] == ("2026-10-25", [36])
    assert compared("today", at("2026-10-25 08:00", BERLIN), BERLIN)[:2] == [
        ("2026-10-25", [36]),
        ("2026-10-24", [32]),
    ]
    assert compared("today", at("2026-03-30 08:00", BERLIN), BERLIN)[1] == ("2026-03-29", [28])


def test_there_is_nothing_to_compare_in_the_first_quarter_of_a_day() -> None:
    assert compared("today", at("2026-11-29 00:14"), UTC) == []
    assert compared("this", at("2026-11-23 00:14"), UTC, week=True) == []


def test_a_week_without_one_of_its_days_has_each_other_one_once() -> None:
    # Samoa went from the 29th to the 31st of December 2011.
    days = period_of(WantedPeriod("2011-12-29", week=True), at("2012-02-01 00:00"), APIA).days
    assert len(days) == len(set(days)) == 6
