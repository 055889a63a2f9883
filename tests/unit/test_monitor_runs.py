"""The whole monitor against the simulator, on a clock that moves only when told."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tests.opened import opened
from tui.api.errors import LiveAgentError
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountRef, Measure, ScopeKind, account
from tui.measures import STATUSES
from tui.monitor.directory import Membership
from tui.monitor.monitor import HealthState, Monitor
from tui.monitor.polling.plan import IDLE_AFTER
from tui.monitor.polling.schedule import IN_FLIGHT
from tui.monitor.reading import State
from tui.monitor.sources import conversation, conversations
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, Outline, make_world, origin_of, token_of
from tui.simulator.faults import Fault, Kind
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT, Flavour

NEAR = Outline(12345, "Support EU", "Europe/Berlin", 40, 10, 10, 150, 270)
FAR = Outline(12346, "Support US", "America/New_York", 12, 4, 3, 60, 120)
HERE = AccountRef("trial", 12345)
THERE = AccountRef("trial", 12346)
PATIENCE = 600.0
"""Seconds of the moved clock: whatever is waited for has come by then."""


class Bench:
    """A monitor, its clock, and the world it looks at."""

    def __init__(
        self,
        *outlines: Outline,
        token: TokenSource | None = None,
        budget: int = 60,
        flavour: Flavour = LIVE_AGENT,
        also: Iterable[str] = (),
        targets: Targets | None = None,
    ) -> None:
        """`also` are names of more environments with the same token at the same address."""
        self.clock = ManualClock()
        self.world = make_world("trial", flavour, list(outlines), self.clock, 7, 1.0)
        app = App(self.world)
        self.transport = SimulatorTransport(
            lambda _: app, self.clock, rng=random.Random(3), latency=(0.05, 0.3)
        )
        self.environment = Environment(
            "trial",
            origin_of("trial"),
            token=token or TokenSource(held=Secret(token_of("trial"))),
            accounts=(Account(outlines[0].id),),
            others=True,
            targets=targets,
        )
        self.monitor = Monitor(
            Config(
                environments=(
                    self.environment,
                    *(msgspec.structs.replace(self.environment, name=name) for name in also),
                ),
                refresh=Refresh(budget=budget),
            ),
            self.clock,
            random.Random(7),
            state=StateStore(None),
            transport_for=lambda _: self.transport,
        )

    async def run(self, seconds: float) -> None:
        """Let time pass; threads that open a session get real moments to do so."""
        await opened(self.monitor)
        left = seconds
        while left > 0:
            await self.clock.advance(min(left, 5.0), settle=30)
            left -= 5.0

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let time pass until this holds, in steps short enough to see what is under way then."""
        end = self.clock.now() + PATIENCE
        while not holds():
            assert self.clock.now() < end, "it did not come"
            await self.clock.advance(0.5, settle=30)

    async def open(self) -> None:
        await self.monitor.start()
        self.monitor.look_at(HERE)
        await self.run(0.01)

    def value(self, measure: Measure, ref: AccountRef = HERE) -> float | None:
        return self.monitor.snapshot(ref).reading(account(measure)).value

    def state(self, measure: Measure, ref: AccountRef = HERE) -> State:
        return self.monitor.snapshot(ref).reading(account(measure)).state(self.clock.now())

    def paths(self, since: float = 0.0) -> list[str]:
        return [asked.target for asked in self.transport.requests if asked.at >= since]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench(NEAR, FAR)
    await made.open()
    yield made
    await made.monitor.stop()


async def test_start_asks_for_what_the_panes_need_at_once_and_together(bench: Bench) -> None:
    first = [asked for asked in bench.transport.requests if asked.at == bench.transport.requests[0].at]
    assert {asked.path.rsplit("/", 1)[-1] for asked in first} == {"profile", "meta", "agents", "teams"}
    await bench.run(0.4)
    snapshot = bench.monitor.snapshot(HERE)
    assert snapshot.viewer is not None
    assert snapshot.viewer.id == ADMIN == snapshot.key.viewer_id
    assert snapshot.name == "Support EU"
    assert bench.state(Measure.UNASSIGNED) is State.LIVE
    assert bench.state(Measure.AGENTS_ONLINE) is State.LIVE
    assert len(snapshot.teams.items or ()) == 10


