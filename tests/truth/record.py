"""What the worlds held, as the judge needs it: exact where a ledger knows it, bounded where it does not."""

from collections import deque
from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from tui.identity import Measure, Reach, ScopeKind, Slot, account, agent, inbox, status, team
from tui.simulator import ledger
from tui.simulator.conversations import Cell, Plan
from tui.simulator.ledger import Test
from tui.simulator.people import AccountSpec
from tui.simulator.visibility import AVAILABILITY_OF, View
from tui.simulator.world import Account, Sight, World

BACKLOG_AFTER = 86_400.0
SAMPLES = 4_000
NONE_GONE: Mapping[int, float] = MappingProxyType({})
OF_INBOX = (Measure.ASSIGNED, Measure.MINE, Measure.QUEUED)
STATUSES = {Measure.PENDING, Measure.SNOOZED, Measure.RESOLVED}


class Sample(NamedTuple):
    """Who waited at one instant: conversation id -> since when, its team and its inbox."""

    moment: float
    waiting: dict[int, tuple[float, int, int]]


def mark_of(view: View) -> str:
    """What tells what is seen through these eyes from what is seen through others."""
    return Reach(tuple(view.member.roles), tuple(view.inboxes)).mark


def _of_role(view: View) -> str:
    """The same as far as it is known where the server lists no inboxes."""
    return Reach(tuple(view.member.roles)).mark


