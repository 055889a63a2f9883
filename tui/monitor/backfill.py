"""Fills the history with a past that is known from elsewhere: the demo's two days."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from tui.clock import Clock
from tui.figures import AccountKey, Figure, Slot
from tui.monitor.history import History
from tui.monitor.history_writer import Row

SLICE = 12
"""Moments worked out at a time, off the loop."""
REST = 0.01
"""Seconds between two slices, so that the screen goes first."""
UNCHANGED = 120.0
"""Seconds after which a figure that stays the same is written again: a longer silence is a gap."""

PastOf = Callable[[AccountKey], Iterator[tuple[float, Mapping[Slot, float]]]]


class Backfill:
    """Works the past of an account out when somebody first looks at it, beside everything else."""

    def __init__(self, history: History, clock: Clock, past_of: PastOf) -> None:
        self._history = history
        self._clock = clock
        self._past_of = past_of
        self._filling: dict[AccountKey, asyncio.Task[None]] = {}

    def want(self, key: AccountKey, then: Callable[[], object]) -> None:
        """Fill this account's history unless that was done; `then` is called once it is there."""
        if key.viewer_id < 0 or key in self._filling:
            return
        before = tuple(self._filling.values())
        self._filling[key] = asyncio.get_running_loop().create_task(
            self._fill(key, before, then), name="fill the history"
        )

    def stop(self) -> None:
        """Leave what is not done undone."""
        for task in self._filling.values():
            task.cancel()

    async def _fill(
        self, key: AccountKey, before: tuple[asyncio.Task[None], ...], then: Callable[[], object]
    ) -> None:
        await asyncio.gather(*before, return_exceptions=True)
        slices = _slices(key, self._past_of)
        while (rows := await asyncio.to_thread(next, slices, None)) is not None:
            self._history.fill(rows)
            await self._clock.sleep(REST)
        await self._history.start()
        then()


def _slices(key: AccountKey, past_of: PastOf) -> Iterator[list[Row]]:
    figures: dict[Slot, Figure] = {}
    last: dict[Slot, tuple[float, float]] = {}
    rows: list[Row] = []
    for count, (at, values) in enumerate(past_of(key)):
        for slot, value in values.items():
            then = last.get(slot)
            if then is not None and then[1] == value and at - then[0] < UNCHANGED:
                continue
            last[slot] = at, value
            figure = figures.get(slot)
            if figure is None:
                figure = figures[slot] = Figure(key, slot.scope, slot.measure)
            rows.append((figure, at, value))
        if count % SLICE == SLICE - 1:
            yield rows
            rows = []
    yield rows
