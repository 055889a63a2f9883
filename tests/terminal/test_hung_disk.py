"""The installed command with a disk that never answers: it paints, asks and ends all the same."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.server import served
from tests.terminal import hung_disk
from tests.terminal.pty_harness import PtyProgram
from tui import paths
from tui.simulator.demo import token_of

SECONDS = 60
CONFIG = """
start = "desk"
[environments.desk]
url = "{url}"
token = {{ env = "T" }}
"""
FOLDERS = {"state": paths.state_dir, "config": lambda: paths.config_file().parent, "logs": paths.log_dir}


def command(folder: Path, flag: Path, *words: str) -> list[str]:
    return [sys.executable, hung_disk.__file__, str(folder), str(flag), *words]


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    return tmp_path / "hangs"


def configured(url: str) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text(CONFIG.format(url=url))
    file.chmod(0o600)


@pytest.mark.parametrize("end", ["q", signal.SIGTERM], ids=["q", "SIGTERM"])
def test_a_state_that_never_answers_keeps_nobody_waiting(
    end: str | signal.Signals, flag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag.touch()
    monkeypatch.setenv("T", token_of("onprem"))
    with served("onprem") as url:
        configured(url)
        with PtyProgram(command(paths.state_dir(), flag), size=(120, 40)) as program:
            program.wait_for("as of", SECONDS)
            if isinstance(end, str):
                program.press(end)
            else:
                program.signal(end)
            assert program.exit_code(20) == (0 if isinstance(end, str) else 128 + end)
            assert program.modes.restored


@pytest.mark.parametrize("which", FOLDERS)
def test_a_disk_that_stops_answering_keeps_nobody_from_leaving(
    which: str, flag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T", token_of("onprem"))
    with served("onprem") as url:
        configured(url)
        words = command(FOLDERS[which](), flag, "--log-level", "debug")
        with PtyProgram(words, size=(120, 40)) as program:
            program.wait_for("as of", SECONDS)
            flag.touch()
            program.press("a", "s", ",")
            program.wait_for("Settings", SECONDS)
            program.press("escape")
            program.wait_until_gone("Settings", SECONDS)
            program.wait_for("Conversations", SECONDS)
            program.press("q")
            assert program.exit_code(20) == 0
            assert program.modes.restored


@pytest.mark.parametrize(
    "words",
    [[], ["config", "check"], ["check"], ["snapshot"], ["config", "add", "trial", "--token-env", "T"]],
    ids=lambda words: "-".join(words[:2]) or "monitor",
)
def test_a_config_that_never_answers_is_a_sentence(words: list[str], flag: Path) -> None:
    flag.touch()
    configured("http://127.0.0.1:9")
    run = subprocess.run(
        command(paths.config_file().parent, flag, *words),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert "answer within" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert run.returncode == 2
