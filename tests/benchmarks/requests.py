"""How many requests a minute one account costs by default: ten teams, ten inboxes, on a hurried clock."""

import asyncio
import random

from tests.benchmarks.hurry import HurriedClock
from tests.benchmarks.pty_meter import Ended
from tui.config.model import Account, Config, Environment, TokenSource
from tui.config.state import StateStore
from tui.figures import AccountRef
from tui.monitor.monitor import Monitor
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import Outline, make_world, origin_of, token_of
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT

OUTLINE = Outline(12345, "Support EU", "Europe/Berlin", 40, 10, 10, 150, 270)


def requests_a_minute(minutes: float) -> float:
    """Watch an account of the simulator for `minutes` of its time, once it has settled.

    On screen are the inboxes, and the agents that 50 lines hold with their own times.
    """
    return asyncio.run(_watch(minutes))


async def _watch(minutes: float) -> float:
    clock = HurriedClock()
    world = make_world("trial", LIVE_AGENT, [OUTLINE], clock, 7, 1.0)
    app = App(world)
    transport = SimulatorTransport(lambda _: app, clock)
    environment = Environment(
        "trial",
        origin_of("trial"),
        token=TokenSource(held=Secret(token_of("trial"))),
        accounts=(Account(OUTLINE.id),),
    )
    monitor = Monitor(
        Config(environments=(environment,)),
        clock,
        random.Random(7),
        state=StateStore(None),
        transport_for=lambda _: transport,
    )
    ref = AccountRef("trial", OUTLINE.id)
    await monitor.start()
    monitor.look_at(ref)
    monitor.visible(ref, inboxes=None)
    await clock.sleep(60)
    people = monitor.snapshot(ref).agents.items or ()
    monitor.visible(ref, inboxes=None, agents=[agent.id for agent in people[:37]], times=True)
    await clock.sleep(120)
    before = len(transport.requests)
    await clock.sleep(minutes * 60)
    count = len(transport.requests) - before
    await monitor.stop()
    if not count:
        raise Ended("The monitor asked nothing.")
    return count / minutes
