"""Who came within a row of the day: read when it is opened, and anew at a key; each page is dear."""

from functools import partial
from typing import Any

from textual.app import App, ComposeResult

from tui import wording
from tui.api.errors import LiveAgentError
from tui.identity import AccountKey, AccountRef
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.listing import Came, CreatedWithin
from tui.monitor.service.roll import IgnoredError
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.conversation_list.conversation_list import OLD
from tui.panes.conversation_list.rows import list_look
from tui.panes.day import arrivals
from tui.panes.day.arrivals import ArrivalsPane, ArrivalsProgress, ArrivedIn
from tui.panes.table_pane import FRAME, MIDDLE
from tui.panes.where_from import Source, of_call, of_error
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

NAME = "arrivals"


class ArrivalsScreen(TableKeys, MonitorScreen):
    """Made once and reused: `open` says which row of which day, then it is pushed."""

    BINDINGS = bindings("down", "filter", *TABLE_KEYS, "refresh", "open_web", "copy", "where_from", "back")

    def __init__(self, context: Context) -> None:
        super().__init__(context, name=NAME)
        self.header = LineView(id="header")
        self.pane = ArrivalsPane(id="arrivals-list")
        self.status = LineView(id="status")
        self.ref: AccountRef | None = None
        self.opened: ArrivedIn | None = None
        self._forget()

    def _forget(self) -> None:
        self._read: CreatedWithin | None = None
        """What is shown; while it is read anew that of before."""
        self._asking = False
        self._error: LiveAgentError | IgnoredError | None = None
        self._read_as: AccountKey | None = None

    def compose(self) -> ComposeResult:
        """Header, list, status line, key bar."""
        yield self.header
        yield self.pane
        yield self.status
        yield KeyBar(id="key-bar")

    def open(self, ref: AccountRef, opened: ArrivedIn) -> None:
        """Take what it will be pushed for; what was read before is forgotten."""
        self.let_go()
        self._forget()
        self.ref, self.opened = ref, opened
        self.pane.clear_filter()
        self.pane.table.sort_by(None)
        self.pane.table.set_rows([])

    def let_go(self) -> None:
        """Stop reading once it is left; what is merely covered reads on."""
        self.workers.cancel_group(self, NAME)
        self._asking = False

    def on_screen_resume(self) -> None:
        """Begin to read when it comes to the front."""
        self.pane.table.focus()
        if self._read is None and not self._asking:
            self._begin()
        self.draw()

    # -- reading ------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.ref is None or self.opened is None:
            return
        read = CreatedWithin(self.opened.begins, self.opened.until, self.opened.later)
        if self._read is None:
            self._read = read
        self._read_as = self.context.monitor.key(self.ref)
        self._asking, self._error = True, None
        self.run_latest(partial(self._read_all, self.ref, read), NAME)

    async def _read_all(self, ref: AccountRef, read: CreatedWithin) -> None:
        try:
            while not read.ended:
                self.draw()
                read.add(await self.context.monitor.ask(ref, read.next()))
            self._read = read
        except (LiveAgentError, IgnoredError) as error:
            self._error = error
        self._asking = False
        self.draw()

    def _let_go_of_others(self, snapshot: AccountSnapshot) -> None:
        """Forget what was read as another user: what the day counted was of that one's reach, too."""
        as_whom = self._read_as
        if as_whom is None or self.context.monitor.store.known_as(as_whom) == snapshot.key:
            return
        self.let_go()
        self._forget()
        if self.opened is not None:
            self.opened = self.opened._replace(tally=None, as_of=None, later=(0, 0))
        if not self.context.monitor.paused:
            self._begin()

    # -- drawing ------------------------------------------------------------------------------

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account alone."""
        if ref is None or ref == self.ref:
            self.draw()

    def draw(self) -> None:
        """Compare with what is shown."""
        if not self.is_mounted or self.ref is None or self.opened is None or not self.is_current:
            return
        context, ref, width = self.context, self.ref, self.size.width
        now, wall = context.clock.now(), context.clock.wall()
        snapshot = context.monitor.snapshot(ref)
        self._let_go_of_others(snapshot)
        where, zone = place(context, ref, snapshot, now, wall), context.zone(snapshot, ref.environment)
        self.header.set_lines([header_pane.line(snapshot, where, width)])
        opened, read = self.opened, self._read or CreatedWithin(self.opened.begins, self.opened.until)
        age = now - read.calls[0].asked_at if read.calls else 0.0
        look = list_look(context.config.display.privacy, context.targets(ref), stale=age > OLD)
        progress = ArrivalsProgress(
            opened,
            read,
            self._came(read, opened),
            self._asking,
            self._error is not None,
            self._key("refresh"),
        )
        # Of when it is stays longest: rows that look old tell their age nowhere else.
        texts = ["", *arrivals.reasons(progress, zone)]
        if read.calls:
            moment = wording.clock_time(read.calls[0].server_wall, zone)
            texts[0] = f"out of date, {wording.old(age)}" if age > OLD else f"as of {moment}"
        placed: list[tuple[int, Line]] = [
            (rank, [Part(text)] if text else []) for rank, text in enumerate(texts)
        ]
        fitting = choose(placed, max(1, width - FRAME), gap=len(MIDDLE))
        table = self.pane.table
        at_top = table.selected is None or table.rows[0].key == table.selected
        self.pane.show_rows(
            arrivals.rows(progress.came, opened, snapshot, look, zone),
            title=arrivals.title(progress),
            as_of=MIDDLE.join(texts[index] for index in sorted(fitting, key=lambda rank: rank == 0)),
            empty=arrivals.empty(progress),
        )
        if at_top:  # The earlier ones come last.
            table.action_first_row()
        if self.said or self._error is not None:
            part = Part(f" {self.said}", "normal") if self.said else Part(f" {self._error}", "warning")
            self.status.set_lines([pad([part], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, snapshot, where, width)])

    @staticmethod
    def _came(read: CreatedWithin, opened: ArrivedIn) -> list[Came]:
        return [arrived for arrived in read.came(opened.part) if opened.is_in(arrived.arrival)]

    def _key(self, action: str) -> str:
        return key_of(self.context.config, action)

    # -- keys ---------------------------------------------------------------------------------

    @property
    def current_table(self) -> LiveTable:
        """The list."""
        return self.pane.table

    @property
    def selected(self) -> Came | None:
        """The conversation under the cursor."""
        if self._read is None or self.opened is None:
            return None
        key = self.pane.table.selected
        return next(
            (arrived for arrived in self._came(self._read, self.opened) if arrived.arrival.id == key), None
        )

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        """A row was opened by a double click."""
        event.stop()
        self.action_down()

    def action_down(self) -> None:
        """The details of the conversation under the cursor."""
        came = self.selected
        if came is not None and self.ref is not None:
            call, now = came.listed.call, self.context.clock.now()
            open_conversation(self, self.ref, came.listed, now if call is None else call.asked_at)

    def action_filter(self) -> None:
        """Type to filter the rows."""
        self.pane.open_filter()

    def action_refresh(self) -> None:
        """Read all of it anew, now."""
        if not self._asking:
            self._begin()
            self.draw()

    def action_open_web(self) -> None:
        """Show the conversation in the web application."""
        if self.selected is not None and self.ref is not None:
            self.open_in_web(self.ref, self.selected.arrival.id)

    def action_copy(self) -> None:
        """Copy the number of the conversation."""
        if self.selected is not None:
            number = self.selected.arrival.id
            self.copy_out(str(number), f"Conversation {number}")

    def action_where_from(self) -> None:
        """The calls that found them."""
        if self.ref is not None:
            zone = self.context.zone(self.context.monitor.snapshot(self.ref), self.ref.environment)
            open_where_from(self, self._sources, zone, "Source")

    def _sources(self) -> list[Source]:
        if self.ref is None or self._read is None:
            return []
        snapshot, curl = self.context.monitor.snapshot(self.ref), curl_for(self.context, self.ref)
        means = "to find who came then in the list of all conversations, by creation"
        sources = [
            of_call(snapshot, f"call {number}", means, "", call, curl(call, None))
            for number, call in enumerate(self._read.calls, start=1)
        ]
        if isinstance(self._error, LiveAgentError):
            sources.append(of_error(snapshot, f"call {len(sources) + 1}", means, self._error, curl))
        return sources

    def action_back(self) -> None:
        """Stop reading, else clear the filter, else back to the day."""
        if self._asking:
            self.let_go()
            self.draw()
        elif not self.pane.clear_filter():
            self.dismiss()


def open_arrivals(app: App[Any], ref: AccountRef, opened: ArrivedIn) -> None:
    """Put the list of who came within a row of the day in front."""
    screen = app.get_screen(NAME)
    if isinstance(screen, ArrivalsScreen) and app.screen is not screen:
        screen.open(ref, opened)
        push_layer(app, NAME)
