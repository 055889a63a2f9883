"""One conversation: when, where, whose; no word of what was said, that is in the web application."""

from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import ScrollableContainer, VerticalScroll
from textual.screen import Screen

from tui import wording
from tui.api.call import CallRecord
from tui.api.errors import LiveAgentError
from tui.identity import AccountKey, AccountRef
from tui.monitor import sources
from tui.monitor.queue.pages import ListedConversation
from tui.monitor.reading import AccountSnapshot
from tui.panes import figures as draw
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.conversation_list import details as conversation_details
from tui.panes.conversation_list.rows import list_look
from tui.panes.header import Place
from tui.panes.where_from import Source, of_call, of_error
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.place import place
from tui.screens.scroll_keys import SCROLL_KEYS, ScrollKeys
from tui.screens.where_from import curl_for, open_where_from
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import push_layer
from tui.widgets.lines import LineView
from tui.widgets.parts import Part, pad

NAME = "conversation"
PERIOD = 60.0
"""Seconds between two answers."""
OLD = 150.0
"""Seconds: after two periods and a half it is stale."""


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
        self.listed: ListedConversation | None = None
        self._read_as: AccountKey | None = None
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

    def open(self, ref: AccountRef, listed: ListedConversation, asked_at: float) -> None:
        """Take a conversation as the list knew it at `asked_at`, in `Clock.now` seconds."""
        self.workers.cancel_group(self, NAME)
        self.ref, self.listed, self._asked_at = ref, listed, asked_at
        self._read_as = self.context.monitor.key(ref)
        self._call = self._error = None
        self._due_at = 0.0

    @property
    def shown(self) -> ListedConversation | None:
        """The conversation; None where it was read as another user, or on another server, than is shown."""
        if self.ref is None or self._read_as is None:
            return None
        monitor = self.context.monitor
        same = monitor.store.known_as(self._read_as) == monitor.key(self.ref)
        return self.listed if same else None

    def on_screen_resume(self) -> None:
        """Show what is known, from the top."""
        self.box.scroll_home(animate=False)

    def let_go(self) -> None:
        """Ask no more once it is left."""
        self.workers.cancel_group(self, NAME)

    def action_refresh(self) -> None:
        """Ask for this conversation again at once."""
        listed = self.shown
        if self.ref is None or listed is None:
            return
        self._due_at = self.context.clock.now() + PERIOD
        number = listed.conversation.id
        self.run_latest(partial(self._ask, self.ref, number), NAME)

    async def _ask(self, ref: AccountRef, number: int) -> None:
        try:
            answer = await self.context.monitor.ask(ref, sources.conversation(number))
        except LiveAgentError as error:
            self._error = error
        else:
            if self.shown is None:
                return
            self._error = None
            self.listed = ListedConversation(answer.value, answer.call.server_wall, answer.call)
            self._call, self._asked_at = answer.call, answer.call.asked_at
        self.draw()

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account."""
        if ref is None or ref == self.ref:
            self.draw()

    def draw(self) -> None:
        """Compare with what is shown; asks again where that is due."""
        if self.ref is None or not self.is_current:
            return
        context, now = self.context, self.context.clock.now()
        final = self._error is not None and self._error.is_final
        listed = self.shown
        waiting = final or (context.monitor.paused and self._call)
        if listed is not None and now >= self._due_at and not waiting:
            self.action_refresh()
        snapshot = context.monitor.snapshot(self.ref)
        wall = context.clock.wall()
        where = place(context, self.ref, snapshot, now, wall)
        width = self.size.width
        self.header.set_lines([header_pane.line(snapshot, where, width)])
        if listed is None:
            self.details.set_lines([[Part(f" {self._why_none(snapshot)}", "dim")]])
            self.box.border_title, self.box.border_subtitle = f"Conversation · {_account(snapshot)}", None
        else:
            self._draw_details(listed, snapshot, where)
        error = self._error if listed is not None else None
        if self.said or error is not None:
            part = Part(f" {self.said}", "normal") if self.said else Part(f" {error}", "warning")
            self.status.set_lines([pad([part], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, snapshot, where, width)])

    def _draw_details(self, listed: ListedConversation, snapshot: AccountSnapshot, where: Place) -> None:
        context, age = self.context, where.now - self._asked_at
        targets = context.targets(snapshot.ref)
        look = list_look(context.config.display.privacy, targets, stale=age > OLD)
        self.details.set_lines(conversation_details.lines(listed, snapshot, look, where.zone))
        self.box.border_title = f"Conversation {listed.conversation.id} · {_account(snapshot)}"
        moment = listed.asked_wall if listed.call is None else draw.asked(listed.call, where.now, where.wall)
        at = wording.clock_time(moment, where.zone)
        self.box.border_subtitle = f"out of date, {wording.old(age)}" if age > OLD else f"as of {at}"

    def _why_none(self, snapshot: AccountSnapshot) -> str:
        if self.context.config.environment(snapshot.ref.environment) is None:
            return f'The environment "{snapshot.ref.environment}" is no longer there.'
        if snapshot.viewer is None:
            return "Not known before the server tells whose the token is now."
        back = self.context.first_key("back")
        return f"This was read with another token, or on another server. {back} leads back to the list."

    # -- keys ---------------------------------------------------------------------------------

    def action_open_web(self) -> None:
        """Show it in the web application."""
        listed = self.shown
        if self.ref is not None and listed is not None:
            self.open_in_web(self.ref, listed.conversation.id)

    def action_copy(self) -> None:
        """Copy its number."""
        listed = self.shown
        if listed is not None:
            number = listed.conversation.id
            self.copy_out(str(number), f"Conversation {number}")

    def action_where_from(self) -> None:
        """The call behind the details."""
        if self.ref is None or self.shown is None:
            return
        zone = self.context.zone(self.context.monitor.snapshot(self.ref), self.ref.environment)
        open_where_from(self, self._sources, zone, "Source")

    def _sources(self) -> list[Source]:
        listed = self.shown
        if self.ref is None or listed is None:
            return []
        snapshot, curl = self.context.monitor.snapshot(self.ref), curl_for(self.context, self.ref)
        name, means = f"conversation {listed.conversation.id}", "the details of one conversation"
        sources: list[Source] = []
        if self._call is not None:
            sources.append(of_call(snapshot, name, means, "1", self._call, curl(self._call, None)))
        if self._error is not None:
            sources.append(of_error(snapshot, name, means, self._error, curl))
        return sources

    def action_back(self) -> None:
        """Back to the list, at the same row."""
        self.dismiss()


def _account(snapshot: AccountSnapshot) -> str:
    return f"{snapshot.name} · {snapshot.ref}" if snapshot.name else str(snapshot.ref)


def open_conversation(
    screen: Screen[Any], ref: AccountRef, listed: ListedConversation, asked_at: float
) -> None:
    """Open the details of a conversation over `screen`."""
    opened = screen.app.get_screen(NAME)
    if isinstance(opened, ConversationScreen):
        opened.open(ref, listed, asked_at)
        push_layer(screen.app, NAME)
