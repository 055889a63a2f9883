"""A simulated installation: accounts, users and tokens, at the instant of a clock, with its exact truth."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tui.clock import Clock
from tui.identity import ScopeKind, Slot
from tui.simulator.conversations import Plan, Planner
from tui.simulator.daytime import HOUR
from tui.simulator.ledger import Ledger
from tui.simulator.people import AccountSpec, Agent, Roster
from tui.simulator.visibility import AVAILABILITY_OF, User, View

DRAWN_HOURS = 72
"""Hours of arrivals kept for reports."""


class Flavour(msgspec.Struct, frozen=True):
    """How an installation's version answers, where versions differ."""

    version: str = "2.16.1"
    statuses: tuple[str, ...] = ("open", "pending", "snoozed", "resolved")
    queued_word: str = "unattended"
    newer_fields: bool = False
    """`waiting_since`, `last_activity_at` and `priority` in a conversation."""
    ignores_unattended: bool = False
    """Whether `conversation_type=unattended` counts all the same: the filter equals all."""

    @property
    def all_statuses(self) -> tuple[str, ...]:
        """Every word `status=` takes."""
        return (*self.statuses, "all")


class Sight(NamedTuple):
    """Through whose eyes an account was seen between two instants, in server time."""

    since: float
    until: float
    view: View


LIVE_AGENT = Flavour(
    "4.83.0", ("open", "pending", "snoozed", "resolved", "abandoned"), "queued", newer_fields=True
)
CHATWOOT = Flavour()


