"""Screens that lie over another one: each closes once and is opened once, however fast the keys come.

Two presses of a key may have been sent to a screen before it had done what the first one says.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.worker import Worker

from tui.terminal.textual_private import NewestSize, WholeFrames


class Layer(NewestSize, WholeFrames, Screen[ScreenResultType]):
    """A screen that closes itself only while it is the one in front."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with `result`; what is closed, or covered by another screen, stays as it is."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def run_latest(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run `work` in the background, and end what still runs under that name.

        It is told uncalled: a coroutine that is replaced before it began complains on stderr.
        """
        _: Worker[None] = self.run_worker(work, name=name, group=name, exclusive=True)

    def on_screen_suspend(self) -> None:
        """Let go of what it showed, unless it is merely covered, or has been opened again since."""
        if self not in self.app.screen_stack:
            self.let_go()

    def let_go(self) -> None:
        """It was closed: forget or stop what only an open one needs."""


class Box(Layer[ScreenResultType], ModalScreen[ScreenResultType]):
    """A layer that leaves the one below in view, and takes all keys."""


def push_layer(app: App[Any], name: str, callback: Callable[[Any], None] | None = None) -> None:
    """Put the installed screen called `name` in front, unless it is among those shown already."""
    if app.get_screen(name) not in app.screen_stack:
        app.push_screen(name, callback)
