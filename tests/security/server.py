"""A simulated installation over TCP in a thread of its own, for programs that run beside the test."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

from tui.clock import SystemClock
from tui.simulator.app import App
from tui.simulator.demo import Demo, origin_of
from tui.simulator.serve import serving
from tui.simulator.world import World

PATIENCE = 120.0


@contextlib.contextmanager
def in_a_thread(server: AbstractAsyncContextManager[str]) -> Iterator[str]:
    """The base URL that `server` gives, in a thread and a loop of its own, until the body ends."""
    listening = queue.Queue[tuple[str, asyncio.AbstractEventLoop]]()
    over = asyncio.Event()

    async def serve() -> None:
        async with server as url:
            listening.put((url, asyncio.get_running_loop()))
            await over.wait()

    # `run` also ends what answers under way have left; a loop merely closed leaves it to the collector.
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    url, loop = listening.get(timeout=PATIENCE)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(PATIENCE)


@contextlib.contextmanager
def served(environment: str, make: Callable[[World], App] = App) -> Iterator[str]:
    """The base URL of a demo environment, answering until the body ends; `make` puts HTTP before it."""
    with in_a_thread(serving(make(Demo(clock=SystemClock()).world(origin_of(environment))))) as url:
        yield url
