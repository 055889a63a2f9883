"""A whole day with the worker: its figures against the books, its pace, what it keeps, and what it costs."""

import random
import sqlite3
from collections import Counter
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.property.service_desk import START, Calm, ServiceDesk, Staff
from tui.api.models import PAGE
from tui.config.hours import parse_hours
from tui.durations import QUARTER
from tui.identity import AccountKey
from tui.monitor.history.check import TABLES
from tui.monitor.history.retention import Retention, earn, prune
from tui.monitor.service.book import Interval, restored
from tui.monitor.service.figures import WHOLE, Rules, Tally, recent, tallies
from tui.monitor.service.hours import as_given
from tui.monitor.service.intervals import Day, day_of
from tui.monitor.service.kept import condense, keep, kept, pack, unpack
from tui.monitor.service.reading import DayReading
from tui.monitor.service.roll import Page, Total
from tui.monitor.service.states import Arrival
from tui.monitor.service.stretches import of_today, stretches, sum_of
from tui.monitor.service.worker import DOUBTFUL_AGAIN, GAPS, LEFT_ALONE, LOOK_EVERY, Today, Worker

RULES = Rules(target=300.0, inbox_targets={2: 600.0}, team_targets={1: 60.0})
KEY = AccountKey("https://liveagent.example", 2, 7)


def history() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(TABLES)
    return connection


class WorkerShift:
    """The worker at work on a desk, with a history; it may be killed and started again at any question."""

    def __init__(
        self,
        desk: ServiceDesk,
        staff: Staff | Calm | None,
        rules: Rules = RULES,
        zone: tzinfo = UTC,
        days: int = 0,
    ):
        self.desk, self.staff, self.rules, self.zone, self.days = desk, staff, rules, zone, days
        self.file = history()
        self.start()

    def start(self) -> None:
        self.worker = Worker(self.zone, self.rules, kept(self.file, KEY, 0, 1 << 40), self.days)

    def beside(self) -> None:
        """What is asked meanwhile, and not for service level."""

    def run(self, seconds: float, *, until_asked: int = 1 << 40) -> None:
        """Work for so long, or for so many questions."""
        ends, asked = self.desk.now + seconds, 0
        while self.desk.now < ends and asked < until_asked:
            self.beside()
            ask = self.worker.next(self.desk.now, self.desk.now)
            if ask is not None:
                asked += 1
                self.worker.take(self.desk.answer(ask), self.desk.now, 0.4)
                keep(self.file, KEY, self.worker.finished())
            step = min(max(0.4, self.worker.due_at - self.desk.now), ends - self.desk.now, 60.0)
            if self.staff is not None:
                self.staff.pass_time(step)
            else:
                self.desk.now += step

    def rest(self) -> None:
        """Nothing happens for so long that all is read."""
        staff, self.staff = self.staff, None
        self.run(4 * LOOK_EVERY + 2_000)
        for _ in range(3):  # A look that mends many deletions takes minutes at its pace.
            if not self.worker.is_sound:
                self.run(LOOK_EVERY)
        self.staff = staff

    def agrees(self) -> None:
        """The figures of today are those of the books."""
        today = self.worker.today()
        assert today is not None
        assert today.whole
        truth = sorted(
            self.desk.truth(today.day.since, today.day.until).values(), key=lambda arrival: arrival.key
        )
        for mine, theirs in (
            (today.parts, tallies(truth, self.rules, today.as_of)),
            (today.recent, recent(truth, self.rules, today.as_of)),
        ):
            assert mine[WHOLE] == theirs[WHOLE]
            assert {p: t for p, t in mine.items() if p.kind == "inbox" and t.arrived} == {
                p: t for p, t in theirs.items() if p.kind == "inbox"
            }
        rows = stretches(today.day, of_today(today), WHOLE, 2 * QUARTER, today.as_of)
        assert sum_of(rows) == today.parts[WHOLE]
        replies = sum(of_parts.get(WHOLE, 0) for of_parts in today.answered.values())
        assert replies == today.parts[WHOLE].answered if today.answers_whole else True


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((4, 35, 90)), kills=st.integers(0, 6))
@example(seed=1, hourly=4, kills=2)  # Every conversation is deleted in the end.
@example(seed=56329, hourly=90, kills=2)  # The first of the day, where a page begins, is deleted.
def test_the_figures_of_a_day_are_those_of_the_books(seed: int, hourly: int, kills: int) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(3_600, 60_000))
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 10_000, desk.now)
    shift = WorkerShift(desk, staff)
    for _ in range(kills):
        shift.run(rng.uniform(600, 7_200), until_asked=rng.randrange(1, 200))
        shift.start()
    shift.run(3_600)
    shift.rest()
    shift.agrees()


