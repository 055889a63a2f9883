"""Every way out gives the terminal back in bounded time, whatever the program is busy with."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram
from tests.terminal.test_monitor_in_terminal import COMMAND, PATIENCE

GONE_WITHIN = 20.0
"""Seconds for a machine that is busy; what holds the program up would last for a minute or for ever."""
SLEEP, COMPUTE = "time.sleep(60)", "while True: pass"
PATCHED = """
import os, sys, time
from tui import cli
from tui.app import start
from tui.app.app import LiveAgentApp
from tui.config.preferences import Remembered
def hold(*_, **__):
    os.write(2, b"held up")
    HOLD
WHERE
sys.exit(cli.main(ARGUMENTS))
"""
AT_A_KEY = "LiveAgentApp.action_refresh = hold"
WHEN_SAVING = "Remembered.close = hold"
IN_A_THREAD = "LiveAgentApp.action_refresh = lambda app: app._loop.run_in_executor(None, hold) and None"
AT_THE_CONFIG = "start.load = hold"
AT_THE_STATE = "start.load_state = hold"
RESTARTED = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
ADDRESS = "https://127.0.0.1:9/app/accounts/2/dashboard"


def held_up(where: str, hold: str, *arguments: str) -> PtyProgram:
    script = PATCHED.replace("HOLD", hold).replace("WHERE", where).replace("ARGUMENTS", repr(list(arguments)))
    return PtyProgram([sys.executable, "-c", script])


def said(words: bytes) -> Callable[[PtyProgram], bool]:
    return lambda program: words in program.raw


def ended_well(program: PtyProgram, code: int) -> None:
    begun = time.monotonic()
    assert program.exit_code(GONE_WITHIN) == code
    assert time.monotonic() - begun < GONE_WITHIN
    assert program.modes.restored
    assert program.settings() == program.settings_before


@pytest.mark.parametrize(
    ("number", "hold"),
    [(signal.SIGTERM, SLEEP), (signal.SIGTERM, COMPUTE), (signal.SIGHUP, COMPUTE)],
    ids=["sleeping", "computing", "hang-up"],
)
def test_a_signal_ends_a_program_whose_loop_is_held_up(number: signal.Signals, hold: str) -> None:
    with held_up(AT_A_KEY, hold, "--demo") as program:
        program.wait_for("as of", PATIENCE)
        program.press("r")
        program.wait_for(said(b"held up"), PATIENCE)
        program.signal(number)
        ended_well(program, 128 + number)


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1, signal.SIGABRT])
def test_a_signal_that_kills_leaves_a_terminal_that_can_be_used(number: signal.Signals) -> None:
    hold = COMPUTE if number == signal.SIGQUIT else SLEEP
    with held_up(AT_A_KEY, hold, "--demo") as program:
        program.wait_for("as of", PATIENCE)
        program.press("r")
        program.wait_for(said(b"held up"), PATIENCE)
        program.signal(number)
        ended_well(program, -number)


@pytest.mark.parametrize("where", [WHEN_SAVING, IN_A_THREAD], ids=["the state", "a thread"])
def test_the_key_that_quits_does_so_whatever_hangs(where: str) -> None:
    with held_up(where, SLEEP, "--demo") as program:
        program.wait_for("as of", PATIENCE)
        if where == IN_A_THREAD:
            program.press("r")
            program.wait_for(said(b"held up"), PATIENCE)
        program.press("q")
        ended_well(program, 0)


@pytest.mark.parametrize(
    ("where", "number"),
    [(AT_THE_CONFIG, signal.SIGTERM), (AT_THE_STATE, signal.SIGTERM), (AT_THE_STATE, signal.SIGINT)],
)
def test_a_signal_ends_a_program_that_still_reads_its_files(where: str, number: signal.Signals) -> None:
    with held_up(where, SLEEP) as program:
        program.wait_for(said(b"held up"), PATIENCE)
        program.signal(number)
        ended_well(program, 128 + number)


@pytest.mark.parametrize("words", [(ADDRESS,), ("config", "add", ADDRESS)], ids=["monitor", "config add"])
def test_the_hidden_prompt_gives_the_terminal_back(words: tuple[str, ...]) -> None:
    ways: list[tuple[Callable[[PtyProgram], None], int]] = [
        (lambda program: program.signal(signal.SIGTERM), 128 + signal.SIGTERM),
        (lambda program: program.press("ctrl+c"), 128 + signal.SIGINT),
        (lambda program: program.press("ctrl+d"), 2),
    ]
    for leave, code in ways:
        with PtyProgram([COMMAND, *words], size=(120, 24)) as program:
            program.wait_for("oken", PATIENCE)
            program.wait_for(lambda seen: not seen.settings()[3] & 8, PATIENCE)
            leave(program)
            ended_well(program, code)


def test_a_prompt_that_was_stopped_hides_again_what_is_typed() -> None:
    with PtyProgram(RESTARTED, env={"PS1": "shell> "}, size=(160, 24)) as program:
        program.wait_for("shell>", PATIENCE)
        program.write(f"{COMMAND} {ADDRESS}\r")
        program.wait_for(said(b"not shown"), PATIENCE)
        program.press("ctrl+z")
        program.wait_for(said(b"Stopped"), PATIENCE)
        before = program.raw.count(b"not shown")
        program.write("fg\r")
        program.wait_for(lambda seen: seen.raw.count(b"not shown") > before, PATIENCE)
        program.wait_for(lambda seen: not seen.settings()[3] & 8, PATIENCE)
        program.write("a-hidden-token\r")
        program.wait_for(lambda seen: seen.modes.alternate_screen, PATIENCE)
        assert b"a-hidden" not in program.raw
        program.press("ctrl+c")
        program.wait_for(lambda seen: seen.modes.restored, PATIENCE)


def test_a_token_pasted_between_marks_is_taken_without_them(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    with PtyProgram([COMMAND, "config", "add", "trial"], env=env, size=(120, 24)) as program:
        program.wait_for("oken", PATIENCE)
        program.wait_for(lambda seen: not seen.settings()[3] & 8, PATIENCE)
        program.write("\x1b[200~a-pasted-token\x1b[201~\r")
        assert program.exit_code(PATIENCE) == 0
    assert (tmp_path / "liveagent-tui" / "tokens" / "trial").read_text("utf-8").strip() == "a-pasted-token"


def test_an_answer_of_the_terminal_that_comes_late_is_not_left_to_the_shell() -> None:
    with PtyProgram(RESTARTED, env={"PS1": "shell> "}) as program:
        program.wait_for("shell>", PATIENCE)
        program.write(f"{COMMAND} --demo\r")
        program.wait_for(said(b"\x1b[?2026$p"), PATIENCE)
        program.press("ctrl+c")
        slow_line = threading.Timer(0.5, lambda: program.write("\x1b[?2026;2$y"))
        slow_line.start()
        program.wait_for(lambda seen: seen.modes.restored and b"?1049l" in seen.raw, PATIENCE)
        slow_line.join()
        # What is typed before the shell has the terminal back is flushed with that answer.
        program.wait_for(lambda seen: b"shell>" in seen.raw.rpartition(b"?1049l")[2], PATIENCE)
        program.write("echo do''ne\r")
        program.wait_for(said(b"done"), PATIENCE)
        assert b"2026;2" not in program.raw


@pytest.mark.parametrize("size", [(60, 20), (100, 30), (200, 50)])
@pytest.mark.parametrize("words", [("--demo",), ("--demo", "--wall")], ids=" ".join)
def test_it_ends_well_with_another_size_before_the_first_picture(
    words: tuple[str, ...], size: tuple[int, int]
) -> None:
    with PtyProgram([COMMAND, *words]) as program:
        program.wait_for(said(b"\x1b[?1049h"), PATIENCE)
        program.resize(*size)
        program.press("ctrl+c")
        ended_well(program, 0)


def test_under_nohup_a_hang_up_signal_changes_nothing() -> None:
    with PtyProgram([COMMAND, "--demo"], ignored=(signal.SIGHUP,)) as program:
        program.wait_for("as of", PATIENCE)
        program.signal(signal.SIGHUP)
        program.press("?")
        program.wait_for("Next account", PATIENCE)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 128 + signal.SIGINT)])
def test_the_simulator_served_ends_at_a_signal(number: signal.Signals, code: int) -> None:
    with subprocess.Popen([COMMAND, "demo", "--serve", "127.0.0.1:0"], stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline()
        with contextlib.suppress(ProcessLookupError):
            serving.send_signal(number)
        assert serving.wait(PATIENCE) == code


def test_no_signal_is_handled_by_the_loop() -> None:
    tree = Path(__file__).parents[2] / "tui"
    assert [file for file in tree.rglob("*.py") if "add_signal_handler" in file.read_text()] == []
