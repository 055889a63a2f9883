"""The conversations behind a number: read page by page, longest waiting first, kept fresh while open."""

from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.screen import Screen

from tui import wording
from tui.api.errors import LiveAgentError
from tui.config.columns import CONVERSATIONS
from tui.identity import AccountKey, AccountRef
from tui.monitor.calls import assigned_to
from tui.monitor.queue.pages import ListedConversation, Pages
from tui.monitor.reading import UNREAD, AccountSnapshot, Reading
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.conversation_list import conversation_list
from tui.panes.conversation_list import rows as conversation_rows
from tui.panes.conversation_list.conversation_list import ListProgress
from tui.panes.conversation_list.rows import ListLook, ListRows
from tui.panes.drill_down import Behind, behind
from tui.panes.table_pane import TablePane
from tui.panes.where_from import Source, of_call, of_error, of_figure
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.conversation import open_conversation
from tui.screens.notices import key_of
from tui.screens.place import place
from tui.screens.table_keys import NAMES as TABLE_KEYS
from tui.screens.table_keys import TableKeys
from tui.screens.where_from import curl_for, open_where_from
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import push_layer
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part, choose, pad

NAME = "conversations"
PAGES_AT_ONCE = 8
MOST_KEPT = 2_000
"""Conversations a list holds: each page is dear to the server, and nobody reads so many rows."""
NARROWER = "open a team, an inbox or a status for a shorter list."
PERIOD = 60.0
"""Seconds between two readings of a list."""
PERIOD_OF_PAGE = PERIOD / PAGES_AT_ONCE
"""Seconds: a longer list is read anew less often, as each page is dear to the server."""


class ConversationListPane(TablePane):
    """The rows of the list."""

    columns = CONVERSATIONS
    word = "Conversations"


