"""The judge sees a header, a figure, a team and a sample of a reach that is over."""

from typing import Any

import msgspec
import pytest

from tests.truth.bench import Tally
from tests.truth.drive import play
from tests.truth.plan import Assign, Belong, DeleteTeam, Lock, Meet, Press, Resize, Step, Swap, Wait
from tests.truth.record import AccountRecord
from tui.clock import ManualClock
from tui.identity import AccountKey, AccountRef, Measure, team
from tui.monitor.directory import Directory
from tui.monitor.polling.change_of_reach import ChangeOfReach
from tui.monitor.reach import Reaches
from tui.monitor.reading import Problem, Viewer
from tui.monitor.store import Store
from tui.simulator.demo import ADMIN, Demo, origin_of
from tui.simulator.faults import Fault, Kind

HERE = 12345
LESS = Assign(ADMIN, HERE, "agent", frozenset({1}))
MORE = Assign(ADMIN, HERE, "administrator", frozenset())
WAITS = team(3, Measure.LONGEST)
WIDE = Resize(200, 50)
"""Room for the role in the header."""
REFRESH = Press(("r",))


async def violations(*plan: Step) -> str:
    tally = Tally()
    assert await play([WIDE, Wait(15.0), *plan], tally)
    return "\n".join(tally.violations)


async def test_roles_memberships_and_teams_that_change_are_told_and_true() -> None:
    tally = Tally()
    gone: list[Step] = [Lock(HERE, True), Wait(31.0), Lock(HERE, False), REFRESH]
    out: list[Step] = [Belong(ADMIN, HERE, False), Wait(31.0), Belong(ADMIN, HERE, True), REFRESH]
    plan: list[Step] = [WIDE, Wait(15.0), LESS, Wait(64.0), MORE, REFRESH, Wait(6.0), *gone, Wait(6.0), *out]
    assert await play([*plan, DeleteTeam(HERE, 3, True), Wait(64.0), Wait(31.0)], tally) == []
    assert tally.seen["headers that must be right by now"]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (Kind.SUSPENDED, "*"),
        (Kind.NOT_A_MEMBER, "*/conversations/meta"),
        (Kind.NOT_FOUND, "*"),
        (Kind.ROLE, "*/conversations/meta"),
        (Kind.BOT_TOKEN, "*/conversations/meta"),
    ],
)
async def test_what_its_own_counts_refuse_holds_whatever_the_profile_says(kind: Kind, path: str) -> None:
    refused = Meet(Fault(kind=kind, path=path, account=HERE), 20.0)
    assert await play([Wait(6.0), refused, Wait(15.0), Wait(15.0), REFRESH, Wait(3.0)], Tally()) == []


async def test_a_token_refused_elsewhere_takes_no_word_on_an_account_back() -> None:
    """Two environments share the account: one is told that its user is no member, then the other of a bot."""
    silent = Meet(Fault(kind=Kind.UNPROCESSABLE, path="*/profile"), 150.0)
    bot = Meet(Fault(kind=Kind.BOT_TOKEN, path="*/conversations/meta", account=HERE), 150.0)
    twin: list[Step] = [Wait(64.0), Press(("E",)), Press(("E",)), Wait(64.0)]
    out = Belong(ADMIN, HERE, False)
    assert await play([*twin, silent, out, Wait(15.0), bot, Wait(31.0), Wait(31.0)], Tally()) == []


async def test_a_session_that_was_told_no_verdict_need_know_none() -> None:
    silent = [Meet(Fault(kind=Kind.UNPROCESSABLE, path="*/profile"), 120.0)]
    silent.append(Meet(Fault(kind=Kind.UNPROCESSABLE, account=204), 120.0))
    locked: list[Step] = [Press(("e",)), Wait(15.0), Lock(204, True), Wait(31.0), Wait(64.0)]
    assert (
        await play([WIDE, Wait(15.0), *locked, *silent, Swap("agent"), Wait(15.0), Wait(6.0)], Tally()) == []
    )


