"""The driver in a real pseudo-terminal: paints, restores, survives stalls, stops and hang-ups."""

import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram

GONE_WITHIN = 20.0
"""Seconds for a machine that is busy; what holds the program up would last for a minute or for ever."""

ROOT = Path(__file__).parents[2]
APP = [sys.executable, str(Path(__file__).with_name("small_app.py"))]
ENV = {"PYTHONPATH": str(ROOT)}


LAID_OUT = """
from tests.terminal.small_app import SmallApp
from tui.terminal import driver
driver._SETTLED = 0.0
class Counting(SmallApp):
    times = 0
    def refresh(self, *regions, layout=False, **more):
        self.times += layout
        return super().refresh(*regions, layout=layout, **more)
    def action_more(self):
        self.query_one("#count").update(f"laid out {self.times} times more")
Counting(None).run()
"""

IN_TWO_FRAMES = """
import time
from tests.terminal.small_app import SmallApp
class InTwoFrames(SmallApp):
    def action_more(self):
        for place, words in (("#count", "its header"), ("#body", "its panes")):
            widget = self.query_one(place)
            widget.update(words)
            self.screen._dirty_widgets.add(widget)
            self.screen._on_timer_update()
            time.sleep(0.5)
InTwoFrames(None).run()
"""


def small_app(*words: str, **options: object) -> PtyProgram:
    return PtyProgram([*APP, *words], env=ENV, **options)  # type: ignore[arg-type]


def beat(path: Path) -> float:
    text = path.read_text() if path.exists() else ""
    return float(text or 0)


def test_it_paints_what_the_app_shows_and_a_change_costs_its_cells() -> None:
    with small_app() as program:
        program.wait_for("size 80x24")
        assert program.screen_lines()[0].rstrip() == "日本語 ● é ▁▂▃"
        assert program.modes.alternate_screen
        assert program.modes.cursor_hidden
        before = program.bytes_written
        program.press("n")
        program.wait_for("count 1")
        assert program.bytes_written - before <= 40
        before = program.bytes_written
        program.press("n")
        program.wait_for("count 2")
        assert program.bytes_written - before <= 4
        program.press("q")
        assert program.exit_code() == 0
        assert program.modes.restored
        assert program.settings() == program.settings_before


def test_what_a_turn_paints_in_two_frames_is_seen_together() -> None:
    with PtyProgram([sys.executable, "-c", IN_TWO_FRAMES], env=ENV) as program:
        program.wait_for("size 80x24")
        program.press("n")
        program.wait_for("its header")
        assert "its panes" in "\n".join(program.screen_lines())


def test_no_mouse_movement_nor_focus_is_asked_for() -> None:
    with small_app() as program:
        program.wait_for("size 80x24")
        assert {1000, 1002, 1006} <= program.modes.on
        assert program.modes.on.isdisjoint({1003, 1004, 1015, 1016, 2048})
    with small_app("--no-mouse") as program:
        program.wait_for("size 80x24")
        assert not program.modes.mouse


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal(number: signal.Signals) -> None:
    with small_app() as program:
        program.wait_for("size 80x24")
        program.signal(number)
        assert program.exit_code() == 128 + number
        assert program.modes.restored
        assert program.settings() == program.settings_before


def test_an_exception_restores_the_terminal_and_is_shown_after() -> None:
    with small_app() as program:
        program.wait_for("size 80x24")
        program.press("x")
        assert program.exit_code() == 1
        assert program.modes.restored
        assert program.settings() == program.settings_before
        left_at = program.raw.index(b"\x1b[?1049l")
        assert b"broken on purpose" in program.raw[left_at:]


@pytest.mark.parametrize("ignored", [(), (signal.SIGHUP,)])
@pytest.mark.parametrize("words", [(), ("--lingers",)])
def test_a_hang_up_ends_it(ignored: tuple[signal.Signals, ...], words: tuple[str, ...]) -> None:
    with small_app(*words, ignored=ignored) as program:
        program.wait_for("size 80x24")
        program.hang_up()
        program.exit_code(GONE_WITHIN)


def test_a_stalled_terminal_stops_nothing_and_gets_the_newest_frame(tmp_path: Path) -> None:
    beats = tmp_path / "beats"
    with small_app(str(beats), size=(120, 30)) as program:
        program.wait_for("size 120x30")
        program.press("f")
        program.wait_for("count 3")
        program.stall()
        for _ in range(20):
            before = beat(beats)
            program.wait_for(lambda _, last=before: beat(beats) > last)  # type: ignore[misc]
        program.press("f", "n")
        time.sleep(0.3)
        before = program.bytes_written
        program.flow()
        program.wait_for("calm again")
        assert program.bytes_written - before < 40_000
        assert all("  " in line or not line.strip() for line in program.screen_lines()[2:])
        program.press("q")
        assert program.exit_code() == 0
        assert program.modes.restored


