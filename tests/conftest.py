"""Fixtures every layer shares: no test reads or writes this user's own files and settings."""

import os
from pathlib import Path

import pytest
from textual import _wait

# Textual's pilot looks every 20 ms whether the process is idle; a quarter of all the time went by in that.
_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 20

OURS = ("LIVEAGENT_", "XDG_")
THEIRS = {"NO_COLOR", "COLORTERM", "TMUX", "SSH_TTY", "SSH_CONNECTION", "CI"}


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(OURS) or name in THEIRS or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".state"), ("DATA", ".data"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    return home
