"""The installed command over an account of thousands: a way out costs no more than of a small one."""

import asyncio
import queue
import re
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.terminal.pty_harness import PtyProgram
from tests.terminal.test_monitor_in_terminal import PATIENCE
from tests.truth.sockets import on_a_socket
from tui.clock import SystemClock
from tui.simulator.app import App
from tui.simulator.faults import FaultPlan
from tui.simulator.scale import ACCOUNT_ID, TOKEN, big_world

COUNT = 3_000
LEAVING = """
import gc, sys
from tui import cli
code = cli.main([])
print("left to look through:", len(gc.get_objects()))
sys.exit(code)
"""
TITLES = [re.compile(rf"{word} 3.000\b") for word in ("Teams", "Inboxes", "Agents")]
LEFT = re.compile(rb"left to look through: (\d+)")


async def _serve(urls: "queue.Queue[str]", over: asyncio.Event) -> None:
    world = big_world(SystemClock(), agents=COUNT, teams=COUNT, inboxes=COUNT, conversations=50, hourly=1.0)
    async with on_a_socket(App(world), SystemClock(), FaultPlan()) as url:
        urls.put(url)
        await over.wait()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with thousands of agents, teams and inboxes, in a thread."""
    loop, urls, over = asyncio.new_event_loop(), queue.Queue[str](), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(urls, over),))
    thread.start()
    yield urls.get()
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


def lists_all(program: PtyProgram) -> bool:
    text = "\n".join(program._terminal.lines())
    return all(title.search(text) for title in TITLES)


@pytest.mark.parametrize("key", ["ctrl+c", "q"])
def test_leaving_looks_through_none_of_the_rows(url: str, key: str) -> None:
    env = {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": TOKEN, "LIVEAGENT_ACCOUNT": str(ACCOUNT_ID)}
    with PtyProgram([sys.executable, "-c", LEAVING], size=(120, 40), env=env) as program:
        program.wait_for(lists_all, PATIENCE)
        program.press(key)
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored
        left = LEFT.search(program.raw)
        assert left is not None
        assert int(left[1]) < COUNT
