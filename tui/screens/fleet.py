"""The fleet screen: all accounts of all environments in one table."""

from dataclasses import dataclass
from datetime import tzinfo

from textual.app import ComposeResult
from textual.message import Message

from tui import wording
from tui.identity import AccountRef
from tui.monitor.health import HealthState
from tui.monitor.reading import but_unseen
from tui.panes import fleet
from tui.panes.alarms import ROLES
from tui.panes.fleet import Member
from tui.panes.table_pane import TablePane
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.editor import lend_of
from tui.screens.notices import key_of
from tui.screens.place import marks_of_all, place
from tui.screens.table_keys import NAMES, TableKeys
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part, joined, pad, spread, width_of
from tui.widgets.themes import badge

TABLE = "fleet"
FINE = {HealthState.OK, HealthState.WAITING, HealthState.UNKNOWN, HealthState.PAUSED}


class FleetPane(TablePane):
    """All accounts."""

    columns = fleet.COLUMNS
    word = "Fleet"


@dataclass
class AccountChosen(Message):
    """A row was opened: its account is to be shown."""

    ref: AccountRef


class FleetScreen(TableKeys, MonitorScreen):
    """One row an account; while it is open, agents and longest waits of all are asked too, rarely."""

    BINDINGS = bindings("down", "filter", *NAMES, "fleet", "back", "refresh", "acknowledge")

    def __init__(self, context: Context) -> None:
        super().__init__(context, name="fleet")
        self.header = LineView(id="header")
        self.pane = FleetPane(id="fleet")
        self.pane.first_order = context.state.sort_order(TABLE)
        self.totals = LineView(id="totals")
        self.status = LineView(id="status")

    def compose(self) -> ComposeResult:
        """Header, the table, the sums below it, status line, key bar."""
        yield self.header
        yield self.pane
        yield self.totals
        yield self.status
        yield KeyBar(id="key-bar")

    def on_mount(self) -> None:
        """Start with the rows under the cursor."""
        self.pane.table.focus()

    def on_screen_resume(self) -> None:
        """Ask for agents and longest waits of all accounts."""
        self.context.monitor.watch_all = True

    def on_screen_suspend(self) -> None:
        """Ask for them no more, unless only a box stands before the table."""
        if self.app.current_mode != self.name:
            self.context.monitor.watch_all = False

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Compare with what is shown; only rows that differ are painted."""
        if not self.is_mounted:
            return
        context, width = self.context, self.size.width
        now, wall = context.clock.now(), context.clock.wall()
        here = context.monitor.looking
        where = place(context, here, None if here is None else context.monitor.snapshot(here), now, wall)
        members, left_out = self._members(where.zone), context.monitor.directory.left_out()
        self.header.set_lines([self._header_line(wall, where.zone, width)])
        adding = key_of(context.config, "settings")
        names = [environment.name for environment in context.config.environments]
        badge_cells = fleet.badge_width(names, self.pane.table.room)
        self.pane.table.set_columns(fleet.columns(badge_cells))
        self.pane.show_rows(
            fleet.rows(members, now, wall, badge_cells),
            title=fleet.title(members, left_out),
            as_of=fleet.as_of(members, now, wall),
            empty=fleet.empty(len(context.config.environments), self._trouble(), adding),
        )
        self.totals.set_lines([fleet.totals(members, now, width, left_out)])
        self.status.set_lines([pad([Part(f" {self._trouble()}", "warning")], width)])

    def _header_line(self, wall: float, zone: tzinfo | None, width: int) -> Line:
        context = self.context
        simulated: Line = [Part("SIMULATION", "stale-mark")] if context.simulated else []
        paused: Line = [Part("‖ paused", "accent")] if context.monitor.paused else []
        time: Line = [Part(f"{wording.minute(wall, zone)} {wording.zone_name(wall, zone)} ", "label")]
        title: Line = [Part(" FLEET", "title")]
        right, before = joined([paused, time]), joined([title, simulated, self._alarm()])
        marks = marks_of_all(context, width - width_of(before) - width_of(right) - 2)
        weak = [[Part(mark, "stale-mark")] for mark in marks]
        return spread(joined([title, simulated, *weak, self._alarm()]), right, width)

    def _members(self, zone: tzinfo | None) -> list[Member]:
        context, monitor = self.context, self.context.monitor
        alerts = context.alerts
        badges = {
            environment.name: badge(environment.colour or number)
            for number, environment in enumerate(context.config.environments)
        }
        members = []
        for ref in monitor.refs():
            snapshot = monitor.snapshot(ref)
            context.fill_past(snapshot)
            members.append(
                Member(
                    monitor.entry(ref),
                    but_unseen(snapshot),
                    badges.get(ref.environment, badge(0)),
                    monitor.health_of(ref),
                    zone,
                    context.targets(ref).wait,
                    context.course(snapshot.key),
                    None if alerts is None else alerts.level(ref),
                    0 if alerts is None else len(alerts.active(ref)),
                )
            )
        return members

    def _alarm(self) -> list[Part]:
        firing = () if self.context.alerts is None else self.context.alerts.active()
        if not firing:
            return []
        return [Part(f"▲ {wording.plural(len(firing), 'alert')}", ROLES[firing[0].level])]

    def _trouble(self) -> str:
        """The first environment that does not answer, in a sentence."""
        for environment in self.context.config.environments:
            health = self.context.monitor.health(environment.name)
            if health.state not in FINE and health.message:
                return health.message
        return ""

    # -- keys ---------------------------------------------------------------------------------

    @property
    def current_table(self) -> LiveTable | None:
        """The one table."""
        return self.pane.table

    def action_down(self) -> None:
        """Open the selected account."""
        self.pane.table.action_choose_row()

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        """Show the dashboard of the account chosen."""
        event.stop()
        if isinstance(event.key, AccountRef):
            self.post_message(AccountChosen(event.key))

    def action_filter(self) -> None:
        """Type to filter the rows."""
        self.pane.open_filter()

    def on_live_table_sort_changed(self, event: LiveTable.SortChanged) -> None:
        """Remember the order for the next start."""
        event.stop()
        self.context.state.remember_sort_order(TABLE, self.pane.order)

    def action_refresh(self) -> None:
        """Ask for the counts of all accounts at once, as far as the budgets allow."""
        self.context.monitor.refresh(None, lend_of(self.app))
        self.draw()

    def action_acknowledge(self) -> None:
        """Stop the ringing of what fires on the selected account."""
        ref = self.pane.table.selected
        if self.context.alerts is not None and isinstance(ref, AccountRef):
            self.context.alerts.acknowledge(ref)

    def action_back(self) -> None:
        """Show all rows again; where none was hidden, go back to the dashboard."""
        if not self.pane.clear_filter():
            self.action_fleet()

    def action_fleet(self) -> None:
        """Back to the dashboard."""
        self.app.switch_mode(self.app.DEFAULT_MODE)
