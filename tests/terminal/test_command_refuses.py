"""The installed command where it can't open its screen: a plain sentence, exit code 2, no traceback."""

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
