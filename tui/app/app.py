"""The app: which screens there are, what they are told, and how a run begins and ends."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import Worker

from tui import crash
from tui.app import stalls
from tui.app.account_order import by_key, first_ref, following_account, following_environment, in_environment
from tui.app.alerting import alerting_for
from tui.app.news import News
from tui.app.screens_on_demand import ScreensOnDemand, Start
from tui.aside import in_thread
from tui.config.file import Loaded
from tui.config.keys import spelt_key
from tui.config.state import AT_EXIT
from tui.identity import AccountRef
from tui.monitor.housekeeping import Guard
from tui.monitor.monitor import Monitor
from tui.screens.base import ConfigChanged, SnapshotChanged, bindings, keys_here
from tui.screens.context import Context
from tui.screens.dashboard.dashboard import DashboardScreen
from tui.terminal import signals
from tui.terminal.driver import DifferenceDriver, redraw
from tui.terminal.textual_private import OwnCrash, driver_of, keep_few, keep_strips_alone, run_binding
from tui.terminal.title import WindowTitle
from tui.widgets import themes
from tui.widgets.layers import push_layer

if TYPE_CHECKING:
    from tui.screens.alerts import AlertChosen
    from tui.screens.fleet import AccountChosen
    from tui.widgets.picker import PickItem

STYLES = (
    "base.tcss", "dashboard.tcss", "fleet.tcss", "wall.tcss", "help.tcss", "settings.tcss",
    "conversations.tcss", "where_from.tcss", "replay.tcss", "chart.tcss", "day.tcss",
)  # fmt: skip

LEVELS_AFTER = 5.0
"""Seconds from the first request until service level is read."""


def styles() -> list[Path]:
    """The stylesheets: inside the package when installed from a wheel, beside it in a checkout."""
    here = Path(__file__).parents[1]
    folder = here / "styles"
    if not folder.is_dir():
        folder = here.parent / "styles"
    return [folder / name for name in STYLES]


class LiveAgentApp(OwnCrash[int], inherit_bindings=False):
    """The monitor in a terminal, and the keys that work on every screen of it."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    TITLE = "liveagent-tui"
    DEFAULT_MODE = "dashboard"
    BINDINGS = bindings(
        "go_to", "next_account", "previous_account", "next_environment", "previous_environment", "refresh",
        "pause", "settings", "keep", "fleet", "wall", "acknowledge", "alerts", "help", "quit", "redraw",
        "quit_now", "suspend_process",
    )  # fmt: skip

    def __init__(self, context: Context, start: Start, driver_class: type[Driver] | None = None) -> None:
        keep_strips_alone()
        keep_few()
        super().__init__(driver_class=driver_class, css_path=list(styles()))
        self.context = context
        self.start = start
        self.animation_level = "none"
        self.dashboard = DashboardScreen(context)
        self.on_demand = ScreensOnDemand(context, start)
        self.alerting = alerting_for(self, context, self._alerts_changed)
        context.alerts = self.alerting
        self.news = News(context, self.alerting, self._show_news)
        self._unwatch: Callable[[], None] = lambda: None
        self._guard = Guard()
        self._using = asyncio.Lock()
        """Held while one config is exchanged for another: two at once would both start to ask."""
        self._exchange: asyncio.Task[None] | None = None
        self._keeping = False
        self._title: WindowTitle | None = None
        themes.install(self, context.config.display.theme)
        self._take_keys()

    def get_key_display(self, binding: Binding) -> str:
        """A key as the bar and the help show it; in words where the terminal has no signs for it."""
        shown = super().get_key_display(binding)
        return spelt_key(shown) if self.context.ascii else shown

    def _take_keys(self) -> None:
        self.set_keymap({name: ",".join(keys) for name, keys in self.context.config.keys.items()})

    def get_default_screen(self) -> DashboardScreen:
        """The dashboard, put on the stack before its widgets start.

        A mode's own screen starts first. Where a new task runs at once, as from Python 3.12 on, its
        widgets would find no screen to be on. So the first mode gets its name once it has begun.
        """
        return self.dashboard

    def on_mount(self) -> None:
        """Install the screens once and show the dashboard of the first account."""
        self._unwatch = stalls.watch()
        self.add_mode(self.DEFAULT_MODE, lambda: self.dashboard)
        self.on_demand.install(self)
        if self.start.wall:
            self.switch_mode("wall")
        else:
            self._settle_on_account()  # The first picture is of it, and no second one is needed to name it.
        if self.start.wizard:
            self.call_after_refresh(self.action_add_environment)

    def switch_to(self, ref: AccountRef, *, remember: bool = True) -> None:
        """Show another account in the next frame and ask for it at once; the window is named after it."""
        self.context.monitor.look_at(ref)
        self.dashboard.show(ref)
        if remember:
            self.context.state.remember(ref)
        self._entitle()

    def _entitle(self) -> None:
        ref = self.dashboard.ref
        driver = driver_of(self)
        if self._title is None and isinstance(driver, DifferenceDriver):
            self._title = WindowTitle(driver, os.environ, ascii_only=driver.options.ascii)
        if ref is not None and self._title is not None:
            name = self.context.monitor.entry(ref).name or str(ref.account_id)
            self._title.set(f"{self.TITLE} · {ref.environment} {name}")

    def on_ready(self) -> None:
        """Ask for all that is wanted: by now it is known what is in view."""
        self.news.listen()
        works = {
            "start asking": self._start_asking,
            "alerts": self.alerting.run,
            "what is usual": self.alerting.learn,
        }
        for name, work in works.items():
            _: Worker[None] = self.run_worker(work, name=name)
        self._settle_on_account()

    async def _start_asking(self) -> None:
        await self._ask()
        if self.context.history is not None:
            # Beside the asking: no disk keeps figures from the screen.
            await self.context.history.start()
            self._tell_screen(None)

    async def _ask(self) -> None:
        """Let the monitor ask, for service level too."""
        monitor = self.context.monitor
        await monitor.start()
        monitor.beside(self._read_service_level(monitor), "service level")

    async def _read_service_level(self, monitor: Monitor) -> None:
        """Begin once whose token it is should be known: the first figures don't wait for its modules."""
        await self.context.clock.sleep(LEVELS_AFTER)
        from tui.monitor.service.levels import Levels

        backfill = self.context.backfill
        then = None if backfill is None else backfill.then
        await Levels(monitor, self.context.history, then=then).run()

    def _show_news(self, ref: AccountRef) -> None:
        if self.dashboard.ref is None:
            self._settle_on_account()
        self._tell_screen(ref)
        self._entitle()

    def _alerts_changed(self, _: AccountRef) -> None:
        # Whichever account it is of: every header counts them.
        self._tell_screen(None)

    def _tell_screen(self, ref: AccountRef | None) -> None:
        # What stands behind a box is seen too, and must not look fresher than it is.
        for screen in self.screen_stack:
            if screen.is_current:
                screen.post_message(SnapshotChanged(ref))

    def _settle_on_account(self) -> None:
        if self.dashboard.ref is not None:
            return
        account = first_ref(self.context.monitor, self.context.state, self.start.ref, self.start.environment)
        if account is not None and self.start.wall:
            self.on_demand.wall.first = account
        elif account is not None:
            self.switch_to(account, remember=False)

    async def use(self, loaded: Loaded, ref: AccountRef | None = None) -> None:
        """Go on with a config that was read again: its environments, keys and theme; `ref` comes first."""
        # Whoever began it may be cancelled meanwhile; half an exchange would ask nobody.
        self._exchange = asyncio.create_task(self._use(loaded, ref), name="use another config")
        await asyncio.shield(self._exchange)

    async def _use(self, loaded: Loaded, ref: AccountRef | None) -> None:
        async with self._using:
            await self._change_over(loaded, ref)

    async def _change_over(self, loaded: Loaded, ref: AccountRef | None) -> None:
        self.news.stop()
        paused = self.context.monitor.paused
        await self._guard.run("ending what asked by the config before", self.context.monitor.stop)
        self.context.take(loaded)
        self.alerting.start_over()
        self.start = Start()
        self.theme = self.context.config.display.theme
        self._take_keys()
        shown = ref or self.dashboard.ref
        self.dashboard.show(None)
        self.news.listen()
        await self._ask()
        if paused:
            self.context.monitor.pause()
        if shown is not None and self.context.config.environment(shown.environment) is not None:
            self.switch_to(shown, remember=ref is not None)
        else:
            self._settle_on_account()

    async def on_config_changed(self, event: ConfigChanged) -> None:
        """Use it; from the wizard, show the new account's dashboard."""
        await self.use(event.loaded, event.ref)
        while event.ref is not None and len(self.screen_stack) > 1:
            self.pop_screen()
        if self.screen is self.on_demand.settings:
            self.on_demand.settings.draw()

    async def on_unmount(self) -> None:
        """Stop asking and write what is to be kept, before the program ends."""
        self._unwatch()
        self.alerting.close()
        if self.context.backfill is not None:
            self.context.backfill.stop()
        await self.context.monitor.stop()
        self.context.state.close()
        if self.context.history is not None:
            with contextlib.suppress(TimeoutError):
                await in_thread(self.context.history, self.context.history.close, AT_EXIT)

    def exit(
        self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """End the program, in time even where a disk or a name server holds up what is to be done before."""
        signals.end_within(signals.QUIT_GRACE, return_code)
        super().exit(result, return_code, message)

    def crashed(self) -> None:
        """Say where it crashed, without a word of what was in reach."""
        signals.end_within(signals.QUIT_GRACE, 1)
        # Textual would print every local variable: bodies, names, whatever was in reach.
        self.panic(Text(crash.save(sys.exc_info()[1] or RuntimeError(), self.context.crash_folder)))

    def on_key(self, event: events.Key) -> None:
        """Somebody is there: what is dear to ask is asked a little more often.

        Digits, and the config's own keys of accounts and environments, jump there. They are no
        bindings, as remapping an action that had the key before would take them along.
        """
        self.context.monitor.touched()
        if not self.screen.is_modal:
            self._switch(by_key(self.context, event.key))

    async def on_event(self, event: events.Event) -> None:
        """Do what a key says before the next key is looked at.

        Textual sends a key to the widget in focus and acts once it has come back up. Of `/order`,
        typed fast or over a slow line, the `e` would switch the environment before the filter
        has opened. In a line to type in, keys keep their order as they are.
        """
        if (
            isinstance(event, events.Key)
            and not event.is_forwarded
            and not isinstance(self.focused, Input)
            and await run_binding(self, event.key)
        ):
            return
        await super().on_event(event)

    def action_keep(self) -> None:
        """Keep the environment that is in no file yet."""
        if self.context.unkept is not None and not self._keeping:
            self._keeping = True
            _: Worker[None] = self.run_worker(self._keep, name="keep")

    async def _keep(self) -> None:
        # Not before: a start would read all that writes a config.
        from tui.screens.config_saving import keep

        try:
            notice, loaded = await keep(self.context)
            self.context.notices.tell(notice)
            if loaded is not None:
                await self.use(loaded)
            self.dashboard.draw()
        finally:
            self._keeping = False

    # -- keys that work everywhere -------------------------------------------------------------

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
        from tui.screens.editor import lend_of  # Not before, as the settings, which edit with it.

        self.context.monitor.refresh(self.dashboard.ref, lend_of(self))
        self.dashboard.draw()

    def action_pause(self) -> None:
        """Stop asking, or go on."""
        monitor = self.context.monitor
        if monitor.paused:
            monitor.resume()
        else:
            monitor.pause()
        self._tell_screen(None)

    def action_go_to(self) -> None:
        """Open the go-to box."""
        picker = self.on_demand.picker
        if self.screen is picker:
            return
        from tui.screens.go_to import choices  # Not before, as the box itself.

        ref = self.dashboard.ref
        snapshot = None if ref is None else self.context.monitor.snapshot(ref)
        items = choices(self.context, snapshot, keys_here(self.screen))
        picker.open(items, title="Go to", prompt="account, environment, team, agent, action")
        push_layer(self, "picker", self._chosen)

    def _chosen(self, chosen: "PickItem | None") -> None:
        # Only once the box has closed: what is chosen may close the layers below it.
        self.call_later(self._gone_to, chosen)

    def _gone_to(self, chosen: "PickItem | None") -> None:
        kind, _, rest = (chosen.id if chosen is not None else "").partition(":")
        match kind:
            case "account":
                environment, _, number = rest.rpartition("/")
                self._switch(AccountRef(environment, int(number)))
            case "environment":
                self._switch(in_environment(self.context.monitor, self.context.state, rest))
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
        self.on_demand.wizard.open()
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
        self.on_demand.wall.first = self.dashboard.ref
        self.switch_mode("wall")

    def action_help(self) -> None:
        """Every key of the screen in front."""
        if self.screen is self.on_demand.helper:
            return
        self.on_demand.helper.open(self.screen)
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
