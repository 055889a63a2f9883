"""What the answers of a server tell of its clock, the slow ones and the quick."""

import math
from email.utils import formatdate

from hypothesis import given
from hypothesis import strategies as st

from tui.api.server_clock import Ahead, ServerClock

WALL = 1_795_356_000.0


def heard(clock: ServerClock, at: float, *, ahead: float, took: float, share: float = 0.5) -> Ahead:
    """Ask at `at`, of a server so far ahead that dates its answer after a `share` of the time it took."""
    date = formatdate(math.floor(WALL + at + ahead + took * share), usegmt=True)
    told = clock.heard({"date": date}, at, WALL + at, at + took)
    assert told is not None
    return told


ANSWERS = st.lists(st.tuples(st.floats(0, 3_600), st.floats(0, 30), st.floats(0, 1)), min_size=1, max_size=20)


@given(answers=ANSWERS, ahead=st.floats(-7_200, 7_200))
def test_the_server_is_as_far_ahead_as_told_within_what_is_unsure(
    answers: list[tuple[float, float, float]], ahead: float
) -> None:
    clock, at = ServerClock(), 0.0
    for pause, took, share in answers:
        at += pause
        told = heard(clock, at, ahead=ahead, took=took, share=share)
        at += took
        assert abs(told.seconds - ahead) <= told.unsure + 0.001
        assert told.unsure <= (took + 1) / 2 + 0.001


def test_a_quick_answer_lends_what_it_told_to_a_slow_one() -> None:
    clock = ServerClock()
    heard(clock, 0.0, ahead=-120.0, took=0.2)
    told = heard(clock, 60.0, ahead=-120.0, took=400.0, share=0.0)
    assert abs(told.seconds + 120.0) < 1.0
    assert told.unsure < 1.0


def test_this_machines_clock_set_between_two_answers_takes_nothing_from_what_they_told() -> None:
    clock = ServerClock()
    heard(clock, 0.0, ahead=0.0, took=0.2)
    date = formatdate(WALL + 60, usegmt=True)
    told = clock.heard({"date": date}, 60.0, WALL + 60 + 120, 60.0 + 30.0)
    assert told is not None
    assert abs(told.seconds + 120.0) < 1.0


def test_a_server_whose_clock_is_set_is_believed_at_its_next_answer() -> None:
    clock = ServerClock()
    heard(clock, 0.0, ahead=0.0, took=0.2)
    assert abs(heard(clock, 60.0, ahead=300.0, took=0.2).seconds - 300.0) < 1.0
