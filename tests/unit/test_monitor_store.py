"""The store keeps the last good answer, says what failed since, and mixes nobody up."""

from typing import Any

import pytest

from tui.api.call import Answer, CallRecord
from tui.api.errors import LiveAgentError, NotPermittedError, ServerError
from tui.api.models import Agent, Team
from tui.identity import AccountKey, AccountRef, Measure, Slot, account, agent, team
from tui.monitor.reading import Problem, State, Viewer
from tui.monitor.store import Store

KEY = AccountKey("https://one.example", 1, 7)
UNKNOWN = AccountKey("https://one.example", 1, -3)
OTHER = AccountKey("https://one.example", 1, 8)
REF = AccountRef("trial", 1)
OPEN = account(Measure.OPEN)


def answer(value: Any = None, at: float = 100.0, lost: int = 0) -> Answer[Any]:
    return Answer(value, CallRecord("GET", "/x", at, 5_000.0 + at, at + 0.2, status=200), lost)


def problem(error: LiveAgentError | None = None, at: float = 120.0) -> Problem:
    return Problem(error or ServerError("It failed.", status=502), at, at + 2.0)


@pytest.fixture
def store() -> Store:
    return Store()


def value(store: Store, slot: Slot = OPEN, key: AccountKey = KEY) -> float | None:
    return store.snapshot(REF, key, "", None).reading(slot).value


def agents(*words: str | None) -> tuple[Agent, ...]:
    return tuple(Agent(number, f"A{number}", availability=word) for number, word in enumerate(words, 1))


def test_a_failure_keeps_the_last_good_value_and_is_told_beside_it(store: Store) -> None:
    store.put(KEY, {OPEN: 5}, answer(), 15.0)
    store.fail(KEY, problem(), slots=[OPEN])
    reading = store.snapshot(REF, KEY, "", None).reading(OPEN)
    assert reading.value == 5
    assert reading.problem is not None
    assert reading.state(129.0) is State.LIVE
    assert reading.state(131.0) is State.STALE
    store.put(KEY, {OPEN: 6}, answer(at=130.0), 15.0)
    assert store.snapshot(REF, KEY, "", None).reading(OPEN).problem is None


def test_what_is_not_permitted_shows_no_old_value(store: Store) -> None:
    store.put(KEY, {OPEN: 5}, answer(), 15.0)
    store.put_list(KEY, "teams", answer((Team(1, "A"),)), 300.0)
    store.fail(KEY, problem(NotPermittedError("No.")), slots=[OPEN], lists=["teams"])
    snapshot = store.snapshot(REF, KEY, "", None)
    assert snapshot.reading(OPEN).state(101.0) is State.NOT_PERMITTED
    assert snapshot.teams.items is None


def test_a_figure_the_answer_lacks_is_unknown_and_one_never_asked_is_loading(store: Store) -> None:
    store.put(KEY, {OPEN: None}, answer(), 15.0)
    snapshot = store.snapshot(REF, KEY, "", None)
    assert snapshot.reading(OPEN).state(101.0) is State.UNKNOWN
    assert snapshot.reading(account(Measure.MINE)).state(101.0) is State.LOADING


def test_a_figure_that_moved_is_marked_until_its_next_answer(store: Store) -> None:
    marks = []
    for at, number in ((100.0, 5), (115.0, 6), (130.0, 6)):
        store.put(KEY, {OPEN: number}, answer(at=at), 15.0)
        marks.append(store.snapshot(REF, KEY, "", None).reading(OPEN).changed)
    assert marks == [False, True, False]


def test_two_viewers_of_one_account_never_mix(store: Store) -> None:
    store.put(KEY, {OPEN: 261}, answer(), 15.0)
    store.put(OTHER, {OPEN: 132}, answer(), 15.0)
    assert (value(store), value(store, key=OTHER)) == (261, 132)
    store.keep_viewers(KEY.origin, [8])
    assert store.accounts() == (OTHER,)


def test_readings_of_an_unknown_viewer_are_adopted_and_the_newer_wins(store: Store) -> None:
    store.put(UNKNOWN, {OPEN: 10, account(Measure.MINE): 1}, answer(at=100.0), 15.0)
    store.put(KEY, {OPEN: 11}, answer(at=110.0), 15.0)
    store.adopt(UNKNOWN, KEY)
    assert (value(store), value(store, account(Measure.MINE))) == (11, 1)
    assert store.accounts() == (KEY,)
    assert store.known_as(UNKNOWN) == store.known_as(KEY) == KEY
    assert store.known_as(OTHER) == OTHER


