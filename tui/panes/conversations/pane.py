"""The conversations pane on screen: its figures can be stepped through and opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.message import Message

from tui.identity import Slot
from tui.monitor.reading import AccountSnapshot
from tui.panes import figures as draw
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View
from tui.widgets.border import set_border
from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part, centre

if TYPE_CHECKING:
    from tui.panes.conversations.inbox_view import Lens
    from tui.panes.where_from import Curl, Source

NAMING = ("figure", "change", "flow", "clears", "grown")
"""What a part carries that names a figure."""


class ConversationsPane(LineView, can_focus=True):
    """A bordered block of figures; the one under the cursor is reversed while the pane has focus."""

    @dataclass
    class FigureChosen(Message):
        """The figure under the cursor was opened by a double click."""

        slot: Slot

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._lens: Lens | None = None
        self._slots = {slot.name: slot for slot in conversations.slots()}
        self._selected = next(iter(self._slots.values()))
        self._shown: list[Line] = []
        self.border_title = conversations.WORD

    @property
    def inner_width(self) -> int:
        """Cells inside the border; before the first layout those of a pane as wide as the screen."""
        return max(1, self.content_size.width or self.app.size.width - self.gutter.width)

    @property
    def visible_slots(self) -> tuple[Slot, ...]:
        """The figures that stand in the pane at its present size, line by line."""
        named = (part.meta.get("figure") for line in self._shown for part in line if part.meta)
        return tuple(self._slots[name] for name in dict.fromkeys(named) if name in self._slots)

    @property
    def selected(self) -> Slot:
        """The figure under the cursor; the first one where that is no longer shown."""
        slots = self.visible_slots
        return self._selected if self._selected in slots or not slots else slots[0]

    @property
    def slot(self) -> Slot:
        """The figure under the cursor, by the name it has in every pane."""
        return self.selected

    charted = slot
    """What is charted of the figure under the cursor."""

    def named(self, snapshot: AccountSnapshot) -> str:  # noqa: ARG002 - asked of every pane alike
        """What is explained, where that is not the account itself."""
        return ""

    def sources(self, snapshot: AccountSnapshot, now: float, curl: "Curl") -> "list[Source]":
        """Where the figure under the cursor comes from, then all others."""
        from tui.panes.where_from import of_figure  # As those of every pane.

        others = [slot for slot in self.visible_slots if slot != self.selected]
        return [of_figure(snapshot, slot, now, curl) for slot in (self.selected, *others)]

    def copied(self, snapshot: AccountSnapshot) -> tuple[str, str] | None:
        """The figure under the cursor for other programs, and what that is called; None: not known."""
        value = snapshot.reading(self.selected).value
        return None if value is None else (f"{value:g}", f"{self.selected.name} {value:g}")

    nothing_to_copy = "This figure is not known."

    def step(self, by: int) -> None:
        """Move the cursor to the next or the previous figure, round the end."""
        slots = self.visible_slots
        if slots:
            self._selected = slots[(slots.index(self.selected) + by) % len(slots)]
            self._mark()

    def on_click(self, event: events.Click) -> None:
        """Take the figure under the mouse; open it on a double click."""
        slot = self._slots.get(str(event.style.meta.get("figure", "")))
        if slot is not None:
            event.stop()
            self._selected = slot
            self._mark()
            if event.chain == 2:
                self.post_message(self.FigureChosen(slot))

    def show(
        self,
        snapshot: AccountSnapshot,
        view: View,
        wall: float,
        zone: tzinfo | None,
        lens: "Lens | None" = None,
    ) -> None:
        """Show the account's figures, or through `lens` those of an inbox; only changed lines are drawn."""
        if lens != self._lens:
            self._look_through(lens)
        self._shown = conversations.lines(snapshot, view)
        if lens is not None:
            names = lens.names()
            self._shown = [[_renamed(part, names) for part in line] for line in self._shown]
        shown = conversations.as_of_readings(snapshot, view.now)
        self._entitle(conversations.title(snapshot, lens), draw.as_of(shown, view.now, wall, zone))
        self._mark()

    def show_words(self, words: str) -> None:
        """Show a sentence where there is no account yet."""
        width = self.inner_width
        self._shown = [[], centre([Part(words, "dim")], width), []]
        self._entitle(conversations.WORD, "")
        self.set_lines(self._shown)

    def _look_through(self, lens: "Lens | None") -> None:
        slots = [lens.slot(slot) if lens else slot for slot in conversations.slots()]
        at = list(self._slots.values()).index(self._selected)
        self._lens, self._slots, self._selected = lens, {slot.name: slot for slot in slots}, slots[at]

    def _entitle(self, title: str, as_of: str) -> None:
        set_border(self, Content(title), Content(as_of) if as_of else None)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor, or take it away."""
        super().watch_has_focus(has_focus)
        self._mark()

    def _mark(self) -> None:
        name = self.selected.name if self.has_focus else None
        self.set_lines([[_marked(part, name) for part in line] for line in self._shown])


def _marked(part: Part, name: str | None) -> Part:
    if name is None or part.meta is None or part.meta.get("figure") != name:
        return part
    return part._replace(role="cursor-stale" if part.role == "stale" else "cursor")


def _renamed(part: Part, names: Mapping[str, str]) -> Part:
    meta = part.meta or {}
    renamed = {key: names[str(meta[key])] for key in NAMING if str(meta.get(key)) in names}
    return part._replace(meta={**meta, **renamed}) if renamed else part
