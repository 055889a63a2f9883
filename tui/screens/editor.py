"""The person's own editor on the terminal, while the monitor stands aside."""

import asyncio
import contextlib
import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from tui.config.secrets import Lend
from tui.config.token_command import has_terminal
from tui.redact import child_environ
from tui.terminal.textual_private import driver_of
from tui.text import excerpt

FALLBACKS = ("nano", "vi")


class NoEditorError(Exception):
    """The file can't be edited here; the text says why and what to do."""


def editor_of(environ: Mapping[str, str]) -> list[str]:
    """The command of `$VISUAL`, `$EDITOR`, or an editor that is there; raises NoEditorError."""
    given = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip()
    if not given:
        fallback = next((name for name in FALLBACKS if shutil.which(name, path=environ.get("PATH"))), None)
        if fallback is None:
            raise NoEditorError("There is no editor. Name one: export EDITOR=…, then start again.")
        return [fallback]
    try:
        words = shlex.split(given)
    except ValueError:
        words = []
    if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
        raise NoEditorError(f'The editor "{excerpt(given, 60)}" of $EDITOR is not there. Name another one.')
    return words


def lend_of(app: App[Any]) -> Lend | None:
    """How the terminal is lent to a token's command; None where it is not ours to lend."""
    driver = driver_of(app)
    if driver is None or not driver.can_suspend or not has_terminal():
        return None
    return app.suspend


async def edit(app: App[Any], file: Path) -> None:
    """Lend the terminal to the editor until it ends; raises NoEditorError."""
    command = [*editor_of(os.environ), str(file)]
    try:
        with app.suspend():
            try:
                process = await asyncio.create_subprocess_exec(*command, env=child_environ())
            except OSError as error:
                raise NoEditorError(f"{command[0]} can't be run: {error.strerror}.") from error
            try:
                await process.wait()
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.terminate()
    except SuspendNotSupported:
        raise NoEditorError(f"The terminal can't be lent to an editor here. Edit {file} yourself.") from None
