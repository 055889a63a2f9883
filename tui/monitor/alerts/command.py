"""Runs the command of an alert: no shell, no token in its environment, and not for ever."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence

from tui.redact import child_environ
from tui.text import safe_line

SECONDS = 10.0
"""Seconds a command may take."""


async def run_command(command: Sequence[str], details: bytes, *, seconds: float = SECONDS) -> str:
    """Give `details` to `command` on its standard input; empty when it ended well, else a sentence.

    What it prints is thrown away. After `seconds` it is killed, with all that it started.
    """
    name = safe_line(command[0])
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environ(),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return (
            f'The alert command "{name}" could not be started: {getattr(error, "strerror", None) or error}.'
        )
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(details)
    except TimeoutError:
        return f'The alert command "{name}" took longer than {seconds:.0f} s and was stopped.'
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        return f'The alert command "{name}" ended with {process.returncode}.'
    return ""
