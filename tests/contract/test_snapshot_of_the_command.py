"""The one-shot as installed: its options, its exit codes, and how it ends."""

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.installed import COMMAND, PATIENCE, asking, ran
from tests.security.server import served


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served("trial") as url:
        yield url


def snapshot(address: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return ran("snapshot", *words, env=asking(address, "trial", 12345))


def test_only_what_is_named_is_told(address: str) -> None:
    done = snapshot(address, "--figures", "unassigned,team:longest", "--format", "json")
    (account,) = json.loads(done.stdout)["accounts"]
    assert list(account["figures"]) == ["unassigned"]
    assert {tuple(team["figures"]) for team in account["teams"]} == {("longest",)}
    # Four pages do not always tell the longest wait of each team, and the exit code says so.
    unknown = any(team["figures"]["longest"]["value"] is None for team in account["teams"])
    assert done.returncode == int(unknown), done.stderr


@pytest.mark.parametrize(("condition", "code"), [("open >= 0", 3), ("open < 0", 0), ("open > soon", 2)])
def test_a_condition_is_the_exit_code(address: str, condition: str, code: int) -> None:
    done = snapshot(address, "--figures", "open", "--fail-if", condition, "--format", "csv")
    assert done.returncode == code
    assert ("trial" in done.stdout or "open" in done.stdout) is (code != 2)


def test_without_a_history_there_is_nothing_to_tell(address: str) -> None:
    done = snapshot(address, "--from-history")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nothing is recorded yet" in done.stderr


def test_watching_goes_on_until_it_is_ended(address: str) -> None:
    watching = subprocess.Popen(
        [COMMAND, "snapshot", "--figures", "open", "--watch", "5"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=asking(address, "trial", 12345),
    )
    with watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        line = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        assert watching.wait(PATIENCE) == 130
        assert watching.stderr.read() == ""
    assert line["accounts"][0]["figures"]["open"]["state"] == "live"
