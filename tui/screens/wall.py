"""The wall: a few large figures for a whole room, day and night, with nobody at the keyboard."""

from collections.abc import Sequence
from datetime import tzinfo
from fnmatch import fnmatchcase
from typing import Any

from textual.app import ComposeResult

from tui import wording
from tui.config.model import Level
from tui.durations import MINUTE
from tui.identity import AccountRef
from tui.monitor.health import HealthState
from tui.monitor.reading import but_unseen
from tui.monitor.sources import source_of
from tui.panes.header import HEALTH_WORDS
from tui.panes.wall import picture
from tui.panes.wall import wall as pane
from tui.panes.wall.hours import bright
from tui.panes.wall.layout import FigureRoom, Layout, layout, shift
from tui.panes.wall.turns import Turns
from tui.panes.wall.wall import Tile, TileView
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.place import place
from tui.terminal.driver import redraw
from tui.widgets.layers import Box
from tui.widgets.lines import LineView
from tui.widgets.parts import Part

LEAST_WAIT = 0.5
"""Seconds between two drawings at least."""
RANKS: dict[Level, int] = {"critical": 0, "warning": 1}


class WallScreen(MonitorScreen, Box[None], inherit_bindings=False):
    """Shows the accounts of `[wall]`, or the one shown first, and turns their pages by itself.

    It is modal, so that no key of the other screens works here: on a wall a stray key is a cat.
    `alone` is the wall of `--wall`: only ctrl+c and signals end it.
    """

    BINDINGS = bindings("wall", "back", "quit", "redraw", "quit_now")

    def __init__(
        self,
        context: Context,
        *,
        alone: bool = False,
        only: AccountRef | None = None,
        only_in: str | None = None,
    ) -> None:
        """`only` and `only_in`: the account or environment of the command line overrules `[wall]`."""
        super().__init__(context, name="wall")
        self.alone = alone
        self.first: AccountRef | None = None
        """The account to show where `[wall]` names none."""
        self.only = only if alone else None
        self.only_in = only_in if alone else None
        self.view = LineView(id="wall")
        self._turns = Turns()
        self._narrowed: set[AccountRef] = set()
        self._looking: AccountRef | None = None
        self._page: tuple[AccountRef, ...] = ()
        self._painted: tuple[tuple[AccountRef, ...], int] | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Whether a key does anything here."""
        return not self.alone or action in {"quit_now", "redraw"}

    def compose(self) -> ComposeResult:
        """One picture of lines."""
        yield self.view

    def on_mount(self) -> None:
        """Turn the pages on time."""
        self.run_latest(self._turn, "turns")

    async def _turn(self) -> None:
        clock = self.context.clock
        while True:
            left = self._turns.until - clock.now()
            await clock.sleep(min(self.context.config.wall.seconds, max(LEAST_WAIT, left)))
            if self.is_current and clock.now() >= self._turns.until:
                self.draw()

    def on_screen_resume(self) -> None:
        """Take the monitor's eyes: the tiles are on screen now."""
        if self.context.alerts is not None:
            self.context.alerts.on_wall(True)

    def on_screen_suspend(self) -> None:
        """Give the eyes back."""
        monitor = self.context.monitor
        for ref in self._narrowed:
            monitor.visible(ref)
        self._narrowed.clear()
        if monitor.looking is None:
            monitor.look_at(self._looking)
        monitor.look_at_also(())
        monitor.watch_all = False
        if self.context.alerts is not None:
            self.context.alerts.on_wall(False)
            self.context.alerts.on_dark(False)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.draw()

    # -- what is shown ------------------------------------------------------------------------

    def refs(self) -> tuple[AccountRef, ...]:
        """The accounts of this wall, in config order."""
        monitor = self.context.monitor
        known = monitor.refs()
        if self.only is not None:
            return (self.only,)
        if self.only_in is not None:
            return tuple(ref for ref in known if ref.environment == self.only_in)
        patterns = self.context.config.wall.accounts
        if not patterns:
            return (self.first,) if self.first is not None else ()
        return tuple(ref for ref in known if any(self._matches(ref, pattern) for pattern in patterns))

    def _matches(self, ref: AccountRef, pattern: str) -> bool:
        name = self.context.monitor.entry(ref).name
        candidates = (str(ref), f"{ref.environment}/{name}")
        return any(fnmatchcase(candidate.casefold(), pattern.casefold()) for candidate in candidates)

    def draw(self) -> None:
        """Compare with what is shown; only cells that differ go to the terminal."""
        if not self.is_mounted or not self.is_current or not self.size.width:
            return
        self._draw()
        moment = self._page, int(self.context.clock.wall() // MINUTE)
        if moment != self._painted:
            # Nobody is here to see, and to press a key, where another program has written over it.
            self._painted = moment
            self.call_after_refresh(redraw, self.app)

    def _draw(self) -> None:
        context, refs = self.context, self.refs()
        now, wall = context.clock.now(), context.clock.wall()
        plan = self._layout(len(refs))
        if not refs:
            self._shine(True)
            zone = context.zone(None, self._environment())
            self.view.set_lines(picture.words(self._reasons(), plan, wording.minute(wall, zone)))
            return
        zone = self._zone(refs[0])
        light = bright(context.config.wall.hours, self._inboxes(refs), wall, zone)
        self._shine(light)
        page = self._page = self._turns.page(
            refs, self._alerting(refs), plan.places, context.config.wall.seconds, now
        )
        if light:
            self._look_at(page, rotating=len(refs) > len(page))
            tiles = [self._tile(ref, refs, zone) for ref in page]
            frame = self._frame(page, refs, wall, zone)
            self.view.set_lines(picture.lines(tiles, frame, self._layout(len(page))))
        else:
            self._look_at((), rotating=False)
            tiles = [self._tile(ref, refs, zone) for ref in refs]
            silent = next((tile.since for tile in tiles if tile.since is not None), None)
            away = f"{wording.zone_name(wall, zone)} · outside its hours"
            dark = picture.WallFrame(wording.minute(wall, zone), away, shift=shift(wall))
            self.view.set_lines(picture.dark(dark, plan, silent))

    def _shine(self, light: bool) -> None:
        self.set_class(not light, "-dark")
        if self.context.alerts is not None:
            self.context.alerts.on_dark(not light)

    def _layout(self, accounts: int) -> Layout:
        figures = tuple(
            FigureRoom(pane.room_for(name), pane.label_of(name)) for name in self.context.config.wall.figures
        )
        return layout(*self.size, accounts, figures)

    def _look_at(self, page: Sequence[AccountRef], *, rotating: bool) -> None:
        """Ask for what is on the wall, and for nothing that is not."""
        monitor = self.context.monitor
        sources = [source_of(pane.slot_of(name)) for name in self.context.config.wall.figures]
        wanted = {what.call.wanted for what in sources if what is not None}
        reports, statuses = "reports" in wanted, "statuses" in wanted
        for ref in page:
            monitor.visible(ref, teams=(), scrolled=False, reports=reports, statuses=statuses)
            self._narrowed.add(ref)
        self._looking = monitor.looking or self._looking
        monitor.watch_all = rotating
        monitor.look_at_also(page)
        monitor.look_at(None)

    def _tile(self, ref: AccountRef, refs: Sequence[AccountRef], zone: tzinfo) -> Tile:
        context = self.context
        snapshot = context.monitor.snapshot(ref)
        context.fill_past(snapshot)
        alerts = context.alerts
        view = TileView(
            context.clock.now(),
            context.clock.wall(),
            zone,
            context.targets(ref).wait,
            context.course(snapshot.key),
            lambda name: None if alerts is None else alerts.on_figure(ref, pane.slot_of(name)),
        )
        name = self._title(ref, refs)
        if any(other != ref and self._title(other, refs).casefold() == name.casefold() for other in refs):
            name = f"{ref.account_id} · {name}"
        words = "" if alerts is None else alerts.words(ref)
        health = context.monitor.health_of(ref)
        if health.state not in {HealthState.OK, HealthState.WAITING, HealthState.UNKNOWN}:
            words = HEALTH_WORDS[health.state][2]
        level = None if alerts is None else alerts.level(ref)
        seen = but_unseen(snapshot)
        return pane.tile(seen, context.config.wall.figures, view, title=name, level=level, words=words)

    def _title(self, ref: AccountRef, refs: Sequence[AccountRef]) -> str:
        name = self.context.monitor.entry(ref).name or f"account {ref.account_id}"
        elsewhere = any(other.environment != ref.environment for other in refs)
        return f"{name} · {ref.environment}" if elsewhere else name

    def _alerting(self, refs: Sequence[AccountRef]) -> list[AccountRef]:
        alerts = self.context.alerts
        if alerts is None:
            return []
        levels = {ref: alerts.level(ref) for ref in refs}
        firing = [
            (RANKS[level], ref) for ref, level in levels.items() if level in RANKS and level is not None
        ]
        return [ref for _, ref in sorted(firing, key=lambda ranked: ranked[0])]

    # -- around the tiles ---------------------------------------------------------------------

    def _frame(
        self, page: Sequence[AccountRef], refs: Sequence[AccountRef], wall: float, zone: tzinfo
    ) -> picture.WallFrame:
        context = self.context
        notes: list[Part] = []
        for ref in dict.fromkeys(page):
            snapshot = context.monitor.snapshot(ref)
            marks = place(context, ref, snapshot, context.clock.now(), wall).marks
            notes += [Part(mark, "stale-mark") for mark in marks]
        elsewhere = [ref for ref in self._alerting(refs) if ref not in page]
        if elsewhere and context.alerts is not None:
            ref = elsewhere[0]
            name = context.monitor.entry(ref).name or str(ref)
            text = f"▲ {name}: {context.alerts.words(ref)}"
            notes.append(Part(text, str(context.alerts.level(ref))))
        if len(refs) > len(page):
            notes.append(Part(f"page {self._turns.number} of {self._turns.pages}", "dim"))
        notes = list(dict.fromkeys(notes))
        return picture.WallFrame(
            wording.minute(wall, zone), wording.zone_name(wall, zone), tuple(notes), shift(wall)
        )

    def _zone(self, ref: AccountRef) -> tzinfo:
        return self.context.zone(self.context.monitor.snapshot(ref), ref.environment)

    def _inboxes(self, refs: Sequence[AccountRef]) -> list[tuple[Sequence[Any], tzinfo]]:
        snapshots = [self.context.monitor.snapshot(ref) for ref in refs]
        return [
            (snapshot.inboxes.items or (), self.context.zone(snapshot, snapshot.ref.environment))
            for snapshot in snapshots
        ]

    def _environment(self) -> str:
        environments = self.context.config.environments
        return self.only_in or (environments[0].name if environments else "")

    def _reasons(self) -> list[str]:
        """Why there is no account to show."""
        config, monitor = self.context.config, self.context.monitor
        reasons = [monitor.health(environment.name).message for environment in config.environments]
        if monitor.refs() and config.wall.accounts:
            reasons = [f"No account matches [wall] accounts = {', '.join(config.wall.accounts)}"]
        return [text for text in reasons if text] or ["Looking up the accounts…"]

    # -- keys ---------------------------------------------------------------------------------

    def action_wall(self) -> None:
        """Back to where the wall was opened from."""
        self.app.switch_mode(self.app.DEFAULT_MODE)

    action_back = action_wall
    action_quit = action_wall

    def action_redraw(self) -> None:
        """Repaint the whole screen."""
        redraw(self.app)

    def action_quit_now(self) -> None:
        """End the program."""
        self.app.exit(0)
