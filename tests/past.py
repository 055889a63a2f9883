"""A past made by hand, for tests of what is drawn from the history."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tui.clock import ManualClock
from tui.identity import AccountKey, Figure, Slot
from tui.monitor.history.history import History
from tui.monitor.history.writer import SampleRow
from tui.simulator.demo import ADMIN, origin_of

KEY = AccountKey(origin_of("trial"), 12345, ADMIN)
"""The account that the app on stage shows first, as its token sees it."""

Told = Callable[[float], Mapping[Slot, float]]
"""The figures at a number of seconds before the beginning."""


Window = tuple[float, float, float]
"""Since and until how many seconds before the beginning something is known, and how often."""


def remembering(told: Told, *windows: Window, path: Path | None = None) -> Callable[[ManualClock], History]:
    """A history that knows the figures of those windows of time."""

    def make(clock: ManualClock) -> History:
        history, wall = History(path, clock), clock.wall()
        for since, until, step in windows:
            back = since
            while back >= until:
                values = told(back).items()
                history.fill(
                    [
                        SampleRow(Figure(KEY, slot.scope, slot.measure), wall - back, value)
                        for slot, value in values
                    ]
                )
                back -= step
        return history

    return make
