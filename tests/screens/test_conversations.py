"""Down from a number to its conversations, and back to the same place."""

import pytest
from rich.cells import cell_len

from tests.stage import Stage, demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Config, Display, Privacy
from tui.identity import ACCOUNT, AccountRef, Measure, Slot
from tui.screens import conversations
from tui.screens.conversations import ConversationsScreen
from tui.simulator.demo import Demo
from tui.simulator.faults import Kind

TRIAL = AccountRef("trial", 12345)
LIST = "*/12345/conversations"


def shown(stage: Stage) -> ConversationsScreen:
    screen = stage.app.screen
    assert isinstance(screen, ConversationsScreen)
    return screen


async def to_figure(stage: Stage, name: str) -> None:
    """Put the cursor on a figure of the conversations pane."""
    pane = stage.dashboard.conversations
    pane.focus()
    await stage.pilot.pause()
    for _ in range(40):
        if pane.selected.name == name:
            return
        await stage.press("right")
    raise AssertionError(f"{name} can't be reached")


async def down(stage: Stage, name: str, seconds: float = 3) -> None:
    await to_figure(stage, name)
    await stage.press("enter")
    await stage.run_for(seconds)


def hiding(customers: str = "never", agents: str = "never") -> Config:
    config = demo_config(Demo(clock=ManualClock()))
    privacy = Privacy(customers=customers, agents=agents)  # type: ignore[arg-type]
    return Config(environments=config.environments, display=Display(privacy=privacy))


@pytest.mark.parametrize(
    ("figure", "measure"),
    [("unassigned", Measure.UNASSIGNED), ("assigned", Measure.ASSIGNED), ("open", Measure.OPEN)],
)
async def test_as_many_rows_as_the_server_holds_and_both_numbers_in_the_title(
    figure: str, measure: Measure
) -> None:
    async with on_stage() as stage:
        await down(stage, figure)
        table = shown(stage).pane.table
        truth = stage.truth(TRIAL)[Slot(ACCOUNT, measure)]
        assert abs(table.total_count - truth) <= 2
        title = stage.lines()[1]
        assert f"{figure.capitalize()} · Support EU · trial/12345" in title
        assert f"{table.total_count} rows" in title
        assert "counted" in title


async def test_the_longest_wait_stands_first() -> None:
    async with on_stage() as stage:
        await down(stage, "unassigned")
        waits = [row.sort[1] for row in shown(stage).pane.table.rows if row.sort and row.sort[1] is not None]
        assert waits == sorted(waits, reverse=True)
        assert len(waits) > 3


@pytest.mark.parametrize("figure", ["pending", "snoozed"])
async def test_a_status_opens_the_conversations_in_it(figure: str) -> None:
    async with on_stage(settle=20) as stage:
        await down(stage, figure)
        rows = shown(stage).pane.table.rows
        assert rows
        assert {row.cells[2].text for row in rows} == {figure}


async def test_queued_are_asked_as_unattended() -> None:
    async with on_stage(settle=10) as stage:
        await down(stage, "queued")
        asked = [
            request.target for request in stage.transport.requests if request.path.endswith("/conversations")
        ]
        assert any("conversation_type=unattended" in target for target in asked)
        assert shown(stage).pane.table.total_count


async def test_a_number_without_a_list_says_so_in_a_sentence() -> None:
    async with on_stage(settle=10) as stage:
        await to_figure(stage, "today")
        await stage.press("enter")
        assert stage.app.screen is stage.dashboard
        assert "no list" in stage.lines()[-2]


async def test_people_lead_to_the_agents_pane() -> None:
    async with on_stage() as stage:
        await to_figure(stage, "agents_online")
        await stage.press("enter")
        assert stage.dashboard.agents.table.has_focus
        assert {row.cells[1].text for row in stage.dashboard.agents.table.rows} == {"● online"}


