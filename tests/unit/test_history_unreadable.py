"""Whatever lies where the history should: the program goes on, the file is kept, and a sentence says so."""

import argparse
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.test_history import OPEN, WAITING, Recorder, figure
from tui.clock import ManualClock
from tui.monitor.history import writer as history_writer
from tui.monitor.history.check import VERSION, is_damage
from tui.monitor.history.reader import everything, info, recent
from tui.monitor.history.schema import MOST_ASIDE, connect
from tui.monitor.history.writer import SampleRow
from tui.output import history_commands

PAGE = 4_096
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
COUNT = ENDLESS.replace("SELECT x FROM", "SELECT count(*) FROM")


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A history of a few pages, not in use."""
    file = tmp_path / "history.sqlite3"
    recorder = Recorder(file)
    wall = recorder.clock.wall()
    recorder.history.fill(
        [SampleRow(figure(slot), wall - back, 1.0) for slot in (OPEN, WAITING) for back in range(20)]
    )
    await recorder.history.flush()
    recorder.history.close()
    return file


def verdict(path: Path) -> str:
    """What comes of all that is read of a file at the start and by `history`."""
    try:
        with closing(connect(path)) as connection:
            recent(connection, 0.0, 1e10)
            info(connection, path)
            list(everything(connection, 0.0))
    except sqlite3.DatabaseError as error:
        return "damage" if is_damage(error) else f"{error!r}"
    return "whole"


def test_a_turned_bit_is_harmless_or_damage_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, chance, opened = bytearray(path.read_bytes()), random.Random(1), sqlite3.connect
    whole[18:20] = b"\x01\x01"  # in memory there is no write-ahead log
    turned = whole

    def open_turned(*_: object, **__: object) -> sqlite3.Connection:
        connection = opened(":memory:", isolation_level=None)
        connection.deserialize(bytes(turned))
        return connection

    monkeypatch.setattr(sqlite3, "connect", open_turned)
    # Of the free part of the first page, which says nothing, every fourth byte.
    first = [place for place in range(PAGE) if whole[place] or place < 100 or place % 4 == 0]
    places = [*first, *chance.sample(range(PAGE, len(whole)), 200)]
    verdicts: Counter[str] = Counter()
    for place in places:
        turned = bytearray(whole)
        turned[place] ^= 1 << chance.choice((0, 5, 7))
        verdicts[verdict(path)] += 1
    assert verdicts.keys() == {"whole", "damage"}
    assert verdicts["damage"] > 500


def test_a_turned_bit_of_the_head_of_a_file(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(0, 100):
        turned = bytearray(whole)
        turned[place] ^= 128
        path.write_bytes(turned)
        assert verdict(path) in {"whole", "damage"}, place
        drop_log(path)


def drop_log(path: Path) -> None:
    for part in path.parent.glob("*-*"):
        part.unlink()


def held_in(path: Path) -> bytes:
    return path.read_bytes()


def write(statement: str) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(statement)

    return harm


def change(old: bytes, new: bytes) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new))

    return harm


def at(place: int, data: bytes) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        whole = bytearray(path.read_bytes())
        whole[place : place + len(data)] = data
        path.write_bytes(whole)

    return harm


DAMAGE: dict[str, Callable[[Path], None]] = {
    "text of the schema that is no UTF-8": change(b"measure TEXT", b"measure \xffEXT"),
    "a column of another name": change(b"value REAL", b"valux REAL"),
    "a column of another kind": change(b"value REAL", b"value TEXT"),
    "a table that is not there": write("DROP TABLE minute"),
    "a column too many": write("ALTER TABLE sample ADD COLUMN more TEXT"),
    "an endless view in place of a table": write(f"DROP TABLE sample; CREATE VIEW sample AS {ENDLESS}"),
    "an endless view besides": write(f"CREATE VIEW more AS {ENDLESS}"),
    "an endless trigger": write(
        "CREATE TRIGGER more BEFORE INSERT ON sample BEGIN"
        " INSERT INTO minute SELECT 1, random(), 1, 1, 1, 0 FROM sample a, sample b, sample c, sample d; END"
    ),
    "an index of ours on something costly": write("CREATE INDEX more ON sample (abs(value))"),
    "a table of somebody else": write("CREATE TABLE cookies (host TEXT)"),
    "an earlier version than its tables": write("PRAGMA user_version = 1"),
    "no version": write("PRAGMA user_version = 0"),
    "a version below nought": write("PRAGMA user_version = -5"),
    "a version nobody will write": write("PRAGMA user_version = 2000000000"),
    "a version one bit away": write(f"PRAGMA user_version = {VERSION | 16}"),
    "a format that may only be read": at(18, b"\x07"),
    "a format that may not be read": at(19, b"\x07"),
    "another encoding": at(56, b"\x00\x00\x00\x02"),
    "a page size of another file": at(16, b"\x02\x00"),
    "all of it zeros": at(0, bytes(100 * PAGE)),
    "all of it ones": at(0, b"\xff" * 100 * PAGE),
    "a text": at(0, b"to do: milk\n" * 30_000),
    "half of it": lambda path: os.truncate(path, PAGE + 100),
}


@pytest.mark.parametrize("harm", DAMAGE.values(), ids=DAMAGE)
async def test_damage_is_set_aside_once_and_a_new_history_goes_on(
    path: Path, harm: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    harm(path)
    drop_log(path)
    held = held_in(path)
    assert run(path, "info") == 1
    told = capsys.readouterr().err
    assert "is damaged; the monitor sets it aside" in told
    assert told.count("\n") == 1
    recorder = Recorder(path)
    await recorder.history.start()
    assert recorder.history.set_aside is not None
    assert held_in(recorder.history.set_aside) == held
    await recorder.over(15, [1, 2])
    assert recorder.history.problem == ""
    assert (await recorder.history.info()).samples == 2
    recorder.history.close()
    again = Recorder(path)
    await again.history.start()
    assert again.history.set_aside is None
    again.history.close()
    assert run(path, "info") == 0


def run(path: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    history_commands.add_parser(parser.add_subparsers())
    return history_commands.run(parser.parse_args(["history", *arguments]), path, ManualClock())


def as_link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


IN_THE_WAY: dict[str, tuple[Callable[[Path], None], str]] = {
    "a directory": (as_directory, "Is a directory"),
    "a pipe": (as_pipe, "is not a regular file"),
    "a link to itself": (as_link_to_itself, "Too many levels of symbolic links"),
    "a later version": (write("ALTER TABLE sample ADD COLUMN x; PRAGMA user_version = 9"), "newer version"),
}


@pytest.mark.parametrize(("place", "words"), IN_THE_WAY.values(), ids=IN_THE_WAY)
async def test_what_is_no_history_of_ours_stays_and_is_told(
    path: Path, place: Callable[[Path], None], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place(path)
    recorder = Recorder(path)
    await recorder.history.start()
    recorder.say({OPEN: 1})
    with pytest.raises(sqlite3.Error):
        await recorder.history.flush()
    assert words in recorder.history.problem
    assert recorder.history.set_aside is None
    recorder.history.close()
    code = run(path, "info")
    told = capsys.readouterr().err
    assert (code, told.count("\n")) == (1, 1)
    assert words in told


async def test_an_empty_file_becomes_a_history(path: Path) -> None:
    os.truncate(path, 0)
    recorder = Recorder(path)
    await recorder.history.start()
    await recorder.over(15, [1])
    assert recorder.history.problem == ""
    assert recorder.history.set_aside is None
    recorder.history.close()


async def test_a_lock_that_the_disk_refuses_is_told_and_no_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("locking protocol")
        error.sqlite_errorcode = sqlite3.SQLITE_PROTOCOL
        raise error

    monkeypatch.setattr(history_writer, "connect", refuse)
    recorder = Recorder(path)
    await recorder.history.start()
    assert "the disk refuses to lock the file" in recorder.history.problem
    assert recorder.history.set_aside is None
    recorder.history.close()


async def test_a_file_locked_by_another_program_is_told_and_no_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.monitor.history.schema.BUSY", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        recorder = Recorder(path)
        await recorder.history.start()
        assert "another process keeps the file locked" in recorder.history.problem
        assert recorder.history.set_aside is None
        assert run(path, "info") == 1
        assert "another process keeps the file locked" in capsys.readouterr().err
        recorder.history.close()


async def test_only_so_many_damaged_files_are_kept_and_none_is_deleted(path: Path) -> None:
    earlier = [path.with_name(f"{path.name}.damaged-{number}") for number in range(MOST_ASIDE)]
    for file in earlier:
        file.write_text("kept")
    DAMAGE["a text"](path)
    held = held_in(path)
    recorder = Recorder(path)
    await recorder.history.start()
    assert "Move them away" in recorder.history.problem
    recorder.history.close()
    assert held_in(path) == held
    assert all(file.exists() for file in earlier)


async def test_what_a_question_stumbles_over_is_the_askers_and_the_file_is_looked_through(path: Path) -> None:
    recorder = Recorder(path)
    await recorder.history.start()

    def stumble(_: sqlite3.Connection) -> None:
        raise TypeError("a cell of bytes")

    with pytest.raises(sqlite3.DatabaseError):
        recorder.history._writer.ask(stumble).result(10)
    assert (await recorder.history.info()).samples == 40
    assert recorder.history.set_aside is None
    recorder.history.close()


async def test_a_question_without_end_is_broken_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_writer, "LONGEST_ANSWER", 0.05)
    recorder = Recorder(path)
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        recorder.history._writer.ask(
            lambda connection: connection.execute(f"{ENDLESS} LIMIT -1").fetchall()
        ).result(30)
    monkeypatch.setattr(history_writer, "LONGEST_ANSWER", 30.0)
    assert (await recorder.history.info()).samples == 40
    assert recorder.history.problem == ""
    recorder.history.close()
