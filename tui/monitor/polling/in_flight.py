"""Who waits for the answer to an ask made on demand."""

import asyncio
import math
from collections.abc import Callable
from typing import Any

from tui.api.call import Answer
from tui.api.errors import LiveAgentError
from tui.monitor.calls import Ask


class Waiting:
    """Hands each answer to everybody who asked for it before the call left."""

    def __init__(self) -> None:
        self._futures: dict[Ask, dict[asyncio.Future[Answer[Any]], float]] = {}
        """With the `Clock.now` at which each began to wait."""
        self._overhearing: list[Callable[[Ask, Answer[Any]], None]] = []

    def overhear(self, callback: Callable[[Ask, Answer[Any]], None]) -> None:
        """Call `callback` with each answer, whoever asked for it."""
        self._overhearing.append(callback)

    def join(self, ask: Ask, now: float) -> asyncio.Future[Answer[Any]]:
        """Wait for the answer to `ask`, asked no earlier than now."""
        future: asyncio.Future[Answer[Any]] = asyncio.get_running_loop().create_future()
        self._futures.setdefault(ask, {})[future] = now
        return future

    def leave(self, ask: Ask, future: asyncio.Future[Answer[Any]]) -> bool:
        """Wait no more; True where nobody else does either."""
        futures = self._futures.get(ask, {})
        futures.pop(future, None)
        if not futures:
            self._futures.pop(ask, None)
        return not futures

    def settle(self, ask: Ask, result: Answer[Any] | LiveAgentError, asked_at: float = math.inf) -> None:
        """The answer to the call of `asked_at` is here, or the failure; of no call, it is for everybody."""
        if not isinstance(result, LiveAgentError):
            for callback in self._overhearing:
                callback(ask, result)
        futures = self._futures.pop(ask, {})
        later = {future: since for future, since in futures.items() if since > asked_at}
        if later:
            self._futures[ask] = later
        for future in futures:
            if future.done() or future in later:
                continue
            if isinstance(result, LiveAgentError):
                future.set_exception(result)
            else:
                future.set_result(result)

    def fail(self, environment: str, error: LiveAgentError) -> None:
        """What was asked of an environment will not be answered."""
        for ask in [ask for ask in self._futures if ask.environment == environment]:
            self.settle(ask, error)

    def close(self) -> None:
        """The program ends."""
        for futures in self._futures.values():
            for future in futures:
                future.cancel()
        self._futures.clear()