def test_after_a_restart_only_what_was_open_is_read_again() -> None:
    rng = random.Random(5)
    desk = ServiceDesk(now=START + 50_000)
    Staff(desk, rng, hourly=90, wild=False).fill(START - 10_000, START + 48_000)
    for talk in desk.talks.values():
        talk.status = "resolved"
    for n in range(30):
        desk.add(START + 48_000 + n * 60)
    shift = WorkerShift(desk, None)
    shift.rest()
    before = shift.worker.today()
    assert before is not None
    desk.asked.clear()
    shift.start()
    shift.run(600)
    pages = {ask.number for ask in desk.asked if isinstance(ask, Page)}
    assert len(pages) <= 9
    after = shift.worker.today()
    assert after is not None
    assert after.parts == before.parts
    assert after.recent == before.recent or after.as_of != before.as_of
    shift.agrees()


@pytest.mark.parametrize(("daily", "readings"), [(850, 2.1), (2_000, 1.8)])
def test_every_page_of_a_day_is_read_few_times(daily: int, readings: float) -> None:
    desk = ServiceDesk(now=START)
    staff = Calm(desk, random.Random(8), hourly=daily / 12)
    staff.pass_time(600)
    shift = WorkerShift(desk, staff)
    shift.run(12 * 3_600)
    read = sum(isinstance(ask, Page) for ask in desk.asked)
    assert read / (len(desk.talks) / 25) < readings


@pytest.mark.parametrize("daily", [200, 400, 2_000])
def test_every_page_of_a_past_day_is_read_once_and_once_more_at_night(daily: int) -> None:
    desk = ServiceDesk(now=START - 4 * 86_400)
    Calm(desk, random.Random(8), hourly=daily / 24).pass_time(4 * 86_400 + 3_700)
    shift = WorkerShift(desk, None, days=2)
    shift.run(1_200)
    desk.asked.clear()
    last = sum(talk.created < START for talk in desk.talks.values()) // PAGE
    shift.run(3 * daily / PAGE * 60 + 3_600)
    first = sum(talk.created < START - 2 * 86_400 for talk in desk.talks.values()) // PAGE
    read = sum(isinstance(ask, Page) and first <= ask.number - 1 <= last for ask in desk.asked)
    assert len(kept(shift.file, KEY, START - 2 * 86_400, START)) == 2 * 96
    assert read / (last - first) < 2 * 1.1


def test_a_night_later_the_day_before_is_kept_and_today_begins_anew() -> None:
    desk = ServiceDesk(now=START + 40_000)
    staff = Calm(desk, random.Random(11), hourly=20)
    staff.pass_time(44_000)
    shift = WorkerShift(desk, staff, days=1)
    shift.run(2_400 + 5 * 3_600)
    shift.rest()
    shift.agrees()
    day = Day(START, START + 86_400)
    rows = kept(shift.file, KEY, day.since, day.until)
    assert len(rows) > 90
    arrived = Counter(day.quarter(arrival.created) for arrival in desk.truth(day.since, day.until).values())
    for interval in rows:
        assert interval.tallies[WHOLE].arrived == arrived[day.quarter(interval.begins)]


