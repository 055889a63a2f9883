"""One inbox in place of the account, the members of a team, and what an agent's token sees."""

import itertools
import re

import msgspec
import pytest

from tests.stage import NOON, demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Config, TokenSource
from tui.identity import AccountRef, Measure, inbox
from tui.redact import Secret
from tui.simulator.demo import Demo, token_of
from tui.simulator.faults import Fault, Kind

TRIAL = AccountRef("trial", 12345)
WIDE, MIDDLE, SMALL = (200, 50), (120, 40), (80, 24)


def as_agent() -> Config:
    """The demo, seen with the token of an agent."""
    config = demo_config(Demo(clock=ManualClock(wall=NOON)))
    places = tuple(
        msgspec.structs.replace(
            environment, token=TokenSource(held=Secret(token_of(environment.name, "agent")))
        )
        for environment in config.environments
    )
    return msgspec.structs.replace(config, environments=places)


def with_columns(**columns: tuple[str, ...]) -> Config:
    """The demo, with columns chosen."""
    config = demo_config(Demo(clock=ManualClock(wall=NOON)))
    display = msgspec.structs.replace(config.display, columns=columns)
    return msgspec.structs.replace(config, display=display)


async def test_one_inbox_stands_for_the_account_and_says_so() -> None:
    async with on_stage(size=MIDDLE) as stage:
        await stage.press("b")
        assert "All inboxes" in stage.text()
        await stage.press("down", "enter")
        await stage.run_for(20)
        chosen = (stage.monitor.snapshot(TRIAL).inboxes.items or ())[0]
        shown, truth = stage.figures(), stage.truth(TRIAL)
        opened = inbox(chosen.id, Measure.OPEN)
        assert abs(int(shown[opened.name]) - truth[opened]) <= 3
        assert "open" not in shown
        text = stage.text()
        assert f"Conversations of inbox {chosen.name}" in text
        assert f"inbox {chosen.name}" in stage.lines()[0]
        assert "Teams 8 · of all inboxes" in text
        top = next(line for line in stage.lines() if "Agents 42" in line)
        assert re.search(r"Agents 42  ● \d+ online  ◐ \d+ busy  ◌ \d+ away  ○ \d+ offline ─", top)
        assert "of all inboxes · as of" in text
        assert "per agent" not in text
        await stage.press("escape")
        assert "Conversations of inbox" not in stage.text()
        assert "open" in stage.figures()


async def test_the_count_of_a_filter_stands_before_what_is_of_all_inboxes_and_totals() -> None:
    async with on_stage(size=SMALL) as stage:
        await stage.press("b", "down", "enter")
        await stage.press("v")
        await stage.press("slash", *"an", "enter")
        table = stage.dashboard.agents.table
        assert table.match_count < table.total_count
        told = f'╭─ Agents 42 · {table.match_count} of 42 online "an"  ● '
        assert any(line.startswith(told) for line in stage.lines())
        assert "of all inboxes" in stage.text()


async def test_only_inboxes_the_token_is_told_of_are_offered() -> None:
    async with on_stage(size=MIDDLE, config=as_agent()) as stage:
        await stage.press("b")
        offered = [line for line in stage.lines() if line.count("inbox") and "│" in line]
        assert sum("Website Chat" in line for line in offered) >= 1
        assert not any("Support Mail" in line for line in offered)


async def test_another_account_is_shown_whole_again() -> None:
    async with on_stage(size=MIDDLE) as stage:
        await stage.press("b", "down", "enter")
        await stage.press("a")
        await stage.run_for(3)
        assert "of inbox" not in stage.text()


async def test_the_members_of_a_team_take_the_place_of_all_agents() -> None:
    async with on_stage(size=MIDDLE) as stage:
        table = stage.dashboard.teams.table
        table.focus()
        await stage.press("j", "M")
        team_id = table.selected
        assert isinstance(team_id, int)
        await stage.run_for(3)
        snapshot = stage.monitor.snapshot(TRIAL)
        members = snapshot.team_members[team_id].items or ()
        name = next(team.name for team in snapshot.teams.items or () if team.id == team_id)
        assert members
        assert f"Members of {name} {len(members)}" in stage.text()
        assert {row.key for row in stage.dashboard.agents.table.rows} == {agent.id for agent in members}
        assert "members of 12:00" in stage.text()
        await stage.press("escape")
        assert "Agents 42" in stage.text()
        assert table.has_focus


