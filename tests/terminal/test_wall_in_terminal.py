"""The wall in a real pseudo-terminal: no mouse, no key but ctrl+c, nothing written."""

import re
import signal
import sys
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram
from tui.cli import monitor_parser
from tui.config.file import load

ROOT = Path(__file__).parents[2]
WALL = [sys.executable, "-m", "tui.cli", "--demo", "--wall"]


def wall(home: Path, *words: str, size: tuple[int, int] = (80, 24)) -> PtyProgram:
    folders = {f"XDG_{name}_HOME": str(home) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
    env = {"PYTHONPATH": str(ROOT), "HOME": str(home), **folders}
    return PtyProgram([*WALL, *words], env=env, size=size)


def test_it_needs_no_mouse_and_no_key_and_writes_no_file(tmp_path: Path) -> None:
    with wall(tmp_path) as program:
        program.wait_for("Support EU")
        program.wait_for("unassigned")
        assert not program.modes.mouse
        for key in ("q", "w", "escape", "f", "2"):
            program.press(key)
        program.wait_for("unassigned")
        program.write("\x03")
        assert program.exit_code() == 0
        assert program.modes.restored
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_restores_the_terminal(number: signal.Signals, tmp_path: Path) -> None:
    with wall(tmp_path) as program:
        program.wait_for("Support EU")
        program.signal(number)
        assert program.exit_code() == 128 + number
        assert program.modes.restored


def test_in_ascii_the_digits_still_stand(tmp_path: Path) -> None:
    with wall(tmp_path, "--ascii") as program:
        program.wait_for("Support EU")
        program.wait_for("unassigned")
        program.wait_for(lambda program: program.raw.count(b"#") > 60)
        assert program.raw.isascii()


def test_what_the_guide_writes_is_understood(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "wall.md").read_text(encoding="utf-8")
    file = tmp_path / "config.toml"
    file.write_text(guide.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    configured = load(file).config.wall
    assert configured.accounts == ("trial/*", "app/204")
    for options in re.findall(r'liveagent-tui"? (--wall[^`\n]*)', guide):
        assert monitor_parser().parse_args(options.split()).wall
