"""Runs a program in a real pseudo-terminal, shows what a person would see, and plays the person."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.terminal.reference import ReferenceTerminal

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "shift+tab": "\x1b[Z",
    "space": " ",
}
PATIENCE = 120.0
"""Seconds before a program is given up: only one that hangs needs them, however busy the machine."""
_MODE = re.compile(r"\x1b\[\?([\d;]+)([hl])")
_CUT = re.compile(r"\x1b(?:\[[\x20-\x3f]*|[\]PX^_][^\x07\x1b]*\x1b?|[\x20-\x2f]*)?$")
_ANSWERS: dict[str, Callable[["PtyProgram"], str]] = {
    "\x1b[6n": lambda program: "\x1b[{1};{0}R".format(*program.cursor),
    "\x1b[5n": lambda _: "\x1b[0n",
    "\x1b[c": lambda _: "\x1b[?62;22c",
    "\x1b[?2026$p": lambda program: "\x1b[?2026;2$y" if program.synchronized else "",
}


class Modes:
    """The private modes the program has set and not taken back, and the pairs it left open."""

    def __init__(self) -> None:
        self.on: set[int] = set()
        self.cursor_hidden = False
        self.wraps = True
        self.kitty_keyboard = 0
        self.titles = 0

    def follow(self, text: str) -> None:
        """Take over what `text` switches."""
        for numbers, letter in _MODE.findall(text):
            for word in numbers.split(";"):
                self._switch(int(word), on=letter == "h")
        self.kitty_keyboard += len(re.findall(r"\x1b\[>\d*u", text)) - len(re.findall(r"\x1b\[<\d*u", text))
        self.titles += len(re.findall(r"\x1b\[22;?\d*t", text)) - len(re.findall(r"\x1b\[23;?\d*t", text))

    def _switch(self, mode: int, *, on: bool) -> None:
        if mode == 25:
            self.cursor_hidden = not on
        elif mode == 7:
            self.wraps = on
        elif on:
            self.on.add(mode)
        else:
            self.on.discard(mode)

    @property
    def alternate_screen(self) -> bool:
        """Whether the program is on the alternate screen."""
        return not self.on.isdisjoint({47, 1047, 1049})

    @property
    def mouse(self) -> bool:
        """Whether the terminal reports the mouse."""
        return not self.on.isdisjoint({9, 1000, 1002, 1003, 1005, 1006, 1015, 1016})

    @property
    def bracketed_paste(self) -> bool:
        """Whether pastes come in brackets."""
        return 2004 in self.on

    @property
    def drawing(self) -> bool:
        """Whether a synchronized frame has begun and not ended."""
        return 2026 in self.on

    @property
    def restored(self) -> bool:
        """Whether the terminal is as a program should leave it."""
        return not (self.on or self.cursor_hidden or self.kitty_keyboard or self.titles) and self.wraps


class PtyProgram:
    """A child process on its own terminal of `size` (columns, rows), read by a thread.

    `stall()` stops the reading, as a dead line does; `flow()` goes on. `raw` is all it wrote.
    `synchronized`: whether this terminal says that it knows synchronized output. Use as a
    context manager: the child is killed at the end.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        synchronized: bool = False,
        ignored: Sequence[signal.Signals] = (),
    ) -> None:
        self.size = size
        self.synchronized: bool = synchronized
        self.raw = b""
        self.modes = Modes()
        self._terminal = ReferenceTerminal(*size)
        self._unread = b""
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._flowing = threading.Event()
        self._flowing.set()
        self._code: int | None = None
        self._wake, self._waker = os.pipe()
        full = {**os.environ, "TERM": "xterm-256color", **(env or {})}
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.settings_before = termios.tcgetattr(slave)
        self.pid = self._spawn(list(argv), full, slave, ignored)
        os.close(slave)
        self._master = master
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _spawn(
        self, argv: list[str], env: dict[str, str], slave: int, ignored: Sequence[signal.Signals]
    ) -> int:
        argv = [*_LAUNCH, *(str(int(number)) for number in ignored), "--", *argv]
        null = -1 if slave > 2 else slave
        actions: list[Any] = [(os.POSIX_SPAWN_DUP2, slave, number) for number in (0, 1, 2) if number != null]
        # As in a terminal, also where these tests themselves run under nohup.
        usual = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
        return os.posix_spawn(argv[0], argv, env, file_actions=actions, setsid=True, setsigdef=usual)

    def __enter__(self) -> "PtyProgram":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the child if it still runs, and take the terminal away."""
        if self._poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.exit_code(5)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        if self._master >= 0:
            self._flowing.set()
            os.write(self._waker, b"x")
            self._thread.join(5)
            os.close(self._master)
            os.close(self._wake)
            os.close(self._waker)
            self._master = -1

    def stall(self) -> None:
        """Read nothing any more."""
        self._flowing.clear()
        os.write(self._waker, b"x")

    def flow(self) -> None:
        """Read again."""
        self._flowing.set()

    def press(self, *keys: str) -> None:
        """Type keys by Textual's names ("ctrl+c", "escape", "a"); other text goes as it is."""
        for key in keys:
            text = KEYS.get(key)
            if text is None:
                text = chr(ord(key[5]) & 31) if key.startswith("ctrl+") and len(key) == 6 else key
            self.write(text)

    def write(self, text: str) -> None:
        """Send input as the terminal would."""
        self.write_bytes(text.encode())

    def write_bytes(self, data: bytes) -> None:
        """Send input that may be no text; waits while the program reads nothing."""
        while data:
            data = data[os.write(self._master, data) :]

    @property
    def has_ended(self) -> bool:
        """Whether the program has exited."""
        return self._poll() is not None

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the system signals the program."""
        with self._lock:
            self.size = columns, rows
            self._terminal.resize(columns, rows)
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        os.kill(self.pid, number)

    def wait_for(self, wanted: str | Callable[["PtyProgram"], bool], timeout: float = PATIENCE) -> None:
        """Wait until `wanted` is on the screen, or true; else raise AssertionError with the screen."""
        end = time.monotonic() + timeout
        with self._news:
            while not self._has(wanted):
                left = end - time.monotonic()
                if left <= 0:
                    shown = "\n".join(self._terminal.lines())
                    raise AssertionError(f"{wanted!r} did not come within {timeout} s:\n{shown}")
                self._news.wait(min(left, 0.1))

    def wait_until_gone(self, words: str, timeout: float = PATIENCE) -> None:
        """Wait until `words` are on no row: a key typed right after escape would be one chord with it."""
        self.wait_for(lambda program: not program._has(words), timeout)

    def _has(self, wanted: str | Callable[["PtyProgram"], bool]) -> bool:
        if callable(wanted):
            return wanted(self)
        return any(wanted in line for line in self._terminal.lines())

    def screen_lines(self) -> list[str]:
        """The rows of the screen, trailing blanks kept."""
        with self._lock:
            return self._terminal.lines()

    def looks(self) -> list[list[Any]]:
        """Every cell with its style, as `ReferenceTerminal.looks`."""
        with self._lock:
            return self._terminal.looks()

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 1."""
        at = self._terminal.screen.cursor
        return min(at.x + 1, self.size[0]), at.y + 1

    @property
    def bytes_written(self) -> int:
        """How many bytes the program has sent to the terminal, so far as read."""
        return len(self.raw)

    def settings(self) -> list[Any]:
        """The terminal's settings (termios), to compare with `settings_before`."""
        return termios.tcgetattr(self._master)

    def exit_code(self, timeout: float = PATIENCE) -> int:
        """The exit code, once the program has ended; minus the signal's number if one killed it."""
        end = time.monotonic() + timeout
        while self._poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"the program still runs after {timeout} s")
            time.sleep(0.01)
        self._settle()
        assert self._code is not None
        return self._code

    def _settle(self) -> None:
        """Let the thread read what the program left behind."""
        if self._flowing.is_set():
            self._thread.join(2)

    def _poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def _read(self) -> None:
        while True:
            watched = [self._wake, *([self._master] if self._flowing.is_set() else [])]
            ready, _, _ = select.select(watched, [], [], 0.2)
            if self._wake in ready:
                os.read(self._wake, 64)
                if self._flowing.is_set():
                    return
                continue
            if self._master not in ready:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self._show(data)

    def _show(self, data: bytes) -> None:
        with self._news:
            self.raw += data
            text = (self._unread + data).decode("utf-8", "surrogateescape")
            whole = text.rstrip("".join(map(chr, range(0xDC80, 0xDD00))))
            cut = _CUT.search(whole)
            if cut:
                whole = whole[: cut.start()]
            self._unread = text[len(whole) :].encode("utf-8", "surrogateescape")
            self._terminal.feed(whole)
            self.modes.follow(whole)
            self._news.notify_all()
            for question, answer in _ANSWERS.items():
                for _ in range(whole.count(question)):
                    self.write(answer(self))


_LAUNCH = [
    sys.executable,
    "-c",
    # Opening it makes the terminal the controlling one of the new session.
    "import fcntl, os, signal, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "at = sys.argv.index('--')\n"
    "for number in sys.argv[1:at]: signal.signal(int(number), signal.SIG_IGN)\n"
    "os.execvp(sys.argv[at + 1], sys.argv[at + 1:])",
]