class AccountRecord:
    """One account of one world through one viewer's eyes, which may see more or less as time goes by."""

    def __init__(
        self,
        world: World,
        account_id: int,
        viewer_id: int,
        spec: AccountSpec,
        gone: Mapping[int, float] = NONE_GONE,
    ) -> None:
        self.world = world
        self.account_id = account_id
        self.viewer_id = viewer_id
        self.spec = spec
        """The account as it was at the beginning, with teams that are deleted since."""
        self.gone = gone
        """Server time at which each of those was deleted: its conversations are of no team from then on."""
        self.known_since = 0.0
        """Server time of the answer from which the program knows the reach that is on screen now."""
        self.plans: dict[int, Plan] = {}
        """Every conversation that was there at some sample."""
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)

    @property
    def account(self) -> Account:
        """The account at this instant."""
        return self.world.account(self.account_id)

    @property
    def view(self) -> View:
        """What the viewer may see of it at this instant."""
        return self.sights(self.world.moment(), self.world.moment())[-1].view

    @property
    def marks(self) -> frozenset[str]:
        """The reaches that may be on screen: the one the program knows of, and any that came after it."""
        return frozenset(mark_of(sight.view) for sight in self.shown)

    @property
    def shown(self) -> list[Sight]:
        """Through whose eyes what is on screen may be seen."""
        return self.sights(self.known_since, self.world.moment())

    def sights(self, since: float, until: float) -> list[Sight]:
        """Through whose eyes it was seen from `since` to `until`, in server time."""
        return self.world.sights(self.account_id, self.viewer_id, since, until)

    def seen(self, since: float, until: float, marks: frozenset[str] | None = None) -> list[Sight]:
        """The same through eyes of `marks` alone: by default of those that may be on screen now."""
        wanted = self.marks if marks is None else marks
        return [
            sight
            for sight in self.sights(since, until)
            if wanted & {mark_of(sight.view), _of_role(sight.view)}
        ]

    def kept(self, since: float) -> float | None:
        """`since` in server time, no earlier than the history's beginning; None where it reaches too far."""
        book = self.account.ledger
        if since < book.moment - ledger.KEPT:
            return None
        return max(since, book.begun)

    def held(
        self,
        slot: Slot,
        since: float,
        until: float | None = None,
        marks: frozenset[str] | None = None,
    ) -> set[float]:
        """Every value the figure had since then, up to `until` or now, seen with one of these reaches."""
        end = self.world.moment() if until is None else max(until, since)
        word, book = AVAILABILITY_OF.get(slot.measure), self.account.ledger
        sights = self.seen(since, end, marks)
        if word is not None and slot.scope.kind is ScopeKind.ACCOUNT:
            return book.held_agents(word, since, end) if sights else set()
        values: set[float] = set()
        for sight in sights:
            values |= book.held(_test(slot, sight.view), sight.since, sight.until)
        return values

    def held_members(
        self, team_id: int, since: float, word: str = "online", until: float | None = None
    ) -> set[float]:
        """Every number of the team's members of one availability at some instant since then."""
        account = self.account
        members = {agent.id for agent in account.roster.members(team_id)}
        book = account.ledger
        value = sum(book.availability.get(member) == word for member in members)
        values = {float(value)}
        for shift in reversed(book.shifts):
            if shift.moment <= since:
                break
            if shift.agent_id in members:
                value -= (shift.after == word) - (shift.before == word)
                if until is not None and shift.moment > until:
                    values.clear()
                values.add(float(value))
        return values

    def cells(self, number: int, since: float) -> set[Cell | None] | None:
        """Where a conversation stood since then; None in it: nowhere. None for one nobody knows."""
        plan = self.plans.get(number)
        if plan is None:
            return None
        now = self.account.ledger.moment
        first, last = plan.stage(since), plan.stage(now)
        return {plan.cells[stage] if stage >= 0 else None for stage in range(first, last + 1)}

    def members(self, team_id: int) -> int:
        """How many belong to the team; that never changes."""
        return len(self.account.roster.members(team_id))

    def availabilities(self, agent_id: int, since: float) -> set[str]:
        """Every availability the agent had since then."""
        book = self.account.ledger
        word = book.availability.get(agent_id, "offline")
        words = {word}
        for shift in reversed(book.shifts):
            if shift.moment <= since:
                break
            if shift.agent_id == agent_id:
                word = shift.before
                words.add(word)
        return words

    def sample(self) -> None:
        """Note who waits now."""
        account = self.account
        moment = account.ledger.moment
        waiting: dict[int, tuple[float, int, int]] = {}
        self.plans.update(account.ledger.live)
        for number, cell in account.ledger.now.items():
            if cell.status == "open":
                since = self.waits_since(account.ledger.live[number], moment)
                if since is not None:
                    waiting[number] = since, cell.team, cell.inbox
        self._samples.append(Sample(moment, waiting))

    def waits_since(self, plan: Plan, moment: float) -> float | None:
        """Since when the customer waits, as this world's answers let a reader conclude."""
        messages = plan.messages(moment)
        if messages[-1][1]:
            return None
        if not self.world.flavour.newer_fields:
            answered = plan.first_reply and plan.first_reply <= moment
            return messages[-1][0] if answered else plan.created
        since = messages[-1][0]
        for at, author in reversed(messages):
            if author:
                break
            since = at
        return since

    def waits(
        self, slot: Slot, since: float, until: float | None = None, marks: frozenset[str] | None = None
    ) -> tuple[float, float] | None:
        """Least and most the longest wait can have been since then; None where nothing is noted."""
        if not self._samples or self._samples[0].moment > since:
            return None
        end = self.world.moment() if until is None else max(until, since)
        self.plans.update(self.account.ledger.live)
        bounds = []
        for sight in self.seen(since, end, marks):
            # One that came and went between two looks waited no longer than that.
            low, high = 0.0, sight.until - sight.since
            for plan in self.plans.values():
                if plan.created < sight.until and plan.times[-1] > sight.since:
                    least, most = self._waited(plan, slot, sight)
                    low, high = max(low, least), max(high, most)
            bounds.append((low, high))
        return _widest(bounds)

    def _waited(self, plan: Plan, slot: Slot, sight: Sight) -> tuple[float, float]:
        """What one conversation adds to both bounds: the least where it waited all the time."""
        since, end, view = sight
        gone = self.gone.get(int(slot.scope.id), inf) if slot.scope.kind is ScopeKind.TEAM else inf
        events = {gone, *plan.times, *(at for at, _ in plan.messages(end))}
        first = max(since, plan.created)
        moments = sorted({first, *(event for event in events if first < event < end)})
        most, begun = 0.0, set()
        for moment, following in zip(moments, [*moments[1:], end], strict=True):
            cell = plan.cells[plan.stage(moment)]
            counts = (
                cell is not None
                and cell.status == "open"
                and cell.inbox in view.inboxes
                and _mine(slot, cell.team, cell.inbox)
                and moment < gone
            )
            waits = self.waits_since(plan, moment) if counts else None
            begun.add(waits)
            if waits is not None and moment - waits <= BACKLOG_AFTER:
                most = max(most, following - waits)
        always = begun.pop() if len(begun) == 1 and first == since else None
        sure = always is not None and end - always < BACKLOG_AFTER - 1
        return since - always if always is not None and sure else 0.0, most

    def counted(
        self,
        slot: Slot,
        limit: float | None,
        since: float,
        until: float | None = None,
        marks: frozenset[str] | None = None,
    ) -> tuple[float, float] | None:
        """Least and most who can have waited at some instant since then, longer than `limit` if there is one.

        None where nothing is noted. Backlog is none of them.
        """
        if not self._samples or self._samples[0].moment > since:
            return None
        end = self.world.moment() if until is None else max(until, since)
        self.plans.update(self.account.ledger.live)
        over = -1.0 if limit is None else limit
        bounds = []
        for sight in self.seen(since, end, marks):
            low = high = 0
            for plan in self.plans.values():
                if plan.created < sight.until and plan.times[-1] > sight.since:
                    least, most = self._waited(plan, slot, sight)
                    low += least > over + 1 and least > 0
                    high += most > over - 1 and most > 0
            bounds.append((float(low), float(high)))
        return _widest(bounds)

    def backlog(
        self, since: float, until: float | None = None, marks: frozenset[str] | None = None
    ) -> tuple[float, float] | None:
        """Least and most the number of conversations that lie for more than a day can have been."""
        then, end = self._now(), self.world.moment() if until is None else max(until, since)
        views = [sight.view for sight in self.seen(since, end, marks)]
        bounds: list[tuple[float, float]] = []
        for first in reversed(self._samples):
            if until is None or first.moment <= until:
                bounds += [_lying(first, then, view) for view in views]
            if first.moment <= since:
                return _widest(bounds)
            then = first
        return None

    def _now(self) -> Sample:
        self.sample()
        return self._samples.pop()


