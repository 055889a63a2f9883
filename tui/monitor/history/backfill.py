"""Fills the history with a past that is known from elsewhere: the demo's two days."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.identity import AccountKey, Figure, Slot
from tui.monitor.history.history import History
from tui.monitor.history.writer import SampleRow
from tui.monitor.housekeeping import Guard

if TYPE_CHECKING:
    from tui.monitor.service.known_past import ConversationsThen

SLICE = 20
"""Moments worked out at a time, off the loop."""
REST = 0.01
"""Seconds between two slices, so that the screen goes first."""
UNCHANGED = 120.0
"""Seconds after which a figure that stays the same is written again: a longer silence is a gap."""

PastMoments = Iterator[tuple[float, Mapping[Slot, float]]]
"""Unix time and figures, in spans of time in any order; within a span time runs forward."""
PastOf = Callable[[AccountKey], PastMoments]


class Backfill:
    """Works the past of an account out when somebody first looks at it, beside everything else."""

    def __init__(
        self, history: History, clock: Clock, past_of: PastOf, then: "ConversationsThen | None" = None
    ) -> None:
        self._history = history
        self._clock = clock
        self._past_of = past_of
        self.then = then
        """Who came in the weeks before, for their service level; None where nobody knows."""
        self._filling: dict[AccountKey, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[AccountKey], object]] = []
        self._guard = Guard()

    def listen(self, callback: Callable[[AccountKey], object]) -> None:
        """Have `callback` called as often as a span of an account's past is there."""
        self._listeners.append(callback)

    def want(self, key: AccountKey) -> None:
        """Fill this account's history unless that was done."""
        if not key.is_settled or key in self._filling:
            return
        before = tuple(self._filling.values())
        self._filling[key] = asyncio.get_running_loop().create_task(
            self._guard.run("filling the history", partial(self._fill, key, before)), name="fill the history"
        )

    def stop(self) -> None:
        """Leave what is not done undone."""
        for task in self._filling.values():
            task.cancel()

    async def _fill(self, key: AccountKey, before: tuple[asyncio.Task[None], ...]) -> None:
        await asyncio.gather(*before, return_exceptions=True)
        slices = slices_of(key, self._past_of(key))
        while (piece := await asyncio.to_thread(next, slices, None)) is not None:
            rows, is_end = piece
            self._history.fill(rows)
            if is_end:
                await self._history.start()
                for callback in tuple(self._listeners):
                    self._guard.call("telling of the past", callback, key)
            await self._clock.sleep(REST)


def slices_of(key: AccountKey, past: PastMoments) -> Iterator[tuple[list[SampleRow], bool]]:
    """What of a past is to be written, by and by: rows, and whether a span ends with them."""
    last: dict[Slot, tuple[float, float]] = {}
    rows: list[SampleRow] = []
    newest = float("-inf")
    for count, (at, values) in enumerate(past):
        if at < newest or count % SLICE == 0:
            yield rows, at < newest
            rows = []
        if at < newest:
            last = {}
        newest = at
        for slot, value in values.items():
            before = last.get(slot)
            if before is not None and before[1] == value and at - before[0] < UNCHANGED:
                continue
            last[slot] = at, value
            rows.append(SampleRow(Figure(key, slot.scope, slot.measure), at, value))
    yield rows, True
