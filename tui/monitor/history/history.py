"""What every figure was over time: samples in SQLite, the last hour in memory, replay and charts."""

import asyncio
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from tui.clock import Clock
from tui.durations import QUARTER
from tui.identity import AccountKey, Figure, ScopeKind, Slot
from tui.monitor.history import trends
from tui.monitor.history.last_hour import KEPT, Ring
from tui.monitor.history.reach_periods import Period, cut, note, periods, seen_at
from tui.monitor.history.reader import Info, course, courses, info, moment, recent
from tui.monitor.history.replay import Past
from tui.monitor.history.retention import Pruned, Retention, prune
from tui.monitor.history.trends import Point, Sample, Was
from tui.monitor.history.writer import Batch, SampleRow, Writer
from tui.monitor.reading import Reading, State

T = TypeVar("T")

MOST_STEPS = 10_000
"""Steps of a series that is read at once."""
FORGET_EVERY = 600.0
"""Seconds between two looks for what memory need not keep."""
PATIENCE = 5.0
"""Seconds the start waits for the file."""
PROMPT = 120.0
"""Seconds an answer may take to be kept: it held at some instant of that time, and is kept for the first."""


class History:
    """Records live figures and tells what they were; no row is about a single person.

    `path` None keeps it in memory, for as long as the program runs. Recording never blocks
    and never raises: `problem` is a sentence while nothing can be written, else empty.
    """

    def __init__(self, path: Path | None, clock: Clock, retention: Retention | None = None) -> None:
        self._path = path
        self._clock = clock
        self._ring = Ring()
        self._writer = Writer(path, retention or Retention())
        self._seen: dict[AccountKey, Mapping[Slot, Reading]] = {}
        """What was looked at before: most of a snapshot is the same object as the last time."""
        self._vouched: dict[AccountKey, float] = {}
        self._loading: asyncio.Task[None] | None = None
        self._forget_at = clock.now() + FORGET_EVERY

    async def start(self) -> None:
        """Load the last hour, so that trends are there at once; a failure stands in `problem`.

        A disk that takes longer than five seconds loads it later; nobody waits for that.
        """
        self._loading = asyncio.create_task(self._load(), name="load the past")
        with suppress(TimeoutError):
            async with self._clock.timeout(PATIENCE):
                await asyncio.shield(self._loading)

    async def _load(self) -> None:
        until = self._clock.wall()
        since = until - KEPT
        try:
            rows = await self.ask(lambda connection: recent(connection, since, until))
        except sqlite3.Error:
            return
        self._ring.load(rows)

    def keep(self, retention: Retention) -> None:
        """Keep so much from now on; what is more goes when it is looked through next."""
        self._writer.retention = retention

    def close(self) -> None:
        """Write what is waiting and end; waits at most five seconds for the disk."""
        self._writer.close()

    @property
    def problem(self) -> str:
        """Why nothing is being written just now, as a sentence; empty when all is well."""
        return self._writer.problem

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged file was put in this run."""
        return self._writer.aside

    @property
    def held_back(self) -> bool:
        """Whether more than a day's worth is older than it is to be kept, and goes bit by bit."""
        return self._writer.held_back

    def record(
        self, key: AccountKey, readings: Mapping[Slot, Reading], now: float, since: float = -math.inf
    ) -> None:
        """Keep what is live at `now`, where it changed or a minute has passed; never an agent's.

        `since` is the `Clock.now` from which the reach of `key` is known: what was asked before may
        be of another, and is not kept.
        """
        if not key.is_settled:
            return
        rows: list[SampleRow] = []
        seen = self._seen.get(key, {})
        for slot, reading in readings.items():
            value = reading.value
            if seen.get(slot) is reading or value is None or reading.asked_at < since:
                continue
            if not _is_worth_keeping(slot, reading, now):
                continue
            figure = Figure(key, slot.scope, slot.measure)
            renewal = reading.renewed
            sample = Sample(renewal.asked_wall, value, renewal.period, reading.at_least)
            if self._ring.due(figure, sample):
                rows.append(SampleRow(figure, sample.at, value, sample.period, sample.at_least))
        self._seen[key] = dict(readings)
        wall = self._clock.wall()
        if now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY
            self._ring.forget(wall)
        if rows:
            self._writer.put(Batch(rows, now, wall))

    def vouch(self, key: AccountKey, name: str, since: float, confirmed: float) -> None:
        """The server says that `key` is how its user sees the account, `name` in words for a person.

        Unix times: `since` when that became so, if it was otherwise before, and `confirmed` when
        it was last asked.
        """
        if key.is_settled and self._vouched.get(key) != confirmed:
            self._vouched[key] = confirmed
            self._writer.do(lambda connection: note(connection, key, name, since, confirmed))

    def part(self, former: AccountKey, confirmed: float) -> None:
        """The reach behind `former` is another one: what came after it was `confirmed` is not its."""
        self._seen.pop(former, None)
        self._vouched.pop(former, None)
        self._writer.leave_out(former, confirmed)
        self._writer.do(lambda connection: cut(connection, former, confirmed))
        self._ring.cut(former, confirmed)

    async def reaches(self, key: AccountKey) -> list[Period]:
        """As whom the user of `key` saw the account over time. Raises sqlite3.Error."""
        return await self.ask(lambda connection: periods(connection, key))

    async def flush(self) -> None:
        """Come back when all that was recorded is committed, or can't be just now."""
        await asyncio.wrap_future(self._writer.ask(lambda connection: connection.total_changes))

    def recent(self, figure: Figure, seconds: float = KEPT) -> list[Sample]:
        """The samples of the last `seconds`, at most an hour, oldest first; from memory."""
        return self._ring.samples(figure, self._clock.wall(), seconds)

    def change(self, figure: Figure, seconds: float) -> float | None:
        """The newest value less that of `seconds`, at most an hour, before; None where not known for sure."""
        return self._ring.change(figure, self._clock.wall(), seconds)

    def sparkline(self, figure: Figure, seconds: float, steps: int) -> list[float | None]:
        """The means of the last `seconds` in `steps` equal parts; None is a gap."""
        wall = self._clock.wall()
        known = self._ring.reaching(figure, wall, wall - seconds)
        parts = trends.points(trends.spans(known, wall), wall - seconds, wall, seconds / steps)
        return [part.mean if part else None for part in parts[:steps]]

    def flow(self, figure: Figure) -> float | None:
        """Growth an hour as the fresh samples have it; None where they don't say."""
        return trends.flow(self.recent(figure, trends.WINDOW), self._clock.wall())

    def clears_in(self, figure: Figure) -> float | None:
        """Seconds until nought at the present slope; None unless at least eight fresh samples say so."""
        return trends.clears_in(self.recent(figure, trends.WINDOW), self._clock.wall())

    async def series(self, figure: Figure, since: float, until: float, step: float) -> list[Point | None]:
        """`figure` from `since` to `until` (Unix times) in steps of `step` seconds; None is a gap.

        Raises sqlite3.Error where the file can't be read, ValueError for more than 10,000 steps.
        """
        if step <= 0 or (until - since) / step > MOST_STEPS:
            raise ValueError(f"a series has at most {MOST_STEPS} steps")
        return await self.ask(
            lambda connection: trends.points(course(connection, figure, since, until), since, until, step)
        )

    async def at(self, key: AccountKey, wall: float) -> dict[Slot, Was]:
        """What every figure of an account was at Unix time `wall`; what is not known is left out.

        Older than a day it is the mean of that minute. Raises sqlite3.Error.
        """
        return await self.ask(lambda connection: moment(connection, key, wall))

    async def past(self, key: AccountKey, wall: float) -> Past:
        """What is known of an account at Unix time `wall`, and how it came there. Raises sqlite3.Error.

        It is what the user saw then, with the role and the inboxes of then, and nothing of another reach.
        """

        def question(connection: sqlite3.Connection) -> Past:
            seen = seen_at(periods(connection, key), wall)
            if seen is not None and not seen.sure:
                return Past(wall, {}, {}, seen)
            begun = -math.inf if seen is None else seen.begun
            then = key if seen is None else msgspec.structs.replace(key, reach=seen.period.mark)
            spans = courses(connection, then, wall - QUARTER, wall)
            known = {slot: [span for span in course if span.start >= begun] for slot, course in spans.items()}
            return Past(wall, moment(connection, then, wall, since=begun), known, seen)

        return await self.ask(question)

    def fill(self, rows: Sequence[SampleRow]) -> None:
        """Put samples of the past there as if they had been recorded.

        `start` then takes those of the last hour into memory.
        """
        self._writer.put(Batch(rows, self._clock.now(), self._clock.wall()), wholly=True)

    async def info(self) -> Info:
        """How much there is; raises sqlite3.Error."""
        path = self._path
        return await self.ask(lambda connection: info(connection, path))

    async def prune(self) -> Pruned:
        """One bite of pruning, now; raises sqlite3.Error."""
        wall, retention = self._clock.wall(), self._writer.retention
        return await self.ask(lambda connection: prune(connection, retention, wall))

    def do(self, job: Callable[[sqlite3.Connection], object]) -> None:
        """Run `job` in the history's thread, after all that was put before; a failure stands in `problem`."""
        self._writer.do(job)

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """What `question` finds in the history's thread; raises sqlite3.Error."""
        return await asyncio.wrap_future(self._writer.ask(question))


def _is_worth_keeping(slot: Slot, reading: Reading, now: float) -> bool:
    return (
        slot.scope.kind is not ScopeKind.AGENT
        and reading.state(now) is State.LIVE
        and reading.answered_at - reading.renewed.asked_at <= PROMPT
        and reading.value is not None
        and math.isfinite(reading.value)
    )
