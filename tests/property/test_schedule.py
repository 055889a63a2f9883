"""Whatever is wanted and whatever the server does, the schedule keeps to its budget and forgets nobody."""

import heapq
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.monitor.calls import Ask, What
from tui.monitor.polling.budget import CLASSES, Group, Priority, Want
from tui.monitor.polling.schedule import SERVICE_A_MINUTE, Schedule, _Job

STEPS = 4_000


@dataclass
class Error:
    """A failure as the schedule sees it."""

    kind: str = "server"
    is_final: bool = False
    concerns: str = "host"
    status: int | None = 503
    retry_after: float | None = None


GATEWAY = Error()
CRASH = Error(status=500)
NO_HOST = Error("connection", status=None)
LIMITED = Error("rate_limited", status=None)
UNREADABLE = Error("unreadable", concerns="call", status=None)
FORBIDDEN = Error("role", is_final=True, concerns="call", status=None)


def asks(count: int, account: int = 1) -> list[Ask]:
    return [Ask("env", 1, account, What.TEAM_COUNTS, number + 1) for number in range(count)]


@dataclass
class Run:
    """A host that answers after `latency`, on a clock that moves from event to event."""

    schedule: Schedule
    seed: int = 0
    latency: float | Callable[[Ask], float] = 0.2
    failing: tuple[float, float, Error] | None = None
    """From, to and how the server fails."""
    now: float = 1_000.0
    left: list[tuple[float, Ask]] = field(default_factory=list)
    most_in_flight: int = 0
    most_dear: int = 0
    """In flight at once of those that are dear."""
    coming: list[tuple[float, int, float, Ask]] = field(default_factory=list)

    def until(self, end: float, *, wall: float = 0.0) -> None:
        rng = random.Random(self.seed)
        order = itertools.count(len(self.left))
        coming = self.coming
        for _ in range(STEPS):
            while (ask := self.schedule.next(self.now)) is not None:
                assert ask not in [other for *_, other in coming], "the same call twice in flight"
                self.left.append((self.now, ask))
                took = (self.latency if isinstance(self.latency, float) else self.latency(ask)) * rng.uniform(
                    0.5, 1.5
                )
                heapq.heappush(coming, (self.now + took, next(order), self.now, ask))
                self.most_in_flight = max(self.most_in_flight, len(coming))
                self.most_dear = max(self.most_dear, sum(ask.what.call.dear for *_, ask in coming))
            due = self.schedule.due_at(self.now)
            assert due > self.now, "the loop would spin"
            step = min(due, coming[0][0] if coming else math.inf, self.now + 5.0, end)
            self.now = step
            if step >= end:
                return
            while coming and coming[0][0] <= self.now:
                _, _, asked_at, ask = heapq.heappop(coming)
                if self.failing and self.failing[0] <= asked_at < self.failing[1]:
                    self.schedule.failed(ask, self.failing[2], asked_at, self.now, wall + self.now)
                else:
                    self.schedule.answered(ask, asked_at, self.now)
        raise AssertionError("the run did not end: the schedule makes work for itself")

    def most_in_a_minute(self) -> int:
        times = [at for at, _ in self.left]
        return max((sum(1 for moment in times if at <= moment < at + 60.0) for at in times), default=0)

    def longest_gap(self, ask: Ask, start: float, end: float) -> float:
        times = [start, *(at for at, asked in self.left if asked == ask and at >= start), end]
        return max(later - earlier for earlier, later in itertools.pairwise(times))


wants = st.lists(
    st.tuples(st.floats(5.0, 600.0), st.sampled_from(CLASSES), st.booleans()), min_size=1, max_size=60
)


def made(drawn: list[tuple[float, Priority, bool]]) -> list[Want]:
    # A group is of one account and of one class: the rest of what is on screen.
    group = Group("rolling", 7.5, 4)
    return [
        Want(ask, period, priority, group if grouped and priority is Priority.FOREGROUND else None)
        for ask, (period, priority, grouped) in zip(asks(len(drawn)), drawn, strict=True)
    ]


