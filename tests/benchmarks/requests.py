"""What an account costs its server by default: requests and server time a minute, on a moved clock.

Prices are seconds of a real server under load. A page of conversations is priced by how many it
holds, as the server asks its database again for each: a full one costs 0.85, an empty one the three
counts that come with it and one look for the list. So is the list of agents; all else has one price a
call. The web page is priced by the same table, and reads no conversations.

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

import msgspec

from tests.benchmarks.pty_meter import Ended
from tests.big_world import ACCOUNT_ID, TOKEN, big_world
from tests.opened import opened
from tui.api.models import PAGE
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Targets, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountRef
from tui.monitor.monitor import Monitor
from tui.monitor.polling.plan import IDLE_AFTER
from tui.monitor.service.levels import Levels
from tui.redact import Secret
from tui.simulator.app import App, Request
from tui.simulator.demo import ENVIRONMENTS, Outline, make_world, origin_of, token_of
from tui.simulator.replies import Reply
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT, World

TEN = Outline(12345, "Support EU", "Europe/Berlin", 40, 10, 10, 150, 270)
SMALL = Outline(12345, "Support EU", "Europe/Berlin", 12, 4, 3, 30, 270)
DEMO = ENVIRONMENTS[0][2][0]
"""The account that the demo opens with."""

TARGET = 300.0
AGENTS_PAGE, MEMBERS, COUNTS, OTHER = 0.28, 0.2, 0.033, 0.02
"""Seconds a busy server takes for a whole call."""
AGENT = 0.43 / 312
"""The same for one agent in the list of all."""
EMPTY_PAGE = COUNTS * 4 / 3
CONVERSATION = (0.85 - EMPTY_PAGE) / PAGE
"""The same for a page without conversations, and for each of those on a page or asked for alone."""


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


class PricedCall(NamedTuple):
    """A call that was answered at `Clock.now` = `at`, and what a busy server takes for it."""

    at: float
    kind: str
    seconds: float


class BusyServer(App):
    """Keeps a price for each answer."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.answered: list[PricedCall] = []

    async def answer(self, request: Request) -> Reply:
        """What the server says, and what that costs it."""
        reply = await super().answer(request)
        priced = PricedCall(self.world.clock.now(), kind_of(request), seconds_of(request, reply))
        self.answered.append(priced)
        return reply


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


def cost_a_minute(watched: Watched, clock: ManualClock, minutes: float, *, service: bool = False) -> Cost:
    """Watch an account for `minutes` of its time, once it has settled and nobody touches a key.

    With `service` today's service level is read beside it, as the program does from its start on:
    that has settled after an hour.
    """
    return asyncio.run(_watch(watched, clock, minutes, service=service))


def web_page(watched: Watched) -> float:
    """Seconds of server time a minute of the web's own overview: its three calls, once a minute."""
    return COUNTS + AGENTS_PAGE + AGENT * watched.agents


async def _watch(watched: Watched, clock: ManualClock, minutes: float, *, service: bool) -> Cost:
    async with _watching(watched, clock, service=service) as (monitor, server):
        for _ in range(60 if service else 6):
            await _pass(clock, IDLE_AFTER / 5)
            _show(monitor, watched)
        server.answered.clear()
        await _pass(clock, minutes * 60)
        answered = server.answered
    if not answered:
        raise Ended("The monitor asked nothing.")
    return Cost(len(answered) / minutes, sum(call.seconds for call in answered) / minutes)


@asynccontextmanager
async def _watching(
    watched: Watched, clock: ManualClock, *, service: bool
) -> AsyncIterator[tuple[Monitor, BusyServer]]:
    """A monitor that has just begun to look at the account."""
    server = BusyServer(watched.world)
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
        transport_for=lambda _: SimulatorTransport(lambda _: server, clock),
    )
    await monitor.start()
    monitor.look_at(AccountRef("trial", watched.account))
    _show(monitor, watched)
    await opened(monitor)
    if service:
        monitor.beside(Levels(monitor, None).run(), "service level")
    yield monitor, server
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
    async with _watching(watched, clock, service=True) as (monitor, server):
        for _ in range(minutes * 60):
            await _pass(clock, 1.0)
            _show(monitor, watched)
    by_minute = [
        [call for call in server.answered if place * 60 <= call.at - began < (place + 1) * 60]
        for place in range(minutes)
    ]
    return [
        Minute(Counter(call.kind for call in calls), sum(call.seconds for call in calls))
        for calls in by_minute
    ]


def kind_of(request: Request) -> str:
    """What was asked, in words."""
    path, query = request.path.rstrip("/"), request.query
    if path.endswith("/conversations/meta"):
        for name, word in COUNTED.items():
            if name in query:
                return word
        return "counts"
    if path.endswith("/conversations"):
        if "/reports/" in path:
            return "loads, a page of agents" if query["type"] == ["agent"] else "report of the account"
        if query["status"] == ["all"]:
            return "conversations, all"
        return "conversations, queued" if "conversation_type" in query else "conversations, open"
    last = path.rpartition("/")[2]
    if last.isdigit():
        return "one conversation"
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
    kinds = sorted({kind for minute in minutes for kind in minute.kinds})
    lines = [["asked in minute", *(str(place) for place, _ in enumerate(minutes, 1))]]
    lines += [[kind, *(str(minute.kinds[kind] or "") for minute in minutes)] for kind in kinds]
    lines.append(["requests", *(str(minute.kinds.total()) for minute in minutes)])
    lines.append(["seconds of the server", *(f"{minute.seconds:.2f}" for minute in minutes)])
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
        teams=[team.id for team in teams[: watched.teams_in_view]],
        inboxes=[inbox.id for inbox in inboxes[: watched.inboxes_in_view]],
        scrolled=watched.teams_in_view != 0,
        agents=[agent.id for agent in (agents or ())[: watched.agents_in_view]],
        times=True,
    )


def seconds_of(request: Request, reply: Reply) -> float:
    """What a busy server takes for one call, as seen on a real one."""
    path = request.path.rstrip("/")
    if path.endswith("/conversations/meta"):
        return COUNTS
    if path.endswith("/reports/conversations"):
        return AGENTS_PAGE if request.query["type"] == ["agent"] else COUNTS
    if path.endswith("/conversations"):
        return EMPTY_PAGE + CONVERSATION * len(msgspec.json.decode(reply.body)["data"]["payload"])
    if path.endswith("/agents"):
        return AGENT * len(msgspec.json.decode(reply.body))
    if path.rpartition("/")[2].isdigit():
        return CONVERSATION
    return MEMBERS if path.endswith("/team_members") else OTHER


if __name__ == "__main__":
    moved = ManualClock()
    sys.stdout.write(table(first_minutes(large(moved), moved, 5)))
