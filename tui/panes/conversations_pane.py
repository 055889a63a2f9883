"""The conversations pane on screen: its figures can be stepped through and opened."""

from datetime import tzinfo

from textual.content import Content

from tui.figures import Slot
from tui.monitor.reading import AccountSnapshot
from tui.panes import conversations
from tui.panes import figures as draw
from tui.panes.answers import View
from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part, centre


class ConversationsPane(LineView, can_focus=True):
    """A bordered block of figures; the one under the cursor is reversed while the pane has focus."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._slots: tuple[Slot, ...] = conversations.slots()
        self._index = 0
        self._shown: list[Line] = []
        self._as_of = ""
        self.border_title = "Conversations"

    @property
    def inner_width(self) -> int:
        """Cells inside the border."""
        return max(1, self.content_size.width)

    @property
    def selected(self) -> Slot:
        """The figure under the cursor."""
        return self._slots[self._index]

    def step(self, by: int) -> None:
        """Move the cursor to the next or the previous figure, round the end."""
        self._index = (self._index + by) % len(self._slots)
        self._mark()

    def show(self, snapshot: AccountSnapshot, view: View, wall: float, zone: tzinfo | None) -> None:
        """Show the account's figures; only lines that differ are drawn again."""
        self._shown = conversations.lines(snapshot, view)
        shown = conversations.as_of_readings(snapshot, view.now)
        self._name_moment(draw.as_of(shown, view.now, wall, zone))
        self._mark()

    def show_words(self, words: str) -> None:
        """Show a sentence where there is no account yet."""
        width = self.inner_width
        self._shown = [[], centre([Part(words, "dim")], width), []]
        self._name_moment("")
        self.set_lines(self._shown)

    def _name_moment(self, as_of: str) -> None:
        if as_of != self._as_of:
            self._as_of = as_of
            self.border_subtitle = Content(as_of) if as_of else None

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
    return part._replace(role="cursor")
