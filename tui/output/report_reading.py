"""Read the service level of one day for a report: what is kept of it, and what is missing asked for."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, timedelta, tzinfo
from pathlib import Path
from typing import Protocol

import msgspec

from tui.api.call import Answer
from tui.api.errors import LiveAgentError
from tui.api.models import ConversationCounts, ConversationPage, Inbox, Profile, Team
from tui.clock import Clock
from tui.config.model import Config, Environment
from tui.identity import AccountKey, AccountRef, Reach
from tui.monitor.history.check import UnusableFileError
from tui.monitor.history.schema import connect
from tui.monitor.service.arrivals import arrivals_of
from tui.monitor.service.book import Book, Interval, restored
from tui.monitor.service.figures import Part, Rules, Tally, recent, total
from tui.monitor.service.given import rules_of
from tui.monitor.service.intervals import Day, day_of, day_on
from tui.monitor.service.kept import keep, kept
from tui.monitor.service.reading import Reading
from tui.monitor.service.roll import Ask, IgnoredError, Page, Queue, Told, Total
from tui.monitor.zones import zone_named, zone_of
from tui.output.take import Gate

SAVE_EVERY = 20
"""Answers after which what is final is written; of a day that is not whole, or does not add up, nothing."""

Progress = Callable[[AccountRef, Reading, int], None]
"""Told after each answer: of which account, what is known, and how many questions there were."""


class Client(Protocol):
    """The part of `LiveAgentClient` that a report uses."""

    async def profile(self) -> Answer[Profile]:
        """The token's user and accounts."""

    async def teams(self, account_id: int) -> Answer[tuple[Team, ...]]:
        """The account's teams."""

    async def inboxes(self, account_id: int) -> Answer[tuple[Inbox, ...]]:
        """The inboxes that the token's user sees."""

    async def counts(
        self, account_id: int, *, status: str | None = None, team_id: int | None = None
    ) -> Answer[ConversationCounts]:
        """How many conversations there are in a status."""

    async def conversations(
        self,
        account_id: int,
        *,
        page: int = 1,
        status: str | None = None,
        conversation_type: str | None = None,
        sort_by: str | None = None,
    ) -> Answer[ConversationPage]:
        """A page of conversations."""


