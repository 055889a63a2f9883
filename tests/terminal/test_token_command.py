"""A token's command and the terminal: who needs it gets it, before the picture or by a key; nobody else."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tests.unit.test_config_secrets import ends
from tui import paths
from tui.simulator.demo import token_of

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
SECONDS = 60
TOKEN = token_of("onprem")
ASKS = 'stty -echo </dev/tty; printf "PASSPHRASE? " >/dev/tty; read -r word </dev/tty; '
"""It asks once the terminal is its own: without that, stty stands still. A key before would go astray."""
GIVES = f'[ "$word" = "open qs" ] && echo {TOKEN}'
"""Its passphrase holds keys that would do something on the dashboard."""


def configured(url: str, script: str, tmp_path: Path, more: str = "") -> None:
    program = tmp_path / "pass"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    file = paths.config_file()
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text(f'[environments.desk]\nurl = "{url}"\ntoken = {{ command = ["{program}"]{more} }}\n')
    file.chmod(0o600)


SCRIPTS = {
    "opens the terminal": f"{ASKS}{GIVES}",
    "reads its input": f'printf "PASSPHRASE? " >&2; read -r word && {GIVES}',
    "ignores SIGTERM": f"trap '' TERM; {ASKS}{GIVES}",
    "leaves a child with its output": f"{ASKS} sleep 100 & {GIVES}",
    "prints megabytes": f"{ASKS}{GIVES}; head -c 8000000 /dev/zero",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_command_that_asks_has_the_terminal_before_anything_is_painted(script: str, tmp_path: Path) -> None:
    with served("onprem") as url:
        configured(url, script, tmp_path)
        with PtyProgram([COMMAND], size=(120, 40)) as program:
            program.wait_for("PASSPHRASE?", SECONDS)
            assert not program.modes.on
            program.write("open qs\r")
            program.wait_for("as of", SECONDS)
            assert not any("PASSPHRASE" in line for line in program.screen_lines())
            program.press("q")
            assert program.exit_code(SECONDS) == 0
            assert program.modes.restored
            assert program.settings() == program.settings_before


@contextmanager
def given_up(tmp_path: Path) -> Iterator[PtyProgram]:
    """The monitor once its first request for the passphrase was answered by ctrl+c."""
    with served("onprem") as url:
        configured(url, f"{ASKS}{GIVES}", tmp_path)
        with PtyProgram([COMMAND], size=(120, 40)) as program:
            program.wait_for("PASSPHRASE?", SECONDS)
            program.press("ctrl+c")
            program.wait_for("SIGINT", SECONDS)
            yield program


def test_one_given_up_leaves_the_terminal_to_the_dashboard_and_r_asks_again(tmp_path: Path) -> None:
    with given_up(tmp_path) as program:
        program.press("r")
        program.wait_for("PASSPHRASE?", SECONDS)
        assert program.modes.restored
        program.write("open qs\r")
        program.wait_for("as of", SECONDS)
        assert not any("PASSPHRASE" in line for line in program.screen_lines())
        program.press("q")
        assert program.exit_code(SECONDS) == 0


def test_one_that_hangs_keeps_nobody_from_the_picture_and_is_ended_with_the_program(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    with served("onprem") as url:
        configured(url, f"trap '' TERM; sleep 1000 & echo $! >{mark}; wait", tmp_path, ', timeout = "10m"')
        with PtyProgram([COMMAND], size=(120, 40)) as program:
            program.wait_for("Conversations", SECONDS)
            program.press("q")
            assert program.exit_code(SECONDS) == 0
        assert ends(int(mark.read_text()))


@pytest.mark.parametrize("words", [["check"], ["snapshot"]], ids=" ".join)
def test_a_one_shot_lends_its_terminal_too(words: list[str], tmp_path: Path) -> None:
    with served("onprem") as url:
        configured(url, f"{ASKS}{GIVES}", tmp_path)
        with PtyProgram([COMMAND, *words], size=(120, 40)) as program:
            program.wait_for("PASSPHRASE?", SECONDS)
            program.write("open qs\r")
            assert program.exit_code(SECONDS) in (0, 1)
            assert TOKEN.encode() not in program.raw
            assert b"belongs to" in program.raw or b"unassigned" in program.raw
            assert program.settings() == program.settings_before


def test_the_test_of_a_connection_lends_it_too(tmp_path: Path) -> None:
    with given_up(tmp_path) as program:
        program.press(",")
        program.wait_for("Settings", SECONDS)
        program.press("t")
        program.wait_for("PASSPHRASE?", SECONDS)
        program.write("open qs\r")
        program.wait_for("✓ counts", SECONDS)
        program.signal(signal.SIGTERM)
        assert program.exit_code(SECONDS) == 128 + signal.SIGTERM
