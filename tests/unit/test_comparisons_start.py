"""A comparison is read again a minute later, also where the reading failed before its task was kept."""

import asyncio
import sqlite3
import sys
from collections.abc import Mapping
from typing import Any, cast

import pytest

from tui.clock import ManualClock
from tui.identity import AccountKey
from tui.monitor.history.comparison import Comparisons
from tui.monitor.history.history import History
from tui.screens.context import UTC

KEY = AccountKey("https://e.example", 1, 7)


class Refusing:
    """A history that refuses at once, as a damaged one does."""

    asked = 0

    async def at(self, key: AccountKey, moment: float) -> Mapping[str, float]:
        self.asked += 1
        raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="tasks start eagerly from 3.12 on")
async def test_a_reading_that_fails_at_once_is_tried_again() -> None:
    asyncio.get_running_loop().set_task_factory(getattr(asyncio, "eager_task_factory"))  # noqa: B009
    history, clock = Refusing(), ManualClock()
    comparisons = Comparisons(cast(History, cast(Any, history)), clock)
    for expected in (1, 2, 3):
        comparisons.of(KEY, UTC, lambda: None)
        await asyncio.sleep(0)
        assert history.asked == expected
        await clock.advance(61)
