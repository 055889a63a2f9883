"""Now, injected: a clock that runs through a suspend, the wall's time, and waiting on it."""

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Clock(Protocol):
    """Where every part of the program gets its time and its waits from."""

    def now(self) -> float:
        """Seconds since some fixed moment; never goes back, and counts a suspend."""

    def wall(self) -> float:
        """Unix time in seconds; may jump when somebody sets the machine's clock."""

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of `now`; at once where that is not positive."""

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[None]:
        """Cancel the body after `seconds` of `now` and raise TimeoutError."""


class SystemClock:
    """The machine's clock; CLOCK_BOOTTIME where there is one, as monotonic stops in a suspend."""

    _source = getattr(time, "CLOCK_BOOTTIME", None)

    def now(self) -> float:
        """Seconds since boot, a suspend included."""
        return time.monotonic() if self._source is None else time.clock_gettime(self._source)

    def wall(self) -> float:
        """Unix time in seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; a suspend ends long waits late, so callers look at `now` again."""
        await asyncio.sleep(max(0.0, seconds))

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError in the body after `seconds`."""
        async with asyncio.timeout(seconds):
            yield


class ManualClock:
    """A clock that moves only when told, for tests, the truth test and replays."""

    def __init__(self, now: float = 1_000.0, wall: float = 1_795_356_000.0) -> None:
        self._now = now
        self._wall = wall
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Seconds as set by `advance`."""
        return self._now

    def wall(self) -> float:
        """Unix time as set by `advance` and `jump_wall`."""
        return self._wall

    def jump_wall(self, seconds: float) -> None:
        """Set the wall clock forward or back, as a person or NTP does; `now` is untouched."""
        self._wall += seconds

    def leap(self, seconds: float) -> None:
        """Pass time at once, as a suspend does: sleepers wake only on the next `advance`."""
        self._now += seconds
        self._wall += seconds

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has passed `seconds`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._now + seconds, next(self._order), future))
        await future

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError in the body once `advance` has passed `seconds`."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as scope:
            future = loop.create_future()

            def expire(done: asyncio.Future[None]) -> None:
                if not done.cancelled():
                    # The body may have ended in the same turn.
                    with contextlib.suppress(RuntimeError):
                        scope.reschedule(loop.time())

            future.add_done_callback(expire)
            heapq.heappush(self._waiting, (self._now + seconds, next(self._order), future))
            try:
                yield
            finally:
                future.cancel()

    async def advance(self, seconds: float, *, settle: int = 20) -> None:
        """Move on by `seconds`, waking sleepers in order; `settle` loop turns after each wake."""
        end = self._now + seconds
        await _turns(settle)
        while self._waiting and self._waiting[0][0] <= end:
            due, _, future = heapq.heappop(self._waiting)
            if due > self._now:
                self._wall += due - self._now
                self._now = due
            if not future.done():
                future.set_result(None)
                await _turns(settle)
        if end > self._now:
            self._wall += end - self._now
            self._now = end
        await _turns(settle)


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
