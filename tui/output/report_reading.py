"""Read the service level of days for a report: what is kept of them, and what is missing asked for."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, tzinfo
from pathlib import Path
from typing import NamedTuple, Protocol

from tui.api.call import Answer
from tui.api.errors import LiveAgentError
from tui.api.models import Conversation, ConversationCounts, ConversationPage, Inbox, Profile, Team
from tui.clock import Clock
from tui.config.model import Config, Environment
from tui.identity import ACCOUNT, AccountKey, AccountRef, Figure, Reach
from tui.measures import ONLINE, first_of
from tui.monitor.history.check import UnusableFileError
from tui.monitor.history.reader import course as course_of
from tui.monitor.history.schema import connect
from tui.monitor.history.trends import KnownSpan
from tui.monitor.service.book import Book, Interval, bot_first, from_midnight, restored
from tui.monitor.service.bots import BotWatch
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, recent, total
from tui.monitor.service.given import rules_of
from tui.monitor.service.intervals import Day
from tui.monitor.service.kept import KeptNow, keep, keep_now, kept_quarters
from tui.monitor.service.levels import told_by_failure, told_of
from tui.monitor.service.reading import DayReading
from tui.monitor.service.roll import DayQuestion, IgnoredError, One, Page, Queue, Told, Total
from tui.monitor.service.worker import Today
from tui.monitor.zones import zone_named, zone_of
from tui.output.report_days import ComparedPeriod, Report, ReportedDay, known_to, totals
from tui.output.report_period import ReportPeriod, WantedPeriod, earlier, period_of
from tui.output.take import Gate

SAVE_EVERY = 20
"""Answers after which what is final is written; of a day that is not whole, or does not add up, nothing."""

Progress = Callable[[str, DayReading, int], None]
"""Told after each answer: of which account and day, what is known, and how many questions there were."""


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

    async def conversation(self, account_id: int, conversation_id: int) -> Answer[Conversation]:
        """One of them."""


class _ReportedAccount(NamedTuple):
    """Whose days are read: of which account, as whom, in which zone and by which rules."""

    ref: AccountRef
    key: AccountKey
    zone: tzinfo
    rules: Rules
    progress: Progress


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
        return tuple(account.id for account in profile.value.accounts if not account.is_suspended)

    async def read(
        self, account_id: int, wanted: WantedPeriod, progress: Progress, *, compare: bool = False
    ) -> Report:
        """What is wanted of one account; with `compare` what it is compared with is read, too.

        Raises NotBegunError and LiveAgentError.
        """
        gate, client = self._gate, self._client
        profile = await gate.run(client.profile)
        inboxes = await gate.run(lambda: client.inboxes(account_id))
        teams = await gate.run(lambda: client.teams(account_id))
        member = next((account for account in profile.value.accounts if account.id == account_id), None)
        zone = zone_named(self._environment.timezone) or zone_of(inboxes.value) or UTC
        now = profile.call.server_wall
        period = period_of(wanted, now, zone)
        reach = Reach(member.roles if member else (), tuple(inbox.id for inbox in inboxes.value))
        key = AccountKey(self._environment.url, account_id, profile.value.id, reach.mark)
        ref = AccountRef(self._environment.name, account_id)
        targets = self._config.targets_for(ref.environment, account_id)
        service = self._config.service_for(ref.environment, account_id)
        rules = rules_of(service, targets, inboxes.value, teams.value, zone)
        account = _ReportedAccount(ref, key, zone, rules, progress)
        days = [await self._day(account, day, now) for day in period.days]
        parts, today = totals(days), None
        if len(days) == 1 and days[0].day.holds(now):
            today = _today(days[0], parts, rules)
        if today is not None and today.whole:
            await asyncio.to_thread(self._keep_now, key, today)
        listed = self._environment.account(account_id)
        return Report(
            ref=ref,
            name=(listed.name if listed else None) or (member.name if member else ""),
            period=period,
            now=now,
            zone=zone,
            rules=rules,
            goal=targets.service_level,
            days=tuple(days),
            parts=parts,
            recent=today.recent if today is not None and today.knows_half_hour else None,
            compared=tuple(await self._compared(account, period, days, now, read=compare)),
            online=tuple(await asyncio.to_thread(self._online, key, period)),
            team_names={team.id: team.name for team in teams.value},
            inbox_names={inbox.id: inbox.name for inbox in inboxes.value},
        )

    async def _day(self, account: "_ReportedAccount", day: Day, now: float) -> ReportedDay:
        """What is kept of a day, and what is missing asked for."""
        before = await asyncio.to_thread(self._kept, account.key, day)
        reading = DayReading(day, restored(day, before, account.rules, now))
        bots = BotWatch(day, bot_first(before.values()))
        book = Book(reading, account.rules, before, bots)
        name = day.name(account.zone)
        problem = await self._course(account, name, reading, book)
        return ReportedDay(name, reading, book.quarters(), problem, bots)

    async def _compared(
        self,
        account: "_ReportedAccount",
        period: ReportPeriod,
        days: Sequence[ReportedDay],
        now: float,
        *,
        read: bool,
    ) -> list[ComparedPeriod]:
        """The same of earlier times, from what is kept; where that is not enough and `read`, asked for."""
        compared = []
        for span in earlier(period, known_to(period, days), account.zone):
            parts = []
            for day, quarters in zip(span.period.days, span.quarters, strict=True):
                known = next((read_day for read_day in days if read_day.day == day), None)
                parts.append(await self._until(account, day, quarters, now, known, read=read))
            until = span.period.days[-1].begins(span.quarters[-1])
            compared.append(_joined(parts, span.period, until, account.rules, asked=read))
        return compared if len(compared) > 1 else []

    async def _until(
        self,
        account: "_ReportedAccount",
        day: Day,
        quarters: int,
        now: float,
        known: ReportedDay | None,
        *,
        read: bool,
    ) -> "_ComparedDay":
        """What became of whom in so many quarters of a day from midnight on."""
        if known is None:
            kept = await asyncio.to_thread(self._kept, account.key, day)
            whole, parts = from_midnight(day, kept, account.rules, quarters)
            if whole == quarters:
                return _ComparedDay(parts[WHOLE])
            if not read:
                return _by_other_rules(day, kept, account.rules, quarters)
            known = await self._day(account, day, now)
        if not known.whole:
            return _ComparedDay(None)
        return _ComparedDay(total(known.quarters.get(quarter, {}) for quarter in range(quarters))[WHOLE])

    async def _course(self, account: "_ReportedAccount", name: str, reading: DayReading, book: Book) -> str:
        """One look at the day, or as many as it takes; why it had to end, as a sentence."""
        answers = 0
        try:
            while not (reading.as_of and reading.roll.whole):
                course = reading.course()
                ask = next(course)
                with contextlib.suppress(StopIteration):
                    while True:
                        answer = await self._put(account.ref.account_id, ask)
                        answers += 1
                        account.progress(f"{account.ref} {name}", reading, answers)
                        ask = course.send(answer)
                        if answers % SAVE_EVERY == 0:
                            await asyncio.to_thread(self._keep, account.key, book.finished())
        except (IgnoredError, LiveAgentError) as error:
            return str(error)
        finally:
            await asyncio.to_thread(self._keep, account.key, book.finished())
        return ""

    async def _put(self, account_id: int, ask: DayQuestion) -> Told:
        client = self._client
        match ask:
            case Total(which):
                return told_of(ask, await self._gate.run(lambda: client.counts(account_id, status=which)))
            case One():
                return await self._one(account_id, ask)
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
        return told_of(ask, page)

    async def _one(self, account_id: int, ask: One) -> Told:
        client = self._client
        try:
            return told_of(ask, await self._gate.run(lambda: client.conversation(account_id, ask.number)))
        except LiveAgentError as error:
            gone = told_by_failure(ask, error)
            if gone is None:
                raise
            return gone

    def _kept(self, key: AccountKey, day: Day) -> dict[int, Interval]:
        if self._history is None or not key.is_settled:
            return {}
        try:
            with closing(connect(self._history)) as connection:
                return kept_quarters(connection, key, day)
        except (OSError, sqlite3.Error, UnusableFileError, ValueError):
            return {}  # A report without a history asks for everything.

    def _online(self, key: AccountKey, period: ReportPeriod) -> list[KnownSpan]:
        """How many agents were online, as far as a running monitor recorded it."""
        if self._history is None or not key.is_settled:
            return []
        online = first_of(ONLINE, ACCOUNT.kind)
        if online is None:
            return []
        figure = Figure(key, ACCOUNT, online)
        try:
            with closing(connect(self._history)) as connection:
                return course_of(connection, figure, period.days[0].since, period.days[-1].until)
        except (OSError, sqlite3.Error, UnusableFileError, ValueError):
            return []

    def _keep_now(self, key: AccountKey, today: Today) -> None:
        self._write(key, lambda connection: keep_now(connection, key, KeptNow(today.so_far, today.lately)))

    def _keep(self, key: AccountKey, intervals: list[Interval]) -> None:
        if intervals:
            self._write(key, lambda connection: keep(connection, key, intervals))

    def _write(self, key: AccountKey, work: Callable[[sqlite3.Connection], None]) -> None:
        if self._history is None or not key.is_settled:
            return
        with (
            contextlib.suppress(OSError, sqlite3.Error, UnusableFileError),
            closing(connect(self._history)) as connection,
        ):
            work(connection)


class _ComparedDay(NamedTuple):
    """A day that another one is compared with; `tally` is None where that can't be."""

    tally: Tally | None
    other_target: bool = False
    other_rules: bool = False


