"""The one-shot as installed: its options, its exit codes, and how it ends."""

import json
import os
import signal
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
def address() -> Iterator[str]:
    with served("trial") as found:
        yield found


def environment(address: str, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "LIVEAGENT_URL": address,
        "LIVEAGENT_TOKEN": token_of("trial"),
        "LIVEAGENT_ACCOUNT": "12345",
    }


def ran(address: str, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [COMMAND, "snapshot", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(address, home),
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def test_only_what_is_named_is_told(address: str, tmp_path: Path) -> None:
    done = ran(address, tmp_path, "--figures", "unassigned,team:longest", "--format", "json")
    assert done.returncode == 0, done.stderr
    (account,) = json.loads(done.stdout)["accounts"]
    assert list(account["figures"]) == ["unassigned"]
    assert {tuple(one["figures"]) for one in account["teams"]} == {("longest",)}


@pytest.mark.parametrize(("condition", "code"), [("open >= 0", 3), ("open < 0", 0), ("open > soon", 2)])
def test_a_condition_is_the_exit_code(address: str, tmp_path: Path, condition: str, code: int) -> None:
    done = ran(address, tmp_path, "--figures", "open", "--fail-if", condition, "--format", "csv")
    assert done.returncode == code
    assert ("trial" in done.stdout or "open" in done.stdout) is (code != 2)


def test_without_a_history_there_is_nothing_to_tell(address: str, tmp_path: Path) -> None:
    done = ran(address, tmp_path, "--from-history")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nothing is recorded yet" in done.stderr


def test_watching_goes_on_until_it_is_ended(address: str, tmp_path: Path) -> None:
    watching = subprocess.Popen(
        [COMMAND, "snapshot", "--figures", "open", "--watch", "5"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(address, tmp_path),
    )
    with watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        line = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        assert watching.wait(PATIENCE) == 130
        assert watching.stderr.read() == ""
    assert line["accounts"][0]["figures"]["open"]["state"] == "live"