def _mine(slot: Slot, team: int, place: int) -> bool:
    if slot.scope.kind is ScopeKind.ACCOUNT:
        return True
    return int(slot.scope.id) == (team if slot.scope.kind is ScopeKind.TEAM else place)


def _widest(bounds: list[tuple[float, float]]) -> tuple[float, float]:
    """The least and the most of all; nothing lies within where there are none."""
    if not bounds:
        return float("inf"), float("-inf")
    return min(low for low, _ in bounds), max(high for _, high in bounds)


def _test(slot: Slot, view: View) -> Test:
    if slot.scope.kind is ScopeKind.INBOX and slot.measure in STATUSES:
        number, word = int(slot.scope.id), str(slot.measure)
        return lambda cell: cell.inbox == number and number in view.inboxes and cell.status == word
    test = view.test(slot)
    if test is None:
        raise KeyError(slot.name)
    return test


def _lying(first: Sample, then: Sample, view: View) -> tuple[float, float]:
    """Bounds between two instants: who lay at both gives the least, who could have the most."""
    late = {
        number
        for number, waiting in first.waiting.items()
        if waiting[2] in view.inboxes and then.moment - waiting[0] > BACKLOG_AFTER - 2
    }
    sure = {
        number
        for number in late
        if then.waiting.get(number, (0.0,))[0] == first.waiting[number][0]
        and first.moment - first.waiting[number][0] > BACKLOG_AFTER + 2
    }
    return float(len(sure)), float(len(late))


OF_ACCOUNT = (Measure.MINE, Measure.ASSIGNED, Measure.UNASSIGNED, Measure.OPEN, Measure.QUEUED)


def slots_of(record: AccountRecord) -> dict[str, Slot]:
    """Every slot whose past is exact, by its name, whatever the viewer may see of it."""
    spec = record.spec
    slots = [account(measure) for measure in (*OF_ACCOUNT, *AVAILABILITY_OF)]
    slots += [status(word) for word in record.world.flavour.statuses if word != "open"]
    for measure in (Measure.OPEN, Measure.UNASSIGNED):
        slots += [team(each.id, measure) for each in spec.teams]
    for place in spec.inboxes:
        measures = (Measure.OPEN, Measure.UNASSIGNED, *OF_INBOX, *STATUSES)
        slots += [inbox(place.id, measure) for measure in measures]
    for each in spec.agents:
        slots += [agent(each.id, measure) for measure in (Measure.OPEN, Measure.QUEUED)]
    return {slot.name: slot for slot in slots}