@settings(max_examples=15, deadline=None)
@given(wants, st.integers(30, 80), st.integers(0, 99), st.floats(0.01, 8.0))
def test_dear_calls_of_all_accounts_go_one_after_the_other(
    drawn: list[tuple[float, Priority, bool]], budget: int, seed: int, latency: float
) -> None:
    dear = [
        Want(Ask("env", 1, account, what), 60.0, Priority.FOREGROUND)
        for account in range(1, 6)
        for what in (What.LONGEST, What.AGENT_LOADS)
    ]
    schedule = Schedule(budget, random.Random(seed))
    schedule.want([*dear, *made(drawn)], 1_000.0)
    run = Run(schedule, seed, latency)
    run.until(1_400.0)
    assert run.most_dear == 1


@settings(max_examples=40, deadline=None)
@given(wants, st.integers(2, 80), st.integers(0, 99), st.floats(0.01, 8.0))
def test_the_budget_holds_in_every_minute_and_four_are_in_flight(
    drawn: list[tuple[float, Priority, bool]], budget: int, seed: int, latency: float
) -> None:
    schedule = Schedule(budget, random.Random(seed))
    schedule.want(made(drawn), 1_000.0)
    run = Run(schedule, seed, latency)
    run.until(1_400.0)
    assert run.most_in_a_minute() <= budget
    assert run.most_in_flight <= 4


@settings(max_examples=40, deadline=None)
@given(wants, st.integers(4, 80), st.integers(0, 99))
def test_nothing_starves_and_the_stretched_period_is_kept(
    drawn: list[tuple[float, Priority, bool]], budget: int, seed: int
) -> None:
    schedule = Schedule(budget, random.Random(seed))
    wanted = made(drawn)
    schedule.want(wanted, 1_000.0)
    run = Run(schedule, seed)
    end = 1_000.0 + 4.0 * max(schedule.period_of(want.ask) for want in wanted)
    while run.now < end:
        run.until(min(end, run.now + 600.0))
    for want in wanted:
        period = schedule.period_of(want.ask)
        assert period >= want.period
        assert run.longest_gap(want.ask, 1_000.0 + period, end) <= 2.5 * period + 70.0, want


@settings(max_examples=25, deadline=None)
@given(
    wants,
    st.integers(10, 80),
    st.integers(0, 99),
    st.sampled_from([GATEWAY, CRASH, NO_HOST, LIMITED, UNREADABLE]),
    st.floats(1.0, 400.0),
)
def test_after_a_failure_everything_is_asked_again_without_a_storm(
    drawn: list[tuple[float, Priority, bool]], budget: int, seed: int, error: Error, lasting: float
) -> None:
    schedule = Schedule(budget, random.Random(seed))
    wanted = made(drawn)
    schedule.want(wanted, 1_000.0)
    run = Run(schedule, seed, failing=(1_030.0, 1_030.0 + lasting, error))
    run.until(1_030.0 + lasting)
    healed = run.now
    run.until(healed + 200.0)
    assert not schedule.backoff.active
    assert run.most_in_a_minute() <= budget
    asked = {ask for at, ask in run.left if at >= healed - 130.0}
    due = {want.ask for want in wanted if schedule.period_of(want.ask) <= 60.0}
    assert due <= asked


