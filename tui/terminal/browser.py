"""Opens a web address in the browser of the desktop the person sits at, if that is this machine's."""

import asyncio
import shutil
import subprocess
from collections.abc import Mapping

from tui.redact import child_environ

PATIENCE = 2.0
"""Seconds an opener may take to fail; one that still runs then has started a browser."""

_running: list[subprocess.Popen[bytes]] = []


def opener(environ: Mapping[str, str], platform: str) -> str | None:
    """The command that opens an address here; None over SSH and where there is no desktop."""
    if environ.get("SSH_TTY") or environ.get("SSH_CONNECTION"):
        return None
    if platform == "darwin":
        return shutil.which("open", path=environ.get("PATH"))
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return None
    return shutil.which("xdg-open", path=environ.get("PATH"))


async def open_address(
    address: str, environ: Mapping[str, str], platform: str, *, patience: float = PATIENCE
) -> bool:
    """Open an http(s) address; False where that is not possible. No shell, nothing is waited for long."""
    command = opener(environ, platform)
    if command is None or not address.startswith(("https://", "http://")):
        return False
    return await asyncio.to_thread(_start, [command, address], child_environ(environ), patience)


def _start(command: list[str], environ: dict[str, str], patience: float) -> bool:
    _running[:] = [process for process in _running if process.poll() is None]
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the address begins with http
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environ,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(patience) == 0
    except subprocess.TimeoutExpired:
        # Some openers stay until the browser ends: they are left alone, even when this program ends.
        _running.append(process)
        return True
