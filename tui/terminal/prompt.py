"""Asks for a secret at the terminal: nothing typed is shown, and the terminal is always given back."""

import contextlib
import os
import select
import signal
import sys
import termios
from collections.abc import Iterator
from typing import Any

from tui.terminal import restore, signals

_MOST = 4096
"""Bytes of a line that terminals hand over."""
_PASTED = (b"\x1b[200~", b"\x1b[201~")
"""What a terminal puts around a paste where the program before left it asked to."""
_HOW = os.O_RDWR | os.O_NOCTTY
_JOB = (signal.SIGTSTP, signal.SIGCONT)


def ask_hidden(text: str) -> str:
    """The line typed at `text`, without its end; raises EOFError, and KeyboardInterrupt at ctrl+c.

    Without a terminal nobody types and nothing echoes: the first line of standard input is taken then.
    Stopped by ctrl+z the terminal shows again what is typed there; continued, it hides it again.
    """
    try:
        fd = _open_terminal()
    except OSError:
        return _handed_over()
    try:
        before = termios.tcgetattr(fd)
        with signals.watching() as watch, _told(watch) as told:
            return _Prompt(text, fd, before, told, watch).ask()
    except termios.error as error:  # It has hung up.
        raise EOFError from error
    finally:
        os.close(fd)


def _open_terminal() -> int:
    """The controlling terminal or, without one, that of standard input; raises OSError."""
    try:
        return os.open("/dev/tty", _HOW)
    except OSError:
        return os.open(os.ttyname(0), _HOW)


def _handed_over() -> str:
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


@contextlib.contextmanager
def _told(watch: signals.Watch | None) -> Iterator[int]:
    """A descriptor from which the numbers of signals that concern a prompt can be read."""
    read, write = os.pipe()
    os.set_blocking(write, False)

    def follower(number: signal.Signals) -> bool:
        concerns = number in {signal.SIGINT, *_JOB}
        if concerns:
            with contextlib.suppress(BlockingIOError):
                os.write(write, bytes((number,)))
        return concerns

    try:
        if watch is not None:
            watch.attend(_JOB)
            watch.follow(follower)
        yield read
    finally:
        if watch is not None:
            watch.neglect(_JOB)
            watch.follow(None)
        os.close(read)
        os.close(write)


class _Prompt:
    """One question at the terminal `fd`; `signalled` hands over the signals that `watch` sees."""

    def __init__(self, text: str, fd: int, before: list[Any], told: int, watch: signals.Watch | None) -> None:
        self._text = text.encode("utf-8", "replace")
        self._fd = fd
        self._before = before
        self._signalled = told
        self._watch = watch

    def ask(self) -> str:
        line = b""
        self._hide()
        try:
            while not line.endswith(b"\n"):
                number = self._wait()
                if number is None:
                    data = os.read(self._fd, _MOST)
                    if not data:
                        break
                    line += data
                elif number == signal.SIGINT:
                    raise KeyboardInterrupt
                else:
                    self._stop_and_go_on(number)
                    line = b""
        finally:
            restore.restore_terminal()
        if not line:
            raise EOFError
        for mark in _PASTED:
            line = line.replace(mark, b"")
        return line.rstrip(b"\r\n").decode("utf-8", "replace")

    def _wait(self) -> int | None:
        """The number of a signal that came; None once there is something to read."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._signalled, select.POLLIN)
        ready = {fd for fd, _ in poll.poll()}
        return os.read(self._signalled, 1)[0] if self._signalled in ready else None

    def _hide(self) -> None:
        restore.arm(self._fd, self._fd, self._before, "\n")
        hidden = termios.tcgetattr(self._fd)
        hidden[3] &= ~termios.ECHO
        hidden[3] |= termios.ICANON | termios.ISIG
        termios.tcsetattr(self._fd, termios.TCSAFLUSH, hidden)
        os.write(self._fd, self._text)

    def _stop_and_go_on(self, number: int) -> None:
        if number == signal.SIGTSTP and self._watch is not None:
            restore.restore_terminal()
            self._watch.stop_job()
        self._hide()