class Report(msgspec.Struct, frozen=True):
    """What is known of one account's day; `problem` is a sentence where that is not all."""

    ref: AccountRef
    name: str
    day: str
    zone: tzinfo
    so_far: bool
    """Whether the day is not over."""
    reading: Reading
    rules: Rules
    goal: float | None
    """The level that is aimed at, in percent."""
    quarters: Mapping[int, Mapping[Part, Tally]]
    parts: Mapping[Part, Tally]
    recent: Mapping[Part, Tally] | None
    """Of the last half-hour, where the day is today; None where not all of it may be known.

    Who came long before counts in it where the opening was within it: so all of the day has to be.
    """
    team_names: Mapping[int, str]
    inbox_names: Mapping[int, str]
    problem: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of the day is known."""
        reading = self.reading
        return not self.problem and reading.roll.whole and reading.sound and reading.coverage == 1.0


class Reporter:
    """Reads days for one environment; raises LiveAgentError where not even the account can be told."""

    def __init__(
        self, environment: Environment, config: Config, client: Client, clock: Clock, history: Path | None
    ) -> None:
        self._environment = environment
        self._config = config
        self._client = client
        self._clock = clock
        self._history = history
        self._gate = Gate(clock, config.refresh.budget)

    async def accounts(self, wanted: tuple[int, ...]) -> tuple[int, ...]:
        """Those wanted, else all that the token sees."""
        if wanted:
            return wanted
        profile = await self._gate.run(self._client.profile)
        return tuple(one.id for one in profile.value.accounts if not one.is_suspended)

    async def read(self, account_id: int, day: str, progress: Progress) -> Report:
        """The day of one account: `today`, `yesterday` or a date in the contact centre's zone."""
        gate, client = self._gate, self._client
        profile = await gate.run(client.profile)
        inboxes = await gate.run(lambda: client.inboxes(account_id))
        teams = await gate.run(lambda: client.teams(account_id))
        member = next((one for one in profile.value.accounts if one.id == account_id), None)
        zone = zone_named(self._environment.timezone) or zone_of(inboxes.value) or UTC
        now = profile.call.server_wall
        which = _day(day, now, zone)
        reach = Reach(member.roles if member else (), tuple(one.id for one in inboxes.value))
        key = AccountKey(self._environment.url, account_id, profile.value.id, reach.mark)
        ref = AccountRef(self._environment.name, account_id)
        targets = self._config.targets_for(ref.environment, account_id)
        rules = rules_of(self._config, targets, inboxes.value, zone)
        earlier = await asyncio.to_thread(self._kept, key, which)
        reading = Reading(which, restored(which, earlier, rules, now))
        book = Book(reading, rules, earlier)
        problem = await self._course(key, ref, reading, book, progress)
        listed = self._environment.account(account_id)
        return Report(
            ref=ref,
            name=(listed.name if listed else None) or (member.name if member else ""),
            day=which.name(zone),
            zone=zone,
            so_far=which.holds(now),
            reading=reading,
            rules=rules,
            goal=targets.service_level,
            quarters=book.quarters(),
            parts=total(book.quarters().values()),
            recent=recent(reading.roll.arrivals, rules, reading.as_of)
            if which.holds(now) and reading.as_of and reading.roll.whole
            else None,
            team_names={one.id: one.name for one in teams.value},
            inbox_names={one.id: one.name for one in inboxes.value},
            problem=problem,
        )

    async def _course(
        self, key: AccountKey, ref: AccountRef, reading: Reading, book: Book, progress: Progress
    ) -> str:
        """One look at the day, or as many as it takes; why it had to end, as a sentence."""
        answers = 0
        try:
            while not (reading.as_of and reading.roll.whole):
                course = reading.course()
                ask = next(course)
                with contextlib.suppress(StopIteration):
                    while True:
                        told = await self._put(ref.account_id, ask)
                        answers += 1
                        progress(ref, reading, answers)
                        ask = course.send(told)
                        if answers % SAVE_EVERY == 0:
                            await asyncio.to_thread(self._keep, key, book.finished())
        except (IgnoredError, LiveAgentError) as error:
            return str(error)
        finally:
            await asyncio.to_thread(self._keep, key, book.finished())
        return ""

    async def _put(self, account_id: int, ask: Ask) -> Told:
        client = self._client
        match ask:
            case Total(which):
                counts = await self._gate.run(lambda: client.counts(account_id, status=which))
                return Told(counts.call.server_wall, counts.value.all)
            case Page(number):
                status, kind = "all", None
            case Queue(number):
                status, kind = "open", "unattended"
        page = await self._gate.run(
            lambda: client.conversations(
                account_id,
                page=number,
                status=status,
                conversation_type=kind,
                sort_by="sort_on_created_at",
            )
        )
        return Told(page.call.server_wall, page.value.counts.all, arrivals_of(page.value))

    def _kept(self, key: AccountKey, day: Day) -> dict[int, Interval]:
        if self._history is None or not key.is_settled:
            return {}
        try:
            with closing(connect(self._history)) as connection:
                return {one.begins: one for one in kept(connection, key, day.since, day.until)}
        except (OSError, sqlite3.Error, UnusableFileError, ValueError):
            return {}  # A report without a history asks for everything.

    def _keep(self, key: AccountKey, intervals: list[Interval]) -> None:
        if self._history is None or not key.is_settled or not intervals:
            return
        with (
            contextlib.suppress(OSError, sqlite3.Error, UnusableFileError),
            closing(connect(self._history)) as connection,
        ):
            keep(connection, key, intervals)


def _day(text: str, now: float, zone: tzinfo) -> Day:
    today = day_of(now, zone)
    if text == "today":
        return today
    if text == "yesterday":
        return day_of(today.since - 1, zone)
    return day_on(date.fromisoformat(text), zone)


def is_day(text: str, today: date) -> bool:
    """Whether `text` names a day that has begun; a zone may be a day ahead of `today`."""
    if text in {"today", "yesterday"}:
        return True
    try:
        return date.fromisoformat(text) <= today + timedelta(days=1)
    except ValueError:
        return False
