"""The installed command while its user's role, membership and teams change on a real socket."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import pytest

from tests.security.server import in_a_thread
from tests.terminal.pty_harness import PtyProgram
from tests.terminal.test_monitor_in_terminal import COMMAND
from tests.truth.sockets import on_a_socket
from tui.clock import SystemClock
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, Outline, make_world, token_of
from tui.simulator.faults import FaultPlan
from tui.simulator.world import LIVE_AGENT, World

HERE = Outline(12345, "Support EU", "Europe/Berlin", 12, 5, 3, 150, 400)
ROOM = 160, 45


class Server(NamedTuple):
    """A simulated installation; what is changed in its world holds from the next answer on."""

    world: World
    url: str


@pytest.fixture(params=[True])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One whose counts heed the filter of the queued, or do not where the parameter is False."""
    flavour = msgspec.structs.replace(LIVE_AGENT, ignores_unattended=not request.param)
    world = make_world("trial", flavour, [HERE], SystemClock(), 7, 1.0)
    with in_a_thread(on_a_socket(App(world), SystemClock(), FaultPlan())) as url:
        yield Server(world, url)


def started(server: Server) -> PtyProgram:
    env = {
        "LIVEAGENT_URL": server.url,
        "LIVEAGENT_TOKEN": token_of("trial"),
        "LIVEAGENT_ACCOUNT": str(HERE.id),
    }
    return PtyProgram([COMMAND], size=ROOM, env=env)


def lines(program: PtyProgram) -> str:
    return "\n".join(program._terminal.lines())


def see(program: PtyProgram, *words: str, gone: str = "") -> None:
    """Wait until all `words` are on screen, and `gone` is not."""
    program.wait_for(
        lambda program: (
            all(word in lines(program) for word in words) and (not gone or gone not in lines(program))
        )
    )


def test_at_a_key_the_header_tells_the_new_role_and_that_all_starts_over(server: Server) -> None:
    with started(server) as program:
        see(program, "as Ada Brandt, administrator", "Inboxes 3", "as of")
        server.world.assign_role(HERE.id, ADMIN, "agent", {1, 2})
        program.press("r")
        see(program, "as Ada Brandt, agent: 2 inboxes", "Ada Brandt, agent, sees 2 inboxes", "Inboxes 2")
        see(program, "Role changed at", "administrator before, agent, 2 inboxes now")
        server.world.assign_role(HERE.id, ADMIN, "agent", {2})
        program.press("r")
        see(program, "agent, sees 1 inbox", "Inboxes changed at", "Inboxes 1")


def test_at_a_key_a_promotion_brings_all_inboxes_and_the_reports(server: Server) -> None:
    server.world.assign_role(HERE.id, ADMIN, "agent", {2})
    with started(server) as program:
        see(program, "as Ada Brandt, agent", "Inboxes 1", "as of")
        # A budget of one minute holds the start and two keys, no more.
        server.world.assign_role(HERE.id, ADMIN, "administrator")
        program.press("r")
        see(program, "as Ada Brandt, administrator", "Inboxes 3", "today ")


def test_the_fleet_and_the_wall_show_no_nought_of_somebody_in_no_inbox(server: Server) -> None:
    server.world.assign_role(HERE.id, ADMIN, "agent", set())
    with started(server) as program:
        see(program, "Ada Brandt, agent, sees no inbox", "as of")
        program.press("f")
        see(program, "FLEET", "Support EU", "—✗")
        program.press("escape")
        see(program, "sees no inbox", gone="FLEET")
        program.press("w")
        see(program, "not permitted")


@pytest.mark.parametrize("word", ["not a member", "suspended"])
def test_what_ends_comes_back_at_one_key(server: Server, word: str) -> None:
    def end(*, over: bool) -> None:
        if word == "suspended":
            server.world.set_suspended(HERE.id, suspended=over)
        else:
            server.world.set_member(HERE.id, ADMIN, member=not over)

    with started(server) as program:
        see(program, "●  as of", "Teams 5")
        end(over=True)
        program.press("r")
        see(program, f"✗ {word}", "as Ada Brandt, administrator", "next try")
        end(over=False)
        program.press("r")
        see(program, "●  as of", "as Ada Brandt, administrator", gone=word)


def test_a_deleted_team_leaves_the_screen(server: Server) -> None:
    with started(server) as program:
        see(program, "Teams 5")
        server.world.delete_team(HERE.id, 2, traceless=True)
        program.press("r")
        see(program, "Teams 4")


@pytest.mark.parametrize("server", [False], indirect=True)
def test_queued_is_the_reports_where_the_server_ignores_its_filter(server: Server) -> None:
    with started(server) as program:
        see(program, "queued —")
        program.wait_for(
            lambda program: "queued —" not in lines(program) and "queued …" not in lines(program)
        )
        truth = server.world.truth(HERE.id, ADMIN)
        queued = next(value for slot, value in truth.items() if slot.name == "queued")
        opened = next(value for slot, value in truth.items() if slot.name == "open")
        assert queued < opened - 3
        assert f"queued {opened:.0f} " not in lines(program)
