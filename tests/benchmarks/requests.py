"""What an account costs its server by default: requests and server time a minute, on a moved clock."""

import asyncio
import random
from typing import NamedTuple

from tests.benchmarks.pty_meter import Ended
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, TokenSource
from tui.config.state import StateStore
from tui.figures import AccountRef
from tui.monitor.monitor import Monitor
from tui.monitor.plan import IDLE_AFTER
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import Outline, make_world, origin_of, token_of
from tui.simulator.scale import ACCOUNT_ID, TOKEN, big_world
from tui.simulator.transport import Asked, SimulatorTransport
from tui.simulator.world import LIVE_AGENT, World

TEN = Outline(12345, "Support EU", "Europe/Berlin", 40, 10, 10, 150, 270)
SMALL = Outline(12345, "Support EU", "Europe/Berlin", 12, 4, 3, 30, 270)

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
    app = App(watched.world)
    transport = SimulatorTransport(lambda _: app, clock)
    environment = Environment(
        "trial",
        origin_of("trial"),
        token=TokenSource(held=Secret(watched.token)),
        accounts=(Account(watched.account),),
    )
    monitor = Monitor(
        Config(environments=(environment,)),
        clock,
        random.Random(7),
        state=StateStore(None),
        transport_for=lambda _: transport,
    )
    ref = AccountRef("trial", watched.account)
    await monitor.start()
    monitor.look_at(ref)
    _show(monitor, ref, watched)
    for _ in range(5_000):
        if monitor.health(ref.environment).message != "Connecting.":
            break
        await asyncio.sleep(0.002)  # a thread opens the session
    for _ in range(6):
        await _pass(clock, IDLE_AFTER / 5)
        _show(monitor, ref, watched)
    began = clock.now()
    await _pass(clock, minutes * 60)
    asked = [one for one in transport.requests if one.at >= began]
    spent = (clock.now() - began) / 60
    await monitor.stop()
    if not asked:
        raise Ended("The monitor asked nothing.")
    return Cost(len(asked) / spent, sum(_seconds(one, watched) for one in asked) / spent)


async def _pass(clock: ManualClock, seconds: float) -> None:
    for _ in range(round(seconds)):
        await clock.advance(1.0)


def _show(monitor: Monitor, ref: AccountRef, watched: Watched) -> None:
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


def _seconds(asked: Asked, watched: Watched) -> float:
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
