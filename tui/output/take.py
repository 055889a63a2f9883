"""Ask once about some accounts, politely, through the same store and ingest as the screens."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec

from tui.api.call import Answer
from tui.api.errors import LiveAgentError
from tui.api.models import Profile
from tui.clock import Clock
from tui.config.model import Account, Config, Environment
from tui.config.state import StateStore
from tui.identity import AccountKey, AccountRef, ScopeKind, Slot, agent, whole
from tui.measures import BY_TARGET
from tui.monitor.calls import Ask, What
from tui.monitor.directory import Directory
from tui.monitor.polling.capabilities import refused_for_good
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.session import Session
from tui.monitor.reading import NO_INBOX, AccountSnapshot, Problem, but_unseen
from tui.monitor.sources import ask_for, sources_of
from tui.monitor.store import Store
from tui.output.document import EVERYTHING, Chosen, FailedCall, Taken, failure, is_sure, parts_of

T = TypeVar("T")

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
LAST_CALLS = 4
"""The headline and the queued, then the profile and the inboxes that confirm as whom they were asked."""
HOPELESS = frozenset({"connection", "tls", "proxy"})
"""Kinds of failure of the first call after which asking that host again is of no use."""
LISTS = ("agents", "teams", "inboxes")


class Site(msgspec.Struct, frozen=True):
    """An environment to ask: its session, and the accounts wanted; none means all it lists."""

    environment: Environment
    session: Session | LiveAgentError
    """What to ask with, or why there is nothing to ask with."""
    accounts: tuple[int, ...] = ()


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


async def take(
    sites: Sequence[Site],
    config: Config,
    clock: Clock,
    *,
    chosen: Chosen = EVERYTHING,
    gates: dict[str, Gate] | None = None,
) -> list[Taken]:
    """Ask each site once, all at the same time; the accounts in the sites' order.

    A failure never raises: it leaves its figures unknown and stands in `Taken.failures`. A site
    that would not list its accounts, where none were named, gives one `Taken` with account id 0.
    `gates` holds the budget of each address from one round to the next.
    """
    gates = {} if gates is None else gates
    for site in sites:
        gates.setdefault(site.environment.url, Gate(clock, config.refresh.budget))
    rounds = (_Round(site, config, clock, gates[site.environment.url], chosen).take() for site in sites)
    return [taken for round_ in await asyncio.gather(*rounds) for taken in round_]


class _Round:
    """One site's round of calls."""

    def __init__(self, site: Site, config: Config, clock: Clock, gate: Gate, chosen: Chosen) -> None:
        self._site = site
        self._config = config
        self._clock = clock
        self._gate = gate
        self._chosen = chosen

    async def take(self) -> list[Taken]:
        wanted, session = self._site.accounts, self._site.session
        if isinstance(session, LiveAgentError):
            return self._nothing(wanted or (0,), session, failure("connect", session))
        profile: Answer[Any] | None = None
        error: LiveAgentError | None = None
        try:
            profile = await self._gate.run(lambda: session.put(session.ask(), self._clock))
        except LiveAgentError as failed:
            error = failed
        if profile is not None and not wanted:
            wanted = tuple(account.id for account in profile.value.accounts if not account.is_suspended)
        if not wanted and profile is not None:
            said = FailedCall("profile", "no_account", "The token's user has no active account.")
            return self._nothing((0,), None, said, profile.value)
        if error is not None and (not wanted or error.concerns == "token" or error.kind in HOPELESS):
            return self._nothing(wanted or (0,), error, failure("profile", error))
        desk = self._desk(wanted)
        if profile is not None:
            desk.filing.answered(session, session.ask(), profile, PERIOD)
        accounts = [
            _Account(desk, session, self._gate, self._clock, number, self._chosen) for number in wanted
        ]
        if error is not None:
            for account in accounts:
                account.failures.append(failure("profile", error))
        return list(await asyncio.gather(*(account.take() for account in accounts)))

    def _desk(self, accounts: Sequence[int]) -> "_Desk":
        names = {account.id: account for account in self._site.environment.accounts}
        listed = tuple(names.get(number, Account(number)) for number in accounts)
        environment = msgspec.structs.replace(self._site.environment, accounts=listed)
        config = msgspec.structs.replace(self._config, environments=(environment,))
        return _Desk(config, self._clock)

    def _nothing(
        self,
        accounts: Sequence[int],
        error: LiveAgentError | None,
        said: FailedCall,
        user: Profile | None = None,
    ) -> list[Taken]:
        """Each account with nothing known of it, and why."""
        name, url = self._site.environment.name, self._site.environment.url
        desk = self._desk([number for number in accounts if number])
        if user is not None:
            desk.directory.learn(name, user)
        taken = []
        for number in accounts:
            ref = AccountRef(name, number)
            key = AccountKey(url, number, user.id if user else -1)
            desk.store.account_problem(key, Problem(error, self._clock.now()) if error else None)
            snapshot = desk.store.snapshot(
                ref, key, desk.directory.entry(ref).name if number else "", desk.directory.viewer(ref)
            )
            taken.append(Taken(snapshot, self._chosen, (said,)))
        return taken


