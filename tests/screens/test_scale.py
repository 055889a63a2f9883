"""The dashboard with 2,000 agents, 200 teams and 50 inboxes: all there, and in place."""

from collections.abc import Iterator

import pytest

from tests.benchmarks.scale import REF, ask_anew, big_app, served
from tui.api.models import Agent
from tui.widgets.live_table import LiveTable

SIZE = (200, 50)


@pytest.fixture
def server() -> Iterator[str]:
    with served() as url:
        yield url


def at_line(table: LiveTable) -> int:
    """On which line of the table its selected row stands."""
    keys = [row.key for row in table.rows]
    return keys.index(table.selected) - table.scroll_offset.y


async def test_everybody_is_there_in_place_and_in_order(server: str) -> None:
    async with big_app(server, SIZE) as (app, pilot):
        screen = app.dashboard
        assert screen.teams.table.total_count == 200
        assert screen.inboxes.table.total_count == 50
        table = screen.agents.table
        assert table.total_count == 2_000
        table.focus()
        table.select(table.rows[1_300].key)
        await pilot.press("up", "up")
        for _ in range(100):
            if 0 <= at_line(table) < table.size.height:
                break
            await pilot.pause()
        selected = table.selected
        for _ in range(3):
            await ask_anew(app)
            await pilot.pause()
        assert table.selected == selected
        assert 0 <= at_line(table) < table.size.height

        people: tuple[Agent, ...] = app.context.monitor.snapshot(REF).agents.items or ()
        wanted = people[1_234].name
        await pilot.press("slash", *wanted[:6].lower().replace(" ", ""))
        await pilot.pause()
        assert 0 < table.match_count < 2_000

        # What is not known comes last, whichever way the others are sorted.
        await pilot.press("escape")
        assert table.match_count == 2_000
        table.sort_by("open", True)
        await pilot.pause()
        values = [row.sort_value(3) for row in table.rows]
        known = [value for value in values if isinstance(value, float | int)]
        assert values[: len(known)] == sorted(known, reverse=True)
        assert all(value is None for value in values[len(known) :])