@pytest.mark.parametrize("pane", ["teams", "inboxes", "agents"])
async def test_a_row_opens_its_conversations_and_esc_returns_to_it(pane: str) -> None:
    async with on_stage() as stage:
        table = getattr(stage.dashboard, pane).table
        table.focus()
        await stage.press("j", "j")
        chosen = table.selected
        name = next(row.cells[0].text for row in table.rows if row.key == chosen)
        await stage.press("enter")
        await stage.run_for(3)
        column = {"teams": 5, "inboxes": 4, "agents": 6}[pane]
        assert name[:20] in stage.lines()[1]
        assert {row.cells[column].text for row in shown(stage).pane.table.rows} <= {name}
        await stage.press("escape")
        assert stage.app.screen is stage.dashboard
        assert table.has_focus
        assert table.selected == chosen


async def test_the_conversations_of_an_agent_are_asked_by_the_filter() -> None:
    async with on_stage() as stage:
        stage.dashboard.agents.table.focus()
        await stage.press("j", "enter")
        await stage.run_for(3)
        assert [
            request.method for request in stage.transport.requests if request.path.endswith("/filter")
        ] == ["POST"]


async def test_a_list_stopped_at_once_names_the_key_that_is_mapped() -> None:
    config = Config(environments=hiding().environments, keys={"refresh": ("Z",)})
    async with on_stage(config=config) as stage:
        stage.fail(Kind.DELAY, LIST, seconds=4.0)
        await down(stage, "open", seconds=1)
        await stage.press("escape")
        assert "Stopped before the first page. Press Z to ask again." in stage.text()


async def test_pages_come_one_by_one_with_progress_and_esc_stops_them() -> None:
    async with on_stage() as stage:
        stage.fail(Kind.DELAY, LIST, seconds=4.0)
        await down(stage, "open", seconds=5)
        assert "page 2 of about 4" in stage.text()
        assert shown(stage).pane.table.total_count == 25
        await stage.press("escape")
        assert "only 25 of about" in stage.text()
        before = len(
            [request for request in stage.transport.requests if request.path.endswith("/conversations")]
        )
        await stage.run_for(20)
        asked = [request for request in stage.transport.requests if request.path.endswith("/conversations")]
        assert not [request for request in asked[before:] if "sort_on_created_at&page=3" in request.target]
        await stage.press("escape")
        assert stage.app.screen is stage.dashboard


async def test_a_failure_on_page_two_keeps_page_one_and_is_told() -> None:
    async with on_stage() as stage:
        stage.fail(Kind.DELAY, LIST, seconds=2.0)
        await down(stage, "open", seconds=1)
        stage.mend()
        stage.fail(Kind.STATUS_HTML, LIST, status=502)
        await stage.run_for(3)
        assert shown(stage).pane.table.total_count == 25
        assert "only 25 of about" in stage.text()
        assert "502" in stage.lines()[-2]
        stage.mend()
        await stage.run_for(120, step=5)
        assert shown(stage).pane.table.total_count > 25
        assert "502" not in stage.lines()[-2]


async def test_a_long_list_stops_at_the_bound_and_reads_on_at_a_key() -> None:
    async with on_stage(settle=20) as stage:
        await down(stage, "resolved", seconds=12)
        assert shown(stage).pane.table.total_count == 200
        assert "only 200 of about" in stage.text()
        await stage.press("m")
        await stage.run_for(60, step=2)
        # Who is resolved between two pages moves a row to the next one, where it is known already.
        assert 390 <= shown(stage).pane.table.total_count <= 400


async def test_rows_are_refreshed_without_losing_the_selection() -> None:
    async with on_stage() as stage:
        await down(stage, "open")
        await stage.press("j", "j", "j", "j")
        table = shown(stage).pane.table
        chosen, first = table.selected, stage.lines()[-3]
        await stage.run_for(90, step=2)
        assert stage.lines()[-3] != first
        assert table.selected == chosen or chosen not in {row.key for row in table.rows}
        keys = [row.key for row in table.rows]
        assert len(keys) == len(set(keys))


async def test_r_reads_anew_at_once() -> None:
    async with on_stage() as stage:
        await down(stage, "mine")
        before = len(stage.transport.requests)
        await stage.press("r")
        await stage.run_for(2)
        fresh = list(stage.transport.requests)[before:]
        assert [request for request in fresh if "assignee_type=me" in request.target]