class World:
    """One host. Its own clock starts at the wall's time and runs with `Clock.now`.

    So a wall clock set forward or back on this machine moves nothing here, as nothing moves on
    a real server. `speed` lets people there live faster; times are still told so that ages are
    right against this machine's clock. Accounts are built when first asked for.
    """

    def __init__(
        self,
        clock: Clock,
        accounts: Sequence[AccountSpec],
        users: Sequence[User],
        *,
        seed: int = 7,
        speed: float = 1.0,
        flavour: Flavour = LIVE_AGENT,
    ) -> None:
        self.clock = clock
        self.seed = seed
        self.flavour = flavour
        self.specs = {spec.id: spec for spec in accounts}
        self.users = {user.id: user for user in users}
        self.by_token = {user.token: user for user in users}
        self._speed = speed
        self._start_now = clock.now()
        self._start = clock.wall()
        self._accounts: dict[int, Account] = {}
        self._outside: set[tuple[int, int]] = set()
        """Accounts and the users who are no longer members of them."""
        self._views: dict[tuple[int, int], list[tuple[float, View]]] = {}
        """Through whose eyes an account was seen, from which server time on."""
        self._touched: dict[int, int] = {}
        """How often the lists of an account have changed, as `cache_keys` tell."""

    def moment(self, now: float | None = None) -> float:
        """The server's time in Unix seconds at `Clock.now` = `now`, by default at this instant."""
        elapsed = (self.clock.now() if now is None else now) - self._start_now
        return self._start + elapsed * self._speed

    @property
    def shift(self) -> float:
        """Seconds to take off times of the server so that ages are right here; 0 at speed 1."""
        return (self.clock.now() - self._start_now) * (self._speed - 1)

    def member(self, account_id: int, user_id: int) -> Agent | None:
        """`user_id` as a member of the account; None if not one."""
        if (account_id, user_id) in self._outside:
            return None
        return self._agent(account_id, user_id)

    def _agent(self, account_id: int, user_id: int) -> Agent | None:
        spec = self.specs[account_id]
        return next((agent for agent in spec.agents if agent.id == user_id), None)

    def assign_role(
        self, account_id: int, user_id: int, role: str, inboxes: Iterable[int] | None = None
    ) -> None:
        """Give a member another role, and other inboxes where some are named, from now on."""
        spec, member = self.specs[account_id], self._agent(account_id, user_id)
        if member is None:
            raise KeyError(user_id)
        seen = member.inboxes if inboxes is None else frozenset(inboxes)
        changed = msgspec.structs.replace(member, role=role, inboxes=seen)
        before = self._views_of(account_id, user_id)
        agents = tuple(changed if agent.id == user_id else agent for agent in spec.agents)
        self._replace(account_id, msgspec.structs.replace(spec, agents=agents))
        before.append((self.moment(), View(self.specs[account_id], changed)))

    def set_member(self, account_id: int, user_id: int, *, member: bool) -> None:
        """Take a user out of an account, or back in."""
        if member:
            self._outside.discard((account_id, user_id))
        else:
            self._outside.add((account_id, user_id))

    def set_suspended(self, account_id: int, *, suspended: bool) -> None:
        """Suspend an account, or lift that."""
        status = "suspended" if suspended else "active"
        self._replace(account_id, msgspec.structs.replace(self.specs[account_id], status=status))

    def delete_team(self, account_id: int, team_id: int, *, traceless: bool) -> None:
        """Delete a team: through the API, or `traceless`, in the database, where no cache key tells."""
        spec = self.specs[account_id]
        teams = tuple(team for team in spec.teams if team.id != team_id)
        self._replace(account_id, msgspec.structs.replace(spec, teams=teams))
        if not traceless:
            self._touched[account_id] = self._touched.get(account_id, 0) + 1

    def touched(self, account_id: int) -> int:
        """How often the teams of an account have changed in a way that its cache keys tell."""
        return self._touched.get(account_id, 0)

    def _replace(self, account_id: int, spec: AccountSpec) -> None:
        self.specs[account_id] = spec
        known = self._accounts.get(account_id)
        if known is not None:
            known.spec = spec

    def _views_of(self, account_id: int, user_id: int) -> list[tuple[float, View]]:
        views = self._views.get((account_id, user_id))
        if views is None:
            member = self._agent(account_id, user_id)
            if member is None:
                raise KeyError(user_id)
            views = self._views[account_id, user_id] = [(float("-inf"), View(self.specs[account_id], member))]
        return views

    def sights(self, account_id: int, user_id: int, since: float, until: float) -> list[Sight]:
        """Through whose eyes it was seen from `since` to `until`, in server time; the oldest first."""
        known = self._views_of(account_id, user_id)
        ends = [*(moment for moment, _ in known[1:]), float("inf")]
        return [
            Sight(max(begun, since), min(end, until), view)
            for (begun, view), end in zip(known, ends, strict=True)
            if begun <= until and end >= since
        ]

    def view(self, account_id: int, viewer_id: int) -> View:
        """The account through a member's eyes; KeyError for anybody else."""
        member = self.member(account_id, viewer_id)
        if member is None:
            raise KeyError(viewer_id)
        return View(self.specs[account_id], member)

    def account(self, account_id: int) -> "Account":
        """The account at this instant, built at once if nobody asked before; KeyError if unknown."""
        known = self._known(account_id)
        for _ in known.building():
            pass
        known.ledger.advance(self.moment())
        return known

    async def ready(self, account_id: int) -> "Account":
        """The same, letting others run while it is built."""
        known = self._known(account_id)
        for _ in known.building():
            await asyncio.sleep(0)
        known.ledger.advance(self.moment())
        return known

    def roster(self, account_id: int) -> Roster:
        """Who works when, without building the account."""
        return self._known(account_id).roster

    def _known(self, account_id: int) -> "Account":
        known = self._accounts.get(account_id)
        if known is None:
            known = Account(self.seed, self.specs[account_id], self.moment())
            self._accounts[account_id] = known
        return known

    def truth(self, account_id: int, viewer_id: int) -> dict[Slot, float]:
        """Every figure of the account as the viewer may see it, at this instant."""
        ledger = self.account(account_id).ledger
        view = self.view(account_id, viewer_id)
        return {slot: view.value(ledger, slot) for slot in view.slots(self.flavour.statuses)}

    def held(self, account_id: int, viewer_id: int, slot: Slot, since: float, until: float) -> set[float]:
        """Every value the figure had at some instant of [since, until], in server time.

        Server time is the wall's unless that jumped or speed is not 1: then use `moment`.
        Raises LookupError more than two hours back or before the account was first asked for.
        """
        ledger = self.account(account_id).ledger
        word = AVAILABILITY_OF.get(slot.measure)
        if word is not None and slot.scope.kind is ScopeKind.ACCOUNT:
            return ledger.held_agents(word, since, until)
        values: set[float] = set()
        for sight in self.sights(account_id, viewer_id, since, until):
            test = sight.view.test(slot)
            if test is None:
                raise KeyError(slot.name)
            values |= ledger.held(test, sight.since, sight.until)
        return values

    def past(
        self,
        account_id: int,
        viewer_id: int,
        slots: Sequence[Slot],
        start: float,
        end: float,
        step: float = 60.0,
    ) -> Iterator[tuple[float, tuple[float, ...]]]:
        """The figures of `slots` at start, start + step … up to `end`, in server time.

        A ledger of its own replays the time, so the running one is not touched. Yields
        (moment, values), a value a slot; takes about 0.2 s a simulated day at 100
        conversations an hour, so not on an event loop somebody waits for.
        """
        ledger = self.begun(account_id, start)
        view = self.view(account_id, viewer_id)
        values = [view.value(ledger, slot) for slot in slots]
        follow = Follower(view, slots, values)
        moment = start
        while moment <= end:
            while ledger.moment < moment:
                # A ledger forgets what is older than it must know, so no stride is longer.
                ledger.advance(min(moment, ledger.moment + HOUR))
                follow.take(ledger)
            yield moment, tuple(values)
            moment += step

    def begun(self, account_id: int, moment: float) -> Ledger:
        """A ledger of its own as it stood at `moment`, in server time; it runs nobody else's."""
        spec = self.specs[account_id]
        roster = Roster(self.seed, spec)
        ledger = Ledger(spec, Planner(self.seed, spec, roster), roster, moment)
        for _ in ledger.feed():
            pass
        return ledger


