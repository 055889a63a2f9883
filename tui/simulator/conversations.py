"""The life of each simulated conversation, planned when it arrives: a pure function of the seed."""

import random
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from tui.simulator.daytime import DAY, HOUR, level, pressure
from tui.simulator.people import AccountSpec, Roster

LONGEST_LIFE = 9 * HOUR
"""No conversation of an hour's arrivals lives longer, so that a bounded past is a whole past."""
LONGEST_BACKLOG = 4 * DAY
STRIDE = 1_000
"""Numbers set aside for the conversations of one hour."""
FIRST_HOUR = 490_000
SLOW_CHANNELS = frozenset({"Channel::Email"})
PRIORITIES = (None, None, None, None, "low", "medium", "high", "urgent")


class Cell(NamedTuple):
    """Where a conversation counts; 0 stands for no team and no assignee."""

    status: str
    inbox: int
    team: int
    assignee: int
    unanswered: bool


class Written(NamedTuple):
    """One message: when, by which agent or 0, and what it is; empty is what people say to each other."""

    at: float
    author: int
    kind: str = ""


ASIDES = ("note", "template", "bot", "automation", "campaign", "activity")
"""What is written into a conversation besides; none of it answers the customer."""


class Plan:
    """One conversation from its arrival to the day the server forgets it.

    `cells[i]` holds from `times[i]` on; the last is None: gone. All times are server time.
    """

    __slots__ = (
        "_messages", "cells", "contact", "ended", "first_reply", "id", "labels", "priority", "said_by_bot",
        "times",
    )  # fmt: skip

    def __init__(self, id_: int, contact: int, labels: tuple[str, ...], priority: str | None) -> None:
        self.id = id_
        self.contact = contact
        self.labels = labels
        self.priority = priority
        self.times: list[float] = []
        self.cells: list[Cell | None] = []
        self.first_reply = 0.0
        """When an agent answered first; 0 if nobody ever does."""
        self.ended = 0.0
        """When it is resolved or abandoned; 0 if never."""
        self.said_by_bot: tuple[float, ...] = ()
        """When a bot that had it first wrote."""
        self._messages: list[tuple[float, int]] | None = None

    @property
    def created(self) -> float:
        """Server time of arrival."""
        return self.times[0]

    @property
    def turns(self) -> int:
        """How often customer and agent write again after the first reply."""
        return (self.id * 2_654_435_761 >> 7) % 4 if self.first_reply else 0

    def resolved_by(self, moment: float) -> bool:
        """Whether it is resolved, and was so at `moment`."""
        return bool(self.ended) and self.ended <= moment and self.last.status == "resolved"

    @property
    def last(self) -> "Cell":
        """Where it stands at its end."""
        return next(filter(None, reversed(self.cells)))

    def stage(self, moment: float) -> int:
        """The index into `cells` at `moment`; -1 before it arrives."""
        return bisect_right(self.times, moment) - 1

    def messages(self, moment: float) -> list[tuple[float, int]]:
        """What was written up to `moment`: the time, and the agent's id or 0 for the customer."""
        if self._messages is None:
            self._messages = self._written()
        return self._messages[: bisect_right(self._messages, (moment, 1 << 60))]

    def written(self, moment: float) -> list[Written]:
        """Everything that was written up to `moment`, notes and what programs send among it."""
        said = [Written(at, author) for at, author in self.messages(moment)]
        asides = [*self._asides(), *(Written(at, 0, "bot") for at in self.said_by_bot)]
        return sorted([*said, *(aside for aside in asides if aside.at <= moment)])

    def _asides(self) -> list[Written]:
        """In a third of the conversations somebody or something writes besides, once or twice."""
        if self._drawn(8) >= 0.33:
            return []
        span = (self.ended or self.created + DAY / 8) - self.created
        return [
            Written(
                self.created + 1 + self._drawn(10 + number) * span,
                0,
                ASIDES[int(self._drawn(12 + number) * len(ASIDES))],
            )
            for number in range(2 if self._drawn(9) < 0.4 else 1)
        ]

    def _written(self) -> list[tuple[float, int]]:
        written = [(self.created, 0)]
        if not self.first_reply:
            if self._drawn(0) < 0.3:
                written.append((self.created + 20 + self._drawn(1) * 180, 0))
            return written
        written.append((self.first_reply, self._assignee(self.first_reply)))
        span = (self.ended or self.first_reply + DAY) - self.first_reply
        spots = sorted(self.first_reply + self._drawn(number) * span for number in range(self.turns * 2))
        for number, spot in enumerate(spots):
            written.append((spot, self._assignee(spot) if number % 2 else 0))
        return written

    def _drawn(self, number: int) -> float:
        """A number in [0, 1) of this conversation's own; far cheaper than seeding a generator."""
        return ((self.id * 16 + number + 1) * 2_654_435_761 >> 8) % 65_536 / 65_536

    def _assignee(self, moment: float) -> int:
        for cell in self.cells[self.stage(moment) :: -1]:
            if cell is not None and cell.assignee:
                return cell.assignee
        return next((cell.assignee for cell in self.cells if cell is not None and cell.assignee), 0)

    def then(self, moment: float, cell: Cell | None) -> float:
        """Add a stage; returns its time."""
        self.times.append(moment)
        self.cells.append(cell)
        return moment


