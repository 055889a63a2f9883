"""The command's log at `debug` tells a screen that stands still, for how long and where."""

import os
import re
import sys
from pathlib import Path

from tests.terminal.test_monitor_in_terminal import Monitor

SLOW = """
import sys, time
from tui import cli
from tui.screens.dashboard.dashboard import DashboardScreen
def slowly(screen):
    time.sleep(0.3)
DashboardScreen.action_sort = slowly
sys.exit(cli.main(["--demo", *sys.argv[1:]]))
"""
TOLD = re.compile(r"DEBUG tui\.app\.stalls the loop stood still for (\d+) ms: slowly \(<string>:\d+\)")


def logged() -> str:
    paths = sorted(Path(os.environ["XDG_STATE_HOME"]).rglob("liveagent-tui.log"))
    return "".join(path.read_text() for path in paths)


def test_a_key_that_holds_up_the_screen_is_told_with_its_place() -> None:
    folders = {name: os.environ[name] for name in ("HOME", "XDG_STATE_HOME")}
    argv = [sys.executable, "-c", SLOW, "--log-level", "debug"]
    with Monitor(size=(100, 30), argv=argv, env=folders) as program:
        program.see("unassigned", "agents online")
        program.press("s")
        program.wait_for(lambda _: bool(TOLD.search(logged())))
        program.press("q")
        assert program.exit_code() == 0
    match = TOLD.search(logged())
    assert match is not None
    assert int(match[1]) >= 200


def test_without_that_option_nothing_is_watched_or_written() -> None:
    folders = {name: os.environ[name] for name in ("HOME", "XDG_STATE_HOME")}
    with Monitor(size=(100, 30), argv=[sys.executable, "-c", SLOW], env=folders) as program:
        program.see("unassigned", "agents online")
        program.press("s", "q")
        assert program.exit_code() == 0
    assert logged() == ""
