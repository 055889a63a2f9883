"""The dashboard: one account, its five answers, its teams, inboxes and agents."""

from datetime import tzinfo

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from tui import identity
from tui.identity import AccountRef, Measure, Slot
from tui.monitor.days import today
from tui.monitor.history.direction import Course
from tui.monitor.reading import AccountSnapshot
from tui.panes import alarms, inboxes, teams
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.agents import agents
from tui.panes.agents.pane import AgentsPane
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import UNASSIGNED, View
from tui.panes.conversations.last_day import Day
from tui.panes.conversations.pane import ConversationsPane
from tui.panes.conversations.worst_team import worst_team
from tui.panes.header import Place
from tui.panes.notice import Notice, NoticeLine
from tui.panes.table_pane import TablePane
from tui.screens.base import bindings
from tui.screens.context import UTC, Context
from tui.screens.dashboard.narrowing import NAMES as NARROWING_KEYS
from tui.screens.dashboard.narrowing import Narrowing
from tui.screens.dashboard.queued_days import QueuedDays
from tui.screens.dashboard.replay import NAMES as REPLAY_KEYS
from tui.screens.dashboard.replay import NO_PEOPLE, ReplayKeys
from tui.screens.notices import key_of, of_files, of_reach
from tui.screens.place import place
from tui.screens.table_keys import NAMES as TABLE_KEYS
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part, clip, pad, spread

NARROW = 100
SHORT = 32
CHART_FROM, LEAST_CHART, MOST_CHART = 40, 7, 13


class TeamsPane(TablePane):
    """Teams of the account."""

    columns = teams.COLUMNS
    word = "Teams"


class InboxesPane(TablePane):
    """Inboxes the token is told of."""

    columns = inboxes.COLUMNS
    word = "Inboxes"


