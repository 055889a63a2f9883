"""Parts of forms: a text field that keeps still, and a row of label, field and note."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from tui.widgets.lines import LineView
from tui.widgets.parts import Part

LABEL_WIDTH = 26


class Field(Input):
    """A line to type in, without a blinking cursor.

    The keys of the actions in `steps` are taken in their place among what is typed, and what
    comes behind them goes to the field that has the cursor then, however fast it comes: a
    token pasted right after the address must never land in it. A key that types or edits
    does so, whatever action it has elsewhere; so that a field can always be left, `ALWAYS`
    holds beside the screen's own keys.
    """

    ALWAYS: ClassVar = {
        "enter": "go_on",
        "escape": "back",
        "tab": "next_pane",
        "shift+tab": "previous_pane",
    }

    def __init__(self, *, id: str, hidden: bool = False, placeholder: str = "") -> None:
        super().__init__(
            id=id,
            classes="field",
            password=hidden,
            placeholder=placeholder,
            compact=True,
            select_on_focus=False,
        )
        self.cursor_blink = False
        self.steps: Mapping[str, Callable[[], None]] = {}

    async def on_event(self, event: events.Event) -> None:
        """Hand on what was meant for another field; take the keys that leave this one."""
        if isinstance(event, events.Key | events.Paste):
            focused = self.screen.focused
            if focused is not self:
                if focused is not None:
                    focused.post_message(event)
                return
            if isinstance(event, events.Key) and (step := self._step_of(event)) is not None:
                event.stop()
                step()
                return
        await super().on_event(event)

    def _step_of(self, event: events.Key) -> Callable[[], None] | None:
        if event.is_printable:
            return None
        active = self.screen.active_bindings.get(event.key)
        own = None if active is None or active.node is self else self.steps.get(active.binding.id or "")
        return own or self.steps.get(self.ALWAYS.get(event.key, ""))


class FieldRow(Horizontal):
    """A label, a field, and a word about it."""

    def __init__(self, label: str, field: Field) -> None:
        super().__init__(classes="field-row")
        self.label = LineView(classes="field-label")
        self.field = field
        self.note = LineView(classes="field-note")
        self._words = label

    def compose(self) -> ComposeResult:
        """Side by side."""
        yield self.label
        yield self.field
        yield self.note

    def on_mount(self) -> None:
        """Write the label once."""
        self.label.set_lines([[Part(f" {self._words}", "label")]])

    def tell(self, words: str) -> None:
        """The note behind the field."""
        self.note.set_lines([[Part(f" {words}", "dim")]])
