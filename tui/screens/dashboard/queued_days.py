"""How many were queued over the last day, read from the history behind the drawing."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import tzinfo

from tui.durations import DAY, QUARTER
from tui.identity import ACCOUNT, AccountKey, Figure, Measure
from tui.monitor.history.history import History
from tui.monitor.zones import end_of_hour
from tui.panes.conversations.last_day import Series

KEPT = 16
"""Accounts whose day stays in memory."""
AGAIN, SOON = 300.0, 20.0
"""Seconds after which it is read again; sooner while nothing is known."""


class QueuedDays:
    """The last day of each account; read again every five minutes."""

    def __init__(self, history: History | None) -> None:
        self._history = history
        self._known: dict[AccountKey, tuple[float, Series]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    def of(self, key: AccountKey, wall: float, zone: tzinfo | None, then: Callable[[], object]) -> Series:
        """What is known now; where that is too old it is read again, and `then` called."""
        read_at, series = self._known.get(key, (-AGAIN, ()))
        if self._history is None or not key.is_settled:
            return ()
        soon = AGAIN if any(value is not None for value in series) else SOON
        if not 0.0 <= wall - read_at < soon:
            self._known.pop(key, None)
            self._known[key] = wall, series
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
            task = asyncio.get_running_loop().create_task(
                self._read(self._history, key, wall, end_of_hour(wall, zone), then),
                name="read the day's queue",
            )
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        return series

    async def _read(
        self, history: History, key: AccountKey, wall: float, until: int, then: Callable[[], object]
    ) -> None:
        figure = Figure(key, ACCOUNT, Measure.QUEUED)
        try:
            points = await history.series(figure, until - DAY, until, QUARTER)
        except sqlite3.Error:
            return
        series = [point.mean if point else None for point in points]
        if self._known.get(key, (wall, ()))[0] == wall:
            self._known[key] = wall, series
            then()
