"""What an account costs its server by default: requests and server time a minute, on a moved clock.

`python -m tests.benchmarks.requests` prints what is asked of the large account in the first five
minutes, minute by minute.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.pty_meter import Ended
from tests.big_world import ACCOUNT_ID, TOKEN, big_world
from tests.opened import opened
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountRef
from tui.monitor.monitor import Monitor
from tui.monitor.polling.plan import IDLE_AFTER
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import ENVIRONMENTS, Outline, make_world, origin_of, token_of
from tui.simulator.transport import Asked, SimulatorTransport
from tui.simulator.world import LIVE_AGENT, World

TEN = Outline(12345, "Support EU", "Europe/Berlin", 40, 10, 10, 150, 270)
SMALL = Outline(12345, "Support EU", "Europe/Berlin", 12, 4, 3, 30, 270)
DEMO = ENVIRONMENTS[0][2][0]
"""The account that the demo opens with."""

TARGET = 300.0
PAGE, AGENTS_PAGE, MEMBERS, COUNTS, OTHER = 0.85, 0.28, 0.2, 0.033, 0.02
AGENT = 0.43 / 312
"""Seconds a busy server takes for one agent in the list of all; the others are for a whole call."""


class Watched(NamedTuple):
    """An account and how much of it is on screen; None shows all teams or inboxes."""

    world: World
    account: int
    token: str
    agents: int
    teams_in_view: int | None
    inboxes_in_view: int | None
    agents_in_view: int


class Cost(NamedTuple):
    """Of one minute."""

    requests: float
    seconds: float


def ten_of_each(clock: ManualClock, *, rows: bool = True) -> Watched:
    """Ten teams and ten inboxes, all on screen, or none of them."""
    shown = None if rows else 0
    world = make_world("trial", LIVE_AGENT, [TEN], clock, 7, 1.0)
    return Watched(world, TEN.id, token_of("trial"), TEN.agents, shown, shown, 37)


def small(clock: ManualClock) -> Watched:
    """Twelve agents, four teams, three inboxes, all on screen."""
    world = make_world("trial", LIVE_AGENT, [SMALL], clock, 7, 1.0)
    return Watched(world, SMALL.id, token_of("trial"), SMALL.agents, None, None, 12)


def demo(clock: ManualClock) -> Watched:
    """The demo's first account, as 120x40 shows it."""
    world = make_world("trial", LIVE_AGENT, [DEMO], clock, 7, 1.0)
    return Watched(world, DEMO.id, token_of("trial"), DEMO.agents, None, None, 19)


def large(clock: ManualClock) -> Watched:
    """312 agents, 60 teams, 20 inboxes and 20,000 conversations, as 120x40 shows them."""
    world = big_world(clock, agents=312, teams=60, inboxes=20, conversations=20_000, hourly=100.0)
    return Watched(world, ACCOUNT_ID, TOKEN, 312, 9, 8, 19)


def cost_a_minute(watched: Watched, clock: ManualClock, minutes: float) -> Cost:
    """Watch an account for `minutes` of its time, once it has settled and nobody touches a key."""
    return asyncio.run(_watch(watched, clock, minutes))


def web_page(watched: Watched) -> float:
    """Seconds of server time a minute of the web's own overview: its three calls, once a minute."""
    return COUNTS + AGENTS_PAGE + AGENT * watched.agents


async def _watch(watched: Watched, clock: ManualClock, minutes: float) -> Cost:
    async with _watching(watched, clock) as (monitor, transport):
        for _ in range(6):
            await _pass(clock, IDLE_AFTER / 5)
            _show(monitor, watched)
        began = clock.now()
        await _pass(clock, minutes * 60)
        asked = [one for one in transport.requests if one.at >= began]
        spent = (clock.now() - began) / 60
    if not asked:
        raise Ended("The monitor asked nothing.")
    return Cost(len(asked) / spent, sum(seconds_of(one, watched) for one in asked) / spent)


