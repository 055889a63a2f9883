"""When service level is looked at again, and how it is asked for: no older and no faster than said."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.service_desk import START, Calm, ServiceDesk, Staff
from tests.property.test_joined_by_number import answered, come, read
from tests.property.test_service_reading import agrees, look, misses_nobody
from tests.property.test_service_worker import WorkerShift
from tui.api.models import PAGE
from tui.durations import DAY, HOUR, MINUTE
from tui.monitor.service.intervals import Day
from tui.monitor.service.reading import ENOUGH, NEARLY_FULL, DayReading
from tui.monitor.service.roll import DayQuestion, One, Page, Queue, Told
from tui.monitor.service.worker import AT_LATEST, CREDIT, GAPS, HASTE, LOOK_EVERY

STEP = 20.0


class TimedDesk(ServiceDesk):
    """One that notes when it was asked what."""

    def __init__(self, now: float) -> None:
        super().__init__(now=now)
        self.times: list[tuple[float, DayQuestion]] = []

    def answer(self, ask: DayQuestion) -> Told:
        self.times.append((self.now, ask))
        return super().answer(ask)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((10, 100, 600)))
def test_a_few_follow_each_other_fast_but_never_more_than_four_a_minute(seed: int, hourly: int) -> None:
    rng = random.Random(seed)
    desk = TimedDesk(START + 40_000.0)
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 10_000, desk.now)
    shift = WorkerShift(desk, staff)
    shift.run(HASTE)
    begun = desk.now
    shift.run(3 * HOUR)
    later = [(at, ask) for at, ask in desk.times if at > begun + GAPS[1]]
    times = [at for at, _ in later]
    for first, at in enumerate(times):
        for last in range(first + 1, len(times), 7):
            assert last - first <= (times[last] - at + CREDIT) / GAPS[1] + 1
    for (before, ask), (after, _) in pairwise(later):
        assert not isinstance(ask, Page | Queue) or after - before >= GAPS[1]


@pytest.mark.parametrize(
    ("hourly", "oldest"), [(8, AT_LATEST + 60), (70, AT_LATEST + 2 * MINUTE), (150, LOOK_EVERY + 4 * MINUTE)]
)
def test_the_level_is_no_older_than_the_time_of_a_look_and_what_it_takes(hourly: int, oldest: float) -> None:
    desk = ServiceDesk(now=START)
    staff = Calm(desk, random.Random(8), hourly=hourly)
    staff.pass_time(4 * HOUR)
    shift = WorkerShift(desk, staff)
    shift.run(HOUR)
    ages = []
    for _ in range(int(6 * HOUR / STEP)):
        shift.run(STEP)
        assert shift.worker.as_of is not None
        ages.append(desk.now - shift.worker.as_of)
    assert max(ages) <= oldest


def pages_after(shift: WorkerShift, seconds: float) -> bool:
    """Whether a page is read within so long."""
    shift.desk.asked.clear()
    shift.run(seconds)
    return any(isinstance(ask, Page) for ask in shift.desk.asked)


@pytest.mark.parametrize(
    ("there", "new", "early"),
    [
        (120, ENOUGH, True),
        (100, ENOUGH - 1, True),
        (110, ENOUGH - 1, False),
        (100 + NEARLY_FULL - 10, 10, True),
        (100 + NEARLY_FULL - 11, 10, False),
        (124, 1, False),
    ],
)
def test_a_look_is_early_where_a_page_is_new_or_nearly_full(there: int, new: int, early: bool) -> None:
    desk = answered(there)
    shift = read(desk)
    come(desk, new)
    assert shift.worker.as_of is not None
    waited = desk.now - shift.worker.as_of
    assert pages_after(shift, LOOK_EVERY - waited + MINUTE) is early
    if not early:
        assert not pages_after(shift, AT_LATEST - LOOK_EVERY - 2 * MINUTE)
        assert pages_after(shift, 2 * MINUTE)


@pytest.mark.parametrize("leaving", [True, False])
def test_those_who_wait_are_asked_for_alone_where_most_have_left(leaving: bool) -> None:
    desk = ServiceDesk(now=START + 40_000)
    staff = Calm(desk, random.Random(8), hourly=300, wait=300.0 if leaving else 1e9)
    staff.pass_time(HOUR)
    shift = WorkerShift(desk, staff)
    shift.run(HOUR)
    desk.asked.clear()
    shift.run(3 * HOUR)
    looks = 3 * HOUR / LOOK_EVERY
    queue = sum(ask == Queue(1) for ask in desk.asked)
    alone = sum(isinstance(ask, One) for ask in desk.asked)
    if leaving:
        assert queue <= 4
        assert alone > 10 * looks
    else:
        assert queue >= looks - 2
        assert alone < 10 * looks, "those who are snoozed, whom no list tells"


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((3, 40)))
def test_a_past_day_read_on_from_the_day_after_is_known_as_it_is(seed: int, hourly: int) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + 8_000.0)
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 2.5 * DAY, desk.now)
    days = [Day(START - back * 86_400, START - (back - 1) * 86_400) for back in (1, 2)]
    after = None
    for day in days:
        reading = DayReading(day, counted=False, after=after)
        for _ in range(6):
            look(reading, desk, staff)
            misses_nobody(reading, desk)
            if reading.roll.whole and reading.sound:
                break
        after = reading
        still = DayReading(day, counted=False)
        look(still, desk)
        agrees(still, desk, day)


def test_the_page_between_two_past_days_is_read_once_and_the_server_not_found_out_again() -> None:
    desk = ServiceDesk(now=START - 4 * DAY)
    Calm(desk, random.Random(8), hourly=8).pass_time(4 * DAY + 2 * HOUR)
    first = DayReading(Day(START - 86_400, START), counted=False)
    look(first, desk)
    desk.asked.clear()
    day = Day(START - 2 * 86_400, START - 86_400)
    second = DayReading(day, counted=False, after=first)
    look(second, desk)
    agrees(second, desk, day)
    low, high = (
        sum(talk.created < at for talk in desk.talks.values()) // PAGE + 1 for at in (day.since, day.until)
    )
    pages = [ask.number for ask in desk.asked if isinstance(ask, Page)]
    # Where it ends is seen once more when all is read.
    assert pages == [*range(high - 1, low - 1, -1), high]
