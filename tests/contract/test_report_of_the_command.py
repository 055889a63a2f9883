"""The installed command's `report` against a simulated installation over TCP."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
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


def test_a_week_is_told_day_by_day(desk: str) -> None:
    done = run(desk, "--week", "--format", "markdown")
    assert (done.returncode, done.stderr) == (0, "")
    assert "| day |" in done.stdout


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
