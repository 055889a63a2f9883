"""An address is opened where the person sits, without a shell, and nothing waits for the browser."""

import stat
from pathlib import Path

import pytest

from tui.terminal.browser import open_address, opener

DESKTOP = {"DISPLAY": ":0"}


def command(folder: Path, name: str, body: str) -> dict[str, str]:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {**DESKTOP, "PATH": str(folder)}


@pytest.mark.parametrize("name", ["SSH_TTY", "SSH_CONNECTION"])
def test_nothing_is_opened_on_the_far_side_of_ssh(name: str, tmp_path: Path) -> None:
    environ = command(tmp_path, "xdg-open", "exit 0")
    assert opener(environ, "linux") == str(tmp_path / "xdg-open")
    assert opener({**environ, name: "1"}, "linux") is None


def test_nothing_is_opened_without_a_desktop(tmp_path: Path) -> None:
    environ = command(tmp_path, "xdg-open", "exit 0")
    del environ["DISPLAY"]
    assert opener(environ, "linux") is None


async def test_the_address_is_one_argument_and_no_shell_reads_it(tmp_path: Path) -> None:
    environ = command(tmp_path, "xdg-open", f'printf %s "$1" > {tmp_path}/seen')
    address = "https://host.example/a?b=$(touch x)&c='d'"
    assert await open_address(address, environ, "linux")
    assert (tmp_path / "seen").read_text() == address


async def test_a_failing_opener_is_told(tmp_path: Path) -> None:
    assert not await open_address("https://a.example", command(tmp_path, "xdg-open", "exit 3"), "linux")


async def test_only_web_addresses_are_opened(tmp_path: Path) -> None:
    environ = command(tmp_path, "open", "exit 0")
    assert not await open_address("file:///etc/passwd", environ, "darwin")
    assert await open_address("http://localhost:3000/app", environ, "darwin")


async def test_an_opener_that_stays_is_not_waited_for(tmp_path: Path) -> None:
    environ = command(tmp_path, "xdg-open", "exec /bin/sleep 2")
    assert await open_address("https://a.example", environ, "linux", patience=0.05)
