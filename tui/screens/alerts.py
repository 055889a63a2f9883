"""The alert list: every alert that fires or is over, of all accounts; Enter goes there."""

from dataclasses import dataclass
from datetime import tzinfo

from textual.app import ComposeResult
from textual.message import Message

from tui.identity import AccountRef, ScopeKind
from tui.monitor.alerts.engine import Alert
from tui.panes import alerts as alerts_pane
from tui.panes.table_pane import TablePane
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import UTC, Context
from tui.screens.table_keys import NAMES as TABLE_KEYS
from tui.screens.table_keys import TableKeys
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Part, pad

NONE = "No alerts since the program started."
OFF = "No alerts are judged here."


class AlertsPane(TablePane):
    """All alerts of this run."""

    columns = alerts_pane.COLUMNS
    word = "Alerts"


@dataclass
class AlertChosen(Message):
    """Somebody wants to see the account of an alert, and the team if it is one's."""

    ref: AccountRef
    team_id: int | None = None


class AlertsScreen(TableKeys, MonitorScreen):
    """Made once and reused."""

    BINDINGS = bindings("down", "filter", *TABLE_KEYS, "acknowledge", "back")

    def __init__(self, context: Context) -> None:
        super().__init__(context, name="alerts")
        self.pane = AlertsPane(id="alert-list")
        self.status = LineView(id="alert-status")

    def compose(self) -> ComposeResult:
        """The table, what is wrong with a command, the keys."""
        yield self.pane
        yield self.status
        yield KeyBar(id="key-bar")

    def on_mount(self) -> None:
        """Start in the rows."""
        self.pane.table.focus()

    @property
    def current_table(self) -> LiveTable:
        """The only one."""
        return self.pane.table

    def draw(self) -> None:
        """Compare with what is shown; only rows that differ are painted again."""
        if not self.is_mounted:
            return
        context, alerts = self.context, self.context.alerts
        if alerts is None:
            self.pane.show_rows([], title="Alerts", as_of="", empty=OFF)
            return
        self.pane.show_rows(
            alerts_pane.rows(alerts, self._zone(), context.clock.now(), context.clock.wall()),
            title=alerts_pane.title(alerts),
            as_of="",
            empty=NONE,
        )
        text = self.said or alerts.problem
        look = "normal" if self.said else "warning"
        self.status.set_lines([pad([Part(f" {text}", look)], self.size.width)])

    def on_resize(self) -> None:
        """Fit the line below the table."""
        self.call_after_refresh(self.draw)

    def _zone(self) -> tzinfo:
        """That of the account last looked at, for all rows: of two zones one would look an hour off."""
        here = self.context.monitor.looking
        if here is None:
            return UTC
        return self.context.zone(self.context.monitor.snapshot(here), here.environment)

    def _selected(self) -> Alert | None:
        alerts = self.context.alerts
        if alerts is None:
            return None
        known = [*alerts.active(), *(past.alert for past in alerts.past())]
        return next((alert for alert in known if alert.id == self.pane.table.selected), None)

    def action_acknowledge(self) -> None:
        """Stop the ringing of the selected alert."""
        alerts, alert = self.context.alerts, self._selected()
        if alerts is None or alert is None:
            return
        if alerts.acknowledge(alert_id=alert.id):
            self.draw()
        else:
            self.say("This one is acknowledged or over already.")

    def action_down(self) -> None:
        """Go to the account of the selected alert."""
        self.pane.table.action_choose_row()

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        """Go to the account, and to the team if the alert is a team's."""
        event.stop()
        alert = self._selected()
        if alert is not None and self.context.config.environment(alert.ref.environment) is None:
            self.say(f'The environment "{alert.ref.environment}" is no longer there.')
        elif alert is not None:
            scope = alert.subject.scope
            team = int(scope.id) if scope.kind is ScopeKind.TEAM else None
            self.post_message(AlertChosen(alert.ref, team))

    def action_filter(self) -> None:
        """Type to filter the rows."""
        self.pane.open_filter()

    def action_back(self) -> None:
        """Clear the filter; without one, back to where we came from."""
        if not self.pane.clear_filter():
            self.dismiss()
