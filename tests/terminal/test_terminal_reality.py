"""Terminals as they are: any size, deaf for a while, hung up on, stopped; and pipes nobody reads."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tui.simulator.app import App, Request
from tui.simulator.demo import token_of
from tui.simulator.replies import Reply
from tui.simulator.world import World

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
PATIENCE = 120.0
ALTERNATE_SCREEN = b"\x1b[?1049h"
GONE_WITHIN = 20.0
SIZES = ((20, 5), (500, 200), (21, 6), (40, 12), (80, 24))
DIGITS = re.compile(r"\d")


class Counting(App):
    """Counts what it is asked, by path."""

    asked: Counter[str] = Counter()

    def __init__(self, world: World) -> None:
        super().__init__(world)
        Counting.asked = Counter()

    async def answer(self, request: Request) -> Reply:
        Counting.asked[request.path.rpartition("/")[2]] += 1
        return await super().answer(request)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("onprem", Counting) as address:
        yield address


def environ(url: str) -> dict[str, str]:
    return {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": token_of("onprem"), "LIVEAGENT_ACCOUNT": "2"}


def eventually(wanted: Callable[[], bool], limit: float = PATIENCE) -> None:
    """Look again and again; AssertionError past `limit` seconds."""
    end = time.monotonic() + limit
    waiting = threading.Event()
    while not wanted():
        assert time.monotonic() < end
        waiting.wait(0.02)


def test_every_size_shows_figures_or_keys_and_none_crashes() -> None:
    with PtyProgram([COMMAND, "--demo"], size=(80, 24)) as program:
        program.wait_for("as of", PATIENCE)
        for columns, rows in SIZES:
            program.resize(columns, rows)

            def drawn(seen: PtyProgram) -> bool:
                lines = seen._terminal.lines()
                text = "\n".join(lines)
                return "~~" not in text and bool(DIGITS.search(text) or ": go to" in lines[-1])

            program.wait_for(drawn, PATIENCE)
        program.wait_for(": go to", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored


@pytest.mark.parametrize("ignored", [(), (signal.SIGHUP,)], ids=["hang-up", "nohup"])
def test_a_hang_up_ends_the_command_within_two_seconds(ignored: Sequence[signal.Signals]) -> None:
    with PtyProgram([COMMAND, "--demo"], ignored=ignored) as program:
        program.wait_for("as of", PATIENCE)
        begun = time.monotonic()
        program.hang_up()
        program.exit_code(PATIENCE)
        assert time.monotonic() - begun < GONE_WITHIN


def test_a_terminal_that_reads_nothing_loses_no_poll_and_no_sample(url: str) -> None:
    config = Path.home() / "config.toml"
    config.write_text(
        f'[refresh]\nevery = 5\n[environments.onprem]\nurl = "{url}"\ntoken = {{ env = "T" }}\n'
        "[[environments.onprem.accounts]]\nid = 2\n"
    )
    config.chmod(0o600)
    env = {"T": token_of("onprem")}
    with PtyProgram([COMMAND, "--config", str(config)], size=(120, 40), env=env) as program:
        program.wait_for("as of", PATIENCE)
        program.wait_for("Teams 4 ", PATIENCE)
        program.stall()
        for size in ((100, 30), (120, 40), (100, 30), (120, 40)):
            program.resize(*size)
        before, written = Counting.asked["meta"], samples()
        eventually(lambda: Counting.asked["meta"] >= before + 3)
        eventually(lambda: samples() > written)
        program.flow()
        program.wait_for("as of", PATIENCE)
        program.wait_for("Agents 18 ", PATIENCE)
        program.wait_for(": go to", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored


def samples() -> tuple[int, int]:
    """How much of the history is on the disk: the size of its files, and when they last changed."""
    statuses = [path.stat() for path in Path.home().rglob("history.sqlite3*")]
    return sum(status.st_size for status in statuses), max(
        (status.st_mtime_ns for status in statuses), default=0
    )


def test_stopped_and_continued_the_command_paints_again() -> None:
    with PtyProgram([COMMAND, "--demo"]) as program:
        program.wait_for("as of", PATIENCE)
        # A process group of its own session is orphaned: only a stop nobody can refuse stops it.
        program.signal(signal.SIGSTOP)
        eventually(lambda: state(program.pid) == "T")
        program.resize(100, 30)
        program.signal(signal.SIGCONT)
        program.wait_for("as of", PATIENCE)
        program.wait_for(lambda seen: "~~" not in "".join(seen._terminal.lines()), PATIENCE)
        taken = program.raw.count(ALTERNATE_SCREEN)
        program.signal(signal.SIGTSTP)
        # A key typed while the terminal is given back is nobody's: wait until it is taken again.
        program.wait_for(lambda seen: seen.raw.count(ALTERNATE_SCREEN) > taken, PATIENCE)
        program.press("?")
        program.wait_for("Next account", PATIENCE)
        program.press("ctrl+c")
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored


def test_ctrl_z_gives_the_shell_back_and_fg_the_monitor() -> None:
    shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
    with PtyProgram(shell, env={"PS1": "shell> "}) as program:
        program.wait_for("shell>", PATIENCE)
        program.write(f"{COMMAND} --demo\r")
        program.wait_for("as of", PATIENCE)
        program.press("ctrl+z")
        program.wait_for(lambda seen: b"Stopped" in seen.raw, PATIENCE)
        assert program.modes.restored
        program.write("fg\r")
        program.wait_for(lambda seen: seen.modes.alternate_screen, PATIENCE)
        program.wait_for(": go to", PATIENCE)
        program.wait_for("as of", PATIENCE)
        program.press("q")
        program.wait_for(lambda seen: seen.modes.restored, PATIENCE)


def state(pid: int) -> str:
    """The letter the system gives the process's state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize(
    "words",
    ["snapshot", "snapshot --format json", "check", "check --json", "history info", "history export",
     "config show", "config path", "demo --help", "--help", "--version"],
)  # fmt: skip
def test_a_pipe_that_nobody_reads_is_no_traceback(words: str, url: str) -> None:
    run = subprocess.Popen(
        [COMMAND, *words.split()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environ(url)},
    )
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()
    with run.stderr as told:
        said = told.read().decode()
    run.wait(PATIENCE)
    assert "Traceback" not in said, said
    assert "Exception ignored" not in said, said


C_LOCALE = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("locale", [C_LOCALE, {"PYTHONIOENCODING": "latin-1"}], ids=["C", "latin-1"])
@pytest.mark.parametrize(
    "words",
    ["snapshot", "check", "config show", "config path", "history info", "--help", "--version",
     "nöwhere …", "--…"],
)  # fmt: skip
def test_a_locale_without_unicode_is_no_traceback(words: str, locale: dict[str, str], url: str) -> None:
    run = subprocess.run(
        [COMMAND, *words.split()],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **environ(url), **locale},
        timeout=PATIENCE,
        check=False,
    )
    assert b"Traceback" not in run.stderr, run.stderr.decode(errors="replace")
    assert run.returncode in (0, 1, 2)
    if words.startswith("--"):
        assert run.returncode == (2 if words.endswith("…") else 0)
