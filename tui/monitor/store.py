"""The latest of everything, one writer: readings and lists by account, and who wants to hear of changes."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tui.api.call import Answer
from tui.api.models import Agent, Inbox, ReportPoint, Team
from tui.identity import HEADLINE, AccountKey, AccountRef, Measure, Scope, ScopeKind, Slot, team
from tui.measures import OF_A_DAY, SERVICE
from tui.monitor.calls import What
from tui.monitor.housekeeping import Guard
from tui.monitor.reading import (
    AccountSnapshot,
    Listing,
    Problem,
    Reading,
    Viewer,
    Wait,
    derived,
    refuses,
)

if TYPE_CHECKING:
    from tui.monitor.service.level import ServiceLevel

UNASKED_PERIOD = 15.0
"""Seconds: the period of what was never asked."""
MOST_ADOPTED = 2_000
NAMED: Mapping[type, str] = {Team: "team", Inbox: "inbox", Agent: "agent"}
LIST_NAMES = ("teams", "agents", "inboxes", "incoming_by_hour")


def _unread() -> Listing[Any]:
    return Listing(items=None, asked_at=0.0, asked_wall=0.0, answered_at=0.0, period=UNASKED_PERIOD)


class _Members(NamedTuple):
    """How many members a team has: what the table of calls picks the figures from."""

    all: Reading
    online: Reading | None
    """None while the availability of no agent is known."""


class _Book:
    """What is known of one account; only the store touches it."""

    def __init__(self) -> None:
        self.readings: dict[Slot, Reading] = {}
        self.lists: dict[str, Listing[Any]] = {name: _unread() for name in LIST_NAMES}
        self.members: dict[int, Listing[Agent]] = {}
        self.longest: Wait | None = None
        self.service: ServiceLevel | None = None
        self.verdict: Problem | None = None
        """What keeps this account alone from answering."""
        self.token_problem: Problem | None = None
        self.refused: Mapping[What, Problem] = {}
        """Calls that are refused, with the reason."""
        self.serial = 0
        self.people = 0
        self.days: str | None = None
        """The zone whose days the reports are of; None before the first."""
        self.drawn: AccountSnapshot | None = None
        self.drawn_days: str | None = None

    @property
    def problem(self) -> Problem | None:
        return self.verdict or self.token_problem


class Store:
    """Keeps the last good answer of every call, with the failure that came after it, if any.

    Everything is filed under the account and viewer it was asked for. A snapshot is immutable
    and made once for each change, so looking again costs nothing.
    """

    def __init__(self) -> None:
        self._books: dict[AccountKey, _Book] = {}
        self._adopted: dict[AccountKey, AccountKey] = {}
        self._serial = 0
        self._listeners: dict[int, Callable[[AccountKey], None]] = {}
        self._next_listener = 0
        self._guard = Guard()

    def listen(self, callback: Callable[[AccountKey], None]) -> Callable[[], None]:
        """Call `callback` with the account after each change; returns what ends that."""
        self._next_listener += 1
        number = self._next_listener
        self._listeners[number] = callback
        return lambda: (self._listeners.pop(number, None), None)[1]

    def put(
        self,
        key: AccountKey,
        figures: Mapping[Slot, float | None],
        answer: Answer[Any],
        period: float,
        *,
        at_least: bool = False,
    ) -> None:
        """File the figures of one answer; a figure it holds no value for becomes unknown.

        `at_least` is for what was counted from a list some of which could not be read.
        """
        self.put_readings(
            key,
            {
                slot: reading_of(counted(value, at_least), answer, period, at_least=at_least and bool(value))
                for slot, value in figures.items()
            },
        )

    def put_readings(self, key: AccountKey, readings: Mapping[Slot, Reading]) -> None:
        """File readings made elsewhere: derived ones, and those past a bound."""
        book = self._book(key)
        _update(book.readings, readings)
        self._count_people(book, readings)
        self._changed(key)

    def put_list(self, key: AccountKey, name: str, answer: Answer[Any], period: float) -> None:
        """File a list: teams, agents, inboxes, incoming_by_hour.

        Figures of teams, inboxes and agents that are no longer in it are dropped.
        """
        book = self._book(key)
        book.lists[name] = listing_of(answer, period)
        kind = {"teams": ScopeKind.TEAM, "inboxes": ScopeKind.INBOX, "agents": ScopeKind.AGENT}.get(name)
        if kind is not None and not answer.lost:
            there = {str(item.id) for item in answer.value}
            gone = [slot for slot in book.readings if slot.scope.kind is kind and slot.scope.id not in there]
            for slot in gone:
                del book.readings[slot]
            if kind is ScopeKind.TEAM:
                book.members = {
                    number: members for number, members in book.members.items() if str(number) in there
                }
        if name == "agents":
            book.people += 1
            self._count_members(book, book.members)
        self._changed(key)

    def forget(self, key: AccountKey, measures: Collection[Measure]) -> None:
        """Let go of every reading of these: they are not what they are called any more."""
        book = self._book(key)
        for slot in [slot for slot in book.readings if slot.measure in measures]:
            del book.readings[slot]
        self._changed(key)

    def days_of(self, key: AccountKey, zone: str) -> None:
        """The next reports are of the days of `zone`; those of another zone's days are let go of."""
        book = self._book(key)
        if book.days not in {None, zone}:
            self.forget(key, OF_A_DAY)
        book.days = zone

    def put_members(self, key: AccountKey, team_id: int, answer: Answer[Any], period: float) -> None:
        """File the members of one team; how many of them are online follows from the agents."""
        book = self._book(key)
        book.members[team_id] = listing_of(answer, period)
        self._count_members(book, (team_id,))
        self._changed(key)

    def put_longest(self, key: AccountKey, wait: Wait | None) -> None:
        """File which conversation waits longest, beside the figure."""
        self._book(key).longest = wait
        self._changed(key)

    def put_service(
        self, key: AccountKey, level: "ServiceLevel", readings: Mapping[Slot, Reading] | None = None
    ) -> None:
        """File what is known of an account's service level; with `readings`, what it comes to.

        Of a team or inbox that is not among these nobody came: what it had is let go of.
        """
        book = self._book(key)
        book.service = level
        if readings is None:
            self._changed(key)
            return
        for slot in [slot for slot in book.readings if slot.measure in SERVICE and slot not in readings]:
            del book.readings[slot]
        self.put_readings(key, readings)

    def fail(
        self,
        key: AccountKey,
        problem: Problem,
        *,
        slots: Iterable[Slot] = (),
        lists: Iterable[str] = (),
        members_of: int | None = None,
    ) -> None:
        """Attach a failure to what it concerns; the last good answer stays, unless it is not permitted."""
        book, slots = self._book(key), tuple(slots)
        for slot in slots:
            book.readings[slot] = _failed(book.readings.get(slot, UNASKED), problem)
        self._count_people(book, slots)
        for name in lists:
            book.lists[name] = _failed_list(book.lists[name], problem)
            book.people += name == "agents"
        if members_of is not None:
            book.members[members_of] = _failed_list(book.members.get(members_of, _unread()), problem)
        self._changed(key)

    def account_problem(self, key: AccountKey, problem: Problem | None) -> None:
        """Set or clear what is said of the account itself, until its counts or the profile say otherwise."""
        book = self._book(key)
        if book.verdict is not problem:
            book.verdict = problem
            self._changed(key)

    def token_problem(self, key: AccountKey, problem: Problem | None) -> None:
        """Set or clear what is said of the token: over with a good answer, and no word on the account."""
        book = self._book(key)
        if book.token_problem is not problem:
            book.token_problem = problem
            self._changed(key)

    def problem(self, key: AccountKey) -> Problem | None:
        """What keeps the whole account from answering: itself, before the token."""
        return self._book(key).problem

    def adopt(self, old: AccountKey, new: AccountKey) -> None:
        """Move what was read before the viewer was known under the real identity; newer wins."""
        self._adopted[old] = new
        while len(self._adopted) > MOST_ADOPTED:
            del self._adopted[next(iter(self._adopted))]
        book = self._books.pop(old, None)
        if book is None:
            return
        mine = self._books.setdefault(new, book)
        if mine is not book:
            mine.verdict = max(_last_word(mine), _last_word(book), key=lambda word: word[0])[1]
            mine.token_problem = book.token_problem or mine.token_problem
            if book.days is not None:
                self.days_of(new, book.days)
            for slot, reading in book.readings.items():
                mine.readings[slot] = _joined(mine.readings.get(slot, UNASKED), reading)
            for name, listing in book.lists.items():
                if listing.asked_at >= mine.lists[name].asked_at:
                    mine.lists[name] = listing
            mine.members.update(book.members)
            mine.longest = book.longest or mine.longest
            mine.refused = {**mine.refused, **book.refused}
            mine.people += 1
        self._changed(new)

    def known_as(self, key: AccountKey) -> AccountKey:
        """As whom it turned out that `key` saw the account: itself, where that was told or never will be."""
        while key in self._adopted:
            key = self._adopted[key]
        return key

    def drop(self, key: AccountKey) -> None:
        """Let go of everything read under `key`: its reach is another one now."""
        self._books.pop(key, None)
        self._adopted = {old: new for old, new in self._adopted.items() if new != key}

    def void(self, key: AccountKey, scope: Scope, problem: Problem) -> None:
        """Nothing is known of a part of the account any more, whatever call told it."""
        book = self._book(key)
        for slot in [slot for slot in book.readings if slot.scope == scope]:
            book.readings[slot] = msgspec.structs.replace(book.readings[slot], value=None, problem=problem)
        if scope.kind is ScopeKind.TEAM and scope.id.isdecimal():
            book.members.pop(int(scope.id), None)
        self._changed(key)

    def refused(self, key: AccountKey, what: What, problem: Problem | None) -> None:
        """Remember why a kind of call gives nothing, or that it answers: of figures it never told."""
        book = self._book(key)
        if problem is not None:
            book.refused = {**book.refused, what: problem}
            self._changed(key)
        elif what in book.refused:
            book.refused = {other: refusal for other, refusal in book.refused.items() if other is not what}
            self._changed(key)

    def touch(self, key: AccountKey) -> None:
        """Tell the listeners: something beside the figures has changed, such as a name."""
        self._changed(key)

    def keep_viewers(self, origin: str, viewers: Iterable[int]) -> None:
        """Drop what was read at `origin` as anybody else: nobody can see it any more."""
        kept = set(viewers)
        for key in [key for key in self._books if key.origin == origin and key.viewer_id not in kept]:
            del self._books[key]

    def accounts(self) -> tuple[AccountKey, ...]:
        """The accounts something is filed under."""
        return tuple(self._books)

    def serial(self, key: AccountKey) -> int:
        """Grows with each change of the account; 0 before the first."""
        book = self._books.get(key)
        return book.serial if book else 0

    def readings(self, key: AccountKey) -> Mapping[Slot, Reading]:
        """The figures of one account, as they are now."""
        return MappingProxyType(self._book(key).readings)

    def listing(self, key: AccountKey, name: str) -> Listing[Any]:
        """One list of one account, as it is now."""
        return self._book(key).lists[name]

    def members(self, key: AccountKey) -> Mapping[int, Listing[Agent]]:
        """The members read so far, by team."""
        return MappingProxyType(self._book(key).members)

    def snapshot(
        self, ref: AccountRef, key: AccountKey, name: str, viewer: Viewer | None, days: str | None = None
    ) -> AccountSnapshot:
        """Everything known of one account; the same object until something changes.

        `days` is the zone whose days are the account's in this environment: reports of another
        environment's days are unknown here. None takes them as they are.
        """
        book = self._book(key)
        drawn, wanted = book.drawn, (book.serial, ref, name, viewer)
        if (
            drawn
            and (drawn.serial, drawn.ref, drawn.name, drawn.viewer) == wanted
            and book.drawn_days == days
        ):
            return drawn
        book.drawn_days = days
        others = days is not None and book.days not in {None, days}
        foreign = book.service is not None and days not in {None, book.service.days}
        left_out = (OF_A_DAY if others else frozenset()) | (SERVICE if foreign else frozenset())
        readings = {slot: reading for slot, reading in book.readings.items() if slot.measure not in left_out}
        teams: Listing[Team] = _kept_from(book.lists["teams"], book.problem)
        agents: Listing[Agent] = _kept_from(book.lists["agents"], book.problem)
        inboxes: Listing[Inbox] = _kept_from(book.lists["inboxes"], book.problem)
        incoming: Listing[ReportPoint] = book.lists["incoming_by_hour"]
        book.drawn = AccountSnapshot(
            ref=ref,
            key=key,
            name=name,
            viewer=viewer,
            readings=MappingProxyType(readings),
            teams=teams,
            agents=agents,
            inboxes=inboxes,
            team_members=MappingProxyType(dict(book.members)),
            incoming_by_hour=incoming,
            longest=book.longest,
            service=None if foreign else book.service,
            problem=book.problem,
            refused=book.refused,
            serial=book.serial,
            # Two environments of one identity may differ in which of its agents' figures they show.
            people=2 * book.people + others,
        )
        return book.drawn

    def _count_people(self, book: _Book, slots: Iterable[Slot]) -> None:
        book.people += any(slot.scope.kind is ScopeKind.AGENT for slot in slots)

    def _count_members(self, book: _Book, teams: Iterable[int]) -> None:
        agents: Listing[Agent] = book.lists["agents"]
        availability = {agent.id: agent.availability for agent in agents.items or ()}
        for number in teams:
            members = book.members[number]
            if members.items is None:
                continue
            least = bool(members.lost)
            online: Reading | None = None
            if agents.items is not None:
                unread = bool(agents.lost) and any(member.id not in availability for member in members.items)
                words = [
                    availability.get(member.id, None if unread else member.availability)
                    for member in members.items
                ]
                online = _derived(words.count("online"), least or unread or None in words, members, agents)
            sizes = _Members(_derived(len(members.items), least, members), online)
            for measure, pick in What.TEAM_MEMBERS.call.makes.items():
                if (reading := pick(sizes)) is not None:
                    _update(book.readings, {team(number, measure): reading})

    def _book(self, key: AccountKey) -> _Book:
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = _Book()
        return book

    def _changed(self, key: AccountKey) -> None:
        self._serial += 1
        self._book(key).serial = self._serial
        for callback in tuple(self._listeners.values()):
            self._guard.call("telling a listener of the store", callback, key)


