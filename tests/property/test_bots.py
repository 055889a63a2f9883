"""Inboxes that are bot first, against the books of a centre that knows when each one was handed over."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.service_desk import START, ServiceDesk, Talk, WithBot
from tests.property.test_service_worker import KEY, WorkerShift, history
from tui.api.models import PAGE
from tui.monitor.service.book import Interval, bot_first
from tui.monitor.service.bots import ENOUGH, SOON, Begun, BotWatch
from tui.monitor.service.figures import ANSWERED, CLOCKED, WHOLE, PartOfAccount, Rules, tallies, total
from tui.monitor.service.intervals import Day
from tui.monitor.service.kept import condense, keep, kept
from tui.monitor.service.roll import Queue
from tui.monitor.service.states import Arrival, CountedAs, Verdict
from tui.monitor.service.worker import Today

DAY = Day(START, START + 86_400)
RULES = Rules(target=300.0)
BOTS = PartOfAccount("inbox", 1)


def watch_of(*pending: bool, inbox: int = 1) -> BotWatch:
    """A day in which so many were seen within a minute of their creation."""
    watch = BotWatch(DAY)
    for number, is_pending in enumerate(pending, 1_000):
        status = "pending" if is_pending else "open"
        watch.see([Arrival(number, START, status=status, inbox=inbox)], START + 1, START + 2)
    return watch


@pytest.mark.parametrize(
    ("pending", "first"),
    [
        ((), False),
        ((True,) * (ENOUGH - 1), False),
        ((True,) * ENOUGH, True),
        ((True, False) * ENOUGH, False),
        ((*(True, False) * ENOUGH, True), True),
        ((False,) * 50 + (True,) * 10, False),
    ],
)
def test_an_inbox_is_bot_first_where_most_began_pending(pending: tuple[bool, ...], first: bool) -> None:
    assert watch_of(*pending).first == ({1} if first else set())


def test_who_is_seen_later_than_a_minute_after_its_creation_or_began_otherwise_tells_nothing() -> None:
    watch = BotWatch(DAY)
    for number in range(50):
        watch.see([Arrival(number, START, status="pending", inbox=1)], START + SOON, START + SOON + 0.5)
        at_once = Arrival(100 + number, START, START + 1, inbox=1)
        watch.see([at_once, Arrival(200 + number, START, sender="campaign")], START + 1, START + 2)
        watch.see([Arrival(300 + number, START - 1, status="pending", inbox=1)], START + 1, START + 2)
        watch.see([Arrival(400 + number, START, status="pending", inbox=1, odd=True)], START + 1, START + 2)
    assert not watch.first


@pytest.mark.parametrize(
    ("waited_at", "listed", "read", "first"),
    [
        (45, False, {"status": "pending"}, True),
        (45, True, {}, False),
        (45, False, {"first_reply": START + 400}, True),
        (45, False, {"first_reply": START + 40}, False),
        (45, False, {"status": "resolved"}, False),
        (20, False, {"status": "pending"}, False),
        (70, False, {"status": "pending"}, False),
    ],
)
def test_who_was_not_among_those_that_waited_within_the_minute_was_pending(
    waited_at: int, listed: bool, read: dict[str, Any], first: bool
) -> None:
    watch, came = BotWatch(DAY), [Arrival(number, START, inbox=1) for number in range(ENOUGH)]
    waiting = [Arrival(99, START - 900, inbox=2), *(came if listed else ())]
    watch.see(waiting, START + waited_at, START + waited_at + 0.5, 1)
    read_later = [msgspec.structs.replace(arrival, **read) for arrival in came]
    watch.see(read_later, START + 600, START + 600.5)
    assert watch.first == ({1} if first else set())


def test_a_page_that_is_shorter_than_ours_and_not_the_last_tells_of_nobody_after_it() -> None:
    for waiting, begun in ((9, None), (1, Begun(START + 60, START + 121))):
        watch = watch_of(*(True,) * ENOUGH)
        watch.see([Arrival(99, START - 5, inbox=2)], START + 60, START + 61, 1, waiting)
        watch.see([Arrival(1, START, inbox=1)], START + 120, START + 121, 1, waiting)
        assert watch.begun(Arrival(1, START, inbox=1)) == begun


def test_a_list_in_another_order_tells_of_nobody_that_it_lacks() -> None:
    watch = watch_of(*(True,) * ENOUGH)
    watch.see([Arrival(99, START - 5, inbox=2), Arrival(98, START - 900, inbox=2)], START + 60, START + 61, 1)
    watch.see([Arrival(1, START, inbox=1)], START + 120, START + 121, 1)
    assert watch.begun(Arrival(1, START, inbox=1)) is None


def test_the_clock_begins_between_the_last_answer_that_showed_it_pending_and_the_first_that_did_not() -> None:
    watch, held = watch_of(*(True,) * ENOUGH), Arrival(1, START, status="pending", inbox=1)
    waiting = Arrival(1, START, inbox=1)
    watch.see([held], START + 100.5, START + 101.2)
    watch.see([held], START + 700.5, START + 701.2)
    watch.see([waiting], START + 1_300.5, START + 1_301.2)
    watch.see([waiting], START + 1_900.5, START + 1_901.2)
    assert watch.begun(waiting) == Begun(START + 700, START + 1_302)
    for reply, verdict in (
        (1_350, Verdict(CountedAs.IN_DOUBT, 48.0, at_least=True)),
        (950, Verdict(CountedAs.IN_TARGET, 0.0, at_least=True)),  # The server noted it late.
        (1_700, Verdict(CountedAs.LATE, 398.0, at_least=True)),
        (650, Verdict(CountedAs.UNSEEN)),
    ):
        answered = Arrival(1, START, START + reply, inbox=1)
        assert RULES.verdict(answered, START + 4_000, watch) == verdict
    for at, state in ((1_400, CountedAs.QUEUED_IN_TIME), (1_602, CountedAs.QUEUED_IN_TIME)):
        assert RULES.verdict(waiting, START + at, watch).state is state
    assert RULES.verdict(waiting, START + 1_603, watch).state is CountedAs.QUEUED_LATE
    assert RULES.verdict(held, START + 4_000, watch).state is CountedAs.HELD


def test_nobody_who_was_never_seen_with_the_bot_is_in_a_ratio() -> None:
    watch = watch_of(*(True,) * ENOUGH)
    for arrival in (
        Arrival(1, START, inbox=1),
        Arrival(1, START, START + 20, inbox=1),
        Arrival(1, START, status="resolved", inbox=1),
    ):
        watch.see([arrival], START + 600, START + 601)
        assert RULES.verdict(arrival, START + 700, watch).state is CountedAs.UNSEEN
    soon = Arrival(2, START, inbox=1)
    watch.see([soon], START + 30, START + 31)
    answered = RULES.verdict(Arrival(2, START, START + 200, inbox=1), START + 700, watch)
    assert answered == Verdict(CountedAs.IN_TARGET, 169.0, at_least=True)
    elsewhere = Arrival(3, START, START + 20, inbox=2)
    assert RULES.verdict(elsewhere, START + 700, watch) == Verdict(CountedAs.IN_TARGET, 20.0)


class Overhearing(WorkerShift):
    """The same while who waits is asked for about once a minute, for other figures."""

    asked_at = 0.0

    def beside(self) -> None:
        if self.desk.now - self.asked_at < 55.0:
            return
        self.asked_at = self.desk.now
        for number in range(1, 5):
            told = self.desk.answer(Queue(number))
            self.worker.overhear(told, 0.4, number)
            if len(told.arrivals) < PAGE:
                break


def test_who_was_on_no_page_of_those_that_wait_was_with_the_bot_still() -> None:
    watch, held = watch_of(*(True,) * ENOUGH), Arrival(1, START + 40, inbox=1)
    others = [Arrival(100 + number, START + number, inbox=2) for number in range(PAGE)]
    assert not watch.see([held], START + 990, START + 991)
    assert watch.begun(held) is None
    watch.see(others, START + 1_000, START + 1_001, 1)  # It ends with one who came before.
    watch.see([held], START + 1_010, START + 1_011, 2)
    assert watch.begun(held) is None
    watch.see(others[:2], START + 1_060, START + 1_061, 1)
    watch.see([held], START + 1_120, START + 1_121, 1)
    assert watch.begun(held) == Begun(START + 1_060, START + 1_121)
    fresh = Arrival(2, START + 1_110, inbox=1)
    watch.see([fresh], START + 1_175, START + 1_176, 1)
    assert watch.begun(fresh) is None, "it may have been listed too late for the page before"


def state_in_truth(talk: Talk, desk: ServiceDesk, at: float) -> CountedAs:
    """What became of one of the bot's, who was handed over at a moment that the books know."""
    told = desk.told(talk)
    began = talk.handed_at or talk.created
    shifted = Arrival(told.id, int(began), told.first_reply, told.status, 2, told.team, told.sender, True)
    return RULES.verdict(shifted, at).state