@pytest.mark.parametrize("moment", [1_774_738_800 + 7_200, 1_792_886_400 + 7_200])
def test_the_days_on_which_the_clock_is_set(moment: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = day_of(moment, zone)
    rng = random.Random(2)
    desk = ServiceDesk(now=day.until - 3_000)
    staff = Staff(desk, rng, hourly=20)
    staff.fill(day.since - 5_000, desk.now)
    shift = WorkerShift(desk, None, zone=zone)
    shift.run(2_900)
    today = shift.worker.today()
    assert today is not None
    assert today.day == day
    assert today.parts[WHOLE].arrived == len(desk.truth(day.since, day.until))
    rows = kept(shift.file, KEY, day.since, day.until)
    assert len(rows) > day.quarters - 8
    arrived = Counter(
        (arrival.created - day.since) // QUARTER for arrival in desk.truth(day.since, day.until).values()
    )
    for interval in rows:
        assert interval.tallies[WHOLE].arrived == arrived[(interval.begins - day.since) // QUARTER]


def test_who_comes_before_the_opening_counts_in_the_last_half_hour_after_it() -> None:
    hours = as_given(parse_hours("08:00-18:00"), UTC)
    rules = Rules(target=300.0, hours=dict.fromkeys((1, 2, 3), hours))
    desk = ServiceDesk(now=START + 8 * 3_600 + 300)
    for n in range(40):
        desk.add(START + 3_600 + n * 300, inbox=1)
    shift = WorkerShift(desk, None, rules)
    shift.run(900)
    shift.start()
    shift.run(500)
    today = shift.worker.today()
    assert today is not None
    assert today.recent[WHOLE].arrived == 40
    shift.agrees()


def test_an_import_of_thousands_in_an_hour_is_read() -> None:
    rng = random.Random(4)
    desk = ServiceDesk(now=START + 40_000)
    staff = Staff(desk, rng, hourly=20, wild=False)
    staff.fill(START - 3_000, desk.now)
    shift = WorkerShift(desk, None)
    shift.run(1_500)
    for n in range(5_000):
        desk.add(desk.now + n * 0.7, status="resolved")
    desk.now += 3_600
    shift.run(10_000)
    shift.agrees()


def test_a_slow_server_is_left_alone_and_one_that_fails_is_asked_the_same_again() -> None:
    desk = ServiceDesk(now=START + 40_000)
    Staff(desk, random.Random(1), hourly=20).fill(START, desk.now)
    worker = Worker(UTC, RULES)
    ask = worker.next(0.0, desk.now)
    assert ask == Total()
    worker.failed(0.0, "No answer.")
    assert worker.next(29.0, desk.now) is None
    assert worker.next(31.0, desk.now) == ask
    worker.take(desk.answer(ask), 31.0, duration=3.5)
    assert "3.5 s" in worker.problem
    assert worker.next(31.0 + LEFT_ALONE - 1, desk.now) is None
    assert worker.next(31.0 + LEFT_ALONE, desk.now) is not None


def test_a_server_that_ignores_the_order_has_no_figures() -> None:
    desk = ServiceDesk(now=START + 40_000, ignores=frozenset({"sort"}))
    Staff(desk, random.Random(1), hourly=40).fill(START - 30_000, desk.now)
    shift = WorkerShift(desk, None)
    shift.run(600)
    assert "does not sort" in shift.worker.problem
    assert shift.worker.today() is None


def test_no_more_is_asked_than_the_pace_allows() -> None:
    desk = ServiceDesk(now=START + 60_000)
    staff = Staff(desk, random.Random(3), hourly=100)
    staff.fill(START - 50_000, desk.now)
    shift = WorkerShift(desk, staff)
    shift.run(300)
    first = len(desk.asked)
    half_hour = 5
    assert first <= 300 / GAPS[0] + 1 + half_hour, "a few more at once until the last half-hour is known"
    shift.run(600)
    assert len(desk.asked) - first <= 600 / GAPS[1] + 1


def test_what_is_kept_stays_small_and_comes_back() -> None:
    file = history()
    desk = ServiceDesk(now=START)
    Staff(desk, random.Random(6), hourly=35, wild=False).fill(START - 35 * 86_400, START)

    by_quarter: dict[int, list[Arrival]] = {}
    for arrival in desk.truth(0, START).values():
        by_quarter.setdefault(arrival.created // QUARTER * QUARTER, []).append(arrival)
    rows = [
        Interval(begins, tallies(those, RULES, START), complete=True) for begins, those in by_quarter.items()
    ]
    keep(file, KEY, rows)
    assert sorted(kept(file, KEY, 0, START), key=lambda r: r.begins) == sorted(rows, key=lambda r: r.begins)
    while condense(file, START):
        pass
    again = kept(file, KEY, 0, START)
    whole = Tally()
    for row in again:
        if WHOLE in row.tallies:
            whole.add(row.tallies[WHOLE])
    truth = tallies(desk.truth(0, START).values(), RULES, START)[WHOLE]
    assert whole.counts == truth.counts
    assert whole.histogram() == truth.histogram()
    file.execute("VACUUM")
    pages, size = (file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    assert pages * size < 2_000_000


def test_a_clock_that_is_set_far_ahead_drops_no_day_at_once() -> None:
    file = history()
    days = [Interval(START - back * 86_400, {WHOLE: Tally()}, complete=True) for back in range(40, -1, -1)]
    keep(file, KEY, days)
    kept_days = Retention(service=35 * 86_400.0)
    earn(file, 3_600.0, kept_days)
    prune(file, kept_days, START + 400 * 86_400)
    assert len(kept(file, KEY, 0, START + 1)) == 40  # three hours of the past for one: no second day
    for _ in range(40):
        earn(file, 86_400.0, kept_days)
        prune(file, kept_days, START + 400 * 86_400)
    assert [interval.begins for interval in kept(file, KEY, 0, START + 1)] == [day.begins for day in days[5:]]


def test_what_was_counted_by_another_target_is_read_again() -> None:
    day = day_of(START + 100, UTC)
    known = {day.since: Interval(day.since, {WHOLE: Tally()}, complete=True, rules=RULES.mark)}
    assert restored(day, known, RULES, START + 80_000) == {0: 0}
    assert restored(day, known, Rules(target=301.0), START + 80_000) == {}


@given(st.lists(st.integers(0, 1 << 40)))
def test_numbers_come_back_as_they_were_packed(numbers: list[int]) -> None:
    assert [*unpack(pack(numbers))] == numbers


@pytest.mark.parametrize(
    ("hours", "since", "as_of", "known"),
    [
        ("always", 0, 40_000, True),
        ("always", 38_000, 40_000, True),
        ("always", 38_300, 40_000, False),
        ("always", 0, 1_700, False),  # Of yesterday's evening nothing is known.
        ("08:00-18:00 mon-sun", 0, 40_000, True),
        ("08:00-18:00 mon-sun", 30_000, 40_000, True),
        ("08:00-18:00 mon-sun", 20_000, 30_000, False),  # Who came at night counts from eight on.
        ("08:00-18:00 mon-sun", 0, 30_000, False),
        ("08:00-18:00 mon-sun", 0, 31_000, True),
        ("08:00-18:00 mon-sun", 75_000, 82_000, True),  # At night nobody's clock begins.
    ],
)
def test_the_last_half_hour_is_known_where_nobody_unread_may_count_in_it(
    hours: str, since: int, as_of: int, known: bool
) -> None:
    given_hours = as_given(parse_hours(hours), UTC)
    rules = Rules(300.0, hours={} if given_hours.always else {1: given_hours})
    day = day_of(START + 100, UTC)
    today = Today(day, day.since + as_of, day.since + since, 1.0, {}, {}, rules)
    assert today.knows_half_hour is known


def test_a_half_hour_of_which_a_number_alone_is_left_is_not_known() -> None:
    day = day_of(START + 100, UTC)
    now = Today(day, day.since + 40_000, day.since, 1.0, {}, {}, RULES)
    for left, known in ((0, True), (38_200, True), (38_201, False), (39_600, False)):
        today = msgspec.structs.replace(now, numbers_until=day.since + left)
        assert today.knows_half_hour is known


def test_a_clock_ahead_at_a_start_leaves_the_last_half_hour_unknown_and_never_too_small() -> None:
    desk = ServiceDesk(now=START + 40_000)
    for number in range(200):
        created = START + number * 200
        desk.add(created, status="resolved", first_reply=created + 60)
    shift = WorkerShift(desk, None)
    shift.run(1_500)
    shift.start()
    shift.worker.next(desk.now, desk.now + 7_200)  # Before the server has told the time.
    shift.run(300)
    today = shift.worker.today()
    assert today is not None
    books = sorted(desk.truth(today.day.since, today.day.until).values(), key=lambda arrival: arrival.key)
    truth = recent(books, RULES, today.as_of)
    assert not today.knows_half_hour or today.recent[WHOLE] == truth[WHOLE]


def test_a_day_that_does_not_add_up_is_looked_at_again_within_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = ServiceDesk(now=START + 3_000)
    for second in range(60):
        desk.add(START + 40 * second)
    shift = WorkerShift(desk, None)
    with monkeypatch.context() as patch:
        patch.setattr(DayReading, "_count", lambda reading: setattr(reading, "sound", False))
        while not shift.worker.looked:
            shift.run(5)
    shift.run(DOUBTFUL_AGAIN + 90)
    assert shift.worker.is_sound
