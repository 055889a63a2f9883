"""The way out to the terminal: never blocks the event loop, and ends in bounded time."""

import asyncio
import contextlib
import os
import select
import termios
import time
from collections.abc import Callable

_CANCEL = b"\x18"
"""CAN: the terminal drops the sequence it is in the middle of."""


class Output:
    """Writes bytes to a file descriptor as it takes them; the rest waits for it to be writable.

    `busy` while bytes wait: then whoever makes frames should make none. `on_idle` is called
    on the loop once the last byte is gone.
    """

    def __init__(self, fd: int, loop: asyncio.AbstractEventLoop, on_idle: Callable[[], None]) -> None:
        self._own, self._fd = _unblocked(fd)
        self._loop = loop
        self._on_idle = on_idle
        self._waiting = b""
        self._watching = False
        self._dead = False

    @property
    def busy(self) -> bool:
        """Whether bytes wait for the terminal to take them."""
        return bool(self._waiting)

    def send(self, data: bytes) -> None:
        """Write `data`, now where possible."""
        self._waiting += data
        self._push()
        if self._waiting and not self._watching:
            self._watching = True
            with contextlib.suppress(OSError, RuntimeError):
                self._loop.add_writer(self._fd, self._writable)

    def finish(self, farewell: bytes, *, patience: float = 0.8) -> bool:
        """Write what waits and `farewell`, blocking up to `patience` seconds; whether all went.

        A terminal that reads nothing for half of that gets `farewell` in place of everything
        it has not read yet.
        """
        self._unwatch()
        end = time.monotonic() + patience
        self._waiting += farewell
        if self._drain(end - patience / 2):
            return True
        self._waiting = _CANCEL + farewell
        with contextlib.suppress(termios.error):
            termios.tcflush(self._fd, termios.TCOFLUSH)
        if self._drain(end):
            return True
        self._waiting = b""
        return False

    def close(self) -> None:
        """Give the descriptor back; nothing can be sent any more."""
        self._unwatch()
        self._dead = True
        self._waiting = b""
        if self._own:
            self._own = False
            os.close(self._fd)

    def _writable(self) -> None:
        self._push()
        if not self._waiting:
            self._unwatch()
            self._on_idle()

    def _unwatch(self) -> None:
        if self._watching:
            self._watching = False
            with contextlib.suppress(OSError, RuntimeError):
                self._loop.remove_writer(self._fd)

    def _drain(self, end: float) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        while True:
            self._push()
            left = end - time.monotonic()
            if not self._waiting or left <= 0:
                return not self._waiting
            poll.poll(left * 1000)

    def _push(self) -> None:
        """Write until all is gone or the terminal takes no more."""
        while self._waiting and not self._dead:
            try:
                written = self._write_some()
            except InterruptedError:
                continue
            except BlockingIOError:
                return
            except OSError:
                self._dead = True
                break
            if not written:
                return
            self._waiting = self._waiting[written:]
        if self._dead:
            self._waiting = b""

    def _write_some(self) -> int:
        if self._own:
            return os.write(self._fd, self._waiting)
        # The descriptor is shared with other programs and may block: ask first, write little.
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        if not any(event & select.POLLOUT for _, event in poll.poll(0)):
            return 0
        return os.write(self._fd, self._waiting[:512])


def _unblocked(fd: int) -> tuple[bool, int]:
    """A non-blocking descriptor of our own for the terminal at `fd`, or `fd` itself where there is none.

    O_NONBLOCK on `fd` would hold for the shell too, which shares it.
    """
    if not os.isatty(fd):
        return False, fd
    flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
    with contextlib.suppress(OSError):
        return True, os.open(os.ttyname(fd), flags)
    with contextlib.suppress(OSError):
        return True, os.open("/dev/tty", flags)
    return False, fd
