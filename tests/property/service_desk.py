"""A contact centre in memory that lists its conversations as the server does, and can do anything to them."""

import heapq
import random
from dataclasses import dataclass, field, replace
from typing import Literal

from tui.api.models import PAGE
from tui.monitor.service.roll import DayQuestion, One, Page, Queue, Told, Total
from tui.monitor.service.states import Arrival

LATEST = 20.0
"""Seconds; a conversation takes its moment before it is written."""
START = 1_795_910_400
"""A midnight in UTC."""


@dataclass
class Talk:
    """A conversation as it is in truth."""

    id: int
    created: int
    inbox: int = 1
    team: int = 0
    status: str = "open"
    first_reply: int = 0
    told_at: float = 0.0
    """When the background job has set the first reply."""
    sender: Literal["", "person", "campaign", "program"] = ""
    contact: int = 0
    by_customer: bool = False
    listed_at: float = 0.0
    """When it is there to be seen."""
    handed_at: float = 0.0
    """When a bot, or whoever had set it pending, gave it to people."""


@dataclass
class ServiceDesk:
    """Everything there is, at `now`; `ignores` names what the server takes no notice of."""

    now: float = START + 30_000
    talks: dict[int, Talk] = field(default_factory=dict)
    ignores: frozenset[str] = frozenset()
    swaps: random.Random | None = None
    """Where given, conversations of one second come in another order with each answer."""
    asked: list[DayQuestion] = field(default_factory=list)
    inboxes: frozenset[int] | None = None
    gone: dict[int, float] = field(default_factory=dict)
    """When each that is no longer there was deleted."""
    _next: int = 1

    late: random.Random | None = None
    """Where given, a new conversation is listed up to `LATEST` seconds after the moment it bears."""

    def add(self, created: float, **fields: object) -> Talk:
        talk = replace(Talk(self._next, int(created)), **fields)  # type: ignore[arg-type]
        if self.late is not None and self.late.random() < 0.5:
            talk.listed_at = created + self.late.uniform(0, LATEST)
        self.talks[self._next] = talk
        self._next += 1
        return talk

    def reply(self, talk: Talk, lag: float = 0.0) -> None:
        if not talk.first_reply:
            talk.first_reply, talk.told_at = int(self.now), self.now + lag
        talk.sender = "person"

    def delete(self, talk: Talk) -> None:
        if self.talks.pop(talk.id, None) is not None:
            self.gone[talk.id] = self.now

    def told(self, talk: Talk) -> Arrival:
        reply = talk.first_reply if talk.told_at <= self.now else 0
        return Arrival(
            talk.id, talk.created, reply, talk.status, talk.inbox, talk.team, talk.sender, talk.by_customer
        )

    def visible(self) -> list[Talk]:
        listed = (t for t in self.talks.values() if t.listed_at <= self.now)
        return [t for t in listed if self.inboxes is None or t.inbox in self.inboxes]

    def truth(self, since: int, until: int) -> dict[int, Arrival]:
        return {t.id: self.told(t) for t in self.visible() if since <= t.created < until}

    def answer(self, ask: DayQuestion) -> Told:
        """What the server says to `ask` at this instant."""
        self.asked.append(ask)
        talks = self.visible()
        match ask:
            case Total(status):
                if "status" in self.ignores:
                    status = "open"
                return Told(self.now, sum(status in ("all", t.status) for t in talks))
            case One(number):
                there = [self.told(t) for t in talks if t.id == number]
                return Told(self.now, None, tuple(there))
            case Queue():
                talks = [t for t in talks if t.status == "open" and not self.told(t).first_reply]
            case Page() if "status" in self.ignores:
                talks = [t for t in talks if t.status == "open"]
        if "sort" in self.ignores:
            talks.sort(key=lambda t: (t.first_reply or t.created, -t.id), reverse=True)
        elif self.swaps is not None:
            tie = self.swaps
            talks.sort(key=lambda t: (t.created, tie.random()))
        else:
            talks.sort(key=lambda t: (t.created, t.id))
        number = 1 if "page" in self.ignores else ask.number
        rows = talks[(number - 1) * PAGE : number * PAGE]
        return Told(self.now, len(talks), tuple(self.told(t) for t in rows))


