"""The installed command's `report` against a simulated installation over TCP."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.installed import asking, ran
from tests.security.server import served
from tui.simulator.demo import token_of


@pytest.fixture(scope="module")
def desk() -> Iterator[str]:
    with served("onprem") as address:
        yield address


def run(url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    done = ran("report", *words, env=asking(url, "onprem", 2))
    assert token_of("onprem") not in done.stdout + done.stderr
    return done


def test_it_prints_data_alone_and_says_by_its_code_that_all_is_known(desk: str) -> None:
    done = run(desk, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (account,) = json.loads(done.stdout)["accounts"]
    service = account["service"]
    assert service["coverage"] == 1.0
    states = (
        "answered_at_once",
        "answered",
        "closed_without_reply",
        "closed_by_bot",
        "held",
        "queued_in_time",
        "no_customer_message",
        "unknown",
    )
    assert sum(service[state] for state in states) == service["arrived"] > 0
    assert Path(os.environ["XDG_DATA_HOME"], "liveagent-tui", "history.sqlite3").exists()


def test_a_page_is_one_file_that_needs_nothing_else(desk: str) -> None:
    done = run(desk, "--format", "html")
    assert (done.returncode, done.stderr) == (0, "")
    ElementTree.fromstring(done.stdout)
    assert not re.search(r"<script|\b(href|src)=|url\((?!#)|http", done.stdout)


def test_a_week_is_told_day_by_day(desk: str, tmp_path: Path) -> None:
    # By Sunday it asks more than the usual budget of a minute has room for.
    config = tmp_path / "config.toml"
    token = 'token = { env = "TOKEN_OF_THE_DESK" }'
    config.write_text(f'[refresh]\nbudget = 3000\n[environments.onprem]\nurl = "{desk}"\n{token}\n')
    env = {**os.environ, "TOKEN_OF_THE_DESK": token_of("onprem")}
    done = ran("report", "onprem/2", "--week", "--format", "markdown", "--config", str(config), env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "| day |" in done.stdout


def test_a_snapshot_tells_what_a_report_has_kept(desk: str) -> None:
    def service_of() -> dict[str, object]:
        done = ran("snapshot", "--format", "json", env=asking(desk, "onprem", 2))
        (account,) = json.loads(done.stdout)["accounts"]
        service = account["service"]
        assert [*service] == [*account["inboxes"][0]["service"]] == [*account["teams"][0]["service"]]
        assert isinstance(service, dict)
        return service

    before = service_of()
    assert {before[name] for name in ("arrived", "level", "coverage", "as_of")} == {None}
    done = run(desk, "--format", "json")
    assert done.returncode == 0
    (account,) = json.loads(done.stdout)["accounts"]
    told = service_of()
    assert told["of"] == account["day"]
    kept = [row["service"] for row in account["intervals"] if told["as_of"] and is_before(row["start"], told)]
    assert told["arrived"] == (sum(row["arrived"] for row in kept) if kept else None)


def is_before(start: str, told: dict[str, object]) -> bool:
    """Whether an interval began before what is told ends."""
    return datetime.fromisoformat(start) < datetime.fromisoformat(str(told["as_of"]))


@pytest.mark.parametrize(
    "words",
    [
        ["--day", "2999-01-01"],
        ["--week", "2999-01-01"],
        ["--week", "--day", "today"],
        ["--format", "pdf"],
        ["elsewhere/1"],
    ],
)
def test_what_it_is_asked_wrongly_is_told_in_a_sentence(words: list[str], desk: str) -> None:
    done = run(desk, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


def test_a_server_that_is_not_there_leaves_it_incomplete() -> None:
    done = run("http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
