"""The chart: one figure over an hour, eight, a day or a week, with what it comes to in words."""

import math
import sqlite3
from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from typing import Any, NamedTuple

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tui import wording
from tui.identity import HEADLINE, AccountKey, AccountRef, Figure, Slot
from tui.monitor.history.comparison import EarlierFigures
from tui.monitor.history.trends import Point, Was
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import charted as pane
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.charted import RANGES, Charted, Range
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.place import place
from tui.widgets.chart import AXIS_WIDTH, Chart
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import push_layer
from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part

NAME = "chart"
DAY_RANGE = 2
AGAIN_AFTER = 60.0
"""Seconds after which an open chart is read again."""


WIDE = 110
"""Cells in which the figure of now and its past stand side by side."""
TALL = 16
"""Lines from which on the chart can do without another one."""


class Wanted(NamedTuple):
    """What decides a chart; another one is read only when this differs."""

    key: AccountKey
    charted: Charted
    shown: Range
    columns: int
    minute: int


class Read(NamedTuple):
    """What was read for a chart, from `since` on in steps of `step` seconds, up to `wall`."""

    wanted: Wanted
    points: Sequence[Point | None]
    since: float
    until: float
    wall: float
    zone: tzinfo
    mark: str
    """Since when, and as what, the account is seen as it is drawn; empty where that is all the range."""


