"""What is kept of figures asked rarely, that may be more, or that took long: in memory and on disk."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.unit.test_alerts import snapshot
from tests.unit.test_history import KEY, LONGEST, WAITING, Recorder, figure
from tui.api.call import Answer, CallRecord
from tui.api.models import Agent
from tui.identity import Measure, account, team
from tui.monitor.alerts.derived import derived
from tui.monitor.history.check import VERSION
from tui.monitor.history.history import History
from tui.monitor.history.replay import PastCourse
from tui.monitor.history.trends import Point, Sample, Was, gap_of, points, spans
from tui.monitor.reading import Reading, State
from tui.monitor.reading import derived as from_sources
from tui.monitor.store import Store

ONLINE = account(Measure.AGENTS_ONLINE)
OF_A_TEAM = team(3, Measure.UNASSIGNED)

VERSION_1 = """
CREATE TABLE figure (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, account INTEGER NOT NULL,
    viewer INTEGER NOT NULL, scope TEXT NOT NULL, scope_id TEXT NOT NULL, measure TEXT NOT NULL,
    UNIQUE (origin, account, viewer, scope, scope_id, measure));
CREATE TABLE sample (figure INTEGER NOT NULL, at REAL NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (figure, at)) WITHOUT ROWID;
CREATE TABLE minute (figure INTEGER NOT NULL, at REAL NOT NULL, minimum REAL NOT NULL, mean REAL NOT NULL,
    maximum REAL NOT NULL, PRIMARY KEY (figure, at)) WITHOUT ROWID;
