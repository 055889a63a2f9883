"""The dashboard: one account, its five answers, its teams, inboxes and agents."""

from collections.abc import Iterable
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.app import App, ComposeResult
from textual.worker import Worker

from tui.durations import MINUTE
from tui.identity import HEADLINE, AccountKey, AccountRef
from tui.measures import AVAILABILITIES
from tui.monitor.calls import Ask, What
from tui.monitor.history.direction import Course
from tui.monitor.reading import AccountSnapshot
from tui.panes import alarms
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.account_panes import AccountPane, InboxesPane, TeamsPane
from tui.panes.agents import members
from tui.panes.agents.pane import AgentsPane
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.conversations.pane import ConversationsPane
from tui.panes.header import Place
from tui.panes.notice import NoticeLine
from tui.panes.table_pane import TablePane
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.dashboard.day_keys import DayKeys
from tui.screens.dashboard.figures_view import FiguresView
from tui.screens.dashboard.inbox_choice import InboxChoice, problem_of
from tui.screens.dashboard.notice_lines import alert_notices, notices, why_nothing
from tui.screens.dashboard.replay import NO_PEOPLE, Frame, Replay
from tui.screens.dashboard.tables import Tables
from tui.screens.notices import key_of
from tui.screens.place import place
from tui.screens.table_keys import NAMES as TABLE_KEYS
from tui.screens.table_keys import TableKeys
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import push_layer
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Part, pad

if TYPE_CHECKING:
    from tui.screens.dashboard.moment_prompt import MomentPrompt
    from tui.widgets.picker import Picker, PickItem

FRESH = 60.0
"""Seconds for which a list of members is not asked for again by the key."""
TEN_MINUTES = 10 * MINUTE
OF_THE_PRESENT = frozenset({"down", "where_from", "copy"})
"""Actions that lead from a figure to the present: a replay has none of them."""
AVAILABILITY_OF = {measure: word for word, measure in AVAILABILITIES.items()}


