"""Where a page begins shortly after what is known, those between are asked for alone: nobody is missed."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.service_desk import LATEST, START, ServiceDesk, Staff
from tests.property.test_service_worker import WorkerShift
from tui.monitor.service.roll import One, Page
from tui.monitor.service.walk import BRIDGED
from tui.monitor.service.worker import LOOK_EVERY

EVERYTHING = frozenset({1, 2, 3})


def read(desk: ServiceDesk) -> WorkerShift:
    """A day that is known from its beginning, of a worker that looks at a server where nothing happens."""
    shift = WorkerShift(desk, None)
    shift.run(1_500)
    look(shift)
    assert shift.worker.is_whole
    return shift


def look(shift: WorkerShift) -> list[object]:
    """Work until a look at today is over; what was asked."""
    shift.desk.asked.clear()
    before = shift.worker.as_of
    while shift.worker.as_of == before or not shift.worker.looked:
        shift.run(5.0)
    return list(shift.desk.asked)


def knows_everybody(shift: WorkerShift) -> None:
    """Everybody who was listed as the look began is known, and nobody who is gone."""
    reading, desk = shift.worker._today.reading, shift.desk
    assert reading is not None
    assert reading.as_of is not None
    assert reading.sound
    listed = desk.truth(reading.day.since, reading.day.until).keys()
    assert {number for number in listed if desk.talks[number].listed_at <= reading.as_of} <= (
        reading.roll.by_id.keys()
    )
    assert reading.roll.by_id.keys() <= listed


def answered(number: int) -> ServiceDesk:
    """A desk where so many were answered, a minute apart, the last one just now."""
    desk = ServiceDesk(now=START + 40_000)
    for back in range(number - 1, -1, -1):
        created = int(desk.now) - 60 * back
        desk.add(created, status="resolved", first_reply=created + 30)
    return desk


def come(desk: ServiceDesk, number: int) -> None:
    for _ in range(number):
        desk.add(desk.now - 40, status="resolved", first_reply=int(desk.now) - 20)


@pytest.mark.parametrize("gap", range(BRIDGED + 1))
def test_those_at_the_end_of_a_page_are_asked_for_alone(gap: int) -> None:
    desk = answered(125 - gap)
    shift = read(desk)
    come(desk, 20)
    asked = look(shift)
    assert [ask for ask in asked if isinstance(ask, Page)] == [Page(6)]
    assert sum(isinstance(ask, One) for ask in asked) == gap
    shift.agrees()


@pytest.mark.parametrize("gone", [5, 60, 119, 122])
@pytest.mark.parametrize("came", [1, 2, 20])
def test_one_who_is_gone_is_not_made_up_for_by_one_who_came(gone: int, came: int) -> None:
    desk = answered(122)
    shift = read(desk)
    come(desk, came)
    desk.delete(desk.talks[gone])
    look(shift)
    shift.agrees()


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    hourly=st.sampled_from((12, 60, 150)),
    seen=st.sampled_from((EVERYTHING, EVERYTHING, frozenset({1, 2}))),
    late=st.booleans(),
)
def test_after_every_look_all_who_were_listed_are_known(
    seed: int, hourly: int, seen: frozenset[int], late: bool
) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(3_600, 60_000), inboxes=seen)
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 10_000, desk.now)
    shift = read(desk)
    desk.late = random.Random(seed) if late else None
    for _ in range(8):
        before = len(desk.visible())
        staff.pass_time(rng.choice((LATEST, 60.0, LOOK_EVERY, 2 * LOOK_EVERY)))
        # As many are deleted as came, so that their number alone tells nothing.
        there = desk.visible() if rng.random() < 0.5 else []
        for talk in rng.sample(there, min(len(there), max(0, len(there) - before))):
            desk.delete(talk)
        look(shift)
        knows_everybody(shift)
