"""The rows of a day: they add up to it, whatever its length, and what is not known stays unknown."""

import random
import sqlite3
from datetime import UTC, date, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.durations import HOUR, QUARTER
from tui.identity import AccountKey
from tui.monitor.history.check import TABLES
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, answered, tallies, total
from tui.monitor.service.intervals import Day, before, day_on
from tui.monitor.service.kept import condense, keep, kept
from tui.monitor.service.states import Arrival
from tui.monitor.service.stretches import Extent, coverage_of, of_today, stretches, sum_of
from tui.monitor.service.usual import ENOUGH, busiest, days_of, forecast, lengths, shades
from tui.monitor.service.worker import Today

RULES = Rules(target=300.0)
BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
DAYS: dict[str, tuple[date, tzinfo, int]] = {
    "ordinary": (date(2026, 11, 30), UTC, 96),
    "one hour less": (date(2026, 3, 29), BERLIN, 92),
    "one hour more": (date(2026, 10, 25), BERLIN, 100),
    "half an hour less": (date(2026, 10, 4), LORD_HOWE, 94),
    "half an hour more": (date(2026, 4, 5), LORD_HOWE, 98),
    "off the whole hour": (date(2026, 11, 30), ZoneInfo("Asia/Kolkata"), 96),
    "off the half-hour": (date(2026, 11, 30), ZoneInfo("Asia/Kathmandu"), 96),
}
PARTS = (
    WHOLE,
    PartOfAccount("team", 0),
    PartOfAccount("team", 4),
    PartOfAccount("inbox", 1),
    PartOfAccount("inbox", 2),
)
SECONDS = (QUARTER, 2 * QUARTER, HOUR)


def arrivals_of(day: Day, rng: random.Random, number: int = 150) -> list[Arrival]:
    arrivals = []
    for place in range(number):
        created = rng.randrange(day.since, day.until)
        reply = created + rng.choice((1, 60, 290, 301, 4_000)) if rng.random() < 0.7 else 0
        status = rng.choice(("open", "resolved", "pending", "snoozed"))
        inbox, team = rng.choice((1, 2)), rng.choice((0, 4))
        arrivals.append(Arrival(place + 1, created, reply, status, inbox, team))
    return arrivals


def counted(day: Day, arrivals: list[Arrival]) -> list[Interval]:
    intervals = []
    for quarter in range(day.quarters):
        begins, until = day.begins(quarter), day.begins(quarter + 1)
        inside = [arrival for arrival in arrivals if begins <= arrival.created < until]
        intervals.append(Interval(begins, tallies(inside, RULES, day.until), complete=True, rules=RULES.mark))
    return intervals


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("seconds", SECONDS)
def test_the_rows_of_a_day_of_any_length_add_up_to_it(name: str, seconds: int) -> None:
    when, zone, quarters = DAYS[name]
    day = day_on(when, zone)
    assert day.quarters == quarters
    intervals = counted(day, arrivals_of(day, random.Random(name)))
    whole = total(interval.tallies for interval in intervals)
    for part in PARTS:
        rows = stretches(day, intervals, part, seconds)
        assert [stretch.until for stretch in rows[:-1]] == [row.begins for row in rows[1:]]
        assert (rows[0].begins, rows[-1].until) == (day.since, day.until)
        assert sum_of(rows) == whole[part]
        assert coverage_of(rows) == 1.0


@given(st.sampled_from(sorted(DAYS)), st.sampled_from(SECONDS), st.sets(st.integers(0, 99)), st.randoms())
def test_a_gap_makes_its_row_unknown_and_no_other(
    name: str, seconds: int, gaps: set[int], rng: random.Random
) -> None:
    when, zone, _ = DAYS[name]
    day = day_on(when, zone)
    every = counted(day, arrivals_of(day, rng, 40))
    left = [interval for number, interval in enumerate(every) if number not in gaps]
    missing = {day.begins(number) for number in gaps}
    full = stretches(day, every, WHOLE, seconds)
    for row, whole in zip(stretches(day, left, WHOLE, seconds), full, strict=True):
        holed = any(row.begins <= begins < row.until for begins in missing)
        assert row.known is (Extent.NOTHING if holed else Extent.ALL)
        assert row.tally == (None if holed else whole.tally)


@pytest.mark.parametrize("name", DAYS)
def test_parts_kept_by_the_hour_still_add_up_or_say_that_they_are_not_known(name: str) -> None:
    when, zone, _ = DAYS[name]
    day = day_on(when, zone)
    days = [before(day, zone), day, day_on(date.fromordinal(when.toordinal() + 1), zone)]
    arrivals = [arrival for each in days for arrival in arrivals_of(each, random.Random(each.since))]
    file = sqlite3.connect(":memory:", isolation_level=None)
    file.executescript(TABLES)
    key = AccountKey("https://liveagent.example", 2, 7)
    keep(file, key, [interval for each in days for interval in counted(each, arrivals)])
    while condense(file, day.until + 30 * 86_400):
        pass
    intervals = kept(file, key, day.since - HOUR, day.until)
    truth = tallies([arrival for arrival in arrivals if day.holds(arrival.created)], RULES, day.until)
    for part in PARTS:
        for seconds in SECONDS:
            rows = stretches(day, intervals, part, seconds)
            for row in rows:
                inside = [arrival for arrival in arrivals if row.begins <= arrival.created < row.until]
                wanted = tallies(inside, RULES, day.until).get(part) or Tally()
                assert row.tally is None or row.tally.counts == wanted.counts
                assert row.known is Extent.ALL or part != WHOLE
            if (day.since % HOUR, day.until % HOUR) == (0, 0) or part == WHOLE:
                assert sum_of(rows).counts == truth[part].counts


