"""The installed command with a damaged or locked history: it paints and asks, and says so."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tests.unit.test_history import OPEN, Recorder
from tests.unit.test_history_unreadable import DAMAGE, as_pipe, drop_log
from tui import paths
from tui.monitor.history.schema import FILE_NAME
from tui.simulator.demo import token_of

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
SECONDS = 120.0
TOLD = "The history was damaged; it is kept as"


@pytest.fixture
def history() -> Path:
    """A history of this user's, not in use."""
    path = paths.data_dir() / FILE_NAME
    recorder = Recorder(path)
    recorder.say({OPEN: 7})
    recorder.history.close()
    return path


def started(url: str) -> PtyProgram:
    env = {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": token_of("onprem"), "LIVEAGENT_ACCOUNT": "2"}
    return PtyProgram([COMMAND], size=(200, 40), env=env)


def left(program: PtyProgram) -> None:
    program.press("q")
    assert program.exit_code(SECONDS) == 0
    assert b"Traceback" not in program.raw


def said_by_history() -> str:
    run = subprocess.run(
        [COMMAND, "history", "info"], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    return run.stderr


@pytest.mark.parametrize(
    ("harm", "again"),
    [
        ("text of the schema that is no UTF-8", True),
        ("a column of another name", False),
        ("an endless view in place of a table", False),
    ],
)
def test_damage_is_set_aside_once_and_told(harm: str, again: bool, history: Path) -> None:
    DAMAGE[harm](history)
    drop_log(history)
    held = history.read_bytes()
    if again:
        assert "is damaged; the monitor sets it aside when it starts" in said_by_history()
    with served("onprem") as url:
        with started(url) as program:
            program.wait_for("as of", SECONDS)
            program.wait_for(TOLD, SECONDS)
            left(program)
        (aside,) = history.parent.glob("*.damaged-*")
        assert aside.read_bytes() == held
        if again:
            with started(url) as program:
                program.wait_for("as of", SECONDS)
                left(program)
                assert TOLD.encode() not in program.raw
    assert list(history.parent.glob("*.damaged-*")) == [aside]


def test_what_is_no_history_is_left_alone_and_told(history: Path) -> None:
    as_pipe(history)
    with served("onprem") as url, started(url) as program:
        program.wait_for("as of", SECONDS)
        program.wait_for("is not a regular file", SECONDS)
        left(program)
    assert list(history.parent.glob("*.damaged-*")) == []


def test_a_history_that_another_program_locks_is_left_alone_and_told(history: Path) -> None:
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with served("onprem") as url, started(url) as program:
            # SQLite waits for the lock for five seconds: what is asked of the server does not.
            program.wait_for("as of", SECONDS)
            program.wait_for("another process keeps the file locked", SECONDS)
            left(program)
        assert "another process keeps the file locked" in said_by_history()
    assert list(history.parent.glob("*.damaged-*")) == []