@settings(max_examples=30, deadline=None)
@given(wants, st.integers(10, 60), st.integers(0, 59), st.integers(0, 99))
def test_a_429_waits_for_the_next_clock_minute_and_halves_the_budget(
    drawn: list[tuple[float, Priority, bool]], budget: int, second: int, seed: int
) -> None:
    schedule = Schedule(budget, random.Random(seed))
    schedule.want(made(drawn), 1_000.0)
    ask = schedule.next(1_000.0)
    assert ask is not None
    schedule.failed(ask, LIMITED, 1_000.0, 1_000.5, 6_000.0 + second)
    wait = schedule.due_at(1_000.5) - 1_000.5
    assert 60 - second <= wait <= 70 - second
    schedule.urge([ask], 1_001.0)
    assert schedule.next(1_001.0) is None, "no key shortens what the server asked for"
    assert schedule.budget.allowed(1_001.0) <= max(4, budget // 2 + 1)
    assert schedule.budget.allowed(1_001.0 + 700.0) == budget


def test_a_429_waits_as_long_as_the_server_says() -> None:
    schedule = Schedule(60, random.Random(1))
    schedule.want([Want(ask, 15.0) for ask in asks(3)], 0.0)
    ask = schedule.next(0.0)
    assert ask is not None
    schedule.failed(ask, Error("rate_limited", status=None, retry_after=200.0), 0.0, 1.0, 30.0)
    assert 200.0 <= schedule.due_at(1.0) - 1.0 <= 210.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 99), st.integers(1, 40))
def test_back_off_grows_to_two_minutes_and_ends_with_one_probe(seed: int, times: int) -> None:
    schedule = Schedule(600, random.Random(seed))
    schedule.want([Want(ask, 15.0) for ask in asks(10)], 0.0)
    now = 0.0
    pauses: list[float] = []
    for _ in range(times):
        ask = schedule.next(now)
        assert ask is not None
        if pauses:
            assert schedule.next(now) is None, "one probe, not a storm"
        schedule.failed(ask, NO_HOST, now, now + 0.1, 0.0)
        now += 0.1
        due = schedule.due_at(now)
        pauses.append(due - now)
        now = due
    assert pauses[0] <= 2.0
    assert all(1.7 <= pause <= 120.0 for pause in pauses)
    assert all(later >= 0.9 * earlier for earlier, later in itertools.pairwise(pauses))
    ask = schedule.next(now)
    assert ask is not None
    schedule.answered(ask, now, now + 0.1)
    assert schedule.next(now + 0.1) is not None
    assert schedule.next(now + 0.1) is not None


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([NO_HOST, GATEWAY, LIMITED]), st.integers(0, 99), st.integers(1, 20))
def test_in_a_pause_the_calls_are_not_looked_through_and_all_is_known_as_if_they_were(
    error: Error, seed: int, failures: int
) -> None:
    looked: list[Ask] = []

    class Watched(Schedule):
        def _ready_at(self, job: _Job, now: float) -> float:
            looked.append(job.want.ask)
            return super()._ready_at(job, now)

    schedule, now = Watched(600, random.Random(seed)), 1_000.0
    wanted = asks(300)
    schedule.want([Want(ask, 15.0) for ask in wanted], now)
    for _ in range(failures):
        ask = schedule.next(now)
        assert ask is not None
        schedule.failed(ask, error, now, now, now)
        looked.clear()
        assert schedule.next(now) is None
        due = schedule.due_at(now)
        assert len(looked) <= 2
        jobs = schedule._jobs.values()
        assert due == min(Schedule._ready_at(schedule, job, now) for job in jobs)
        now = due
    schedule.urge(wanted[-1:], now)
    assert schedule.next(now) == wanted[-1]


@settings(max_examples=30, deadline=None)
@given(wants, st.integers(4, 60), st.integers(0, 99))
def test_what_a_person_wants_goes_first_and_has_a_reserve(
    drawn: list[tuple[float, Priority, bool]], budget: int, seed: int
) -> None:
    schedule = Schedule(budget, random.Random(seed))
    schedule.want(made(drawn), 1_000.0)
    run = Run(schedule, seed, latency=0.05)
    run.until(1_020.0)
    page = Ask("env", 1, 1, What.CONVERSATION, 7)
    schedule.urge([page], run.now)
    before = len(run.left)
    run.until(1_022.0)
    assert run.left[before][1] == page
    assert run.left[before][0] <= 1_020.5


