"""Where from: the call behind each figure, and a curl line that never holds the token."""

import shlex

import pytest

from tests.screens.test_conversations import TRIAL, down, to_figure
from tests.stage import Stage, on_stage
from tui.identity import ACCOUNT, Measure, Slot
from tui.screens.where_from import WhereFromScreen
from tui.simulator.demo import token_of
from tui.simulator.faults import Kind

COUNTS = "*/conversations/meta"


def shown(stage: Stage) -> WhereFromScreen:
    screen = stage.app.screen
    assert isinstance(screen, WhereFromScreen)
    return screen


async def test_a_figure_tells_its_call_times_scope_and_request() -> None:
    async with on_stage() as stage:
        await to_figure(stage, "unassigned")
        await stage.press("i")
        text = stage.text()
        call = stage.monitor.snapshot(TRIAL).reading(Slot(ACCOUNT, Measure.UNASSIGNED)).call
        assert call is not None
        for words in (
            "open conversations nobody is assigned to",
            f"GET {call.path}",
            "HTTP 200 in",
            call.request_id,
            "sent 2026-11-22 12:00:0",
            "CET",
            "the whole account: what Ada Brandt (administrator) sees: all 4 inboxes",
            "every 15 s",
        ):
            assert words in text


async def test_y_copies_a_curl_line_without_the_token() -> None:
    async with on_stage() as stage:
        await to_figure(stage, "pending")
        await stage.run_for(20)
        await stage.press("i", "y")
        await stage.pilot.pause()
        line = stage.app.clipboard
        words = shlex.split(line)
        assert words[:4] == ["curl", "-sS", "-H", "api_access_token: $LIVEAGENT_TOKEN"]
        assert words[-1].endswith("/api/v1/accounts/12345/conversations/meta?status=pending")
        assert token_of("trial") not in line
        assert "sent to the terminal" in stage.text()


async def test_why_a_figure_is_unknown_is_told() -> None:
    async with on_stage() as stage:
        stage.fail(Kind.ROLE, "*/agents")
        await stage.press("r")
        await stage.run_for(4)
        await to_figure(stage, "agents_online")
        await stage.press("i")
        assert "not permitted" in stage.text()
        assert "why" in stage.text()
        assert "HTTP 401" in stage.text()


async def test_a_derived_figure_says_from_what() -> None:
    async with on_stage(settle=10) as stage:
        await to_figure(stage, "longest")
        await stage.press("i")
        assert "worked out from the open conversations" in stage.text()


@pytest.mark.parametrize(
    ("pane", "words"),
    [("teams", "team_id="), ("inboxes", "inbox_id="), ("agents", "reports/conversations")],
)
async def test_a_row_tells_of_its_figures_and_of_the_list(pane: str, words: str) -> None:
    async with on_stage(settle=90) as stage:
        getattr(stage.dashboard, pane).table.focus()
        await stage.press("i")
        screen = shown(stage)
        names = [row.cells[0].text for row in screen.table.rows]
        assert "open" in names
        assert names[-1] == pane
        while screen.selected is not None and screen.selected.name != "open":
            await stage.press("j")
        assert screen.selected is not None
        assert words in screen.selected.curl


async def test_the_list_tells_each_page_and_the_body_of_the_filter() -> None:
    async with on_stage() as stage:
        stage.dashboard.agents.table.focus()
        await stage.press("enter")
        await stage.run_for(3)
        await stage.press("i", "j")
        source = shown(stage).selected
        assert source is not None
        words = shlex.split(source.curl)
        assert words[words.index("-X") + 1] == "POST"
        assert '"assignee_id"' in words[words.index("-d") + 1]


async def test_a_list_of_four_pages_names_four_calls() -> None:
    async with on_stage() as stage:
        await down(stage, "open")
        await stage.press("i")
        names = [row.cells[0].text for row in shown(stage).table.rows]
        assert names == ["open", "page 1", "page 2", "page 3", "page 4"]


@pytest.mark.parametrize("key", ["i", "escape", "q", "backspace"])
async def test_each_way_out_leads_back(key: str) -> None:
    async with on_stage() as stage:
        await stage.press("i", key)
        assert stage.app.screen is stage.dashboard
        assert stage.app.is_running


async def test_figures_details_and_keys_fit_every_size() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.press("i")
        for size in ((80, 24), (120, 40), (200, 50)):
            await stage.resize(*size)
            text = stage.text()
            for words in ("figure", "what", "request", "y copy"):
                assert words in text, size


async def test_a_figure_that_was_known_tells_the_last_good_call_and_the_last_try() -> None:
    async with on_stage() as stage:
        stage.fail(Kind.STATUS_HTML, COUNTS, status=502)
        await stage.press("r")
        await stage.run_for(4)
        await to_figure(stage, "unassigned")
        await stage.press("i")
        text = stage.text()
        assert "HTTP 200 in" in text
        assert "HTTP 502, server in" in text


async def test_no_token_of_the_demo_ever_shows() -> None:
    async with on_stage() as stage:
        await stage.press("i")
        assert not any(environment.token in stage.text() for environment in stage.demo.environments)
