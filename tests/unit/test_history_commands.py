"""`liveagent-tui history`: info, export, prune."""

import argparse
import csv
import io
import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.unit.test_history import KEY, OPEN, Recorder
from tui import paths
from tui.clock import ManualClock
from tui.identity import Measure, account, team
from tui.monitor.history.schema import connect
from tui.output import history_commands


def run(path: Path, clock: ManualClock, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    history_commands.add_parser(parser.add_subparsers())
    return history_commands.run(parser.parse_args(["history", *arguments]), path, clock)


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, ManualClock]:
    path = tmp_path / "history.sqlite3"
    recorder = Recorder(path)
    for place in range(10):
        recorder.say({OPEN: 100 + place, team(3, Measure.OPEN): 0.5})
        recorder.clock.leap(60)
    recorder.history.close()
    return path, recorder.clock


def test_info(recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*recorded, "info") == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["figures"] == "2"
    assert lines["samples"] == "20"
    assert lines["oldest"] == "2026-11-22T14:00:00Z"


def test_export_csv(recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*recorded, "export", "--since", "150s", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["figure"], row["at"], row["mean"]) for row in rows] == [
        ("open", "2026-11-22T14:08:00.000Z", "108"),
        ("open", "2026-11-22T14:09:00.000Z", "109"),
        ("team:3:open", "2026-11-22T14:08:00.000Z", "0.5"),
        ("team:3:open", "2026-11-22T14:09:00.000Z", "0.5"),
    ]


def test_export_json_in_chunks(
    recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_commands, "CHUNK", 3)
    assert run(*recorded, "export", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 20
    assert rows[0] == {
        "origin": "https://trial.example",
        "account_id": 1,
        "viewer_id": 7,
        "figure": "open",
        "at": "2026-11-22T14:00:00.000Z",
        "seconds": 0,
        "minimum": 100,
        "mean": 100,
        "maximum": 100,
        "at_least": False,
        "reach": "all",
    }
    assert run(*recorded, "export", "--since", "2030-01-01", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_clock_alone_prunes_nothing(
    recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str]
) -> None:
    path, clock = recorded
    clock.leap(60 * 86_400)
    assert run(path, clock, "prune") == 0
    assert capsys.readouterr().out == "0 samples became minutes, 0 rows were dropped.\n"


def test_what_is_held_back_for_a_wrong_clock_is_told(
    recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str]
) -> None:
    path, clock = recorded
    with closing(connect(path)) as connection:
        connection.executemany(
            "INSERT INTO minute (figure, at, minimum, mean, maximum) VALUES (1, ?, 1, 1, 1)",
            [(clock.wall() - (40 + day) * 86_400,) for day in range(5)],
        )
    assert run(path, clock, "prune") == 0
    told = capsys.readouterr().out
    assert "0 samples became minutes, 3 rows were dropped." in told
    assert "More is older than is to be kept" in told


def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, clock = tmp_path / "history.sqlite3", ManualClock()
    assert run(path, clock, "info") == 0
    assert "Nothing is recorded yet" in capsys.readouterr().err
    assert not path.exists()
    path.write_bytes(b"no database" * 1000)
    assert run(path, clock, "export") == 1
    assert "is damaged" in capsys.readouterr().err
    assert run(path, clock, "export", "--since", "the day before") == 2
    assert "--since" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("2h", 1_795_348_800),
        ("2026-11-22", 1_795_305_600),
        ("2026-11-22T15:00+01:00", 1_795_356_000),
    ],
)
def test_since(text: str, expected: float) -> None:
    assert history_commands.parse_since(text, 1_795_356_000.0) == expected


def test_prune_keeps_what_the_config_says(
    recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str]
) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True)
    file.write_text("[history]\ndays_full = 0.005\n")
    path, clock = recorded
    clock.leap(60)
    assert run(path, clock, "prune") == 0
    assert "0 samples" not in capsys.readouterr().out
    file.write_text("[history]\ndays_full = 'one'\n")
    assert run(path, clock, "prune") == 2
    assert "history.days_full" in capsys.readouterr().err


def test_a_place_that_is_no_place_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / ("x" * 300) / "history.sqlite3"
    assert run(path, ManualClock(), "info") == 1
    assert "can't be opened: File name too long." in capsys.readouterr().err


def test_an_address_in_the_file_is_no_formula_and_moves_no_cursor(
    recorded: tuple[Path, ManualClock], capsys: pytest.CaptureFixture[str]
) -> None:
    path, clock = recorded
    with closing(connect(path)) as connection:
        connection.execute("UPDATE figure SET origin = '=1' || char(27) || '[31m+2'")
    assert run(path, clock, "export", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["origin"] for row in rows} == {"'=1[31m+2"}


@pytest.mark.parametrize(
    ("measure", "reach"), [(Measure.OPEN, "agent 4"), (Measure.TODAY, "all"), (Measure.FIRST_RESPONSE, "all")]
)
def test_what_a_report_told_covers_all_whoever_asked(
    measure: Measure, reach: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(tmp_path / "history.sqlite3")
    recorder.say({account(measure): 7.0}, key=msgspec.structs.replace(KEY, reach="agent 4"))
    recorder.history.close()
    assert run(tmp_path / "history.sqlite3", recorder.clock, "export", "--format", "csv") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["reach"] == reach
