"""What an exporter of many accounts costs their server, and how often it asks each, on a moved clock.

`python -m tests.benchmarks.exporters [ACCOUNTS/BUDGET …]` prints a row for each; 1,000 take half an hour.
"""

import asyncio
import random
import sys
from typing import NamedTuple

from tests.benchmarks.requests import BusyServer
from tests.opened import opened
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import Measure
from tui.measures import ScopeKind
from tui.monitor.monitor import Monitor
from tui.monitor.service.levels import Levels
from tui.output.exporter import WHOLE, slowed, watch
from tui.redact import Secret
from tui.simulator.demo import Outline, make_world, origin_of, token_of
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT

CASES = ((10, 60), (100, 60), (1_000, 60))
"""Accounts of one address, and requests a minute."""
AGENTS, TEAMS, INBOXES = 12, 4, 3
FIRST = 10_001
SETTLED = 3_600
"""Seconds until the first round of lists, and the first reading of the day, is over."""
MEASURED = 600


class ExporterCost(NamedTuple):
    """Some minutes of an exporter."""

    accounts: int
    budget: int
    requests: float
    """A minute."""
    seconds: float
    """Of the server's time, a minute."""
    counts: float | None
    """Seconds between two counts of an account; None where they are not asked for."""
    waits: float | None
    """The same of its longest wait."""
    teams: float | None
    """The same of a team's counts."""
    day: float | None
    """Seconds from the start until today's service level is known of all; None where it is not read."""


def exported(accounts: int, budget: int, settled: int = SETTLED, measured: int = MEASURED) -> ExporterCost:
    """Export so many small accounts of one address for some minutes, once what is asked has settled."""
    return asyncio.run(_exported(accounts, budget, settled, measured))


async def _exported(accounts: int, budget: int, settled: int, measured: int) -> ExporterCost:
    clock = ManualClock()
    numbers = range(FIRST, FIRST + accounts)
    outlines = [
        Outline(number, f"Desk {number}", "Europe/Berlin", AGENTS, TEAMS, INBOXES, 30, 270)
        for number in numbers
    ]
    server = BusyServer(make_world("trial", LIVE_AGENT, outlines, clock, 7, 1.0))
    environment = Environment(
        "trial",
        origin_of("trial"),
        token=TokenSource(held=Secret(token_of("trial"))),
        accounts=tuple(map(Account, numbers)),
        targets=Targets(wait=300.0),
    )
    config = slowed(Config(environments=(environment,), refresh=Refresh(budget=budget)))
    monitor = Monitor(
        config,
        clock,
        random.Random(7),
        state=StateStore(None),
        transport_for=lambda _: SimulatorTransport(lambda _: server, clock),
        service_share=1 / WHOLE,
    )
    await monitor.start()
    monitor.beside(Levels(monitor, None, elsewhere=False).run(), "service level")
    await opened(monitor)
    known = None
    for second in range(settled):
        if not second % 10:
            watch(monitor)
        await clock.advance(1.0)
        if known is None and _day_is_known(monitor):
            known = float(second)
    server.answered.clear()
    for _ in range(measured):
        await clock.advance(1.0)
    answered = server.answered
    counts, waits, teams = (_period(monitor, kind, measure) for kind, measure in ASKED)
    await monitor.stop()
    minutes = measured / 60
    cost = sum(call.seconds for call in answered)
    return ExporterCost(
        accounts, budget, len(answered) / minutes, cost / minutes, counts, waits, teams, known
    )


def _day_is_known(monitor: Monitor) -> bool:
    """Whether all of today is read of every account."""
    levels = [monitor.snapshot(ref).service for ref in monitor.refs()]
    return bool(levels) and all(
        level is not None and level.today is not None and level.today.whole for level in levels
    )


ASKED = (
    (ScopeKind.ACCOUNT, Measure.UNASSIGNED),
    (ScopeKind.ACCOUNT, Measure.LONGEST),
    (ScopeKind.TEAM, Measure.UNASSIGNED),
)


def _period(monitor: Monitor, kind: ScopeKind, measure: Measure) -> float | None:
    """Seconds between two asks for a figure, as far as the budget has stretched them by now."""
    periods = [
        reading.period
        for ref in monitor.refs()
        for slot, reading in monitor.snapshot(ref).readings.items()
        if (slot.scope.kind, slot.measure) == (kind, measure)
    ]
    return max(periods, default=None)


HEAD = (
    "| accounts of one address | budget | requests a minute | server seconds a minute "
    "| counts every | longest wait every | counts of a team every | day known after |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def row(cost: ExporterCost) -> str:
    """As it stands in the docs."""
    periods = [
        "—" if period is None else f"{period:.0f} s" if period < 120 else f"{period / 60:.0f} min"
        for period in (cost.counts, cost.waits, cost.teams, cost.day)
    ]
    told = [cost.accounts, cost.budget, f"{cost.requests:.0f}", f"{cost.seconds:.1f}", *periods]
    return f"| {' | '.join(map(str, told))} |\n"


if __name__ == "__main__":
    sys.stdout.write(HEAD)
    chosen = [tuple(map(int, case.split("/"))) for case in sys.argv[1:]] or CASES
    for number, of_budget in chosen:
        sys.stdout.write(row(exported(number, of_budget)))
        sys.stdout.flush()
