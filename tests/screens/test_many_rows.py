"""Tables of twenty thousand rows: made are those in view, and sorting lets keys through meanwhile."""

import asyncio
from collections.abc import Callable, Hashable, Sequence

import pytest

from tests.builders import NOW, listing, reading, snapshot
from tests.screens.stage import Stage
from tui import identity
from tui.api.models import Agent, Inbox, Team
from tui.columns import Column
from tui.config.columns import AGENTS, INBOXES, TEAMS
from tui.identity import Measure
from tui.panes import inboxes, teams
from tui.panes.agents.agents import Crew
from tui.panes.agents.rows import AgentRows
from tui.panes.kept_rows import MOST_KEPT, RowsInView
from tui.widgets.live_table import LiveTable
from tui.widgets.rows import Row, RowsInWaiting

COUNT = 20_000
SHOWN = snapshot(
    {
        identity.team(number, Measure.UNASSIGNED): reading(number % 977, at_least=not number % 7)
        for number in range(0, COUNT, 3)
    },
    teams=listing([Team(number, f"team {number:05}") for number in range(COUNT)]),
    inboxes=listing([Inbox(number, f"inbox {number:05}") for number in range(COUNT)]),
    agents=listing([Agent(number, f"agent {number:05}", availability="online") for number in range(COUNT)]),
)


class Made:
    """Hands rows through, and counts those that were made."""

    def __init__(self, rows: RowsInWaiting) -> None:
        self.keys: set[Hashable] = set()
        self.rows = RowsInWaiting(rows.given_keys, self._make, rows.sort_value)
        self._rows = rows

    def _make(self, place: int) -> Row:
        self.keys.add(place)
        return self._rows[place]


def of_teams(kept: RowsInView | None = None) -> RowsInWaiting:
    rows = teams.rows(SHOWN, NOW, kept=kept)
    assert isinstance(rows, RowsInWaiting)
    return rows


def of_inboxes() -> RowsInWaiting:
    rows = inboxes.rows(SHOWN, NOW)
    assert isinstance(rows, RowsInWaiting)
    return rows


def of_agents() -> RowsInWaiting:
    rows = AgentRows().rows(SHOWN, Crew(NOW, {}))
    assert isinstance(rows, RowsInWaiting)
    return rows


PANES: dict[str, tuple[Sequence[Column], Callable[[], RowsInWaiting]]] = {
    "teams": (TEAMS, of_teams),
    "inboxes": (INBOXES, of_inboxes),
    "agents": (AGENTS, of_agents),
}


@pytest.mark.parametrize("pane", PANES)
async def test_only_rows_in_view_are_made_however_often_they_are_shown(pane: str) -> None:
    columns, rows = PANES[pane]
    table = LiveTable(columns)
    made = Made(rows())
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        table.set_rows(made.rows)
        await pilot.pause()
        assert table.total_count == COUNT
        table.action_last_row()
        await pilot.pause()
        assert table.selected == COUNT - 1
        assert len(made.keys) < 200


async def test_sorting_them_lets_keys_through_and_ends_sorted() -> None:
    table = LiveTable(TEAMS)
    app = Stage(table)
    async with app.run_test(size=(60, 20)) as pilot:
        table.set_rows(of_teams())
        await pilot.pause()
        table.sort_by("unassigned", True)
        turns = 0
        while table.rows_in_view[0].key == 0 and turns < 100_000:
            table.action_row_down()
            turns += 1
            await asyncio.sleep(0)
        assert turns > 3, "all in one go: a key pressed meanwhile would have waited"
        await pilot.pause()
        values = [row.cells[1].plain.removeprefix("≥ ") for row in table.rows_in_view]
        assert values == sorted(values, key=int, reverse=True)
        assert table.selected == table.rows_in_view[0].key
        fresh = of_teams()
        table.set_rows(fresh)
        assert table.rows_in_view[0].cells[1].plain.removeprefix("≥ ") == values[0]


async def test_filtering_them_shows_what_matches() -> None:
    table = LiveTable(TEAMS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        table.set_rows(of_teams())
        await pilot.pause()
        table.filter("team 0012")
        for _ in range(100_000):
            if table.match_count < COUNT:
                break
            await asyncio.sleep(0)
        assert table.match_count == 10
        table.filter("")
        assert table.match_count == COUNT


def test_what_has_been_in_view_does_not_fill_the_memory() -> None:
    kept = RowsInView()
    rows = of_teams(kept)
    for place in range(3 * MOST_KEPT):
        assert rows[place].key == place
    again = of_teams(kept)
    assert again.given_keys is rows.given_keys
    assert len(kept) <= MOST_KEPT
