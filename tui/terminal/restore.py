"""Puts the terminal back as it was, whatever went wrong: for exceptions, atexit and the last resort."""

import atexit
import contextlib
import os
import select
import sys
import termios
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

FAREWELL = "\x1b[?2026l\x1b[m\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"
"""Ends what the driver may have begun: colours, mouse, paste brackets, no wrapping, alternate screen."""


class _Armed:
    """What is to be put back: the descriptors, and the input's settings where it is a terminal."""

    def __init__(self, output: int, source: int, settings: list[Any] | None, farewell: str) -> None:
        self.output = output
        self.source = source
        self.settings = settings
        self.farewell = farewell


_armed: list[_Armed] = []

_leaving: list[Callable[[], object]] = []


def arm(output: int, source: int, settings: list[Any] | None, farewell: str = FAREWELL) -> None:
    """Remember how to restore: `farewell` to `output`, termios `settings` to `source`."""
    _armed[:] = [_Armed(output, source, settings, farewell)]


def disarm() -> None:
    """The terminal is as it was; nothing remains to be done."""
    _armed.clear()


def restore_terminal(*, patience: float = 0.3) -> None:
    """Restore the terminal if that is still to be done; again and again does no harm.

    Takes `patience` seconds at most where the terminal reads nothing, and raises nothing.
    """
    while True:
        try:
            armed = _armed.pop()
        except IndexError:  # Another thread may be at it.
            return
        if armed.settings is not None:
            with contextlib.suppress(termios.error, OSError):
                # What was typed, or answered by the terminal, is not for the shell.
                termios.tcflush(armed.source, termios.TCIFLUSH)
                termios.tcsetattr(armed.source, termios.TCSANOW, armed.settings)
        with contextlib.suppress(OSError, ValueError):
            _write(armed.output, armed.farewell.encode(), patience)


def _write(fd: int, data: bytes, patience: float) -> None:
    end = time.monotonic() + patience
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    flushed = False
    while data:
        # Half of the time for what the terminal has yet to read, then our words go first.
        left = end - time.monotonic() - (0 if flushed else patience / 2)
        if any(event & select.POLLOUT for _, event in poll.poll(max(0.0, left) * 1000)):
            data = data[os.write(fd, data[:64]) :]
        elif flushed:
            return
        else:
            flushed = True
            data = b"\x18" + data
            with contextlib.suppress(termios.error):
                termios.tcflush(fd, termios.TCOFLUSH)


def install() -> None:
    """Restore at exit, and before an exception nobody caught is printed."""
    atexit.register(restore_terminal)
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        restore_terminal()
        before(kind, error, trace)

    sys.excepthook = hook


def when_leaving(end: Callable[[], object]) -> None:
    """Have `end` called by the last resort too, for what must not outlive the program."""
    if end not in _leaving:
        _leaving.append(end)


def last_resort(code: int) -> None:
    """End the process with exit `code` within a second, the terminal restored, whatever else runs."""
    for end in _leaving:
        end()
    restore_terminal()
    os._exit(code)