async def test_every_figure_is_one_the_server_held_since_it_was_asked(bench: Bench) -> None:
    await bench.run(400.0)
    snapshot = bench.monitor.snapshot(HERE)
    checked = Counter[ScopeKind]()
    for slot, reading in snapshot.readings.items():
        if reading.value is None or slot.measure not in {
            Measure.UNASSIGNED,
            Measure.OPEN,
            Measure.MINE,
            *map(Measure, STATUSES),
            Measure.QUEUED,
            Measure.AGENTS_ONLINE,
            Measure.AGENTS_BUSY,
        }:
            continue
        if slot.scope.kind is ScopeKind.AGENT:
            continue
        held = bench.world.held(12345, ADMIN, slot, reading.asked_wall, bench.clock.wall())
        assert reading.value in held, slot.name
        checked[slot.scope.kind] += 1
    assert checked[ScopeKind.ACCOUNT] >= 6
    assert checked[ScopeKind.STATUS] >= 3
    assert checked[ScopeKind.TEAM] == 20


async def test_ten_teams_and_ten_inboxes_cost_few_requests_a_minute(bench: Bench) -> None:
    await bench.run(120.0)
    started = bench.clock.now()
    await bench.run(1_200.0)
    asked = [
        request
        for request in bench.transport.requests
        if request.at >= started and request.account in {None, 12345}
    ]
    a_minute = Counter(int((request.at - started) // 60) for request in asked)
    assert max(a_minute.values()) <= 36
    assert len(asked) / 20 <= 26
    assert bench.transport.most_in_flight <= 4


async def test_inboxes_and_reports_are_asked_only_where_they_are_shown(bench: Bench) -> None:
    bench.monitor.visible(HERE, teams=(), scrolled=False, reports=False)
    await bench.run(30.0)
    since = bench.clock.now()
    await bench.run(300.0)
    assert not [
        path for path in bench.paths(since) if "inbox_id" in path or "team_id" in path or "reports" in path
    ]
    bench.monitor.visible(HERE, teams=(), inboxes=None)
    await bench.run(120.0)
    assert any("inbox_id" in path for path in bench.paths(since))


async def test_left_alone_it_looks_more_rarely_who_waits_but_when_somebody_may_wait_too_long() -> None:
    target = 300.0
    bench = Bench(msgspec.structs.replace(FAR, id=12345), targets=Targets(wait=target))
    await bench.open()
    await bench.run(IDLE_AFTER + 130.0)
    looks = {}
    for _ in range(300):
        await bench.run(5.0)
        reading = bench.monitor.snapshot(HERE).reading(account(Measure.LONGEST))
        looks[reading.asked_at] = reading.value or 0.0
    await bench.monitor.stop()
    gaps = [(later - at, target - looks[at] % target) for at, later in pairwise(looks)]
    assert all(gap <= max(60.0 * 1.1, till_over + 1.0) + 6.0 for gap, till_over in gaps)
    assert max(gap for gap, _ in gaps) > 100.0
    assert len(gaps) < 1_500.0 / 60.0 * 0.7


async def test_another_account_is_filed_apart_and_asked_at_once(bench: Bench) -> None:
    await bench.run(100.0)
    before = bench.monitor.snapshot(HERE)
    bench.transport.faults.add(Fault(kind=Kind.DELAY, account=12345, seconds=5.0))
    bench.monitor.refresh(HERE)
    await bench.run(0.1)
    bench.monitor.look_at(THERE)
    since = bench.clock.now()
    await bench.run(0.5)
    assert bench.state(Measure.OPEN, THERE) is State.LIVE
    assert bench.monitor.snapshot(THERE).key.account_id == 12346
    await bench.run(6.0)
    assert bench.state(Measure.AGENTS_ONLINE, THERE) is State.LIVE
    assert bench.monitor.snapshot(HERE).serial > before.serial
    late = [
        request for request in bench.transport.requests if request.at > since + 6 and request.account == 12345
    ]
    assert not [request for request in late if request.path.endswith("agents")]
    reading = bench.monitor.snapshot(THERE).reading(account(Measure.OPEN))
    held = bench.world.held(12346, ADMIN, account(Measure.OPEN), reading.asked_wall, bench.clock.wall())
    assert reading.value in held


async def test_counts_go_on_while_agents_and_profile_fail() -> None:
    bench = Bench(NEAR)
    for path in ("*/profile", "*/agents", "*/reports/*"):
        bench.transport.faults.add(Fault(kind=Kind.STATUS_HTML, status=500, path=path))
    await bench.open()
    await bench.run(120.0)
    assert bench.state(Measure.UNASSIGNED) is State.LIVE
    assert bench.state(Measure.AGENTS_ONLINE) is State.UNKNOWN
    assert bench.monitor.snapshot(HERE).key.viewer_id < 0
    assert bench.monitor.last_error(HERE) is not None
    bench.transport.faults.clear()
    await bench.run(180.0)
    assert bench.monitor.snapshot(HERE).key.viewer_id == ADMIN
    assert bench.state(Measure.AGENTS_ONLINE) is State.LIVE
    assert bench.monitor.last_error(HERE) is None
    await bench.monitor.stop()


async def test_a_server_that_fails_leaves_old_figures_stale_and_recovers(bench: Bench) -> None:
    await bench.run(20.0)
    known = bench.value(Measure.OPEN)
    bench.transport.faults.add(Fault(kind=Kind.STATUS_HTML, status=502))
    await bench.run(120.0)
    assert bench.value(Measure.OPEN) == known
    assert bench.state(Measure.OPEN) is State.STALE
    health = bench.monitor.health("trial")
    assert health.state is HealthState.BACKING_OFF
    assert health.message
    assert len(bench.paths(bench.clock.now() - 60.0)) <= 8
    bench.transport.faults.clear()
    bench.monitor.refresh(HERE)
    await bench.run(2.0)
    assert bench.monitor.health("trial").state is HealthState.OK
    assert bench.state(Measure.OPEN) is State.LIVE


async def test_a_429_silences_the_host_until_the_next_clock_minute(bench: Bench) -> None:
    await bench.run(65.0)
    bench.transport.faults.add(Fault(kind=Kind.RATE_LIMITED, times=1))
    await bench.run(16.0)
    assert bench.monitor.health("trial").state is HealthState.RATE_LIMITED
    limited = bench.clock.now()
    left = 60.0 - bench.clock.wall() % 60.0
    await bench.run(left - 0.5)
    assert not bench.paths(limited)
    await bench.run(15.0)
    assert bench.monitor.health("trial").state is HealthState.OK


async def test_a_dead_token_stops_the_asking_and_a_key_tries_once(bench: Bench) -> None:
    await bench.run(30.0)
    bench.transport.faults.add(Fault(kind=Kind.BAD_TOKEN))
    await bench.run(20.0)
    health = bench.monitor.health("trial")
    assert health.state is HealthState.DEAD_TOKEN
    assert "token" in health.message
    assert bench.monitor.snapshot(HERE).problem is not None
    since = bench.clock.now()
    await bench.run(200.0)
    assert not bench.paths(since)
    bench.monitor.refresh(HERE)
    await bench.run(1.0)
    assert len(bench.paths(since)) == 1
    bench.transport.faults.clear()
    bench.monitor.refresh(HERE)
    await bench.run(2.0)
    assert bench.monitor.health("trial").state is HealthState.OK
    assert bench.monitor.snapshot(HERE).problem is None


async def test_a_replaced_token_file_begins_a_session_and_late_answers_are_dropped(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token_of("trial") + "\n")
    bench = Bench(NEAR, token=TokenSource(file=str(file)))
    await bench.open()
    await bench.run(40.0)
    before = bench.monitor.client("trial")
    assert before is not None
    bench.transport.faults.add(Fault(kind=Kind.DELAY, seconds=9.0))
    file.write_text(token_of("trial", "agent") + "\n ")
    await bench.run(22.0)
    for _ in range(200):
        if bench.monitor.client("trial") is not before:
            break
        await asyncio.sleep(0.01)
    bench.transport.faults.clear()
    await bench.run(20.0)
    snapshot = bench.monitor.snapshot(HERE)
    assert snapshot.viewer is not None
    assert snapshot.viewer.name.startswith("Bruno")
    assert snapshot.key.viewer_id == snapshot.viewer.id
    assert {key.viewer_id for key in bench.monitor.store.accounts()} == {snapshot.viewer.id}
    await bench.monitor.stop()


async def test_a_missing_token_is_told_and_nothing_is_asked(tmp_path: Path) -> None:
    bench = Bench(NEAR, token=TokenSource(file=str(tmp_path / "none")))
    await bench.open()
    for _ in range(100):
        if bench.monitor.health("trial").state is HealthState.DEAD_TOKEN:
            break
        await asyncio.sleep(0.01)
    assert "token" in bench.monitor.health("trial").message
    error = bench.monitor.last_error(HERE)
    assert error is not None
    assert error.error.kind == "no_token"
    assert not bench.transport.requests
    with pytest.raises(LiveAgentError):
        await bench.monitor.ask(HERE, conversations())
    await bench.monitor.stop()


async def test_a_screen_asks_pages_and_one_conversation_first(bench: Bench) -> None:
    await bench.run(10.0)
    page = asyncio.create_task(bench.monitor.ask(HERE, conversations()))
    await bench.run(0.5)
    assert page.done()
    items = page.result().value.items
    assert items
    task = asyncio.create_task(bench.monitor.ask(HERE, conversation(items[0].id)))
    await bench.run(0.5)
    assert task.result().value.id == items[0].id
    missing = asyncio.create_task(bench.monitor.ask(HERE, conversation(999_999)))
    await bench.run(0.5)
    with pytest.raises(LiveAgentError):
        missing.result()
    assert bench.monitor.last_error(HERE) is None
    given_up = asyncio.create_task(bench.monitor.ask(HERE, conversations(page=2)))
    await asyncio.sleep(0)
    given_up.cancel()
    await bench.run(30.0)
    assert bench.monitor.health("trial").state is HealthState.OK


async def test_who_asks_while_the_same_is_on_its_way_is_told_what_was_asked_later(bench: Bench) -> None:
    await bench.run(10.0)
    bench.transport.faults.add(Fault(kind=Kind.DELAY, path="*/conversations", seconds=3.0))
    early = asyncio.create_task(bench.monitor.ask(HERE, conversations()))
    await bench.run(1.0)
    pressed = bench.clock.now()
    late = asyncio.create_task(bench.monitor.ask(HERE, conversations()))
    await bench.run(3.0)
    assert early.done()
    assert early.result().call.asked_at < pressed
    await bench.run(4.0)
    assert late.result().call.asked_at >= pressed
    given_up = asyncio.create_task(bench.monitor.ask(HERE, conversations()))
    await bench.run(1.0)
    given_up.cancel()
    since = bench.clock.now()
    again = asyncio.create_task(bench.monitor.ask(HERE, conversations()))
    await bench.run(8.0)
    assert again.result().call.asked_at >= since


async def test_paused_nothing_leaves_but_what_a_person_asks_for(bench: Bench) -> None:
    await bench.run(10.0)
    bench.monitor.pause()
    await bench.run(1.0)
    since = bench.clock.now()
    await bench.run(100.0)
    assert not bench.paths(since)
    assert bench.monitor.health("trial").state is HealthState.PAUSED
    assert bench.state(Measure.OPEN) is State.STALE
    bench.monitor.refresh(HERE)
    await bench.run(3.0)
    assert bench.state(Measure.OPEN) is State.LIVE
    bench.monitor.resume()
    await bench.run(3.0)
    assert bench.monitor.health("trial").state is HealthState.OK


async def test_the_other_account_is_counted_now_and_then(bench: Bench) -> None:
    await bench.run(300.0)
    assert bench.monitor.refs() == (HERE, THERE)
    assert bench.monitor.entry(THERE).status is Membership.MEMBER
    assert bench.state(Measure.UNASSIGNED, THERE) is State.LIVE
    assert bench.state(Measure.AGENTS_ONLINE, THERE) is State.LOADING
    asked = [request for request in bench.transport.requests if request.account == 12346]
    assert 4 <= len(asked) <= 7


async def test_one_message_a_turn_and_the_same_picture_until_it_changes(
    bench: Bench,
) -> None:
    await bench.run(5.0)
    heard: list[AccountRef] = []
    end = bench.monitor.listen(heard.append)
    assert bench.monitor.snapshot(HERE) is bench.monitor.snapshot(HERE)
    before = len(bench.transport.requests)
    await bench.run(60.0)
    assert heard
    assert len(heard) <= len(bench.transport.requests) - before + IN_FLIGHT
    end()
    heard.clear()
    await bench.run(20.0)
    assert not heard


async def test_an_agents_token_asks_for_a_refused_report_every_five_minutes() -> None:
    bench = Bench(NEAR, token=TokenSource(held=Secret(token_of("trial", "agent"))))
    await bench.open()
    await bench.run(600.0)
    refused = [request for request in bench.transport.requests if "/summary" in request.path]
    for target in {request.target for request in refused}:
        moments = [request.at for request in refused if request.target == target]
        assert all(later - former >= 300.0 for former, later in pairwise(moments)), target
    assert bench.state(Measure.TODAY) is State.NOT_PERMITTED
    assert bench.state(Measure.OPEN) is State.LIVE
    assert bench.monitor.last_error(HERE) is None
    await bench.monitor.stop()


async def test_after_a_suspend_the_screen_is_fresh_within_seconds(bench: Bench) -> None:
    await bench.run(60.0)
    bench.clock.leap(7_200.0)
    assert bench.state(Measure.OPEN) is State.STALE
    since = bench.clock.now()
    await bench.run(6.0)
    assert bench.state(Measure.OPEN) is State.LIVE
    assert bench.state(Measure.AGENTS_ONLINE) is State.LIVE
    await bench.run(6.0)
    asked = Counter(bench.paths(since))
    assert max(asked.values()) <= 2, "no burst of what was missed"


async def test_an_account_that_is_left_by_its_user_is_told_so(bench: Bench) -> None:
    await bench.run(10.0)
    bench.transport.faults.add(Fault(kind=Kind.NOT_A_MEMBER, account=12345))
    await bench.run(20.0)
    problem = bench.monitor.snapshot(HERE).problem
    assert problem is not None
    assert problem.error.kind == "not_a_member"
    since = bench.clock.now()
    await bench.run(120.0)
    assert not [
        request for request in bench.transport.requests if request.at > since and request.account == 12345
    ]
    assert bench.state(Measure.UNASSIGNED, THERE) is State.LIVE