class Follower:
    """Keeps values of slots in step with a ledger by its changes alone."""

    def __init__(self, view: View, slots: Sequence[Slot], values: list[float]) -> None:
        self._values = values
        tests = ((index, view.test(slot)) for index, slot in enumerate(slots))
        self._tests = [(index, test) for index, test in tests if test is not None]
        self._words = [
            (index, AVAILABILITY_OF[slot.measure])
            for index, slot in enumerate(slots)
            if slot.scope.kind is ScopeKind.ACCOUNT and slot.measure in AVAILABILITY_OF
        ]
        self._where: dict[object, tuple[int, ...]] = {None: ()}

    def take(self, ledger: Ledger) -> None:
        """Count the changes since the last call, and drop them."""
        values, where = self._values, self._where
        for change in ledger.changes:
            for cell, sign in ((change.before, -1.0), (change.after, 1.0)):
                indexes = where.get(cell)
                if indexes is None and cell is not None:
                    indexes = where[cell] = tuple(index for index, test in self._tests if test(cell))
                for index in indexes or ():
                    values[index] += sign
        for shift in ledger.shifts:
            for index, word in self._words:
                values[index] += (shift.after == word) - (shift.before == word)
        ledger.changes.clear()
        ledger.shifts.clear()


class Account:
    """One account of a world: its ledger, and its arrivals for reports."""

    def __init__(self, seed: int, spec: AccountSpec, moment: float) -> None:
        self.spec = spec
        self.roster = Roster(seed, spec)
        self._planner = Planner(seed, spec, self.roster)
        self.ledger = Ledger(spec, self._planner, self.roster, moment)
        self._feeding: Iterator[None] | None = self.ledger.feed()
        self._hours: dict[int, list[Plan]] = {}

    def building(self) -> Iterator[None]:
        """Build what is left to build; several may take turns at it."""
        while self._feeding is not None:
            if next(self._feeding, Ellipsis) is Ellipsis:
                self._feeding = None
            yield

    async def arrivals(self, since: float, until: float) -> list[Plan]:
        """The conversations that arrived in [since, until), letting others run in between."""
        arrived: list[Plan] = []
        for hour in range(int(since // HOUR), int(until // HOUR) + 1):
            plans = self._hours.get(hour)
            if plans is None:
                await asyncio.sleep(0)
                plans = self._planner.hour(hour)
                while len(self._hours) >= DRAWN_HOURS:
                    del self._hours[next(iter(self._hours))]
                self._hours[hour] = plans
            whole = since <= hour * HOUR and (hour + 1) * HOUR <= until
            arrived.extend(plans if whole else (plan for plan in plans if since <= plan.created < until))
        return arrived