def today_of(day: Day, arrivals: list[Arrival], as_of: float, since: float, coverage: float | None) -> Today:
    quarters: dict[int, dict[PartOfAccount, Tally]] = {}
    for quarter in range(day.quarters):
        inside = [
            arrival
            for arrival in arrivals
            if day.quarter(arrival.created) == quarter and arrival.created < as_of
        ]
        if inside:
            quarters[quarter] = tallies(inside, RULES, as_of)
    parts = total(quarters.values())
    return Today(day, as_of, since, coverage, parts, {}, RULES, quarters, answered(arrivals, day))


@given(st.integers(0, 86_399), st.integers(0, 86_400), st.sampled_from(SECONDS), st.randoms())
def test_today_is_known_from_where_it_is_read_to_its_moment(
    passed: int, back: int, seconds: int, rng: random.Random
) -> None:
    day = day_on(date(2026, 11, 30), UTC)
    as_of, since = day.since + passed, max(day.since, day.since + passed - back)
    arrivals = arrivals_of(day, rng, 60)
    today = today_of(day, arrivals, as_of, since, 1.0 if since == day.since else 0.5)
    rows = stretches(day, of_today(today), WHOLE, seconds, as_of)
    for row in rows:
        if row.begins >= as_of:
            assert row.known is Extent.AHEAD
        elif row.begins < since:
            assert row.known is Extent.NOTHING
        else:
            assert row.known is (Extent.SO_FAR if row.until > as_of else Extent.ALL)
    if since == day.since:
        assert sum_of(rows) == today.parts[WHOLE]


def test_a_day_that_does_not_add_up_has_no_row_that_is_known() -> None:
    day = day_on(date(2026, 11, 30), UTC)
    doubtful = today_of(day, arrivals_of(day, random.Random(1)), day.since + 40_000, day.since, None)
    assert of_today(doubtful) == []


def test_replies_count_when_they_were_given_and_those_at_once_nowhere() -> None:
    day = day_on(date(2026, 11, 30), UTC)
    since = day.since
    counts = answered(
        [
            Arrival(1, since + 10, since + 950, inbox=1),
            Arrival(2, since + 20, since + 22, inbox=1),
            Arrival(3, since + 30, day.until + 5, inbox=1),
            Arrival(4, since + 40, inbox=1),
        ],
        day,
    )
    assert counts == {1: {WHOLE: 1, PartOfAccount("team", 0): 1, PartOfAccount("inbox", 1): 1}}


def weeks(zone: tzinfo, today: Day, number: int, hourly: int) -> tuple[list[Day], list[Interval]]:
    """So many days before today, with `hourly` arrivals in the first minutes of each hour of Mondays."""
    days = days_of(today, zone, number)
    intervals = []
    for day in days:
        monday = date.fromisoformat(day.name(zone)).weekday() == 0
        arrivals = [
            Arrival(hour * 100 + nth, hour + nth, hour + nth + 60)
            for hour in range(day.since, day.until, HOUR)
            for nth in range(hourly if monday else 0)
        ]
        intervals += counted(day, arrivals)
    return days, intervals


def test_a_forecast_needs_enough_weeks_and_is_their_median() -> None:
    today = day_on(date(2026, 11, 30), BERLIN)
    for number, enough in ((14, False), (7 * ENOUGH, True)):
        days, intervals = weeks(BERLIN, today, number, 6)
        expected = forecast(today, days, intervals, WHOLE, 2 * QUARTER, BERLIN)
        assert bool(expected) is enough
        if enough:
            assert expected[9, 0, 2 * QUARTER] == 6
            assert expected[9, 30, 2 * QUARTER] == 0


def test_busiest_hours_are_means_of_hours_known_wholly() -> None:
    today = day_on(date(2026, 11, 30), BERLIN)
    days, intervals = weeks(BERLIN, today, 21, 5)
    nine_of_last_monday = days[6].since + 9 * HOUR
    known = [interval for interval in intervals if interval.begins != nine_of_last_monday]
    hours = busiest(days, known, WHOLE, BERLIN)
    assert len(hours) == 7 * 24
    assert (hours[0, 9].arrived, hours[0, 9].weeks) == (5, 2)
    assert (hours[0, 10].arrived, hours[0, 10].weeks) == (5, 3)
    assert hours[1, 10].arrived == 0
    over_the_change = day_on(date(2026, 11, 2), BERLIN)
    days, intervals = weeks(BERLIN, over_the_change, 21, 5)
    assert {usual.weeks for usual in busiest(days, intervals, WHOLE, BERLIN).values()} == {3}
    dark = shades(hours, 4)
    assert dark[0, 10] == 4
    assert dark[1, 10] == 0


@given(st.lists(st.integers(0, 200_000), max_size=60))
def test_lengths_hold_everybody_who_was_answered(speeds: list[int]) -> None:
    arrivals = [Arrival(n, 1_795_910_400, 1_795_910_400 + speed) for n, speed in enumerate(speeds, 1)]
    tally = tallies(arrivals, RULES, 1_795_910_400)[WHOLE]
    bands = lengths(tally)
    assert sum(length.number for length in bands) == tally.answered
    for length in bands:
        inside = [s for s in tally.speeds if s > length.above and (length.up_to is None or s <= length.up_to)]
        assert length.number == len(inside)
    if tally.answered:
        assert bands[-1].within == 1.0