UNASKED = Reading(value=None, asked_at=0.0, asked_wall=0.0, answered_at=0.0, period=UNASKED_PERIOD)


def counted(value: float | None, at_least: bool) -> float | None:
    """A count that may be too small: at least nought says nothing, and would read as nobody."""
    return None if at_least and not value else value


def _derived(count: int, at_least: bool, *sources: Reading | Listing[Any]) -> Reading:
    return derived(counted(count, at_least), *sources, at_least=at_least and bool(count))


def reading_of(value: float | None, answer: Answer[Any], period: float, *, at_least: bool = False) -> Reading:
    """A figure as `answer` told it, asked again after `period` seconds."""
    call = answer.call
    return Reading(
        value=value,
        asked_at=call.asked_at,
        asked_wall=call.asked_wall,
        answered_at=call.answered_at,
        period=period,
        call=call,
        at_least=at_least,
    )


def named(item: Any) -> Any:
    """A team, an inbox or an agent that has no name, by what it is and its number: no row is empty."""
    kind = NAMED.get(type(item))
    if kind is None or item.name:
        return item
    return msgspec.structs.replace(item, name=f"{kind} {item.id}")


def listing_of(answer: Answer[Any], period: float) -> Listing[Any]:
    """A list as `answer` told it, asked again after `period` seconds."""
    call = answer.call
    return Listing(
        items=tuple(map(named, answer.value)),
        asked_at=call.asked_at,
        asked_wall=call.asked_wall,
        answered_at=call.answered_at,
        period=period,
        call=call,
        lost=answer.lost,
    )


