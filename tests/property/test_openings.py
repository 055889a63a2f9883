"""Who came while an inbox was closed stands in one row, once, and the rows still add up to the day."""

import random
from datetime import UTC, date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.kept_weeks import BERLIN
from tui.durations import HALF_HOUR, HOUR, QUARTER
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, tallies
from tui.monitor.service.hours import OpeningHours, OpenSpan
from tui.monitor.service.intervals import Day, day_on
from tui.monitor.service.openings import belongs, outside, with_openings
from tui.monitor.service.states import Arrival
from tui.monitor.service.stretches import AFTER, BEFORE, Extent, Stretch, coverage_of, stretches, sum_of

INBOXES = (1, 2, 3)
DAYS = {
    "ordinary": (date(2026, 11, 26), BERLIN),
    "one hour less": (date(2026, 3, 29), BERLIN),
    "one hour more": (date(2026, 10, 25), BERLIN),
    "off the half-hour": (date(2026, 11, 26), ZoneInfo("Asia/Kathmandu")),
}
OPEN = (
    None,
    (8 * 60, 20 * 60),
    (10 * 60, 18 * 60 + 30),
    (8 * 60 + 10, 16 * 60 + 50),
    (22 * 60, 30 * 60),
    (0, 6 * 60),
)
"""Minutes of the day; None: always."""
PARTS = (
    WHOLE,
    PartOfAccount("team", 0),
    PartOfAccount("team", 4),
    *(PartOfAccount("inbox", n) for n in INBOXES),
)


def rules_of(opened: list[tuple[int, int] | None], zone: ZoneInfo, weekdays: list[int]) -> Rules:
    hours = {
        number: OpeningHours((OpenSpan(day, *when) for day in weekdays), zone)
        for number, when in zip(INBOXES, opened, strict=True)
        if when is not None
    }
    return Rules(target=300.0, hours=hours)


def arrivals_in(day: Day, rng: random.Random, number: int) -> list[Arrival]:
    made = []
    for nth in range(number):
        created = rng.randrange(day.since, day.until)
        reply = created + rng.choice((60, 400, 9_000)) if rng.random() < 0.8 else 0
        made.append(Arrival(nth + 1, created, reply, "open", rng.choice(INBOXES), rng.choice((0, 4))))
    return made


def intervals_of(day: Day, came: list[Arrival], rules: Rules, ends: float) -> list[Interval]:
    intervals = []
    for quarter in range(day.quarters):
        begins = day.begins(quarter)
        if begins < ends:
            of = [arrival for arrival in came if begins <= arrival.created < min(begins + QUARTER, ends)]
            intervals.append(Interval(begins, tallies(of, rules, ends), complete=False))
    return intervals


def stands_in(row: Stretch, arrival: Arrival, day: Day, rules: Rules) -> bool:
    begins, until = row.span or (row.begins, row.until)
    return begins <= arrival.created < until and belongs(row, day, rules)(arrival)


@given(
    name=st.sampled_from([*DAYS]),
    opened=st.lists(st.sampled_from(OPEN), min_size=3, max_size=3),
    weekdays=st.sampled_from(([*range(7)], [*range(5)], [0])),
    part=st.sampled_from(PARTS),
    seconds=st.sampled_from((QUARTER, HALF_HOUR, HOUR)),
    ends=st.sampled_from((0.0, 0.3, 0.52, 0.9, 1.0)),
    gap=st.sampled_from((None, 3, 50)),
    seed=st.integers(0, 1 << 32),
)
@example("ordinary", [None, (1_320, 1_800), (0, 360)], [*range(7)], WHOLE, QUARTER, 0.3, None, 1)
def test_everybody_stands_in_one_row_and_the_rows_add_up(
    name: str,
    opened: list[tuple[int, int] | None],
    weekdays: list[int],
    part: PartOfAccount,
    seconds: int,
    ends: float,
    gap: int | None,
    seed: int,
) -> None:
    when, zone = DAYS[name]
    day, rng = day_on(when, zone), random.Random(seed)
    rules = rules_of(opened, zone, weekdays)
    moment = day.since + ends * (day.until - day.since)
    came = [arrival for arrival in arrivals_in(day, rng, 120) if arrival.created < moment]
    known = [
        interval
        for interval in intervals_of(day, came, rules, moment)
        if gap is None or interval.begins != day.begins(gap)
    ]
    plain = stretches(day, known, part, seconds, None if ends == 1.0 else moment)
    rows = with_openings(day, plain, known, part, rules, INBOXES)
    keys = [row.key for row in rows]
    assert len(set(keys)) == len(keys)
    if all(row.tally is not None for row in plain if row.known is not Extent.AHEAD):
        assert sum_of(rows) == sum_of(plain)
        assert coverage_of(rows) == coverage_of(plain)
        of_part = [
            arrival for arrival in came if part in (WHOLE, ("team", arrival.team), ("inbox", arrival.inbox))
        ]
        for arrival in of_part:
            assert sum(stands_in(row, arrival, day, rules) for row in rows if row.tally is not None) == 1
        for row in rows:
            if row.tally is not None:
                assert row.tally.arrived == sum(stands_in(row, arrival, day, rules) for arrival in of_part)
    else:
        # What is not known hides nobody, and is not made known.
        assert sum_of(rows).arrived <= sum_of(plain).arrived
        assert any(row.known is Extent.NOTHING for row in rows)
    passed = [row for row in rows if row.is_time]
    assert [row.begins for row in passed] == sorted(row.begins for row in passed)
    assert passed[0].begins == day.since
    assert passed[-1].until == day.until
    assert all(stretch.until == other.begins for stretch, other in pairwise(passed))