def test_periods_stretch_when_more_is_wanted_than_the_budget_allows() -> None:
    schedule = Schedule(30, random.Random(3))
    near = [Want(ask, 15.0, Priority.VISIBLE) for ask in asks(4)]
    far = [Want(Ask("env", 1, number, What.COUNTS), 60.0, Priority.BACKGROUND) for number in range(2, 102)]
    schedule.want([*near, *far], 0.0)
    assert schedule.period_of(far[0].ask) > 300.0
    assert 15.0 <= schedule.period_of(near[0].ask) < 25.0
    run = Run(schedule, now=0.0)
    for end in range(600, 3_001, 600):
        run.until(float(end))
    counted = Counter(ask for _, ask in run.left)
    assert min(counted[want.ask] for want in far) >= 3000 / schedule.period_of(far[0].ask) * 0.6
    assert run.most_in_a_minute() <= 30


def test_after_a_suspend_the_screen_is_asked_at_once_and_once() -> None:
    schedule = Schedule(60, random.Random(4))
    wanted = [Want(ask, 15.0, Priority.VISIBLE) for ask in asks(6)]
    schedule.want(wanted, 0.0)
    run = Run(schedule, now=0.0)
    run.until(100.0)
    run.now += 7_200.0
    before = len(run.left)
    run.until(run.now + 5.0)
    assert Counter(ask for _, ask in run.left[before:]) == Counter(want.ask for want in wanted)


def test_a_dead_token_stops_its_environment_alone_until_five_minutes_or_a_key() -> None:
    schedule = Schedule(60, random.Random(5))
    dead, alive = asks(3), [Ask("other", 2, 9, What.COUNTS)]
    schedule.want([Want(ask, 15.0) for ask in [*dead, *alive]], 0.0)
    first = schedule.next(0.0)
    assert first is not None
    schedule.failed(first, Error("bad_token", is_final=True, concerns="token", status=None), 0.0, 0.1, 0.0)
    assert schedule.held_until("env", 1) == 300.1
    assert schedule.next(0.2) == alive[0]
    assert schedule.next(0.3) is None
    schedule.answered(alive[0], 0.2, 0.4)
    assert schedule.next(200.0) == alive[0]
    schedule.answered(alive[0], 200.0, 200.1)
    schedule.urge([dead[1]], 201.0)
    assert schedule.next(201.0) == dead[1], "a key tries again at once"
    assert schedule.next(201.0) is None, "and the others wait for what it says"
    schedule.answered(dead[1], 201.0, 201.2)
    assert schedule.next(201.2) in dead


def test_a_forbidden_call_is_left_alone_as_long_as_said() -> None:
    schedule = Schedule(60, random.Random(6))
    report, other = asks(2)
    schedule.want([Want(report, 15.0), Want(other, 15.0)], 0.0)
    assert schedule.next(0.0) == report
    schedule.failed(report, FORBIDDEN, 0.0, 0.1, 0.0, retry_final=3_600.0)
    run = Run(schedule, now=0.1)
    run.until(3_000.0)
    assert {ask for _, ask in run.left} == {other}
    run.until(3_700.0)
    assert {ask for _, ask in run.left} == {other, report}


@example(moment=2000.05, seconds=300.0)  # (2000.05 + 300) - 2000.05 is more than 300
@given(moment=st.floats(0.0, 1e7), seconds=st.sampled_from([300.0, 900.0, 3600.0]))
def test_what_another_role_was_refused_is_asked_at_once_whenever_that_was(
    moment: float, seconds: float
) -> None:
    schedule = Schedule(60, random.Random(0))
    ask = asks(1)[0]
    schedule.want([Want(ask, 60.0)], moment)
    assert schedule.next(moment) == ask
    schedule.failed(ask, FORBIDDEN, moment, moment, moment, retry_final=seconds)
    schedule.release("env", 1, 1, moment + 1.0)
    only_refused = seconds == 300.0  # longer: this version of the server has no such call, for anybody
    assert schedule.next(moment + 1.0) == (ask if only_refused else None)


