"""The command as it is installed, run beside a test; every test gives it a home of its own (conftest.py)."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.simulator.demo import token_of

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
PATIENCE = 120.0


def asking(address: str, environment: str, account: int, token: str | None = None) -> dict[str, str]:
    """The variables of a command that asks one account of a demo environment served at `address`."""
    return {
        **os.environ,
        "LIVEAGENT_URL": address,
        "LIVEAGENT_TOKEN": token or token_of(environment),
        "LIVEAGENT_ACCOUNT": str(account),
    }


def ran(*words: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """The command, run to its end; whatever it came to, it showed no traceback."""
    done = subprocess.run(
        [COMMAND, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=env,
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done