class Staff:
    """What happens to the conversations while time passes, drawn at random."""

    def __init__(self, desk: ServiceDesk, rng: random.Random, *, hourly: float, wild: bool = True) -> None:
        self.desk = desk
        self.rng = rng
        self.hourly = hourly
        self.wild = wild

    def fill(self, since: float, until: float) -> None:
        """Conversations of a time that is over, most of them long done with."""
        number = int((until - since) / 3_600 * self.hourly)
        for created in sorted(self.rng.uniform(since, until) for _ in range(number)):
            talk = self.desk.add(created, **self._drawn())
            if self.rng.random() < 0.85:
                talk.status = "resolved"
                if self.rng.random() < 0.9 and talk.sender == "":
                    talk.first_reply = int(created + self.rng.expovariate(1 / 400))
                    talk.sender = "person"

    def _drawn(self) -> dict[str, object]:
        draw = self.rng.random
        drawn: dict[str, object] = {
            "inbox": int(draw() * 3) + 1,
            "team": int(draw() * 4),
            "contact": int(draw() * 30),
        }
        if self.wild and draw() < 0.1:
            drawn |= {"status": "pending", "sender": "program"}
        elif self.wild and draw() < 0.05:
            drawn["sender"] = "campaign"
        return drawn

    def pass_time(self, seconds: float) -> None:
        """Customers come, people answer, and now and then something odd happens."""
        desk, rng = self.desk, self.rng
        before, desk.now = desk.now, desk.now + seconds
        count = self.hourly * seconds / 3_600
        number = int(count) + (rng.random() < count % 1)
        for created in sorted(rng.uniform(before, desk.now) for _ in range(number)):
            desk.add(created, **self._drawn())
        waiting = [t for t in desk.talks.values() if t.status != "resolved"]
        for talk in rng.sample(waiting, min(len(waiting), int(count * 1.1) + (rng.random() < 0.5))):
            self._act(talk, rng.random())
        if self.wild and desk.talks and rng.random() < 0.1:
            victim = rng.choice(list(desk.talks.values()))
            everything = rng.random() < 0.3
            for talk in list(desk.talks.values()):
                if talk is victim or (everything and talk.contact == victim.contact):
                    desk.delete(talk)

    def _act(self, talk: Talk, draw: float) -> None:
        lag = self.rng.uniform(0, 600) if self.wild and self.rng.random() < 0.2 else 0.0
        if talk.status == "pending":
            talk.status = "open" if draw < 0.7 else "resolved"
            talk.handed_at = self.desk.now
        elif draw < 0.5:
            self.desk.reply(talk, lag)
        elif draw < 0.8:
            talk.status = "resolved"
        elif draw < 0.85:
            talk.status = "snoozed"
        elif draw < 0.9 and not talk.first_reply:  # Who is answered counts where that was done.
            talk.team = int(draw * 97) % 4
        elif talk.status == "snoozed":
            talk.status = "open"


class Calm:
    """A believable day: who comes is answered within minutes or gives up; nothing odd happens."""

    inboxes = (1, 3)
    """The first and the last in which customers come to people."""

    def __init__(self, desk: ServiceDesk, rng: random.Random, *, hourly: float, wait: float = 360.0) -> None:
        self.desk = desk
        self.rng = rng
        self.hourly = hourly
        self.wait = wait
        self._events: list[tuple[float, int, str]] = []
        self._next = desk.now

    def pass_time(self, seconds: float) -> None:
        """Let customers come and be answered until so many seconds later."""
        desk, rng = self.desk, self.rng
        ends = desk.now + seconds
        while self._next <= ends:
            self._come(self._next)
            self._next += rng.expovariate(self.hourly / 3_600)
        while self._events and self._events[0][0] <= ends:
            desk.now, id_, what = heapq.heappop(self._events)
            talk = desk.talks[id_]
            if what == "reply":
                desk.reply(talk)
            else:
                talk.status = what
        desk.now = ends

    def _come(self, at: float) -> None:
        rng = self.rng
        talk = self.desk.add(at, inbox=rng.randint(*self.inboxes), team=rng.randint(0, 3))
        answered = at + rng.expovariate(1 / self.wait)
        if rng.random() < 0.06:
            heapq.heappush(self._events, (answered, talk.id, "resolved"))
            return
        if rng.random() < 0.02:
            heapq.heappush(self._events, (at + 60, talk.id, "snoozed"))
            answered += 5_400
        heapq.heappush(self._events, (answered, talk.id, "reply"))
        heapq.heappush(self._events, (answered + rng.expovariate(1 / 900), talk.id, "resolved"))


class WithBot(Calm):
    """The same with a bot that has each conversation of inbox 1 first, and hands most of them over."""

    inboxes = (2, 3)
    held: float = 900.0
    """Seconds that it has one on average."""

    def pass_time(self, seconds: float) -> None:
        """Let the bot talk to customers, too."""
        ends = self.desk.now + seconds
        while self._next <= ends:
            self._come(self._next)
            self._next += self.rng.expovariate(self.hourly / 3_600)
        while self._events and self._events[0][0] <= ends:
            self.desk.now, id_, what = heapq.heappop(self._events)
            talk = self.desk.talks[id_]
            match what:
                case "hand over":
                    talk.status, talk.handed_at, talk.sender = "open", self.desk.now, ""
                case "reply":
                    self.desk.reply(talk)
                case "ended by the bot":
                    talk.status, talk.sender = "resolved", "program"
                case _:
                    talk.status = what
        self.desk.now = ends

    def _come(self, at: float) -> None:
        rng = self.rng
        if rng.random() < 0.5:
            super()._come(at)
            return
        talk = self.desk.add(at, inbox=1, team=rng.randint(0, 3), status="pending", sender="program")
        handed = at + rng.expovariate(1 / self.held)
        if rng.random() < 0.2:
            heapq.heappush(self._events, (handed, talk.id, "ended by the bot"))
            return
        heapq.heappush(self._events, (handed, talk.id, "hand over"))
        ends = handed + rng.expovariate(1 / self.wait)
        heapq.heappush(self._events, (ends, talk.id, "resolved" if rng.random() < 0.06 else "reply"))
        if rng.random() < 0.8:
            heapq.heappush(self._events, (ends + rng.expovariate(1 / 900), talk.id, "resolved"))
