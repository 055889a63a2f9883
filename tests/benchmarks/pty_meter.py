"""A program in a pseudo-terminal, watched from outside: its screen, its bytes, its CPU, its memory."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import psutil
import pyte

# What a real terminal says when it is asked; a program that waits for an answer would start late.
ANSWERS = (
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
)

# Sequences pyte would print as text: private queries, keyboard protocols, DCS and APC strings.
UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;]*[A-Za-z]|\x1b\[\?[0-9;]*(?:\$p|u)|\x1b[P_^X][^\x1b]*\x1b\\",
)
UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^X\]][^\x1b\x07]*\x1b?)?\Z")

# Modes a program may switch on, by number: mouse, focus, alternate screen, bracketed paste.
LENT_MODES = (1000, 1002, 1003, 1004, 1006, 1015, 1016, 1049, 2004)


class Usage(NamedTuple):
    """What a program and its children hold and have spent: memory in bytes, CPU time in seconds."""

    memory: int
    cpu: float


class Ended(RuntimeError):
    """The program ended, or the time was up, before what was waited for."""


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with nothing of this user's: own home, true colour, UTF-8."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        **folders,
        **more,
    }


class Terminal:
    """Runs `command` on a pseudo-terminal of its own and draws what it writes with pyte.

    A context manager: leaving it ends the program, with SIGKILL if SIGTERM is not enough.
    To be made in a process with a single thread, as it forks.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        columns: int = 120,
        rows: int = 40,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.received = 0
        self.written = b""
        self.exit_status: int | None = None
        self._stream = pyte.ByteStream(self.screen)
        self._tail = b""
        self._last_read = 0.0
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.chdir(folder)
                os.execvpe(command[0], list(command), dict(environment))
            finally:
                os._exit(127)
        self.attributes_before = termios.tcgetattr(self.fd)
        self._process = psutil.Process(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.exit_status is None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, number)
                with contextlib.suppress(Ended):
                    self.wait_for_exit(5.0)
                    break
        os.close(self.fd)

    @property
    def text(self) -> str:
        """The screen, line by line, without the blanks at the right."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def is_running(self) -> bool:
        """False once the program has closed its terminal."""
        return self.exit_status is None

    def press(self, keys: str) -> None:
        """Type `keys`, as the bytes a keyboard sends."""
        os.write(self.fd, keys.encode())

    def usage(self) -> Usage:
        """Return memory (resident) and CPU time of the program and its children by now."""
        memory, cpu = 0, 0.0
        with contextlib.suppress(psutil.Error):
            for process in (self._process, *self._process.children(recursive=True)):
                memory += process.memory_info().rss
                times = process.cpu_times()
                cpu += times.user + times.system
        return Usage(memory, cpu)

    def read(self) -> bool:
        """Take in what the program has written; False if it closed the terminal."""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            self._reap()
            return False
        self._last_read = time.monotonic() - self.started
        self.received += len(data)
        self.written += data
        for question, answer in ANSWERS:
            if question in data:
                os.write(self.fd, answer)
        self._draw(data)
        return True

    def wait_for(self, condition: Callable[[str], object], limit: float) -> float:
        """Read until `condition` holds for the screen's text; seconds from the start to its last bytes.

        Raises `Ended` after `limit` seconds or when the program ends first, with the screen.
        """
        end = time.monotonic() + limit
        if condition(self.text):
            return self._last_read
        while (left := end - time.monotonic()) > 0:
            if not _readable([self.fd], left):
                continue
            if not self.read():
                raise Ended(f"The program ended with {self.exit_status}:\n{self.text}")
            if condition(self.text):
                return self._last_read
        raise Ended(f"Not seen within {limit:g} s:\n{self.text}")

    def wait_for_exit(self, limit: float) -> int:
        """Read until the program ends; its exit status, negative for a signal."""
        end = time.monotonic() + limit
        while self.exit_status is None:
            left = end - time.monotonic()
            if left <= 0:
                raise Ended(f"The program did not end within {limit:g} s:\n{self.text}")
            if _readable([self.fd], left):
                self.read()
        return self.exit_status

    def left_behind(self) -> list[str]:
        """Name what an ended program did not put back: terminal modes, cursor, line discipline."""
        left = []
        for mode in LENT_MODES:
            on, off = (self.written.rfind(b"\x1b[?%d%c" % (mode, end)) for end in b"hl")
            if on > off:
                left.append(f"mode {mode} is still on")
        if self.written.rfind(b"\x1b[?25l") > self.written.rfind(b"\x1b[?25h"):
            left.append("the cursor is still hidden")
        if termios.tcgetattr(self.fd) != self.attributes_before:
            left.append("the line discipline has changed")
        return left

    def _draw(self, data: bytes) -> None:
        data = self._tail + data
        unfinished = UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._tail = data[cut:]
        self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data[:cut]))

    def _reap(self) -> None:
        if self.exit_status is None:
            _, status = os.waitpid(self.pid, 0)
            self.exit_status = os.waitstatus_to_exitcode(status)


def watch(terminals: Iterable[Terminal], seconds: float) -> None:
    """Read from several programs at once for `seconds`; raises `Ended` if one of them ends."""
    by_fd = {terminal.fd: terminal for terminal in terminals}
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for fd in _readable(list(by_fd), left):
            if not by_fd[fd].read():
                raise Ended(f"A program ended with {by_fd[fd].exit_status}:\n{by_fd[fd].text}")


def _readable(fds: list[int], seconds: float) -> list[int]:
    ready, _, _ = select.select(fds, [], [], max(0.0, seconds))
    return ready
