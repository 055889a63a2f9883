"""The installed command's `report` against a simulated installation over TCP."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.server import served
from tui.simulator.demo import token_of

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
PATIENCE = 120.0


@pytest.fixture(scope="module")
def desk() -> Iterator[str]:
    with served("onprem") as address:
        yield address


def run(url: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "XDG_DATA_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LIVEAGENT_URL": url,
        "LIVEAGENT_TOKEN": token_of("onprem"),
        "LIVEAGENT_ACCOUNT": "2",
    }
    ran = subprocess.run(
        [COMMAND, "report", *words], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert "Traceback" not in ran.stderr
    assert token_of("onprem") not in ran.stdout + ran.stderr
    return ran


def test_it_prints_data_alone_and_says_by_its_code_that_all_is_known(desk: str, tmp_path: Path) -> None:
    ran = run(desk, tmp_path, "--format", "json")
    assert (ran.returncode, ran.stderr) == (0, "")
    (account,) = json.loads(ran.stdout)["accounts"]
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
    assert (tmp_path / "liveagent-tui" / "history.sqlite3").exists()


@pytest.mark.parametrize("words", [["--day", "2999-01-01"], ["--format", "pdf"], ["elsewhere/1"]])
def test_what_it_is_asked_wrongly_is_told_in_a_sentence(words: list[str], desk: str, tmp_path: Path) -> None:
    ran = run(desk, tmp_path, *words)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr


def test_a_server_that_is_not_there_leaves_it_incomplete(tmp_path: Path) -> None:
    ran = run("http://127.0.0.1:9", tmp_path)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