INSERT INTO figure VALUES (1, 'https://trial.example', 1, 7, 'account', '', 'unassigned');
PRAGMA user_version = 1;
"""


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    made = Recorder(tmp_path / "history.sqlite3")
    yield made
    made.history.close()


async def every(recorder: Recorder, period: float, values: list[float]) -> None:
    """One reading each `period` seconds, the last of them now."""
    for place, value in enumerate(values):
        if place:
            recorder.clock.leap(period)
        recorder.say({OF_A_TEAM: value}, period=period)
    await recorder.history.flush()


@pytest.mark.parametrize("period", [225.0, 300.0, 3600.0])
async def test_what_is_asked_rarely_has_no_gaps_of_its_own(recorder: Recorder, period: float) -> None:
    await every(recorder, period, [9, 8, 7, 6, 5, 4])
    recorder.clock.leap(period / 2)
    wall, history = recorder.clock.wall(), recorder.history
    seconds = 3 * period
    assert None not in history.sparkline(figure(OF_A_TEAM), seconds, 8)
    assert history.change(figure(OF_A_TEAM), seconds) == -3
    drawn = await history.series(figure(OF_A_TEAM), wall - seconds, wall - period / 2, 30)
    assert None not in drawn
    for back in (0.0, 0.9, 1.4, 2.1):
        assert OF_A_TEAM in await history.at(KEY, wall - back * period)
    past = await history.past(KEY, wall - period)
    assert PastCourse(past).change(OF_A_TEAM, 60) is not None


async def test_after_a_restart_it_has_none_either(recorder: Recorder, tmp_path: Path) -> None:
    await every(recorder, 3600, [9, 8, 7])
    again = History(tmp_path / "history.sqlite3", recorder.clock)
    await again.start()
    assert again.change(figure(OF_A_TEAM), 3600) == -1
    assert again.sparkline(figure(OF_A_TEAM), 900, 3) == [8, 8, 8]
    again.close()


async def test_two_asks_missed_are_a_gap(recorder: Recorder) -> None:
    await every(recorder, 300, [9, 8])
    recorder.clock.leap(900)
    await every(recorder, 300, [7, 6])
    wall = recorder.clock.wall()
    assert OF_A_TEAM not in await recorder.history.at(KEY, wall - 500)
    drawn = await recorder.history.series(figure(OF_A_TEAM), wall - 1500, wall, 300)
    assert [point is None for point in drawn] == [False, False, True, True, False]
    assert None in recorder.history.sparkline(figure(OF_A_TEAM), 1500, 5)


async def test_what_was_asked_hourly_is_whole_after_a_day_too(recorder: Recorder) -> None:
    start = recorder.clock.wall()
    for place in range(30):
        recorder.say({WAITING: 100 + place}, period=3600)
        recorder.clock.leap(3600)
        await recorder.history.flush()
        while (await recorder.history.prune()).more:
            pass
    wall = recorder.clock.wall()
    drawn = await recorder.history.series(figure(WAITING), start, wall - 3600, 600)
    assert None not in drawn
    assert [point.maximum for point in drawn[1::6] if point] == [100.0 + place for place in range(29)]
    assert (await recorder.history.at(KEY, start + 2.5 * 3600))[WAITING] == Was(102)


async def test_agents_that_leave_are_noticed_where_they_are_asked_every_five_minutes(
    recorder: Recorder,
) -> None:
    for count in (12, 12, 5):
        recorder.clock.leap(300)
        recorder.say({ONLINE: count}, period=300)
    now, wall = recorder.clock.now(), recorder.clock.wall()
    reading = Reading(5, now, wall, now, 300)
    live = msgspec.structs.replace(snapshot({}, now), key=KEY, readings={ONLINE: reading})
    known = derived(recorder.history, live, None, now)
    assert known["agents_online_fallen"].value == pytest.approx(7 / 12)


async def test_a_file_of_the_first_version_goes_on_with_its_old_gaps(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    recorder = Recorder(None)
    recorder.history.close()
    wall = recorder.clock.wall()
    with closing(sqlite3.connect(path)) as old:
        old.executescript(VERSION_1)
        old.executemany("INSERT INTO sample VALUES (1, ?, ?)", [(wall - back, 4) for back in (500, 300, 200)])
        old.commit()
    both = [History(path, recorder.clock) for _ in range(2)]
    for history in both:
        await history.start()
        assert history.problem == ""
        history.vouch(KEY, "administrator", wall, wall)
        assert await history.at(KEY, wall - 250) == {WAITING: Was(4)}
        assert await history.at(KEY, wall - 420) == {}
        history.close()
    with closing(sqlite3.connect(path)) as now:
        assert now.execute("PRAGMA user_version").fetchone()[0] == VERSION
        assert now.execute("SELECT DISTINCT period, at_least FROM sample").fetchall() == [(0.0, 0)]
        assert now.execute("SELECT DISTINCT at_least FROM minute").fetchall() == []
    assert both[0].set_aside is None


async def test_how_many_of_a_team_are_online_is_sampled_with_each_answer_about_the_agents(
    recorder: Recorder,
) -> None:
    store, clock = Store(), recorder.clock
    online = team(3, Measure.MEMBERS_ONLINE)

    def answer(people: list[Agent]) -> Answer[list[Agent]]:
        now, wall = clock.now(), clock.wall()
        return Answer(people, CallRecord("GET", "/agents", now, wall, now))

    def people(count: int) -> list[Agent]:
        words = ["online" if number < count else "offline" for number in range(6)]
        return [Agent(id=number, name="", availability=word) for number, word in enumerate(words)]

    store.put_list(KEY, "agents", answer(people(6)), 30)
    store.put_members(KEY, 3, answer(people(6)), 900)
    for place in range(28):
        clock.leap(30)
        store.put_list(KEY, "agents", answer(people(6 - place // 5)), 30)
        recorder.history.record(KEY, store.readings(KEY), clock.now())
    await recorder.history.flush()
    history, wall = recorder.history, clock.wall()
    assert history.change(figure(online), 600) == -4
    assert None not in history.sparkline(figure(online), 780, 13)
    assert (await history.at(KEY, wall - 300))[online] == Was(3)
    assert (await history.at(KEY, wall))[online] == Was(1)


def test_a_gap_is_twice_the_period_and_never_below_two_and_a_half_minutes() -> None:
    assert gap_of(0) == gap_of(15) == gap_of(60) == 150
    assert gap_of(225) == pytest.approx(495)
    samples = [Sample(0, 5, 225), Sample(490, 6, 225), Sample(990, 7, 225)]
    drawn = points(spans(samples), 0, 980, 98)
    assert [point is None for point in drawn] == [False] * 5 + [False] + [True] * 4


def test_the_last_sample_holds_only_as_long_as_a_figure_is_live() -> None:
    known = spans([Sample(0, 5, 225)], 2000)
    assert known[-1].end == 450
    assert spans([Sample(0, 5, 225)], 100)[-1].end == 100
    assert spans([Sample(0, 5, 225)])[-1].end == 0


def test_a_later_answer_of_what_is_asked_rarely_makes_nothing_newer() -> None:
    agents, members = Reading(5, 100, 1_100, 101, 30), Reading(6, 160, 1_160, 161, 900)
    told = from_sources(3, agents, members).renewed
    assert (told.asked_at, told.asked_wall, told.period) == (100, 1_100, 30)
    again = from_sources(3, msgspec.structs.replace(agents, asked_at=190.0, asked_wall=1_190.0), members)
    assert again.renewed.asked_wall == 1_190


async def test_what_was_at_least_so_much_stays_so(recorder: Recorder) -> None:
    for place in range(12):
        recorder.say({LONGEST: 600}, at_least=place < 6)
        recorder.clock.leap(10)
    begun, history = recorder.clock.wall() - 120, recorder.history
    assert await history.at(KEY, begun + 50) == {LONGEST: Was(600, at_least=True)}
    assert await history.at(KEY, begun + 60) == {LONGEST: Was(600)}
    assert [(sample.at - begun, sample.at_least) for sample in history.recent(figure(LONGEST))] == [
        (0, True),
        (50, True),
        (60, False),
        (110, False),
    ]
    assert history.change(figure(LONGEST), 40) == 0
    assert history.change(figure(LONGEST), 90) is None
    drawn = [Point(600, 600, 600, at_least=True), Point(600, 600, 600)]
    assert await history.series(figure(LONGEST), begun, begun + 110, 60) == drawn
    recorder.clock.leap(90_000)
    recorder.say({LONGEST: 600})
    assert (await history.info()).minutes == 2
    assert await history.series(figure(LONGEST), begun, begun + 110, 60) == drawn
    assert await history.at(KEY, begun + 50) == {LONGEST: Was(600, at_least=True)}


async def test_an_answer_that_came_long_after_it_was_asked_for_is_not_kept_for_that_moment(
    recorder: Recorder,
) -> None:
    asked, wall = recorder.clock.now(), recorder.clock.wall()
    recorder.clock.leap(400)
    slept = {LONGEST: Reading(600, asked, wall, recorder.clock.now(), 300)}
    recorder.history.record(KEY, slept, recorder.clock.now())
    assert slept[LONGEST].state(recorder.clock.now()) is State.LIVE
    assert recorder.history.recent(figure(LONGEST)) == []
