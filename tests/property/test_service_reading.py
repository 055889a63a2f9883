"""The reading of a day against the contact centre's own books, whatever happens while it is read."""

import random
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.property.service_desk import LATEST, START, ServiceDesk, Staff
from tui.api.models import PAGE
from tui.monitor.service.intervals import Day
from tui.monitor.service.reading import QUEUE_AFTER, DayReading, LookAtDay
from tui.monitor.service.roll import DayQuestion, IgnoredError
from tui.monitor.service.states import Arrival, is_settled, judge

DAY = Day(START, START + 86_400)
MOST = 2_000
"""Questions of one look, far more than a day needs."""


def look(reading: DayReading, desk: ServiceDesk, staff: Staff | None = None, *, asks: int = MOST) -> int:
    """One look, in which time passes between the questions where there is `staff`; the questions asked."""
    course: LookAtDay = reading.course()
    ask: DayQuestion = next(course)
    for number in range(1, asks + 1):
        told = desk.answer(ask)
        if staff is not None:
            staff.pass_time(staff.rng.choice((0.2, 0.5, 15.0)))
        try:
            ask = course.send(told)
        except StopIteration:
            return number
    assert asks < MOST, "the course does not end"
    return asks


def settle(reading: DayReading, desk: ServiceDesk) -> None:
    """The centre stands still, and what was to be noted has been."""
    for _ in range(6):
        desk.now += 1_000
        look(reading, desk)


def outcome(arrival: Arrival) -> object:
    """What counts of a conversation: once it is settled, what is done with it later changes nothing."""
    if not is_settled(arrival):
        return arrival
    state = judge(arrival, target=None, answered_in=0.0, waited=0.0).state
    return arrival.created, arrival.first_reply, state, arrival.inbox


def agrees(reading: DayReading, desk: ServiceDesk, day: Day = DAY) -> None:
    """Everything of the day is known as it is."""
    truth = desk.truth(day.since, day.until)
    assert reading.roll.whole
    assert reading.sound
    assert reading.coverage == 1.0
    assert reading.roll.count == len(truth)
    assert reading.before == sum(t.created < day.since for t in desk.visible())
    for arrival in reading.roll.arrivals:
        assert outcome(arrival) == outcome(truth[arrival.id])
    read = len(reading.roll.arrivals)
    sealed = Counter(
        day.quarter(arrival.created) for arrival in truth.values() if arrival.id not in reading.roll.by_id
    )
    assert dict(sealed) == {q: n for q, n in reading.roll.sealed.items() if n}
    assert read + sum(sealed.values()) == len(truth)


def misses_nobody(reading: DayReading, desk: ServiceDesk) -> None:
    """Whoever belongs to what is said to be known is known; where it adds up, nobody was gone before."""
    roll, day = reading.roll, reading.day
    since, until = max(roll.since, day.since), min(int(roll.known_until), day.until)
    sealed = roll.sealed.keys() | roll.restored.keys()
    there = desk.truth(since, until).values()
    unread = [
        arrival
        for arrival in there
        if arrival.id not in roll.by_id and day.quarter(arrival.created) not in sealed
    ]
    torn = [arrival for arrival in unread if arrival.created in roll.torn]
    assert unread == torn
    if reading.sound and roll.whole:
        assert not torn
        assert reading.as_of is not None
        assert all(desk.gone.get(number, desk.now) >= reading.as_of for number in roll.by_id)


def kept(reading: DayReading) -> dict[int, int]:
    """What is kept of complete quarters when the program is killed."""
    roll, day = reading.roll, reading.day
    if not (roll.whole and reading.sound and reading.as_of):
        return {}
    last = day.quarter(reading.as_of)
    return {
        quarter: roll.sealed.get(quarter, len(roll.of_quarter(quarter)))
        for quarter in range(last)
        if reading.is_final(quarter)
    }


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1 << 32),
    hourly=st.sampled_from((3, 40, 150)),
    earlier=st.sampled_from((0.0, 0.2, 20.0)),
    swaps=st.booleans(),
    looks=st.integers(1, 6),
)
@example(seed=508746, hourly=150, earlier=0.2, swaps=True, looks=4)  # One is deleted that nobody ever knew.
def test_a_day_is_known_as_it_is_however_the_list_moves(
    seed: int, hourly: int, earlier: float, swaps: bool, looks: int
) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(0, 40_000), swaps=rng if swaps else None)
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - earlier * 3_600, desk.now)
    reading = DayReading(DAY)
    for _ in range(looks):
        look(reading, desk, staff)
        misses_nobody(reading, desk)
        staff.pass_time(rng.uniform(0, 1_200))
        assert reading.coverage is not None
    desk.swaps = None
    settle(reading, desk)
    agrees(reading, desk)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((5, 60, 200)), kills=st.integers(1, 5))