def _update(known: dict[Slot, Reading], readings: Mapping[Slot, Reading]) -> None:
    for slot, reading in readings.items():
        before = known.get(slot, UNASKED)
        moved = before.value is not None and reading.value is not None and before.value != reading.value
        known[slot] = msgspec.structs.replace(reading, changed=moved)


def _last_word(book: _Book) -> tuple[float, Problem | None]:
    """What was said last of an account itself, None where it answered, after the `Clock.now` of that."""
    if book.verdict is not None:
        return book.verdict.at, book.verdict
    counts = book.readings.get(HEADLINE)
    return (-math.inf if counts is None else counts.answered_at), None


def _joined(known: Reading, adopted: Reading) -> Reading:
    """The newer of two readings of the same figure, with what failed after it."""
    newer = max(adopted, known, key=lambda reading: reading.asked_at)
    both = (known.problem, adopted.problem)
    problems = [problem for problem in both if problem and problem.at >= newer.answered_at]
    return _failed(newer, max(problems, key=lambda problem: problem.at)) if problems else newer


def _failed(reading: Reading, problem: Problem) -> Reading:
    value = None if refuses(problem.error) else reading.value
    return msgspec.structs.replace(reading, value=value, problem=problem)


def _failed_list(listing: Listing[Any], problem: Problem) -> Listing[Any]:
    items = None if refuses(problem.error) else listing.items
    return msgspec.structs.replace(listing, items=items, problem=problem)


def _kept_from(listing: Listing[Any], problem: Problem | None) -> Listing[Any]:
    """A list that nobody asks for while `problem` stands is unknown, and not about to come."""
    if problem is None or listing.items is not None or listing.problem is not None:
        return listing
    return msgspec.structs.replace(listing, problem=problem)