def test_a_snapshot_is_made_once_for_each_change_and_stays_as_it_was(store: Store) -> None:
    store.put(KEY, {OPEN: 1}, answer(), 15.0)
    first = store.snapshot(REF, KEY, "One", None)
    assert store.snapshot(REF, KEY, "One", None) is first
    assert store.snapshot(REF, KEY, "One", Viewer(7, "Ada")) is not first
    store.put(KEY, {OPEN: 2}, answer(), 15.0)
    second = store.snapshot(REF, KEY, "One", None)
    assert second.serial > first.serial
    assert first.reading(OPEN).value == 1


def test_a_team_that_vanishes_takes_its_figures_and_members_along(store: Store) -> None:
    store.put_list(KEY, "teams", answer((Team(1, "A"), Team(2, "B"))), 300.0)
    store.put(KEY, {team(1, Measure.OPEN): 3, team(2, Measure.OPEN): 4}, answer(), 60.0)
    store.put_members(KEY, 2, answer(agents("online")), 900.0)
    store.put_list(KEY, "teams", answer((Team(1, "A"),), lost=1), 300.0)
    assert value(store, team(2, Measure.OPEN)) == 4, "one that could not be read may still be there"
    store.put_list(KEY, "teams", answer((Team(1, "A"),)), 300.0)
    assert value(store, team(2, Measure.OPEN)) is None
    assert value(store, team(1, Measure.OPEN)) == 3
    assert not store.members(KEY)


def test_members_online_are_as_old_as_the_oldest_and_stale_with_the_first(store: Store) -> None:
    slot = team(1, Measure.MEMBERS_ONLINE)
    store.put_members(KEY, 1, answer(agents("offline", "offline", None), at=100.0), 900.0)
    assert value(store, slot) is None
    store.put_list(KEY, "agents", answer(agents("online", "busy", "online"), at=200.0), 30.0)
    reading = store.snapshot(REF, KEY, "", None).reading(slot)
    assert reading.value == 2
    assert reading.asked_at == 100.0
    assert reading.state(259.0) is State.LIVE
    assert reading.state(261.0) is State.STALE, "the agents are older than two of their periods"
    assert value(store, team(1, Measure.MEMBERS)) == 3


def test_members_whom_a_list_lost_make_their_counts_at_least(store: Store) -> None:
    online, members = team(1, Measure.MEMBERS_ONLINE), team(1, Measure.MEMBERS)
    store.put_members(KEY, 1, answer(agents("offline", "online"), lost=1), 900.0)
    store.put_list(KEY, "agents", answer(agents("offline", "online")), 30.0)
    readings = store.readings(KEY)
    assert [(readings[slot].value, readings[slot].at_least) for slot in (online, members)] == [
        (1, True),
        (2, True),
    ]
    store.put_list(KEY, "agents", answer(agents("offline", "offline")), 30.0)
    assert store.readings(KEY)[online].value is None, "the one that could not be read may be online"


def test_a_member_who_is_lost_among_the_agents_may_be_online(store: Store) -> None:
    slot = team(1, Measure.MEMBERS_ONLINE)
    store.put_members(KEY, 1, answer(agents("offline", "offline")), 900.0)
    store.put_list(KEY, "agents", answer(agents("offline"), lost=1), 30.0)
    assert value(store, slot) is None
    store.put_list(KEY, "agents", answer(agents("online"), lost=1), 30.0)
    assert (value(store, slot), store.readings(KEY)[slot].at_least) == (1, True)
    store.put_list(KEY, "agents", answer(agents("offline", "offline"), lost=1), 30.0)
    reading = store.readings(KEY)[slot]
    assert (reading.value, reading.at_least) == (0, False), "all of its members could be read"


def test_listeners_hear_of_each_change_until_they_leave(store: Store) -> None:
    heard: list[AccountKey] = []
    leave = store.listen(heard.append)
    store.put(KEY, {OPEN: 1}, answer(), 15.0)
    store.account_problem(KEY, None)
    assert heard == [KEY]
    leave()
    store.put(KEY, {OPEN: 2}, answer(), 15.0)
    assert heard == [KEY]


def test_agents_figures_of_another_zones_day_are_another_state_of_the_people(store: Store) -> None:
    """Rows of agents are made anew where this differs: two environments may show one identity."""
    resolved = agent(1, Measure.RESOLUTIONS)
    store.days_of(KEY, "Europe/Berlin")
    store.put(KEY, {resolved: 149}, answer(), 120.0)
    here = store.snapshot(REF, KEY, "", None, "Europe/Berlin")
    there = store.snapshot(AccountRef("twin", 1), KEY, "", None, "Asia/Tokyo")
    assert here.reading(resolved).value == 149
    assert there.reading(resolved).value is None
    assert here.people != there.people
