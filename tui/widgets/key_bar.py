"""One line that names the keys which work here, read from the screen's bindings."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.screen import Screen
from textual.widgets import Input

from tui.actions import BY_NAME
from tui.widgets.lines import LineView
from tui.widgets.parts import Part

ALWAYS = "help"
CLOSES = "close"


class KeyHint(NamedTuple):
    """A key as it is shown, what it does, and the key to press for a click."""

    order: int
    action: str
    key: str
    shown: str
    label: str

    @property
    def width(self) -> int:
        """Cells it takes, with the gap behind it."""
        return cell_len(self.shown) + cell_len(self.label) + 3


def hints(bindings: Iterable[tuple[str, str, str]], *, above: bool = False) -> list[KeyHint]:
    """The hints of `(action, key, key as shown)`, each action once, in the order of the one table.

    `above`: the screen stands above another, so that the key which quits only closes it.
    """
    by_action: dict[str, KeyHint] = {}
    for name, key, shown in bindings:
        action = BY_NAME.get(name)
        if action is not None and action.order and name not in by_action:
            label = CLOSES if above and name == "quit" else action.label
            by_action[name] = KeyHint(action.order, name, key, shown, label)
    return sorted(by_action.values())


def bar(all_hints: Sequence[KeyHint], width: int) -> list[Part]:
    """As many hints as fit, from the first; the one for help is always among them."""
    always = [hint for hint in all_hints if hint.action == ALWAYS]
    room = width - sum(hint.width for hint in always)
    kept: list[KeyHint] = []
    for hint in all_hints:
        if hint.action == ALWAYS:
            continue
        if hint.width > room:
            break
        kept.append(hint)
        room -= hint.width
    parts: list[Part] = []
    for hint in sorted([*kept, *always]):
        meta = {"press": hint.key}
        parts += [Part(" "), Part(hint.shown, "key", meta), Part(" ", "dim", meta)]
        parts += [Part(hint.label, "dim", meta), Part(" ")]
    return parts


class KeyBar(LineView):
    """The keys of the screen it stands on; a click presses the key."""

    def on_mount(self) -> None:
        """Follow the screen's bindings; once, as each subscription stays."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def on_resize(self) -> None:
        """Show as many keys as fit."""
        self._show_keys()

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        key = event.style.meta.get("press")
        if key is not None:
            event.stop()
            self.app.simulate_key(str(key))

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self._show_keys()

    def _show_keys(self) -> None:
        keys: list[tuple[str, str, str]] = []
        typing = self.screen.focused if isinstance(self.screen.focused, Input) else None
        for key, active in self.screen.active_bindings.items():
            shown = self.app.get_key_display(active.binding)
            # A line to type in takes every character, and its own keys need no telling.
            taken = typing is not None and (active.node is typing or len(shown) == 1)
            if active.enabled and not taken:
                keys.append((active.binding.id or active.binding.action, key, shown))
        above = len(self.app.screen_stack) > 1 or self.app.current_mode != self.app.DEFAULT_MODE
        self.set_lines([bar(hints(keys, above=above), self.size.width)])
