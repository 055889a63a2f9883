"""A simulated installation over TCP in a thread of its own, for programs that run beside the test."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator

from tui.clock import SystemClock
from tui.simulator.app import App
from tui.simulator.demo import Demo, origin_of
from tui.simulator.serve import serving
from tui.simulator.world import World


@contextlib.contextmanager
def served(environment: str, make: Callable[[World], App] = App) -> Iterator[str]:
    """The base URL of a demo environment, answering until the body ends; `make` puts HTTP before it."""
    ready: list[str] = []
    told = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        app = make(Demo(clock=SystemClock()).world(origin_of(environment)))
        async with serving(app) as url:
            ready.append(url)
            told.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert told.wait(20)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()