async def test_the_advice_to_select_a_team_goes_once_members_are_shown() -> None:
    async with on_stage(size=MIDDLE) as stage:
        stage.dashboard.inboxes.table.focus()
        await stage.press("M")
        assert "Select a team first" in stage.text()
        stage.dashboard.teams.table.focus()
        await stage.press("M")
        assert "Members of" in stage.text()
        assert "Select a team first" not in stage.text()


async def test_members_can_be_narrowed_to_who_is_online() -> None:
    async with on_stage(size=MIDDLE) as stage:
        stage.dashboard.teams.table.focus()
        await stage.press("M")
        await stage.run_for(3)
        everybody = stage.dashboard.agents.table.match_count
        await stage.press("v")
        rows = stage.dashboard.agents.table.rows
        assert all(row.cells[1].text == "● online" for row in rows)
        assert len(rows) < everybody
        await stage.press("escape")
        assert stage.dashboard.agents.table.match_count == everybody
        assert "Members of" in stage.text()


async def test_members_who_cannot_be_asked_for_are_not_shown_as_nobody() -> None:
    faults = [Fault(kind=Kind.STATUS_JSON, path="*/team_members", status=422)]
    config = msgspec.structs.replace(with_columns(), keys={"members": ("Z",)})
    async with on_stage(size=MIDDLE, faults=faults, config=config) as stage:
        stage.dashboard.teams.table.focus()
        await stage.press("Z")
        await stage.run_for(3)
        text = stage.text()
        assert "Who belongs to this team is not known. Press Z to ask again" in text
        assert "Nobody belongs" not in text


@pytest.mark.parametrize("size", [SMALL, MIDDLE, WIDE])
async def test_what_an_agents_token_sees_is_never_passed_off_as_the_account(size: tuple[int, int]) -> None:
    async with on_stage(size=size, config=as_agent()) as stage:
        assert "Bruno Keller, agent, sees 1 inbox, Website Chat" in stage.text()
        assert "per agent" not in stage.text()
        if size != SMALL:
            assert "as Bruno Keller, agent: 1 inbox, Website Chat" in stage.lines()[0]


async def test_what_a_role_is_refused_of_an_agent_looks_refused() -> None:
    async with on_stage(size=WIDE, config=as_agent()) as stage:
        await stage.run_for(20)
        row = stage.dashboard.agents.table.rows[0]
        assert [cell.text for cell in row.cells[6:]] == ["—✗", "—✗", "—✗"]


async def test_agents_own_times_are_asked_only_where_there_is_room() -> None:
    async with on_stage(size=MIDDLE) as stage:
        await stage.run_for(60)
        assert not [request for request in stage.transport.requests if "type=agent&id=" in request.target]
    async with on_stage(size=WIDE) as stage:
        await stage.run_for(30)
        asked = [request for request in stage.transport.requests if "type=agent&id=" in request.target]
        assert asked
        assert stage.dashboard.agents.table.rows[0].cells[6].text.isdecimal()
        assert "· times 12:00:" in stage.text()


async def test_the_moment_of_agents_own_times_stands_there_as_soon_as_they_do() -> None:
    async with on_stage(size=(200, 50)) as stage:
        await stage.run_for(40.0)
        assert "· times 12:0" in stage.text()
        await stage.press("t", "minus", "1", "m", "enter")
        assert "· times 12:0" not in stage.text()
        await stage.press("escape")
        assert "· times 12:0" in stage.text()


async def test_columns_are_those_of_the_config_in_its_order() -> None:
    config = with_columns(agents=("open", "name"), teams=("name", "longest"))
    async with on_stage(size=WIDE, config=config) as stage:
        assert stage.dashboard.agents.table.shown_columns == ("open", "name")
        assert stage.dashboard.teams.table.shown_columns == ("name", "longest")
        assert " open agent " in stage.text()
        assert "availability" not in stage.text()