@pytest.mark.parametrize("kind", ["suspended", "not_a_member", "not_found"])
@pytest.mark.parametrize("refused_again", [True, False])
def test_a_refusal_of_the_account_that_is_doubted_is_tried_by_its_counts_alone(
    kind: str, refused_again: bool
) -> None:
    schedule, error = Schedule(60, random.Random(8)), Error(kind, True, "account", 401)
    counts, others = Ask("env", 1, 1, What.COUNTS), asks(3)
    schedule.want([Want(ask, 15.0) for ask in [*others, counts]], 0.0)
    schedule.urge([counts], 0.0)
    assert schedule.next(0.0) == counts
    schedule.failed(counts, error, 0.0, 0.1, 0.0)
    assert schedule.due_at(20.0) > 300.0
    schedule.doubt(counts, 20.0)
    assert schedule.next(20.0) == counts
    assert schedule.next(20.0) is None
    if refused_again:
        schedule.failed(counts, error, 20.0, 20.1, 0.0)
        assert schedule.due_at(20.1) > 320.0
    else:
        schedule.answered(counts, 20.0, 20.1)
        assert schedule.next(20.1) in others


def test_one_failing_call_does_not_stop_the_others() -> None:
    schedule = Schedule(60, random.Random(7))
    agents, counts = Ask("env", 1, 1, What.AGENTS), Ask("env", 1, 1, What.COUNTS)
    schedule.want([Want(counts, 15.0, Priority.VISIBLE), Want(agents, 30.0, Priority.VISIBLE)], 0.0)
    now, counted = 0.0, 0
    while now < 300.0:
        ask = schedule.next(now)
        if ask is None:
            now = min(max(schedule.due_at(now), now + 0.01), now + 5.0)
        elif ask == counts:
            counted += 1
            schedule.answered(ask, now, now)
        else:
            schedule.failed(ask, CRASH, now, now, 0.0)
    assert counted >= 18


@given(limit=st.integers(2, 6), wanted=st.integers(1, 12))
def test_the_last_place_in_flight_is_kept_for_a_person(limit: int, wanted: int) -> None:
    schedule = Schedule(600, random.Random(1), in_flight=limit)
    routine = asks(wanted)
    schedule.want([Want(ask, 15.0, Priority.FOREGROUND) for ask in routine], 0.0)
    left = list(itertools.takewhile(lambda ask: ask is not None, iter(lambda: schedule.next(0.0), ...)))
    assert len(left) == min(wanted, limit - 1)
    pressed = Ask("env", 1, 2, What.COUNTS)
    schedule.urge([pressed], 0.0)
    assert schedule.due_at(0.0) <= 0.0
    assert schedule.next(0.0) == pressed


