"""What is seen to once a minute: each step by itself, so that none keeps the others from running."""

import logging
from collections.abc import Awaitable, Callable

from tui import crash

log = logging.getLogger(__name__)


class Guard:
    """Runs steps, whatever becomes of each; a failure is logged once for each step and kind of error."""

    def __init__(self) -> None:
        self._told: set[tuple[str, type[Exception]]] = set()

    async def run(self, name: str, step: Callable[[], Awaitable[object] | None]) -> None:
        """Do `step`, awaiting what it returns; `name` says in the log what it was."""
        try:
            waiting = step()
            if waiting is not None:
                await waiting
        except Exception as error:
            self.note(name, error)

    def call(self, name: str, step: Callable[..., object], *args: object) -> None:
        """Do `step`, such as telling one of several listeners."""
        try:
            step(*args)
        except Exception as error:
            self.note(name, error)

    def note(self, name: str, error: Exception) -> None:
        """Log that `name` failed, unless it did so before in the same way."""
        if (name, type(error)) not in self._told:
            self._told.add((name, type(error)))
            # Not the traceback itself: its values may hold what a customer or a server wrote.
            log.error("%s failed, and goes on\n%s", name, crash.report(error))