class ConversationsScreen(TableKeys, MonitorScreen):
    """Made once and reused: `open` says which list, then it is pushed."""

    BINDINGS = bindings(
        "down", "filter", *TABLE_KEYS, "refresh", "more", "open_web", "copy", "where_from", "back"
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context, name=NAME)
        self.header = LineView(id="header")
        self.pane = ConversationListPane(id="conversation-list")
        self.status = LineView(id="status")
        self.ref: AccountRef | None = None
        self.behind: Behind | None = None
        self._forget()

    def _forget(self) -> None:
        self._pages: Pages | None = None
        self._rows = ListRows()
        self._number: Reading = UNREAD
        self._error: LiveAgentError | None = None
        self._asking: int | None = None
        self._stopped = False
        self._read_at = 0.0
        self._bound = PAGES_AT_ONCE
        self._filling = False
        """Whether rows appear as they come; else they replace the older ones at the end."""
        self._turn: object = None
        self._read_as: AccountKey | None = None
        """As whom all this was read; None before the first ask."""
        self._taken_away = False
        """Whether there was a list of somebody else's: nobody has asked for this one yet."""

    def compose(self) -> ComposeResult:
        """Header, list, status line, key bar."""
        yield self.header
        yield self.pane
        yield self.status
        yield KeyBar(id="key-bar")

    def open(self, ref: AccountRef, behind: Behind) -> None:
        """Take another list; what was read of the last one is forgotten."""
        self.workers.cancel_group(self, NAME)
        self._forget()
        self.ref, self.behind = ref, behind
        self.pane.clear_filter()
        self.pane.table.sort_by(None)
        self.pane.table.set_rows([])

    def on_screen_resume(self) -> None:
        """Begin to read when it comes to the front."""
        self.pane.table.focus()
        self.draw()

    def let_go(self) -> None:
        """Stop reading once it is left; what is merely covered reads on."""
        self.workers.cancel_group(self, NAME)
        self._asking = None

    # -- reading ------------------------------------------------------------------------------

    def _due(self, now: float) -> bool:
        if self._asking is not None or self._stopped:
            return False
        if self._pages is None and self._error is None:
            return not (self._taken_away and self.context.monitor.paused)
        if self.context.monitor.paused or (self._error is not None and self._error.is_final):
            return False
        read = 0 if self._pages is None else self._pages.read
        return now - self._read_at >= max(PERIOD, PERIOD_OF_PAGE * read)

    def _begin(self, *, anew: bool) -> None:
        """Read all pages anew, or go on where reading ended."""
        if self.ref is None or self.behind is None:
            return
        snapshot = self.context.monitor.snapshot(self.ref)
        self._let_go_of_others(snapshot)
        self._read_as = snapshot.key
        pages = Pages(self.behind.narrowing) if anew or self._pages is None else self._pages
        number = self._number if pages.read else snapshot.reading(self.behind.slot)
        self._filling = self._pages is None or pages is self._pages
        self._stopped = False
        self._asking = pages.read + 1
        turn = self._turn = object()
        self.run_latest(partial(self._read, self.ref, pages, number, turn), NAME)

    def _let_go_of_others(self, snapshot: AccountSnapshot) -> None:
        """Forget what was read as another user or on another server; nobody may take it for this one's."""
        as_whom = self._read_as
        if as_whom is None or self.context.monitor.store.known_as(as_whom) == snapshot.key:
            return
        self.workers.cancel_group(self, NAME)
        self._forget()
        self._taken_away = True
        narrowed = self.behind and behind(self.behind.slot, snapshot)
        if isinstance(narrowed, Behind):
            self.behind = narrowed  # The title names a team, an inbox or an agent of the account before.

    async def _read(self, ref: AccountRef, pages: Pages, number: Reading, turn: object) -> None:
        """Read up to the bound; what is shown stays until the new pages are complete, if there is any."""
        try:
            while not pages.ended and pages.read < self._bound and len(pages.listed) < MOST_KEPT:
                self._asking = pages.read + 1
                if self._filling:
                    self._number = number
                    self._pages = pages if pages.read else self._pages
                self.draw()
                pages.add(await self.context.monitor.ask(ref, pages.next()))
            self._pages, self._number, self._error = pages, number, None
        except LiveAgentError as error:
            self._error = error
        finally:
            if self._turn is turn:
                self._asking = None
                self._read_at = self.context.clock.now()
                self.draw()

    # -- drawing ------------------------------------------------------------------------------

    def news(self, ref: AccountRef | None) -> None:
        """Redraw the header for this account."""
        if ref is None or ref == self.ref:
            self.draw()

    def draw(self) -> None:
        """Compare with what is shown; reads anew where that is due."""
        if not self.is_mounted or self.ref is None or self.behind is None or not self.is_current:
            return
        context, ref = self.context, self.ref
        now, wall = context.clock.now(), context.clock.wall()
        snapshot = context.monitor.snapshot(ref)
        self._let_go_of_others(snapshot)
        if self._due(now):
            self._begin(anew=True)
        behind = self.behind
        where = place(context, ref, snapshot, now, wall)
        width = self.size.width
        self.header.set_lines([header_pane.line(snapshot, where, width)])
        pages = self._pages or Pages(behind.narrowing)
        look = self._look(pages, ref, now)
        rows = self._rows.rows(pages, behind.kept, snapshot, look)
        course = ListProgress(
            behind,
            self._number,
            pages,
            len(rows),
            self._asking,
            self._stopped,
            self._error is not None,
            "" if len(pages.listed) >= MOST_KEPT else key_of(context.config, "more"),
            key_of(context.config, "refresh"),
        )
        at_top = self._filling and course.reading is not None and self._at_first_row()
        self.pane.show_rows(
            rows,
            title=conversation_list.title(course, snapshot),
            as_of=self._below(course, look, conversation_list.as_of(course, now, wall, where.zone)),
            empty=conversation_list.empty(course),
        )
        if at_top:
            self.pane.table.action_first_row()
        if self.said or self._error is not None:
            part = Part(f" {self.said}", "normal") if self.said else Part(f" {self._error}", "warning")
            self.status.set_lines([pad([part], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, snapshot, where, width)])

    def _look(self, pages: Pages, ref: AccountRef, now: float) -> ListLook:
        stale = bool(pages.calls) and now - pages.calls[0].asked_at > conversation_list.OLD
        config = self.context.config
        return conversation_rows.list_look(config.display.privacy, self.context.targets(ref), stale=stale)

    def _at_first_row(self) -> bool:
        table = self.pane.table
        return table.selected is None or table.rows[0].key == table.selected

    def _below(self, course: ListProgress, look: ListLook, as_of: str) -> str:
        """What fits into the lower border: why the numbers differ first, what the signs mean last."""
        reasons: list[tuple[int, Line]] = [
            (place, [Part(reason)]) for place, reason in enumerate(conversation_list.reasons(course))
        ]
        if as_of:
            reasons.append((0, [Part(as_of)]))
        if course.rows:
            reasons.append((9, [Part(conversation_list.legend(look))]))
        room = max(1, self.size.width - 8)
        return " · ".join(reasons[index][1][0].text for index in choose(reasons, room, gap=3))

    # -- keys ---------------------------------------------------------------------------------

    @property
    def current_table(self) -> LiveTable:
        """The list."""
        return self.pane.table

    @property
    def selected(self) -> ListedConversation | None:
        """The conversation under the cursor."""
        key = self.pane.table.selected
        return self._pages.listed.get(key) if self._pages is not None and isinstance(key, int) else None

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        """A row was opened by a double click."""
        event.stop()
        self.action_down()

    def action_down(self) -> None:
        """The details of the conversation under the cursor."""
        listed = self.selected
        if listed is not None and self.ref is not None:
            now = self.context.clock.now()
            open_conversation(self, self.ref, listed, now if listed.call is None else listed.call.asked_at)

    def action_filter(self) -> None:
        """Type to filter the rows."""
        self.pane.open_filter()

    def action_refresh(self) -> None:
        """Read all of it anew, now."""
        if self._asking is None:
            self._begin(anew=True)

    def action_more(self) -> None:
        """Read the next pages of a list that is longer than what is read at once."""
        if self._asking is not None or self._pages is None:
            return
        if self._pages.ended:
            self.say("Everything is loaded.")
            return
        if len(self._pages.listed) >= MOST_KEPT:
            self.say(f"No more than {wording.count(MOST_KEPT)} rows are kept: {NARROWER}")
            return
        self._bound = self._pages.read + PAGES_AT_ONCE
        self._begin(anew=False)

    def action_open_web(self) -> None:
        """Show the conversation in the web application."""
        if self.selected is not None and self.ref is not None:
            self.open_in_web(self.ref, self.selected.conversation.id)

    def action_copy(self) -> None:
        """Copy the number of the conversation."""
        if self.selected is not None:
            number = self.selected.conversation.id
            self.copy_out(str(number), f"Conversation {number}")

    def action_where_from(self) -> None:
        """The number that led here, and the call of each page."""
        if self.ref is None or self.behind is None:
            return
        zone = self.context.zone(self.context.monitor.snapshot(self.ref), self.ref.environment)
        open_where_from(self, self._sources, zone, "Source")

    def _sources(self) -> list[Source]:
        if self.ref is None or self.behind is None:
            return []
        context, now = self.context, self.context.clock.now()
        snapshot, curl = context.monitor.snapshot(self.ref), curl_for(context, self.ref)
        sources = [of_figure(snapshot, self.behind.slot, now, curl)]
        narrowing = self.behind.narrowing
        body = None
        if narrowing.assignee_id is not None:
            body = assigned_to(narrowing.assignee_id, narrowing.status)
        pages = self._pages or Pages(narrowing)
        for number, call in enumerate(pages.calls, start=1):
            means = "a page of the list, 25 conversations at most"
            sources.append(of_call(snapshot, f"page {number}", means, "", call, curl(call, body)))
        if self._error is not None:
            sources.append(
                of_error(snapshot, f"page {pages.read + 1}", "a page of the list", self._error, curl)
            )
        return sources

    def action_back(self) -> None:
        """Stop reading, else clear the filter, else back to the number this came from."""
        if self._asking is not None and self._filling:
            self._stopped = True
            self.workers.cancel_group(self, NAME)
        elif not self.pane.clear_filter():
            self.dismiss()


def open_conversations(screen: Screen[Any], ref: AccountRef, behind: Behind) -> None:
    """Open the list behind a number over `screen`."""
    conversations = screen.app.get_screen(NAME)
    if isinstance(conversations, ConversationsScreen):
        conversations.open(ref, behind)
        push_layer(screen.app, NAME)