PROFILE, COUNTS = Ask("env", 1, 0, What.PROFILE), Ask("env", 1, 1, What.COUNTS)
WISHES: dict[str, Callable[[Schedule, Ask, float], None]] = {
    "urge": lambda schedule, ask, now: schedule.urge([ask], now),
    "hasten": lambda schedule, ask, now: schedule.hasten([ask], now),
    "bring forward": lambda schedule, ask, now: schedule.bring_forward(ask, now),
    "release": lambda schedule, ask, now: schedule.release("env", 1, ask.account_id, now),
}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([PROFILE, COUNTS, *asks(1)]),
    st.lists(st.sampled_from(sorted(WISHES)), min_size=1, max_size=3),
    st.sampled_from([None, GATEWAY, NO_HOST, CRASH, UNREADABLE, FORBIDDEN]),
    st.booleans(),
)
def test_what_is_wanted_while_it_is_on_its_way_is_asked_once_more(
    ask: Ask, wishes: list[str], error: Error | None, wanted: bool
) -> None:
    schedule = Schedule(60, random.Random(1))
    if wanted:
        schedule.want([Want(ask, 3600.0, Priority.HEADLINE)], 1_000.0)
    else:
        schedule.urge([ask], 1_000.0)
    assert schedule.next(1_000.0) == ask
    for wish in wishes:
        WISHES[wish](schedule, ask, 1_001.0)
    if not wanted:
        schedule.want([], 1_001.5)
    assert schedule.next(1_002.0) is None, "it is never in flight twice"
    if error is None:
        schedule.answered(ask, 1_000.0, 1_003.0)
    else:
        schedule.failed(ask, error, 1_000.0, 1_003.0, 1_003.0)
    pressed = "urge" in wishes
    # What nobody pressed a key for keeps the pauses of what failed.
    within = 0.1 if error is None or pressed else 10.0 if not error.is_final else 310.0
    due = schedule.due_at(1_003.0)
    assert due <= 1_003.0 + within
    assert schedule.next(due) == ask
    schedule.answered(ask, due, due + 1.0)
    assert schedule.due_at(due + 1.0) > due + 3_000.0, "one wish is one call"


def test_what_nobody_waits_for_any_more_is_not_asked_once_more() -> None:
    schedule = Schedule(60, random.Random(1))
    page = Ask("env", 1, 1, What.CONVERSATION, 7)
    schedule.urge([page], 1_000.0)
    assert schedule.next(1_000.0) == page
    schedule.urge([page], 1_001.0)
    schedule.cancel(page)
    schedule.answered(page, 1_000.0, 1_002.0)
    assert schedule.due_at(1_002.0) == math.inf


PAGE = Ask("env", 1, 1, What.SERVICE_PAGE)
COUNTS = Ask("env", 1, 1, What.COUNTS)


def test_service_level_leaves_behind_all_that_is_due() -> None:
    schedule = Schedule(60, random.Random(1), in_flight=100)
    wanted = [Want(ask, 60.0, priority) for ask, priority in zip(asks(4), CLASSES, strict=True)]
    schedule.follow(PAGE, Priority.SERVICE, 900.0)
    schedule.want(wanted, 1_000.0)
    assert [schedule.next(1_000.0) for _ in range(5)][-1] == PAGE


@given(drawn=wants, budget=st.integers(10, 120))
@settings(max_examples=30, deadline=None)
def test_service_level_takes_only_what_the_others_leave(
    drawn: list[tuple[float, Priority, bool]], budget: int
) -> None:
    def busy(*, with_service: bool) -> Run:
        run = Run(Schedule(budget, random.Random(1)))
        run.schedule.want(made(drawn), 1_000.0)
        for minute in range(1, 11):
            if with_service:
                for page in range(1, 30):
                    run.schedule.follow(PAGE.at_page(page), Priority.SERVICE, run.now)
            run.until(1_000.0 + 60.0 * minute)
        return run

    alone, beside = busy(with_service=False), busy(with_service=True)
    pages = [at for at, ask in beside.left if ask.what is What.SERVICE_PAGE]
    others = len(beside.left) - len(pages)
    assert beside.most_in_a_minute() <= budget
    assert all(sum(at <= moment < at + 60.0 for moment in pages) <= SERVICE_A_MINUTE + 1 for at in pages)
    assert others >= 0.85 * len(alone.left) - 10


