"""Ask once for everything about some accounts, politely, and file what comes as snapshots."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec

from tui.api.call import Answer, CallRecord
from tui.api.errors import ConnectionFailedError, LiveAgentError, NotPermittedError
from tui.api.models import Agent, ConversationCounts, Inbox, Profile, ProfileAccount, Team
from tui.clock import Clock
from tui.figures import AccountKey, AccountRef, Reach, Slot, status, team
from tui.monitor.asks import STATUSES, availability_of, counts_of, half_read, part_of
from tui.monitor.reading import NO_INBOX, AccountSnapshot, Listing, Problem, Reading, Viewer
from tui.monitor.store import counted, named
from tui.output.document import Failure, Taken, failure

T = TypeVar("T")
Figures = Callable[[ConversationCounts], Mapping[Slot, float | None]]

IN_FLIGHT = 4
PERIOD = 60.0
"""Seconds a one-shot's figures count as one round: older than two such they are stale, as on screen."""

NOTHING_SEEN = "no_inbox"
"""The kind of failure that an account without an inbox is told as."""
ROLE_CHANGED = "role_changed"
"""The kind of failure that an account is told as whose reader had another role or inboxes each time."""
CHANGED_TWICE = (
    "The role of the token's user, or the inboxes it sees, changed twice while the counts were asked; "
    "ask again."
)
LAST_CALLS = 3
"""The headline, then the profile and the inboxes that confirm as whom it was asked."""
HOPELESS = frozenset({"connection", "tls", "proxy"})
"""Kinds of failure of the first call after which asking that host again is of no use."""

NO_COUNTS = ConversationCounts(mine=None, assigned=None, unassigned=None, all=None)


class Client(Protocol):
    """The part of `LiveAgentClient` that a one-shot uses."""

    async def profile(self) -> Answer[Profile]:
        """The token's user and accounts."""

    async def counts(
        self, account_id: int, *, status: str | None = None, team_id: int | None = None
    ) -> Answer[ConversationCounts]:
        """Conversation counts of an account, one status or one team."""

    async def agents(self, account_id: int) -> Answer[tuple[Agent, ...]]:
        """The account's agents."""

    async def teams(self, account_id: int) -> Answer[tuple[Team, ...]]:
        """The account's teams."""

    async def inboxes(self, account_id: int) -> Answer[tuple[Inbox, ...]]:
        """The inboxes that the token's user sees."""


class Site(msgspec.Struct, frozen=True):
    """An environment to ask: its client, and the accounts wanted; none means all it lists."""

    environment: str
    origin: str
    client: Client | LiveAgentError
    """What to ask with, or why there is nothing to ask with."""
    accounts: tuple[int, ...] = ()
    names: dict[int, str] = {}
    """Names from the config, by account id; they win over the server's."""


class Gate:
    """Lets calls to one host through: `IN_FLIGHT` at a time, `budget` in any minute."""

    def __init__(self, clock: Clock, budget: int) -> None:
        self._clock = clock
        self._budget = budget
        self._started: deque[float] = deque(maxlen=budget)
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._turn = asyncio.Lock()

    async def run(self, call: Callable[[], Awaitable[T]], *, calls: int = 1) -> T:
        """Await `call` when its turn has come, and the budget has room for `calls` from it on."""
        async with self._room:
            async with self._turn:
                over = len(self._started) + min(calls, self._budget) - self._budget
                if over > 0:
                    await self._clock.sleep(self._started[over - 1] + 60.0 - self._clock.now())
                self._started.append(self._clock.now())
            return await call()


async def take(sites: Sequence[Site], clock: Clock, *, budget: int = 60) -> list[Taken]:
    """Ask each site once, all at the same time; the accounts in the sites' order.

    `budget` is the requests a minute and origin. A failure never raises: it leaves its figures
    unknown and stands in `Taken.failures`. A site that would not list its accounts, where
    none were named, gives one `Taken` with account id 0.
    """
    gates = {site.origin: Gate(clock, budget) for site in sites}
    rounds = await asyncio.gather(*(_Round(site, clock, gates[site.origin]).take() for site in sites))
    return [taken for round_ in rounds for taken in round_]


