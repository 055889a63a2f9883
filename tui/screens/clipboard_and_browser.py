"""What leaves the program for the person's own clipboard or browser."""

import os
import sys
from typing import Any

from textual.app import App

from tui.identity import AccountRef
from tui.screens.context import Context
from tui.terminal import browser, clipboard


async def copied(app: App[Any], text: str) -> str:
    """Copy `text`; a few words say where it went, as `sent to the terminal`."""
    return await clipboard.copy(text, lambda _: app.copy_to_clipboard(text), os.environ)


async def opened(app: App[Any], address: str) -> str:
    """Open `address` in a browser, or copy it where there is no desktop; a few words say which."""
    if await browser.open_address(address, os.environ, sys.platform):
        return "opened in the browser"
    return await copied(app, address)


def web_address(context: Context, ref: AccountRef, conversation_id: int) -> str:
    """Where the web application shows a conversation; empty where the environment is not in the config."""
    environment = context.config.environment(ref.environment)
    if environment is None:
        return ""
    return f"{environment.url.rstrip('/')}/app/accounts/{ref.account_id}/conversations/{conversation_id}"
