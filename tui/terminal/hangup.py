"""Notices that the terminal is gone, whatever became of SIGHUP, and ends the process in bounded time."""

import asyncio
import contextlib
import os
import select
import threading
import time
from collections.abc import Callable

EXIT_CODE = 129
"""128 and SIGHUP's number, as a shell reports it."""


class HangupWatch:
    """A thread that sleeps until the terminal at `fd` hangs up.

    Then `on_hangup` is called on the loop, to exit properly. If the process is still there `grace`
    seconds later, it ends with EXIT_CODE through `leave`, however far it got: a disk or a name
    server that does not answer may hold up what comes after the app, too.
    """

    def __init__(
        self,
        fd: int,
        loop: asyncio.AbstractEventLoop,
        on_hangup: Callable[[], object],
        *,
        grace: float = 1.2,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        self._fd = fd
        self._loop = loop
        self._on_hangup = on_hangup
        self._grace = grace
        self._leave = leave
        self._stopped = threading.Event()
        self._hung_up = threading.Event()
        self._wake, self._waker = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="hang-up", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch; a hang-up that was noticed still ends the process."""
        if not self._stopped.is_set():
            self._stopped.set()
            os.close(self._waker)
            if not self._hung_up.is_set():
                self._thread.join(self._grace)

    def _run(self) -> None:
        poll = select.poll()
        # No events asked for: hang-up and error are told all the same, and nothing else wakes us.
        poll.register(self._fd, 0)
        poll.register(self._wake, 0)
        ready = dict(poll.poll())
        os.close(self._wake)
        if self._stopped.is_set() or self._fd not in ready:
            return
        self._hung_up.set()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._on_hangup)
        time.sleep(self._grace)
        self._leave(EXIT_CODE)