class _Round:
    """One site's round of calls."""

    def __init__(self, site: Site, clock: Clock, gate: Gate) -> None:
        self._site = site
        self._clock = clock
        self._gate = gate

    async def take(self) -> list[Taken]:
        wanted, client = self._site.accounts, self._site.client
        if isinstance(client, LiveAgentError):
            failures = [failure("connect", client)]
            return [self._nothing(account_id, None, client, failures) for account_id in wanted or (0,)]
        profile, error = await self._ask(client.profile)
        failures = [failure("profile", error)] if error else []
        if not wanted and profile is not None:
            wanted = tuple(one.id for one in profile.value.accounts if one.status != "suspended")
        if not wanted:
            if error is None:
                failures.append(Failure("profile", "no_account", "The token's user has no active account."))
            return [self._nothing(0, profile.value if profile else None, error, failures)]
        if error is not None and (error.concerns == "token" or error.kind in HOPELESS):
            return [self._nothing(account_id, None, error, failures) for account_id in wanted]
        user = profile.value if profile else None
        return list(await asyncio.gather(*(self._account(client, one, user, failures) for one in wanted)))

    async def _account(
        self, client: Client, account_id: int, user: Profile | None, failures: Iterable[Failure]
    ) -> Taken:
        """All of one account, as seen through one reach: anew, once, where that changed meanwhile."""
        filing = await self._figures(client, account_id, user, failures)
        changed = await self._changed(client, account_id, user, filing)
        if changed is not None:
            user = changed
            filing = await self._figures(client, account_id, user, failures)
            changed = await self._changed(client, account_id, user, filing)
        if changed is not None:
            user = changed
            filing.mixed()
        filing.settle()
        return Taken(self._snapshot(account_id, user, filing), tuple(filing.failures))

    async def _changed(
        self, client: Client, account_id: int, user: Profile | None, filing: "_Filing"
    ) -> Profile | None:
        """The token's user as it is now, if it sees more or less of the account than when it was asked."""
        if user is None:
            return None
        before = _membership(user, account_id)
        answer, error = await self._ask(client.profile)
        filing.confirmed("profile", error)
        now = user if answer is None else answer.value
        changed = _standing(before) != _standing(_membership(now, account_id))
        if not changed and _is_partial(before):
            inboxes, error = await self._ask(lambda: client.inboxes(account_id))
            filing.confirmed("inboxes", error)
            changed = inboxes is not None and filing.sees_other(inboxes)
        return now if changed else None

    async def _figures(
        self, client: Client, account_id: int, user: Profile | None, failures: Iterable[Failure]
    ) -> "_Filing":
        filing = _Filing(self._clock, list(failures))

        async def counts(name: str, figures: Figures, calls: int = 1, **which: Any) -> None:
            answer, error = await self._ask(lambda: client.counts(account_id, **which), calls=calls)
            filing.counts(name, figures, answer, error)

        async def agents() -> None:
            filing.agents(*await self._ask(lambda: client.agents(account_id)))

        async def teams() -> None:
            filing.teams(*await self._ask(lambda: client.teams(account_id)))
            found = [one.id for one in filing.team_list.items or ()]
            await asyncio.gather(
                *(counts(f"counts of team {one}", partial(part_of, team, one), team_id=one) for one in found)
            )

        # The inboxes come first: they are what the counts are compared with at the end.
        if _is_partial(_membership(user, account_id)):
            filing.inboxes(*await self._ask(lambda: client.inboxes(account_id)))
        await asyncio.gather(
            *(counts(f"counts of {word}", partial(_of_status, word), status=word) for word in STATUSES),
            agents(),
            teams(),
        )
        # The headline comes last: with many teams the budget makes the others take minutes.
        await counts("counts", counts_of, calls=LAST_CALLS)
        return filing

    def _nothing(
        self, account_id: int, user: Profile | None, error: LiveAgentError | None, failures: list[Failure]
    ) -> Taken:
        filing = _Filing(self._clock, failures)
        problem = Problem(error, self._clock.now()) if error else None
        snapshot = self._snapshot(account_id, user, filing)
        return Taken(msgspec.structs.replace(snapshot, problem=problem), tuple(failures))

    def _snapshot(self, account_id: int, user: Profile | None, filing: "_Filing") -> AccountSnapshot:
        member = _membership(user, account_id)
        roles = member.roles if member else ()
        nothing: Listing[object] = Listing(None, 0.0, 0.0, 0.0, PERIOD)
        return AccountSnapshot(
            ref=AccountRef(self._site.environment, account_id),
            key=AccountKey(self._site.origin, account_id, user.id if user else -1, filing.reach(roles).mark),
            name=self._site.names.get(account_id) or (member.name if member else ""),
            viewer=Viewer(user.id, user.called, roles) if user else None,
            readings=filing.readings,
            teams=filing.team_list,
            agents=filing.agent_list,
            inboxes=filing.inbox_list,
            team_members={},
            incoming_by_hour=nothing,  # type: ignore[arg-type]
        )

    async def _ask(
        self, call: Callable[[], Awaitable[Answer[T]]], *, calls: int = 1
    ) -> tuple[Answer[T] | None, LiveAgentError | None]:
        try:
            return await self._gate.run(call, calls=calls), None
        except LiveAgentError as error:
            return None, error


