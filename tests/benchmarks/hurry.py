"""A clock that runs ahead, so that ten minutes pass in a quarter of one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from tui.clock import SystemClock

HURRY = 40


class HurriedClock:
    """The machine's clock, `HURRY` times as fast, waits included."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._since = self._clock.now()
        self._wall = self._clock.wall()

    def now(self) -> float:
        """Hurried seconds since the clock was made."""
        return (self._clock.now() - self._since) * HURRY

    def wall(self) -> float:
        """Unix time, hurrying ahead from when the clock was made."""
        return self._wall + self.now()

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of `now`."""
        await asyncio.sleep(max(0.0, seconds / HURRY))

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError in the body after `seconds` of `now`."""
        async with asyncio.timeout(seconds / HURRY):
            yield
