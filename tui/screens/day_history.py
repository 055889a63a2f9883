"""What the day screen has read of the history: the day in front, and what is usual."""

import sqlite3
from collections.abc import Callable, Coroutine
from datetime import tzinfo
from functools import partial
from typing import Any, NamedTuple

from tui.durations import HOUR
from tui.identity import AccountKey
from tui.monitor.service.figures import PartOfAccount
from tui.monitor.service.intervals import Day
from tui.monitor.service.kept_days import KeptDay, KeptWeeks, read_day, read_weeks
from tui.screens.context import Context

DAY, WEEKS = "day", "weeks"
"""What the two readings are called; a newer one ends an older."""
AGAIN_AFTER = 60.0
"""Seconds after which what is kept of the day on screen is read again; while none is known, what is usual."""
UNREADABLE = "The history can't be read just now."

RunLatest = Callable[[Callable[[], Coroutine[Any, Any, None]], str], None]
"""Runs work in the background, and ends what still runs under that name."""


class ShownPart(NamedTuple):
    """What is on screen, and as whom: of anything else nothing is shown."""

    key: AccountKey
    part: PartOfAccount
    day: Day
    seconds: int
    """Of a row."""


class WantedDay(NamedTuple):
    """What decides what is read of a day."""

    key: AccountKey
    part: PartOfAccount
    day: Day
    turn: int


class WantedWeeks(NamedTuple):
    """What decides what is usual."""

    key: AccountKey
    part: PartOfAccount
    seconds: int
    today: Day
    turn: int


class DayHistory:
    """Asks the history for what is on screen and is missing or old; calls `redraw` once it is there."""

    def __init__(self, context: Context, run_latest: RunLatest, redraw: Callable[[], None]) -> None:
        self._context = context
        self._run_latest = run_latest
        self._redraw = redraw
        self.forget()

    def forget(self) -> None:
        """Begin with nothing."""
        self.ask_again()
        self._kept: tuple[WantedDay, KeptDay] | None = None
        self._weeks: tuple[WantedWeeks, KeptWeeks] | None = None
        self.problem = ""
        """Why the history tells nothing just now, as a sentence; empty where it does."""

    def ask_again(self) -> None:
        """Read with the next drawing, whatever is there."""
        self._wanted: WantedDay | None = None
        self._wanted_weeks: WantedWeeks | None = None

    def concerns(self, key: AccountKey) -> bool:
        """Whether what was read last is of this account."""
        return self._wanted is not None and self._wanted.key == key

    def read(self, shown: ShownPart, today: Day, zone: tzinfo) -> None:
        """Have it asked, where that is due."""
        if self._context.history is None:
            return
        wall = self._context.clock.wall()
        wanted = WantedDay(shown.key, shown.part, shown.day, int(wall // AGAIN_AFTER))
        if wanted != self._wanted:
            self._wanted = wanted
            self._run_latest(partial(self._load_day, wanted, wall), DAY)
        again_after = HOUR if self._weeks is not None and self._weeks[1].usual else AGAIN_AFTER
        turn = int(wall // again_after)
        weeks = WantedWeeks(shown.key, shown.part, shown.seconds, today, turn)
        if weeks != self._wanted_weeks:
            if self._weeks is not None and self._weeks[0][:4] != weeks[:4]:
                self._weeks = None  # What is usual on a Sunday is no forecast of a Monday.
            self._wanted_weeks = weeks
            self._run_latest(partial(self._load_weeks, weeks, zone), WEEKS)

    async def _load_day(self, wanted: WantedDay, wall: float) -> None:
        history, kept = self._context.history, KeptDay(())
        if history is None:
            return
        self.problem = ""
        try:
            kept = await read_day(history, wanted.key, wanted.day, wanted.part, wall)
        except (sqlite3.Error, ValueError):
            self.problem = history.problem or UNREADABLE
        if wanted == self._wanted:
            self._kept = wanted, kept
            self._redraw()

    async def _load_weeks(self, wanted: WantedWeeks, zone: tzinfo) -> None:
        history, back = self._context.history, self._context.config.service.days
        weeks = KeptWeeks()
        if history is None:
            return
        try:
            weeks = await read_weeks(
                history, wanted.key, wanted.today, wanted.part, wanted.seconds, zone, back
            )
        except (sqlite3.Error, ValueError):
            self.problem = history.problem or UNREADABLE
        if wanted == self._wanted_weeks:
            self._weeks = wanted, weeks
            self._redraw()

    def kept(self, shown: ShownPart) -> KeptDay | None:
        """What was read of the day of the account as it is seen now; None while it was not."""
        if self._kept is None:
            return None
        wanted, kept = self._kept
        return kept if wanted[:3] == (shown.key, shown.part, shown.day) else None

    def weeks(self, shown: ShownPart) -> KeptWeeks | None:
        """What is usual; None while it was not read."""
        if self._weeks is None:
            return None
        wanted, weeks = self._weeks
        return weeks if wanted[:3] == (shown.key, shown.part, shown.seconds) else None
