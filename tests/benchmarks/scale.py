"""The real app on an account of 2,000 agents, 200 teams and 50 inboxes: answer to frame, and stalls.

The server is a process of its own, spoken to over TCP; run as a program, this file is that server.
"""

import asyncio
import contextlib
import gc
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

from tests.benchmarks.hurry import HurriedClock
from tests.big_world import ACCOUNT_ID, TOKEN, big_world
from tui.app.app import LiveAgentApp
from tui.app.screens_on_demand import Start
from tui.clock import SystemClock
from tui.config.model import Account, Config, Environment, Refresh, TokenSource
from tui.config.preferences import Remembered
from tui.config.state import StateStore
from tui.identity import AccountRef
from tui.monitor.calls import Ask, What
from tui.monitor.history.history import History
from tui.monitor.monitor import Monitor
from tui.redact import Secret
from tui.screens.context import Context
from tui.simulator.app import App
from tui.simulator.serve import serving

REF = AccountRef("scale", ACCOUNT_ID)
PROBE = 0.002
LIMIT = 120.0


class Result(NamedTuple):
    """What a run measured, in milliseconds, each in the order of size."""

    frames: tuple[float, ...]
    """From each answer about the agents to the next painted frame."""
    stalls: tuple[float, ...]
    """How much later than asked the event loop came back."""
    work: tuple[float, ...]
    """The processor's time in these spans: a busy machine makes stalls longer, but not this."""


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The large world behind a real socket, in another process; yields its address."""
    command = (sys.executable, "-m", "tests.benchmarks.scale")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip() if server.stdout else ""
        finally:
            server.terminate()


@contextlib.asynccontextmanager
async def big_app(url: str, size: tuple[int, int]) -> AsyncIterator[tuple[LiveAgentApp, Any]]:
    """The app on the large account behind `url`, its lists answered; yields it and a pilot."""
    clock, store = SystemClock(), StateStore(None)
    environment = Environment(
        "scale",
        url,
        timezone="Europe/Berlin",
        token=TokenSource(held=Secret(TOKEN)),
        accounts=(Account(ACCOUNT_ID),),
        proxy="none",
    )
    config = Config(environments=(environment,), refresh=Refresh(budget=600))
    monitor = Monitor(config, clock, random.Random(1), state=store)
    context = Context(
        config=config,
        monitor=monitor,
        clock=clock,
        state=Remembered(store),
        history=History(None, clock),
    )
    app = LiveAgentApp(context, Start())
    async with app.run_test(size=size) as pilot:
        began = clock.now()
        while not _listed(monitor):
            await asyncio.sleep(0.05)
            if clock.now() - began > LIMIT:
                raise TimeoutError("The lists were not answered.")
        await ask_anew(app)
        await pilot.pause()
        yield app, pilot


def _listed(monitor: Monitor) -> bool:
    snapshot = monitor.snapshot(REF)
    return None not in (snapshot.agents.items, snapshot.teams.items, snapshot.inboxes.items)


async def ask_anew(app: LiveAgentApp) -> None:
    """Ask for counts, agents and their loads as if somebody had pressed a key."""
    asks = (Ask(what=What.COUNTS), Ask(what=What.AGENTS), Ask(what=What.AGENT_LOADS))
    await asyncio.gather(*(app.context.monitor.ask(REF, ask) for ask in asks))


def measured(seconds: float) -> Result:
    """Start the server, measure for `seconds`, and end it."""
    with served() as url:
        return asyncio.run(measure(url, seconds))


async def measure(url: str, seconds: float, *, size: tuple[int, int] = (200, 50)) -> Result:
    """Ask for what changes every second, for `seconds`, beside what is polled by itself."""
    async with big_app(url, size) as (app, _):
        clock, painted = app.context.clock, list[float]()
        answered: dict[float, None] = {}
        display = app._display

        def noted(screen: Any, renderable: Any) -> None:
            display(screen, renderable)
            painted.append(clock.now())

        app._display = noted  # type: ignore[method-assign]
        gc.freeze()  # As the program does before it runs.
        stalls: list[float] = []
        work: list[float] = []
        probe = asyncio.create_task(_probe(stalls, work))
        end = clock.now() + seconds
        while clock.now() < end:
            await ask_anew(app)
            answered[app.context.monitor.snapshot(REF).agents.answered_at] = None
            await asyncio.sleep(1.0)
        probe.cancel()
        frames = [
            (min(after) - at) * 1000
            for at in answered
            if (after := [frame for frame in painted if frame >= at])
        ]
        return Result(tuple(sorted(frames)), tuple(sorted(stalls)), tuple(sorted(work)))


async def _probe(stalls: list[float], work: list[float]) -> None:
    clock = SystemClock()
    while True:
        asked, busy = clock.now(), time.thread_time()
        await asyncio.sleep(PROBE)
        stalls.append(max(0.0, clock.now() - asked - PROBE) * 1000)
        work.append((time.thread_time() - busy) * 1000)


async def _serve() -> None:
    async with serving(App(big_world(HurriedClock()))) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())
