"""A viewer who sees more or less than a moment ago: the figures follow, and none of two reaches meet."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.unit.test_monitor_runs import FAR, HERE, NEAR, THERE, Bench
from tui.config.model import TokenSource
from tui.identity import AccountKey, AccountRef, Measure, account
from tui.monitor.directory import Membership
from tui.monitor.health import HealthState
from tui.monitor.reading import State, but_unseen
from tui.panes import fleet
from tui.panes.wall import wall
from tui.redact import Secret
from tui.simulator.demo import ADMIN, AGENT_VIEWER, token_of
from tui.simulator.faults import Fault, Kind
from tui.simulator.world import LIVE_AGENT

AGENT = ("agent",)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench(NEAR, FAR)
    await made.open()
    await made.run(20.0)
    yield made
    await made.monitor.stop()


def roles(bench: Bench, ref: AccountRef = HERE) -> tuple[str, ...]:
    viewer = bench.monitor.snapshot(ref).viewer
    assert viewer is not None
    return viewer.roles


def inboxes(bench: Bench) -> int:
    return len(bench.monitor.snapshot(HERE).inboxes.items or ())


async def test_a_lost_role_is_seen_within_a_minute_and_nothing_of_the_former_is_left(bench: Bench) -> None:
    before = bench.monitor.key(HERE)
    former = bench.value(Measure.OPEN)
    broke: list[tuple[AccountRef, AccountKey]] = []
    bench.monitor.listen_for_breaks(lambda ref, key: broke.append((ref, key)))
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1})
    await bench.run(60.0)
    assert roles(bench) == AGENT
    assert inboxes(bench) == 1
    key = bench.monitor.key(HERE)
    assert key != before
    assert key.is_settled
    assert broke == [(HERE, before)]
    assert before not in bench.monitor.store.accounts()
    truth = bench.world.truth(HERE.account_id, ADMIN)
    began = bench.clock.now() - 60.0
    for slot, reading in bench.monitor.snapshot(HERE).readings.items():
        assert reading.value is None or reading.asked_at >= began, slot.name
    assert bench.value(Measure.OPEN) != former
    assert abs((bench.value(Measure.OPEN) or 0) - truth[next(s for s in truth if s.name == "open")]) < 10


async def test_at_a_key_the_role_is_right_at_once(bench: Bench) -> None:
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1, 2})
    bench.monitor.refresh(HERE)
    await bench.run(5.0)
    assert roles(bench) == AGENT
    assert inboxes(bench) == 2


async def test_a_key_pressed_while_the_role_is_being_asked_for_asks_once_more(bench: Bench) -> None:
    bench.transport.faults.add(Fault(kind=Kind.SLOW, path="*/profile", seconds=3.0, size=50_000))
    bench.monitor.refresh(HERE)
    await bench.run(1.0)
    bench.transport.faults.clear()
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1, 2})
    bench.monitor.refresh(HERE)
    await bench.run(5.0)
    assert roles(bench) == AGENT


@pytest.mark.parametrize("ref", [HERE, THERE])
async def test_nothing_of_the_former_role_is_left_of_an_account_suspended_meanwhile(
    bench: Bench, ref: AccountRef
) -> None:
    former = bench.value(Measure.OPEN, ref)
    assert former
    bench.world.assign_role(ref.account_id, ADMIN, "agent", set())
    bench.world.set_suspended(ref.account_id, suspended=True)
    bench.monitor.refresh(HERE)
    await bench.run(5.0)
    assert bench.monitor.health_of(ref).state is HealthState.SUSPENDED
    assert roles(bench, ref) == AGENT
    seen = bench.monitor.seen(ref)
    assert seen is not None
    assert seen.reach.roles == AGENT
    assert bench.value(Measure.OPEN, ref) is None
    bench.world.set_suspended(ref.account_id, suspended=False)
    bench.monitor.refresh(ref)
    await bench.run(100.0)
    assert bench.monitor.health_of(ref).state is HealthState.OK
    assert bench.value(Measure.OPEN, ref) == 0


async def test_noughts_of_somebody_in_no_inbox_are_not_permitted_beside_other_accounts(bench: Bench) -> None:
    assert but_unseen(bench.monitor.snapshot(HERE)) is bench.monitor.snapshot(HERE)
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", set())
    bench.monitor.refresh(HERE)
    await bench.run(60.0)
    assert bench.value(Measure.OPEN) == 0
    shown, now = but_unseen(bench.monitor.snapshot(HERE)), bench.clock.now()
    for measure in (Measure.OPEN, Measure.UNASSIGNED, Measure.LONGEST):
        assert shown.reading(account(measure)).state(now) is State.NOT_PERMITTED, measure
    assert shown.reading(account(Measure.AGENTS_ONLINE)).state(now) is State.LIVE
    member = fleet.Member(bench.monitor.entry(HERE), shown, "badge", bench.monitor.health_of(HERE), None)
    (row,) = fleet.rows([member], now, bench.clock.wall())
    told = {column.key: cell.plain for column, cell in zip(fleet.COLUMNS, row.cells, strict=True)}
    assert [told[key] for key in ("unassigned", "longest", "open")] == ["—✗", "—✗", "—✗"]
    other = member._replace(entry=bench.monitor.entry(THERE), snapshot=bench.monitor.snapshot(THERE))
    sums = "".join(part.text for part in fleet.totals([member, other], now, 160))
    assert "1 of 2 known" in sums
    view = wall.TileView(now, bench.clock.wall(), None)
    tile = wall.tile(shown, ("unassigned", "agents_online"), view, title="Support EU")
    assert tile.shown[0].text == "—"
    assert tile.shown[0].note == "not permitted"
    assert tile.shown[1].text.isdecimal()


async def test_a_promotion_brings_the_reports_and_all_inboxes_within_a_minute() -> None:
    bench = Bench(NEAR, token=TokenSource(held=Secret(token_of("trial", "agent"))))
    await bench.open()
    await bench.run(20.0)
    assert bench.state(Measure.TODAY) is State.NOT_PERMITTED
    bench.world.assign_role(HERE.account_id, AGENT_VIEWER, "administrator")
    await bench.run(65.0)
    assert roles(bench) == ("administrator",)
    assert bench.state(Measure.TODAY) is State.LIVE
    assert inboxes(bench) == NEAR.inboxes
    await bench.monitor.stop()


async def test_another_set_of_inboxes_in_the_same_role_is_another_reach() -> None:
    bench = Bench(NEAR, token=TokenSource(held=Secret(token_of("trial", "agent"))))
    await bench.open()
    await bench.run(20.0)
    before = bench.monitor.key(HERE)
    bench.world.assign_role(HERE.account_id, AGENT_VIEWER, "agent", {2})
    await bench.run(60.0)
    assert bench.monitor.key(HERE) != before
    assert bench.monitor.key(HERE).is_settled
    assert [inbox.id for inbox in bench.monitor.snapshot(HERE).inboxes.items or ()] == [2]
    await bench.monitor.stop()


@pytest.mark.parametrize("shown", [HERE, THERE])
async def test_what_was_read_long_before_the_inboxes_were_told_is_of_no_reach(
    bench: Bench, shown: AccountRef
) -> None:
    bench.monitor.look_at(shown)
    bench.transport.faults.add(Fault(kind=Kind.CUT_JSON, path="*/inboxes"))
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1, 2})
    await bench.run(130.0)
    assert roles(bench) == AGENT
    assert not bench.monitor.key(HERE).is_settled
    assert bench.value(Measure.OPEN) is not None
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1})
    bench.transport.faults.clear()
    await bench.until(lambda: bench.monitor.key(HERE).is_settled)
    seen = bench.monitor.seen(HERE)
    assert seen is not None
    for slot, reading in bench.monitor.snapshot(HERE).readings.items():
        assert reading.value is None or reading.asked_at >= seen.known_since, slot.name
    await bench.run(70.0)
    assert bench.state(Measure.OPEN) is State.LIVE
    assert inboxes(bench) == 1
    assert len(bench.paths(bench.clock.now() - 60.0)) < 70


def keep_out(bench: Bench, word: HealthState, *, out: bool) -> None:
    """Suspend the account, or take the viewer out of it; or let it be as it was."""
    if word is HealthState.SUSPENDED:
        bench.world.set_suspended(HERE.account_id, suspended=out)
    else:
        bench.world.set_member(HERE.account_id, ADMIN, member=not out)


@pytest.mark.parametrize("word", [HealthState.SUSPENDED, HealthState.NOT_A_MEMBER])
async def test_an_account_that_was_gone_comes_back_by_itself_and_at_one_key(
    bench: Bench, word: HealthState
) -> None:
    keep_out(bench, word, out=True)
    await bench.run(40.0)
    assert bench.monitor.health_of(HERE).state is word
    problem = bench.monitor.last_error(HERE)
    assert problem is not None
    assert problem.retry_at is not None
    until = problem.retry_at - bench.clock.now()
    assert 0.0 <= until <= 60.0
    since = bench.clock.now()
    await bench.run(until + 1.0)
    assert bench.paths(since), "what is promised is kept"
    await bench.run(1_700.0)
    assert bench.monitor.health_of(HERE).state is word
    keep_out(bench, word, out=False)
    await bench.run(65.0)
    assert bench.monitor.health_of(HERE).state is HealthState.OK
    assert bench.state(Measure.OPEN) is State.LIVE
    keep_out(bench, word, out=True)
    await bench.run(40.0)
    assert bench.monitor.health_of(HERE).state is word
    keep_out(bench, word, out=False)
    bench.monitor.refresh(HERE)
    await bench.run(5.0)
    assert bench.monitor.health_of(HERE).state is HealthState.OK
    assert bench.state(Measure.OPEN) is State.LIVE


@pytest.mark.parametrize("word", [HealthState.SUSPENDED, HealthState.NOT_A_MEMBER])
@pytest.mark.parametrize("late", [2.0, 9.0, 18.0])
async def test_an_account_that_is_back_before_the_profile_is_answered_is_asked_at_once(
    bench: Bench, word: HealthState, late: float
) -> None:
    await bench.run(20.0)
    for _ in range(2):
        bench.transport.faults.add(Fault(kind=Kind.DELAY, path="*/profile", seconds=late))
        keep_out(bench, word, out=True)
        await bench.until(lambda: bench.monitor.health_of(HERE).state is word)
        assert bench.monitor.entry(HERE).status is Membership.MEMBER
        keep_out(bench, word, out=False)
        bench.transport.faults.clear()
        await bench.run(late + 5.0)
        assert bench.monitor.health_of(HERE).state is HealthState.OK
        assert bench.state(Measure.OPEN) is State.LIVE


@pytest.mark.parametrize("kind", [Kind.NOT_FOUND, Kind.SUSPENDED, Kind.NOT_A_MEMBER])
async def test_what_the_former_role_was_refused_late_keeps_nothing_from_the_new_one(
    bench: Bench, kind: Kind
) -> None:
    await bench.run(38.0)
    for fault in (kind, Kind.DELAY):
        bench.transport.faults.add(Fault(kind=fault, path="*/meta", account=HERE.account_id, seconds=19.0))
    counts = f"/api/v1/accounts/{HERE.account_id}/conversations/meta"
    await bench.until(lambda: counts in bench.paths(bench.clock.now() - 1.0))
    bench.transport.faults.clear()
    bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1, 2})
    await bench.until(lambda: roles(bench) == AGENT)
    assert bench.transport.in_flight, "the refusal is under way"
    await bench.run(25.0)
    assert bench.monitor.health_of(HERE).state is HealthState.OK
    assert bench.state(Measure.OPEN) is State.LIVE


@pytest.mark.parametrize("kind", [Kind.NOT_FOUND, Kind.SUSPENDED, Kind.NOT_A_MEMBER])
async def test_a_server_that_goes_on_contradicting_itself_is_asked_once_more_every_five_minutes(
    bench: Bench, kind: Kind
) -> None:
    await bench.run(20.0)
    bench.transport.faults.add(Fault(kind=kind, account=HERE.account_id))
    await bench.run(30.0)
    since = bench.clock.now()
    await bench.run(1_500.0)
    assert bench.monitor.health_of(HERE).state is HealthState(str(kind))
    asked = [
        request
        for request in bench.transport.requests
        if request.at >= since and request.account == HERE.account_id
    ]
    assert {request.target.rpartition("/")[2] for request in asked} == {"meta"}
    assert 5 <= len(asked) <= 10


async def test_an_account_that_nobody_looks_at_is_tried_every_five_minutes_for_ever(bench: Bench) -> None:
    await bench.run(70.0)
    bench.world.set_suspended(THERE.account_id, suspended=True)
    await bench.run(400.0)
    assert bench.monitor.health_of(THERE).state is HealthState.SUSPENDED
    assert bench.monitor.snapshot(THERE).reading(next(iter(_all()))).state(bench.clock.now()) is not None
    bench.monitor.look_at(None)
    since = bench.clock.now()
    await bench.run(3_000.0)
    assert sum("/profile" in path for path in bench.paths(since)) >= 9
    bench.world.set_suspended(THERE.account_id, suspended=False)
    await bench.run(400.0)
    assert bench.monitor.health_of(THERE).state is HealthState.OK


async def test_a_refused_token_costs_one_call_every_five_minutes_and_recovers_by_itself(bench: Bench) -> None:
    bench.transport.faults.add(Fault(kind=Kind.BAD_TOKEN))
    await bench.run(20.0)
    assert bench.monitor.health("trial").state is HealthState.DEAD_TOKEN
    since = bench.clock.now()
    await bench.run(3_000.0)
    assert 8 <= len(bench.paths(since)) <= 11
    problem = bench.monitor.last_error(HERE)
    assert problem is not None
    assert problem.retry_at is not None
    bench.transport.faults.clear()
    await bench.run(problem.retry_at - bench.clock.now() + 20.0)
    assert bench.state(Measure.OPEN) is State.LIVE


async def test_the_404_of_another_call_condemns_that_call_alone(bench: Bench) -> None:
    bench.transport.faults.add(Fault(kind=Kind.NOT_FOUND, path="*/agents"))
    await bench.run(120.0)
    assert bench.monitor.health_of(HERE).state is HealthState.OK
    assert bench.state(Measure.OPEN) is State.LIVE
    assert bench.monitor.snapshot(HERE).problem is None
    problem = bench.monitor.last_error(HERE)
    assert problem is not None
    assert problem.call == "agents"


@pytest.mark.parametrize("kind", [Kind.NOT_FOUND, Kind.SUSPENDED, Kind.NOT_A_MEMBER])
async def test_what_one_environment_is_answered_ends_what_its_twin_was_refused(kind: Kind) -> None:
    bench = Bench(NEAR, also=["twin"])
    await bench.open()
    await bench.run(20.0)
    bench.transport.faults.add(Fault(kind=kind, path="*/meta"))
    await bench.run(20.0)
    assert bench.monitor.health_of(HERE).state is HealthState(str(kind))
    assert bench.monitor.health_of(AccountRef("twin", HERE.account_id)).state is HealthState(str(kind))
    bench.transport.faults.clear()
    # It is in another tab: its next count is that of a minute, the refused one's that of five.
    await bench.run(45.0)
    for name in ("trial", "twin"):
        assert bench.monitor.health_of(AccountRef(name, HERE.account_id)).state is HealthState.OK
    assert bench.monitor.last_error(HERE) is None
    await bench.run(60.0)
    assert bench.state(Measure.OPEN) is State.LIVE
    await bench.monitor.stop()


@pytest.mark.parametrize("traceless", [True, False])
async def test_a_deleted_team_is_void_at_its_first_404(bench: Bench, traceless: bool) -> None:
    await bench.run(120.0)
    bench.world.delete_team(HERE.account_id, 3, traceless=traceless)
    await bench.run(75.0)
    snapshot = bench.monitor.snapshot(HERE)
    assert all(team.id != 3 for team in snapshot.teams.items or ())
    assert not [slot for slot in snapshot.readings if slot.scope.kind == "team" and slot.scope.id == "3"]
    assert bench.monitor.last_error(HERE) is None


@pytest.mark.parametrize("promoted", [False, True])
async def test_counts_from_before_and_after_a_change_do_not_show_that_a_filter_works(promoted: bool) -> None:
    """Open as an administrator, queued as an agent: fewer, though the server ignores the filter."""
    ignoring = msgspec.structs.replace(LIVE_AGENT, ignores_unattended=True)
    bench = Bench(NEAR, flavour=ignoring)
    if promoted:
        bench.world.assign_role(HERE.account_id, ADMIN, "agent", {1})
    await bench.open()
    await bench.run(1.0)
    role, began = "administrator" if promoted else "supervisor", bench.clock.now()
    bench.world.assign_role(HERE.account_id, ADMIN, role, {1})
    for _ in range(20):
        await bench.run(10.0)
        known, wall = bench.value(Measure.QUEUED), bench.clock.wall()
        if bench.clock.now() - began > 70.0 and known:
            since = wall - (bench.clock.now() - began)
            truth = bench.world.held(HERE.account_id, ADMIN, account(Measure.QUEUED), since, wall)
            assert known in truth
    await bench.monitor.stop()


def _all() -> list:  # type: ignore[type-arg]
    return [account(Measure.OPEN)]
