"""What reading the service level of a day costs its server, and whether the figures are those of the books.

`python -m tests.benchmarks.service_days` prints a row for each of some simulated days, in a minute,
and what the past costs.
"""

import random
import statistics
import sys
from collections import Counter
from datetime import UTC, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.property.service_desk import START, Calm, ServiceDesk, Talk
from tests.property.test_service_worker import WorkerShift
from tui.api.models import PAGE
from tui.durations import DAY, HOUR, MINUTE
from tui.monitor.service.figures import WHOLE, Rules, Tally
from tui.monitor.service.intervals import day_of
from tui.monitor.service.roll import DayQuestion, One, Page, Queue, Told, Total
from tui.monitor.service.states import CountedAs

TARGET = 300.0
BERLIN = ZoneInfo("Europe/Berlin")
PAGE_S, TOTAL_S = 0.44, 0.033
"""Seconds of a real server for a page of 25 conversations and for a count."""
LISTED_S = (PAGE_S - TOTAL_S) / PAGE
"""Seconds for each conversation that is told: a page without any costs what a count does."""
KNOWN = 45 * MINUTE
"""By then the level is known; from then on it has an age."""
LAST = 45 * MINUTE
"""Before midnight nothing more happens: then the last look sees the whole day."""


class DayKind(NamedTuple):
    """A day, and what is odd on it."""

    name: str
    daily: int
    at: float = START
    zone: tzinfo = UTC
    night: bool = False
    deleted: float = 0.0
    """The part that is deleted in the course of the day."""
    bots: float = 0.0
    """The part that a bot has first."""
    lag: float = 0.0
    """Seconds after which a first reply is noted at most."""


DAYS = (
    DayKind("quiet", 200),
    DayKind("ordinary", 850),
    DayKind("busy", 2_000),
    DayKind("very busy", 10_000),
    DayKind("night arrivals", 400, night=True),
    DayKind("92 quarters", 850, 1_774_738_800 + 7_200, BERLIN),
    DayKind("100 quarters", 850, 1_792_886_400 + 7_200, BERLIN),
    DayKind("deletions", 850, deleted=0.1),
    DayKind("bots", 850, bots=0.4),
    DayKind("late replies", 850, lag=600.0),
)


class LateDesk(ServiceDesk):
    """One whose background job notes first replies late."""

    lag = 0.0
    rng = random.Random(5)

    def __init__(self, now: float) -> None:
        super().__init__(now=now)
        self.listed: Counter[type[DayQuestion]] = Counter()
        """How many conversations the answers to each question told, all together."""

    def answer(self, ask: DayQuestion) -> Told:
        told = super().answer(ask)
        self.listed[type(ask)] += len(told.arrivals)
        return told

    def reply(self, talk: Talk, lag: float = 0.0) -> None:
        super().reply(talk, lag or self.rng.uniform(0.0, self.lag))


class DayStaff(Calm):
    """A believable day on which some begin with a bot, and some are deleted."""

    def __init__(self, desk: ServiceDesk, kind: DayKind) -> None:
        super().__init__(desk, random.Random(8), hourly=1.0)
        self._kind = kind

    def _come(self, at: float) -> None:
        before = len(self.desk.talks)
        super()._come(at)
        if self.rng.random() < self._kind.bots and len(self.desk.talks) > before:
            talk = self.desk.talks[max(self.desk.talks)]
            talk.status, talk.sender = "pending", "program"
            self._events.append((at + self.rng.uniform(20, 200), talk.id, "open"))
            self._events.sort()

    def delete_some(self, number: float) -> None:
        """Somebody deletes about so many, wherever they are."""
        for _ in range(int(number) + (self.rng.random() < number % 1)):
            talk = self.rng.choice([*self.desk.talks.values()])
            self._events = sorted(event for event in self._events if event[1] != talk.id)
            self.desk.delete(talk)


