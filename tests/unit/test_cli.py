"""The command line: which options may stand where, and what a wrong one is told."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli import main
from tui.private_files import write_private

FLOOD = """
from tui.output.stdout import emit, open_streams
open_streams()
assert emit("x" * 300_000)
"""
WINDOWS = """
import sys
sys.platform = "win32"
for name in ("termios", "fcntl", "pty", "tty", "resource", "pwd"):
    sys.modules[name] = None
from tui import cli
for words in ("", "--version", "--demo", "snapshot", "check", "config path", "history info", "demo --serve"):
    assert cli.main(words.split()) == 2, words
"""

COMMANDS = (
    ["config", "path"],
    ["config", "show"],
    ["config", "check"],
    ["check", "--json"],
    ["history", "info"],
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_private(tmp_path / "other.toml", b"[history]\nsize = 3\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_config_may_be_named_before_a_command_and_after_it(
    command: list[str], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for arguments in (
        ["--config", str(file), *command],
        [f"--config={file}", *command],
        [*command, "--config", str(file)],
        [command[0], f"--config={file}", *command[1:]],
    ):
        assert main(arguments) == 0
        said.append("".join(capsys.readouterr()))
    # Others write to the disk meanwhile.
    assert len({re.sub(r"[\d\u202f]+ MB free", "", text) for text in said}) == 1
    if command[0] == "check":
        assert json.loads(said[0])[0]["words"] == str(file)
    elif command[0] == "config" and command[1] != "check":
        assert str(file) in said[0]


def test_a_config_that_is_not_there_is_told_wherever_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.toml")
    for arguments in (["--config", missing, "snapshot"], ["snapshot", "--config", missing]):
        assert main(arguments) == 2
        assert missing in "".join(capsys.readouterr())


@pytest.mark.parametrize("arguments", [["--config"], ["check", "--config"], ["--theme", "x", "--config"]])
def test_a_config_without_a_name_is_an_argument_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "--config" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["snapshot", "check", "config", "history"])
def test_the_help_of_a_command_names_the_config(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "--config FILE" in capsys.readouterr().out


def test_output_waits_for_a_reader_of_a_pipe_that_does_not_wait() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    words = [sys.executable, "-c", FLOOD]
    with subprocess.Popen(words, stdout=writer) as flood, os.fdopen(reader, "rb") as read:
        os.close(writer)
        assert len(read.read()) == 300_000
    assert flood.returncode == 0


def test_windows_is_told_of_wsl_by_every_command() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WINDOWS], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""
    sentences = set(run.stderr.splitlines())
    assert len(sentences) == 1
    assert "WSL" in sentences.pop()
