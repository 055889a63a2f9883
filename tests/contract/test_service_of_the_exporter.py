"""Service level where no screen shows an account: read for the exporter, and counted as it is in truth."""

import asyncio
import random
from datetime import UTC

import pytest

from tests.contract.test_service_of_the_simulator import ACCOUNT, EVERY, ORIGIN, TARGET, world_of
from tests.opened import opened
from tests.service_truth import in_truth
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountRef
from tui.monitor.monitor import Monitor
from tui.monitor.service.completions import COMPLETE, CompletionsByKey
from tui.monitor.service.figures import WHOLE
from tui.monitor.service.intervals import day_of
from tui.monitor.service.levels import Levels
from tui.output.exporter import WHOLE as WHOLE_ACCOUNT
from tui.output.exporter import MetricsPage, slowed, watch
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT

pytest.importorskip("prometheus_client")

REF = AccountRef("here", ACCOUNT)
MORNING = 1_795_327_200.0
MINUTES = 25


@pytest.mark.parametrize("budget", [60, WHOLE_ACCOUNT, WHOLE_ACCOUNT - 1])
async def test_an_account_is_read_where_its_address_has_room_for_all_of_it(budget: int) -> None:
    clock = ManualClock(wall=MORNING)
    world = world_of(clock, LIVE_AGENT, "administrator")
    app = App(world)
    transport = SimulatorTransport(lambda _: app, clock, rng=random.Random(1))
    environment = Environment(
        "here", ORIGIN, timezone="UTC", token=TokenSource(held=Secret("token")), accounts=(Account(ACCOUNT),)
    )
    config = slowed(
        Config(environments=(environment,), targets=Targets(wait=TARGET), refresh=Refresh(budget=budget))
    )
    monitor = Monitor(
        config,
        clock,
        random.Random(7),
        state=StateStore(None),
        transport_for=lambda _: transport,
        service_share=1 / WHOLE_ACCOUNT,
    )
    completed = CompletionsByKey()
    await monitor.start()
    monitor.beside(Levels(monitor, None, completed.take, elsewhere=False).run(), "service level")
    await opened(monitor)
    began = world.moment()
    for _ in range(MINUTES * 12):
        watch(monitor)
        await clock.advance(5.0, settle=10)
    asked = [request for request in transport.requests if "status=all&sort_by" in request.target]
    counted = completed.of(monitor.key(REF))
    page = MetricsPage(monitor, completed, asyncio.get_running_loop())
    served = {metric.name for metric in await asyncio.to_thread(page.collect)}
    await monitor.stop()
    if budget < WHOLE_ACCOUNT:
        assert not asked
        assert counted is None
        assert "liveagent_conversations" not in served
        return
    assert counted is not None
    assert "liveagent_conversations" in served
    day = day_of(began, UTC).since
    truth = in_truth(world.account(ACCOUNT).ledger, EVERY, day, TARGET)[WHOLE].counts
    numbers = counted.counts[WHOLE]
    assert sum(numbers.values()) > 0
    assert all(numbers.get(state, 0) <= truth[state] for state in COMPLETE)
    if budget == 60:
        assert "liveagent_service_level_today_ratio" in served
