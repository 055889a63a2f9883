"""The service level of every account: one question at a time, behind everything else that is asked."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, tzinfo
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from tui.api.call import CLOCKS_AGREE, Answer, CallRecord
from tui.api.errors import LiveAgentError, NotFoundError, NotPermittedError
from tui.api.models import ConversationCounts, ConversationPage, Inbox, Team
from tui.durations import DAY
from tui.identity import AccountKey, AccountRef, account
from tui.measures import SERVICE
from tui.monitor.calls import Ask, What
from tui.monitor.history.history import History
from tui.monitor.housekeeping import Guard
from tui.monitor.polling.budget import Priority
from tui.monitor.reading import Listing, Problem, Reading
from tui.monitor.service.arrivals import arrivals_of
from tui.monitor.service.book import Interval
from tui.monitor.service.bots import BotWatch
from tui.monitor.service.figures import Rules
from tui.monitor.service.given import rules_of
from tui.monitor.service.intervals import before, day_of
from tui.monitor.service.kept import KeptNow, keep, keep_now, kept, let_go, let_go_now, which
from tui.monitor.service.known_past import ConversationsThen, keep_past
from tui.monitor.service.level import ServiceLevel, readings_of
from tui.monitor.service.roll import DayQuestion, One, Page, Queue, Told, Total
from tui.monitor.service.worker import PATIENCE, PATIENCE_ELSEWHERE, Today, Worker

if TYPE_CHECKING:
    from tui.monitor.monitor import Monitor

TURN, LONGEST_TURN = 1.0, 5.0
"""Seconds between two looks whether a question is due."""
TELL_EVERY = 15.0
"""Seconds between two figures while the way back to midnight is long."""
HEAD_START = 120.0
"""Seconds from the start until accounts that no screen shows are read, too."""
RELISTED = 300.0
"""Seconds after which inboxes or teams that could not all be read are asked for again."""
WHOLE_DAYS = 3
"""Days of which what is kept is taken up; of those before only which quarters there are."""
SLOTS = tuple(map(account, SERVICE))


T = TypeVar("T")
OnAnswer = Callable[[AccountKey, Told, Rules, Iterable[BotWatch]], None]
_Parts = tuple[Sequence[Inbox] | None, Sequence[Team]]
"""The inboxes and teams that the rules were made of; None of the inboxes where these are not permitted."""


class _Reader:
    """What reads one account as one user sees it."""

    def __init__(self, ref: AccountRef, worker: Worker, parts: _Parts, zone: tzinfo) -> None:
        self.ref = ref
        """By which environment it began: another one of the same user may have another zone, and day."""
        self.worker = worker
        self.parts = parts
        self.zone = zone
        self.asking: asyncio.Task[None] | None = None
        self.call: CallRecord | None = None
        """The newest that was answered."""
        self.told_at = float("-inf")
        """`Clock.now` of the last figures."""
        self.past: asyncio.Task[None] | None = None
        """What keeps the past that is known without asking; None until somebody looks."""
        self.unsure: list[tuple[float, int]] = []
        """What was kept since the reach was last confirmed: Unix times of that, and of the interval."""
        self.looked_wall = float("-inf")
        """Unix time at which today was kept last."""


class Levels:
    """Begins with each account as soon as it is known who sees it, and anew with each other reach.

    Answers are filed under the identity they were asked for; what is complete is kept in the history.
    It rests while no account is on screen, as outside the hours of a wall.
    """

    def __init__(
        self,
        monitor: "Monitor",
        history: History | None,
        heard: OnAnswer | None = None,
        *,
        elsewhere: bool = True,
        then: ConversationsThen | None = None,
    ) -> None:
        """`heard` is called with each answer: whose it is, what it told, the rules it is counted by, and
        what was seen of bots.

        `elsewhere` says whether accounts that are not on screen are read beside those that are. Where
        `then` knows the conversations of the past, no server is asked for them.
        """
        self._then = then
        self._monitor = monitor
        self._elsewhere = elsewhere
        self._history = history
        self._heard = heard
        self._clock = monitor.clock
        self._began = self._clock.now()
        self._guard = Guard()
        self._readers: dict[AccountKey, _Reader] = {}
        self._beginning: dict[AccountKey, asyncio.Task[None]] = {}
        monitor.listen_for_breaks(self._reach_ended)
        monitor.overhear(partial(self._guard.call, "overhearing who waits", self._overhear))

    async def run(self) -> None:
        """Read until cancelled."""
        try:
            while True:
                wait = LONGEST_TURN
                self._let_go()
                for ref in self._leading():
                    wait = min(wait, self._guarded(ref))
                await self._clock.sleep(max(TURN, wait))
        finally:
            tasks = [*self._beginning.values(), *chain.from_iterable(map(_tasks_of, self._readers.values()))]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _leading(self) -> list[AccountRef]:
        """Each account once: of several environments of one user the one on screen, else the one read.

        None while no account is on screen.
        """
        refs = self._monitor.refs()
        shown = [*filter(self._monitor.is_shown, refs)]
        leading: dict[AccountKey, AccountRef] = {}
        for ref in refs if shown and self._elsewhere else ():
            key = self._monitor.key(ref)
            reader = self._readers.get(key)
            if key not in leading or (reader is not None and reader.ref == ref):
                leading[key] = ref
        for ref in shown:
            leading[self._monitor.key(ref)] = ref
        return list(leading.values())

    def _guarded(self, ref: AccountRef) -> float:
        try:
            return self._turn(ref)
        except Exception as error:
            self._guard.note("reading service level", error)
            return LONGEST_TURN

    def _turn(self, ref: AccountRef) -> float:
        """Put the next question about an account, if one is due; seconds until there may be another."""
        monitor, key = self._monitor, self._monitor.key(ref)
        if not key.is_settled or not monitor.directory.worth_asking(ref):
            return LONGEST_TURN
        reader = self._readers.get(key)
        if reader is None:
            early = self._clock.now() - self._began < HEAD_START
            if key not in self._beginning and (monitor.is_shown(ref) or not early):
                task = asyncio.create_task(self._begin(ref, key), name=f"begin service level of {ref}")
                self._beginning[key] = task
            return TURN
        now, shown = self._clock.now(), monitor.is_shown(ref)
        if reader.ref != ref and reader.zone != (monitor.zone(ref) or UTC):
            self._drop(key)  # The day on screen is the one that is read.
            return TURN
        self._renew(ref, key, reader)
        if shown:
            self._keep_past(ref, key, reader)
        if reader.asking is not None:
            return LONGEST_TURN
        question = reader.worker.next(now, self._server_wall(reader), shown=shown)
        if question is not None:
            work = self._ask(ref, key, reader, question, shown=shown)
            reader.asking = asyncio.create_task(work, name=f"service level of {ref}")
        return reader.worker.due_at - now

    def _keep_past(self, ref: AccountRef, key: AccountKey, reader: _Reader) -> None:
        if self._then is None or self._history is None or reader.past is not None:
            return
        days = self._monitor.config.service_for(ref.environment, ref.account_id).days
        rules, zone = reader.worker.rules, reader.zone
        work = partial(keep_past, self._history, self._clock, key, zone, rules, days, self._then)
        reader.past = asyncio.create_task(self._guard.run("keeping the past", work))

    def _server_wall(self, reader: _Reader) -> float:
        """The time by the server's clock; somebody may set this machine's between two answers."""
        call = reader.call
        return self._clock.wall() if call is None else call.server_wall + self._clock.now() - call.asked_at

    async def _begin(self, ref: AccountRef, key: AccountKey) -> None:
        """Find out when its inboxes are open and what is kept of it, then read it."""
        try:
            parts = await self._parts(ref)
            if parts is None:
                return  # The next turn tries again.
            zone = self._monitor.zone(ref) or UTC
            days = self._monitor.config.service.days
            known = await self._kept(key, zone, days)
            self._readers[key] = _Reader(ref, self._worker(ref, parts, zone, known), parts, zone)
        except Exception as error:
            self._guard.note("beginning with service level", error)
        finally:
            del self._beginning[key]

    def _worker(self, ref: AccountRef, parts: _Parts, zone: tzinfo, known: Sequence[Interval]) -> Worker:
        config = self._monitor.config
        targets = config.targets_for(ref.environment, ref.account_id)
        service = config.service_for(ref.environment, ref.account_id)
        days = None if self._history is None else 0 if self._then is not None else service.days
        return Worker(zone, rules_of(service, targets, *parts, zone), known, days)

    async def _parts(self, ref: AccountRef) -> _Parts | None:
        """The inboxes, and the teams where they have targets; None while an answer is still to come.

        Without the hours and targets of all of these, other figures would be told, or those of another day.
        Where they are not permitted every inbox is always open, which is told, and no team has a target.
        """
        wanted = [What.INBOXES]
        if self._monitor.config.targets_for(ref.environment, ref.account_id).teams:
            wanted.append(What.TEAMS)
        for what in wanted:
            listed = self._listed(ref, what)
            unread = listed.items is None and listed.problem is None
            in_part = listed.items is not None and not _is_whole(listed)
            if unread or (in_part and listed.age(self._clock.now()) >= RELISTED):
                with suppress(LiveAgentError):
                    await self._monitor.ask(ref, Ask(what=what), Priority.SERVICE)
        for what in wanted:
            listed = self._listed(ref, what)
            refused = listed.problem is not None and isinstance(listed.problem.error, NotPermittedError)
            if not (_is_whole(listed) or (listed.items is None and refused)):
                return None
        seen = self._monitor.snapshot(ref)
        return seen.inboxes.items, seen.teams.items or ()

    def _listed(self, ref: AccountRef, what: What) -> Listing[Any]:
        seen = self._monitor.snapshot(ref)
        return seen.inboxes if what is What.INBOXES else seen.teams

    async def _kept(self, key: AccountKey, zone: tzinfo, days: int) -> list[Interval]:
        if self._history is None:
            return []
        today = day_of(self._clock.wall(), zone)
        recent = before(today, zone, WHOLE_DAYS - 1).since
        first = before(today, zone, max(days, WHOLE_DAYS)).since

        def question(connection: sqlite3.Connection) -> list[Interval]:
            older = which(connection, key, first, recent)
            intervals = [Interval(begins, {}, complete=False) for begins in older]
            # The server's clock may be a day ahead of this machine's.
            return intervals + kept(connection, key, recent, today.until + DAY)

        try:
            return await self._history.ask(question)
        except (sqlite3.Error, ValueError):
            return []  # Then all of it is read again.

    def _renew(self, ref: AccountRef, key: AccountKey, reader: _Reader) -> None:
        """Begin anew where the inboxes' hours, the names that have targets, or the zone become others."""
        seen, zone = self._monitor.snapshot(ref), self._monitor.zone(ref) or UTC
        inboxes, teams = reader.parts
        parts = _told_whole(seen.inboxes) or inboxes, _told_whole(seen.teams) or teams
        if parts[0] is inboxes and parts[1] is teams and zone == reader.zone:
            return
        fresh = self._worker(ref, parts, zone, ())
        if fresh.rules.mark == reader.worker.rules.mark and zone == reader.zone:
            reader.parts, reader.worker.rules = parts, fresh.rules
        else:
            self._drop(key)

    def _let_go(self) -> None:
        """End the reading of accounts that are seen with another reach, by another user, or not at all."""
        refs = self._monitor.refs()
        present = {self._monitor.key(ref) for ref in refs}
        gone = [key for key, reader in self._readers.items() if key not in present or reader.ref not in refs]
        for key in gone:
            self._drop(key)

    def _drop(self, key: AccountKey) -> None:
        reader = self._readers.pop(key)
        for task in _tasks_of(reader):
            task.cancel()

    async def _ask(
        self, ref: AccountRef, key: AccountKey, reader: _Reader, question: DayQuestion, *, shown: bool
    ) -> None:
        worker = reader.worker
        try:
            answer = await self._monitor.ask(ref, ask_of(question), Priority.SERVICE)
            told, call = told_of(question, answer), answer.call
        except LiveAgentError as error:
            gone = told_by_failure(question, error)
            if gone is not None and error.call is not None:
                self._guard.call(
                    "reading service level", self._take, ref, key, reader, gone, error.call, shown
                )
                return
            now = self._clock.now()
            worker.failed(now, str(error))
            self._fail(ref, key, Problem(error, now, worker.due_at, call=ask_of(question).what.call.name))
        except Exception as error:
            worker.failed(self._clock.now(), "A page could not be read; the log says where.")
            self._guard.note("asking for service level", error)
        else:
            self._guard.call("reading service level", self._take, ref, key, reader, told, call, shown)
        finally:
            reader.asking = None

    def _take(
        self,
        ref: AccountRef,
        key: AccountKey,
        reader: _Reader,
        told: Told,
        call: CallRecord,
        shown: bool,
    ) -> None:
        if self._readers.get(key) is not reader:
            return  # It was asked through a reach that has ended.
        worker, now = reader.worker, self._clock.now()
        reader.call = call
        if self._heard is not None:
            self._heard(key, told, worker.rules, worker.watches)
        worker.take(told, now, call.duration)
        if worker.rests:
            self._keep(ref, key, reader)
        on_its_way = worker.as_of is not None and not worker.is_whole
        hurry = on_its_way and now - reader.told_at >= TELL_EVERY
        if worker.looked or hurry or worker.problem:
            reader.told_at = now
            self._tell(ref, key, reader, shown=shown)

    def _overhear(self, ask: Ask, answer: Answer[Any]) -> None:
        """Who waits is asked for far more often than a day is looked at: it tells of who leaves a bot."""
        reader = self._readers.get(self._monitor.key(AccountRef(ask.environment, ask.account_id)))
        if ask.what is What.LONGEST and reader is not None and not answer.lost:
            told = told_of(Queue(ask.page), answer)
            reader.worker.overhear(told, answer.call.duration, ask.page)

    def _keep(self, ref: AccountRef, key: AccountKey, reader: _Reader) -> None:
        finished, wall, seen = reader.worker.finished(), self._clock.wall(), self._monitor.seen(ref)
        if self._history is not None and finished:
            self._history.do(lambda connection: keep(connection, key, finished))
            confirmed = wall if seen is None else seen.confirmed
            reader.unsure = [(at, begins) for at, begins in reader.unsure if at > confirmed]
            reader.unsure += [(wall, interval.begins) for interval in finished]

    def _reach_ended(self, ref: AccountRef, key: AccountKey) -> None:
        """What was read after the reach was last confirmed may be of another: it is not kept."""
        reader, seen = self._readers.get(key), self._monitor.seen(ref)
        if reader is None or seen is None or seen.change is None or self._history is None:
            return
        confirmed = seen.change.confirmed
        unsure = [begins for at, begins in reader.unsure if at > confirmed]
        self._history.do(lambda connection: let_go(connection, key, unsure))
        if reader.looked_wall > confirmed:
            self._history.do(lambda connection: let_go_now(connection, key))
        self._drop(key)

    def _tell(self, ref: AccountRef, key: AccountKey, reader: _Reader, *, shown: bool) -> None:
        worker, call = reader.worker, reader.call
        today = worker.today()
        goal = self._monitor.config.targets_for(ref.environment, ref.account_id).service_level
        level = ServiceLevel(today, goal, worker.problem, days=str(reader.zone))
        if today is None or call is None:
            self._monitor.store.put_service(key, level, {})  # What was known is of another day.
            return
        if worker.looked and today.whole and self._history is not None:
            now, reader.looked_wall = KeptNow(today.so_far, today.lately), self._clock.wall()
            self._history.do(lambda connection: keep_now(connection, key, now))
        made = _reading(today, call, PATIENCE if shown else PATIENCE_ELSEWHERE)
        self._monitor.store.put_service(key, level, readings_of(today, made))

    def _fail(self, ref: AccountRef, key: AccountKey, problem: Problem) -> None:
        """Say why nothing new comes; what is known stays, and grows old."""
        if key in self._readers and self._monitor.key(ref) == key:
            self._monitor.store.fail(key, problem, slots=SLOTS)


