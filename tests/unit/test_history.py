"""The history: what is kept, what never is, and what it does when the file makes trouble."""

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tui.clock import ManualClock
from tui.identity import AccountKey, Figure, Measure, Slot, account, agent, inbox, status, team
from tui.monitor.history.history import History
from tui.monitor.history.retention import Retention
from tui.monitor.history.schema import connect
from tui.monitor.history.trends import Was
from tui.monitor.reading import Reading

KEY = AccountKey("https://trial.example", 1, 7)
OPEN = account(Measure.OPEN)
WAITING = account(Measure.UNASSIGNED)
LONGEST = account(Measure.LONGEST)


def figure(slot: Slot, key: AccountKey = KEY) -> Figure:
    return Figure(key, slot.scope, slot.measure)


class Recorder:
    """A history on a clock of its own, fed a reading at a time."""

    def __init__(self, path: Path | None, retention: Retention | None = None) -> None:
        self.clock = ManualClock()
        self.history = History(path, self.clock, retention)

    def say(
        self,
        values: dict[Slot, float | None],
        key: AccountKey = KEY,
        period: float = 15.0,
        *,
        at_least: bool = False,
    ) -> None:
        now, wall = self.clock.now(), self.clock.wall()
        readings = {
            slot: Reading(value, now, wall, now, period, at_least=at_least) for slot, value in values.items()
        }
        self.history.record(key, readings, now)

    async def over(
        self, seconds: float, values: list[float], slot: Slot = WAITING, key: AccountKey = KEY
    ) -> None:
        """One reading each `seconds`, the last of them now."""
        for place, value in enumerate(values):
            if place:
                self.clock.leap(seconds)
            self.say({slot: value}, key=key)
        await self.history.flush()


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    made = Recorder(tmp_path / "data" / "history.sqlite3")
    yield made
    made.history.close()


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT scope, scope_id, measure, account, viewer, at, value FROM sample"
            " JOIN figure ON figure.id = sample.figure ORDER BY at"
        ).fetchall()


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def test_sample_when_it_changes_and_at_least_each_minute(recorder: Recorder, tmp_path: Path) -> None:
    await recorder.over(15, [5, 5, 5, 5, 5, 5, 6, 5])
    start = recorder.clock.wall() - 7 * 15
    kept = [(row[5] - start, row[6]) for row in rows(tmp_path / "data" / "history.sqlite3")]  # type: ignore[operator]
    assert kept == [(0, 5), (45, 5), (90, 6), (105, 5)]


async def test_what_is_not_live_is_not_recorded(recorder: Recorder, tmp_path: Path) -> None:
    now, wall = recorder.clock.now(), recorder.clock.wall()
    recorder.history.record(
        KEY,
        {
            OPEN: Reading(None, now, wall, now, 15),
            WAITING: Reading(3, now - 31, wall - 31, now, 15),
            status("pending"): Reading(4, now, wall, now, 15),
        },
        now,
    )
    await recorder.history.flush()
    assert [row[1] for row in rows(tmp_path / "data" / "history.sqlite3")] == ["pending"]


