"""What changes for the token's user comes to the screen by itself, without a key, on a clock that hurries."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.server import in_a_thread
from tests.terminal.hurried import HurriedClock
from tests.terminal.pty_harness import PtyProgram
from tests.terminal.test_reach_in_terminal import HERE, ROOM, Server, see
from tests.truth.sockets import on_a_socket
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, make_world, token_of
from tui.simulator.faults import FaultPlan
from tui.simulator.world import LIVE_AGENT

SPEED = 12.0
CONFIG = """
start = "trial/12345"
[environments.trial]
url = "{url}"
token = {{ env = "T" }}
accounts = [{{ id = 12345, name = "Support EU" }}]
[alerting]
built_in = false
"""
ON_TEAMS = """
[[alerts]]
when = "open >= 0"
where = { team = "*" }
"""
"""Fires on every team, and then stands before what else is told."""


@pytest.fixture
def clock() -> HurriedClock:
    return HurriedClock(SPEED, time.time() - HurriedClock(SPEED, 0.0).now())


@pytest.fixture
def server(clock: HurriedClock) -> Iterator[Server]:
    world = make_world("trial", LIVE_AGENT, [HERE], clock, 7, 1.0)
    with in_a_thread(on_a_socket(App(world), clock, FaultPlan())) as url:
        yield Server(world, url)


@pytest.fixture
def program(
    request: pytest.FixtureRequest, server: Server, clock: HurriedClock, tmp_path: Path
) -> Iterator[PtyProgram]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(url=server.url) + getattr(request, "param", ""))
    config.chmod(0o600)
    arguments = [str(SPEED), repr(clock.wall() - clock.now()), "--config", str(config)]
    command = [sys.executable, "-m", "tests.terminal.hurried", *arguments]
    with PtyProgram(command, size=ROOM, env={"T": token_of("trial")}) as started:
        see(started, "as Ada Brandt, administrator", "Inboxes 3", "Teams 5", "●  as of")
        yield started


def test_another_role_and_other_inboxes(server: Server, program: PtyProgram) -> None:
    server.world.assign_role(HERE.id, ADMIN, "agent", {1, 2})
    see(program, "as Ada Brandt, agent: 2 inboxes", "administrator before, agent, 2 inboxes now", "Inboxes 2")
    server.world.assign_role(HERE.id, ADMIN, "agent", {2})
    see(program, "as Ada Brandt, agent: 1 inbox", "agent, 2 inboxes before, agent, 1 inbox now")
    server.world.assign_role(HERE.id, ADMIN, "agent,supervisor", {1, 2})
    see(program, "as Ada Brandt, agent, supervisor: 2 inboxes", "whole account: today ")
    server.world.assign_role(HERE.id, ADMIN, "administrator")
    see(program, "as Ada Brandt, administrator", "administrator now", "Inboxes 3")


def test_membership_and_suspension(server: Server, program: PtyProgram) -> None:
    server.world.set_member(HERE.id, ADMIN, member=False)
    see(program, "✗ not a member", "next try")
    server.world.set_member(HERE.id, ADMIN, member=True)
    see(program, "●  as of", "Teams 5", gone="not a member")
    server.world.set_suspended(HERE.id, suspended=True)
    see(program, "✗ suspended", "next try")
    server.world.set_suspended(HERE.id, suspended=False)
    see(program, "●  as of", "Teams 5", gone="suspended")


@pytest.mark.parametrize("program", [ON_TEAMS], ids=["alerts"], indirect=True)
def test_a_team_that_is_deleted_takes_its_alert_along(server: Server, program: PtyProgram) -> None:
    see(program, "▲ 5 alerts")
    server.world.delete_team(HERE.id, 2, traceless=True)
    see(program, "Teams 4", "▲ 4 alerts")
    program.press("x")
    see(program, "team is gone")