def _tasks_of(reader: _Reader) -> list[asyncio.Task[None]]:
    return [task for task in (reader.asking, reader.past) if task is not None]


def _is_whole(listed: Listing[Any]) -> bool:
    """Whether all of a list could be read, with the opening hours of each inbox."""
    return listed.items is not None and not listed.lost and listed.once(_have_hours)


def _told_whole(listed: Listing[T]) -> tuple[T, ...] | None:
    """The items of a list of which all could be read; else None."""
    return listed.items if _is_whole(listed) else None


def _have_hours(items: tuple[Any, ...]) -> bool:
    return all(not isinstance(item, Inbox) or item.hours_told for item in items)


def _reading(today: Today, call: CallRecord, period: float) -> Reading:
    """A figure that is as old as the look it comes from."""
    behind = call.server_wall - today.as_of
    return Reading(
        value=None,
        asked_at=call.asked_at - behind,
        asked_wall=call.asked_wall - behind,
        answered_at=call.answered_at,
        period=period,
        call=call,
    )


def ask_of(question: DayQuestion) -> Ask:
    """The call that answers a question."""
    match question:
        case Total(status):
            return Ask(what=What.SERVICE_TOTAL, status=status)
        case Page(number):
            return Ask(what=What.SERVICE_PAGE, page=number)
        case Queue(number):
            return Ask(what=What.SERVICE_QUEUE, page=number, queued=True)
        case One(number):
            return Ask(what=What.CONVERSATION, number=number)


def told_by_failure(question: DayQuestion, error: LiveAgentError) -> Told | None:
    """Nobody, where a conversation asked for alone is not there, or not to be seen; else it tells nothing."""
    gone = isinstance(question, One) and isinstance(error, NotFoundError | NotPermittedError)
    return Told(error.call.server_wall) if gone and error.call is not None else None


def told_of(question: DayQuestion, answer: Answer[Any]) -> Told:
    """What the answer to a question says."""
    asked, value, unsure = answer.call.server_wall, answer.value, CLOCKS_AGREE + answer.call.server_unsure
    if isinstance(question, Total):
        return Told(asked, value.all)
    if isinstance(question, One):
        alone = arrivals_of(ConversationPage(ConversationCounts(), (value,)))
        return Told(asked, arrivals=alone, unsure=unsure)
    return Told(asked, value.counts.all, arrivals_of(value), unsure)
