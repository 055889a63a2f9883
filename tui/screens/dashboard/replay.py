"""Replay: which moment of the past is shown, what is known of it, and the line that says so."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import NamedTuple

from tui import wording
from tui.identity import AccountKey
from tui.monitor.history.direction import Course
from tui.monitor.history.replay import Past, PastCourse, past_snapshot
from tui.monitor.reading import AccountSnapshot
from tui.screens.context import Context
from tui.widgets.parts import Part, clip

NO_PEOPLE = "For the past only head-counts are stored, no names."


class Frame(NamedTuple):
    """What the dashboard draws instead of the present."""

    snapshot: AccountSnapshot
    wall: float
    """Both clocks of the past: readings of a replay are asked for at Unix times."""
    course: Course


class Replay:
    """Which moment of the past is shown, and what is known of it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.target: float | None = None
        """The Unix time to show; None while the screen is live."""
        self._past: Past | None = None
        self._key: AccountKey | None = None
        self._drawn: tuple[AccountSnapshot, Past, AccountSnapshot] | None = None
        self.problem = ""
        self.reading = False
        """Whether the history is being asked; one question at a time."""

    @property
    def on(self) -> bool:
        """Whether the past is on screen."""
        return self.target is not None

    @property
    def wall(self) -> float:
        """The moment on screen: the one before, until what belongs to the target is read."""
        return self._past.wall if self._past is not None else self.target or 0.0

    def go_to(self, wall: float | None) -> None:
        """Aim at a moment; None is the present."""
        self.target = wall
        if wall is None:
            self._past = self._key = self._drawn = None
            self.problem = ""

    def step(self, seconds: float) -> None:
        """Move the target, never past the present."""
        if self.target is not None:
            self.target = min(self.target + seconds, self._context.clock.wall())

    def due(self, key: AccountKey) -> bool:
        """Whether what is to be shown is not read yet."""
        return self.on and (self._past is None or self._key != key or self._past.wall != self.target)

    async def read(self, key: AccountKey) -> None:
        """Read the target's figures; where they can't be, they are unknown, and `problem` says why."""
        target, history = self.target, self._context.history
        if target is None:
            return
        past, self.problem = Past(target, {}, {}), ""
        if history is not None:
            try:
                past = await history.past(key, target)
            except sqlite3.Error:
                self.problem = history.problem or "The history can't be read just now."
        if self.on:
            self._past, self._key = past, key

    async def read_to_rest(self, key_on_screen: Callable[[], AccountKey | None]) -> None:
        """Read what is aimed at: a key held down moves it on, and only where it rests is read."""
        self.reading = True
        try:
            while (key := key_on_screen()) is not None and self.due(key):
                await self.read(key)
        finally:
            self.reading = False

    def read_again(self) -> None:
        """What is kept of the past has changed."""
        self._key = None

    def frame(self, live: AccountSnapshot | None) -> Frame | None:
        """The past of an account; None while the screen is live."""
        if self.target is None or live is None:
            return None
        past = self._past
        if past is None or self._key != live.key:
            past = Past(self.target, {}, {})
        if self._drawn is None or self._drawn[0] is not live or self._drawn[1] is not past:
            self._drawn = live, past, past_snapshot(live, past)
        return Frame(self._drawn[2], past.wall, PastCourse(past))

    def mark(self, zone: tzinfo) -> str:
        """`REPLAY 14:05 CET`, with the day where it is not today."""
        return f"REPLAY {_told(self.wall, self._context.clock.wall(), zone)}" if self.on else ""

    def line(self, zone: tzinfo, width: int) -> list[Part]:
        """The full-width line under the header."""
        ago = wording.old(self._context.clock.wall() - self.wall)
        back, earlier, later, up, down, time = (
            self._context.first_key(name)
            for name in ("back", "earlier", "later", "page_up", "page_down", "time")
        )
        text = f" {self.mark(zone)}, {ago} ago — {back}: live"
        alerts, here = self._context.alerts, self._context.monitor.looking
        text += self._seen(zone)
        if self.problem:
            text = f"{text} · {self.problem}"
        elif self._past is not None and self._past.wall == self.target and not self._past.values:
            text = f"{text} · nothing was recorded then"
        elif alerts is not None and here is not None and alerts.at(here, self.wall) is None:
            unknown = f"{text} · alerts of then are not known"
            text = unknown if len(unknown) <= width else text
        keys = f"{earlier}/{later} 1 minute · {up}/{down} 10 · {time} other time "
        if len(text) + len(keys) + 2 <= width:
            text = text.ljust(width - len(keys)) + keys
        return [Part(clip(text, width).ljust(width), "replay")]

    def _seen(self, zone: tzinfo) -> str:
        """As whom the account was seen then, and until or since when, where that has changed."""
        seen = None if self._past is None else self._past.seen
        now = self._context.clock.wall()
        if seen is None:
            return ""
        if not seen.sure:
            return f" · the role or the inboxes changed by {_told(seen.until or 0.0, now, zone)}"
        if seen.until is not None:
            return f" · seen as {seen.period.name} until {_told(seen.until, now, zone)}"
        return f" · seen as {seen.period.name} since {_told(seen.period.since, now, zone)}"


def _told(wall: float, now: float, zone: tzinfo) -> str:
    moment, here = datetime.fromtimestamp(wall, zone), datetime.fromtimestamp(now, zone)
    day = "" if moment.date() == here.date() else moment.strftime("%a %Y-%m-%d ")
    return f"{day}{moment.strftime('%H:%M')} {moment.strftime('%Z')}"
