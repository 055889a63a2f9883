"""Who waits for the answer to an ask made on demand."""

import asyncio
from typing import Any

from tui.api.call import Answer
from tui.api.errors import LiveAgentError
from tui.monitor.asks import Ask


class Waiting:
    """Hands each answer to everybody who asked for it."""

    def __init__(self) -> None:
        self._futures: dict[Ask, list[asyncio.Future[Answer[Any]]]] = {}

    def join(self, ask: Ask) -> asyncio.Future[Answer[Any]]:
        """Wait for the answer to `ask`."""
        future: asyncio.Future[Answer[Any]] = asyncio.get_running_loop().create_future()
        self._futures.setdefault(ask, []).append(future)
        return future

    def leave(self, ask: Ask, future: asyncio.Future[Answer[Any]]) -> bool:
        """Wait no more; True where nobody else does either."""
        futures = self._futures.get(ask, [])
        if future in futures:
            futures.remove(future)
        if not futures:
            self._futures.pop(ask, None)
        return not futures

    def settle(self, ask: Ask, result: Answer[Any] | LiveAgentError) -> None:
        """The answer is here, or the failure."""
        for future in self._futures.pop(ask, []):
            if future.done():
                continue
            if isinstance(result, LiveAgentError):
                future.set_exception(result)
            else:
                future.set_result(result)

    def fail(self, environment: str, error: LiveAgentError) -> None:
        """What was asked of an environment will not be answered."""
        for ask in [one for one in self._futures if one.environment == environment]:
            self.settle(ask, error)

    def close(self) -> None:
        """The program ends."""
        for futures in self._futures.values():
            for future in futures:
                future.cancel()
        self._futures.clear()
