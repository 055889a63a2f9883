"""A name service or a proxy that hangs for ten minutes: figures come by themselves after it."""

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path

import httpcore
import pytest

from tests.contract.asking import TOKEN
from tests.contract.server import Asked, answer, raw_server
from tests.contract.test_lookups import HANGING, NameService, names, until, v4
from tui.api import network
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, TokenSource
from tui.config.state import load_state
from tui.identity import AccountRef, Measure, account
from tui.monitor.monitor import Monitor
from tui.redact import Secret

__all__ = ["names"]
REF = AccountRef("desk", 1)
HUNG = 600.0
STEP = 5.0
LONGEST_BACK_OFF = 132.0
"""Two minutes, and the tenth that spreads calls."""


async def figures(asked: Asked, writer: asyncio.StreamWriter) -> bool:
    bodies = {
        "/api/v1/profile": {"id": 7, "name": "Ada", "accounts": [{"id": 1, "name": "Desk", "role": "agent"}]},
        "/api/v1/accounts/1/conversations/meta": {"meta": {"all_count": 31, "unassigned_count": 11}},
    }
    path = asked.path.partition("?")[0]
    writer.write(answer(json.dumps(bodies.get(path[path.find("/api") :], {"payload": []}))))
    return True


async def no_answer(*_: object, **__: object) -> bytes:
    """What reading comes to when the time for an answer is over."""
    raise httpcore.ReadTimeout("")


def monitor_of(url: str, clock: ManualClock, tmp_path: Path, proxy: str = "none") -> Monitor:
    environment = Environment(
        name="desk", url=url, token=TokenSource(held=Secret(TOKEN)), accounts=(Account(id=1),), proxy=proxy
    )
    store = load_state(tmp_path / "state.toml")
    return Monitor(Config(environments=(environment,)), clock, random.Random(1), state=store)


async def passes(monitor: Monitor, clock: ManualClock, seconds: float, done: Callable[[], bool]) -> float:
    """Let time pass until `done`, with each call answered or given up before it goes on; how much passed."""
    passed = 0.0
    while passed < seconds and not done():
        await until(lambda: not any(poller._tasks for poller in monitor._pollers.values()))
        await clock.advance(STEP)
        passed += STEP
    return passed


def unassigned(monitor: Monitor) -> float | None:
    return monitor.snapshot(REF).reading(account(Measure.UNASSIGNED)).value


async def test_after_ten_minutes_of_a_hung_name_service_figures_come_by_themselves(
    names: NameService, tmp_path: Path
) -> None:
    async with raw_server(figures) as server:
        clock = ManualClock()
        monitor = monitor_of(f"http://{HANGING}:{server.port}", clock, tmp_path)
        await monitor.start()
        try:
            monitor.look_at(REF)
            await passes(monitor, clock, HUNG, lambda: False)
            assert unassigned(monitor) is None
            assert server.connections == 0
            names.hosts[HANGING] = [v4(server.port)]
            names.release()
            took = await passes(monitor, clock, 2 * HUNG, lambda: unassigned(monitor) == 11)
        finally:
            await monitor.stop()
    assert took <= LONGEST_BACK_OFF + 2 * STEP
    assert names.asked == [HANGING]


async def test_after_ten_minutes_of_a_hung_proxy_figures_come_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with raw_server(figures) as proxy:
        clock = ManualClock()
        monitor = monitor_of("http://desk.example", clock, tmp_path, proxy=f"http://127.0.0.1:{proxy.port}")
        try:
            with monkeypatch.context() as hangs:
                hangs.setattr(network.Stream, "read", no_answer)
                await monitor.start()
                monitor.look_at(REF)
                await passes(monitor, clock, HUNG, lambda: False)
                assert unassigned(monitor) is None
                assert 3 <= proxy.connections <= 60
            took = await passes(monitor, clock, 2 * HUNG, lambda: unassigned(monitor) == 11)
        finally:
            await monitor.stop()
    assert took <= LONGEST_BACK_OFF + 2 * STEP
