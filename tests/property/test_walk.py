"""Pages read from above down, whatever the list does meanwhile: nobody there is missed without a word."""

import random
from collections.abc import Generator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.service_desk import START, ServiceDesk
from tui.api.models import PAGE
from tui.monitor.service.intervals import Day
from tui.monitor.service.roll import DayQuestion, Fresh, Roll, Told, is_torn
from tui.monitor.service.states import Arrival
from tui.monitor.service.walk import READINGS, PageWalk

DAY = Day(START, START + 86_400)


def busy_seconds(rng: random.Random, *, number: int, most: int) -> ServiceDesk:
    """A desk at which up to `most` conversations came in one second, listed in any order at each answer."""
    desk = ServiceDesk(now=START + 50_000, swaps=rng)
    second = START + 100
    while len(desk.talks) < number:
        for _ in range(rng.randint(1, most)):
            desk.add(second)
        second += rng.randint(1, 3)
    return desk


def answered(
    course: Generator[DayQuestion, Told, object], desk: ServiceDesk, rng: random.Random, gone: float
) -> None:
    """Answer all that is asked; before each answer some are deleted with that chance."""
    ask = next(course)
    while True:
        while rng.random() < gone and desk.talks:
            desk.delete(rng.choice([*desk.talks.values()]))
        try:
            ask = course.send(desk.answer(ask))
        except StopIteration:
            return


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    number=st.integers(1, 200),
    most=st.sampled_from((1, 2, 5, 20)),
    gone=st.sampled_from((0.0, 0.3, 0.7)),
    known=st.booleans(),
)
def test_who_is_there_is_known_after_a_walk_or_their_second_is_said_to_be_torn(
    seed: int, number: int, most: int, gone: float, known: bool
) -> None:
    rng = random.Random(seed)
    desk = busy_seconds(rng, number=number, most=most)
    roll = Roll(DAY, {})
    roll.since = DAY.since
    if known:  # What is there is not taken for gone.
        for arrival in desk.truth(DAY.since, DAY.until).values():
            roll.put(arrival)
    answered(PageWalk(roll).verify(1, -(-len(desk.talks) // PAGE)), desk, rng, gone)
    missing = {talk.created for talk in desk.talks.values() if talk.id not in roll.by_id}
    assert missing <= roll.torn
    if known or most == 1:
        assert not missing
    if not gone:
        assert roll.by_id.keys() <= desk.talks.keys()


def page(number: int, *arrivals: Arrival) -> Fresh:
    return Fresh(number, arrivals, 1 << 62)


def test_who_may_stand_between_two_pages_that_show_the_same_is_not_taken_for_gone() -> None:
    early, arrival, other, late = (Arrival(n, START + at) for n, at in enumerate((0, 9, 9, 20), 1))
    roll = Roll(DAY, {})
    for each in (early, arrival, other, late):
        roll.put(each)
    # The second of both is torn: the lower page shows the one that stood on the upper a moment ago.
    roll.close_seam(page(1, early, arrival), page(2, arrival, late))
    assert other.id in roll.by_id
    assert not roll.shrunk
    roll.close_seam(page(1, early), page(2, arrival, late))
    assert other.id not in roll.by_id
    assert roll.shrunk


@pytest.mark.parametrize(
    ("below", "above", "torn"),
    [
        ((1, 2), (2, 3), True),
        ((1, 2), (3, 4), False),
        ((), (1,), False),
        ((1,), (), False),
    ],
)
def test_a_second_is_torn_where_two_pages_share_it_and_one_in_it(
    below: tuple[int, ...], above: tuple[int, ...], torn: bool
) -> None:
    pages = [tuple(Arrival(number, START) for number in numbers) for numbers in (below, above)]
    assert is_torn(*pages) is torn


def test_what_stays_torn_is_noted_and_forgotten_once_a_page_holds_it_whole() -> None:
    roll = Roll(DAY, {})
    roll.since = DAY.since
    same = [Arrival(number, START + 500) for number in range(900, 900 + PAGE)]
    asked = 0

    def as_always(_: DayQuestion) -> Told:
        nonlocal asked
        asked += 1
        return Told(START + 1_000.0, 2 * PAGE, tuple(same[asked % 2 :] + same[: asked % 2]))

    course = PageWalk(roll).verify(1, 2)
    ask = next(course)
    with suppress(StopIteration):
        while True:
            ask = course.send(as_always(ask))
    assert asked == 2 + 2 * READINGS
    assert roll.torn == {START + 500}
    around = (Arrival(1, START + 400), *same[:20], Arrival(2, START + 600))
    roll.take(1, Told(START + 1_001.0, 2 * PAGE, around))
    assert not roll.torn