def played(kind: DayKind) -> tuple[WorkerShift, LateDesk, list[float]]:
    """The day with the program at work from its first minute on, and how old the level is at each minute."""
    day = day_of(kind.at, kind.zone)
    desk = LateDesk(float(day.since))
    desk.lag = kind.lag
    staff = DayStaff(desk, kind)
    shift = WorkerShift(desk, staff, Rules(TARGET), kind.zone)
    staff.pass_time(60.0)
    ages: list[float] = []
    while desk.now < day.until - LAST:
        by_day = 8 <= (desk.now - day.since) / HOUR < 20
        staff.hourly = kind.daily / 12 * (0.9 if by_day is not kind.night else 0.1)
        staff._next = min(staff._next, desk.now + HOUR / staff.hourly)
        ends = min(desk.now + HOUR, day.until - LAST)
        while desk.now < ends:
            shift.run(min(MINUTE, ends - desk.now))
            if shift.worker.as_of is not None and desk.now >= day.since + KNOWN:
                ages.append(desk.now - shift.worker.as_of)
        staff.delete_some(kind.deleted * kind.daily / 24)
    shift.staff = None
    shift.run(LAST - MINUTE)
    return shift, desk, ages


def read_past(daily: int) -> tuple[int, int, int]:
    """Three days of the past, read from two in the morning on: the pages there are of them, and the calls.

    These are those for a page that is of one of these days, and all others, of today too.
    """
    desk = ServiceDesk(now=START - 5.0 * DAY)
    Calm(desk, random.Random(8), hourly=daily / 24).pass_time(5.0 * DAY + 2 * HOUR)
    shift = WorkerShift(desk, None, Rules(TARGET), UTC, days=3)
    shift.run(21 * HOUR)
    low, *_, high = (
        sum(talk.created < START - back * DAY for talk in desk.talks.values()) // PAGE
        for back in (3, 2, 1, 0)
    )
    there = high - low
    inside = sum(isinstance(ask, Page) and low <= ask.number - 1 < high for ask in desk.asked)
    return there, inside, len(desk.asked) - inside


def in_books(desk: LateDesk, kind: DayKind, as_of: float) -> str:
    """The level of the day as plain counting has it, and what it is made of."""
    day = day_of(kind.at, kind.zone)
    there = [talk for talk in desk.talks.values() if day.holds(talk.created)]
    replied = [
        talk.first_reply - talk.created for talk in there if talk.first_reply and talk.told_at <= as_of
    ]
    speeds = [speed for speed in replied if speed > 2]
    met = sum(speed <= TARGET for speed in speeds)
    waiting = [talk for talk in there if not talk.first_reply or talk.told_at > as_of]
    closed = sum(talk.status == "resolved" and talk.sender != "program" for talk in waiting)
    late = sum(talk.status in {"open", "snoozed"} and as_of - talk.created > TARGET for talk in waiting)
    return f"{met} of {len(speeds) + closed + late}, {len(there)} new"


def as_told(tally: Tally) -> str:
    """The same as the program has it."""
    return f"{tally.counts[CountedAs.IN_TARGET]} of {tally.decided()}, {tally.arrived} new"


def main() -> int:
    """Print the table; 1 where a figure is not that of the books."""
    wrong = 0
    sys.stdout.write(
        "| day | figure | truth | calls: pages, alone, queue, totals | readings a page | listings of each | "
        "server s | age of the level: median, 9 of 10, oldest, s |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    for kind in DAYS:
        shift, desk, ages = played(kind)
        today = shift.worker.today()
        if today is None or not today.whole:
            wrong += 1
            sys.stdout.write(f"| {kind.name} | not whole | | | | | | |\n")
            continue
        told, truth = as_told(today.parts[WHOLE]), in_books(desk, kind, today.as_of)
        wrong += told != truth
        pages, alone, queue, totals = (
            sum(isinstance(ask, what) for ask in desk.asked) for what in (Page, One, Queue, Total)
        )
        cost = TOTAL_S * len(desk.asked) + LISTED_S * desk.listed.total()
        arrived = max(1, today.parts[WHOLE].arrived)
        sys.stdout.write(
            f"| {kind.name}, {today.day.quarters} quarters | {told} | {truth} | "
            f"{pages}, {alone}, {queue}, {totals} | {pages * PAGE / arrived:.1f} | "
            f"{desk.listed[Page] / arrived:.2f} | {cost:.0f} | {statistics.median(ages):.0f}, "
            f"{statistics.quantiles(ages, n=10)[-1]:.0f}, {max(ages):.0f} |\n"
        )
        sys.stdout.flush()
    sys.stdout.write("\n| three days of the past | their pages | read | other calls |\n|---|---|---|---|\n")
    for daily in (200, 850, 2_000):
        there, inside, others = read_past(daily)
        sys.stdout.write(f"| {daily} a day | {there} | {inside} ({inside / there:.2f} each) | {others} |\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
