"""The exporter as installed: what it serves over TCP, how it begins, and how it ends."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest

from tests.architecture.project import ROOT
from tests.installed import COMMAND, PATIENCE, asking, ran
from tests.security.server import served
from tui.identity import ScopeKind
from tui.output.openmetrics import NAMES
from tui.output.service_metrics import SERIES
from tui.simulator.demo import token_of

parser = pytest.importorskip("prometheus_client.openmetrics.parser")

SPEED = "20"
ACCEPT = "application/openmetrics-text"
GAUGES = {
    name
    for (kind, _), name in NAMES.items()
    if kind is not ScopeKind.AGENT and not name.endswith("over_target")
} - {
    f"liveagent_inbox_{name}"
    for name in (
        "queued", "pending", "snoozed", "resolved", "today", "resolutions",
        "avg_first_response_seconds", "avg_resolution_seconds",
    )
}  # fmt: skip
"""What is served of an account without a target, and of inboxes without a call for each figure."""
SERVICE = {name for name in SERIES if name.endswith(("_total", "_bucket", "_sum", "_count"))}
"""What is counted of service level: it takes no target, and not all of the day."""

Page = dict[tuple[str, frozenset[tuple[str, str]]], float]


def at(address: str, token: str | None = None) -> dict[str, str]:
    return asking(address, "trial", 12345, token)


def hurried() -> list[str]:
    return [sys.executable, "-m", "tests.terminal.hurried", SPEED, str(time.time())]


class Exporter:
    """A running exporter."""

    def __init__(self, process: "subprocess.Popen[str]", url: str, complaints: list[str]) -> None:
        self.process = process
        self.url = url
        self.complaints = complaints

    def text(self, accept: str = ACCEPT) -> str:
        request = urllib.request.Request(self.url, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def page(self) -> Page:
        families = parser.text_string_to_metric_families(self.text())
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }

    def wait_for(self, holds: Callable[[Page], bool]) -> Page:
        """The first page of which that holds."""
        end = time.monotonic() + PATIENCE
        pause = threading.Event()
        while True:
            page = self.page()
            if holds(page):
                return page
            assert time.monotonic() < end, sorted((GAUGES | SERVICE) - names(page))
            pause.wait(0.1)


def names(page: Page) -> set[str]:
    return {name for name, _ in page}


def up(page: Page) -> set[float]:
    return {value for (name, _), value in page.items() if name == "liveagent_up"}


@contextlib.contextmanager
def exporting(
    *words: str, env: Mapping[str, str] | None = None, command: Sequence[str] = (COMMAND,)
) -> Iterator[Exporter]:
    """The exporter at a free port, ended at the end."""
    process = subprocess.Popen(
        [*command, "metrics", "--listen", "127.0.0.1:0", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=env,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        said: list[str] = []
        reader = threading.Thread(target=_read, args=(process.stderr, said), daemon=True)
        reader.start()
        try:
            line = process.stdout.readline()
            assert line.startswith("Serving http://"), said
            yield Exporter(process, line.split()[1], said)
        finally:
            process.kill()
            reader.join(PATIENCE)


def _read(stream: IO[str], said: list[str]) -> None:
    said.extend(stream)


def test_every_figure_is_served_and_none_is_left_once_the_server_is_gone() -> None:
    with contextlib.ExitStack() as server:
        address = server.enter_context(served("trial"))
        with exporting(env=at(address), command=hurried()) as exporter:
            page = exporter.wait_for(lambda page: not (GAUGES | SERVICE) - names(page))
            assert up(page) == {1.0}
            told = {(name, dict(labels).get("name")) for name, labels in page}
            assert ("liveagent_account_info", "Support EU") in told
            assert token_of("trial") not in exporter.text()
            server.close()
            page = exporter.wait_for(lambda page: not names(page) & {*NAMES.values(), *SERIES})
            assert up(page) == {0.0}
            own = {name: value for (name, _), value in page.items() if name.startswith("liveagent_")}
            assert [name for name, value in own.items() if not value] == ["liveagent_up"]
            assert "liveagent_asked_timestamp_seconds" not in own
    assert exporter.complaints[0].startswith("127.0.0.1: ")
    assert not list(Path.home().rglob("*.toml"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_at_once_and_says_nothing(number: signal.Signals, code: int) -> None:
    with served("trial") as address, exporting(env=at(address)) as exporter:
        exporter.wait_for(lambda page: up(page) == {1.0})
        assert "liveagent_open{" in exporter.text("text/plain")
        exporter.process.send_signal(number)
        assert exporter.process.wait(PATIENCE) == code
    assert exporter.complaints == []


def test_the_demo_needs_neither_config_nor_network() -> None:
    with exporting("--demo") as exporter:
        page = exporter.wait_for(lambda page: up(page) == {1.0})
    assert {dict(labels)["environment"] for name, labels in page if name == "liveagent_up"} == {
        "trial", "app", "onprem",
    }  # fmt: skip


def test_a_refused_token_is_a_sentence_and_asked_for_again() -> None:
    with served("trial") as address, exporting(env=at(address, "a-token-that-is-wrong")) as exporter:
        end = time.monotonic() + PATIENCE
        while not exporter.complaints:
            assert time.monotonic() < end
            threading.Event().wait(0.1)
        assert up(exporter.page()) == {0.0}
        assert exporter.process.poll() is None
    assert "token" in exporter.complaints[0]
    assert "a-token-that-is-wrong" not in "".join(exporter.complaints)


def test_a_port_in_use_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = ran("metrics", "--demo", "--listen", where)
    assert done.returncode == 2
    assert done.stderr == f"Nothing can be served at {where}: Address already in use.\n"


def test_without_a_config_there_is_nothing_to_ask() -> None:
    done = ran("metrics")
    assert done.returncode == 2
    assert "liveagent-tui config add" in done.stderr


@pytest.mark.parametrize("source", ['file = "/nowhere/at/all"', 'command = ["false"]'])
def test_a_token_that_is_nowhere_is_a_sentence(tmp_path: Path, source: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[environments.desk]\nurl = "https://liveagent.example"\ntoken = {{ {source} }}\n'
        "accounts = [{ id = 1 }]\n"
    )
    done = ran("metrics", "--listen", "127.0.0.1:0", "--config", str(config))
    first, last = done.stderr.splitlines()
    assert done.returncode == 2
    assert first.startswith("desk: ")
    assert "Press" not in first
    assert last == "No environment has a token to ask with."


def test_an_address_that_is_not_this_machine_s_is_a_sentence() -> None:
    done = ran("metrics", "--demo", "--listen", "192.0.2.1:0")
    assert done.returncode == 2
    assert done.stderr.startswith("Nothing can be served at 192.0.2.1:0: ")