@example(seed=759512, hourly=200, kills=5)  # The beginning of the day moves while it is looked for.
@example(seed=24, hourly=200, kills=4)  # More than a page is deleted on the way back.
@example(seed=568750162, hourly=200, kills=3)  # So it is between two pages that are no neighbours.
@example(seed=2620079667, hourly=200, kills=3)
def test_killed_at_any_question_it_goes_on_from_what_was_complete(seed: int, hourly: int, kills: int) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(10_000, 40_000))
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 7_200, desk.now)
    reading = DayReading(DAY)
    left: dict[int, int] = {}
    for _ in range(kills):
        look(reading, desk, staff)
        misses_nobody(reading, desk)
        look(reading, desk, staff, asks=rng.randrange(1, 30))
        left = kept(reading) or left
        reading = DayReading(DAY, left)
        staff.pass_time(rng.uniform(0, 2_000))
    settle(reading, desk)
    agrees(reading, desk)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((300, 900)))
def test_one_listed_late_is_not_missed_for_one_that_is_deleted(seed: int, hourly: int) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + 600, late=rng)
    staff = Staff(desk, rng, hourly=hourly, wild=False)
    staff.fill(START, desk.now)
    reading = DayReading(DAY)
    look(reading, desk)
    for _ in range(6):
        staff.pass_time(rng.uniform(5, 120))
        known = len(desk.visible())
        look(reading, desk)
        missed = desk.truth(DAY.since, DAY.until).keys() - reading.roll.by_id.keys()
        # As many are deleted as come late, so that the number alone tells nothing.
        desk.now += LATEST
        for talk in rng.sample(
            [t for t in desk.visible() if t.id in reading.roll.by_id], len(desk.visible()) - known
        ):
            desk.delete(talk)
        assert not missed
    desk.late = None
    settle(reading, desk)
    agrees(reading, desk)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32), missed=st.integers(1, 8), gone=st.integers(0, 7))
def test_more_that_were_missed_than_are_gone_are_all_found(seed: int, missed: int, gone: int) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + 40_000)
    Staff(desk, rng, hourly=60, wild=False).fill(START - 10_000, desk.now)
    for talk in desk.talks.values():
        talk.status, talk.first_reply = "resolved", talk.created + 100
    reading = DayReading(DAY)
    look(reading, desk)
    for number in rng.sample([*desk.truth(START, START + 39_000)], min(gone, missed - 1)):
        desk.delete(desk.talks[number])
    for _ in range(missed):
        desk.add(rng.uniform(START, START + 39_000), status="resolved")
    settle(reading, desk)
    agrees(reading, desk)


def test_one_that_waits_and_was_missed_shows_that_another_is_gone() -> None:
    desk = ServiceDesk(now=START + 40_000)
    Staff(desk, random.Random(1), hourly=60, wild=False).fill(START, desk.now)
    for talk in desk.talks.values():
        talk.status, talk.first_reply = "resolved", talk.created + 100
    reading = DayReading(DAY)
    look(reading, desk)
    desk.delete(desk.talks[50])
    desk.add(START + 30_000)
    desk.add(START + 40_000)
    desk.now += QUEUE_AFTER
    look(reading, desk)
    agrees(reading, desk)


@pytest.mark.parametrize("what", ["status", "sort", "page"])
def test_a_server_that_ignores_what_it_is_asked_is_found_out(what: str) -> None:
    rng = random.Random(3)
    desk = ServiceDesk(now=START + 30_000, ignores=frozenset({what}))
    Staff(desk, rng, hourly=60).fill(START - 20_000, desk.now)
    with pytest.raises(IgnoredError):
        look(DayReading(DAY), desk)


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("before", range(PAGE - 3, PAGE + 1))
def test_the_newest_second_may_be_torn_apart_by_the_end_of_a_page(before: int, over: bool) -> None:
    desk = ServiceDesk(now=START + 5_000.0 + over * 86_400)
    for number in range(before):
        desk.add(START + number, status="resolved", first_reply=START + number + 60)
    for _ in range(3):
        desk.add(START + 4_000, status="resolved", first_reply=START + 4_060)
    reading = DayReading(DAY)
    look(reading, desk)
    agrees(reading, desk)
