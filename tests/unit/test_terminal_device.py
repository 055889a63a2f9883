"""The terminal as a device: writing without waiting, colours, copying, telling, restoring."""

import asyncio
import base64
import contextlib
import os
import pty
import select
import stat
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.message import Message

from tui.terminal import restore
from tui.terminal.clipboard import IN_TMUX, LIMIT, SENT, TOO_LONG, copy
from tui.terminal.colours import choose, detect
from tui.terminal.keyboard import Keyboard
from tui.terminal.notify import BELL, notify, sequence
from tui.terminal.output import Output
from tui.terminal.skills import answers_queries, refusal
from tui.terminal.style import ColourDepth
from tui.terminal.title import WindowTitle


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a pseudo-terminal: ours, and the program's."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, slave
    for fd in (master, slave):
        with contextlib.suppress(OSError):
            os.close(fd)


def read_all(fd: int) -> bytes:
    data = b""
    while select.select([fd], [], [], 0.2)[0]:
        data += os.read(fd, 65536)
    return data


async def test_output_never_waits_and_says_when_it_is_idle(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    idle = asyncio.Event()
    output = Output(slave, asyncio.get_running_loop(), idle.set)
    sent = b"0123456789" * 50_000
    output.send(sent)  # more than fits, and nobody reads: where it waited it would wait for ever
    states = [output.busy]
    arrived = b""
    while not idle.is_set():  # each turn of the loop gives the output its chance
        arrived += os.read(master, 65536) if select.select([master], [], [], 0)[0] else b""
        await asyncio.sleep(0)
    arrived += read_all(master)
    assert arrived == sent
    assert [*states, output.busy] == [True, False]
    output.close()
    assert os.get_blocking(slave), "the shell's descriptor must stay as it was"


async def test_a_stalled_terminal_still_gets_the_farewell_in_time(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    output = Output(slave, asyncio.get_running_loop(), lambda: None)
    output.send(b"x" * 1_000_000)
    output.finish(b"<farewell>", patience=0.4)
    output.close()
    assert read_all(master).endswith(b"<farewell>")


async def test_a_terminal_that_is_gone_is_no_error(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    output = Output(slave, asyncio.get_running_loop(), lambda: None)
    os.close(master)
    output.send(b"x")
    assert not output.busy, "what is sent to it is dropped"
    assert output.finish(b"bye")
    output.close()


async def test_output_to_a_file_works(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        output = Output(file.fileno(), asyncio.get_running_loop(), lambda: None)
        output.send(b"x" * 10_000)
        assert output.finish(b"end")
        output.close()
    assert (tmp_path / "out").read_bytes() == b"x" * 10_000 + b"end"


def test_restore_is_done_once_and_before_that_armed(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    settings = termios.tcgetattr(slave)
    settings[3] |= termios.ECHO
    restore.arm(slave, slave, settings)
    restore.restore_terminal()
    restore.restore_terminal()
    assert read_all(master).count(b"\x1b[?1049l") == 1
    assert termios.tcgetattr(slave)[3] & termios.ECHO


def test_restore_of_a_stalled_terminal_is_bounded(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    os.set_blocking(slave, False)
    with contextlib.suppress(BlockingIOError):
        for _ in range(1000):
            os.write(slave, b"x" * 4096)
    os.set_blocking(slave, True)
    restore.arm(slave, slave, None)
    restore.restore_terminal()
    assert b"\x1b[?1049l" in read_all(master)


def test_disarmed_nothing_is_written(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    restore.arm(slave, slave, None)
    restore.disarm()
    restore.restore_terminal()
    assert read_all(master) == b""


async def test_keys_arrive_and_a_lone_escape_too(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    loop, keys = asyncio.get_running_loop(), asyncio.Queue[str]()

    def pressed(event: Message) -> None:
        loop.call_soon_threadsafe(keys.put_nowait, getattr(event, "key", ""))

    keyboard = Keyboard(slave, pressed)
    os.write(master, "aé\x1b[A".encode())
    assert [await asyncio.wait_for(keys.get(), 60) for _ in range(3)] == ["a", "é", "up"]
    os.write(master, b"\x1b")
    assert await asyncio.wait_for(keys.get(), 60) == "escape"
    keyboard.stop()
    keyboard.stop()


async def test_the_keyboard_ends_with_its_terminal(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    keyboard = Keyboard(slave, lambda event: None)
    os.close(master)
    await asyncio.to_thread(keyboard._thread.join, 60)
    assert not keyboard._thread.is_alive()
    keyboard.stop()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, ColourDepth.EIGHT_BIT),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColourDepth.TRUE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, ColourDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, ColourDepth.EIGHT_BIT),
        ({"TERM": "xterm"}, ColourDepth.ANSI),
        ({"TERM": "linux"}, ColourDepth.ANSI),
        ({"TERM": "xterm-kitty"}, ColourDepth.TRUE),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "STY": "1"}, ColourDepth.EIGHT_BIT),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "x"}, ColourDepth.TRUE),
        ({"TERM": "tmux-256color", "TMUX": "x"}, ColourDepth.EIGHT_BIT),
        ({"TERM": "vt220"}, ColourDepth.NONE),
        ({"TERM": "dumb"}, ColourDepth.NONE),
        ({}, ColourDepth.NONE),
    ],
)
def test_colours_by_environment(environ: dict[str, str], expected: ColourDepth) -> None:
    assert detect(environ, isatty=True) == expected


def test_a_choice_outdoes_the_environment() -> None:
    depths = [
        choose(word, {"TERM": "dumb", "NO_COLOR": "1"}, isatty=True)
        for word in ("auto", "none", "16", "256", "true")
    ]
    assert depths == [ColourDepth.NONE, *ColourDepth]


def test_no_terminal_no_colours() -> None:
    assert detect({"TERM": "xterm-256color"}, isatty=False) == ColourDepth.NONE


def test_a_terminal_that_cant_is_refused_with_the_mend() -> None:
    assert refusal({"TERM": "xterm"}) is None
    assert "TERM=xterm-256color" in (refusal({"TERM": "dumb"}) or "")
    assert "not set" in (refusal({}) or "")


def of_this_term(term: str, script: str) -> str:
    """What a fresh Python writes: curses reads one entry in a process."""
    env = {**os.environ, "TERM": term}
    run = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    return run.stdout.strip()


READ_ENTRY = """
import curses
curses.setupterm()
strings = [bool(curses.tigetstr(name)) for name in ("el", "ech", "hpa")]
print([curses.tigetflag("bce") == 1, *strings])
"""
SKILLS = "import os; from tui.terminal.skills import skills; print([*skills(os.environ)])"


@pytest.mark.parametrize("term", ["xterm", "xterm-256color"])
def test_the_usual_terminals_can_what_their_entries_say(term: str) -> None:
    assert of_this_term(term, SKILLS) == of_this_term(term, READ_ENTRY)


@pytest.mark.parametrize(("term", "read"), [("xterm-256color", "False"), ("tmux-256color", "True")])
def test_only_of_others_the_entry_is_read(term: str, read: str) -> None:
    assert of_this_term(term, f"{SKILLS}; import sys; print('curses' in sys.modules)").endswith(read)


def test_questions_only_where_they_are_understood() -> None:
    assert answers_queries({"TERM": "xterm-256color"})
    assert not answers_queries({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"})
    assert not answers_queries({"TERM": "linux"})


async def test_copying_goes_to_the_terminal_and_claims_no_more() -> None:
    sent: list[str] = []
    assert await copy("täxt", sent.append, {}) == SENT
    assert sent == [f"\x1b]52;c;{base64.b64encode('täxt'.encode()).decode()}\x07"]
    assert await copy("x" * (LIMIT + 1), sent.append, {}) == TOO_LONG
    assert len(sent) == 1


def fake_tmux(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    path = folder / "tmux"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


async def test_inside_tmux_its_buffer_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tmux(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/words; cat > {tmp_path}/buffer')
    sent: list[str] = []
    assert await copy("text", sent.append, {"TMUX": "x"}) == IN_TMUX
    assert (tmp_path / "buffer").read_text() == "text"
    assert (tmp_path / "words").read_text() == "load-buffer -w -\n"
    assert sent == []


async def test_a_failing_tmux_leaves_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tmux(tmp_path, monkeypatch, "exit 1")
    sent: list[str] = []
    assert await copy("text", sent.append, {"TMUX": "x"}) == SENT
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("term", "begins"),
    [
        ("xterm-kitty", "\x1b]99;;"),
        ("foot", "\x1b]777;notify;"),
        ("xterm-256color", "\x1b]9;"),
        ("linux", ""),
    ],
)
def test_a_notification_in_the_terminals_own_words(term: str, begins: str) -> None:
    text = sequence("4;9;x\x1b]0;evil\x07", "many\nwait", {"TERM": term})
    assert text.startswith(begins)
    assert text.count("\x1b]") == (1 if begins else 0)


async def test_notifications_pass_tmux_only_where_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    environ = {"TMUX": "x", "TERM": "tmux-256color"}
    fake_tmux(tmp_path, monkeypatch, "echo off")
    await notify("title", "body", sent.append, environ)
    assert sent == [BELL]
    fake_tmux(tmp_path, monkeypatch, "echo on")
    await notify("title", "body", sent.append, environ)
    assert sent[1].startswith("\x1bPtmux;\x1b\x1b]9;title: body")


class Holding:
    def __init__(self) -> None:
        self.held: list[tuple[str, str]] = []

    def hold(self, name: str, begin: str, end: str) -> None:
        self.held.append((begin, end))


def test_a_title_is_safe_comes_once_and_goes_again() -> None:
    holding = Holding()
    title = WindowTitle(holding, {"TERM": "xterm"})
    title.set("162 wait\x1b]52;c;x\x07")
    title.set("162 wait\x1b]52;c;x\x07")
    assert holding.held[0] == ("\x1b[22;2t", "\x1b[23;2t")
    assert len(holding.held) == 2
    begin = holding.held[1][0]
    assert begin.startswith("\x1b]2;162 wait")
    assert begin.count("\x1b") == 1
    assert holding.held[1][1] == "\x1b]2;\x07", "a terminal that stacks no titles keeps none of ours"
    WindowTitle(holding, {"TERM": "linux"}).set("x")
    assert len(holding.held) == 2
    WindowTitle(holding, {"TERM": "xterm"}, ascii_only=True).set("tui · Bürø")
    assert holding.held[-1][0] == "\x1b]2;tui . Buro\x07"