def check(today: Today, desk: ServiceDesk) -> int:
    """No figure says what is not so; how many of the bot's are told for sure."""
    there = [talk for talk in desk.talks.values() if talk.created >= START and talk.created <= today.as_of]
    bots, counts = [talk for talk in there if talk.inbox == 1], today.parts[BOTS].counts
    assert sum(counts.values()) == len(bots)
    others = tallies([desk.told(talk) for talk in there if talk.inbox != 1], RULES, today.as_of)
    mine = total({part: tally} for part, tally in today.parts.items() if part.kind == "inbox")
    assert all(mine[part] == tally for part, tally in others.items() if part.kind == "inbox")
    if 1 not in today.bots.first:
        expected = tallies(map(desk.told, bots), RULES, today.as_of)
        assert today.parts[BOTS] == expected.get(BOTS, today.parts[BOTS])
        return 0
    truth = [state_in_truth(talk, desk, today.as_of) for talk in bots]
    for state in (CountedAs.IN_TARGET, CountedAs.LATE, CountedAs.QUEUED_LATE, CountedAs.CLOSED):
        assert counts[state] <= truth.count(state)
    for state in (CountedAs.HELD, CountedAs.CLOSED_BY_BOT, CountedAs.UNKNOWN):
        assert counts[state] == truth.count(state)
    assert not today.parts[BOTS].speeds
    return counts[CountedAs.IN_TARGET] + counts[CountedAs.LATE]


