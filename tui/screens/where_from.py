"""Where from: each figure under the cursor with the call behind it, over the screen it was asked on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen

from tui.api.call import CallRecord
from tui.identity import AccountRef
from tui.panes import where_from
from tui.panes.curl import curl
from tui.panes.where_from import Curl, Source
from tui.screens.base import SnapshotChanged, bindings
from tui.screens.clipboard_and_browser import copied
from tui.screens.context import Context
from tui.screens.table_keys import TableKeys
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import Box, push_layer
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable

NAME = "where-from"
LINES_A_PAGE = 8
BESIDE = 8
"""Rows of the box that are neither figures nor details: borders, header, gaps, keys."""


class WhereFromScreen(TableKeys, Box[None], inherit_bindings=False):
    """Made once and reused: the figures above, all that is known of the selected one below."""

    BINDINGS = bindings(
        "row_down", "row_up", "first_row", "last_row", "page_down", "page_up", "copy", "where_from", "back",
        "quit", "quit_now",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__(name=NAME)
        self.table = LiveTable(where_from.COLUMNS, id="where-from-table", empty="No figure is selected.")
        self.lines = LineView(id="where-from-lines")
        self.scroller = VerticalScroll(self.lines, id="where-from-scroll", can_focus=False)
        self.box = Vertical(self.table, self.scroller, KeyBar(id="where-from-keys"), id="where-from-box")
        self._read: Callable[[], Sequence[Source]] = tuple
        self._sources: Sequence[Source] = ()
        self._zone: tzinfo | None = None
        self._title = ""

    def compose(self) -> ComposeResult:
        """A box with the figures, the details and the keys."""
        yield self.box

    @property
    def current_table(self) -> LiveTable:
        """The figures."""
        return self.table

    def open(self, read: Callable[[], Sequence[Source]], zone: tzinfo | None, title: str) -> None:
        """Take what tells the figures to explain, before it is pushed."""
        self._read, self._zone, self._title = read, zone, title

    def on_snapshot_changed(self, event: SnapshotChanged) -> None:
        """Tell what has been answered since; the figure under the cursor stays."""
        event.stop()
        self._take()
        self._draw()

    def _take(self) -> None:
        self._sources = tuple(self._read())
        self.table.set_rows(where_from.rows(self._sources))

    def on_screen_resume(self) -> None:
        """Show what `open` has read, the first figure selected."""
        self.box.border_title = self._title
        self._tell("")
        self._take()
        self.table.action_first_row()
        self.table.focus()
        self._draw()

    def on_resize(self) -> None:
        """Fold the lines for the new width."""
        self.call_after_refresh(self._draw)

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        """Another figure: its details from the top."""
        event.stop()
        self._draw()
        self.scroller.scroll_home(animate=False)

    @property
    def selected(self) -> Source | None:
        """The source under the cursor."""
        key = self.table.selected
        return self._sources[key] if isinstance(key, int) and key < len(self._sources) else None

    def _draw(self) -> None:
        source = self.selected
        figures = min(len(self._sources), max(2, self.size.height // 4))
        self.table.styles.height = figures + 1
        self.scroller.styles.max_height = max(2, self.size.height - figures - BESIDE)
        width = self.scroller.scrollable_content_region.width
        shown = [] if source is None or width <= 0 else where_from.lines(source, self._zone, width)
        self.lines.set_lines(shown)
        self.lines.styles.height = max(1, len(shown))

    def _tell(self, words: str) -> None:
        self.box.border_subtitle = words or None

    def action_page_down(self) -> None:
        """Eight lines of the details down."""
        self.scroller.scroll_relative(y=LINES_A_PAGE, animate=False)

    def action_page_up(self) -> None:
        """Eight lines of the details up."""
        self.scroller.scroll_relative(y=-LINES_A_PAGE, animate=False)

    def action_copy(self) -> None:
        """Copy the curl line of the selected figure."""
        source = self.selected
        if source is None or not source.curl:
            self._tell("There is no call to copy.")
            return
        self.run_latest(partial(self._copy, source.curl), "copy")

    async def _copy(self, line: str) -> None:
        self._tell(f"curl line {await copied(self.app, line)}")

    def let_go(self) -> None:
        """Let go of the screen it explained."""
        self._read = tuple

    def action_back(self) -> None:
        """Close it; the same key does, too."""
        self.dismiss()

    action_where_from = action_back
    action_quit = action_back

    def action_quit_now(self) -> None:
        """End the program."""
        self.app.exit(0)


def open_where_from(
    screen: Screen[Any], read: Callable[[], Sequence[Source]], zone: tzinfo | None, title: str
) -> None:
    """Open it over `screen`; `read` tells the figures, again and again while it is open."""
    where_from = screen.app.get_screen(NAME)
    if isinstance(where_from, WhereFromScreen):
        where_from.open(read, zone, title)
        push_layer(screen.app, NAME)


def curl_for(context: Context, ref: AccountRef) -> Curl:
    """What makes curl lines of the calls of an account, as its environment is reached just now."""
    environment = context.config.environment(ref.environment)

    def line(call: CallRecord, body: Sequence[Mapping[str, Any]] | None) -> str:
        client = context.monitor.client(ref.environment)
        if environment is None:
            return ""
        if client is None:
            return curl(call, environment, body=body)
        return curl(call, environment, base_url=client.base_url, form=client.header_form, body=body)

    return line
