"""The installed command where it can't open its screen: a plain sentence, exit code 2, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
CONFIG = """
[environments.trial]
url = "https://liveagent-trial.cognigy.ai"
token = { env = "TRIAL_TOKEN" }

[environments.app]
url = "https://liveagent-app.cognigy.ai"
token = { env = "APP_TOKEN" }
"""
BROKEN = """
[refresh]
evry = 15
budget = "many"

[environments.trial]
url = "liveagent trial"
"""


def refused(*words: str) -> str:
    """What the command says on standard error, once it has refused as it should."""
    run = subprocess.run(
        [COMMAND, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    return run.stderr


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    told = refused("--demo")
    assert "terminal" in told
    assert "liveagent-tui snapshot" in told


ADDRESS = "https://liveagent-trial.cognigy.ai/app/accounts/12345/dashboard"


def without_a_terminal(tmp_path: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run by a service: no terminal is open, and none is the session's."""
    return subprocess.run(
        [COMMAND, *words],
        env={"HOME": str(tmp_path), "PATH": os.defpath, "TERM": "xterm", "XDG_CONFIG_HOME": str(tmp_path)},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )


def test_where_no_screen_can_open_no_token_is_asked_for(tmp_path: Path) -> None:
    run = without_a_terminal(tmp_path, ADDRESS, typed="a-token-for-nothing\n")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "liveagent-tui: output is not a terminal. For scripts: liveagent-tui snapshot\n"


def test_where_nobody_can_type_a_token_may_be_handed_over(tmp_path: Path) -> None:
    run = without_a_terminal(tmp_path, "config", "add", "trial")
    assert run.returncode == 2
    assert run.stderr == "error: no token was typed, and nothing was changed\n"
    run = without_a_terminal(tmp_path, "config", "add", "trial", typed="a-token-by-a-pipe\n")
    assert (run.returncode, run.stderr) == (0, "")
    kept = tmp_path / "liveagent-tui" / "tokens" / "trial"
    assert kept.read_text(encoding="utf-8").strip() == "a-token-by-a-pipe"


def test_an_environment_nobody_knows_is_answered_with_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAL_TOKEN", "a-token-of-trial")
    monkeypatch.setenv("APP_TOKEN", "a-token-of-app")
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    told = refused("nosuch", "--config", str(config))
    assert '"nosuch"' in told
    assert "trial, app" in told


def test_every_problem_of_a_config_is_told_at_once(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(BROKEN, encoding="utf-8")
    told = refused("--config", str(config))
    for words in ("evry", "budget", "url", f"{config}:3", f"{config}:4", f"{config}:7"):
        assert words in told, told
