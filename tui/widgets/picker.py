"""The go-to box: type a few letters, choose from what fits."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input

from tui.actions import BY_NAME
from tui.columns import Column
from tui.widgets.fuzzy import score
from tui.widgets.layers import Box
from tui.widgets.live_table import LiveTable
from tui.widgets.rows import Cell, Row

RECENT_KEPT = 20
SHOWN_AT_MOST = 200
KIND_STEP = 1.5
"""Points that an item of the next kind is behind."""
RECENT_BONUS = 6.0
"""Points for what was chosen last."""
HINT_SHARE = 0.5
"""Share of the points that a hit in the hint counts."""
MOVES = ("row_down", "row_up", "page_down", "page_up")

COLUMNS = (
    Column("title", "", min_width=16, flex=2),
    Column("hint", "", min_width=8, flex=1, priority=2),
    Column("kind", "", width=12, priority=1),
    Column("keys", "", width=7, align="right", priority=3),
)


class PickItem(NamedTuple):
    """Something to go to. `id` is given back; `hint` is matched too, for less."""

    id: str
    title: str
    kind: str
    hint: str = ""
    keys: str = ""


def rank(query: str, items: Sequence[PickItem], recent: Sequence[str] = ()) -> list[PickItem]:
    """The items that fit, best first.

    Kinds given earlier come first among equals, and so does what was chosen lately; without a
    query the latter leads and the rest keeps its order.
    """
    kinds = {kind: place for place, kind in enumerate(dict.fromkeys(item.kind for item in items))}
    lately = {id: place for place, id in enumerate(recent)}
    if not query.strip():
        return sorted(items, key=lambda item: lately.get(item.id, RECENT_KEPT))
    scored: list[tuple[float, int, PickItem]] = []
    for place, item in enumerate(items):
        fits = _fit(query, item)
        if fits is not None:
            bonus = RECENT_BONUS / (1 + lately[item.id]) if item.id in lately else 0.0
            scored.append((-(fits + bonus - KIND_STEP * kinds[item.kind]), place, item))
    scored.sort(key=lambda entry: entry[:2])
    return [item for _, _, item in scored]


def _fit(query: str, item: PickItem) -> float | None:
    title = score(query, item.title)
    beside = score(query, f"{item.title} {item.kind} {item.hint}")
    if title is None:
        return None if beside is None else beside * HINT_SHARE
    return title if beside is None else max(title, beside * HINT_SHARE)


class PickInput(Input):
    """The line to type in, with keys that hold beside those of the table: these may be letters."""

    BINDINGS = [
        ("escape", "screen.cancel"),
        ("down", "screen.move('row_down')"),
        ("up", "screen.move('row_up')"),
        ("pagedown", "screen.move('page_down')"),
        ("pageup", "screen.move('page_up')"),
    ]


class Picker(Box[PickItem | None]):
    """Made once, installed, opened again and again; the result is the item chosen, or None.

    Call `open`, then push the installed screen with a callback.
    """

    DEFAULT_CSS = """
    Picker {
        align: center top;
    }
    Picker > Vertical {
        width: 76;
        max-width: 100%;
        height: 20;
        max-height: 90%;
        margin-top: 1;
        border: round $border;
        background: $panel;
    }
    Picker Input {
        border: none;
        height: 1;
        padding: 0 1;
        background: $panel;
    }
    Picker Input:focus {
        border: none;
        background-tint: transparent;
    }
    """

    AUTO_FOCUS = "Input"

    BINDINGS = [
        Binding(",".join(BY_NAME["back"].keys), "cancel", id="back", show=False),
        *(Binding(",".join(BY_NAME[name].keys), f"move('{name}')", id=name, show=False) for name in MOVES),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._input = PickInput(compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self._table = LiveTable(COLUMNS, header=False, follow=self._input, empty="Nothing fits.")
        self._table.can_focus = False
        self._box = Vertical(self._input, self._table, classes="box")
        self._items: tuple[PickItem, ...] = ()
        self._recent: list[str] = []

    def compose(self) -> ComposeResult:
        """The line to type in above the list."""
        yield self._box

    def open(self, items: Iterable[PickItem], *, title: str = "", prompt: str = "") -> None:
        """What there is to choose from, with nothing typed yet; call it before each push."""
        self._items = tuple(items)
        self._box.border_title = title
        self._input.placeholder = prompt
        with self.prevent(Input.Changed):
            self._input.value = ""
        self._list("")

    def on_key(self, event: events.Key) -> None:
        """Take what is typed before the line has focus, as when the box opens for the first time."""
        if self.focused is self._input:
            return
        if event.is_printable and event.character:
            event.stop()
            self._input.insert_text_at_cursor(event.character)
        elif event.key == "enter":
            event.stop()
            self._list(self._input.value)
            self._choose_selected()

    def let_go(self) -> None:
        """Let go of the items: what they name may be gone when the box opens again."""
        self._items = ()
        self._table.set_rows(())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose_selected()

    def _choose_selected(self) -> None:
        if self._table.selected is not None:
            self._choose(self._table.selected)

    @on(LiveTable.RowChosen)
    def _chosen(self, event: LiveTable.RowChosen) -> None:
        event.stop()
        self._choose(event.key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """A letter is typed, even where it has an action and comes before the line has focus."""
        return action != "move" or self.focused is self._input

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_move(self, name: str) -> None:
        """Move in the list while the typing goes on."""
        moves = {
            "row_down": self._table.action_row_down,
            "row_up": self._table.action_row_up,
            "page_down": self._table.action_page_down,
            "page_up": self._table.action_page_up,
        }
        moves[name]()

    def _choose(self, id: Hashable) -> None:
        item = next((item for item in self._items if item.id == id), None)
        if item is not None:
            self._recent = [item.id, *[other for other in self._recent if other != id]][:RECENT_KEPT]
            self.dismiss(item)

    def _list(self, query: str) -> None:
        items = rank(query, self._items, self._recent)[:SHOWN_AT_MOST]
        self._table.set_rows([_row(item) for item in items])
        self._table.action_first_row()


def _row(item: PickItem) -> Row:
    return Row(
        key=item.id,
        cells=(Cell(item.title), Cell(item.hint, "dim"), Cell(item.kind, "dim"), Cell(item.keys, "key")),
    )