class _Desk:
    """The store of one round and what files into it."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.config = config
        self.store = Store()
        self.directory = Directory(config, StateStore(None))
        self.filing = Filing(config, clock, self.store, self.directory)


class _Account:
    """One account in a round."""

    def __init__(
        self, desk: _Desk, session: Session, gate: Gate, clock: Clock, number: int, chosen: Chosen
    ) -> None:
        self._desk = desk
        self._session = session
        self._gate = gate
        self._clock = clock
        self._number = number
        self._chosen = chosen
        self._ref = AccountRef(session.environment.name, number)
        self._told: dict[Ask, FailedCall] = {}
        self._refused: dict[Ask, FailedCall] = {}
        self._calls = 0
        """Since the figures were begun with."""
        self._began = self._key
        """As whom the account was seen when the figures were begun with."""
        self.failures: list[FailedCall] = []

    async def take(self) -> Taken:
        """All that is wanted of it, as seen through one reach: anew, once, where that changed meanwhile."""
        view = self._desk.filing.view(self._ref)
        view.shown = True
        problem = self._desk.store.problem(self._key)
        if problem is not None:  # The profile, filed before, says that nobody may ask.
            self.failures.append(failure("profile", problem.error))
            return self._taken()
        if await self._changed() and await self._changed():
            self.failures.append(FailedCall("profile", ROLE_CHANGED, CHANGED_TWICE))
        return self._taken()

    @property
    def _key(self) -> AccountKey:
        return self._session.key(self._number)

    async def _changed(self) -> bool:
        """Ask for everything; whether the token's user saw more or less at the end than at the beginning."""
        self._told.clear()
        self._refused.clear()
        self._calls = 0
        await self._figures()
        if self._session.viewer_id is None or self._calls < 2:
            return False  # One call is of one reach.
        await self._put(self._session.ask())
        if self._partial and self._key == self._began:
            await self._put(self._ask(What.INBOXES))
        return self._key != self._began

    @property
    def _partial(self) -> bool:
        """Whether the counts may leave out inboxes that the token's user does not see."""
        whose = self._session.whose(self._number)
        return whose is None or not self._session.reaches.reach(whose).is_whole

    async def _figures(self) -> None:
        """Ask for what is wanted."""
        chosen = self._chosen
        asks = self._asks(map(whole, chosen.account))
        # The inboxes come first: they are what the counts are compared with at the end.
        reported = any(
            what.call.of_day
            for slot in (*map(whole, chosen.account), *(agent(0, measure) for measure in chosen.agent))
            for what in sources_of(slot)
        )
        if self._partial or chosen.inbox or (reported and not self._session.knows_day(self._number)):
            await self._put(self._ask(What.INBOXES))
        self._began = self._key
        lists = [*([What.TEAMS] if chosen.team else []), *([What.AGENTS] if chosen.agents else [])]
        await asyncio.gather(*(self._put(self._ask(what)) for what in lists))
        for part in parts_of(self._snapshot(), chosen):
            asks |= self._asks(
                part.slot(item.id, measure) for item in part.items for measure in part.measures
            )
        for what in lists:
            asks.pop(self._ask(what), None)
        # The headline comes last: with many teams the budget makes the others take minutes. Only after
        # it is it known whether the server counts the queued, or just what is open.
        headline, queued = self._ask(What.COUNTS), self._ask(What.QUEUED)
        unattended = [ask for ask in asks if ask.what.call.unattended]
        if unattended:
            asks |= {headline: None, queued: None}
        own = [ask for ask in asks if ask.what is What.AGENT_SUMMARY]
        last = {headline, queued, *unattended}
        others = [ask for ask in asks if ask not in {*last, *own}]
        await asyncio.gather(*map(self._put, others), self._own(own))
        if headline in asks:
            await self._put(headline, calls=LAST_CALLS)
        if queued in asks:
            await self._put(queued)
            if self._desk.filing.view(self._ref).queued_by_report:
                await self._put(self._ask(What.ACCOUNT_LOAD))
        await asyncio.gather(*(self._put(ask) for ask in unattended if ask != queued))

    async def _own(self, asks: Sequence[Ask]) -> None:
        """Ask for each agent's own report: what is refused of one is refused of all."""
        for ask in asks[:1]:
            await self._put(ask)
        if What.AGENT_SUMMARY not in self._desk.filing.view(self._ref).refused:
            await asyncio.gather(*map(self._put, asks[1:]))

    def _asks(self, slots: Iterable[Slot]) -> dict[Ask, None]:
        """The calls that tell these figures."""
        where = self._session.environment.name, self._session.generation, self._number
        return {ask_for(what, slot).at(*where): None for slot in slots for what in sources_of(slot)}

    def _ask(self, what: What) -> Ask:
        return self._session.ask(what, self._number)

    async def _put(self, ask: Ask, *, calls: int = 1) -> None:
        """Make a call and those that follow from its answer, and file what comes."""
        filing, session = self._desk.filing, self._session
        left = deque([ask])
        while left:
            current = left.popleft()
            self._calls += 1
            try:
                answer = await self._gate.run(partial(session.put, current, self._clock), calls=calls)
            except LiveAgentError as error:
                filing.failed(session, current, Problem(error, self._clock.now()))
                optional = not is_sure(current.what) and refused_for_good(current.what, error)
                (self._refused if optional else self._told)[current.first] = failure(name_of(current), error)
                continue
            outcome = filing.answered(session, current, answer, PERIOD)
            if outcome.apart:
                await self._clock.sleep(outcome.apart)
            left += outcome.follow or self._further(current)
            if current.what is What.RESOLVED_QUEUED:
                left += outcome.changed

    def _further(self, ask: Ask) -> tuple[Ask, ...]:
        """The next page of the agents' load: of many agents a screen asks for the pages in view alone."""
        page = self._desk.filing.view(self._ref).next_load_page or 0
        return (ask.at_page(page),) if ask.what is What.AGENT_LOADS and page > ask.page else ()

    def _taken(self) -> Taken:
        snapshot = self._snapshot()
        failures = [*self.failures, *self._told.values()]
        listed = snapshot.inboxes
        for name in LISTS:
            lost = self._desk.store.listing(self._key, name).lost
            if lost:
                failures.append(FailedCall(name, "lost", f"{lost} of the {name} could not be read."))
        if self._partial and listed.items == () and not listed.lost:
            failures.append(FailedCall("inboxes", NOTHING_SEEN, NO_INBOX))
        targets = self._desk.config.targets_for(self._ref.environment, self._number)
        untold = () if targets.wait else BY_TARGET
        return Taken(snapshot, self._chosen, tuple(failures), tuple(self._refused.values()), untold)

    def _snapshot(self) -> AccountSnapshot:
        directory = self._desk.directory
        name, viewer = directory.entry(self._ref).name, directory.viewer(self._ref)
        return but_unseen(self._desk.store.snapshot(self._ref, self._key, name, viewer))


def name_of(ask: Ask) -> str:
    """What a failure names: `counts of team 4`, `counts of pending`."""
    name = ask.what.call.name
    for kind, word in (
        (ScopeKind.TEAM, "a team"),
        (ScopeKind.INBOX, "an inbox"),
        (ScopeKind.AGENT, "an agent"),
    ):
        if ask.what.call.of is kind:
            name = name.replace(word, f"{kind} {ask.number}")
    return name.replace("by status", f"of {ask.status}")
