"""What the pane of figures shows of an account: with its targets, its past, and as much as has room."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.geometry import Size

from tui.identity import AccountKey
from tui.monitor.days import today
from tui.monitor.history.comparison import EarlierFigures
from tui.monitor.history.direction import Course
from tui.monitor.reading import AccountSnapshot
from tui.panes.alarms import AlarmOf
from tui.panes.conversations import conversations
from tui.panes.conversations.conversations import COMPARED_FROM
from tui.panes.conversations.headline import View
from tui.panes.conversations.last_day import LastDay
from tui.panes.conversations.pane import ConversationsPane
from tui.panes.header import Place
from tui.screens.context import UTC, Context
from tui.screens.dashboard.queued_days import QueuedDays

if TYPE_CHECKING:
    from tui.panes.conversations.inbox_view import Lens

NARROW = 100
"""Cells below which tables stand one at a time, and no day is drawn."""
CHART_FROM = 40
"""Lines of a screen from which the day is drawn, in `LEAST_CHART` to `MOST_CHART` of them."""
LEAST_CHART, MOST_CHART = 7, 13


class FiguresView:
    """What is asked of config and history for the pane; `redraw` is called when more of the past is read."""

    def __init__(self, context: Context, pane: ConversationsPane, redraw: Callable[[], object]) -> None:
        self._context = context
        self._pane = pane
        self._redraw = redraw
        self._days = QueuedDays(context.history)

    def draw(
        self,
        snapshot: AccountSnapshot,
        where: Place,
        *,
        course: Course,
        alarm: AlarmOf,
        lens: "Lens | None",
        size: Size,
        live: bool,
    ) -> None:
        """Show `snapshot` on a screen of `size`; `live` is false in a replay."""
        targets = self._context.targets(snapshot.ref)
        view = View(
            where.now,
            self._pane.inner_width,
            max(4, min(10, size.height // 4)),
            targets.wait,
            targets.conversations_per_agent,
            course if lens is None else lens.course(course),
            alarm if lens is None else lens.alarm(alarm),
            of_inbox=lens is not None,
            whole=lens is None and not conversations.sees_part(snapshot),
            day=self._day(snapshot.key, where, size, lens) if live else None,
            wall=where.wall,
            zone=where.zone,
            agents_hidden=self._context.config.display.privacy.agents == "always",
            day_began=where.now - (where.wall - today(where.wall, where.zone)[0]),
            compared=self._compared(snapshot.key, where, size) if live and lens is None else None,
        )
        seen = snapshot if lens is None else lens.through(snapshot)
        self._pane.show(seen, view, where.wall, where.zone, lens)

    def _day(self, key: AccountKey, where: Place, size: Size, lens: "Lens | None") -> LastDay | None:
        height = min(MOST_CHART, size.height - CHART_FROM + LEAST_CHART)
        if height < LEAST_CHART or size.width < NARROW:
            return None
        queued = () if lens is not None else self._days.of(key, where.wall, where.zone, self._redraw)
        return LastDay(where.zone, where.wall, height, queued)

    def _compared(self, key: AccountKey, where: Place, size: Size) -> EarlierFigures | None:
        comparisons = self._context.comparisons
        if comparisons is None or size.width < COMPARED_FROM:
            return None
        return comparisons.of(key, where.zone or UTC, self._redraw)
