"""The token is in one place only: the file of its own. Every byte written anywhere is searched."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tui.simulator.demo import token_of

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
TOKEN = token_of("onprem")
PATIENCE = 120.0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("onprem") as address:
        yield address


def on_screen(program: PtyProgram) -> str:
    return "\n".join(program._terminal.lines())


def holding(folder: Path, secret: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def test_a_typed_token_is_in_its_own_file_and_nowhere_else(url: str) -> None:
    argv = [COMMAND, "--log-level", "debug", f"{url}/app/accounts/2/dashboard"]
    with PtyProgram(argv, size=(120, 40)) as program:
        program.wait_for("not shown", PATIENCE)
        program.write(TOKEN + "\r")
        program.wait_for("Service Desk", PATIENCE)
        program.wait_for("as of", PATIENCE)
        program.wait_for("Teams 4 ", PATIENCE)
        program.press("i")
        program.wait_for("$LIVEAGENT_TOKEN", PATIENCE)
        program.press("y", "i")
        program.wait_for(lambda seen: "$LIVEAGENT_TOKEN" not in on_screen(seen), PATIENCE)
        program.press("K")
        program.wait_for("config.toml", PATIENCE)
        for key, title in (("?", "Next account"), ("c", "of this range"), ("x", "Alerts"), (",", "Settings")):
            program.press(key)
            program.wait_for(title, PATIENCE)
            program.press("q")
            program.wait_for("go to", PATIENCE)
        pid = program.pid
        for name in ("cmdline", "environ"):
            assert TOKEN.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()
        program.wait_for("Service Desk", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        shown = program.raw
    assert TOKEN.encode() not in shown
    (kept,) = holding(Path.home(), TOKEN)
    assert kept.parent.name == "tokens"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    logs = list(Path.home().rglob("*.log"))
    assert logs, "the log was asked for"
    assert "conversations/meta" in logs[0].read_text()


def test_what_the_program_writes_is_for_its_owner_alone(url: str) -> None:
    env = {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": TOKEN, "LIVEAGENT_ACCOUNT": "2"}
    old = os.umask(0)
    try:
        with PtyProgram([COMMAND, "--log-level", "info"], size=(80, 24), env=env) as program:
            program.wait_for("Service Desk", PATIENCE)
            program.wait_for("as of", PATIENCE)
            program.press("q")
            assert program.exit_code(PATIENCE) == 0
    finally:
        os.umask(old)
    written = [path for path in Path.home().rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert holding(Path.home(), TOKEN) == []
