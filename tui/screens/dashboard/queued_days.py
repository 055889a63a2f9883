"""How many were queued over the last day, read from the history behind the drawing."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from tui.durations import DAY, QUARTER
from tui.identity import ACCOUNT, AccountKey, Figure
from tui.measures import UNANSWERED, first_of
from tui.monitor.history.history import History
from tui.monitor.zones import end_of_hour

if TYPE_CHECKING:
    from tui.widgets.chart import Series

CHARTED = first_of(UNANSWERED, ACCOUNT.kind)
KEPT = 16
"""Accounts whose day stays in memory."""
AGAIN, SOON = 300.0, 20.0
"""Seconds after which it is read again; sooner while nothing is known."""


class ReadDay(NamedTuple):
    """What was read of an account."""

    wall: float
    """Unix time of the reading."""
    until: int
    """Unix time at which the day ends: with the hour of the reading."""
    series: "Series" = ()

    def seen_from(self, until: int) -> "Series":
        """The same as part of the day that ends at `until`: what has come since is not known."""
        later = (until - self.until) // QUARTER
        if not 0 <= later <= len(self.series):
            return ()
        return [*self.series[later:], *[None] * later]


class QueuedDays:
    """The last day of each account; read again every five minutes."""

    def __init__(self, history: History | None) -> None:
        self._history = history
        self._known: dict[AccountKey, ReadDay] = {}
        self._reading: set[asyncio.Task[None]] = set()

    def of(self, key: AccountKey, wall: float, zone: tzinfo | None, then: Callable[[], object]) -> "Series":
        """What is known now; where that is too old it is read again, and `then` called."""
        if self._history is None or CHARTED is None or not key.is_settled:
            return ()
        until = end_of_hour(wall, zone)
        known = self._known.get(key, ReadDay(-AGAIN, until))
        soon = AGAIN if any(value is not None for value in known.series) else SOON
        if not 0.0 <= wall - known.wall < soon:
            self._known.pop(key, None)
            self._known[key] = known._replace(wall=wall)
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
            task = asyncio.get_running_loop().create_task(
                self._read(self._history, Figure(key, ACCOUNT, CHARTED), ReadDay(wall, until), then),
                name="read the day's queue",
            )
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        return known.seen_from(until)

    async def _read(
        self, history: History, figure: Figure, asked: ReadDay, then: Callable[[], object]
    ) -> None:
        try:
            points = await history.series(figure, asked.until - DAY, asked.until, QUARTER)
        except sqlite3.Error:
            return
        if self._known.get(figure.account, asked).wall == asked.wall:
            self._known[figure.account] = asked._replace(
                series=[point.mean if point else None for point in points]
            )
            then()