@asynccontextmanager
async def _watching(
    watched: Watched, clock: ManualClock
) -> AsyncIterator[tuple[Monitor, SimulatorTransport]]:
    """A monitor that has just begun to look at the account."""
    app = App(watched.world)
    transport = SimulatorTransport(lambda _: app, clock)
    environment = Environment(
        "trial",
        origin_of("trial"),
        token=TokenSource(held=Secret(watched.token)),
        accounts=(Account(watched.account),),
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
    monitor.look_at(AccountRef("trial", watched.account))
    _show(monitor, watched)
    await opened(monitor)
    yield monitor, transport
    await monitor.stop()


class Minute(NamedTuple):
    """What was asked in one minute after the start."""

    kinds: Counter[str]
    seconds: float


def first_minutes(watched: Watched, clock: ManualClock, minutes: int) -> list[Minute]:
    """What is asked from the start on, minute by minute."""
    return asyncio.run(_first_minutes(watched, clock, minutes))


async def _first_minutes(watched: Watched, clock: ManualClock, minutes: int) -> list[Minute]:
    began = clock.now()
    async with _watching(watched, clock) as (monitor, transport):
        for _ in range(minutes * 60):
            await _pass(clock, 1.0)
            _show(monitor, watched)
        asked = list(transport.requests)
    found = [
        [one for one in asked if place * 60 <= one.at - began < (place + 1) * 60] for place in range(minutes)
    ]
    return [
        Minute(Counter(map(kind_of, some)), sum(seconds_of(one, watched) for one in some)) for some in found
    ]


def kind_of(asked: Asked) -> str:
    """What was asked, in words."""
    path, query = asked.path.rstrip("/"), parse_qs(urlsplit(asked.target).query)
    if path.endswith("/conversations/meta"):
        for name, word in COUNTED.items():
            if name in query:
                return word
        return "counts"
    if path.endswith("/conversations"):
        if "/reports/" in path:
            return "loads, a page of agents" if query["type"] == ["agent"] else "report of the account"
        return "conversations, queued" if "conversation_type" in query else "conversations, open"
    last = path.rpartition("/")[2]
    return {"team_members": "members of a team", "summary": "reports", "reports": "reports"}.get(last, last)


COUNTED = {
    "team_id": "counts of a team",
    "inbox_id": "counts of an inbox",
    "conversation_type": "queued",
    "status": "statuses",
}


def table(minutes: Iterable[Minute]) -> str:
    """A line for each kind of call, a column for each minute."""
    minutes = list(minutes)
    kinds = sorted({kind for one in minutes for kind in one.kinds})
    lines = [["asked in minute", *(str(place) for place, _ in enumerate(minutes, 1))]]
    lines += [[kind, *(str(one.kinds[kind] or "") for one in minutes)] for kind in kinds]
    lines.append(["requests", *(str(one.kinds.total()) for one in minutes)])
    lines.append(["seconds of the server", *(f"{one.seconds:.2f}" for one in minutes)])
    return "".join(f"{line[0]:24}{''.join(f'{cell:>7}' for cell in line[1:])}\n" for line in lines)


async def _pass(clock: ManualClock, seconds: float) -> None:
    for _ in range(round(seconds)):
        await clock.advance(1.0)


def _show(monitor: Monitor, watched: Watched) -> None:
    ref = AccountRef("trial", watched.account)
    snapshot = monitor.snapshot(ref)
    teams, inboxes, agents = snapshot.teams.items or (), snapshot.inboxes.items or (), snapshot.agents.items
    monitor.visible(
        ref,
        teams=[one.id for one in teams[: watched.teams_in_view]],
        inboxes=[one.id for one in inboxes[: watched.inboxes_in_view]],
        scrolled=watched.teams_in_view != 0,
        agents=[one.id for one in (agents or ())[: watched.agents_in_view]],
        times=True,
    )


def seconds_of(asked: Asked, watched: Watched) -> float:
    """What a busy server takes for one call, as seen on a real one."""
    path = asked.path.rstrip("/")
    if path.endswith("/conversations/meta"):
        return COUNTS
    if path.endswith("/reports/conversations"):
        return AGENTS_PAGE if "type=agent" in asked.target else COUNTS
    if path.endswith("/conversations"):
        return PAGE
    if path.endswith("/agents"):
        return AGENT * watched.agents
    return MEMBERS if path.endswith("/team_members") else OTHER


if __name__ == "__main__":
    moved = ManualClock()
    sys.stdout.write(table(first_minutes(large(moved), moved, 5)))