def rested(shift: WorkerShift) -> Today:
    """Today as it is after nothing has happened for an hour."""
    shift.rest()
    today = shift.worker.today()
    assert today is not None
    assert today.whole
    return today


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1 << 32),
    hourly=st.sampled_from((30, 90)),
    kills=st.integers(0, 3),
    kind=st.sampled_from((WorkerShift, Overhearing)),
)
def test_no_figure_of_bots_says_what_is_not_so(
    seed: int, hourly: int, kills: int, kind: type[WorkerShift]
) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(600, 20_000))
    shift = kind(desk, WithBot(desk, rng, hourly=hourly), RULES)
    shift.run(4 * 3_600)
    for _ in range(kills):
        shift.start()
        shift.run(rng.uniform(600, 2 * 3_600))
    check(rested(shift), desk)


def test_most_of_the_handovers_of_a_busy_day_are_seen() -> None:
    desk = ServiceDesk(now=START + 3_600)
    shift = Overhearing(desk, WithBot(desk, random.Random(3), hourly=60), RULES)
    shift.run(8 * 3_600)
    today = rested(shift)
    assert today.bots.first == {1}
    counts = today.parts[BOTS].counts
    assert check(today, desk) > 4 * counts[CountedAs.UNSEEN]
    assert check(today, desk) > 4 * counts[CountedAs.IN_DOUBT]
    assert today.parts[WHOLE].at_least
    assert today.parts[WHOLE].mean() is None


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1 << 32), kind=st.sampled_from((WorkerShift, Overhearing)))
def test_each_one_is_told_within_what_was_seen_of_it(seed: int, kind: type[WorkerShift]) -> None:
    desk = ServiceDesk(now=START + 3_600)
    shift = kind(desk, WithBot(desk, random.Random(seed), hourly=60), RULES)
    shift.run(5 * 3_600)
    today = rested(shift)
    of_bots = [talk for talk in desk.talks.values() if talk.inbox == 1]
    if not today.bots.first:
        return
    for talk in of_bots:
        told = desk.told(talk)
        verdict, truth = RULES.verdict(told, today.as_of, today.bots), state_in_truth(talk, desk, today.as_of)
        begun = today.bots.begun(told)
        if begun is not None and talk.handed_at:
            assert begun.after <= talk.handed_at <= begun.by
        if verdict.state in CLOCKED - {CountedAs.IN_DOUBT, CountedAs.QUEUED_IN_TIME}:
            assert verdict.state is truth
        if verdict.speed is not None:
            assert verdict.at_least
            assert verdict.speed <= told.first_reply - int(talk.handed_at)
    bounds, level = bounds_and_truth(today, desk, of_bots)
    assert bounds[0] - 1e-9 <= level <= bounds[1] + 1e-9