async def test_the_load_of_each_agent_is_a_bar_as_long_as_the_load() -> None:
    async with on_stage(size=WIDE) as stage:
        await stage.run_for(5)
        rows = stage.dashboard.agents.table.rows
        loads = [(row.sort_value(3), len(row.cells[4].text.rstrip())) for row in rows]
        known = sorted((value, length) for value, length in loads if isinstance(value, int | float))
        assert known
        assert all(first[1] <= second[1] for first, second in itertools.pairwise(known))
        assert all(length == 0 for value, length in known if not value)


@pytest.mark.parametrize("size", [MIDDLE, WIDE])
async def test_the_last_day_is_charted_where_there_is_room_in_the_zone_of_the_centre(
    size: tuple[int, int],
) -> None:
    async with on_stage(size=size) as stage:
        await stage.run_for(5)
        text = stage.text()
        assert "new per hour (this hour incomplete) · 24 h, CET" in text
        axis = next(line for line in stage.lines() if line.count(":00") >= 5)
        assert "13:00" in axis


async def test_no_chart_takes_the_tables_room_at_80x24() -> None:
    async with on_stage(size=SMALL) as stage:
        await stage.run_for(5)
        assert "24 h, CET" not in stage.text()


async def test_each_figure_of_an_inbox_can_be_explained_opened_and_charted() -> None:
    async with on_stage(size=MIDDLE) as stage:
        await stage.press("b", "down", "enter")
        await stage.run_for(30)
        pane = stage.dashboard.conversations
        pane.focus()
        number = (stage.monitor.snapshot(TRIAL).inboxes.items or ())[0].id
        named = [slot for slot in pane.visible_slots if slot.scope.id == str(number)]
        assert len(named) >= 8
        for slot in named:
            while pane.selected != slot:
                await stage.press("right")
            for key in ("i", "c", "enter"):
                await stage.press(key)
                for _ in range(3):  # The first escape may only stop what is being read.
                    if stage.app.screen is not stage.dashboard:
                        await stage.press("escape")
            assert stage.app.screen is stage.dashboard


async def test_an_agents_own_times_are_among_what_is_explained() -> None:
    async with on_stage(size=WIDE) as stage:
        await stage.run_for(20)
        stage.dashboard.agents.table.focus()
        await stage.press("i")
        text = stage.text()
        assert "type=agent&id=" in text or "resolutions" in text


async def test_agents_who_come_into_view_do_not_hide_how_old_their_own_times_are() -> None:
    async with on_stage(size=(80, 24), settle=90) as stage:
        await stage.press("shift+tab", "shift+tab")
        await stage.run_for(60)
        assert "· times 12:0" in stage.text()
        await stage.press("shift+tab", "shift+tab", "shift+tab", "v")
        assert "online" in stage.text()
        assert "· times 12:0" in stage.text()


async def test_at_80x24_the_account_is_named_beside_an_inbox_and_a_pause() -> None:
    async with on_stage(size=(80, 24), settle=90) as stage:
        await stage.press("b", "down", "enter", "p")
        assert "of inbox Website Chat" in stage.text()
        assert "Support EU · 12345" in stage.lines()[0]


async def test_times_that_are_scrolled_into_view_say_at_once_how_old_they_are() -> None:
    async with on_stage(size=(80, 24), settle=90) as stage:
        await stage.press("shift+tab", "shift+tab")
        await stage.run_for(60)
        await stage.press("end")
        await stage.run_for(900, step=10)
        assert "oldest figure" not in stage.text()
        await stage.press("home")
        assert re.search(r"oldest figure \d+ min", stage.text())


async def test_times_that_another_order_brings_into_view_say_at_once_how_old_they_are() -> None:
    async with on_stage(size=(80, 24), settle=90) as stage:
        await stage.press("shift+tab", "shift+tab")
        table = stage.dashboard.agents.table
        await stage.press("s")
        await stage.run_for(60)
        while table.sorted_by is not None:
            await stage.press("s")
        await stage.run_for(900, step=10)
        assert "oldest figure" not in stage.text()
        await stage.press("s")
        assert re.search(r"oldest figure \d+ min", stage.text())
