"""What an exporter of many accounts costs their server, and how old its figures get, on a moved clock.

`python -m tests.benchmarks.exporters [ACCOUNTS …]` prints a row for each number of accounts and budget.
"""

import asyncio
import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

from tests.benchmarks.requests import Watched, seconds_of
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import Measure, account, team
from tui.measures import ScopeKind
from tui.monitor.monitor import Monitor
from tui.output.exporter import slowed, watch
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import Outline, make_world, origin_of, token_of
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT

NUMBERS = (10, 100, 1_000)
BUDGETS = (60, 600)
AGENTS, TEAMS, INBOXES = 12, 4, 3
FIRST = 10_001
SETTLED = 900
"""Seconds until the first round of lists and of what goes on credit is over."""
MEASURED = 1_200


class Exported(NamedTuple):
    """An hour of an exporter."""

    accounts: int
    budget: int
    requests: float
    """A minute."""
    seconds: float
    """Of the server's time, a minute."""
    counts: float
    """The mean age of an account's counts, in seconds."""
    waits: float
    """The mean age of an account's longest wait."""
    teams: float | None
    """The mean age of a team's counts; None where they are not asked for."""


def exported(accounts: int, budget: int, settled: int = SETTLED, measured: int = MEASURED) -> Exported:
    """Export so many small accounts of one address for an hour, once what is asked has settled."""
    return asyncio.run(_exported(accounts, budget, settled, measured))


async def _exported(accounts: int, budget: int, settled: int, measured: int) -> Exported:
    clock = ManualClock()
    numbers = range(FIRST, FIRST + accounts)
    outlines = [
        Outline(number, f"Desk {number}", "Europe/Berlin", AGENTS, TEAMS, INBOXES, 30, 270)
        for number in numbers
    ]
    world = make_world("trial", LIVE_AGENT, outlines, clock, 7, 1.0)
    app = App(world)
    transport = SimulatorTransport(lambda _: app, clock)
    environment = Environment(
        "trial",
        origin_of("trial"),
        token=TokenSource(held=Secret(token_of("trial"))),
        accounts=tuple(map(Account, numbers)),
        targets=Targets(wait=300.0),
    )
    config = slowed(Config(environments=(environment,), refresh=Refresh(budget=budget)))
    monitor = Monitor(
        config, clock, random.Random(7), state=StateStore(None), transport_for=lambda _: transport
    )
    await monitor.start()
    for _ in range(5_000):
        if monitor.client("trial") is not None:
            break
        await asyncio.sleep(0.002)  # a thread opens the session
    watched = Watched(world, FIRST, token_of("trial"), AGENTS, None, None, 0)
    for second in range(settled):
        if not second % 10:
            watch(monitor)
        await clock.advance(1.0)
    transport.requests.clear()
    asked = cost = 0.0
    ages: dict[str, list[float]] = {"counts": [], "waits": [], "teams": []}
    for second in range(measured):
        await clock.advance(1.0)
        asked += len(transport.requests)
        cost += sum(seconds_of(one, watched) for one in transport.requests)
        transport.requests.clear()
        if not second % 60:
            watch(monitor)
            for name, age in _ages(monitor):
                ages[name].append(age)
    await monitor.stop()
    minutes = measured / 60
    counts, waits, teams = (sum(one) / len(one) if one else None for one in ages.values())
    return Exported(accounts, budget, asked / minutes, cost / minutes, counts or 0.0, waits or 0.0, teams)


def _ages(monitor: Monitor) -> Iterator[tuple[str, float]]:
    now = monitor.clock.now()
    for ref in monitor.refs():
        readings = monitor.snapshot(ref).readings
        for name, slot in (("counts", account(Measure.OPEN)), ("waits", account(Measure.LONGEST))):
            if slot in readings:
                yield name, readings[slot].age(now)
        for slot, reading in readings.items():
            if slot.scope.kind is ScopeKind.TEAM and slot == team(int(slot.scope.id), Measure.OPEN):
                yield "teams", reading.age(now)


def table(rows: list[Exported]) -> str:
    """As it stands in the docs."""
    lines = [
        "| accounts of one address | budget | requests a minute | server seconds a minute "
        "| mean age of counts | of waits | of a team's counts |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        teams = "not asked" if one.teams is None else f"{one.teams:.0f} s"
        lines.append(
            f"| {one.accounts} | {one.budget} | {one.requests:.1f} | {one.seconds:.1f} | {one.counts:.0f} s "
            f"| {one.waits:.0f} s | {teams} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    numbers = tuple(map(int, sys.argv[1:])) or NUMBERS
    sys.stdout.write(table([exported(one, budget) for one in numbers for budget in BUDGETS]))
