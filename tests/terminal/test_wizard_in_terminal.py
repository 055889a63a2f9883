"""The installed command in a terminal: from an empty home through the wizard to the figures; the editor."""

import contextlib
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram
from tui import paths
from tui.simulator.demo import token_of

COMMAND = Path(sys.executable).with_name("liveagent-tui")
SECONDS = 60


@pytest.fixture
def served() -> Iterator[str]:
    """The base URL of the simulator's trial environment, over TCP."""
    port = free_ports(3)
    process = subprocess.Popen(
        [str(COMMAND), "demo", "--serve", f"127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("trial: "), line
        yield line.split()[1]
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that nobody has."""
    while True:
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                for number in range(1, count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + number))
                return port


def type_into(program: PtyProgram, text: str, shown: str) -> None:
    """Paste, as people do, and wait until it stands there."""
    program.write(f"\x1b[200~{text}\x1b[201~")
    program.wait_for(shown, SECONDS)


def connect(program: PtyProgram, url: str) -> None:
    """The first two pages."""
    program.wait_for("step 1 of 3", SECONDS)
    type_into(program, f"{url}/app/accounts/12346/dashboard", "account 12346")
    program.press("enter")
    type_into(program, token_of("trial"), "•••••")
    program.press("enter")
    program.wait_for("✓ counts", SECONDS)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_from_an_empty_home_to_the_first_figures(served: str, size: tuple[int, int]) -> None:
    with PtyProgram([str(COMMAND)], size=size) as program:
        connect(program, served)
        assert token_of("trial") not in program.raw.decode(errors="replace")
        program.press("enter")
        program.wait_for("step 3 of 3", SECONDS)
        for _ in range(4):
            program.press("enter")
        program.wait_for("Support US · 12346", SECONDS)
        program.wait_for("as of", SECONDS)
        program.press("q")
        assert program.exit_code() == 0
        assert program.modes.restored
    (environment,) = tomllib.loads(paths.config_file().read_text())["environments"].values()
    assert environment["url"] == served


def test_after_a_wrong_token_the_next_one_is_hidden(served: str) -> None:
    with PtyProgram([str(COMMAND)], size=(80, 24)) as program:
        program.wait_for("step 1 of 3", SECONDS)
        type_into(program, f"{served}/app/accounts/12346/dashboard", "account 12346")
        program.press("enter")
        type_into(program, "no-token-of-anybody", "•••••")
        program.press("enter")
        program.wait_for("✗ token", SECONDS)
        program.press("escape")
        program.wait_for("step 1 of 3", SECONDS)
        type_into(program, token_of("trial"), "•••••")
        program.press("enter")
        program.wait_for("✓ counts", SECONDS)
        assert token_of("trial") not in program.raw.decode(errors="replace")
        program.press("ctrl+c")
        assert program.exit_code(20) == 0


def test_the_editor_has_the_terminal_and_gives_it_back(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\necho EDITING; read -r line\nprintf "\\n[display]\\ntheme = \\"drak\\"\\n" >> "$1"\n'
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("LA_TOKEN", token_of("trial"))
    config = paths.config_file()
    config.parent.mkdir(parents=True)
    config.write_text(f'[environments.trial]\nurl = "{served}"\ntoken = {{ env = "LA_TOKEN" }}\n')
    with PtyProgram([str(COMMAND)], size=(80, 24)) as program:
        program.wait_for("Support EU", SECONDS)
        program.press(",")
        program.wait_for("Settings", SECONDS)
        program.press("e")
        program.wait_for("EDITING", SECONDS)
        assert program.modes.restored
        time.sleep(0.3)
        assert "Settings" not in "\n".join(program.screen_lines())
        program.press("enter")
        program.wait_for("wrong in the config", SECONDS)
        program.wait_for('did you mean "dark"', SECONDS)
        program.press("escape")
        program.wait_until_gone("did you mean", SECONDS)
        program.press("escape")
        program.wait_for("Conversations", SECONDS)
        program.press("q")
        assert program.exit_code() == 0
        assert program.modes.restored
        assert program.settings() == program.settings_before


def test_ctrl_c_ends_the_wizard_and_nothing_is_left_behind() -> None:
    with PtyProgram([str(COMMAND)], size=(80, 24)) as program:
        program.wait_for("step 1 of 3", SECONDS)
        program.press("ctrl+c")
        assert program.exit_code() == 0
        assert program.modes.restored
    assert not paths.config_file().exists()
