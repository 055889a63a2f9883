"""An alert reaches the terminal: the bell as one byte, a notification as one sequence."""

import re
import sys

import pytest

from tests.terminal.pty_harness import PtyProgram

SPEED = "15"
OSC = re.compile(rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
FIRES = "open > 0"


def bells(program: PtyProgram) -> int:
    """The bells among what was written; a sequence may end with the same byte."""
    return OSC.sub(b"", program.raw).count(b"\a")


@pytest.mark.parametrize(
    ("kind", "environ", "rings", "shown"),
    [
        ("bell", {}, 1, 0),
        ("desktop", {}, 0, 1),
        ("desktop", {"TERM": "linux"}, 1, 0),
    ],
)
def test_an_alert_is_heard_once(kind: str, environ: dict[str, str], rings: int, shown: int) -> None:
    command = [sys.executable, "-m", "tests.terminal.alert_app", SPEED, kind]
    with PtyProgram(command, size=(100, 30), env=environ) as program:
        program.wait_for(FIRES, timeout=60)
        program.wait_for(lambda _: bells(program) + len(OSC.findall(program.raw)) > 0)
        program.press("!")
        program.wait_for("x to list")
        program.press("q")
        assert program.exit_code() == 0
        told = [sequence for sequence in OSC.findall(program.raw) if b"open > 0" in sequence]
        assert bells(program) == rings
        assert len(told) == shown
        assert all(b"trial, Support EU: warning" in sequence for sequence in told)
