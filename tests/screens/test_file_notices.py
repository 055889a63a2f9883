"""A full disk and damaged files are told below the header, in plain words."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.stage import Stage, on_stage
from tui.config.state import StateStore, load_state
from tui.monitor.history import History
from tui.monitor.history_writer import Writer


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
