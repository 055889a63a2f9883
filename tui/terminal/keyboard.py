"""Reads what the terminal sends, in a thread that sleeps while nothing comes and ends with the terminal."""

import logging
import os
import select
import time
from collections.abc import Callable
from threading import Thread

from textual import constants, events
from textual.message import Message

from tui.terminal.interrupt import Interrupt
from tui.terminal.key_events import KeyEvents
from tui.terminal.pipes import wake_pipe
from tui.terminal.restore import last_resort
from tui.terminal.sequences import Cutter

log = logging.getLogger(__name__)

INTERRUPTED = 130
"""The exit code: 128 and SIGINT's number, as a shell reports it."""


def is_interrupt(message: Message) -> bool:
    """Whether it is ctrl+c, in whatever form the terminal sent it."""
    return isinstance(message, events.Key) and message.key == "ctrl+c"


class Keyboard:
    """Turns input at `fd` into messages for `on_message`, called in the thread.

    No input ends the thread but the end of the terminal. A ctrl+c for which nobody calls `taken`
    in time ends the program through `leave`, with the terminal restored.
    """

    def __init__(
        self,
        fd: int,
        on_message: Callable[[Message], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        leave: Callable[[int], object] = last_resort,
    ) -> None:
        self._fd = fd
        self._on_message = on_message
        self._clock = clock
        self._leave = leave
        self._interrupt = Interrupt()
        self._cutter = Cutter(constants.ESCAPE_DELAY)
        self._events = KeyEvents()
        self._told = False
        self._wake, self._waker = wake_pipe()
        self._thread = Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()

    def stop(self, *, patience: float = 0.5) -> None:
        """End the thread, waiting for it up to `patience` seconds."""
        if self._waker < 0:
            return
        os.write(self._waker, b"x")
        self._thread.join(patience)
        os.close(self._waker)
        self._waker = -1
        if not self._thread.is_alive():
            os.close(self._wake)

    def taken(self) -> None:
        """The app has done what the last ctrl+c says."""
        self._interrupt.taken()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            ready = dict(poll.poll(self._patience()))
            if self._wake in ready:
                return
            now = self._clock()
            if self._interrupt.wait(now) == 0:
                self._leave(INTERRUPTED)
                return
            data = self._read() if self._fd in ready else None
            if data == b"":
                return
            for piece in self._cutter.feed(data, now) if data else self._cutter.expire(now):
                for message in self._events.of(piece):
                    if is_interrupt(message):
                        self._interrupt.pressed(now)
                    self._hand_on(message)

    def _patience(self) -> float | None:
        """Milliseconds until something is due without further input."""
        now = self._clock()
        waits = [wait for wait in (self._cutter.wait(now), self._interrupt.wait(now)) if wait is not None]
        return min(waits) * 1000 + 1 if waits else None

    def _hand_on(self, message: Message) -> None:
        try:
            self._on_message(message)
        except Exception as error:  # this thread is what hears ctrl+c
            if not self._told:
                self._told = True
                log.warning("A key could not be handed to the app: %s", type(error).__name__)

    def _read(self) -> bytes | None:
        """What has come; b"" once the terminal is gone, None where it was a false alarm."""
        try:
            return os.read(self._fd, 4096)
        except BlockingIOError:
            return None
        except OSError:
            return b""
