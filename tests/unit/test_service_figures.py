"""What became of a conversation, and the figures made of many."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.hours import parse_hours
from tui.durations import QUARTER
from tui.monitor.service.figures import (
    ANSWERED,
    WHOLE,
    PartOfAccount,
    Rules,
    Tally,
    quantile,
    recent,
    tallies,
    total,
)
from tui.monitor.service.hours import OpeningHours, OpenSpan, as_given
from tui.monitor.service.intervals import EDGES, bin_of, day_of
from tui.monitor.service.states import Arrival, CountedAs, is_answered, judge
from tui.monitor.service.words import bounds_of, within

BEGUN = 1_795_940_000
"""A Sunday, 08:13:20 UTC."""
TABLE = [
    ({"odd": True}, CountedAs.UNKNOWN),
    ({"first_reply": BEGUN - 1}, CountedAs.UNKNOWN),
    ({"first_reply": BEGUN + 2, "status": "resolved"}, CountedAs.AT_ONCE),
    ({"first_reply": BEGUN, "status": "pending"}, CountedAs.AT_ONCE),
    ({"first_reply": BEGUN + 2, "by_customer": True}, CountedAs.IN_TARGET),
    ({"first_reply": BEGUN + 3}, CountedAs.IN_TARGET),
    ({"first_reply": BEGUN + 300, "status": "snoozed"}, CountedAs.IN_TARGET),
    ({"first_reply": BEGUN + 301, "status": "resolved", "sender": "campaign"}, CountedAs.LATE),
    ({"sender": "campaign", "status": "pending"}, CountedAs.NO_CUSTOMER),
    ({"sender": "campaign", "status": "resolved"}, CountedAs.NO_CUSTOMER),
    ({"status": "pending", "sender": "program"}, CountedAs.HELD),
    ({"status": "resolved", "sender": "program"}, CountedAs.CLOSED_BY_BOT),
    ({"status": "abandoned", "sender": "program"}, CountedAs.CLOSED_BY_BOT),
    ({"status": "resolved"}, CountedAs.CLOSED),
    ({"status": "abandoned", "sender": "person"}, CountedAs.CLOSED),
    ({}, CountedAs.QUEUED_IN_TIME),
    ({"status": "snoozed"}, CountedAs.QUEUED_IN_TIME),
    ({"status": "open", "sender": "program"}, CountedAs.QUEUED_IN_TIME),
    ({"status": "a new word"}, CountedAs.QUEUED_IN_TIME),
]


@pytest.mark.parametrize(("fields", "state"), TABLE, ids=range(len(TABLE)))
def test_the_first_state_that_matches_holds(fields: dict[str, object], state: CountedAs) -> None:
    arrival = Arrival(1, BEGUN, **fields)  # type: ignore[arg-type]
    counted = tallies([arrival], Rules(target=300.0), BEGUN + 300)[WHOLE]
    assert counted.counts[state] == counted.arrived == 1
    assert is_answered(arrival) is (state in ANSWERED)


def test_who_waits_longer_than_the_target_is_late_from_the_second_after() -> None:
    waits = [judge(Arrival(1, BEGUN), target=300.0, answered_in=0, waited=w).state for w in (300, 300.5)]
    assert waits == [CountedAs.QUEUED_IN_TIME, CountedAs.QUEUED_LATE]


arrivals = st.lists(
    st.builds(
        Arrival,
        id=st.integers(1, 1 << 40),
        created=st.integers(BEGUN - 7_200, BEGUN),
        first_reply=st.one_of(st.just(0), st.integers(BEGUN - 7_200, BEGUN)),
        status=st.sampled_from(["open", "pending", "snoozed", "resolved", "abandoned"]),
        inbox=st.integers(1, 3),
        team=st.integers(0, 2),
        sender=st.sampled_from(["", "person", "campaign", "program"]),
    ),
    max_size=40,
).map(lambda drawn: sorted(drawn, key=lambda arrival: arrival.key))


@given(arrivals, st.booleans())
def test_states_add_up_and_parts_make_the_whole(came: list[Arrival], missed: bool) -> None:
    counted = tallies(came, Rules(target=600.0), BEGUN)
    assert counted[WHOLE].arrived == len(came)
    for kind in ("team", "inbox"):
        parts = [tally for part, tally in counted.items() if part.kind == kind]
        for state in CountedAs:
            assert sum(tally.counts[state] for tally in parts) == counted[WHOLE].counts[state]
        assert sorted(s for tally in parts for s in tally.speeds) == sorted(counted[WHOLE].speeds)
    for tally in counted.values():
        level = tally.level(closed_missed=missed)
        low, high = tally.bounds(closed_missed=missed)
        if level is not None:
            assert low is not None
            assert 0.0 <= low <= level <= 1.0
        if low is not None and high is not None:
            assert low <= high <= 1.0
    again = total([tallies(came[::2], Rules(target=600.0), BEGUN), tallies(came[1::2], Rules(600.0), BEGUN)])
    assert again[WHOLE].counts == counted[WHOLE].counts
    assert sorted(again[WHOLE].speeds) == sorted(counted[WHOLE].speeds)


@given(st.lists(st.integers(0, 100_000), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_histogram_never_says_less_than_the_exact_speeds(speeds: list[int], part: float) -> None:
    exact, rough = Tally(), Tally()
    exact.speeds = [float(speed) for speed in speeds]
    exact.counts[CountedAs.IN_TARGET] = len(speeds)
    rough.bins, rough.counts = exact.histogram(), exact.counts
    assert sum(rough.bins) == len(speeds)
    value, edge = exact.within(part), rough.within(part)
    assert value is not None
    within = sum(speed <= value for speed in speeds)
    assert within >= part * len(speeds) - 1e-6
    assert sum(speed < value for speed in speeds) < part * len(speeds)
    if edge is None:
        assert value > EDGES[-1]
    else:
        assert value <= edge
        assert edge in EDGES
        assert bin_of(value) == EDGES.index(int(edge))


@given(arrivals, st.integers(0, 600))
def test_the_bounds_hold_whatever_becomes_of_who_waits(came: list[Arrival], later: int) -> None:
    """As long as nobody is moved, reopened, handed over or deleted, and nobody comes."""
    target = 600.0
    now = tallies(came, Rules(target), BEGUN)[WHOLE]
    low, high = now.bounds()
    ended = []
    for number, arrival in enumerate(came):
        state = judge(arrival, target=target, answered_in=0, waited=BEGUN - arrival.created).state
        if state is CountedAs.QUEUED_IN_TIME:
            reply = BEGUN + later if number % 2 else 0
            status = "resolved" if number % 3 else arrival.status
            arrival = Arrival(arrival.id, arrival.created, reply, status, arrival.inbox, arrival.team)  # noqa: PLW2901
        ended.append(arrival)
    level = tallies(ended, Rules(target), BEGUN + 86_400)[WHOLE].level()
    if level is not None and low is not None and high is not None and not now.counts[CountedAs.HELD]:
        assert low - 1e-9 <= level <= high + 1e-9


def test_the_last_half_hour_counts_who_came_in_it() -> None:
    came = [Arrival(n, BEGUN + n * 60) for n in range(100)]
    counted = recent(came, Rules(600.0), BEGUN + 99 * 60)
    assert counted[WHOLE].arrived == 31
    assert counted[PartOfAccount("team", 0)].counts[CountedAs.QUEUED_LATE] == 20


HOURS = OpeningHours([*(OpenSpan(day, 480, 1_080) for day in range(5)), OpenSpan(5, 600, 840)], UTC)
MONDAY = 1_795_996_800
"""Monday, midnight in UTC."""


@pytest.mark.parametrize(
    ("since", "until", "open_for"),
    [
        (8 * 3_600, 9 * 3_600, 3_600),
        (3 * 3_600, 8 * 3_600 + 60, 60),
        (17 * 3_600, 32 * 3_600 + 60, 3_660),
        (18 * 3_600, 30 * 3_600, 0),
        (4 * 86_400 + 17 * 3_600, 7 * 86_400 + 8 * 3_600 + 1, 3_600 + 4 * 3_600 + 1),
        (9 * 3_600, 8 * 3_600, 0),
    ],
)
def test_the_clock_runs_in_opening_hours(since: float, until: float, open_for: float) -> None:
    assert HOURS.between(MONDAY + since, MONDAY + until) == open_for


def test_who_comes_at_night_waits_from_the_opening_on() -> None:
    assert HOURS.opening(MONDAY + 3 * 3_600) == MONDAY + 8 * 3_600
    assert HOURS.opening(MONDAY + 9 * 3_600) == MONDAY + 9 * 3_600
    assert HOURS.opening(MONDAY + 5 * 86_400 + 15 * 3_600) == MONDAY + 7 * 86_400 + 8 * 3_600
    night = Arrival(1, MONDAY + 3 * 3_600, MONDAY + 8 * 3_600 + 120, inbox=2)
    counted = tallies([night], Rules(300.0, hours={2: HOURS}), MONDAY + 86_400)[WHOLE]
    assert counted.counts[CountedAs.IN_TARGET] == 1
    assert counted.speeds == [120.0]


def test_hours_of_the_config_may_reach_into_the_next_day() -> None:
    hours = as_given(parse_hours("22:00-06:00 sun-thu"), UTC)
    assert hours.between(MONDAY - 3_600, MONDAY + 7 * 3_600) == 7 * 3_600
    assert hours.between(MONDAY + 5 * 86_400, MONDAY + 6 * 86_400) == 0
    assert hours.opening(MONDAY + 12 * 3_600) == MONDAY + 22 * 3_600
    assert as_given(parse_hours("always"), UTC).between(0, 10) == 10


@pytest.mark.parametrize(
    ("moment", "quarters"),
    [(1_774_738_800, 92), (1_792_886_400, 100), (1_795_940_000, 96)],
)
def test_a_day_has_the_quarters_that_its_clock_shows(moment: int, quarters: int) -> None:
    day = day_of(moment, ZoneInfo("Europe/Berlin"))
    assert day.quarters == quarters
    assert day.quarter(day.since) == 0
    assert day.quarter(day.until - 1) == quarters - 1
    assert day.begins(quarters) == day.until
    assert day.quarter(day.since - 1) == -1
    assert day.begins(1) == day.since + QUARTER


@given(
    speeds=st.lists(st.integers(3, 100_000), max_size=60),
    before=st.integers(5, 90_000),
    target=st.sampled_from((*map(float, EDGES), 7.0, 299.0, 301.0, 5_000.0, 90_000.0)),
    closed=st.integers(0, 5),
    waits=st.lists(st.integers(1, 100_000), max_size=5),
    missed=st.booleans(),
)
def test_by_another_target_a_level_lies_within_what_the_histogram_leaves_open(
    speeds: list[int], before: int, target: float, closed: int, waits: list[int], missed: bool
) -> None:
    kept, truth = Tally(), Tally()
    for tally, limit in ((kept, float(before)), (truth, target)):
        for speed in speeds:
            tally.counts[CountedAs.IN_TARGET if speed <= limit else CountedAs.LATE] += 1
        for wait in waits:
            tally.counts[CountedAs.QUEUED_LATE if wait > limit else CountedAs.QUEUED_IN_TIME] += 1
        tally.counts[CountedAs.CLOSED] = closed
        tally.speeds = [float(speed) for speed in speeds]
    level = truth.level(closed_missed=missed)
    for bins in (None, kept.histogram()):
        kept.bins = bins
        least, most = kept.met_within(target)
        assert least <= truth.counts[CountedAs.IN_TARGET] <= most
        assert least == most or (bins is not None and target not in EDGES)
        bounds = kept.level_within(target, closed_missed=missed)
        if bounds is not None and level is not None:
            assert bounds[0] <= level <= bounds[1]


def test_a_mark_tells_whether_the_opening_hours_were_the_same() -> None:
    office = as_given(parse_hours("08:00-18:00"), UTC)
    always, open_by_day = Rules(300.0), Rules(300.0, hours={1: office})
    assert always.has_hours_of(Rules(600.0).mark)
    assert open_by_day.has_hours_of(Rules(600.0, hours={1: office}).mark)
    assert not always.has_hours_of(open_by_day.mark)
    assert not open_by_day.has_hours_of(always.mark)
    assert not always.has_hours_of(-1), "an hour counted by several"
    assert len({rules.mark for rules in (always, open_by_day, Rules(600.0), Rules(600.0, {1: 300.0}))}) == 4


@pytest.mark.parametrize(
    ("inboxes", "teams", "part", "target"),
    [
        ({}, {}, WHOLE, 300.0),
        ({1: 60.0}, {}, WHOLE, None),
        ({1: 60.0}, {}, PartOfAccount("inbox", 1), 60.0),
        ({1: 60.0}, {}, PartOfAccount("inbox", 2), 300.0),
        ({1: 60.0}, {}, PartOfAccount("team", 1), None),
        ({}, {1: 60.0}, PartOfAccount("team", 1), 60.0),
        ({}, {1: 60.0}, PartOfAccount("team", 2), 300.0),
        ({}, {1: 60.0}, PartOfAccount("inbox", 1), None),
        ({}, {1: 60.0}, WHOLE, None),
    ],
)
def test_a_part_has_one_target_or_several(
    inboxes: dict[int, float], teams: dict[int, float], part: PartOfAccount, target: float | None
) -> None:
    assert Rules(300.0, inboxes, teams).target_of_part(part) == target


def with_bots() -> Tally:
    """Two in target, one late, one in doubt, three unseen; of two the speed is at least 40 and 290 s."""
    tally = Tally()
    tally.counts |= {
        CountedAs.IN_TARGET: 2,
        CountedAs.LATE: 1,
        CountedAs.IN_DOUBT: 1,
        CountedAs.UNSEEN: 3,
    }
    tally.speeds = [50.0, 400.0]
    tally.add_slower(40.0)
    tally.add_slower(290.0)
    return tally


def test_who_is_in_doubt_after_a_bot_is_in_the_bounds_alone_and_who_is_unseen_in_nothing() -> None:
    tally = with_bots()
    assert (tally.arrived, tally.answered, tally.decided()) == (7, 4, 3)
    assert tally.level() == 2 / 3
    assert tally.bounds() == (2 / 4, 3 / 4)
    assert bounds_of(tally, closed_missed=True) == "50 to 75"
    assert tally.is_decided


def test_speeds_after_a_bot_are_told_as_at_least() -> None:
    tally = with_bots()
    assert (tally.mean(), tally.within(0.5), tally.within(0.9)) == (None, 50.0, 400.0)
    assert within(tally, 0.5) == "≥ 50 s"
    assert tally.met_within(300.0) == (1, 3)
    assert tally.met_within(100.0) == (1, 2)
    whole = Tally()
    whole.add(tally)
    whole.add(Tally())
    assert whole == tally
    whole.add(tally)
    assert whole.slower is not None
    assert sum(whole.slower) == 4


@given(st.lists(st.integers(0, 100_000)), st.lists(st.integers(0, 100_000), min_size=1), st.booleans())
def test_no_quantile_with_bots_is_told_above_any_it_may_be(
    exact: list[int], least: list[int], kept_only: bool
) -> None:
    tally = Tally()
    tally.counts[CountedAs.LATE] = len(exact) + len(least)
    tally.speeds = [float(speed) for speed in exact]
    for speed in least:
        tally.add_slower(speed)
    if kept_only:
        tally.bins = tally.histogram()
    for part in (0.5, 0.9):
        shown = tally.within(part)
        assert shown is None or shown <= (
            quantile(sorted([*map(float, exact), *map(float, least)]), part) or 0
        )
