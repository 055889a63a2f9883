"""Arranges many thousands of rows in slices, so that a key pressed meanwhile is heard."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from typing import NamedTuple

from textual.worker import Worker

from tui.widgets.arrangement import Arrangement, Wish, arranging
from tui.widgets.rows import Row

MANY = 2_000
"""Rows up to which they are sorted and filtered at once."""
REST = 1.0
"""Seconds between two arrangements that nobody pressed a key for."""


class Job(NamedTuple):
    """Rows to be arranged, and what was shown before."""

    given: Sequence[Row]
    wish: Wish
    before: Arrangement


class Arranger:
    """One arrangement at a time; what a person wishes ends the one under way."""

    def __init__(
        self,
        start: Callable[[Callable[[], Coroutine[None, None, None]]], Worker[None]],
        done: Callable[[Arrangement], None],
    ) -> None:
        self._start = start
        self._done = done
        self._job: Job | None = None
        self._running = False
        self._hurry = asyncio.Event()

    def arrange(self, job: Job, *, at_once: bool) -> None:
        """Arrange these next; `at_once` where a person wishes it."""
        self._job = job
        if at_once:
            self._hurry.set()
        if not self._running:
            self._running = True
            self._start(self._run)

    def forget(self) -> None:
        """What is under way is not wanted any more."""
        self._job = None
        self._hurry.set()

    async def _run(self) -> None:
        try:
            while self._job is not None:
                job, self._job = self._job, None
                self._hurry.clear()
                arranged = await self._arranged(job)
                if arranged is not None:
                    self._done(arranged)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._hurry.wait(), REST)
        finally:
            self._running = False

    async def _arranged(self, job: Job) -> Arrangement | None:
        """The rows arranged; None where another wish came first."""
        steps = arranging(*job)
        while not self._hurry.is_set():
            try:
                next(steps)
            except StopIteration as done:
                arranged: Arrangement = done.value
                return arranged
            await asyncio.sleep(0)
        return None