def bounds_and_truth(today: Today, desk: ServiceDesk, talks: list[Talk]) -> tuple[tuple[float, float], float]:
    """What the level of the bot's can be by what was seen, and what it is of all but those unseen."""
    low, high = today.parts[BOTS].bounds()
    counted = [
        state_in_truth(talk, desk, today.as_of)
        for talk in talks
        if RULES.verdict(desk.told(talk), today.as_of, today.bots).state in CLOCKED
    ]
    decided = [state for state in counted if state is not CountedAs.QUEUED_IN_TIME]
    if low is None or high is None or not decided:
        return (0.0, 1.0), 0.0
    return (low, high), decided.count(CountedAs.IN_TARGET) / len(decided)


@pytest.mark.parametrize("later", [0, 26 * 3_600])
def test_what_an_earlier_run_saw_of_bots_is_neither_lost_nor_counted_otherwise(later: int) -> None:
    desk = ServiceDesk(now=START + 3_600)
    shift = Overhearing(desk, WithBot(desk, random.Random(7), hourly=60), RULES, days=2)
    shift.run(6 * 3_600)
    shift.rest()
    before = {
        interval.begins: interval
        for interval in kept(shift.file, KEY, START, START + 86_400)
        if interval.complete
    }
    assert any(
        interval.tallies[BOTS].counts[CountedAs.IN_TARGET]
        for interval in before.values()
        if BOTS in interval.tallies
    )
    shift.staff = None
    desk.now += later
    shift.start()
    shift.run(9_000)
    after = {interval.begins: interval for interval in kept(shift.file, KEY, START, START + 86_400)}
    assert {begins: after[begins].tallies for begins in before} == {
        begins: interval.tallies for begins, interval in before.items()
    }


def test_what_bots_have_left_open_is_kept_with_the_rest() -> None:
    desk = ServiceDesk(now=START + 3_600)
    shift = Overhearing(desk, WithBot(desk, random.Random(7), hourly=60), RULES)
    shift.run(6 * 3_600)
    today, file = rested(shift), history()
    rows = [
        Interval(today.day.begins(quarter), tallied, complete=True)
        for quarter, tallied in today.quarters.items()
    ]
    keep(file, KEY, rows)
    assert sorted(kept(file, KEY, 0, 1 << 40), key=lambda row: row.begins) == sorted(
        rows, key=lambda row: row.begins
    )
    assert bot_first(rows) == {1}
    while condense(file, START + 35 * 86_400):
        pass
    again = total(row.tallies for row in kept(file, KEY, 0, 1 << 40))
    for part, tally in today.parts.items():
        assert again[part].counts == tally.counts
        assert again[part].slower == tally.slower
        assert again[part].histogram() == tally.histogram()


def test_an_inbox_that_proves_to_be_bot_first_after_a_restart_is_counted_by_one_rule_all_day() -> None:
    rng = random.Random(12)
    desk = ServiceDesk(now=START + 3_600)
    staff = WithBot(desk, rng, hourly=60)
    staff.pass_time(4 * 3_600)  # Nobody has looked: the first run finds all of it at once.
    shift = Overhearing(desk, None, RULES)
    shift.rest()
    assert not shift.worker.finished()
    assert not bot_first(kept(shift.file, KEY, 0, 1 << 40))
    staff._next, shift.staff = desk.now, staff
    shift.start()
    shift.run(5 * 3_600)
    today = rested(shift)
    assert today.bots.first == {1}
    check(today, desk)
    rows = kept(shift.file, KEY, START, START + 86_400)
    of_bots = [row.tallies[BOTS] for row in rows if BOTS in row.tallies]
    assert all(tally.is_bot_first for tally in of_bots if any(tally.counts[state] for state in ANSWERED))


@pytest.mark.parametrize("killed", [False, True])
def test_what_was_bot_first_yesterday_is_so_today_until_enough_is_seen(killed: bool) -> None:
    desk = ServiceDesk(now=START + 72_000)
    shift = Overhearing(desk, WithBot(desk, random.Random(7), hourly=90), RULES)
    shift.run(14_000)
    assert shift.worker._bots_of(DAY).first == {1}
    shift.staff = None
    shift.run(1_500)
    if killed:
        shift.start()
        shift.run(700)
    tomorrow = shift.worker.today()
    assert tomorrow is not None
    assert tomorrow.day.since == DAY.until
    assert tomorrow.bots.first == {1}
    assert tomorrow.bots.is_hearsay
    for number in range(ENOUGH):
        told = Arrival(90_000 + number, DAY.until + 100, inbox=1)
        tomorrow.bots.see([told], DAY.until + 101, DAY.until + 102)
    assert not tomorrow.bots.first