async def test_no_row_about_an_agent_and_none_of_an_unknown_viewer(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.say({agent(9, Measure.OPEN): 3, team(2, Measure.OPEN): 4, inbox(5, Measure.OPEN): 6})
    recorder.say({OPEN: 9}, key=AccountKey(KEY.origin, 1, -3))
    await recorder.history.flush()
    slots = {row[:3] for row in rows(tmp_path / "data" / "history.sqlite3")}
    assert slots == {
        ("inbox", "5", "open"),
        ("team", "2", "open"),
    }


async def test_another_viewer_or_origin_is_another_series(recorder: Recorder) -> None:
    recorder.say({OPEN: 261})
    others = [
        AccountKey(KEY.origin, 1, 8),
        AccountKey("https://app.example", 1, 7),
        AccountKey(KEY.origin, 2, 7),
    ]
    for place, other in enumerate(others):
        recorder.say({OPEN: place}, key=other)
    wall = recorder.clock.wall()
    assert await recorder.history.at(KEY, wall) == {OPEN: Was(261)}
    for place, other in enumerate(others):
        assert await recorder.history.at(other, wall) == {OPEN: Was(place)}


async def test_change_and_trend(recorder: Recorder) -> None:
    await recorder.over(15, [100 - place for place in range(81)])
    assert recorder.history.change(figure(WAITING), 900) == -60
    assert recorder.history.change(figure(WAITING), 3600) is None
    assert recorder.history.flow(figure(WAITING)) == pytest.approx(-240)
    assert recorder.history.clears_in(figure(WAITING)) == pytest.approx(300)
    line = recorder.history.sparkline(figure(WAITING), 900, 10)
    assert len(line) == 10
    assert None not in line


async def test_an_hour_of_change_every_few_seconds_stays_small_and_known(recorder: Recorder) -> None:
    await recorder.over(5, [float(place) for place in range(1000)])
    assert recorder.history.change(figure(WAITING), 3600) == pytest.approx(720, abs=12)
    assert len(recorder.history.recent(figure(WAITING))) <= 161


async def test_trends_are_there_at_once_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    before = Recorder(path)
    await before.over(15, [100 - place for place in range(80)])
    before.history.close()
    after = Recorder(path)
    after.clock = before.clock
    after.history = History(path, before.clock)
    await after.history.start()
    assert after.history.change(figure(WAITING), 900) == -60
    after.history.close()


async def test_gap_stays_a_gap(recorder: Recorder) -> None:
    await recorder.over(60, [5] * 10)
    recorder.clock.leap(600)
    await recorder.over(60, [9] * 10)
    until = recorder.clock.wall()
    drawn = await recorder.history.series(figure(WAITING), until - 1680, until, 60)
    known = [point is not None for point in drawn]
    assert known == [True] * 10 + [False] * 9 + [True] * 9
    assert await recorder.history.at(KEY, until - 800) == {}
    assert recorder.history.change(figure(WAITING), 800) is None


async def test_replay_tells_every_figure_of_a_moment(recorder: Recorder) -> None:
    for place in range(10):
        recorder.say({OPEN: 100 + place, WAITING: place, team(3, Measure.UNASSIGNED): 2})
        recorder.clock.leap(60)
    then = recorder.clock.wall() - 5 * 60 + 30
    expected = {OPEN: Was(105), WAITING: Was(5), team(3, Measure.UNASSIGNED): Was(2)}
    assert await recorder.history.at(KEY, then) == expected


async def test_after_a_day_minutes_remain_and_after_thirty_nothing(recorder: Recorder) -> None:
    await recorder.over(15, [1, 9, 2, 3, 4, 4, 4, 4, 4])
    start = recorder.clock.wall() - 120
    recorder.clock.leap(90_000)
    assert (await recorder.history.prune()).samples == 0  # a clock alone prunes nothing
    recorder.say({WAITING: 4})
    info = await recorder.history.info()
    assert (info.samples, info.minutes) == (1, 2)
    (first, *_) = await recorder.history.series(figure(WAITING), start, start + 60, 60)
    assert first is not None
    assert (first.minimum, first.mean, first.maximum) == (1, 3.75, 9)
    assert (await recorder.history.at(KEY, start + 30))[WAITING] == Was(3.75)
    for _ in range(31):
        recorder.clock.leap(86_400)
        recorder.say({WAITING: 4})
    await recorder.history.prune()
    assert await recorder.history.at(KEY, start + 30) == {}
    oldest = (await recorder.history.info()).oldest
    assert oldest is not None
    assert oldest >= recorder.clock.wall() - 30 * 86_400


async def test_size_is_bounded(tmp_path: Path) -> None:
    small = Recorder(tmp_path / "history.sqlite3", Retention(largest=200_000))
    for place in range(600):
        small.say({team(number, Measure.OPEN): place for number in range(1, 21)})
        small.clock.leap(15)
    while (await small.history.prune()).more:
        pass
    info = await small.history.info()
    assert info.size <= 200_000
    assert info.newest is not None
    assert info.newest >= small.clock.wall() - 30
    small.history.close()


async def test_files_are_private(recorder: Recorder, tmp_path: Path) -> None:
    await recorder.over(15, [1])
    for file in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


async def test_in_memory_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recorder = Recorder(None)
    await recorder.over(60, [5, 6])
    assert await recorder.history.at(KEY, recorder.clock.wall()) == {WAITING: Was(6)}
    recorder.history.close()
    assert names(tmp_path) == []


@pytest.mark.parametrize("damage", ["not a database", "torn"])
async def test_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "history.sqlite3"
    if damage == "torn":
        before = Recorder(path)
        for place in range(50):
            before.say({team(number, Measure.OPEN): place for number in range(1, 60)})
            before.clock.leap(15)
        before.history.close()
        data = bytearray(path.read_bytes())
        data[4096:12288] = b"\xa5" * 8192
        path.write_bytes(data)
    else:
        path.write_bytes(b"something else entirely" * 1000)
    harmed = path.read_bytes()
    after = Recorder(path)
    await after.over(60, [5, 6])
    assert await after.history.at(KEY, after.clock.wall()) == {WAITING: Was(6)}
    assert after.history.problem == ""
    aside = after.history.set_aside
    assert aside is not None
    assert aside.read_bytes() == harmed
    assert aside.name.startswith("history.sqlite3.damaged-")
    after.history.close()


async def test_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    recorder = Recorder(path)
    recorder.say({OPEN: 1})
    with pytest.raises(sqlite3.OperationalError, match="newer version"):
        await recorder.history.flush()
    assert "newer version" in recorder.history.problem
    recorder.history.close()
    assert not any("damaged" in name for name in names(tmp_path))


async def test_a_directory_that_cannot_be_made_is_told_and_harmless(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recorder = Recorder(tmp_path / "file" / "history.sqlite3")
    recorder.say({OPEN: 1})
    with pytest.raises(sqlite3.OperationalError):
        await recorder.history.flush()
    assert recorder.history.problem.startswith("The history is off:")
    assert recorder.history.recent(figure(OPEN))[0].value == 1
    recorder.history.close()


async def test_a_file_taken_away_is_begun_anew(recorder: Recorder, tmp_path: Path) -> None:
    await recorder.over(60, [5])
    shutil.rmtree(tmp_path / "data")
    recorder.clock.leap(60)
    await recorder.over(60, [6])
    assert [row[6] for row in rows(tmp_path / "data" / "history.sqlite3")] == [6]


async def test_several_may_share_the_file(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    several = [Recorder(path) for _ in range(3)]
    for place in range(40):
        for number, each in enumerate(several):
            each.say({team(number, Measure.OPEN): place})
            each.clock.leap(15)
    await asyncio.gather(*(each.history.flush() for each in several))
    info = await several[0].history.info()
    assert (info.figures, info.samples) == (3, 120)
    assert all(each.history.problem == "" for each in several)
    for each in several:
        each.history.close()


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from tests.unit.test_history import OPEN, KEY, Recorder, team, Measure

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    recorder = Recorder(Path(sys.argv[1]))
    recorder.say({OPEN: 1})
    await recorder.history.flush()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    for place in range(60):
        recorder.clock.leap(15)
        recorder.say({team(number, Measure.OPEN): place for number in range(60)})
    await recorder.history.flush()
    print(bool(recorder.history.problem), len(recorder.history.recent(figure_of(3))))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    recorder.clock.leap(61)
    recorder.say({OPEN: 2})
    await recorder.history.flush()
    info = await recorder.history.info()
    print(recorder.history.problem == "", info.samples)
    recorder.history.close()

def figure_of(number):
    from tests.unit.test_history import figure
    return figure(team(number, Measure.OPEN))

asyncio.run(main())
"""


def test_full_disk_is_told_and_survived_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "history.sqlite3")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["True 60", f"True {60 * 60 + 2}"]


async def test_recording_never_waits_for_the_disk(recorder: Recorder, tmp_path: Path) -> None:
    await recorder.over(15, [1])
    with closing(sqlite3.connect(tmp_path / "data" / "history.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder.clock.leap(60)
        recorder.say({WAITING: 2})
        assert recorder.history.recent(figure(WAITING))[-1].value == 2
        other.execute("COMMIT")
    await recorder.history.flush()
    assert [row[6] for row in rows(tmp_path / "data" / "history.sqlite3")] == [1, 2]


async def test_wall_clock_set_back_harms_nothing(recorder: Recorder) -> None:
    await recorder.over(15, [5] * 20)
    recorder.clock.jump_wall(-3600)
    await recorder.over(15, [7] * 20)
    assert await recorder.history.at(KEY, recorder.clock.wall()) == {WAITING: Was(7)}
    assert recorder.history.recent(figure(WAITING))[-1].value == 7
    assert {sample.value for sample in recorder.history.recent(figure(WAITING))} == {7}
