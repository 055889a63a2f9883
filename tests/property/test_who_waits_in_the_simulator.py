"""A large account watched for twenty minutes: what is told of who waits, against what the world holds."""

import random
from typing import NamedTuple

import httpx
import pytest

from tests.big_world import ACCOUNT_ID, ADMIN_ID, TOKEN, big_world
from tests.opened import opened
from tests.truth.record import AccountRecord
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountRef, Measure, account
from tui.monitor.monitor import Monitor
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import origin_of
from tui.simulator.transport import SimulatorTransport

TARGET = 300.0
DAY = 86_400.0
REF = AccountRef("trial", ACCOUNT_ID)


class Truth(NamedTuple):
    waiting: int
    over: int
    longest: float


class Watching(SimulatorTransport):
    """Notes who waits in truth whenever the first page of a look is asked for, and how many pages are."""

    def __init__(self, app: App, clock: ManualClock, record: AccountRecord) -> None:
        super().__init__(lambda _: app, clock)
        self.record, self.clock = record, clock
        self.truths: dict[float, Truth] = {}
        self.pages: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        asked = self.clock.wall()
        answer = await super().handle_async_request(request)
        if "sort_by=sort_on_created_at" in target:
            self.pages.append("queued" if "unattended" in target else "open")
            if "page=1&" in target and "unattended" not in target:
                self.truths[asked] = self.truth()
        return answer

    def truth(self) -> Truth:
        """Who waits just now, backlog apart."""
        ledger = self.record.account.ledger
        beginnings = [
            self.record.waits_since(ledger.live[number], ledger.moment)
            for number, cell in ledger.now.items()
            if cell.status == "open"
        ]
        waits = [ledger.moment - since for since in beginnings if since is not None]
        waits = [wait for wait in waits if wait <= DAY]
        return Truth(len(waits), sum(wait > TARGET for wait in waits), max(waits, default=0.0))


@pytest.mark.parametrize(("standing", "hourly", "least"), [(900, 60.0, 0.4), (20, 60.0, 1.0)])
async def test_what_is_told_of_who_waits_is_exact_or_at_least(
    standing: int, hourly: float, least: float
) -> None:
    clock = ManualClock()
    world = big_world(clock, agents=30, teams=4, inboxes=3, conversations=standing, hourly=hourly)
    app = App(world)
    record = AccountRecord(world, ACCOUNT_ID, ADMIN_ID, world.specs[ACCOUNT_ID])
    transport = Watching(app, clock, record)
    environment = Environment(
        "trial",
        origin_of("trial"),
        token=TokenSource(held=Secret(TOKEN)),
        accounts=(Account(ACCOUNT_ID),),
        targets=Targets(wait=TARGET),
    )
    monitor = Monitor(
        Config(environments=(environment,)),
        clock,
        random.Random(7),
        state=StateStore(None),
        transport_for=lambda _: transport,
    )
    await monitor.start()
    monitor.look_at(REF)
    monitor.visible(REF, teams=[], inboxes=[], reports=False)
    await opened(monitor)
    judged, share = 0, 0.0
    for _ in range(20 * 6):
        await clock.advance(10.0)
        snapshot = monitor.snapshot(REF)
        readings = [snapshot.reading(account(measure)) for measure in FIGURES]
        truth = transport.truths.get(readings[0].asked_wall or 0.0)
        if truth is None or any(reading.value is None for reading in readings):
            continue
        judged += 1
        for reading, exact in zip(readings, truth, strict=True):
            assert reading.value is not None
            # The server tells whole seconds.
            assert reading.value <= exact + 1 if reading.at_least else abs(reading.value - exact) <= 1
        share = (readings[1].value or 0) / max(1, truth.over)
    pages = transport.pages[-6:]
    await monitor.stop()
    assert judged > 50
    assert share >= least
    assert ("queued" in pages) == (standing > 100)


FIGURES = (Measure.WAITING, Measure.OVER_TARGET, Measure.LONGEST)
