"""Help: every key of the screen in front, and what the signs mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import ScrollableContainer, VerticalScroll
from textual.screen import Screen

from tui.actions import ACTIONS
from tui.columns import Column
from tui.screens.base import bindings, keys_here
from tui.screens.scroll_keys import SCROLL_KEYS, ScrollKeys
from tui.widgets.layers import Box
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part

KEYS_WIDTH = 12

LEGEND: tuple[tuple[str, str, str], ...] = (
    ("123", "value", "live: as the server said it at the time the pane names"),
    ("123", "value-changed", "bold: changed since the last answer"),
    ("123", "stale", "stale: older than two periods, its age stands beside it"),
    ("…", "unknown", "asked, no answer yet"),
    ("—", "unknown", "unknown: the server did not tell, or could not"),
    ("—✗", "not-permitted", "this token's role may not see it"),
    ("≥ 9", "value", "at least: there was more to read than the bound allows"),
    ("● ◐ ◌ ○ ?", "normal", "online, busy, away, offline, a word we don't know"),
)

SERVICE_LEVEL = (
    "answered in target, of those answered, closed without reply",
    "or waiting longer than the target; new ones count by when they",
    "were created. i on the figure tells its parts and its bounds.",
)


class HelpScreen(ScrollKeys, Box[None], inherit_bindings=False):
    """Made once and reused: it reads the keys of the screen it is opened over."""

    BINDINGS = bindings("help", "back", "quit", "quit_now", *SCROLL_KEYS)

    def __init__(self) -> None:
        super().__init__(name="help")
        self.lines = LineView(id="help-lines")
        self._box = VerticalScroll(id="help-box", can_focus=False)
        self._box.border_title = "Keys"
        self._shown: list[Line] = []

    def compose(self) -> ComposeResult:
        """A box of lines that scrolls where the screen is small."""
        with self._box:
            yield self.lines

    def open(self, screen: Screen[Any]) -> None:
        """Take the keys and the tables of the screen it will be pushed over."""
        self._shown = help_lines(keys_here(screen), tables_of(screen))

    def on_screen_resume(self) -> None:
        """Show what `open` has read, from the top."""
        self.lines.set_lines(self._shown)
        self.lines.styles.height = len(self._shown)
        self.scrolled.scroll_home(animate=False)

    @property
    def scrolled(self) -> ScrollableContainer:
        """The box of lines."""
        return self._box

    def action_help(self) -> None:
        """The same key closes it."""
        self.dismiss()

    action_back = action_help
    action_quit = action_help

    def action_quit_now(self) -> None:
        """End the program."""
        self.app.exit(0)


def tables_of(screen: Screen[Any]) -> list[tuple[str, Sequence[Column]]]:
    """The tables of a screen that are in view, by the titles of their panes, with the columns they show."""
    tables: list[tuple[str, Sequence[Column]]] = []
    for table in screen.query(LiveTable):
        shown = [column for column in table.columns if column.key in table.shown_columns]
        if table.parent is not None and table.parent.display and any(column.help for column in shown):
            word = getattr(table.parent, "word", "")
            tables.append((str(word), shown))
    return tables


def help_lines(
    keys: Mapping[str, list[str]], tables: Iterable[tuple[str, Sequence[Column]]] = ()
) -> list[Line]:
    """A line for each action that has a key here, the digits, the signs, service level, and the columns."""
    lines: list[Line] = []
    for action in ACTIONS:
        if action.name in keys:
            shown = " ".join(keys[action.name])
            lines.append([Part(f" {shown:<{KEYS_WIDTH}}", "key"), Part(action.help)])
    lines.append(
        [
            Part(f" {'1 … 9':<{KEYS_WIDTH}}", "key"),
            Part("The accounts in the config's order, or the config's own keys"),
        ]
    )
    lines.append([])
    lines.append([Part(" Signs", "title")])
    for sign, role, meaning in LEGEND:
        lines.append([Part(" "), Part(sign, role), Part(" " * (KEYS_WIDTH - len(sign))), Part(meaning)])
    lines += [[], [Part(" Service level", "title")], *([Part(f" {line}")] for line in SERVICE_LEVEL)]
    for word, columns in tables:
        lines += [[], [Part(f" Columns: {word.lower()}" if word else " Columns", "title")]]
        for column in columns:
            if column.help:
                lines.append([Part(f" {column.title:<{KEYS_WIDTH}}", "header"), Part(f" {column.help}")])
    return lines
