"""Copies text for the person at the terminal, and says no more than is known of it."""

import asyncio
import base64
import contextlib
from collections.abc import Callable, Mapping, Sequence

from tui.redact import child_environ

LIMIT = 50_000
"""Bytes of text; terminals silently drop longer ones."""

SENT = "sent to the terminal"
IN_TMUX = "copied to tmux"
TOO_LONG = "too long to copy"


async def copy(text: str, write: Callable[[str], None], environ: Mapping[str, str]) -> str:
    """Hand `text` to tmux or, by `write`, to the terminal (OSC 52); a few words say which.

    Whether the terminal put it in its clipboard can't be known, so "copied" is never said.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > LIMIT:
        return TOO_LONG
    if environ.get("TMUX"):
        # -w hands it on to the outer terminal's clipboard; tmux before 3.2 doesn't know it.
        for command in (("tmux", "load-buffer", "-w", "-"), ("tmux", "load-buffer", "-")):
            if await run(command, data) is not None:
                return IN_TMUX
    write(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
    return SENT


async def run(command: Sequence[str], data: bytes = b"", *, patience: float = 2.0) -> str | None:
    """What `command` prints when given `data`; None if it fails or takes over `patience` seconds."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environ(),
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(patience):
            printed, _ = await process.communicate(data)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return None
    return printed.decode("utf-8", "replace") if process.returncode == 0 else None
