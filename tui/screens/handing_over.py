"""What leaves the program for the person's own clipboard or browser."""

import os
import sys
from typing import Any

from textual.app import App

from tui.terminal import browser, clipboard


async def copied(app: App[Any], text: str) -> str:
    """Copy `text`; a few words say where it went, as `sent to the terminal`."""
    return await clipboard.copy(text, lambda _: app.copy_to_clipboard(text), os.environ)


async def opened(app: App[Any], address: str) -> str:
    """Open `address` in a browser, or copy it where there is no desktop; a few words say which."""
    if await browser.open_address(address, os.environ, sys.platform):
        return "opened in the browser"
    return await copied(app, address)
