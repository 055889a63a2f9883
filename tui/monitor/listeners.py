"""Who hears that something new is known of an account."""

import asyncio
from collections.abc import Callable

from tui.identity import AccountRef
from tui.monitor.housekeeping import Guard


class Listeners:
    """Calls each on the loop, once for the changes of one turn.

    What changes while nobody listens is kept for who listens first.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._callbacks: dict[int, Callable[[AccountRef], None]] = {}
        self._number = 0
        self._changed: dict[AccountRef, None] = {}

    def add(self, callback: Callable[[AccountRef], None]) -> Callable[[], None]:
        """Tell `callback` from now on; returns what ends that."""
        number = self._number = self._number + 1
        self._callbacks[number] = callback
        if self._changed:
            asyncio.get_running_loop().call_soon(self._tell)
        return lambda: (self._callbacks.pop(number, None), None)[1]

    def tell(self, ref: AccountRef) -> None:
        """Something is new of `ref`."""
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._tell)
        self._changed[ref] = None

    def _tell(self) -> None:
        if not self._callbacks:
            return
        changed, self._changed = self._changed, {}
        for ref in changed:
            for callback in tuple(self._callbacks.values()):
                self._guard.call("telling a listener", callback, ref)
