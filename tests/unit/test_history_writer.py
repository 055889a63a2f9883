"""The thread that writes the history: how often it prunes, and what it does when the disk hangs."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest

from tests import shortcuts
from tests.unit.test_history import WAITING, Recorder, figure
from tui.monitor.history import history
from tui.monitor.history import writer as history_writer
from tui.monitor.history.reader import recent
from tui.monitor.history.retention import Pruned
from tui.monitor.history.writer import BITES, HANGS, SampleRow, Writer


class Prunes:
    """Stands for pruning, with so many bites to do."""

    def __init__(self, bites: int) -> None:
        self.left = bites
        self.asked = 0

    def __call__(self, *_: object) -> Pruned:
        self.asked += 1
        self.left -= 1
        return Pruned(1, 0, self.left > 0)


@pytest.mark.parametrize(("bites", "asked"), [(0, 1), (1, 1), (3, 3), (50, BITES)])
async def test_it_prunes_as_long_as_there_is_more_and_a_few_bites_at_a_time(
    monkeypatch: pytest.MonkeyPatch, bites: int, asked: int
) -> None:
    prunes = Prunes(bites)
    monkeypatch.setattr(history_writer, "prune", prunes)
    recorder = Recorder(None)
    await recorder.over(15, [1])
    assert prunes.asked == asked
    recorder.clock.leap(15)
    await recorder.over(15, [2])
    assert prunes.asked == (2 * BITES if bites > BITES else asked)
    recorder.history.close()


def hanging_disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let 50 samples wait for a disk that answers once the event is set."""
    answers, insert = threading.Event(), Writer._insert

    def wait_for_the_disk(*arguments: object) -> None:
        answers.wait(30)
        insert(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(history_writer, "HELD_BACK", 50)
    monkeypatch.setattr(Writer, "_insert", wait_for_the_disk)
    return answers


async def test_samples_that_a_hanging_disk_does_not_take_are_left_out_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = hanging_disk(monkeypatch)
    recorder = Recorder(None)
    for value in range(200):
        recorder.say({WAITING: value})
        recorder.clock.leap(15)
    assert recorder.history._writer._jobs.qsize() <= 50
    assert recorder.history.problem == HANGS
    assert recorder.history.recent(figure(WAITING))[-1].value == 199
    assert len(caplog.records) == 1
    answers.set()
    await recorder.history.flush()
    assert recorder.history.problem == ""
    await recorder.over(15, [1_000])
    assert (await recorder.history.info()).samples == 51
    recorder.history.close()


async def test_a_past_that_is_filled_in_at_once_is_no_hanging_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = hanging_disk(monkeypatch)
    recorder = Recorder(None)
    begun = recorder.clock.wall() - 1_000
    for start in range(0, 120, 40):
        span = range(start, start + 40)
        recorder.history.fill([SampleRow(figure(WAITING), begun + second, float(second)) for second in span])
    recorder.say({WAITING: 1})
    assert recorder.history.problem == ""
    answers.set()
    await recorder.history.flush()
    assert (await recorder.history.info()).samples == 121
    recorder.history.close()


async def test_a_sample_that_no_file_takes_ends_nothing_but_itself() -> None:
    recorder = Recorder(None)
    right = figure(WAITING)
    huge = msgspec.structs.replace(right, account=msgspec.structs.replace(right.account, account_id=2**70))
    wall = recorder.clock.wall()
    recorder.history.fill([SampleRow(huge, wall - 60, 1.0)])
    await asyncio.wait_for(recorder.history.flush(), 60)
    assert "could not be kept (OverflowError)" in recorder.history.problem
    await recorder.over(15, [1])
    assert recorder.history.problem == ""
    assert (await recorder.history.info()).samples == 1
    recorder.history.close()


async def test_a_disk_that_hangs_at_the_start_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, answers = tmp_path / "history.sqlite3", threading.Event()
    earlier = Recorder(path)
    earlier.say({WAITING: 7})
    earlier.history.close()

    def slowly(connection: sqlite3.Connection, since: float, until: float) -> list[SampleRow]:
        answers.wait(30)
        return recent(connection, since, until)

    monkeypatch.setattr(history, "recent", slowly)
    monkeypatch.setattr(shortcuts, "_awaited", lambda: [])  # Its answer is what does not come.
    later = Recorder(path)
    later.clock.leap(60)
    try:
        starting = asyncio.create_task(later.history.start())
        await later.clock.advance(4)
        assert not starting.done()
        await later.clock.advance(1)
        await starting
    finally:
        answers.set()
    later.clock.leap(60)
    later.say({WAITING: 8})
    await later.history.flush()
    assert [sample.value for sample in later.history.recent(figure(WAITING))] == [7, 8]
    later.history.close()
