"""Alerts never flap between their two limits, and count time in fresh data only."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_alerts import PERIOD, WAITING, Desk, rule

values = st.lists(st.one_of(st.none(), st.integers(0, 40)), max_size=60)
pauses = st.floats(1, 4 * PERIOD)


@given(values)
def test_no_flapping_between_the_limits(course: list[int | None]) -> None:
    desk = Desk(rule("unassigned > 20", "unassigned < 15"))
    firing = False
    for value in course:
        desk.see({WAITING: value})
        if value is not None and value > 20:
            firing = True
        elif value is not None and value < 15:
            firing = False
        assert bool(desk.texts()) is firing


@given(st.lists(st.integers(15, 40), min_size=1, max_size=60))
def test_above_the_lower_limit_it_fires_once_at_most(course: list[int]) -> None:
    desk = Desk(rule("unassigned > 20", "unassigned < 15"))
    for value in course:
        desk.see({WAITING: value})
    assert len(desk.alerts.active()) <= 1
    assert desk.alerts.past() == ()


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 40)), pauses), max_size=60), st.floats(0, 120))
def test_duration_counts_fresh_data_only(course: list[tuple[int | None, float]], lasting: float) -> None:
    desk = Desk(rule("unassigned > 20", "unassigned < 1", lasting=lasting))
    held: float | None = None
    last_known = 0.0
    firing = False
    for value, pause in course:
        desk.see({WAITING: value}, after=pause)
        if value is not None and value > 20:
            if held is None:
                held = 0.0
            elif desk.now - last_known <= 2 * PERIOD:
                held += desk.now - last_known
            last_known = desk.now
            firing = firing or held >= lasting
        elif value is not None:
            held = None
            firing = firing and value >= 1
        assert bool(desk.texts()) is firing


@given(values, st.lists(st.floats(2 * PERIOD + 0.1, 1_000), min_size=1, max_size=20))
def test_nothing_changes_while_the_data_is_stale(course: list[int | None], waits: list[float]) -> None:
    desk = Desk(rule("unassigned > 20", "unassigned < 15", lasting=20.0))
    for value in course:
        desk.see({WAITING: value})
    before = desk.alerts.active()
    for wait in waits:
        desk.now += wait
        desk.see({WAITING: None}, after=0)
    assert desk.alerts.active() == before
