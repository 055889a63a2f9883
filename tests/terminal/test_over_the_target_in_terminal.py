"""The installed command on an account where hundreds wait too long: it says how many, as far as is known."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.big_world import ACCOUNT_ID, TOKEN, big_world
from tests.security.server import in_a_thread
from tests.terminal.test_monitor_in_terminal import COMMAND, Monitor
from tests.truth.sockets import on_a_socket
from tui.clock import SystemClock
from tui.simulator.app import App
from tui.simulator.faults import FaultPlan

STANDING = 600
FOUR_PAGES = 100
OVER = re.compile(r"≥ (\d+) over 5 min")


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A config with a target, for a server on which 600 conversations have been open for half a day."""
    clock = SystemClock()
    world = big_world(clock, agents=5, teams=2, inboxes=2, conversations=STANDING, hourly=1.0)
    with in_a_thread(on_a_socket(App(world), clock, FaultPlan())) as url:
        file = tmp_path / "config.toml"
        file.write_text(
            f'[targets]\nwait = "5m"\n[environments.large]\nurl = "{url}"\ninsecure_http = true\n'
            f'token = {{ env = "TOKEN" }}\n[[environments.large.accounts]]\nid = {ACCOUNT_ID}\n'
        )
        yield file


def test_more_are_told_than_four_pages_hold(config: Path) -> None:
    argv = [COMMAND, "--config", str(config)]
    with Monitor(size=(160, 40), argv=argv, env={"TOKEN": TOKEN}) as program:
        told = 0

        def more(_: object) -> bool:
            nonlocal told
            match = OVER.search("\n".join(program._terminal.lines()))
            grown = match is not None and int(match[1]) > told
            told = int(match[1]) if match and grown else told
            return grown

        while told <= FOUR_PAGES:
            program.wait_for(more)
            program.press("r")
        assert told < STANDING
        program.press("ctrl+c")
        assert program.exit_code() == 0
