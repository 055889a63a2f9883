"""Figures of alerts that only the history knows: who has left lately, and what is usual at this hour."""

import math
from datetime import tzinfo

from tui.durations import HALF_HOUR
from tui.identity import HEADLINE, Figure
from tui.monitor.alerts.rules import (
    FALLEN,
    FALLEN_WITHIN,
    OVER_USUAL,
    Known,
    fallen,
    over_usual,
)
from tui.monitor.days import same_time
from tui.monitor.history.history import History
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, Reading, State

WEEKS = 4


def derived(history: History, snapshot: AccountSnapshot, usual: float | None, now: float) -> dict[str, Known]:
    """What `Alerts.judge` takes besides the snapshot; what is not known is left out.

    `usual` is from `usual_waiting`, asked for every now and then.
    """
    known: dict[str, Known] = {}
    for name, slot in FALLEN.items():
        online = _known(snapshot.reading(slot), now)
        if online is not None:
            change = history.change(Figure(snapshot.key, slot.scope, slot.measure), FALLEN_WITHIN)
            share = fallen(online, change)
            if share is not None:
                known[name] = share
    waiting = _known(snapshot.reading(HEADLINE), now)
    if waiting is not None:
        times = over_usual(waiting, usual)
        if times is not None:
            known[OVER_USUAL] = times
    return known


async def usual_waiting(
    history: History, snapshot: AccountSnapshot, wall: float, zone: tzinfo
) -> float | None:
    """How many waited, on the mean, within half an hour of this time in the last `WEEKS` weeks.

    None before there is a week of history. The time of day is that of `zone`, the contact
    centre's. Raises sqlite3.Error where the history can't be read.
    """
    figure = Figure(snapshot.key, HEADLINE.scope, HEADLINE.measure)
    means = []
    for week in range(1, WEEKS + 1):
        then = same_time(wall, zone, 7 * week)
        (point,) = await history.series(figure, then - HALF_HOUR, then + HALF_HOUR, 2 * HALF_HOUR)
        if point is not None:
            means.append(point.mean)
    return math.fsum(means) / len(means) if means else None


def _known(reading: Reading, now: float) -> Known | None:
    if reading.value is None or reading.at_least or reading.state(now) is not State.LIVE:
        return None
    return Known(reading.value, reading.asked_at, MISSED_PERIODS * reading.period)