class Planner:
    """Draws an account's conversations hour by hour; any hour can be drawn again and is the same."""

    def __init__(self, seed: int, spec: AccountSpec, roster: Roster) -> None:
        self._seed = seed * 1_000_003 + spec.id * 7_919
        self._spec = spec
        self._roster = roster
        self._teams = (0, *(team.id for team in spec.teams))
        self._team_weights = list(
            accumulate((0.08 * len(spec.teams) or 1, *(team.share for team in spec.teams)))
        )
        self._slowness = {team.id: team.slowness for team in spec.teams}
        self._slowness[0] = 0.8
        self._inboxes = tuple(inbox.id for inbox in spec.inboxes)
        self._inbox_weights = list(accumulate(inbox.share for inbox in spec.inboxes))
        self._channels = {inbox.id: inbox.channel for inbox in spec.inboxes}
        self._bots = frozenset(inbox.id for inbox in spec.inboxes if inbox.bot)

    def hour(self, hour: int) -> list[Plan]:
        """The conversations that arrive in the hour beginning at `hour` * 3600 seconds."""
        if not self._inboxes or self._spec.hourly <= 0:
            return []
        rng = random.Random(self._seed * 1_000_003 + hour)
        begin = hour * HOUR
        rate = self._spec.hourly * level(self._spec.timezone, begin)
        number = min(STRIDE - 10, max(0, round(rng.gauss(rate, rate**0.5 * 0.8))))
        first_id = (hour - FIRST_HOUR) * STRIDE
        moments = sorted(rng.random() for _ in range(number))
        return [self._plan(rng, first_id + index, begin + part * HOUR) for index, part in enumerate(moments)]

    def day(self, day: int) -> list[Plan]:
        """The conversations of a UTC day that are snoozed, forgotten, and then wait for days."""
        rng = random.Random(self._seed * 1_000_003 - day)
        if not self._inboxes or rng.random() >= self._spec.backlog:
            return []
        created = day * DAY + rng.random() * DAY
        id_ = int(created // HOUR - FIRST_HOUR) * STRIDE + STRIDE - 1
        plan = Plan(id_, rng.randrange(40_000), self._labels(rng), "high")
        team = max(self._teams, key=self._slowness.__getitem__)
        cell = Cell("open", self._inboxes[int(rng.random() * len(self._inboxes))], team, 0, unanswered=True)
        plan.then(created, cell)
        plan.then(created + rng.uniform(120, 600), cell._replace(status="snoozed"))
        moment = plan.then(created + DAY + rng.uniform(600, 7_200), cell)
        if rng.random() < 0.4:
            moment += rng.uniform(0.2, 2) * HOUR
            cell = cell._replace(assignee=self._roster.pick(rng, team, moment))
            plan.then(moment, cell)
        plan.ended = plan.then(created + rng.uniform(1.6, 3.7) * DAY, cell._replace(status="resolved"))
        plan.then(plan.ended + self._spec.keep, None)
        return [plan]

    def alive(self, moment: float) -> Iterator[list[Plan]]:
        """All conversations the server may know at `moment`, a batch an hour, up to the hour's end."""
        yield self.standing(moment)
        for day in range(int((moment - LONGEST_BACKLOG - self._spec.keep) // DAY), int(moment // DAY) + 1):
            yield self.day(day)
        yield from self.arrived(moment - LONGEST_LIFE - self._spec.keep, moment)

    def arrived(self, since: float, until: float) -> Iterator[list[Plan]]:
        """The arrivals of each hour that touches [since, until]."""
        for hour in range(int(since // HOUR), int(until // HOUR) + 1):
            yield self.hour(hour)

    def standing(self, moment: float) -> list[Plan]:
        """Open conversations that never move, for worlds of scale."""
        rng = random.Random(self._seed)
        made = []
        for number in range(self._spec.standing):
            plan = Plan(number + 1, rng.randrange(40_000), self._labels(rng), None)
            team = self._teams[number % len(self._teams)]
            agent = 0 if number % 4 == 0 else self._spec.agents[number * 7 % len(self._spec.agents)].id
            inbox = self._inboxes[number % len(self._inboxes)]
            plan.first_reply = 0.0 if number % 8 == 0 or not agent else moment - 10 * HOUR
            plan.then(
                moment - rng.uniform(10, 20) * HOUR, Cell("open", inbox, team, agent, not plan.first_reply)
            )
            made.append(plan)
        return made

    def _labels(self, rng: random.Random) -> tuple[str, ...]:
        labels = self._spec.labels
        if not labels or rng.random() < 0.7:
            return ()
        return (labels[int(rng.random() * len(labels))].title,)

    def _plan(self, rng: random.Random, id_: int, created: float) -> Plan:
        draw = rng.random
        plan = Plan(id_, int(draw() * 40_000), self._labels(rng), PRIORITIES[int(draw() * len(PRIORITIES))])
        # `rng.choices` gives the same and takes far longer, of which a start of the demo has thousands.
        team = self._teams[_index(self._team_weights, draw())]
        inbox = self._inboxes[_index(self._inbox_weights, draw())]
        limit = created + LONGEST_LIFE - HOUR
        moment = created
        if inbox in self._bots:
            held = plan.then(moment, Cell("pending", inbox, team, 0, unanswered=True))
            moment += 30 + draw() * 900
            plan.said_by_bot = (held + 4, held + (moment - held) / 2)
            if draw() < 0.2:
                plan.said_by_bot += (moment - 0.5,)
                plan.ended = plan.then(moment, Cell("resolved", inbox, team, 0, unanswered=True))
                plan.then(plan.ended + self._spec.keep, None)
                return plan
        elif draw() < 0.15:
            plan.then(moment, Cell("pending", inbox, team, 0, unanswered=True))
            moment += 30 + draw() * 200
        cell = Cell("open", inbox, team, 0, unanswered=True)
        plan.then(moment, cell)
        mean = self._spec.wait * self._slowness[team] * pressure(self._spec.id, moment)
        mean /= level(self._spec.timezone, moment) ** 0.5
        wait = mean * rng.triangular(0.1, 2.2, 0.7)
        if draw() < 0.06:
            status = "abandoned" if self._spec.abandons else "resolved"
            plan.ended = plan.then(moment + wait * 0.8, cell._replace(status=status))
            plan.then(plan.ended + self._spec.keep, None)
            return plan
        moment += wait
        agent = self._roster.pick(rng, team, moment)
        plan.then(moment, Cell("open", inbox, team, agent, unanswered=True))
        slow = 4.0 if self._channels[inbox] in SLOW_CHANNELS else 1.0
        moment += (8 + draw() * 100) * slow
        cell = Cell("open", inbox, team, agent, unanswered=False)
        plan.first_reply = plan.then(moment, cell)
        moment += (240 + rng.expovariate(1 / 800)) * slow
        turn = draw()
        if turn < 0.30 and moment < limit - 3 * HOUR:
            moment, cell = self._detour(rng, plan, cell, moment, turn)
        resolved = Cell("resolved", inbox, cell.team, cell.assignee, unanswered=False)
        plan.ended = plan.then(min(moment, limit), resolved)
        plan.then(plan.ended + self._spec.keep, None)
        return plan

    def _detour(
        self, rng: random.Random, plan: Plan, cell: Cell, moment: float, turn: float
    ) -> tuple[float, Cell]:
        """Snoozed, waiting for the customer, or handed to another team; then taken up again."""
        if turn < 0.10:
            plan.then(moment, cell._replace(status="snoozed"))
            moment += 900 + rng.random() * 1.6 * HOUR
        elif turn < 0.18:
            plan.then(moment, cell._replace(status="pending"))
            moment += 300 + rng.random() * 1_800
        else:
            team = self._teams[int(rng.random() * len(self._teams))]
            plan.then(moment, cell._replace(team=team, assignee=0))
            moment += 60 + rng.random() * 400
            cell = cell._replace(team=team, assignee=self._roster.pick(rng, team, moment))
        plan.then(moment, cell)
        return moment + 120 + rng.random() * 900, cell


def _index(weights: list[float], part: float) -> int:
    """Where `part` of the whole falls, by weights added up."""
    return bisect_right(weights, part * weights[-1], 0, len(weights) - 1)
