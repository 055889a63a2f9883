"""A full disk and damaged files are told below the header, in plain words."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests import shortcuts
from tests.stage import Stage, on_stage
from tests.unit.test_history import OPEN, Recorder, figure
from tui.config.state import StateStore, load_state
from tui.durations import DAY
from tui.monitor.history import writer as history_writer
from tui.monitor.history.history import History
from tui.monitor.history.schema import connect
from tui.monitor.history.writer import SampleRow, Writer


def told(stage: Stage) -> str:
    return " ".join(stage.dashboard.notice.plain.split())


def full(*_: object) -> Sequence[object]:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


async def test_a_full_disk_is_told_below_the_header_until_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.sqlite3"
    sentence = "The history is not being written: the disk is full. New samples wait in memory."
    async with on_stage(size=(160, 40), history=lambda clock: History(path, clock)) as stage:
        await stage.run_for(20)
        assert told(stage) == ""
        with monkeypatch.context() as patch:
            patch.setattr(Writer, "_insert", full)
            await stage.run_for(40)
            await stage.remember()
            await stage.run_for(20)
            assert sentence in told(stage)
            await stage.press("d")
            assert told(stage) == ""
        await stage.run_for(90)
        await stage.remember()
        await stage.run_for(20)
        assert sentence not in told(stage)
        with monkeypatch.context() as patch:
            patch.setattr(Writer, "_insert", full)
            await stage.run_for(40)
            await stage.remember()
            await stage.run_for(20)
            assert sentence in told(stage)


async def test_where_a_damaged_file_went_is_told_until_it_is_put_away(tmp_path: Path) -> None:
    path, remembered = tmp_path / "history.sqlite3", tmp_path / "state.toml"
    path.write_bytes(b"something else entirely" * 1000)
    remembered.write_text("last = [")
    store: StateStore = load_state(remembered)
    async with on_stage(size=(300, 60), store=store, history=lambda clock: History(path, clock)) as stage:
        await stage.run_for(20)
        await stage.remember()
        await store.save()
        await stage.run_for(20)
        history = stage.app.context.history
        assert history is not None
        assert history.set_aside is not None
        assert "1 of 2: The history was damaged; it is kept as" in told(stage)
        assert history.set_aside.name in told(stage)
        await stage.press("d")
        assert "state.toml is damaged; it is kept as state.toml.damaged" in told(stage)
        await stage.press("d")
        assert told(stage) == ""
        await stage.run_for(20)
        assert told(stage) == ""


async def test_what_is_not_pruned_for_a_clock_that_may_be_wrong_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    earlier = Recorder(path)
    wall = earlier.clock.wall() - 41 * DAY
    earlier.history.fill([SampleRow(figure(OPEN), wall + day * DAY, 1.0, 60.0) for day in range(5)])
    await earlier.history.flush()
    earlier.history.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO minute SELECT figure, at, value, value, value, 0 FROM sample")
        connection.commit()
    async with on_stage(size=(200, 40), history=lambda clock: History(path, clock)) as stage:
        await stage.run_for(20)
        await stage.remember()
        await stage.run_for(20)
        assert "is older than it is to be kept. It goes bit by bit" in told(stage)
        await stage.press("d")
        assert told(stage) == ""
        history = stage.app.context.history
        assert history is not None
        assert (await history.info()).minutes == 5


class Unasked(History):
    """A history that tests do not wait for."""

    async def flush(self) -> None:
        """Come back at once."""


async def test_the_first_requests_and_figures_wait_for_no_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def hang(*_: object, **__: object) -> sqlite3.Connection:
        answers.wait(60)
        return connect(None)

    monkeypatch.setattr(history_writer, "connect", hang)
    monkeypatch.setattr(shortcuts, "_awaited", lambda: [])
    async with on_stage(history=lambda clock: Unasked(tmp_path / "h.sqlite3", clock), settle=2) as stage:
        try:
            asked, figures = len(stage.transport.requests), stage.figures()
            assert not answers.is_set()
        finally:
            answers.set()
    assert asked > 3
    assert figures["unassigned"].isdecimal()
