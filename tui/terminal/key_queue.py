"""Carries keys from the keyboard's thread to the app, no faster than it takes them and never too many."""

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable

from textual.message import Message

log = logging.getLogger(__name__)

MOST_WAITING = 2_000
"""Keys kept for an app that is behind; further ones are dropped, as nobody types so far ahead."""
_LOOK_AGAIN = 0.01
"""Seconds until a busy app is looked at again."""


class KeyQueue:
    """Messages for `deliver`, called on the loop while `busy` is not true."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[Message], None],
        busy: Callable[[], bool],
        *,
        most: int = MOST_WAITING,
    ) -> None:
        self._loop = loop
        self._deliver = deliver
        self._busy = busy
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()
        self._urgent: Message | None = None
        self._due = False
        self._told = False

    def put(self, message: Message, *, urgent: bool = False) -> None:
        """Queue a message, from any thread; the newest urgent one goes first, also where it is full."""
        with self._lock:
            if urgent:
                self._urgent = message
            elif len(self._waiting) < self._most:
                self._waiting.append(message)
            elif not self._told:
                self._told = True
                log.warning("Keys came faster than they could be handled; some were dropped.")
            if self._due:
                return
            self._due = True
        # The loop may have ended already.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take)

    def clear(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._waiting.clear()
            self._urgent = None

    def _take(self) -> None:
        while True:
            with self._lock:
                if self._urgent is not None:
                    message, self._urgent = self._urgent, None
                elif not self._waiting:
                    self._due = False
                    return
                elif self._busy():
                    self._loop.call_later(_LOOK_AGAIN, self._take)
                    return
                else:
                    message = self._waiting.popleft()
            try:
                self._deliver(message)
            except Exception as error:  # one key that fails must not cost all that follow
                log.warning("A key could not be handed to the app: %s", type(error).__name__)