async def test_a_filter_counts_its_matches_and_esc_clears_it_first() -> None:
    async with on_stage() as stage:
        await down(stage, "open")
        await stage.press("slash", *"whatsapp", "enter")
        table = shown(stage).pane.table
        assert 0 < table.match_count < table.total_count
        assert f"{table.match_count} of {table.total_count}" in stage.lines()[1]
        await stage.press("escape")
        assert table.match_count == table.total_count
        await stage.press("escape")
        assert stage.app.screen is stage.dashboard


async def test_a_filter_and_its_count_are_seen_at_every_width() -> None:
    async with on_stage(size=(120, 24)) as stage:
        await down(stage, "open")
        for width in (60, 80, 120):
            await stage.resize(width, 24)
            await stage.press("slash", *"whatsapp", "enter")
            table = shown(stage).pane.table
            top = stage.lines()[1]
            assert "Open" in top
            assert f'{table.match_count} of {table.total_count} "whatsapp"' in top
            assert "…" not in top
            assert ("trial/12345" in top) == (width == 120)
            await stage.press("escape")
            assert "whatsapp" not in stage.lines()[1]


async def test_q_closes_the_list_alone() -> None:
    async with on_stage() as stage:
        await down(stage, "unassigned")
        await stage.press("q")
        assert stage.app.screen is stage.dashboard
        assert stage.app.is_running


async def test_customers_are_hidden_where_privacy_says_so() -> None:
    async with on_stage(size=(200, 50), config=hiding(customers="always", agents="always")) as stage:
        await down(stage, "assigned")
        rows = shown(stage).pane.table.rows
        assert {row.cells[10].text for row in rows} == {"hidden"}
        assert {row.cells[6].text for row in rows} == {"hidden"}


async def test_hostile_names_keep_the_table_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = ("\x1b[2J[red]", "שלום" * 40, "e\u0301\u0301\u0301\u0301", "👩‍👩‍👧", "\u202eevil")
    monkeypatch.setattr("tui.simulator.threads.FIRST", hostile)
    async with on_stage(size=(200, 50)) as stage:
        await down(stage, "open")
        lines = stage.lines()
        assert "\x1b" not in stage.text()
        assert "\u202e" not in stage.text()
        assert "[red]" in stage.text()
        rows = [line.rstrip() for line in lines[2:-3]]
        assert {(cell_len(row), row[-1]) for row in rows} == {(200, "│")}


async def test_switching_the_account_leaves_the_list_and_shows_nothing_late_of_it() -> None:
    async with on_stage() as stage:
        stage.fail(Kind.DELAY, LIST, seconds=5.0)
        await down(stage, "open", seconds=1)
        await stage.press("a")
        assert stage.app.screen is stage.dashboard
        assert "Support US · 12346" in stage.lines()[0]
        await down(stage, "open", seconds=8)
        assert "Support US" in stage.lines()[1]
        inboxes = {
            inbox.name for inbox in stage.monitor.snapshot(AccountRef("trial", 12346)).inboxes.items or ()
        }
        assert {row.cells[4].text for row in shown(stage).pane.table.rows} <= inboxes


async def test_opening_again_makes_no_new_screen() -> None:
    async with on_stage() as stage:
        await down(stage, "mine")
        first = stage.app.screen
        for _ in range(5):
            await stage.press("escape", "enter")
            assert stage.app.screen is first


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_title_reason_and_keys_fit_every_size(size: tuple[int, int]) -> None:
    async with on_stage(size=size) as stage:
        await down(stage, "unassigned")
        lines = stage.lines()
        assert "rows" in lines[1]
        assert "as of" in lines[-3]
        assert "o web" in lines[-1]
        assert "? keys" in lines[-1]


async def test_no_more_rows_are_kept_than_the_bound_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MOST_KEPT", 50)
    async with on_stage(size=(160, 40)) as stage:
        await down(stage, "resolved", seconds=8)
        assert shown(stage).pane.table.total_count == 50
        assert "no more are kept" in stage.text()
        await stage.press("m")
        assert "No more than 50 rows are kept: open a team" in stage.text()
        await stage.run_for(5)
        assert shown(stage).pane.table.total_count == 50