def _by_other_rules(day: Day, kept: Mapping[int, Interval], rules: Rules, quarters: int) -> _ComparedDay:
    """One that is not kept as it would be counted now: by another target its speeds tell, else nothing."""
    whole, parts = from_midnight(day, kept, rules, quarters, any_target=True)
    if whole == quarters and rules.target_of_part(WHOLE) is not None:
        return _ComparedDay(parts[WHOLE], other_target=True)
    all_kept = all(day.begins(quarter) in kept for quarter in range(quarters))
    return _ComparedDay(None, other_rules=all_kept)


def _joined(
    days: Sequence[_ComparedDay], period: ReportPeriod, until: int, rules: Rules, *, asked: bool
) -> ComparedPeriod:
    tally: Tally | None = Tally()
    for day in days:
        if day.tally is None:
            tally = None
        elif tally is not None:
            tally.add(day.tally)
    return ComparedPeriod(
        period.title,
        period.name,
        until,
        tally,
        asked,
        rules.target_of_part(WHOLE) if any(day.other_target for day in days) else None,
        other_rules=all(day.tally is not None or day.other_rules for day in days),
    )


def _today(day: ReportedDay, parts: Mapping[PartOfAccount, Tally], rules: Rules) -> Today | None:
    """Today as it was read; None where not all of it is known: who came long before the opening may
    count in the last half-hour.
    """
    reading = day.reading
    if reading.as_of is None or not reading.roll.whole:
        return None
    return Today(
        day=reading.day,
        as_of=reading.as_of,
        since=reading.day.since,
        coverage=reading.coverage if reading.sound else None,
        parts=parts,
        recent=recent(reading.roll.arrivals, rules, reading.as_of, day.bots),
        rules=rules,
        bots=day.bots,
    )
