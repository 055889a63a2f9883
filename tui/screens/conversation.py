"""One conversation: when, where, whose; no word of what was said, that is in the web application."""

from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import ScrollableContainer, VerticalScroll
from textual.screen import Screen

from tui import wording
from tui.api.call import CallRecord
from tui.api.errors import LiveAgentError
from tui.figures import AccountRef
from tui.monitor import asks
from tui.monitor.pages import Found
from tui.monitor.reading import AccountSnapshot
from tui.panes import conversation_details
from tui.panes import figures as draw
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.conversation_rows import list_look
from tui.panes.where_from import Source, of_call, of_error
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.place import place
from tui.screens.scroll_keys import SCROLL_KEYS, ScrollKeys
from tui.screens.where_from import curl_for, open_where_from
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineView
from tui.widgets.parts import Part, pad

NAME = "conversation"
PERIOD = 60.0
OLD = 150.0


class ConversationScreen(ScrollKeys, MonitorScreen):
    """Made once and reused: `open` says which conversation, then it is pushed."""

    BINDINGS = bindings("refresh", "open_web", "copy", "where_from", "back", *SCROLL_KEYS)

    def __init__(self, context: Context) -> None:
        super().__init__(context, name=NAME)
        self.header = LineView(id="header")
        self.details = LineView(id="conversation-lines")
        self.box = VerticalScroll(self.details, id="conversation-box", classes="pane", can_focus=False)
        self.status = LineView(id="status")
        self.ref: AccountRef | None = None
        self.found: Found | None = None
        self._call: CallRecord | None = None
        self._asked_at = 0.0
        self._due_at = 0.0
        self._error: LiveAgentError | None = None

    @property
    def scrolled(self) -> ScrollableContainer:
        """The details."""
        return self.box

    def compose(self) -> ComposeResult:
        """Header, details, status line, key bar."""
        yield self.header
        yield self.box
        yield self.status
        yield KeyBar(id="key-bar")

    def open(self, ref: AccountRef, found: Found, asked_at: float) -> None:
        """Take a conversation as the list knew it at `asked_at`, in `Clock.now` seconds."""
        self.workers.cancel_group(self, NAME)
        self.ref, self.found, self._asked_at = ref, found, asked_at
        self._call = self._error = None
        self._due_at = 0.0

    def on_screen_resume(self) -> None:
        """Show what is known, from the top."""
        self.box.scroll_home(animate=False)

    def on_screen_suspend(self) -> None:
        """Ask no more once it is left."""
        if self not in self.app.screen_stack:
            self.workers.cancel_group(self, NAME)

    def action_refresh(self) -> None:
        """Ask for this conversation again at once."""
        if self.ref is None or self.found is None:
            return
        self._due_at = self.context.clock.now() + PERIOD
        number = self.found.conversation.id
        self.run_latest(partial(self._ask, self.ref, number), NAME)

    async def _ask(self, ref: AccountRef, number: int) -> None:
        try:
            answer = await self.context.monitor.ask(ref, asks.conversation(number))
        except LiveAgentError as error:
            self._error = error
        else:
            self._error = None
            self.found = Found(answer.value, answer.call.server_wall, answer.call)
            self._call, self._asked_at = answer.call, answer.call.asked_at
        self.draw()

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account."""
        if ref is None or ref == self.ref:
            self.draw()

    def draw(self) -> None:
        """Compare with what is shown; asks again where that is due."""
        if self.ref is None or self.found is None or not self.is_current:
            return
        context, now = self.context, self.context.clock.now()
        final = self._error is not None and self._error.is_final
        if now >= self._due_at and not final and not (context.monitor.paused and self._call):
            self.action_refresh()
        snapshot = context.monitor.snapshot(self.ref)
        wall = context.clock.wall()
        where = place(context, self.ref, snapshot, now, wall)
        width = self.size.width
        self.header.set_lines([header_pane.line(snapshot, where, width)])
        age = now - self._asked_at
        targets = context.targets(self.ref)
        look = list_look(context.config.display.privacy, targets, stale=age > OLD)
        self.details.set_lines(conversation_details.lines(self.found, snapshot, look, where.zone))
        self.box.border_title = f"Conversation {self.found.conversation.id} · {_account(snapshot)}"
        call = self.found.call
        moment = self.found.asked_wall if call is None else draw.asked(call, now, wall)
        at = wording.clock_time(moment, where.zone)
        self.box.border_subtitle = f"stale, {wording.age(age)} old" if age > OLD else f"as of {at}"
        if self.said or self._error is not None:
            part = Part(f" {self.said}", "normal") if self.said else Part(f" {self._error}", "warning")
            self.status.set_lines([pad([part], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, snapshot, where, width)])

    # -- keys ---------------------------------------------------------------------------------

    def action_open_web(self) -> None:
        """Show it in the web application."""
        if self.ref is not None and self.found is not None:
            self.open_in_web(self.ref, self.found.conversation.id)

    def action_copy(self) -> None:
        """Copy its number."""
        if self.found is not None:
            number = self.found.conversation.id
            self.copy_out(str(number), f"Conversation {number}")

    def action_where_from(self) -> None:
        """The call behind the details."""
        if self.ref is None or self.found is None:
            return
        zone = self.context.zone(self.context.monitor.snapshot(self.ref), self.ref.environment)
        open_where_from(self, self._sources, zone, "Where from")

    def _sources(self) -> list[Source]:
        if self.ref is None or self.found is None:
            return []
        snapshot, curl = self.context.monitor.snapshot(self.ref), curl_for(self.context, self.ref)
        name, means = f"conversation {self.found.conversation.id}", "the details of one conversation"
        sources: list[Source] = []
        if self._call is not None:
            sources.append(of_call(snapshot, name, means, "1", self._call, curl(self._call, None)))
        if self._error is not None:
            sources.append(of_error(snapshot, name, means, self._error, curl))
        return sources

    def action_back(self) -> None:
        """Back to the list, at the same row."""
        self.app.pop_screen()


def _account(snapshot: AccountSnapshot) -> str:
    return f"{snapshot.name} · {snapshot.ref}" if snapshot.name else str(snapshot.ref)


def open_conversation(screen: Screen[Any], ref: AccountRef, found: Found, asked_at: float) -> None:
    """Open the details of a conversation over `screen`."""
    opened = screen.app.get_screen(NAME)
    if isinstance(opened, ConversationScreen):
        opened.open(ref, found, asked_at)
        screen.app.push_screen(opened)
