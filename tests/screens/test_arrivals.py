"""From a row of the day to who came then, and back to it."""

from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

from tests.kept_weeks import BERLIN, in_the_demo, tell, with_weeks
from tests.kept_weeks import today as made_by_hand
from tests.screens.test_day import TRIAL, config, press
from tests.stage import NOON, Stage, on_stage
from tui.monitor.service.figures import WHOLE, PartOfAccount
from tui.monitor.service.intervals import day_of
from tui.monitor.service.states import CountedAs
from tui.screens.arrivals import ArrivalsScreen
from tui.screens.conversation import ConversationScreen
from tui.screens.day import DayScreen
from tui.simulator.faults import Kind

PAGE_OF_ALL = "status=all&sort_by=sort_on_created_at"
HALF_PAST_ELEVEN = 11 * 3_600 + 1_800


def screen(stage: Stage) -> ArrivalsScreen:
    assert isinstance(stage.app.screen, ArrivalsScreen)
    return stage.app.screen


def front(stage: Stage) -> type[Screen[Any]]:
    return type(stage.app.screen)


async def opened(stage: Stage, begins: int = HALF_PAST_ELEVEN) -> None:
    """The list behind the half-hour that begins so many seconds after midnight."""
    tell(stage, in_the_demo(stage))
    await press(stage, "D")
    day = stage.app.screen
    assert isinstance(day, DayScreen)
    day.pane.table.select(day_of(NOON, BERLIN).since + begins)
    await press(stage, "enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_enter_lists_as_many_as_the_row_counted_and_escape_returns_to_it(size: tuple[int, int]) -> None:
    async with on_stage(size=size, config=config(), history=with_weeks(0), wall=NOON + 700) as stage:
        await opened(stage)
        made = in_the_demo(stage)
        row = [made.quarters[number][WHOLE].arrived for number in (46, 47)]
        assert screen(stage).pane.table.total_count == sum(row)
        assert f"counted {sum(row)} · {sum(row)} rows" in stage.lines()[1]
        assert "11:30–12:00" in stage.lines()[1]
        assert {"id", "created", "reply", "counted", "team"} <= {*screen(stage).pane.table.shown_columns}
        assert {row.cells[1].text[:4] for row in screen(stage).pane.table.rows} <= {"11:3", "11:4", "11:5"}
        words = [row.cells[3].text for row in screen(stage).pane.table.rows]
        parts = [made.quarters[number][WHOLE].counts for number in (46, 47)]
        assert words.count("in target") == sum(each[CountedAs.IN_TARGET] for each in parts)
        assert "as of 12:1" in stage.text()
        await press(stage, "enter")
        assert front(stage) is ConversationScreen
        await press(stage, "escape")
        await press(stage, "escape")
        day = stage.app.get_screen("day")
        assert isinstance(day, DayScreen)
        assert front(stage) is DayScreen
        assert day.pane.table.selected == made.day.since + HALF_PAST_ELEVEN


async def test_it_is_narrowed_as_the_day_is_to_a_team() -> None:
    async with on_stage(config=config(), history=with_weeks(0), wall=NOON + 700) as stage:
        tell(stage, in_the_demo(stage))
        await press(stage, "D")
        day = stage.app.screen
        assert isinstance(day, DayScreen)
        team = (stage.monitor.snapshot(TRIAL).teams.items or ())[0]
        day.part = PartOfAccount("team", team.id)
        day.draw()
        await press(stage, "k", "enter")
        assert {row.cells[4].text for row in screen(stage).pane.table.rows} == {team.name}
        assert f"team {team.name}" in stage.lines()[1]
        assert "deleted" not in stage.text()


async def test_the_search_is_a_persons_and_short_where_the_day_tells_how_many_came_since() -> None:
    async with on_stage(config=config(), history=with_weeks(0), wall=NOON + 700) as stage:
        before = len(stage.transport.requests)
        await opened(stage)
        asked = [request.target for request in [*stage.transport.requests][before:]]
        assert len([target for target in asked if PAGE_OF_ALL in target]) <= 10


async def test_a_row_ahead_and_the_week_have_nothing_to_open() -> None:
    async with on_stage(config=config(), history=with_weeks(28)) as stage:
        tell(stage, made_by_hand())
        await press(stage, "D", "G", "enter")
        assert isinstance(stage.app.screen, DayScreen)
        assert "Nobody has come yet: this row is still ahead." in stage.text()
        await press(stage, "tab", "enter")
        assert isinstance(stage.app.screen, DayScreen)
        assert "These are sums of weeks: tab shows the day's rows." in stage.text()


async def test_a_row_that_is_not_known_yet_opens_and_says_so() -> None:
    async with on_stage(config=config(), history=with_weeks(0)) as stage:
        await press(stage, "D", "g", "enter")
        await stage.run_for(40, step=10)
        assert "counted — · " in stage.lines()[1]
        assert "the day has no number for it yet" in stage.text()


async def test_a_server_that_fails_is_told_and_the_key_reads_it_anew() -> None:
    async with on_stage(config=config(), history=with_weeks(0)) as stage:
        tell(stage, in_the_demo(stage))
        await press(stage, "D")
        stage.fail(Kind.STATUS_JSON, "*/conversations", status=500)
        await press(stage, "k", "enter")
        assert "Not known: the server did not answer. See the line below." in stage.text()
        assert stage.lines()[-2].strip()
        stage.mend()
        await press(stage, "r")
        await stage.run_for(3)
        assert screen(stage).pane.table.total_count


async def test_escape_stops_then_leaves() -> None:
    async with on_stage(config=config(), history=with_weeks(0), latency=(0.5, 0.5)) as stage:
        tell(stage, in_the_demo(stage))
        await press(stage, "D", "k", "enter")
        await stage.run_for(1)
        assert "being read: call " in stage.text()
        await press(stage, "escape")
        assert "not read to its end: r begins anew" in stage.text()
        asked = len([request for request in stage.transport.requests if PAGE_OF_ALL in request.target])
        await stage.run_for(4)
        assert (
            len([request for request in stage.transport.requests if PAGE_OF_ALL in request.target]) == asked
        )
        await press(stage, "escape")
        assert isinstance(stage.app.screen, DayScreen)


async def test_another_reach_forgets_what_was_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(config=config(), history=with_weeks(0)) as stage:
        await opened(stage)
        assert screen(stage).pane.table.total_count
        stage.monitor.pause()
        seen = stage.monitor.snapshot(TRIAL)
        foreign = type(seen.key)(seen.key.origin, seen.key.account_id, 99)
        other = type(seen)(
            **{name: getattr(seen, name) for name in seen.__struct_fields__} | {"key": foreign}
        )
        monkeypatch.setattr(stage.monitor, "snapshot", lambda _: other)
        screen(stage).draw()
        await stage.settled()
        assert not screen(stage).pane.table.total_count
        assert "counted — · 0 rows" in stage.lines()[1]


async def test_the_rows_can_be_filtered() -> None:
    async with on_stage(config=config(), history=with_weeks(0)) as stage:
        await opened(stage)
        await stage.press("slash")
        assert isinstance(stage.app.focused, Input)
        await stage.press(*"target", "enter")
        assert {row.cells[3].text for row in screen(stage).pane.table.rows} <= {"in target"}
        await press(stage, "escape")
        assert isinstance(stage.app.screen, ArrivalsScreen)
