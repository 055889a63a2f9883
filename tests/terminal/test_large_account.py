"""The installed command over an account of thousands: a way out costs no more than of a small one."""

import re
import sys
from collections.abc import Iterator

import pytest

from tests.big_world import ACCOUNT_ID, TOKEN, big_world
from tests.security.server import in_a_thread
from tests.terminal.pty_harness import PtyProgram
from tests.terminal.test_monitor_in_terminal import PATIENCE
from tests.truth.sockets import on_a_socket
from tui.clock import SystemClock
from tui.simulator.app import App
from tui.simulator.faults import FaultPlan

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


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with thousands of agents, teams and inboxes, in a thread."""
    world = big_world(SystemClock(), agents=COUNT, teams=COUNT, inboxes=COUNT, conversations=50, hourly=1.0)
    with in_a_thread(on_a_socket(App(world), SystemClock(), FaultPlan())) as address:
        yield address


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
