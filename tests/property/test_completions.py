"""Conversations that are counted once: what the counters say against the books, whatever is corrected."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.service_desk import START, Calm, ServiceDesk, Staff
from tui.durations import DAY
from tui.identity import AccountKey
from tui.monitor.service.completions import (
    COMPLETE,
    REMEMBERED,
    CompletionCounter,
    Completions,
    CompletionsByKey,
)
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, tallies
from tui.monitor.service.roll import Told
from tui.monitor.service.states import Arrival, CountedAs, is_answered, is_settled
from tui.monitor.service.worker import Worker

RULES = Rules(target=300.0, inbox_targets={2: 600.0}, team_targets={1: 60.0})
Counts = Mapping[PartOfAccount, Mapping[CountedAs, int]]


class CountingShift:
    """A worker without a history, as an exporter has it, and a counter that hears each answer."""

    def __init__(self, desk: ServiceDesk, staff: Staff | Calm | None) -> None:
        self.desk, self.staff = desk, staff
        self.seen: set[int] = set()
        self.runs: list[Completions] = []
        self.start()

    def start(self) -> None:
        self.worker, self.counter = Worker(UTC, RULES, (), None), CompletionCounter()
        self.began = int(self.desk.now)
        self.runs.append(self.counter.completions)

    def run(self, seconds: float) -> None:
        ends = self.desk.now + seconds
        while self.desk.now < ends:
            ask = self.worker.next(self.desk.now, self.desk.now)
            if ask is not None:
                told = self.desk.answer(ask)
                self.seen |= {arrival.id for arrival in told.arrivals}
                self.counter.take(told, RULES)
                self.worker.take(told, self.desk.now, 0.4)
                never_falls(self.runs[-1], self.counter.completions)
                self.runs[-1] = self.counter.completions
            step = min(max(0.4, self.worker.due_at - self.desk.now), ends - self.desk.now, 60.0)
            if self.staff is not None:
                self.staff.pass_time(step)
            else:
                self.desk.now += step

    def counted(self, part: PartOfAccount = WHOLE) -> Counter[CountedAs]:
        """By all runs together."""
        total: Counter[CountedAs] = Counter()
        for run in self.runs:
            total.update(run.counts.get(part, {}))
        return total


def never_falls(before: Completions, after: Completions) -> None:
    for part, counts in before.counts.items():
        assert all(after.counts[part][state] >= number for state, number in counts.items())
    assert all(speed <= other for speed, other in zip(before.speeds, after.speeds, strict=True))
    assert after.seconds >= before.seconds


def settled(desk: ServiceDesk) -> Mapping[PartOfAccount, Tally]:
    """The books: what became of all that is complete."""
    return tallies(
        (arrival for arrival in map(desk.told, desk.talks.values()) if is_settled(arrival)), RULES, desk.now
    )


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((4, 35, 90)), restarts=st.integers(0, 3))
def test_nobody_is_counted_twice_and_nothing_falls_whatever_happens(
    seed: int, hourly: int, restarts: int
) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(3_600, 60_000))
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 10_000, desk.now)
    shift = CountingShift(desk, staff)
    for _ in range(restarts):
        shift.run(rng.uniform(600, 7_200))
        shift.start()
    shift.run(5_400)
    assert sum(shift.counted().values()) <= len(shift.seen)
    for run in shift.runs:
        counts = run.counts.get(WHOLE, {})
        assert set(counts) <= set(COMPLETE)
        assert sum(run.speeds) == counts.get(CountedAs.IN_TARGET, 0) + counts.get(CountedAs.LATE, 0)
        for kind in ("team", "inbox"):
            parts: Counter[CountedAs] = Counter()
            for part, numbers in run.counts.items():
                if part.kind == kind:
                    parts.update(numbers)
            assert parts == Counter(counts)


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_a_day_that_is_watched_is_counted_to_the_last_and_as_the_books_have_it(seed: int) -> None:
    desk = ServiceDesk(now=START)
    shift = CountingShift(desk, Calm(desk, random.Random(seed), hourly=40))
    shift.run(6 * 3_600)
    shift.staff = None
    shift.run(3_600)
    truth = settled(desk)
    for part, tally in truth.items():
        assert shift.counted(part) == Counter({s: n for s, n in tally.counts.items() if n})
    (counted,) = shift.runs
    assert list(counted.speeds) == truth[WHOLE].histogram()
    assert counted.seconds == sum(truth[WHOLE].speeds)


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1 << 32), hours=st.floats(1.0, 5.0))
def test_one_that_begins_anew_counts_what_is_answered_from_then_on(seed: int, hours: float) -> None:
    desk = ServiceDesk(now=START + 8 * 3_600)
    shift = CountingShift(desk, Calm(desk, random.Random(seed), hourly=40))
    shift.run(hours * 3_600)
    shift.start()
    began = shift.began
    shift.run(2 * 3_600)
    shift.staff = None
    shift.run(3_600)
    truth = settled(desk)[WHOLE].counts
    assert all(number <= truth[state] for state, number in shift.counted().items())
    told_now = [desk.told(talk) for talk in desk.talks.values()]
    since = sum(arrival.first_reply > began for arrival in told_now if is_answered(arrival))
    last = shift.runs[-1].counts[WHOLE]
    assert last.get(CountedAs.IN_TARGET, 0) + last.get(CountedAs.LATE, 0) >= since


def test_who_is_answered_after_midnight_is_counted_the_night_after() -> None:
    desk = ServiceDesk(now=START + 80_000)
    shift = CountingShift(desk, None)
    talks = [desk.add(START + 80_100 + number * 60) for number in range(20)]
    shift.run(7_000)
    assert not shift.counted()
    for talk in talks:
        desk.reply(talk)
    shift.run(4 * 3_600)
    assert shift.counted() == Counter({CountedAs.LATE: 20})


def test_where_nothing_is_kept_the_past_is_not_read_on_the_first_day() -> None:
    desk = ServiceDesk(now=START + 30_000)
    for number in range(200):
        desk.add(START - 80_000 + number * 300, status="resolved")
    shift = CountingShift(desk, None)
    shift.run(1_800)
    first = len(desk.asked)
    shift.run(4 * 3_600)
    assert len(desk.asked) - first <= 4 * 3_600 / 600 + 20
    assert not shift.counted()


def told(*arrivals: Arrival, at: float = START + 10_000.0) -> Told:
    return Told(at, len(arrivals), arrivals)


def counted(*answers: Told) -> Mapping[CountedAs, int]:
    counter = CompletionCounter()
    for answer in answers:
        counter.take(answer, RULES)
    return counter.completions.counts.get(WHOLE, {})


def test_what_was_complete_before_is_left_to_whoever_counted_then() -> None:
    old = START + 5_000
    answered, closed = Arrival(1, old, old + 60), Arrival(2, old, status="resolved")
    assert counted(told(answered, closed)) == {}
    # What was open then counts, also where the reply is noted late, with an earlier moment.
    still = Arrival(3, old), Arrival(4, old)
    done = Arrival(3, old, old + 60), Arrival(4, old, status="resolved")
    assert counted(told(*still), told(*done)) == {CountedAs.IN_TARGET: 1, CountedAs.CLOSED: 1}
    # So does what was never seen open and was answered since, or came since.
    new = START + 10_500
    since = Arrival(5, old, new), Arrival(6, new, status="resolved")
    assert counted(told(), told(*since)) == {CountedAs.LATE: 1, CountedAs.CLOSED: 1}


def test_a_correction_changes_nothing_that_was_counted() -> None:
    new = START + 10_500
    closed = Arrival(1, new, status="resolved", inbox=1)
    for later in (
        Arrival(1, new, status="open", inbox=1),
        Arrival(1, new, new + 60, status="resolved", inbox=1),
        Arrival(1, new, status="resolved", inbox=2),
    ):
        assert counted(told(), told(closed), told(later), told(closed)) == {CountedAs.CLOSED: 1}


def test_a_person_s_close_waits_for_the_reply_to_be_noted() -> None:
    new = START + 10_500
    closed = Arrival(1, new, status="resolved", sender="person")
    assert counted(told(), told(closed)) == {}
    replied = Arrival(1, new, new + 60, status="resolved", sender="person")
    assert counted(told(), told(closed), told(replied)) == {CountedAs.IN_TARGET: 1}


def test_those_of_days_ago_are_forgotten_and_counted_no_more() -> None:
    at, created = START + 10_000.0, START + 9_000
    counter = CompletionCounter()
    counter.take(told(Arrival(1, created), Arrival(2, created, created + 60), at=at), RULES)
    later = at + REMEMBERED + DAY
    counter.take(told(Arrival(1, created, created + 60), Arrival(2, created, int(later)), at=later), RULES)
    assert counter.completions.counts == {}
    assert not counter._open
    assert not counter._done


def test_who_could_not_be_read_is_not_counted_for_want_of_a_number() -> None:
    new = START + 10_500
    assert counted(told(), told(Arrival(-33, new, odd=True), Arrival(7, new, odd=True))) == {
        CountedAs.UNKNOWN: 1
    }


def test_each_reach_counts_for_itself_and_goes_on_where_it_comes_back() -> None:
    everything = CompletionsByKey()
    whole, part = (AccountKey("https://liveagent.example", 1, 7, reach) for reach in ("", "agent 1"))
    new = START + 10_500
    assert everything.of(whole) is None
    everything.take(whole, told(), RULES)
    everything.take(whole, told(Arrival(1, new, new + 9)), RULES)
    everything.take(part, told(), RULES)
    assert everything.of(part) == Completions()
    everything.take(whole, told(Arrival(2, new, new + 9)), RULES)
    completions = everything.of(whole)
    assert completions is not None
    assert completions.counts[WHOLE] == {CountedAs.IN_TARGET: 2}
    assert everything.of(whole) is completions