class _Filing:
    """Answers and failures of one account, filed as readings and lists."""

    def __init__(self, clock: Clock, failures: list[Failure]) -> None:
        self._clock = clock
        self.failures = failures
        self.readings: dict[Slot, Reading] = {}
        self.team_list: Listing[Team] = _unread()
        self.agent_list: Listing[Agent] = _unread()
        self.inbox_list: Listing[Inbox] = _unread()

    def counts(
        self,
        name: str,
        figures: Figures,
        answer: Answer[ConversationCounts] | None,
        error: LiveAgentError | None,
    ) -> None:
        self._put(figures(answer.value if answer else NO_COUNTS), answer.call if answer else None, error)
        self._note(name, error, 0)

    def teams(self, answer: Answer[tuple[Team, ...]] | None, error: LiveAgentError | None) -> None:
        self.team_list = self._listing(answer, error)
        self._note("teams", error, self.team_list.lost)

    def inboxes(self, answer: Answer[tuple[Inbox, ...]] | None, error: LiveAgentError | None) -> None:
        self.inbox_list = self._listing(answer, error)
        self._note("inboxes", error, self.inbox_list.lost)
        if answer is not None and not answer.value and not answer.lost:
            self.failures.append(Failure("inboxes", NOTHING_SEEN, NO_INBOX))

    def settle(self) -> None:
        """Take no count for known that is 0 for the reason alone that its reader is in no inbox."""
        if all(one.kind != NOTHING_SEEN for one in self.failures):
            return
        self._void(self._problem(NotPermittedError(NO_INBOX, call=self.inbox_list.call)))

    def mixed(self) -> None:
        """Take no count for known: some were asked as another reader than others."""
        self.failures.append(Failure("profile", ROLE_CHANGED, CHANGED_TWICE))
        self.inbox_list = _unread()
        self._void(self._problem(ConnectionFailedError(CHANGED_TWICE)))

    def confirmed(self, name: str, error: LiveAgentError | None) -> None:
        """Note that nobody knows whether the reader sees what it saw, where the server did not say."""
        if error is not None:
            self.failures.append(failure(name, error))

    def sees_other(self, inboxes: Answer[tuple[Inbox, ...]]) -> bool:
        """Whether the reader sees other inboxes by now than at first."""
        known, told = self.inbox_list, {one.id for one in inboxes.value}
        unsure = known.items is None or known.lost or inboxes.lost
        return not unsure and told != {one.id for one in known.items or ()}

    def _void(self, problem: Problem | None) -> None:
        people = availability_of(())
        self.readings = {
            slot: one if slot in people else msgspec.structs.replace(one, value=None, problem=problem)
            for slot, one in self.readings.items()
        }

    def reach(self, roles: tuple[str, ...]) -> Reach:
        """How much of the account the figures cover."""
        items = self.inbox_list.items
        return Reach(roles, None if items is None else tuple(one.id for one in items))

    def agents(self, answer: Answer[tuple[Agent, ...]] | None, error: LiveAgentError | None) -> None:
        self.agent_list = self._listing(answer, error)
        figures = availability_of(answer.value if answer else ())
        whole = answer is not None and not answer.lost
        told = figures if whole else dict.fromkeys(figures)
        least = answer is not None and half_read(answer.value)
        self._put(told, answer.call if answer else None, error, at_least=least)
        self._note("agents", error, self.agent_list.lost)

    def _put(
        self,
        figures: Mapping[Slot, float | None],
        call: CallRecord | None,
        error: LiveAgentError | None,
        *,
        at_least: bool = False,
    ) -> None:
        for slot, count in figures.items():
            value = counted(count, at_least)
            problem = self._problem(error)
            self.readings[slot] = Reading(
                value, *_times(call), PERIOD, call, problem, at_least=at_least and value is not None
            )

    def _listing(self, answer: Answer[tuple[T, ...]] | None, error: LiveAgentError | None) -> Listing[T]:
        if answer is None:
            return Listing(None, 0.0, 0.0, 0.0, PERIOD, error.call if error else None, self._problem(error))
        items = tuple(map(named, answer.value))
        return Listing(items, *_times(answer.call), PERIOD, answer.call, None, answer.lost)

    def _problem(self, error: LiveAgentError | None) -> Problem | None:
        return Problem(error, self._clock.now()) if error else None

    def _note(self, name: str, error: LiveAgentError | None, lost: int) -> None:
        if error is not None:
            self.failures.append(failure(name, error))
        elif lost:
            self.failures.append(Failure(name, "lost", f"{lost} of the {name} could not be read."))


def _of_status(word: str, value: ConversationCounts) -> dict[Slot, float | None]:
    return {status(word): value.all}


def _membership(user: Profile | None, account_id: int) -> ProfileAccount | None:
    accounts = user.accounts if user else ()
    return next((one for one in accounts if one.id == account_id), None)


def _is_partial(member: ProfileAccount | None) -> bool:
    """Whether an account's counts may leave out inboxes that this member does not see."""
    return member is None or not Reach(member.roles).is_whole


def _standing(member: ProfileAccount | None) -> tuple[frozenset[str], bool] | None:
    """What a member's counts depend on, besides the inboxes."""
    return None if member is None else (frozenset(member.roles), member.status == "suspended")


def _times(call: CallRecord | None) -> tuple[float, float, float]:
    return (call.asked_at, call.asked_wall, call.answered_at) if call else (0.0, 0.0, 0.0)


def _unread() -> Listing[T]:
    return Listing(None, 0.0, 0.0, 0.0, PERIOD)
