"""The keyboard's thread: nothing ends it, ctrl+c is heard without the loop, and no flood fills memory."""

import asyncio
import contextlib
import os
import pty
import queue
import threading
import tty
from collections.abc import Iterator

import pytest
from textual import events
from textual.message import Message

from tests.terminal.reports import ODD_KEYS, REPORTS
from tui.terminal.interrupt import INSISTED, SILENCE, Interrupt
from tui.terminal.key_events import KeyEvents
from tui.terminal.key_queue import KeyQueue
from tui.terminal.keyboard import INTERRUPTED, Keyboard
from tui.terminal.sequences import Kind, Piece
from tui.terminal.skills import takes_keyboard_flags

PATIENCE = 20.0


class Typist:
    """A keyboard on a pseudo-terminal, and what was heard of it."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.heard: queue.Queue[str] = queue.Queue()
        self.left: queue.Queue[int] = queue.Queue()
        self.now = 0.0
        self.broken = False
        self.keyboard = Keyboard(self.slave, self.hear, clock=lambda: self.now, leave=self.left.put)

    def hear(self, message: Message) -> None:
        if self.broken:
            raise RuntimeError("the app is gone")
        self.heard.put(getattr(message, "key", type(message).__name__))

    def types(self, data: bytes) -> None:
        os.write(self.master, data)

    def next(self) -> str:
        return self.heard.get(timeout=PATIENCE)

    def close(self) -> None:
        self.keyboard.stop(patience=PATIENCE)
        for fd in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(fd)


@pytest.fixture
def typist() -> Iterator[Typist]:
    person = Typist()
    yield person
    person.close()


@pytest.mark.parametrize("odd", [*ODD_KEYS, *REPORTS], ids=ascii)
def test_the_rest_of_a_read_is_not_lost_with_an_odd_report(typist: Typist, odd: str) -> None:
    typist.types(f"a{odd}b{odd}?".encode())
    assert [typist.next() for _ in range(3)] == ["a", "b", "question_mark"]


def test_an_app_that_can_t_take_a_key_does_not_end_the_thread(
    typist: Typist, caplog: pytest.LogCaptureFixture
) -> None:
    typist.broken = True
    typist.types(b"abc")
    while len(caplog.records) < 1:
        typist.keyboard._thread.join(0.01)
    typist.broken = False
    typist.types(b"\x1bd")
    heard = typist.next()
    while heard != "alt+d":
        heard = typist.next()
    assert len(caplog.records) == 1
    assert typist.keyboard._thread.is_alive()


def test_what_textual_can_t_parse_is_dropped_and_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = KeyEvents()

    def fail(sequence: str, alt: bool = False) -> None:
        raise ValueError(sequence)

    first = heard._parser
    monkeypatch.setattr(first, "_sequence_to_key_events", fail)
    assert heard.of(Piece(Kind.CHARACTER, "s")) == []
    assert heard._parser is not first, "a parser that raised may be in any state"
    monkeypatch.setattr(heard._parser, "_sequence_to_key_events", fail)
    assert heard.of(Piece(Kind.CHARACTER, "s")) == []
    (key,) = heard.of(Piece(Kind.CHARACTER, "s"))
    assert isinstance(key, events.Key)
    (record,) = caplog.records
    assert "ValueError" in record.getMessage()


@pytest.mark.parametrize("key", [b"\x03", b"\x1b[99;5u", b"\x1b[99;5:1u", b"\x1b[27;5;99~"])
def test_ctrl_c_that_nobody_takes_ends_the_program(typist: Typist, key: bytes) -> None:
    typist.types(key)
    assert typist.next() == "ctrl+c"
    typist.now += SILENCE
    typist.types(b"x")
    assert typist.left.get(timeout=PATIENCE) == INTERRUPTED


def test_ctrl_c_that_was_taken_ends_nothing(typist: Typist) -> None:
    typist.types(b"\x03")
    assert typist.next() == "ctrl+c"
    typist.keyboard.taken()
    typist.now += 2 * SILENCE
    typist.types(b"x")
    assert typist.next() == "x"
    assert typist.left.empty()


def test_ctrl_c_twice_is_waited_for_a_second_and_once_for_five() -> None:
    interrupt = Interrupt()
    assert interrupt.wait(0) is None
    interrupt.pressed(10)
    assert interrupt.wait(10) == SILENCE
    interrupt.pressed(10.01)
    assert interrupt.wait(10) == INSISTED
    interrupt.pressed(10 + INSISTED)
    assert interrupt.wait(10 + INSISTED) == 0, "whoever goes on pressing puts nothing off"
    interrupt.taken()
    assert interrupt.wait(100) is None


class App:
    """Takes keys, unless it is behind."""

    def __init__(self, *, most: int = 10) -> None:
        self.got: list[str] = []
        self.behind = True
        self.all = asyncio.Event()
        self.keys = KeyQueue(asyncio.get_running_loop(), self.take, lambda: self.behind, most=most)

    def take(self, message: Message) -> None:
        assert isinstance(message, events.Key)
        self.got.append(message.key)
        if message.key == "end":
            self.all.set()

    def types(self, *keys: str) -> None:
        for key in keys:
            self.keys.put(events.Key(key, None), urgent=key == "ctrl+c")


async def test_keys_wait_in_order_for_an_app_that_is_behind_and_not_too_many() -> None:
    app = App()
    typed = [*map(str, range(9)), "end", *("x" * 10_000)]
    thread = threading.Thread(target=app.types, args=typed)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert app.got == []
    assert len(app.keys._waiting) == 10
    app.behind = False
    app.types("ctrl+c")
    await asyncio.wait_for(app.all.wait(), PATIENCE)
    assert app.got == ["ctrl+c", *map(str, range(9)), "end"]


async def test_ctrl_c_overtakes_what_waits() -> None:
    app = App()
    app.types(*"abcdefghijklmnop", "ctrl+c", "ctrl+c")
    for _ in range(5):
        await asyncio.sleep(0)
    assert app.got == ["ctrl+c"]
    app.keys.clear()
    app.behind = False
    app.types("end")
    await asyncio.wait_for(app.all.wait(), PATIENCE)
    assert app.got == ["ctrl+c", "end"]


async def test_a_key_that_fails_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    app = App()
    app.behind = False
    app.keys.put(Message())
    app.types("end")
    await asyncio.wait_for(app.all.wait(), PATIENCE)
    assert app.got == ["end"]
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "foot"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "vt220"}, False),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "eterm-color"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({}, False),
    ],
)
def test_keyboard_flags_only_where_nothing_of_them_is_printed(
    environ: dict[str, str], expected: bool
) -> None:
    assert takes_keyboard_flags(environ) is expected
