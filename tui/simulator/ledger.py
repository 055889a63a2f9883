"""What an account holds at an instant, moved forward event by event, with an exact recent past."""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tui.simulator.conversations import Cell, Plan, Planner
from tui.simulator.daytime import HOUR
from tui.simulator.people import OFFLINE, AccountSpec, Roster

KEPT = 2 * HOUR
"""How far back `Ledger.held` reaches, in seconds."""

Test = Callable[[Cell], bool]


class Change(NamedTuple):
    """A conversation counted elsewhere from `moment` on; None: not there."""

    moment: float
    before: Cell | None
    after: Cell | None


class Shift(NamedTuple):
    """An agent's availability changed."""

    moment: float
    agent_id: int
    before: str
    after: str


class Ledger:
    """The present of one account. Time only goes forward.

    Begun at `moment`; `feed` must be run to its end before the first question, in steps so
    that nobody waits long.
    """

    def __init__(self, spec: AccountSpec, planner: Planner, roster: Roster, moment: float) -> None:
        self._planner = planner
        self._roster = roster
        self.spec = spec
        self.begun = moment
        self.moment = moment
        self.live: dict[int, Plan] = {}
        self.now: dict[int, Cell] = {}
        self.cells: Counter[Cell] = Counter()
        self.availability: dict[int, str] = {}
        self.changes: deque[Change] = deque()
        self.shifts: deque[Shift] = deque()
        self._next: list[tuple[float, int, int]] = []
        self._plans: dict[int, Plan] = {}
        self._hour = int(moment // HOUR)
        self._coming: deque[tuple[float, int, str]] = deque()

    def feed(self) -> Iterator[None]:
        """Take in what was there at the beginning; yields now and then."""
        for number, agent in enumerate(self.spec.agents):
            self.availability[agent.id] = self._roster.availability(agent, self.moment)
            if number % 100 == 99:
                yield
        self._coming.extend(self._roster.changes(self.moment, (self._hour + 1) * HOUR))
        yield
        for batch in self._planner.alive(self.moment):
            self._take(batch)
            yield

    def advance(self, moment: float) -> None:
        """Let time pass up to `moment`; nothing happens if that is past."""
        while self._hour < int(moment // HOUR):
            self._run((self._hour + 1) * HOUR)
            self._hour += 1
            self._coming.extend(self._roster.changes(self._hour * HOUR, (self._hour + 1) * HOUR))
            self._take(self._planner.hour(self._hour))
            if self._hour % 24 == 0:
                self._take(self._planner.day(self._hour // 24))
        self._run(moment)

    def _take(self, plans: Iterable[Plan]) -> None:
        for plan in plans:
            stage = plan.stage(self.moment)
            if stage + 1 < len(plan.times):
                self._plans[plan.id] = plan
                heapq.heappush(self._next, (plan.times[stage + 1], plan.id, stage + 1))
            cell = plan.cells[stage] if stage >= 0 else None
            if cell is not None:
                self.live[plan.id] = plan
                self.now[plan.id] = cell
                self.cells[cell] += 1

    def _run(self, moment: float) -> None:
        upcoming = self._next
        while upcoming and upcoming[0][0] <= moment:
            due, id_, stage = heapq.heappop(upcoming)
            plan = self._plans[id_]
            self._move(due, plan, plan.cells[stage])
            if stage + 1 < len(plan.times):
                heapq.heappush(upcoming, (plan.times[stage + 1], id_, stage + 1))
            else:
                del self._plans[id_]
        while self._coming and self._coming[0][0] <= moment:
            due, agent_id, word = self._coming.popleft()
            before = self.availability.get(agent_id, OFFLINE)
            if word != before:
                self.availability[agent_id] = word
                self.shifts.append(Shift(due, agent_id, before, word))
        self.moment = max(self.moment, moment)
        self._forget(self.moment - KEPT)

    def _move(self, due: float, plan: Plan, after: Cell | None) -> None:
        before = self.now.pop(plan.id, None)
        if before is not None:
            if self.cells[before] == 1:
                del self.cells[before]
            else:
                self.cells[before] -= 1
        if after is None:
            self.live.pop(plan.id, None)
        else:
            self.live[plan.id] = plan
            self.now[plan.id] = after
            self.cells[after] += 1
        self.changes.append(Change(due, before, after))

    def _forget(self, before: float) -> None:
        for entries in (self.changes, self.shifts):
            while entries and entries[0].moment < before:
                entries.popleft()

    def count(self, test: Test) -> int:
        """How many conversations are now where `test` is true."""
        return sum(number for cell, number in self.cells.items() if test(cell))

    def held(self, test: Test, since: float, until: float) -> set[float]:
        """Every value `count(test)` had at some instant of [since, until].

        Reaches back `KEPT` seconds, not beyond the beginning; LookupError further back.
        """
        self._check(since)
        return _walk_back(
            self.count(test),
            (
                (change.moment, _in(test, change.after) - _in(test, change.before))
                for change in reversed(self.changes)
            ),
            since,
            until,
        )

    def held_agents(self, word: str, since: float, until: float) -> set[float]:
        """Every number of agents whose availability was `word` in [since, until]; like `held`."""
        self._check(since)
        return _walk_back(
            sum(1 for value in self.availability.values() if value == word),
            (
                (shift.moment, (shift.after == word) - (shift.before == word))
                for shift in reversed(self.shifts)
            ),
            since,
            until,
        )

    def _check(self, since: float) -> None:
        if since < max(self.begun, self.moment - KEPT):
            raise LookupError(f"nothing is kept of {since}, {self.moment - since:.0f} s ago")


def _in(test: Test, cell: Cell | None) -> int:
    return int(cell is not None and test(cell))


def _walk_back(value: int, steps: Iterable[tuple[float, int]], since: float, until: float) -> set[float]:
    """From the present value back through `steps` of (moment, difference), newest first."""
    values: set[float] = set()
    later = float("inf")
    for moment, difference in steps:
        if moment <= until and moment < later:
            values.add(float(value))
        if moment <= since:
            return values
        value -= difference
        later = moment
    values.add(float(value))
    return values
