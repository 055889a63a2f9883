"""Service level beside all else that is asked: its figures, its pace, its restarts and its reach."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.contract.test_service_of_the_simulator import ACCOUNT, EVERY, ORIGIN, TARGET, world_of
from tests.opened import opened
from tests.service_truth import in_truth
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountKey, AccountRef, Measure, account, inbox
from tui.monitor.history.history import History
from tui.monitor.monitor import Monitor
from tui.monitor.polling.schedule import SERVICE_A_MINUTE
from tui.monitor.reading import State
from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.intervals import day_of
from tui.monitor.service.kept import kept_now, kept_quarters
from tui.monitor.service.level import ServiceLevel
from tui.monitor.service.levels import Levels
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.faults import Fault, Kind
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT

REF = AccountRef("here", ACCOUNT)
STEP = 2.5
MORNING = 1_795_327_200.0
"""Six in UTC: a few pages are the whole day."""


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(start <= at < start + 60.0 for at in times) for start in times)


class Bench:
    """The monitor with its service level on the simulator; time is moved by hand."""

    def __init__(self, wait: float | None = 300.0, *, elsewhere: str = "") -> None:
        """`elsewhere` is the time zone of another environment with the same token, if there is one."""
        self.clock = ManualClock(wall=MORNING)
        self.world = world_of(self.clock, LIVE_AGENT, "administrator")
        app = App(self.world)
        self.transport = SimulatorTransport(lambda _: app, self.clock, rng=random.Random(1))
        self.history = History(None, self.clock)
        self.config = Config(
            environments=(
                Environment(
                    "here",
                    ORIGIN,
                    timezone="UTC",
                    token=TokenSource(held=Secret("token")),
                    accounts=(Account(ACCOUNT),),
                ),
            ),
            targets=Targets(wait=wait, service_level=80.0),
        )
        if elsewhere:
            (here,) = self.config.environments
            there = msgspec.structs.replace(here, name="there", timezone=elsewhere)
            self.config = msgspec.structs.replace(self.config, environments=(here, there))
        self.truths: list[tuple[float, dict[PartOfAccount, Tally]]] = []

    @asynccontextmanager
    async def monitor(self) -> AsyncIterator[Monitor]:
        made = Monitor(
            self.config,
            self.clock,
            random.Random(7),
            state=StateStore(None),
            transport_for=lambda _: self.transport,
        )
        await made.start()
        made.look_at(REF)
        made.beside(Levels(made, self.history).run(), "service level")
        try:
            yield made
        finally:
            await made.stop()

    async def run(self, monitor: Monitor, seconds: float, step: float = STEP) -> None:
        """Let time pass; threads, of sessions and of the history, get real moments."""
        await opened(monitor)
        ends = self.clock.now() + seconds
        while self.clock.now() < ends:
            await self.clock.advance(step, settle=10)
            await self.history.flush()
            since = day_of(self.world.moment(), UTC).since
            ledger = self.world.account(ACCOUNT).ledger
            self.truths.append((self.world.moment(), in_truth(ledger, EVERY, since, TARGET)))

    def asked(self, since: float = 0.0) -> list[str]:
        """What was asked for service level, and when it left."""
        targets = (request for request in self.transport.requests if request.at >= since)
        return [
            request.target
            for request in targets
            if "status=all" in request.target and "sort_by" in request.target
        ]

    def agrees(self, level: ServiceLevel, now: float) -> None:
        """Every count of it was true at some moment since the look began."""
        today = level.today
        assert today is not None
        assert today.whole
        during = [tallies for at, tallies in self.truths if today.as_of - STEP <= at <= now]
        for part in (WHOLE, *(PartOfAccount("inbox", number) for number in EVERY)):
            for state, number in today.parts[part].counts.items():
                true = [truth[part].counts[state] for truth in during]
                assert min(true) <= number <= max(true), (part, state)


async def test_the_day_and_its_half_hour_are_known_and_true() -> None:
    bench = Bench()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 300.0)
        snapshot = monitor.snapshot(REF)
        level = snapshot.service
        assert level is not None
        assert level.goal == 80.0
        bench.agrees(level, bench.world.moment())
        assert level.today is not None
        for slot, tallies in (
            (account(Measure.SERVICE_LEVEL), level.today.recent),
            (account(Measure.SERVICE_LEVEL_TODAY), level.today.parts),
        ):
            reading, share = snapshot.reading(slot), tallies[WHOLE].level()
            assert reading.state(bench.clock.now()) is State.LIVE
            assert share is not None
            assert reading.value == 100.0 * share
        assert snapshot.reading(inbox(1, Measure.SERVICE_LEVEL_TODAY)).value is not None


async def test_it_stays_behind_all_else_and_within_its_pace() -> None:
    bench = Bench()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 180.0)
        mine = [request.at for request in bench.transport.requests if "status=all&sort_by" in request.target]
        every = [request.at for request in bench.transport.requests]
        assert most_in_a_minute(mine) <= SERVICE_A_MINUTE
        assert most_in_a_minute(every) <= bench.config.refresh.budget
        counts = [
            request.at
            for request in bench.transport.requests
            if request.target.endswith("conversations/meta")
        ]
        assert max(later - sooner for sooner, later in pairwise(counts)) < 20.0


async def test_after_a_restart_what_was_complete_is_not_read_again() -> None:
    bench = Bench()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 300.0)
        first = len(bench.asked())
    again = bench.clock.now()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 300.0)
        level = monitor.snapshot(REF).service
        assert level is not None
        bench.agrees(level, bench.world.moment())
    assert len(bench.asked(again)) < first


async def test_another_reach_begins_anew() -> None:
    bench = Bench()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 300.0)
        whole = monitor.key(REF)
        bench.world.assign_role(ACCOUNT, 1, "agent", inboxes=frozenset({1}))
        await bench.run(monitor, 90.0)
        now = monitor.snapshot(REF)
        assert now.key != whole
        assert now.service is None or now.service.today is None or now.service.today.as_of > 0
        await bench.run(monitor, 300.0)
        level = monitor.snapshot(REF).service
        assert level is not None
        assert level.today is not None
        inboxes = {part.number for part in level.today.parts if part.kind == "inbox"}
        assert inboxes == {1}


async def test_nothing_is_kept_that_was_read_after_the_reach_was_last_confirmed() -> None:
    bench = Bench()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 1_300.0, 10.0)
        whole = monitor.key(REF)
        sure = await _kept_of(bench, whole)
        assert sure
        for path in ("*/profile", "*/inboxes", "*/agents"):
            bench.transport.faults.add(Fault(kind=Kind.CUT_JSON, path=path))
        bench.world.assign_role(ACCOUNT, 1, "agent", inboxes=frozenset({1}))
        await bench.run(monitor, 2_700.0, 20.0)
        assert monitor.key(REF) == whole
        assert await _kept_of(bench, whole) > sure, "the next quarters are complete"
        bench.transport.faults.clear()
        await bench.run(monitor, 130.0)
        assert monitor.key(REF) != whole
        assert await _kept_of(bench, whole) <= sure
        day = day_of(bench.world.moment(), UTC)
        assert await bench.history.ask(lambda connection: kept_now(connection, whole, day)) is None


async def _kept_of(bench: Bench, key: AccountKey) -> set[int]:
    """When the intervals begin that are kept of the day."""
    day = day_of(bench.world.moment(), UTC)
    return set(await bench.history.ask(lambda connection: kept_quarters(connection, key, day)))


async def test_without_a_target_nothing_is_judged() -> None:
    bench = Bench(wait=None)
    async with bench.monitor() as monitor:
        await bench.run(monitor, 300.0)
        snapshot = monitor.snapshot(REF)
        assert snapshot.service is not None
        assert snapshot.reading(account(Measure.SERVICE_LEVEL_TODAY)).value is None


async def test_a_server_that_fails_leaves_the_last_figure_and_its_age() -> None:
    bench = Bench()
    async with bench.monitor() as monitor:
        await bench.run(monitor, 300.0)
        before = monitor.snapshot(REF).reading(account(Measure.SERVICE_LEVEL_TODAY))
        bench.transport.faults.add(Fault(kind=Kind.STATUS_JSON, path="*/conversations"))
        await bench.run(monitor, 2_100.0, 20.0)
        after = monitor.snapshot(REF).reading(account(Measure.SERVICE_LEVEL_TODAY))
        assert after.value == before.value
        assert after.state(bench.clock.now()) is State.STALE
        assert after.problem is not None


async def test_another_zone_s_day_never_stands_as_this_one_s() -> None:
    bench = Bench(elsewhere="Asia/Tokyo")
    there = AccountRef("there", ACCOUNT)
    async with bench.monitor() as monitor:
        await bench.run(monitor, 400.0)
        here = monitor.snapshot(REF).service
        assert here is not None
        assert here.today is not None
        assert here.today.day == day_of(bench.world.moment(), UTC)
        assert monitor.snapshot(there).service is None
        assert monitor.snapshot(there).reading(account(Measure.SERVICE_LEVEL_TODAY)).value is None
        monitor.look_at(there)
        await bench.run(monitor, 600.0)
        tokyo = monitor.snapshot(there).service
        assert tokyo is not None
        assert tokyo.today is not None
        assert tokyo.today.day == day_of(bench.world.moment(), ZoneInfo("Asia/Tokyo"))
        assert monitor.snapshot(REF).service is None


@pytest.mark.parametrize(
    "kind", [Kind.NOT_FOUND, Kind.UNPROCESSABLE, Kind.HTML_200, Kind.REDIRECT, Kind.STATUS_JSON]
)
async def test_hours_that_failed_to_come_are_not_taken_for_none(kind: Kind) -> None:
    bench = Bench()
    bench.transport.faults.add(Fault(kind=kind, path="*/inboxes", end=bench.clock.now() + 200.0))
    async with bench.monitor() as monitor:
        await bench.run(monitor, 190.0)
        assert monitor.snapshot(REF).service is None
        await bench.run(monitor, 600.0)
        level = monitor.snapshot(REF).service
        assert level is not None
        bench.agrees(level, bench.world.moment())


async def test_without_permission_for_the_inboxes_the_hours_are_assumed_and_that_is_told() -> None:
    bench = Bench()
    bench.transport.faults.add(Fault(kind=Kind.ROLE, path="*/inboxes"))
    async with bench.monitor() as monitor:
        await bench.run(monitor, 600.0)
        level = monitor.snapshot(REF).service
        assert level is not None
        assert level.today is not None
        assert level.today.rules.assumed