@pytest.mark.parametrize("seconds", [0.3, 2.0])
async def test_what_comes_slowly_has_been_said_once_all_of_it_has_come(seconds: float) -> None:
    slow = Meet(Fault(kind=Kind.SLOW, seconds=seconds, size=4_096), 150.0)
    late = Meet(Fault(kind=Kind.DELAY, path="*/profile", seconds=19.0), 150.0)
    locked: list[Step] = [Lock(HERE, True), REFRESH, Wait(1.0), Wait(0.6), Wait(3.0), Wait(31.0)]
    free: list[Step] = [Lock(HERE, False), REFRESH, Wait(1.0), Wait(31.0)]
    assert await play([Wait(6.0), slow, late, *locked, *free], Tally()) == []


async def test_a_refusal_that_its_own_counts_have_taken_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Store.account_problem

    def deaf(store: Store, key: AccountKey, problem: Problem | None) -> None:
        if problem is not None:
            honest(store, key, problem)

    monkeypatch.setattr(Store, "account_problem", deaf)
    refused = Meet(Fault(kind=Kind.SUSPENDED, path="*/conversations/meta"), 20.0)
    wrong = await violations(refused, Wait(15.0), Wait(15.0), REFRESH, Wait(3.0))
    assert "the header says suspended, the server has said ['ok']" in wrong


async def test_a_header_of_the_former_role_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Directory.viewer

    def deaf(directory: Directory, ref: AccountRef) -> Viewer | None:
        viewer = honest(directory, ref)
        return viewer and msgspec.structs.replace(viewer, roles=("administrator",))

    monkeypatch.setattr(Directory, "viewer", deaf)
    assert "the header says ['administrator'], the server has said" in await violations(LESS, Wait(64.0))


async def test_figures_of_the_former_reach_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangeOfReach, "begin_anew", lambda *_: None)
    monkeypatch.setattr(Reaches, "mark", lambda *_: "")
    assert "of reach" in await violations(Wait(15.0), LESS, REFRESH, Wait(3.0))


async def test_a_team_that_is_gone_and_still_counted_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "void", lambda *_: None)
    honest, listed = Store.put_list, list[str]()

    def once(store: Store, key: AccountKey, name: str, *told: Any) -> None:
        listed.append(name)
        if name != "teams" or listed.count(name) < 2:
            honest(store, key, name, *told)

    monkeypatch.setattr(Store, "put_list", once)
    shown = DeleteTeam(HERE, 1, True), Wait(64.0), Wait(64.0)
    assert "and the team is gone" in await violations(*shown)


async def test_a_sample_of_another_reach_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reaches, "mark", lambda *_: "agent 4")
    assert "the server held [] for agent 4" in await violations(Wait(64.0), Wait(31.0))


async def test_a_reach_that_came_and_went_between_two_looks_is_held_against_nobody() -> None:
    elsewhere: list[Step] = [Press(("E",)), Wait(64.0), Wait(64.0)]
    back: list[Step] = [Press(("E",)) for _ in range(4)]
    less: list[Step] = [Assign(ADMIN, HERE, "agent,supervisor", frozenset({1, 2, 3, 4})), Wait(64.0), MORE]
    tally = Tally()
    assert await play([Wait(6.0), *elsewhere, *less, Wait(64.0), *back, Wait(64.0)], tally) == []
    assert tally.seen["samples, exact"]


async def test_the_role_of_who_is_no_member_is_as_old_as_the_profile_that_says_so() -> None:
    tally = Tally()
    gone: list[Step] = [Belong(ADMIN, HERE, False), *[Wait(31.0)] * 4]
    assert await play([WIDE, Wait(6.0), *gone], tally) == []
    assert tally.seen["headers that must be right by now"]


def test_nobody_waits_in_a_team_from_the_moment_it_is_deleted() -> None:
    clock = ManualClock()
    world = Demo(clock=clock).world(origin_of("trial"))
    gone: dict[int, float] = {}
    record = AccountRecord(world, HERE, ADMIN, world.specs[HERE], gone)
    record.sample()
    since = world.moment()
    clock.leap(60.0)
    low, high = record.waits(WAITS, since) or (0.0, 0.0)
    gone[int(WAITS.scope.id)] = since + 30.0
    assert 0.0 < low < high
    assert record.waits(WAITS, since) == (0.0, high - 30.0)
    assert record.waits(WAITS, since, since + 20.0) == (low, high - 40.0)