def test_a_night_is_one_row_before_opening_and_the_evening_one_after_closing() -> None:
    day = day_on(date(2026, 11, 26), BERLIN)
    rules = rules_of([(480, 1200)] * 3, BERLIN, [*range(7)])
    came = [Arrival(n, day.since + n * HOUR, day.since + n * HOUR + 60, "resolved", 1) for n in range(24)]
    known = intervals_of(day, came, rules, day.until)
    rows = with_openings(day, stretches(day, known, WHOLE, HALF_HOUR), known, WHOLE, rules, INBOXES)
    assert (rows[0].closed, rows[0].begins, rows[0].until) == (BEFORE, day.since, day.since + 8 * HOUR)
    assert (rows[-1].closed, rows[-1].begins, rows[-1].until) == (AFTER, day.since + 20 * HOUR, day.until)
    assert [row.tally.arrived for row in (rows[0], rows[-1]) if row.tally] == [8, 4]
    assert len(rows) == 2 + 24
    assert not any(row.closed for row in rows[1:-1])


def test_who_came_to_a_closed_inbox_while_another_was_open_stands_before_its_opening() -> None:
    day = day_on(date(2026, 11, 26), BERLIN)
    rules = rules_of([None, (480, 1200), None], BERLIN, [*range(7)])
    came = [Arrival(n, day.since + 3 * HOUR + n, 0, "open", 1 + n % 2) for n in range(10)]
    known = intervals_of(day, came, rules, day.until)
    rows = with_openings(day, stretches(day, known, WHOLE, HALF_HOUR), known, WHOLE, rules, INBOXES)
    assert (rows[0].closed, rows[0].is_time) == (BEFORE, False)
    at_three = next(row for row in rows if row.begins == day.since + 3 * HOUR and not row.closed)
    assert [row.tally.arrived for row in (rows[0], at_three) if row.tally] == [5, 5]
    assert len(rows) == 49


def test_a_day_that_is_closed_is_one_row_and_without_hours_nothing_is_joined() -> None:
    day = day_on(date(2026, 11, 29), BERLIN)
    known = intervals_of(day, [], Rules(), day.until)
    plain = stretches(day, known, WHOLE, HALF_HOUR)
    rows = with_openings(day, plain, known, WHOLE, rules_of([(480, 1200)] * 3, BERLIN, [*range(5)]), INBOXES)
    assert [(row.closed, row.tally) for row in rows] == [(AFTER, Tally())]
    assert with_openings(day, plain, known, WHOLE, Rules(), INBOXES) == plain


@pytest.mark.parametrize(("minute", "word"), [(0, BEFORE), (479, BEFORE), (600, ""), (1_205, AFTER)])
def test_a_quarter_is_outside_only_where_the_inbox_was_closed_all_along(minute: int, word: str) -> None:
    day = day_on(date(2026, 11, 26), UTC)
    hours = OpeningHours((OpenSpan(weekday, 480, 1_200) for weekday in range(7)), UTC)
    begins = day.since + minute * 60
    assert outside(hours, begins, begins + 60, day) == word
