"""The keys that work on every screen: switching, the go-to box, and opening the other screens."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.app.account_order import following_account, following_environment, in_environment
from tui.app.alerting import Alerting
from tui.app.lazy_screens import Later
from tui.identity import AccountRef
from tui.screens.base import bindings, keys_here
from tui.screens.dashboard.dashboard import DashboardScreen
from tui.screens.editor import lend_of
from tui.screens.go_to import choices
from tui.terminal.driver import redraw
from tui.widgets.layers import push_layer
from tui.widgets.picker import Picker, PickItem

if TYPE_CHECKING:
    from tui.screens.alerts import AlertChosen
    from tui.screens.fleet import AccountChosen


class Everywhere(Later, inherit_bindings=False):
    """What a key does wherever it is pressed; the app itself says what there is to show."""

    DEFAULT_MODE = "dashboard"
    BINDINGS = bindings(
        "go_to", "next_account", "previous_account", "next_environment", "previous_environment", "refresh",
        "pause", "settings", "keep", "fleet", "wall", "acknowledge", "alerts", "help", "quit", "redraw",
        "quit_now", "suspend_process",
    )  # fmt: skip

    dashboard: DashboardScreen
    picker: Picker
    alerting: Alerting

    def switch_to(self, ref: AccountRef, *, remember: bool = True) -> None:
        """Show another account in the next frame and ask for it at once."""
        self.context.monitor.look_at(ref)
        self.dashboard.show(ref)
        if remember:
            self.context.state.remember(ref)

    def action_next_account(self) -> None:
        """Next account of any environment, in the config's order."""
        self._switch(following_account(self.context.monitor.refs(), self.dashboard.ref, 1))

    def action_previous_account(self) -> None:
        """Previous account."""
        self._switch(following_account(self.context.monitor.refs(), self.dashboard.ref, -1))

    def action_next_environment(self) -> None:
        """Next environment, at the account last seen there."""
        self._switch(following_environment(self.context, self.dashboard.ref, 1))

    def action_previous_environment(self) -> None:
        """Previous environment."""
        self._switch(following_environment(self.context, self.dashboard.ref, -1))

    def _switch(self, ref: AccountRef | None) -> None:
        if ref is not None:
            self._to_dashboard()
            if ref != self.dashboard.ref:
                self.switch_to(ref)

    def _to_dashboard(self) -> None:
        for mode in (self.current_mode, self.DEFAULT_MODE):
            self.switch_mode(mode)
            while len(self.screen_stack) > 1:
                self.pop_screen()

    def action_refresh(self) -> None:
        """Ask again at once, as far as the budget allows."""
        self.context.monitor.refresh(self.dashboard.ref, lend_of(self))
        self.dashboard.draw()

    def action_pause(self) -> None:
        """Stop asking, or go on."""
        monitor = self.context.monitor
        if monitor.paused:
            monitor.resume()
        else:
            monitor.pause()
        self.dashboard.draw()

    def action_go_to(self) -> None:
        """Open the go-to box."""
        if self.screen is self.picker:
            return
        ref = self.dashboard.ref
        snapshot = None if ref is None else self.context.monitor.snapshot(ref)
        items = choices(self.context, snapshot, keys_here(self.screen))
        self.picker.open(items, title="Go to", prompt="account, environment, team, agent, action")
        push_layer(self, "picker", self._chosen)

    def _chosen(self, chosen: PickItem | None) -> None:
        # Only once the box has closed: what is chosen may close the layers below it.
        self.call_later(self._gone_to, chosen)

    def _gone_to(self, chosen: PickItem | None) -> None:
        kind, _, rest = (chosen.id if chosen is not None else "").partition(":")
        match kind:
            case "account":
                environment, _, number = rest.rpartition("/")
                self._switch(AccountRef(environment, int(number)))
            case "environment":
                self._switch(in_environment(self.context, rest))
            case "action":
                self.call_later(self._run_named, rest)
            case "team":
                self._to_dashboard()
                self.dashboard.go_to_row(self.dashboard.teams, int(rest))
            case "agent":
                self._to_dashboard()
                self.dashboard.go_to_row(self.dashboard.agents, int(rest))

    async def _run_named(self, name: str) -> None:
        screen: Screen[object] = self.screen
        target = screen if hasattr(screen, f"action_{name}") else self
        await self.run_action(name, default_namespace=target)

    def action_settings(self) -> None:
        """Open the settings."""
        push_layer(self, "settings")

    def action_add_environment(self) -> None:
        """Open the wizard."""
        self.wizard.open()
        push_layer(self, "wizard")

    def action_acknowledge(self) -> None:
        """Stop the ringing of what fires on the account shown."""
        if self.dashboard.ref is not None:
            self.alerting.acknowledge(self.dashboard.ref)

    def action_alerts(self) -> None:
        """Open the list of alerts; the same key closes it."""
        if self.screen.name == "alerts":
            self.pop_screen()
        else:
            push_layer(self, "alerts")

    def on_alert_chosen(self, event: "AlertChosen") -> None:
        """Show the account of an alert, and its team."""
        self._switch(event.ref)
        if event.team_id is not None:
            self.dashboard.go_to_row(self.dashboard.teams, event.team_id)

    def action_fleet(self) -> None:
        """All accounts in one table."""
        self._to_dashboard()
        self.switch_mode("fleet")

    def on_account_chosen(self, event: "AccountChosen") -> None:
        """Show the account whose row was opened."""
        self._switch(event.ref)

    def action_wall(self) -> None:
        """A few large figures; of the account in front where the config names none."""
        self._to_dashboard()
        self.wall.first = self.dashboard.ref
        self.switch_mode("wall")

    def action_help(self) -> None:
        """Every key of the screen in front."""
        if self.screen is self.helper:
            return
        self.helper.open(self.screen)
        push_layer(self, "help")

    def action_redraw(self) -> None:
        """Repaint the whole screen."""
        redraw(self)

    def action_quit_now(self) -> None:
        """End the program."""
        self.exit(0)

    async def action_quit(self) -> None:
        """Close the top layer; from the dashboard, end the program."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        elif self.current_mode != self.DEFAULT_MODE:
            self.switch_mode(self.DEFAULT_MODE)
        elif not self.dashboard.leave_replay():
            self.exit(0)
