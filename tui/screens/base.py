"""What all screens share: keys from the one table of actions, and figures redrawn as they age."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from tui import wording
from tui.actions import BY_NAME
from tui.config.file import Loaded
from tui.identity import AccountKey, AccountRef
from tui.screens.context import Context
from tui.widgets.layers import Layer

TICK, SHORT_TICK = 5.0, 1.0
"""Seconds between two looks at what has aged; the short one while ages are told in seconds."""
FIRST = ("redraw", "quit_now", "suspend_process")
SAID_FOR = 12.0
"""Seconds that words about what a key did stand in the status line."""


def bindings(*names: str) -> list[BindingType]:
    """The bindings of the named actions; an action runs the `action_…` method of its name.

    Those of the terminal itself come before everything else, so that no text field keeps them.
    """
    actions = [BY_NAME[name] for name in names]
    return [
        Binding(
            ",".join(action.keys),
            action.name,
            action.label,
            id=action.name,
            show=action.order > 0,
            priority=action.name in FIRST,
        )
        for action in actions
    ]


def keys_here(screen: Screen[Any]) -> dict[str, list[str]]:
    """The keys that work on `screen` just now, as people write them, by the names of their actions."""
    keys: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        if active.binding.id:
            keys.setdefault(active.binding.id, []).append(screen.app.get_key_display(active.binding))
    return keys


@dataclass
class SnapshotChanged(Message):
    """The store knows something new of an account; None stands for the list of accounts itself.

    Carries no change: the screen reads the store and compares with what it drew.
    """

    ref: AccountRef | None

    def can_replace(self, message: Message) -> bool:
        """A burst for one account is one redraw."""
        return isinstance(message, SnapshotChanged) and message.ref == self.ref


@dataclass
class ConfigChanged(Message):
    """The config was read again and is good; `ref` is what is to be shown now, None: what was."""

    loaded: Loaded
    ref: AccountRef | None = None


class MonitorScreen(Layer[None], inherit_bindings=False):
    """A screen that shows figures: it redraws on news, each few seconds as they age, and on the minute."""

    def __init__(self, context: Context, *, name: str) -> None:
        super().__init__(name=name)
        self.context = context
        self._said = "", 0.0
        self._to_draw = False
        self._was_in_front = False

    def say(self, words: str) -> None:
        """Tell in the status line what a key did, or why it did nothing."""
        self._said = words, self.context.clock.now() + SAID_FOR
        self.draw()

    @property
    def said(self) -> str:
        """What was said a moment ago; empty where that is over."""
        words, until = self._said
        return words if self.context.clock.now() < until else ""

    def copy_out(self, text: str, what: str) -> None:
        """Copy `text`, called `what`, and say what became of it."""
        self.run_latest(partial(self._copy_out, text, what), "copy")

    async def _copy_out(self, text: str, what: str) -> None:
        from tui.screens.clipboard_and_browser import copied  # Not before: by a key alone.

        self.say(f"{what} {await copied(self.app, text)}.")

    def open_in_web(self, ref: AccountRef, conversation_id: int) -> None:
        """Show a conversation in the browser, or copy its address where there is no desktop."""
        self.run_latest(partial(self._open_in_web, ref, conversation_id), "copy")

    async def _open_in_web(self, ref: AccountRef, conversation_id: int) -> None:
        from tui.screens.clipboard_and_browser import opened, web_address  # As `copied`.

        address = web_address(self.context, ref, conversation_id)
        outcome = await opened(self.app, address)
        self.say(f"{outcome.capitalize()}: {address}")

    def on_mount(self) -> None:
        """Start the heartbeat; it ends with the screen."""
        self.run_latest(self._beat, "heartbeat")

    async def _beat(self) -> None:
        clock = self.context.clock
        drawn, ages = clock.now(), -1
        while True:
            to_minute = 60 - clock.wall() % 60
            await clock.sleep(min(SHORT_TICK, to_minute + 0.01))
            due = clock.now() - drawn >= TICK - 0.01 or to_minute <= SHORT_TICK
            if self.is_current and (due or wording.ages_in_seconds.times != ages):
                ages, drawn = wording.ages_in_seconds.times, clock.now()
                self.draw()

    @on(events.ScreenResume)
    def _style_once(self, event: events.ScreenResume) -> None:
        # The first time all its widgets have just been styled, as they were made.
        event.refresh_styles = event.refresh_styles and self._was_in_front
        self._was_in_front = True

    def on_screen_resume(self) -> None:
        """Show at once what happened while another screen was in front."""
        self.draw()

    def on_snapshot_changed(self, event: SnapshotChanged) -> None:
        """Redraw; what did not change is not drawn again."""
        event.stop()
        if self.is_current:
            self.news(event.ref)

    def news(self, ref: AccountRef | None) -> None:  # noqa: ARG002 - screens of one account look at it
        """Something is new of `ref`; None stands for the list of accounts."""
        self.draw()

    def past_changed(self, key: AccountKey) -> None:
        """What is kept of an account's past has changed; most screens show none of it."""

    def draw_soon(self) -> None:
        """Draw once for all that is told by then: each pane tells of a new size, each answer of itself."""
        if not self._to_draw:
            self._to_draw = True
            self.call_later(self._draw_once)

    def _draw_once(self) -> None:
        self._to_draw = False
        self.draw()

    @abstractmethod
    def draw(self) -> None:
        """Compare what the store knows with what is shown, and mend the difference."""
