"""The window's title while the program runs; the former one comes back afterwards."""

from collections.abc import Mapping
from typing import Protocol

from tui.terminal.plain import plain
from tui.text import safe_line

_SILENT = ("linux", "vt", "dumb", "cons25")


class Holder(Protocol):
    """A driver: sends `begin` now and whenever it takes the terminal, `end` when it gives it back."""

    def hold(self, name: str, begin: str, end: str) -> None:
        """Keep a lasting setting of the terminal under `name`; a former one of that name is replaced."""


class WindowTitle:
    """Sets the title through `holder`; nothing is sent to terminals without one."""

    def __init__(self, holder: Holder, environ: Mapping[str, str], *, ascii_only: bool = False) -> None:
        term = environ.get("TERM", "")
        self._able = bool(term) and not term.startswith(_SILENT)
        self._holder = holder
        self._ascii_only = ascii_only
        self._text = ""

    def set(self, text: str) -> None:
        """Show `text`, made safe and cut to 80 characters; the same text again sends nothing."""
        text = safe_line(text, limit=80)
        if self._ascii_only:
            text = plain(text)
        if not self._able or text == self._text:
            return
        if not self._text:
            self._holder.hold("title stack", "\x1b[22;2t", "\x1b[23;2t")
        # A terminal that does not stack titles is left with none rather than with ours.
        self._holder.hold("title", f"\x1b]2;{text}\x07", "\x1b]2;\x07")
        self._text = text
