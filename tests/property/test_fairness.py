"""Whatever an account's size, what is on screen is known soon and never old, and the server is spared."""

import itertools
import math
import random
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.property.test_schedule import Run
from tui.monitor.calls import Ask, What
from tui.monitor.polling import plan
from tui.monitor.polling.budget import Priority, Want
from tui.monitor.polling.plan import Focus
from tui.monitor.polling.schedule import Schedule

SECONDS = {
    What.PROFILE: 0.02,
    What.AGENTS: 0.43,
    What.LONGEST: 0.85,
    What.TEAM_MEMBERS: 0.2,
    What.AGENT_LOADS: 0.28,
}
"""What a call takes a busy server, as seen on a real one; counts and all else take 33 ms."""
COUNT = 0.033
START = 1_000.0
ROWS = {What.TEAM_COUNTS, What.INBOX_COUNTS}


def seconds(ask: Ask) -> float:
    return SECONDS.get(ask.what, COUNT)


def account(
    teams: int,
    inboxes: int,
    agents: int,
    *,
    teams_in_view: int,
    inboxes_in_view: int,
    agents_in_view: int = 14,
) -> Focus:
    """An account as the dashboard shows it once its lists are known."""
    view = Focus(
        shown=True,
        teams=tuple(range(min(teams, teams_in_view))),
        inboxes=tuple(range(min(inboxes, inboxes_in_view))),
        team_ids=tuple(range(teams)),
        inbox_ids=tuple(range(inboxes)),
        people=agents,
        agents=tuple(range(min(agents, agents_in_view))),
        times=True,
        idle=True,
    )
    view.load_pages = {number: number // 25 + 1 for number in range(agents)}
    view.next_load_page = None
    return view


LARGE = account(60, 20, 312, teams_in_view=9, inboxes_in_view=8)


def played(view: Focus, minutes: float, *, budget: int = 60, seed: int = 1) -> tuple[Run, tuple[Want, ...]]:
    wants = (plan.profile("env", 1), *plan.foreground("env", 1, 1, view))
    schedule = Schedule(budget, random.Random(seed))
    schedule.want(wants, START)
    run = Run(schedule, seed, latency=seconds, now=START)
    for end in itertools.count(START + 60.0, 60.0):
        run.until(end)
        if end >= START + minutes * 60.0:
            return run, wants
    raise AssertionError


def visible(wants: tuple[Want, ...]) -> set[Ask]:
    return {want.ask for want in wants if want.priority is Priority.VISIBLE and want.ask.what in ROWS}


def test_every_row_on_screen_of_a_large_account_is_known_within_half_a_minute() -> None:
    run, wants = played(LARGE, 1.0)
    first = {ask: at for at, ask in reversed(run.left)}
    assert visible(wants)
    assert max(first[ask] for ask in visible(wants)) - START <= 30.0
    by_status = {want.ask for want in wants if want.ask.what in {What.STATUS_COUNTS, What.QUEUED}}
    assert max(first[ask] for ask in by_status) - START <= 30.0


def test_no_row_on_screen_of_a_large_account_is_older_than_a_minute() -> None:
    run, wants = played(LARGE, 10.0)
    for ask in visible(wants):
        assert run.longest_gap(ask, START, START + 120.0) <= 62.0, ask  # The burst of the start is repeated.
        assert run.longest_gap(ask, START + 120.0, run.now) <= 61.5, ask


def test_the_headline_keeps_its_period_while_a_large_account_fills() -> None:
    run, wants = played(LARGE, 3.0)
    counts = next(want.ask for want in wants if want.ask.what is What.COUNTS)
    assert run.longest_gap(counts, START, run.now) <= 15.0 * 1.1 + 1.0


def test_a_large_account_left_alone_costs_its_server_little() -> None:
    run, _ = played(LARGE, 15.0)
    late = [ask for at, ask in run.left if at >= START + 300.0]
    assert sum(map(seconds, late)) / 10.0 <= 2.5


@settings(max_examples=25, deadline=None)
@given(st.data(), st.booleans(), st.booleans(), st.integers(1, 12), st.sampled_from([5.0, 15.0, 60.0]))
def test_what_stays_the_same_is_asked_more_rarely_up_to_its_bound_and_never_a_row(
    data: st.DataObject, idle: bool, of_one_inbox: bool, pages: int, every: float
) -> None:
    view = account(12, 6, 90, teams_in_view=9, inboxes_in_view=5)
    view.idle, view.longest_pages, view.every = idle, pages, every
    view.inbox = 3 if of_one_inbox else None
    before = plan.foreground("env", 1, 1, view)
    times = st.integers(1, plan.MOST_ALIKE)
    view.heard = {want.ask: plan.Heard(7, data.draw(times)) for want in before}
    after = plan.foreground("env", 1, 1, view)
    assert [want.ask for want in before] == [want.ask for want in after]
    slower = max(1.0, every / 15.0)
    for was, now in zip(before, after, strict=True):
        what = now.ask.what
        if not idle or what in {*ROWS, What.COUNTS, What.QUEUED, What.AGENTS, What.INBOXES}:
            assert now.period == was.period
        assert was.period <= now.period <= max(was.period, what.call.rarest)
        if what in ROWS and now.priority is Priority.VISIBLE:
            assert now.period <= 60.0 * slower


def test_every_team_out_of_view_has_its_turn() -> None:
    run, _ = played(LARGE, 25.0)
    counted = Counter(ask for _, ask in run.left if ask.what is What.TEAM_COUNTS)
    assert len(counted) == 60
    assert min(counted.values()) >= 2


@pytest.mark.parametrize("rows", [2_000, 20_000])
def test_an_account_of_any_size_is_planned_within_bounds(rows: int) -> None:
    view = account(rows, rows, rows, teams_in_view=40, inboxes_in_view=40, agents_in_view=40)
    wants = plan.foreground("env", 1, 1, view)
    assert len(wants) <= 500
    assert visible(wants) == {
        *(Ask("env", 1, 1, What.TEAM_COUNTS, number) for number in range(40)),
        *(Ask("env", 1, 1, What.INBOX_COUNTS, number) for number in range(40)),
    }


sizes = st.integers(0, 80)


@example(35, 68, 0, 19, 18, 0)
@example(35, 68, 0, 19, 19, 0)
@settings(max_examples=12, deadline=None)
@given(sizes, sizes, st.integers(0, 400), st.integers(0, 20), st.integers(0, 20), st.integers(0, 99))
def test_nothing_on_screen_starves_whatever_else_there_is(
    teams: int, inboxes: int, agents: int, teams_in_view: int, inboxes_in_view: int, seed: int
) -> None:
    view = account(teams, inboxes, agents, teams_in_view=teams_in_view, inboxes_in_view=inboxes_in_view)
    run, wants = played(view, 6.0, seed=seed)
    stretched = max(run.schedule.period_of(ask) for ask in visible(wants)) if visible(wants) else 0.0
    for ask in visible(wants):
        # The burst of the start is waited for once, where more is wanted than the budget allows.
        assert run.longest_gap(ask, START, run.now) <= max(61.0, 1.8 * stretched), ask
        assert run.longest_gap(ask, START + 120.0, run.now) <= max(61.0, 1.6 * stretched), ask
    assert run.most_in_a_minute() <= 60
    assert all(math.isfinite(run.schedule.asked_at(want.ask)) for want in wants if want.period <= 120.0)
