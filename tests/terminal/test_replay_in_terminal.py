"""Replay and chart of the demo in a real terminal: there and back by the keys alone."""

import os
import sys
from pathlib import Path

from tests.terminal.pty_harness import PtyProgram

DEMO = [str(Path(sys.executable).with_name("liveagent-tui")), "--demo"]
ENV = {"LC_ALL": "C.UTF-8", "COLORTERM": ""}
LIMIT = 25.0


def has_trend(program: PtyProgram) -> bool:
    """Whether the trend of the last quarter of an hour is known; asked while the screen is held."""
    text = "\n".join(program._terminal.lines())
    return any(sign in text for sign in ("▲ ", "▼ ", " = "))


def test_replay_and_chart_in_a_terminal() -> None:
    env = {**ENV, "HOME": os.environ["HOME"]}
    with PtyProgram(DEMO, size=(120, 40), env=env) as program:
        program.wait_for("needs help", LIMIT)
        program.wait_for(has_trend, LIMIT)
        program.press("t")
        program.wait_for("go to a time", LIMIT)
        program.press(*"-30m", "enter")
        program.wait_for("30 min ago — esc: live", LIMIT)
        program.press("left")
        program.wait_for("31 min ago", LIMIT)
        program.press("pageup")
        program.wait_for("41 min ago", LIMIT)
        program.wait_for("For the past only head-counts are stored", LIMIT)
        program.press("escape")
        program.wait_for(lambda program: "REPLAY" not in program._terminal.lines()[1], LIMIT)
        program.press("c")
        program.wait_for("· Support EU · 24 h", LIMIT)
        program.press("right", "right")
        program.wait_for("· Support EU · 1 h", LIMIT)
        program.press("escape")
        program.wait_for("needs help", LIMIT)
        program.press("q")
        assert program.exit_code(LIMIT) == 0
        assert program.modes.restored
