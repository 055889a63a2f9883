"""Service level in tables: what a cell says, and as of when; it has no part in another figure's moment."""

from datetime import UTC

import msgspec
import pytest

from tests.builders import NOW, WALL, listing, reading, snapshot
from tui import identity, wording
from tui.api.models import Inbox, Team
from tui.config.columns import INBOXES, TEAMS
from tui.identity import Measure, Slot
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.figures import PartOfAccount, Rules, Tally
from tui.monitor.service.intervals import Day
from tui.monitor.service.level import ServiceLevel
from tui.monitor.service.states import CountedAs
from tui.monitor.service.worker import Today
from tui.panes import inboxes, teams
from tui.panes.level_cells import level_cell

DAY = Day(1_795_910_400, 1_795_996_800)
OF_TEAM, OF_INBOX = identity.team(3, Measure.SERVICE_LEVEL), identity.inbox(8, Measure.SERVICE_LEVEL)
LEVEL_AGE = 600.0


def seen(value: float | None, met: int, late: int, *, age: float = LEVEL_AGE) -> AccountSnapshot:
    """Team 3 and inbox 8 at this level; 5 s ago they were counted last."""
    tally = Tally()
    tally.counts |= {CountedAs.IN_TARGET: met, CountedAs.LATE: late}
    recent = {PartOfAccount("team", 3): tally, PartOfAccount("inbox", 8): tally}
    today = Today(DAY, DAY.since + 40_000.0, DAY.since, 1.0, recent, recent, Rules(300.0))
    level = msgspec.structs.replace(reading(value, age=age), period=900.0)
    counted = {
        identity.team(3, Measure.OPEN): reading(4),
        identity.inbox(8, Measure.OPEN): reading(4),
        OF_TEAM: level,
        OF_INBOX: level,
        identity.account(Measure.SERVICE_LEVEL): level,
    }
    made = snapshot(counted, teams=listing([Team(3, "billing")]), inboxes=listing([Inbox(8, "Chat")]))
    return msgspec.structs.replace(made, service=ServiceLevel(today, 80.0))


@pytest.mark.parametrize("slot", [OF_TEAM, OF_INBOX])
@pytest.mark.parametrize(
    ("value", "met", "late", "text", "look"),
    [
        (85.0, 17, 3, "85 %", "value"),
        (79.99, 79, 20, "79 %", "warning"),
        (50.0, 2, 2, "2 of 4", "warning"),
        (None, 0, 0, "—", "unknown"),
    ],
)
def test_a_level_is_a_percentage_or_a_few_of_a_few(
    slot: Slot, value: float | None, met: int, late: int, text: str, look: str
) -> None:
    cell = level_cell(seen(value, met, late), slot, NOW)
    assert (cell.text, cell.style) == (text, look)


def test_an_old_level_is_dimmed() -> None:
    assert level_cell(seen(85.0, 17, 3, age=2_000.0), OF_TEAM, NOW).style == "stale"


def test_a_team_to_which_nobody_came_has_no_level() -> None:
    assert level_cell(seen(85.0, 17, 3), identity.team(4, Measure.SERVICE_LEVEL), NOW).text == "—"


@pytest.mark.parametrize("levels", [True, False])
def test_the_border_tells_the_moment_of_levels_apart(levels: bool) -> None:
    shown = seen(85.0, 17, 3)
    counted, level = wording.clock_time(WALL - 5.0, UTC), wording.minute(WALL - LEVEL_AGE, UTC)
    told = f"as of {counted} · levels as of {level}" if levels else f"as of {counted}"
    assert teams.as_of(shown, [3], NOW, WALL, UTC, levels=levels) == told
    assert inboxes.as_of(shown, [8], NOW, WALL, UTC, levels=levels) == told


def test_rows_have_the_level_in_its_column() -> None:
    shown = seen(85.0, 17, 3)
    for rows, columns in ((teams.rows(shown, NOW), TEAMS), (inboxes.rows(shown, NOW), INBOXES)):
        place = [column.key for column in columns].index("level")
        assert rows[0].cells[place].text == "85 %"
