"""The line that a time of the past is typed into, and what is wrong with it below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.screens.dashboard.time_input import EXAMPLES, MomentError, parse_moment
from tui.widgets.lines import LineView
from tui.widgets.parts import Part

HereAndNow = Callable[[], tuple[float, tzinfo]]
"""Tells the Unix time, and the contact centre's zone."""


def open_prompt(screen: Screen[Any], here_and_now: HereAndNow, *, above: Widget) -> None:
    """Open the line on a screen, `above` one of its widgets; it is made the first time."""
    prompt = next(iter(screen.query(MomentPrompt)), None)
    if prompt is None:
        prompt = MomentPrompt(here_and_now)
        screen.mount(prompt, before=above)
    prompt.open()


class MomentInput(Input):
    """The line a time is typed into."""

    BINDINGS = [("escape", "close", "close")]

    class Closed(Message):
        """The line was given up."""

    def action_close(self) -> None:
        """Give it up."""
        self.post_message(self.Closed())


class MomentPrompt(Vertical):
    """The line, with what is wrong with what was typed below it."""

    @dataclass
    class Chosen(Message):
        """A time was typed, and understood."""

        wall: float

    def __init__(self, here_and_now: HereAndNow) -> None:
        super().__init__(id="moment-prompt")
        self.input = MomentInput(id="moment", compact=True, placeholder=f"go to a time: {EXAMPLES}")
        self.input.cursor_blink = False
        self.told = LineView(id="moment-told")
        self._here_and_now = here_and_now
        self._focus_before: Widget | None = None

    def open(self) -> None:
        """Show it, empty."""
        if not self.input.is_attached:
            self.mount(self.input, self.told)
        if self.screen.focused is not self.input:
            self._focus_before = self.screen.focused
        self.add_class("-open")
        self.input.value = ""
        self._say("")
        self.input.focus()

    def _close(self) -> None:
        self.remove_class("-open")
        if self._focus_before is not None:
            self._focus_before.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell the time that was typed, or say what is wrong with it."""
        event.stop()
        try:
            wall = parse_moment(event.value, *self._here_and_now())
        except MomentError as error:
            self._say(str(error))
            return
        self._close()
        self.post_message(self.Chosen(wall))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being mended."""
        event.stop()
        self._say("")

    def on_moment_input_closed(self, event: MomentInput.Closed) -> None:
        """Leave everything as it was."""
        event.stop()
        self._close()

    def _say(self, sentence: str) -> None:
        hint = " in the contact centre's time; enter goes there, escape cancels"
        self.told.set_lines([[Part(f" {sentence}", "warning")] if sentence else [Part(hint, "dim")]])