class ChartScreen(MonitorScreen):
    """Made once and reused: `open` says which figure, then it is pushed."""

    BINDINGS = bindings("row_down", "row_up", "earlier", "later", "back")

    def __init__(self, context: Context) -> None:
        super().__init__(context, name=NAME)
        self.ref: AccountRef | None = None
        self.header = LineView(id="header")
        self.chart = Chart(id="chart")
        self.words = LineView(id="chart-words")
        self._box = Vertical(id="chart-pane", classes="pane")
        self.status = LineView(id="status")
        self._slot: Slot = HEADLINE
        self._range = DAY_RANGE
        self._wanted: Wanted | None = None
        self._read: Read | None = None
        self._problem = ""

    def compose(self) -> ComposeResult:
        """Header, the chart in its border with what it comes to, status line, key bar."""
        yield self.header
        with self._box:
            yield self.chart
            yield self.words
        yield self.status
        yield KeyBar(id="key-bar")

    def open(self, ref: AccountRef | None, slot: Slot) -> None:
        """Take the figure it will be pushed for."""
        self.ref, self._slot = ref, slot
        self._wanted = self._read = None
        self.chart.show(())
        self.words.set_lines([[], []])

    def past_changed(self, key: AccountKey) -> None:
        """Read what is kept of an account's past again."""
        if self._wanted is not None and self._wanted.key == key:
            self._wanted = None
            self.draw()

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account alone."""
        if ref is None or ref == self.ref:
            self.draw()

    def draw(self) -> None:
        """Draw what is read, and read what is not."""
        if not self.is_mounted:
            return
        context, ref = self.context, self.ref
        now, wall = context.clock.now(), context.clock.wall()
        snapshot = None if ref is None else context.monitor.snapshot(ref)
        where = place(context, ref, snapshot, now, wall)
        width = self.size.width
        self.header.set_lines([header_pane.line(snapshot, where, width)])
        if snapshot is None:
            return
        self.status.set_lines([status_pane.line(context.monitor, snapshot, where, width)])
        choices = pane.choices(snapshot)
        charted = choices[pane.chosen(choices, self._slot)]
        columns = 2 * max(1, self.chart.size.width - AXIS_WIDTH)
        wanted = Wanted(snapshot.key, charted, RANGES[self._range], columns, int(wall // AGAIN_AFTER))
        if wanted != self._wanted and self.chart.size.width > 1:
            self._wanted = wanted
            if self._read is not None and self._read.wanted.key != wanted.key:
                self._read = None
                self.chart.show(())
            zone = context.zone(snapshot, snapshot.ref.environment)
            self.run_latest(partial(self._load, wanted, wall, zone), NAME)
        self._draw_words(snapshot)

    async def _load(self, wanted: Wanted, wall: float, zone: tzinfo) -> None:
        history, shown = self.context.history, wanted.shown
        until = pane.end_of(wall, shown.align, zone)
        since = until - shown.seconds
        step = shown.seconds / wanted.columns
        figure = Figure(wanted.key, wanted.charted.slot.scope, wanted.charted.slot.measure)
        points: Sequence[Point | None] = ()
        mark, self._problem = "", ""
        if history is not None:
            try:
                points = await history.series(figure, since, until, step)
                mark = pane.mark(await history.reaches(wanted.key), since, shown, zone)
            except sqlite3.Error:
                self._problem = history.problem or "The history can't be read just now."
        if wanted == self._wanted:
            self._read = Read(wanted, points, since, until, wall, zone, mark)
            self._draw_chart(self._read)

    def _draw_chart(self, read: Read) -> None:
        wanted, shown, zone = read.wanted, read.wanted.shown, read.zone
        snapshot = None if self.ref is None else self.context.monitor.snapshot(self.ref)
        if snapshot is None:
            return
        points, _ = self._up_to_now(read, snapshot)
        unit = pane.unit_of(wanted.charted, points)
        drawn = pane.series([*points, *([None] * (wanted.columns - len(points)))], unit)
        self.chart.form = unit.form
        width = self.chart.size.width - AXIS_WIDTH
        self.chart.show(drawn, pane.labels(read.until, shown, zone, width))
        name = snapshot.name or f"account {snapshot.ref.account_id}"
        self._box.border_title = Content(f"{wanted.charted.word} · {name} · {shown.word}")
        earlier, later, up, down = (
            self.context.first_key(name) for name in ("earlier", "later", "row_up", "row_down")
        )
        self._box.border_subtitle = Content(
            f"{read.mark}{earlier}/{later} range · {up}/{down} figure"
            f" · up to {wording.minute(read.wall, zone)} · times in {wording.zone_name(read.wall, zone)}"
        )
        self._draw_words(snapshot)

    def _up_to_now(self, read: Read, snapshot: AccountSnapshot) -> tuple[list[Point | None], float]:
        step = read.wanted.shown.seconds / read.wanted.columns
        count = min(len(read.points), math.ceil((read.wall - read.since) / step))
        reading = snapshot.reading(read.wanted.charted.slot)
        live = None
        if reading.value is not None and reading.state(self.context.clock.now()) is State.LIVE:
            live = Was(reading.value, reading.at_least)
        return pane.held_to_now(read.points[:count], step, live, reading.period), step

    def _draw_words(self, snapshot: AccountSnapshot) -> None:
        read = self._read
        if read is None or read.wanted.key != snapshot.key:
            self.words.set_lines([[], []])
            return
        if self._problem:
            self.words.set_lines([[Part(self._problem, "warning")], []])
            return
        points, step = self._up_to_now(read, snapshot)
        charted = read.wanted.charted
        first = pane.summary(charted, points, read.since, step, read.wanted.shown, read.zone)
        now = pane.live(snapshot, charted, self.context.clock.now(), self.context.clock.wall(), read.zone)
        against = self._against(snapshot, charted, read.zone)
        beside = [*now, Part("   "), *against] if against else now
        self.words.set_lines([first, now, against] if self._apart else [first, beside])

    def _against(self, snapshot: AccountSnapshot, charted: Charted, zone: tzinfo) -> Line:
        comparisons = self.context.comparisons
        earlier: EarlierFigures | None = None
        if comparisons is not None:
            earlier = comparisons.of(snapshot.key, zone, self.draw)
        reading = snapshot.reading(charted.slot)
        if earlier is None or reading.state(self.context.clock.now()) is not State.LIVE:
            return []
        changes = earlier.changes(charted.slot, None if reading.at_least else reading.value)
        return pane.against(charted, tuple(zip(earlier.words, changes, strict=True)))

    @property
    def _apart(self) -> bool:
        """Whether the figure of now has a line of its own: else its past would be cut off."""
        return self.size.width < WIDE and self.size.height >= TALL

    def on_resize(self) -> None:
        """Read as many steps as there are columns now."""
        self.words.styles.height = 3 if self._apart else 2
        self.call_after_refresh(self.draw)

    # -- keys ---------------------------------------------------------------------------------

    def action_row_down(self) -> None:
        """The next figure."""
        self._step(1)

    def action_row_up(self) -> None:
        """The previous figure."""
        self._step(-1)

    def _step(self, by: int) -> None:
        snapshot = None if self.ref is None else self.context.monitor.snapshot(self.ref)
        if snapshot is None:
            return
        choices = pane.choices(snapshot)
        self._slot = choices[(pane.chosen(choices, self._slot) + by) % len(choices)].slot
        self.draw()

    def action_earlier(self) -> None:
        """A longer range."""
        self._range = min(self._range + 1, len(RANGES) - 1)
        self.draw()

    def action_later(self) -> None:
        """A shorter range."""
        self._range = max(self._range - 1, 0)
        self.draw()

    def action_back(self) -> None:
        """Back to where it was opened from."""
        self.dismiss()


def open_chart(app: App[Any], ref: AccountRef | None, slot: Slot) -> None:
    """Put the installed chart screen in front, with this figure."""
    screen = app.get_screen(NAME)
    if isinstance(screen, ChartScreen) and app.screen is not screen:
        screen.open(ref, slot)
        push_layer(app, NAME)
