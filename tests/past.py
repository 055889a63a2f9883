"""A past made by hand, for tests of what is drawn from the history."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tui.clock import ManualClock
from tui.figures import AccountKey, Figure, Slot
from tui.monitor.history import History
from tui.simulator.demo import ADMIN, origin_of

KEY = AccountKey(origin_of("trial"), 12345, ADMIN)
"""The account that the app on stage shows first, as its token sees it."""

Told = Callable[[float], Mapping[Slot, float]]
"""The figures at a number of seconds before the beginning."""


def remembering(
    told: Told, *, since: float, until: float = 0.0, step: float = 60.0, path: Path | None = None
) -> Callable[[ManualClock], History]:
    """A history that knows the figures from `since` to `until` seconds before the beginning."""

    def make(clock: ManualClock) -> History:
        history = History(path, clock)
        wall, back = clock.wall(), since
        while back >= until:
            rows = [
                (Figure(KEY, slot.scope, slot.measure), wall - back, value)
                for slot, value in told(back).items()
            ]
            history.fill(rows)
            back -= step
        return history

    return make