def test_service_level_has_what_the_others_leave_from_the_first_minute_on() -> None:
    run = Run(Schedule(60, random.Random(1)))
    of_each = {Priority.HEADLINE: 4, Priority.VISIBLE: 28, Priority.FOREGROUND: 12, Priority.BACKGROUND: 6}
    named = iter(asks(sum(of_each.values())))
    wants = [Want(next(named), 90.0, priority) for priority, rate in of_each.items() for _ in range(rate)]
    run.schedule.want([Want(COUNTS, 15.0, Priority.HEADLINE), *wants], 1_000.0)
    for minute in range(1, 6):
        for page in range(1, 30):
            run.schedule.follow(PAGE.at_page(page), Priority.SERVICE, run.now)
        run.until(1_000.0 + 60.0 * minute)
    for due in (1_015.0, 1_030.0, 1_045.0):
        assert any(due <= at < due + 3.0 for at, ask in run.left if ask == COUNTS), "the counts come first"
    pages = [at for at, ask in run.left if ask.what is What.SERVICE_PAGE]
    by_minute = [
        sum(at <= moment < at + 60.0 for moment in pages) for at in (1_000.0, 1_060.0, 1_120.0, 1_180.0)
    ]
    assert by_minute[0] >= 2
    assert min(by_minute[1:]) >= 8


@pytest.mark.parametrize("first", [What.LONGEST, What.AGENT_LOADS, What.SERVICE_PAGE, What.SERVICE_QUEUE])
@pytest.mark.parametrize("other", [What.LONGEST, What.AGENT_LOADS, What.SERVICE_PAGE, What.SERVICE_QUEUE])
def test_of_what_takes_a_server_long_one_is_asked_at_a_time(first: What, other: What) -> None:
    schedule = Schedule(60, random.Random(1), in_flight=100)
    ask, waits = Ask("env", 1, 1, first), Ask("env", 1, 1, other, page=2)
    schedule.follow(ask, Priority.SERVICE, 1_000.0)
    assert schedule.next(1_000.0) == ask
    schedule.follow(waits, Priority.SERVICE, 1_000.0)
    assert schedule.next(1_001.0) is None
    schedule.answered(ask, 1_000.0, 1_002.0)
    assert schedule.next(1_002.0) == waits


def test_service_level_waits_while_the_counts_fail() -> None:
    schedule = Schedule(60, random.Random(1))
    schedule.want([Want(COUNTS, 15.0, Priority.HEADLINE)], 1_000.0)
    assert schedule.next(1_000.0) == COUNTS
    schedule.failed(COUNTS, UNREADABLE, 1_000.0, 1_001.0, 1_001.0)
    schedule.follow(PAGE, Priority.SERVICE, 1_001.0)
    assert schedule.next(1_002.0) is None
    due = schedule.due_at(1_002.0)
    assert schedule.next(due) == COUNTS
    schedule.answered(COUNTS, due, due + 1.0)
    assert schedule.next(due + 1.0) == PAGE


@settings(max_examples=8, deadline=None)
@given(wants, st.integers(18, 80), st.integers(0, 99))
def test_service_level_is_sure_of_its_share_while_something_asks_for_it(
    drawn: list[tuple[float, Priority, bool]], budget: int, seed: int
) -> None:
    share = 1 / 6
    schedule, without = (
        Schedule(budget, random.Random(seed), service_share=guaranteed) for guaranteed in (share, 0.0)
    )
    for either in (schedule, without):
        either.want(made(drawn), 1_000.0)
    for page in range(1, 60):
        schedule.follow(Ask("env", 1, 1, What.SERVICE_PAGE, page=page), Priority.SERVICE, 1_000.0)
    run = Run(schedule, seed, latency=0.1)
    run.until(1_240.0)
    asked = [at for at, ask in run.left if ask.what is What.SERVICE_PAGE and at >= 1_120.0]
    kept = int(budget * share)
    assert len(asked) >= 2 * kept - 2
    assert len(asked) <= 2 * SERVICE_A_MINUTE + 1
    assert run.most_in_a_minute() <= budget
    for page in range(1, 60):
        schedule.cancel(Ask("env", 1, 1, What.SERVICE_PAGE, page=page))
    run.until(1_320.0)
    without.due_at(run.now)
    assert [schedule.period_of(want.ask) for want in made(drawn)] == [
        without.period_of(want.ask) for want in made(drawn)
    ]
