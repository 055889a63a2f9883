"""The program starts and every screen opens, however this Python's event loop starts its tasks."""

import sys
from collections.abc import Sequence

import pytest

from tests.terminal.pty_harness import PtyProgram

PATIENCE = 120.0
HERE = "eager" if sys.version_info >= (3, 12) else "plain"
"""What Textual chooses: eager, from Python 3.12 on, runs a task up to its first wait where it is made."""
TOLD = """
import asyncio, sys
from tui import cli
from tui.app.app import LiveAgentApp
begin, factory = LiveAgentApp.on_mount, []
def begun(app):
    factory.append(asyncio.get_running_loop().get_task_factory())
    begin(app)
LiveAgentApp.on_mount = begun
if sys.argv[1] == "plain":
    LiveAgentApp.on_load = lambda _: asyncio.get_running_loop().set_task_factory(None)
code = cli.main(sys.argv[2:])
print("tasks started", *("plain" if one is None else "eager" for one in factory))
sys.exit(code)
"""
ELSEWHERE = """
import os, signal, sys, time
for module, names in (
    (os, ("pipe2", "eventfd", "memfd_create", "sched_getaffinity", "splice", "pidfd_open", "getresuid")),
    (time, ("CLOCK_BOOTTIME",)),
    (signal, ("sigtimedwait", "sigwaitinfo", "SIGPWR", "SIGSTKFLT", "SIGRTMIN", "SIGRTMAX", "SIGCLD")),
):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
from tui import cli
sys.exit(cli.main())
"""
"""What macOS lacks is taken away before the program is read."""
OPENED = (
    ("?", "Previous pane"),
    (":", "account, environment, team"),
    ("b", "Figures of one inbox"),
    (",", "Environments"),
    ("x", "Alerts"),
    ("c", " range"),
    ("i", "curl"),
    ("enter", "Open in team"),
    ("f", "FLEET"),
    ("w", "page 1 of"),
)
"""A key, and what stands only on the screen or in the box it opens."""


def run(factory: str, *words: str, size: tuple[int, int] = (80, 24)) -> PtyProgram:
    return PtyProgram([sys.executable, "-c", TOLD, factory, *words], size=size)


def ended_well(program: PtyProgram, factory: str) -> None:
    program.press("ctrl+c")
    assert program.exit_code(PATIENCE) == 0
    assert program.modes.restored
    assert f"tasks started {factory}" in program.raw.decode()


@pytest.mark.parametrize("words", [["--demo"], ["--demo", "--wall"]])
@pytest.mark.parametrize(("asked", "factory"), [("here", HERE), ("plain", "plain")])
def test_it_starts_whichever_way_tasks_start(asked: str, factory: str, words: Sequence[str]) -> None:
    with run(asked, *words) as program:
        program.wait_for("Support EU", PATIENCE)
        program.wait_for("unassigned", PATIENCE)
        ended_well(program, factory)


def test_every_screen_opens_the_way_tasks_start_here() -> None:
    with run("here", "--demo", size=(120, 40)) as program:
        for key, words in OPENED:
            program.wait_for("Agents 42 ", PATIENCE)
            program.press(key)
            program.wait_for(words, PATIENCE)
            # Escape would only stop a list that still asks for its first page.
            program.wait_for(
                lambda program: not any("· 0 rows" in line for line in program.screen_lines()), PATIENCE
            )
            program.press("escape")
            program.wait_until_gone(words, PATIENCE)
        program.wait_for("Agents 42 ", PATIENCE)
        program.press(",", "a")
        program.wait_for("Add an environment", PATIENCE)
        ended_well(program, HERE)


def test_the_package_runs_as_a_module() -> None:
    with PtyProgram([sys.executable, "-m", "tui", "--demo"]) as program:
        program.wait_for("Agents 42 ", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0


def test_it_starts_where_linux_alone_has_what_is_missing() -> None:
    with PtyProgram([sys.executable, "-c", ELSEWHERE, "--demo"]) as program:
        program.wait_for("Agents 42 ", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored
