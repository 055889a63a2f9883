"""What the figures were an hour ago and at the same time of earlier days, read once a minute."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import NamedTuple

from tui.clock import Clock
from tui.durations import HOUR, MINUTE
from tui.identity import AccountKey, Slot
from tui.monitor.days import same_time
from tui.monitor.history.history import History
from tui.monitor.history.trends import Was

KEPT = 16
"""Accounts whose comparisons stay in memory."""
HOLDS = 2 * MINUTE
"""Seconds for which "an hour ago" may be told of what held an hour before the reading."""

Values = Mapping[Slot, float]


class EarlierFigures(NamedTuple):
    """Every figure of an account at earlier moments; what is not known for sure is left out."""

    wall: float
    """Unix time that is compared with the past."""
    hour: Values
    yesterday: Values
    week: Values

    @property
    def words(self) -> tuple[str, ...]:
        """The moments in words, the nearest first."""
        return "an hour ago", "yesterday", "last week"

    def changes(self, slot: Slot, value: float | None) -> tuple[float | None, ...]:
        """`value` less what it was at each moment of `words`; None where either is not known."""
        return tuple(_less(value, values.get(slot)) for values in (self.hour, self.yesterday, self.week))


def _less(value: float | None, before: float | None) -> float | None:
    return None if value is None or before is None else value - before


async def compare(history: History, key: AccountKey, wall: float, zone: tzinfo) -> EarlierFigures:
    """Read them; days are those of the contact centre's `zone`. Raises sqlite3.Error."""
    moments = (wall - HOUR, same_time(wall, zone, 1), same_time(wall, zone, 7))
    hour, yesterday, week = [_exactly(await history.at(key, moment)) for moment in moments]
    return EarlierFigures(wall, hour, yesterday, week)


def _exactly(known: Mapping[Slot, Was]) -> Values:
    return {slot: was.value for slot, was in known.items() if not was.at_least}


class Comparisons:
    """The last comparison of each account; a new one is read behind the drawing, never before it."""

    def __init__(self, history: History, clock: Clock) -> None:
        self._history = history
        self._clock = clock
        self._known: dict[AccountKey, EarlierFigures] = {}
        self._asked: dict[AccountKey, float] = {}
        self._reading: dict[AccountKey, asyncio.Task[None]] = {}

    def of(self, key: AccountKey, zone: tzinfo, then: Callable[[], object]) -> EarlierFigures | None:
        """What is known now; where that is a minute old it is read again, and `then` called.

        After a suspend, a clock that was set or a disk that hangs nothing is known until it is read.
        """
        now = self._clock.now()
        if not key.is_settled:
            return None
        if key not in self._reading and now - self._asked.get(key, -MINUTE) >= MINUTE:
            self._asked[key] = now
            task = asyncio.get_running_loop().create_task(
                self._read(key, zone, then), name="compare with the past"
            )
            # Not by the task itself, which may have ended before it is kept: tasks can start eagerly.
            self._reading[key] = task
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        known = self._known.get(key)
        return known if known is not None and abs(self._clock.wall() - known.wall) < HOLDS else None

    def forget(self, key: AccountKey) -> None:
        """Read it again at the next question: the past itself has changed."""
        self._asked.pop(key, None)

    async def _read(self, key: AccountKey, zone: tzinfo, then: Callable[[], object]) -> None:
        try:
            values = await compare(self._history, key, self._clock.wall(), zone)
        except sqlite3.Error:
            self._known.pop(key, None)
        else:
            self._known.pop(key, None)
            self._known[key] = values
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        then()