def test_it_ends_in_time_on_a_stalled_terminal_and_still_restores_it() -> None:
    with small_app(size=(120, 30)) as program:
        program.wait_for("size 120x30")
        program.press("f")
        program.wait_for("count 3")
        program.stall()
        time.sleep(2)
        program.signal(signal.SIGTERM)
        assert program.exit_code(GONE_WITHIN) == 128 + signal.SIGTERM
        program.flow()
        program.wait_for(lambda program: program.modes.restored, 3)


def whole(words: str, program: PtyProgram) -> bool:
    """Whether the frame with these words is there to its end: it may be read in pieces."""
    lines = program.screen_lines()
    everywhere = not any("~" in line for line in lines)
    return everywhere and any(words in line for line in lines) and lines[0].rstrip() == "日本語 ● é ▁▂▃"


def test_a_resize_paints_everything_in_the_new_size() -> None:
    with small_app(size=(80, 24)) as program:
        program.wait_for("size 80x24")
        for columns, rows in [(100, 30), (60, 20), (61, 20), (80, 24)]:
            program.resize(columns, rows)
            program.wait_for(partial(whole, f"size {columns}x{rows}"))


def test_ctrl_z_gives_the_shell_its_terminal_and_fg_repaints() -> None:
    shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
    with PtyProgram(shell, env={**ENV, "PS1": "shell> "}) as program:
        program.wait_for("shell>")
        program.write(" ".join(APP) + "\r")
        program.wait_for("size 80x24")
        program.press("ctrl+z")
        program.wait_for(lambda program: b"Stopped" in program.raw)
        assert program.modes.restored
        program.write("fg\r")
        program.wait_for(lambda program: program.modes.alternate_screen)
        program.wait_for("日本語")
        program.press("n")
        program.wait_for("count 1")
        program.press("q")
        program.wait_for(lambda program: program.modes.restored)


def test_a_key_does_not_show_twice_when_continued_after_a_plain_stop() -> None:
    with small_app() as program:
        program.wait_for("size 80x24")
        program.signal(signal.SIGSTOP)
        program.signal(signal.SIGCONT)
        program.press("n")
        program.wait_for("count 1")
        assert program.raw.count(b"\x1b[?1049h") == 2


def test_ascii_sends_nothing_else() -> None:
    with small_app("--ascii") as program:
        program.wait_for("size 80x24")
        assert program.raw.isascii()


def test_brackets_only_where_the_terminal_knows_them_and_a_frame_is_long() -> None:
    with small_app(synchronized=True) as program:
        program.wait_for("size 80x24")
        program.press("n")
        program.wait_for("count 1")
        begun = re.findall(rb"\x1b\[\?2026h", program.raw)
        assert len(begun) <= 2
        program.press("q")
        assert program.exit_code() == 0
        assert program.modes.restored
        assert 2026 not in program.modes.on


@pytest.mark.parametrize("term", ["linux", "screen", "tmux-256color", "vt100", "dumb", "nonsense"])
def test_every_terminal_is_painted(term: str) -> None:
    with PtyProgram(APP, env={**ENV, "TERM": term}) as program:
        program.wait_for("size 80x24")
        program.press("n")
        program.wait_for("count 1")
        program.press("q")
        assert program.exit_code() == 0


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_it_works_inside_tmux(tmp_path: Path) -> None:
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    try:
        with PtyProgram([*tmux, "new-session", shlex.join(APP)], env=ENV) as program:
            program.wait_for("size 80x23")
            program.press("n")
            program.wait_for("count 1")
            assert program.screen_lines()[0].rstrip() == "日本語 ● é ▁▂▃"
            program.press("q")
            assert program.exit_code() == 0
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)


def test_all_is_laid_out_once_more_after_a_change_of_size_and_not_at_the_start() -> None:
    with PtyProgram([sys.executable, "-c", LAID_OUT], env=ENV) as program:
        program.wait_for("size 80x24")
        program.press("n")
        program.wait_for("laid out 0 times more")
        program.resize(100, 30)
        program.wait_for("size 100x30")
        program.press("n")
        program.wait_for("laid out 1 times more")
        program.press("q")
        assert program.exit_code() == 0
