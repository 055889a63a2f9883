"""What is read of the past behind the drawing is told only of the moment it was read for."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest

from tui.clock import ManualClock
from tui.durations import DAY, HOUR, MINUTE, QUARTER
from tui.identity import AccountKey, Measure, Slot, account
from tui.monitor.history.comparison import Comparisons, EarlierFigures
from tui.monitor.history.history import History
from tui.monitor.history.trends import Point, Was
from tui.screens.context import UTC
from tui.screens.dashboard.queued_days import QueuedDays

KEY = AccountKey("https://e.example", 1, 7)
OPEN = account(Measure.OPEN)


class OneThatHangs:
    """A history that answers until it hangs."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.answers.set()

    async def at(self, key: AccountKey, moment: float) -> Mapping[Slot, Was]:
        await self.answers.wait()
        return {OPEN: Was(7.0)}

    async def series(self, figure: object, since: float, until: float, step: float) -> list[Point | None]:
        await self.answers.wait()
        return [Point(float(place), float(place), float(place)) for place in range(int(DAY // QUARTER))]


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def _as_history(history: OneThatHangs) -> History:
    return cast(History, cast(Any, history))


async def _compared(comparisons: Comparisons) -> EarlierFigures | None:
    comparisons.of(KEY, UTC, lambda: None)
    await _settle()
    return comparisons.of(KEY, UTC, lambda: None)


@pytest.mark.parametrize("passes", ["leap", "advance", "back", "forth"])
async def test_an_hour_ago_is_not_told_of_another_hour(passes: str) -> None:
    history, clock = OneThatHangs(), ManualClock()
    comparisons = Comparisons(_as_history(history), clock)
    compared = await _compared(comparisons)
    assert compared is not None
    assert compared.changes(OPEN, 9.0)[0] == 2.0
    history.answers.clear()
    if passes == "advance":
        await clock.advance(HOUR)
    elif passes == "leap":
        clock.leap(HOUR)
    else:
        clock.jump_wall(HOUR if passes == "forth" else -HOUR)
    assert await _compared(comparisons) is None
    history.answers.set()
    await clock.advance(MINUTE)
    await _settle()
    assert await _compared(comparisons) is not None


async def test_the_queue_of_a_day_keeps_its_hours_while_it_is_not_read_again() -> None:
    history, wall = OneThatHangs(), 1_700_000_000.0
    days = QueuedDays(_as_history(history))
    days.of(KEY, wall, UTC, lambda: None)
    await _settle()
    before = days.of(KEY, wall, UTC, lambda: None)
    history.answers.clear()
    for hours in (1, 5, 23):
        later = days.of(KEY, wall + hours * HOUR, UTC, lambda: None)
        assert [*later] == [*before[hours * 4 :], *[None] * (hours * 4)]
    for hours in (25, 1_000, -1):
        assert not any(value is not None for value in days.of(KEY, wall + hours * HOUR, UTC, lambda: None))
