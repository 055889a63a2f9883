"""The day screen of the demo in a real terminal: today before it is read, other days, the week, and back."""

import os
import sys
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram

DEMO = [str(Path(sys.executable).with_name("liveagent-tui")), "--demo"]
ENV = {"LC_ALL": "C.UTF-8", "COLORTERM": ""}
LIMIT = 40.0


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_day_in_a_terminal(size: tuple[int, int]) -> None:
    with PtyProgram(DEMO, size=size, env={**ENV, "HOME": os.environ["HOME"]}) as program:
        program.wait_for("Support EU", LIMIT)  # Before an account is on screen it has no day.
        program.press("D")
        program.wait_for("today so far · Support EU", LIMIT)
        program.wait_for("not read", LIMIT)
        program.wait_for("nothing is known of this day yet", LIMIT)
        program.press("enter")
        program.wait_for("counted as", LIMIT)
        program.wait_for("the day has no number for it yet", LIMIT)
        program.press("escape")
        program.wait_for("not read", LIMIT)
        program.press("z")
        program.wait_for("rows of 1 h", LIMIT)
        program.press("left")
        program.wait_until_gone("today so far", LIMIT)
        program.wait_for("of the day kept", LIMIT)
        program.press("tab")
        program.wait_for("Busiest hours", LIMIT)
        program.wait_for("Waits by length", LIMIT)
        program.press("right", "tab")
        program.wait_for("today so far", LIMIT)
        program.press("escape")
        program.wait_until_gone("today so far", LIMIT)
        program.wait_for("Conversations", LIMIT)
        program.press("q")
        assert program.exit_code(LIMIT) == 0
        assert program.modes.restored