class DashboardScreen(TableKeys, DayKeys):
    """Everything of one account on one screen, from 80x24 up."""

    AUTO_FOCUS = "#teams-table"
    BINDINGS = bindings(
        "down", "where_from", "copy", "filter", "next_pane", "previous_pane", *TABLE_KEYS,
        "availability", "members", "inbox", "back", "put_away", "time", "earlier", "later", "chart", "day",
        "busiest",
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context, name="dashboard")
        self.ref: AccountRef | None = None
        self.inbox = InboxChoice()
        self.replay = Replay(context)
        self.header = LineView(id="header")
        self.replay_line = LineView(id="replay")
        self.notice = NoticeLine(id="alerts")
        self.conversations = ConversationsPane(id="conversations")
        self.teams = TeamsPane(id="teams")
        self.inboxes = InboxesPane(id="inboxes")
        self.agents = AgentsPane(context.since, id="agents")
        self.tables = Tables(context.state, self.teams, self.inboxes, self.agents)
        self.folded = LineView(id="folded")
        self.status = LineView(id="status")
        self._figures = FiguresView(context, self.conversations, self.draw_soon)
        if context.backfill is not None:
            context.backfill.listen(self.past_changed)

    def compose(self) -> ComposeResult:
        """Header, notices, conversations, tables side by side or one at a time, status line, key bar."""
        yield from (self.header, self.replay_line, self.notice)
        yield self.conversations
        yield self.tables
        yield self.folded
        yield self.status
        yield KeyBar(id="key-bar")

    def on_mount(self) -> None:
        """Start with the layout for this size."""
        self._lay_out()

    def show(self, ref: AccountRef | None) -> None:
        """Put another account on screen: its last known figures at once, then what the server says."""
        if ref != self.ref:
            self.ref, self.inbox.lens = ref, None
            self.tables.start_over()
        self.draw()

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account and for the list of accounts; others are not shown here."""
        if ref is None or ref == self.ref:
            self.draw_soon()

    # -- drawing ------------------------------------------------------------------------------

    def draw(self) -> None:
        """Compare with what is shown; each widget sends only what differs."""
        if not self.is_mounted:
            return
        context, ref = self.context, self.ref
        now, wall = context.clock.now(), context.clock.wall()
        live = None if ref is None else context.monitor.snapshot(ref)
        where = place(context, ref, live, now, wall)
        zone = context.zone(live, where.environment)
        frame, width = self._frame(live, zone), self.app.size.width
        where = where._replace(replay=self.replay.mark(zone))
        shown = live if frame is None else frame.snapshot
        seen = None if shown is None else self.inbox.seen(shown)
        self.header.set_lines([header_pane.line(seen, self.inbox.named(where, shown), width)])
        alerts = alert_notices(context, ref, self.replay, where.zone, width)
        self.notice.show([*alerts, *notices(context, ref)], width)
        if live is None:
            self.conversations.show_words(why_nothing(context, where.environment))
            self.tables.show_nothing()
            self.folded.set_lines([])
            self.status.set_lines([])
            return
        for pane in self.tables.all:
            pane.choose_columns(context.config.display.columns.get(pane.word.lower(), ()))
        if frame is None:
            alarm = alarms.alarm_of(context.alerts, live.ref)
            self._draw_account(live, where, context.course(live.key), alarm)
        else:
            then = where._replace(now=frame.wall, wall=frame.wall)
            self._draw_account(frame.snapshot, then, frame.course, quiet)
        if self.said:
            self.status.set_lines([pad([Part(f" {self.said}")], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, live, where, width)])

    def _draw_account(self, snapshot: AccountSnapshot, where: Place, course: Course, alarm: AlarmOf) -> None:
        context, lens, live = self.context, self.inbox.lens, not self.replay.on
        narrowed, empty, size = lens is not None, "" if live else NO_PEOPLE, self.app.size
        self._figures.draw(snapshot, where, course=course, alarm=alarm, lens=lens, size=size, live=live)
        self.teams.draw(snapshot, where, alarm=alarm, course=course, narrowed=narrowed)
        self.inboxes.draw(snapshot, where, alarm=alarm)
        limit, key = context.targets(snapshot.ref).conversations_per_agent, key_of(context.config, "members")
        totals = self.agents.draw(snapshot, where, limit=limit, narrowed=narrowed, key=key, empty=empty)
        context.monitor.visible(
            snapshot.ref,
            teams=self.teams.in_view,
            inboxes=self.inboxes.in_view,
            members_of=self.agents.members_of,
            agents=self.agents.in_view if live else (),
            times=live and self.agents.shows_times(snapshot, context.clock.now()),
            inbox=None if lens is None else lens.inbox_id,
        )
        self.folded.set_lines(self.tables.folded_lines(snapshot, where, totals, size.width))

    def on_resize(self) -> None:
        """Choose the layout that this size can carry."""
        self._lay_out()
        self.call_after_refresh(self.draw_soon)

    def _lay_out(self) -> None:
        self.tables.fit(self.app.size)
        self.set_class(self.tables.narrow, "-narrow")
        self.folded.display = self.tables.narrow

    # -- the cursor ---------------------------------------------------------------------------

    @on(TablePane.ViewChanged)
    def _in_view(self, event: TablePane.ViewChanged) -> None:
        # Rows in view are asked for first, and the border tells how old they are.
        event.stop()
        self.draw_soon()

    @on(LiveTable.RowChosen)
    @on(ConversationsPane.FigureChosen)
    def _opened(self, event: LiveTable.RowChosen | ConversationsPane.FigureChosen) -> None:
        # By a double click.
        event.stop()
        self.action_down()

    @property
    def current_table(self) -> LiveTable | None:
        """The table under the cursor; None while the figures are."""
        pane = self.tables.current
        return None if pane is None else pane.table

    @property
    def under_cursor(self) -> AccountPane | ConversationsPane:
        """The pane under the cursor."""
        return self.tables.current or self.conversations

    def go_to_row(self, pane: AccountPane, key: int) -> None:
        """Open the pane and select one of its rows, as the go-to box asks."""
        pane.clear_filter()
        self.tables.open(pane)
        pane.table.select(key)
        self.draw()

    def action_next_pane(self) -> None:
        """Go to the next pane, opening it where only one fits."""
        self._step_pane(1)

    def action_previous_pane(self) -> None:
        """Go to the previous pane."""
        self._step_pane(-1)

    def _step_pane(self, step: int) -> None:
        order: list[ConversationsPane | AccountPane] = [self.conversations, *self.tables.steps]
        here = self.under_cursor
        following = order[(order.index(here) + step) % len(order)] if here in order else order[0]
        if isinstance(following, AccountPane):
            self.tables.open(following)
        else:
            following.focus()
        self.draw()

    def action_row_down(self) -> None:
        """Next row, or next figure."""
        if self.current_table is None:
            self.conversations.step(1)
        else:
            super().action_row_down()

    def action_row_up(self) -> None:
        """Previous row, or previous figure."""
        if self.current_table is None:
            self.conversations.step(-1)
        else:
            super().action_row_up()

    def action_filter(self) -> None:
        """Type to filter the rows of the pane under the cursor."""
        (self.tables.current or self.tables.open_pane).open_filter()

    def action_put_away(self) -> None:
        """Put the notice under the header away."""
        if self.context.notices.dismiss(notices(self.context, self.ref)):
            self.draw()

    def action_back(self) -> None:
        """Back to the present; else show the filtered rows again, else widen what is narrowed."""
        if self.leave_replay():
            return
        pane = self.tables.current
        if pane is not None and pane.clear_filter():
            return
        if pane is self.agents and self.agents.members_of is not None:
            self.agents.members_of = None
            self.tables.open(self.teams)
        elif self.inbox.lens is not None:
            self.inbox.lens = None
        self.draw()

    # -- what stands behind a figure or a row -------------------------------------------------

    def action_down(self) -> None:
        """The conversations behind the figure or row under the cursor; of the past none are kept."""
        from tui.panes.drill_down import behind  # As `open_conversations`.

        slot = self.under_cursor.slot
        if self.replay.on:
            self.say("Of the past only the figures are kept; escape leads back to now.")
        elif self.ref is None:
            return
        elif slot is None:
            self.say("There is no row to open.")
        elif isinstance(opened := behind(slot, self.context.monitor.snapshot(self.ref)), str):
            if slot.row.of_people:
                self.agents.show_availability(AVAILABILITY_OF.get(slot.measure))
                self._go_to_agents()
            else:
                self.say(opened)
        else:
            # Not before: a start would read from disk what most days nobody opens.
            from tui.screens.conversations import open_conversations

            open_conversations(self, self.ref, opened)

    def action_where_from(self) -> None:
        """Where the figure or the row under the cursor comes from."""
        if self.ref is None:
            return
        from tui.screens.where_from import curl_for, open_where_from  # As `open_conversations`.

        ref, pane, monitor = self.ref, self.under_cursor, self.context.monitor
        snapshot, curl = monitor.snapshot(ref), curl_for(self.context, ref)
        named = pane.named(snapshot)
        open_where_from(
            self,
            lambda: pane.sources(monitor.snapshot(ref), self.context.clock.now(), curl),
            self.context.zone(snapshot, ref.environment),
            f"Source · {named}" if named else "Source",
        )

    def action_copy(self) -> None:
        """Copy the figure, or the name of the row, under the cursor."""
        if self.ref is None:
            return
        copied = self.under_cursor.copied(self.context.monitor.snapshot(self.ref))
        if copied is None:
            self.say(self.under_cursor.nothing_to_copy)
        else:
            self.copy_out(*copied)

    def action_chart(self) -> None:
        """Chart the figure under the cursor; of a row, how many wait."""
        from tui.screens.chart import open_chart  # As `open_conversations`.

        open_chart(self.app, self.ref, self.under_cursor.charted or HEADLINE)

    # -- what narrows it ----------------------------------------------------------------------

    def action_availability(self) -> None:
        """Agents of one availability, the next one at each press, then all again."""
        self.agents.show_next_availability()
        self._go_to_agents()

    def _go_to_agents(self) -> None:
        self.tables.open(self.agents)
        self.draw()

    def action_members(self) -> None:
        """Who belongs to the team under the cursor, and who of them is there."""
        team_id = self.teams.row if self.tables.current is self.teams else self.agents.members_of
        if team_id is None or self.ref is None:
            self.say("Select a team first: its members are then shown in place of all agents.")
            return
        self.say("")
        self.agents.members_of = team_id
        listing = members.of_team(self.context.monitor.snapshot(self.ref), team_id)
        if listing.items is None or listing.age(self.context.clock.now()) > FRESH:
            self._ask_at_once((Ask(what=What.TEAM_MEMBERS, number=team_id),))
        self._go_to_agents()

    def action_inbox(self) -> None:
        """Choose the inbox whose figures stand for the account's."""
        snapshot = None if self.ref is None else self.context.monitor.snapshot(self.ref)
        items = self.inbox.choices(snapshot)
        if isinstance(items, str):
            self.say(items)
            return
        app: App[Any] = self.app
        cast("Picker", app.get_screen("picker")).open(items, title="Figures of one inbox", prompt="inbox")
        push_layer(app, "picker", self._inbox_chosen)

    def _inbox_chosen(self, chosen: "PickItem | None") -> None:
        if chosen is None:
            return
        if asks := self.inbox.take(chosen):
            self._ask_at_once(asks)
        self.draw()

    def _ask_at_once(self, asks: Iterable[Ask]) -> None:
        self.run_latest(partial(self._ask_and_say, asks), "narrow")

    async def _ask_and_say(self, asks: Iterable[Ask]) -> None:
        if self.ref is not None and (problem := await problem_of(self.context.monitor, self.ref, asks)):
            self.say(problem)

    # -- replay -------------------------------------------------------------------------------

    def _frame(self, live: AccountSnapshot | None, zone: tzinfo) -> Frame | None:
        """What to draw instead of `live`; what is not read yet is read behind it."""
        if live is not None:
            self.context.fill_past(live)
            if self.replay.due(live.key) and not self.replay.reading:
                _: Worker[None] = self.run_worker(self._read_past, name="read the past", group="replay")
        frame = self.replay.frame(live)
        self.set_class(self.replay.on, "-replay")
        if frame is not None:
            self.replay_line.set_lines([self.replay.line(zone, self.size.width)])
        return frame

    async def _read_past(self) -> None:
        await self.replay.read_to_rest(self._key)
        self.draw()

    def _key(self) -> AccountKey | None:
        return None if self.ref is None else self.context.monitor.snapshot(self.ref).key

    def past_changed(self, key: AccountKey) -> None:
        """Compare and replay with what is kept now, and let what stands above do so, too."""
        if self.context.comparisons is not None:
            self.context.comparisons.forget(key)
        for screen in self.app.screen_stack:
            if screen is not self and isinstance(screen, MonitorScreen):
                screen.past_changed(key)
        self.replay.read_again()
        self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Left and right step through a replay or the figures; what leads to the present is no replay's."""
        if action in {"earlier", "later"}:
            return self.replay.on or self.conversations.has_focus
        return not (self.replay.on and action in OF_THE_PRESENT)

    def action_time(self) -> None:
        """Type a time to go to."""
        from tui.screens.dashboard.moment_prompt import open_prompt  # As `open_conversations`.

        open_prompt(self, self._here_and_now, above=self.status)

    def _here_and_now(self) -> tuple[float, tzinfo]:
        snapshot = None if self.ref is None else self.context.monitor.snapshot(self.ref)
        zone = self.context.zone(snapshot, self.ref.environment if self.ref is not None else "")
        return self.context.clock.wall(), zone

    def on_moment_prompt_chosen(self, event: "MomentPrompt.Chosen") -> None:
        """Go to the time that was typed."""
        event.stop()
        self._go_to(event.wall)

    def _go_to(self, target: float | None) -> None:
        self.replay.go_to(target)
        self.refresh_bindings()
        self.draw()

    def leave_replay(self) -> bool:
        """Back to the present; False where it is on screen already."""
        if not self.replay.on:
            return False
        self._go_to(None)
        return True

    def action_earlier(self) -> None:
        """A minute back; the figure before where the present is shown."""
        self._step_in_time(-MINUTE) if self.replay.on else self.conversations.step(-1)

    def action_later(self) -> None:
        """A minute on; the next figure where the present is shown."""
        self._step_in_time(MINUTE) if self.replay.on else self.conversations.step(1)

    def action_page_up(self) -> None:
        """A page of rows up; ten minutes back in a replay."""
        self._step_in_time(-TEN_MINUTES) if self.replay.on else super().action_page_up()

    def action_page_down(self) -> None:
        """A page of rows down; ten minutes on in a replay."""
        self._step_in_time(TEN_MINUTES) if self.replay.on else super().action_page_down()

    def _step_in_time(self, seconds: float) -> None:
        self.replay.step(seconds)
        self.draw()