class DashboardScreen(Narrowing, ReplayKeys):
    """Everything of one account on one screen, from 80x24 up."""

    BINDINGS = bindings(
        "down",
        "where_from",
        "copy",
        "filter",
        "next_pane",
        "previous_pane",
        *TABLE_KEYS,
        *NARROWING_KEYS,
        "back",
        "put_away",
        *REPLAY_KEYS,
        "chart",
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context, name="dashboard")
        self.ref: AccountRef | None = None
        self.header = LineView(id="header")
        self.notice = NoticeLine(id="alerts")
        self.conversations = ConversationsPane(id="conversations")
        self.teams = TeamsPane(id="teams")
        self.inboxes = InboxesPane(id="inboxes")
        self.agents = AgentsPane(id="agents")
        self.left = Vertical(id="left")
        for pane in self.panes:
            pane.first_order = context.state.sort_order(pane.word.lower())
        self.folded = LineView(id="folded")
        self.status = LineView(id="status")
        self.make_replay()
        self.open_pane: TablePane = self.teams
        self.make_narrowing()
        self.days = QueuedDays(context.history)

    def compose(self) -> ComposeResult:
        """Header, notices, conversations, tables side by side or one at a time, status line, key bar."""
        yield self.header
        yield self.replay_line
        yield self.notice
        yield self.conversations
        with Container(id="tables"):
            with self.left:
                yield self.teams
                yield self.inboxes
            yield self.agents
        yield self.folded
        yield self.moment
        yield self.status
        yield KeyBar(id="key-bar")

    def on_mount(self) -> None:
        """Start with the teams' rows under the cursor."""
        self.teams.table.focus()

    def show(self, ref: AccountRef | None) -> None:
        """Put another account on screen: its last known figures at once, then what the server says."""
        if ref != self.ref:
            self.ref = ref
            for pane in self.panes:
                pane.clear_filter()
                pane.table.set_rows([])
            self.widen()
        self.draw()

    @property
    def panes(self) -> tuple[TablePane, ...]:
        """The tables, in the order `tab` steps through them."""
        return self.teams, self.inboxes, self.agents

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account and for the list of accounts; others are not shown here."""
        if ref is None or ref == self.ref:
            self.draw()

    def draw(self) -> None:
        """Compare with what is shown; each widget sends only what differs."""
        if not self.is_mounted:
            return
        context, ref = self.context, self.ref
        now, wall = context.clock.now(), context.clock.wall()
        snapshot = None if ref is None else context.monitor.snapshot(ref)
        live = snapshot
        where = place(context, ref, snapshot, now, wall)
        frame = self.frame(live, context.zone(live, where.environment))
        where = where._replace(replay=self.replay.mark(context.zone(live, where.environment)))
        width = self.size.width
        self.header.set_lines([self._header_line(snapshot if frame is None else frame.snapshot, where)])
        self.notice.show([*self._alert_notices(where.zone), *self._notices()], width)
        if snapshot is None:
            self._draw_nothing(where.environment)
            return
        course, present = context.course(snapshot.key), where
        if frame is not None:
            snapshot, now, wall, course = frame.snapshot, frame.wall, frame.wall, frame.course
            where = where._replace(now=now, wall=wall)
        alarm = quiet if frame is not None else alarms.alarm_of(context.alerts, snapshot.ref)
        for pane in self.panes:
            pane.choose_columns(context.config.display.columns.get(pane.word.lower(), ()))
        self._draw_conversations(snapshot, where, course, alarm)
        self.teams.show_rows(
            teams.rows(snapshot, now, alarm, course, self.teams.kept),
            title=self.whole(teams.title(snapshot)),
            as_of=lambda: teams.as_of(snapshot, self.teams.in_view, now, wall, where.zone),
            empty=teams.empty(snapshot, now),
        )
        self.inboxes.show_rows(
            inboxes.rows(snapshot, now, alarm, self.inboxes.kept),
            title=inboxes.title(snapshot),
            as_of=lambda: inboxes.as_of(snapshot, self.inboxes.in_view, now, wall, where.zone),
            empty=inboxes.empty(snapshot, now),
        )
        totals = self.draw_agents(snapshot, where, NO_PEOPLE if frame is not None else "")
        context.monitor.visible(
            snapshot.ref,
            teams=self.teams.in_view,
            inboxes=self.inboxes.in_view,
            members_of=self.members_of,
            agents=() if frame is not None else self.agents.in_view,
            times=frame is None and self.shows_times(snapshot),
            inbox=None if self.lens is None else self.lens.inbox_id,
        )
        self.folded.set_lines(self._folded_lines(snapshot, where, totals, width))
        if self.said:
            self.status.set_lines([pad([Part(f" {self.said}")], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, live or snapshot, present, width)])

    def _header_line(self, snapshot: AccountSnapshot | None, where: Place) -> Line:
        seen = snapshot if self.lens is None or snapshot is None else self.lens.through(snapshot)
        if self.lens is not None and seen is not None:
            where = where._replace(inbox=self.lens.name, every=seen.reading(UNASSIGNED).period)
        return header_pane.line(seen, where, self.size.width)

    def _draw_conversations(
        self, snapshot: AccountSnapshot, where: Place, course: Course, alarm: AlarmOf
    ) -> None:
        targets, lens = self.context.targets(snapshot.ref), self.lens
        view = View(
            where.now,
            self.conversations.inner_width,
            max(4, min(9, self.size.height // 4)),
            targets.wait,
            targets.conversations_per_agent,
            course if lens is None else lens.course(course),
            alarm if lens is None else lens.alarm(alarm),
            of_inbox=lens is not None,
            whole=lens is None and not conversations.sees_part(snapshot),
            day=self._day(snapshot, where),
            wall=where.wall,
            zone=where.zone,
            agents_hidden=self.context.config.display.privacy.agents == "always",
            day_began=where.now - (where.wall - today(where.wall, where.zone)[0]),
            compared=None if lens is not None else self.compared(snapshot.key, where.zone or UTC),
        )
        seen = snapshot if lens is None else lens.through(snapshot)
        self.conversations.show(seen, view, where.wall, where.zone, lens)

    def _day(self, snapshot: AccountSnapshot, where: Place) -> Day | None:
        height = min(MOST_CHART, self.size.height - CHART_FROM + LEAST_CHART)
        if height < LEAST_CHART or self.size.width < NARROW or self.replay.on:
            return None
        queued = (
            () if self.lens is not None else self.days.of(snapshot.key, where.wall, where.zone, self.draw)
        )
        return Day(where.zone, where.wall, height, queued)

    def _alert_notices(self, zone: tzinfo | None) -> list[Notice]:
        if self.context.alerts is None or self.ref is None:
            return []
        if self.replay.on:
            then = self.context.alerts.at(self.ref, self.replay.wall)
            return alarms.notices_of_then(then, zone, self.size.width)
        keys = key_of(self.context.config, "acknowledge"), key_of(self.context.config, "alerts")
        return alarms.notices(self.context.alerts.active(self.ref), zone, keys, self.size.width)

    def _notices(self) -> list[Notice]:
        snapshot = None if self.ref is None else self.context.monitor.snapshot(self.ref)
        files = of_files(self.context.history, self.context.state.store)
        if self.ref is not None:
            zone = self.context.zone(snapshot, self.ref.environment)
            files += of_reach(self.context.monitor.seen(self.ref), self.context.clock.wall(), zone)
        return self.context.notices.current(self.context.config, self.context.unkept, snapshot, files)

    def _draw_nothing(self, environment: str) -> None:
        found = self.context.monitor.health(environment) if environment else None
        words = found.message if found is not None and found.message else ""
        if not self.context.config.environments:
            keys = [key_of(self.context.config, name) for name in ("settings", "quit")]
            words = f"There is no environment yet. Press {keys[0]} to add one, {keys[1]} to quit."
        self.conversations.show_words(words or "Looking up the accounts of this token…")
        for pane in self.panes:
            pane.show_rows([], title=pane.word, as_of="", empty="")
        self.folded.set_lines([])
        self.status.set_lines([])

    def _folded_lines(self, snapshot: AccountSnapshot, where: Place, totals: Line, width: int) -> list[Line]:
        if not self.has_class("-narrow"):
            return []
        folded: list[Line] = []
        if self.open_pane is not self.teams:
            worst = worst_team(snapshot, where.now)
            told = f"  needs help: {worst.name}, {worst.notes[0]}" if worst is not None else ""
            folded.append([Part(f" {teams.title(snapshot)}", "title"), Part(clip(told, width - 16), "dim")])
        if self.open_pane is not self.agents:
            moment = agents.totals_as_of(snapshot, where.now, where.wall, where.zone)
            line = [Part(f" {agents.title(snapshot)}  ", "title"), *totals]
            folded.append(spread(line, [Part(f" {moment} ", "dim")], width))
        return folded

    def on_resize(self) -> None:
        """Choose the layout that this size can carry."""
        self.lay_out()
        self.call_after_refresh(self.draw)

    def lay_out(self) -> None:
        """Side by side where there is room; one table at a time, the others folded to a line, where not."""
        narrow = self.size.width < NARROW or self.size.height < SHORT
        self.set_class(narrow, "-narrow")
        roomy = self.size.height >= 36
        for pane in self.panes:
            pane.display = pane is self.open_pane if narrow else (pane is not self.inboxes or roomy)
        self.left.display = self.teams.display or self.inboxes.display
        self.folded.display = narrow

    # -- keys ---------------------------------------------------------------------------------

    @on(TablePane.ViewChanged)
    def _in_view(self, event: TablePane.ViewChanged) -> None:
        # Rows in view are asked for first, and the border tells how old they are.
        event.stop()
        self.draw()

    @on(LiveTable.SortChanged)
    def _sorted(self, event: LiveTable.SortChanged) -> None:
        event.stop()
        for pane in self.panes:
            if pane.table is event.table:
                self.context.state.remember_sort_order(pane.word.lower(), pane.order)

    @property
    def current_table(self) -> LiveTable | None:
        """The table under the cursor; None while the figures are."""
        pane = self.current_pane
        return None if pane is None else pane.table

    @property
    def current_pane(self) -> TablePane | None:
        """The pane under the cursor; None while the figures are."""
        return next((pane for pane in self.panes if pane.has_focus_within), None)

    def go_to_row(self, pane: TablePane, key: int) -> None:
        """Open the pane and select one of its rows, as the go-to box asks."""
        pane.clear_filter()
        self.open_pane = pane
        self.lay_out()
        pane.table.focus()
        pane.table.select(key)
        self.draw()

    def action_next_pane(self) -> None:
        """Go to the next pane, opening it where only one fits."""
        self._step_pane(1)

    def action_previous_pane(self) -> None:
        """Go to the previous pane."""
        self._step_pane(-1)

    def _step_pane(self, step: int) -> None:
        order: list[ConversationsPane | TablePane] = [self.conversations, self.teams]
        if self.inboxes.display or self.has_class("-narrow"):
            order.append(self.inboxes)
        order.append(self.agents)
        here = self.current_pane or self.conversations
        following = order[(order.index(here) + step) % len(order)] if here in order else order[0]
        if isinstance(following, TablePane):
            self.open_pane = following
            self.lay_out()
            following.table.focus()
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
        (self.current_pane or self.open_pane).open_filter()

    def action_put_away(self) -> None:
        """Put the notice under the header away."""
        if self.context.notices.dismiss(self._notices()):
            self.draw()

    def action_chart(self) -> None:
        """Chart the figure under the cursor; of a row, how many wait."""
        slot = self._slot()
        if self.current_pane is self.agents or slot is None:
            slot = identity.account(Measure.AGENTS_ONLINE if slot else Measure.UNASSIGNED)
        elif self.current_pane is not None:
            slot = Slot(slot.scope, Measure.UNASSIGNED)
        from tui.screens.chart import open_chart  # Not before, as a start needs none.

        open_chart(self.app, self.ref, slot)

    def action_back(self) -> None:
        """Back to the present; else clear the filter of the pane under the cursor."""
        if self.leave_replay():
            return
        pane = self.current_pane
        if pane is None or not pane.clear_filter():
            self.leave_narrowed()
        elif pane is self.agents:
            self.all_availabilities()
