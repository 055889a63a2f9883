"""The keys of the dashboard that open its account's day."""

from tui.identity import AccountRef
from tui.screens.base import MonitorScreen
from tui.screens.dashboard.inbox_choice import InboxChoice
from tui.screens.dashboard.replay import Replay


class DayKeys(MonitorScreen, inherit_bindings=False):
    """A screen of one account, maybe narrowed to an inbox, maybe in a replay."""

    ref: AccountRef | None
    inbox: InboxChoice
    replay: Replay

    def action_day(self) -> None:
        """The day by half-hours; from a replay that of the moment on screen."""
        self._open_day(of_weeks=False)

    def action_busiest(self) -> None:
        """When it is busiest in a week."""
        self._open_day(of_weeks=True)

    def _open_day(self, *, of_weeks: bool) -> None:
        from tui.screens.day import open_day  # A start would read from disk what most days nobody opens.

        wall = self.replay.wall if self.replay.on else None
        open_day(self.app, self.ref, self.inbox.lens, wall, of_weeks=of_weeks)
