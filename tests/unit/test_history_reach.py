"""The history never mixes what two reaches saw, and opens files that knew of none."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.unit.test_history import KEY, WAITING, Recorder, figure
from tui.identity import Reach
from tui.monitor.history.check import COLUMNS, FIGURES_BEFORE, TABLES
from tui.monitor.history.reader import everything
from tui.monitor.history.replay import PastCourse

ADMIN = KEY
AGENT = msgspec.structs.replace(KEY, reach=Reach(("agent",), (4,)).mark)
UNSURE = msgspec.structs.replace(KEY, reach="?7")


async def test_a_change_of_reach_ends_the_trend_and_takes_what_was_not_confirmed(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "history.sqlite3")
    history, clock = recorder.history, recorder.clock
    await history.start()
    history.vouch(ADMIN, "administrator", clock.wall(), clock.wall())
    await recorder.over(60.0, [500.0, 501.0, 502.0])
    confirmed = clock.wall()
    history.vouch(ADMIN, "administrator", confirmed, confirmed)
    clock.leap(30.0)
    recorder.say({WAITING: 177.0})  # the role has changed by now, and nobody knows yet
    assert history.change(figure(WAITING), 120.0) is not None
    clock.leap(20.0)
    history.part(ADMIN, confirmed)
    changed = clock.wall()
    history.vouch(AGENT, "agent, 1 inbox", changed, changed)
    recorder.say({WAITING: 178.0}, key=AGENT)
    await history.flush()
    assert history.change(figure(WAITING, AGENT), 120.0) is None
    assert [sample.value for sample in history.recent(figure(WAITING))] == [500.0, 501.0, 502.0]
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection:
        rows = connection.execute(
            "SELECT reach, value FROM sample JOIN figure ON figure.id = figure ORDER BY at"
        ).fetchall()
    assert rows == [("", 500.0), ("", 501.0), ("", 502.0), (AGENT.reach, 178.0)]
    assert [period.name for period in await history.reaches(ADMIN)] == ["administrator", "agent, 1 inbox"]
    history.close()


async def test_what_was_written_and_not_confirmed_goes_before_another_reach_is_known(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "history.sqlite3")
    history, clock = recorder.history, recorder.clock
    await recorder.over(60.0, [500.0])
    confirmed = clock.wall()
    history.vouch(ADMIN, "administrator", confirmed, confirmed)
    await recorder.over(60.0, [177.0, 178.0])
    await history.flush()
    minutes = [(confirmed + later, 1.0, 1.0, 1.0) for later in (-120.0, -30.0, 60.0)]
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection:
        connection.executemany(
            "INSERT INTO minute (figure, at, minimum, mean, maximum) SELECT id, ?, ?, ?, ? FROM figure",
            minutes,
        )
        connection.commit()
    history.part(ADMIN, confirmed)
    await history.flush()
    kept = await history.ask(lambda connection: list(everything(connection, 0.0)))
    assert [(exported.mean, exported.seconds) for exported in kept] == [(1.0, 60.0), (500.0, 0.0)]
    assert [exported.at for exported in kept if exported.seconds] == [confirmed - 120.0]
    history.close()


async def test_what_was_recorded_before_a_crash_and_not_confirmed_goes_at_the_next_start(
    tmp_path: Path,
) -> None:
    first = Recorder(tmp_path / "history.sqlite3")
    first.history.vouch(ADMIN, "administrator", first.clock.wall(), first.clock.wall())
    await first.over(60.0, [500.0, 177.0])
    await first.history.flush()
    first.history.close()
    second = Recorder(tmp_path / "history.sqlite3")
    second.clock.leap(300.0)
    second.history.vouch(AGENT, "agent, 1 inbox", second.clock.wall(), second.clock.wall())
    points = await second.history.series(
        figure(WAITING), second.clock.wall() - 900, second.clock.wall(), 60.0
    )
    assert {point.maximum for point in points if point is not None} == {500.0}
    second.history.close()


async def test_nothing_is_kept_while_the_reach_is_not_known() -> None:
    recorder = Recorder(None)
    recorder.say({WAITING: 9.0}, key=UNSURE)
    assert (await recorder.history.info()).samples == 0
    recorder.history.close()


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_an_older_file_opens_and_goes_on_as_the_first_reach_that_is_known(
    tmp_path: Path, version: int
) -> None:
    path, recorder = tmp_path / "history.sqlite3", Recorder(tmp_path / "history.sqlite3")
    at = recorder.clock.wall() - 120.0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(FIGURES_BEFORE)
        for statement in TABLES.split(";"):
            if "EXISTS sample" in statement or "EXISTS minute" in statement:
                later = [column for since, _, column in COLUMNS if since > version]
                connection.execute(
                    "\n".join(line for line in statement.splitlines() if line.strip(" ,") not in later)
                )
        connection.execute(
            "INSERT INTO figure VALUES (1, ?, 1, 7, 'account', '', 'unassigned')", (KEY.origin,)
        )
        connection.execute("INSERT INTO sample (figure, at, value) VALUES (1, ?, 31)", (at,))
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    await recorder.history.start()
    assert recorder.history.problem == ""
    assert recorder.history.set_aside is None
    recorder.history.vouch(AGENT, "agent, 1 inbox", at + 60.0, at + 60.0)
    of_agent = await recorder.history.series(figure(WAITING, AGENT), at - 30, at + 30, 60.0)
    of_admin = await recorder.history.series(figure(WAITING), at - 30, at + 30, 60.0)
    assert [point and point.mean for point in of_agent] == [31.0]
    assert of_admin == [None]
    recorder.history.close()


@pytest.mark.parametrize(("version", "later"), [(4, ("pruning", "service")), (5, ("service",))])
async def test_a_file_from_before_some_tables_goes_on(
    version: int, later: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "history.sqlite3"
    recorder = Recorder(path)
    recorder.say({WAITING: 31.0})
    recorder.history.close()
    with closing(sqlite3.connect(path)) as connection:
        for table in later:
            connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    again = Recorder(path)
    await again.history.start()
    assert again.history.set_aside is None
    again.clock.leap(60)
    again.say({WAITING: 32.0})
    assert (await again.history.info()).samples == 2
    assert again.history.problem == ""
    again.history.close()


async def test_the_past_is_that_of_the_reach_of_then_and_says_which() -> None:
    recorder = Recorder(None)
    history, clock = recorder.history, recorder.clock
    history.vouch(ADMIN, "administrator", clock.wall(), clock.wall())
    begun = clock.wall()
    await recorder.over(60.0, [500.0, 501.0, 502.0])
    confirmed = clock.wall()
    history.vouch(ADMIN, "administrator", begun, confirmed)
    await clock.advance(40.0)
    history.part(ADMIN, confirmed)
    changed = clock.wall()
    history.vouch(AGENT, "agent, 1 inbox", changed, changed)
    await recorder.over(60.0, [177.0, 178.0, 179.0], key=AGENT)
    history.vouch(AGENT, "agent, 1 inbox", changed, clock.wall())
    for key in (ADMIN, AGENT):
        for wall, value, name in (
            (confirmed - 59.0, 501.0, "administrator"),
            (confirmed, 502.0, "administrator"),
            (changed + 1.0, 177.0, "agent, 1 inbox"),
            (clock.wall(), 179.0, "agent, 1 inbox"),
        ):
            past = await history.past(key, wall)
            assert past.seen is not None
            assert past.seen.period.name == name
            assert past.values[WAITING].value == value
            assert all(span.point.mean // 100 == value // 100 for span in past.courses[WAITING])
            assert PastCourse(past).change(WAITING, 600.0) is None, "a change over both"
        between = await history.past(key, confirmed + 20.0)
        assert (between.values, between.courses) == ({}, {})
        assert between.seen is not None
        assert not between.seen.sure
    history.close()


async def test_the_same_reach_once_more_says_nothing_of_what_lay_between(tmp_path: Path) -> None:
    recorder = Recorder(None)
    history, clock = recorder.history, recorder.clock
    for key, name, value in ((ADMIN, "administrator", 500.0), (AGENT, "agent", 177.0)) * 2:
        begun = clock.wall()
        history.vouch(key, name, begun, begun)
        await clock.advance(10.0)
        recorder.say({WAITING: value}, key=key)
        await clock.advance(10.0)
        history.vouch(key, name, begun, clock.wall())
        history.part(key, clock.wall())
    first, told = clock.wall() - 80.0, set()
    for seconds in range(80):
        past = await history.past(AGENT, first + seconds)
        assert past.seen is not None
        expected = 500.0 if past.seen.period.name == "administrator" else 177.0
        assert {was.value for was in past.values.values()} <= {expected}
        assert not past.values or seconds % 20 >= 10, f"{seconds} s: {past}"
        told |= {was.value for was in past.values.values()}
    assert told == {500.0, 177.0}
    history.close()


@pytest.mark.parametrize(
    "reach",
    [
        Reach(("administrator",), (1, 2)),
        Reach(("agent", "administrator")),
        Reach(("agent",), (4, 17)),
        Reach(("agent", "supervisor"), (4,)),
        Reach(("agent",), ()),
        Reach((), (1,)),
        Reach(("team lead",), None),
    ],
)
def test_what_was_kept_of_a_reach_tells_it(reach: Reach) -> None:
    told = Reach.told(reach.mark, reach.name)
    assert (told.mark, told.name) == (reach.mark, reach.name)


def test_of_very_many_inboxes_the_roles_are_told() -> None:
    reach = Reach(("agent",), tuple(range(1, 60)))
    assert Reach.told(reach.mark, reach.name) == Reach(("agent",), None)
