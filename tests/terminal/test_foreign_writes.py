"""What another program writes over the screen does not stay."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram
from tests.terminal.test_monitor_in_terminal import COMMAND, PATIENCE
from tests.terminal.test_ways_out import said

LINES = ("FOREIGN", "kernel: usb 1-1")
SPOILT = "\x1b[3;9r\x1b[4h\x1b[5;20H\x1b[7m" + LINES[0] + "\x1b[12;1H" + LINES[1] + "\x1b[?25h\x1b[?7h\x1b(0"
"""Words, a part of the screen that scrolls alone, inserting, a visible cursor, wrapping, line drawing."""


def write_over(program: PtyProgram) -> None:
    """Another program with the same terminal writes there."""
    with program._lock:
        program._terminal.feed(SPOILT)
        program.modes.follow(SPOILT)
    assert any(LINES[0] in line for line in program.screen_lines())


def clean(program: PtyProgram) -> bool:
    text = "\n".join(program._terminal.lines())
    return not any(line in text for line in LINES) and program.modes.cursor_hidden and not program.modes.wraps


@pytest.mark.parametrize(
    ("before", "keys"),
    [((), ("ctrl+l",)), ((), (":", "Repaint", "enter")), (("/",), ("ctrl+l",)), ((",",), ("ctrl+l",))],
    ids=["at once", "from Go to", "in a line to type in", "in the settings"],
)  # fmt: skip
def test_a_key_repaints_everything(before: Sequence[str], keys: Sequence[str]) -> None:
    with PtyProgram([COMMAND, "--demo"], size=(120, 40)) as program:
        program.wait_for("as of", PATIENCE)
        at = program.bytes_written
        program.press(*before)
        program.wait_for(lambda seen: not before or seen.bytes_written > at, PATIENCE)
        write_over(program)
        program.press(*keys)
        program.wait_for(clean, PATIENCE)
        program.wait_for("Teams 8 " if not before else "", PATIENCE)
        program.press("ctrl+c")
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored


def test_on_a_wall_too() -> None:
    with PtyProgram([COMMAND, "--demo", "--wall"]) as program:
        program.wait_for("unassigned", PATIENCE)
        write_over(program)
        program.press("ctrl+l")
        program.wait_for(clean, PATIENCE)
        assert not program.modes.mouse


CONFIG = '[environments.t]\nurl = "http://127.0.0.1:9"\ntoken = { env = "TOKEN_OF_NOBODY" }\n'
EDITS = "print('FOR' + 'EIGN', flush=True); input()"


def on_config(file: Path, more: str = "", **env: str) -> PtyProgram:
    """The monitor on a config of its own, with a server that is not there."""
    file.write_text(more + CONFIG)
    file.chmod(0o600)
    return PtyProgram([COMMAND, "--config", str(file)], env={"TOKEN_OF_NOBODY": "a-token-of-nobody", **env})


def test_the_key_can_be_another_one(tmp_path: Path) -> None:
    with on_config(tmp_path / "config.toml", '[keys]\nredraw = "f5"\n') as program:
        program.wait_for("keys", PATIENCE)
        write_over(program)
        program.write("\x1b[15~")
        program.wait_for(clean, PATIENCE)


def test_what_is_written_while_an_editor_has_the_terminal_is_gone_afterwards(tmp_path: Path) -> None:
    editor = f"{sys.executable} -c {shlex.quote(EDITS)}"
    with on_config(tmp_path / "config.toml", EDITOR=editor, VISUAL="") as program:
        program.wait_for("keys", PATIENCE)
        program.press(",")
        program.wait_for("Environments", PATIENCE)
        program.press("e")
        program.wait_for(said(b"FOREIGN"), PATIENCE)
        write_over(program)
        program.press("enter")
        program.wait_for(clean, PATIENCE)
        program.wait_for("Environments", PATIENCE)
