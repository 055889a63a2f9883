"""Replay and chart of the demo in a real terminal: there and back by the keys alone."""

import os
import sys
from pathlib import Path

from tests.terminal.pty_harness import PtyProgram

DEMO = [str(Path(sys.executable).with_name("liveagent-tui")), "--demo"]
ENV = {"LC_ALL": "C.UTF-8", "COLORTERM": ""}
LIMIT = 60.0


def shown(program: PtyProgram) -> str:
    return "\n".join(program.screen_lines())


def test_replay_and_chart_in_a_terminal() -> None:
    env = {**ENV, "HOME": os.environ["HOME"]}
    with PtyProgram(DEMO, size=(120, 40), env=env) as program:
        program.wait_for("worst team", LIMIT)
        program.wait_for(lambda one: any(sign in shown(one) for sign in ("▲ ", "▼ ", " = ")), LIMIT)
        program.press("t")
        program.wait_for("go to a time", LIMIT)
        program.press(*"-30m", "enter")
        program.wait_for("30 m ago — esc: live", LIMIT)
        program.press("left")
        program.wait_for("31 m ago", LIMIT)
        program.press("pageup")
        program.wait_for("41 m ago", LIMIT)
        program.wait_for("No row about a person is kept", LIMIT)
        program.press("escape")
        program.wait_for("every 15 s", LIMIT)
        assert "REPLAY" not in shown(program)
        program.press("c")
        program.wait_for("· Support EU · 24 h", LIMIT)
        program.press("right", "right")
        program.wait_for("· Support EU · 1 h", LIMIT)
        program.press("escape")
        program.wait_for("worst team", LIMIT)
        program.press("q")
        assert program.exit_code(LIMIT) == 0
        assert program.modes.restored
