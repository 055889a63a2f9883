"""The rows of a pane from one drawing to the next: those shown before stay what they were."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, listing, snapshot
from tui.api.models import Agent, Inbox, Team
from tui.panes import inboxes, teams
from tui.panes.agents.agents import Crew
from tui.panes.agents.rows import AgentRows
from tui.panes.kept_rows import RowsInView
from tui.widgets.rows import Row

Drawing = Callable[[Sequence[int]], Sequence[Row]]


def drawing_teams() -> Drawing:
    kept = RowsInView()
    return lambda ids: teams.rows(
        snapshot(teams=listing([Team(number, f"t{number}") for number in ids])), NOW, kept=kept
    )


def drawing_inboxes() -> Drawing:
    kept = RowsInView()
    return lambda ids: inboxes.rows(
        snapshot(inboxes=listing([Inbox(number, f"i{number}") for number in ids])), NOW, kept=kept
    )


def drawing_agents() -> Drawing:
    kept = AgentRows()
    return lambda ids: kept.rows(
        snapshot(agents=listing([Agent(number, f"a{number}", availability="online") for number in ids])),
        Crew(NOW, {}),
    )


@pytest.mark.parametrize("drawn", [drawing_teams, drawing_inboxes, drawing_agents])
@given(lists=st.lists(st.lists(st.integers(1, 9), unique=True), min_size=2, max_size=5), data=st.data())
def test_rows_shown_before_are_still_there_while_the_next_are_drawn(
    drawn: Callable[[], Drawing], lists: list[list[int]], data: st.DataObject
) -> None:
    draw = drawn()
    before: list[tuple[list[int], Sequence[Row]]] = []
    for ids in lists:
        before.append((sorted(ids), draw(sorted(ids))))
        looked_at, rows = data.draw(st.sampled_from(before))
        for place in range(len(looked_at)):
            assert rows[place].key == looked_at[place]
            assert str(looked_at[place]) in rows[place].cells[0].plain
