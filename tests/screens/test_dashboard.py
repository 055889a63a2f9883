"""The dashboard as a person sees it: figures, states, failures, sizes."""

from collections.abc import Iterable
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Input

from tests.stage import on_stage
from tui.app.app import LEVELS_AFTER, LiveAgentApp
from tui.identity import ACCOUNT, AccountRef, Measure, Slot
from tui.monitor.service.levels import Levels
from tui.screens.dashboard.dashboard import DashboardScreen
from tui.simulator.faults import Fault, Kind

TRIAL = AccountRef("trial", 12345)
AGENTS = "*/agents"
COUNTS = "*/conversations/meta"


async def test_the_first_account_shows_what_the_server_holds() -> None:
    async with on_stage() as stage:
        shown, truth = stage.figures(), stage.truth(TRIAL)
        assert "Support EU · 12345" in stage.lines()[0]
        for measure in (Measure.UNASSIGNED, Measure.ASSIGNED, Measure.OPEN):
            assert shown[str(measure)] == f"{truth[Slot(ACCOUNT, measure)]:.0f}"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[AccountRef | None]:
    """The account of each drawing of the dashboard, from the start on."""
    refs: list[AccountRef | None] = []
    draw = DashboardScreen.draw

    def noted(screen: DashboardScreen) -> None:
        if screen.is_mounted:
            refs.append(screen.ref)
        draw(screen)

    monkeypatch.setattr(DashboardScreen, "draw", noted)
    return refs


async def test_the_first_picture_is_of_the_account(drawn: list[AccountRef | None]) -> None:
    async with on_stage():
        assert drawn[0] == TRIAL


async def test_asking_begins_with_the_first_frame_not_after_those_that_follow_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames: list[str] = []
    display, begin = LiveAgentApp._display, LiveAgentApp.on_ready

    def painted(app: LiveAgentApp, *what: Any) -> None:
        frames.append("a frame")
        display(app, *what)

    def begun(app: LiveAgentApp) -> None:
        frames.append("asking begins")
        begin(app)

    monkeypatch.setattr(LiveAgentApp, "_display", painted)
    monkeypatch.setattr(LiveAgentApp, "on_ready", begun)
    async with on_stage():
        assert frames[:2] == ["a frame", "asking begins"]
        assert frames.count("asking begins") == 1


async def test_a_start_styles_nothing_twice_but_what_takes_the_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    again: set[str] = set()
    update = Stylesheet.update_nodes

    def noted(sheet: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        nodes = list(nodes)
        again.update(str(node.id) for node in nodes)
        update(sheet, nodes, animate)

    monkeypatch.setattr(Stylesheet, "update_nodes", noted)
    async with on_stage():
        assert again == {"teams", "teams-table"}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_start_lays_the_screen_out_once_for_its_panes_and_once_for_what_textual_adds(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[int] = []
    layout = DashboardScreen._refresh_layout

    def noted(screen: DashboardScreen, *how: Any, **more: Any) -> None:
        laid_out.append(len(screen.conversations.lines))
        layout(screen, *how, **more)

    monkeypatch.setattr(DashboardScreen, "_refresh_layout", noted)
    async with on_stage(size=size, settle=0.0, faults=[Fault(kind=Kind.DELAY, seconds=60.0)]) as stage:
        await stage.settled()
        assert len(laid_out) <= 2
        assert set(laid_out) == {len(stage.dashboard.conversations.lines)}


@pytest.mark.parametrize(("keys", "typed"), [(("slash", *"or"), "or"), (("t", *"11"), "11")])
async def test_a_line_to_type_into_is_made_when_somebody_first_opens_it(
    keys: tuple[str, ...], typed: str
) -> None:
    async with on_stage() as stage:
        assert not stage.dashboard.query(Input)
        for _ in range(2):
            await stage.press(*keys)
            assert [line.value for line in stage.dashboard.query(Input)] == [typed]
            assert isinstance(stage.app.focused, Input)
            await stage.press("escape")
            assert not isinstance(stage.app.focused, Input)


async def test_service_level_is_read_once_the_first_figures_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    async def noted(_: Levels) -> None:
        begun.append(stage.clock.now())

    monkeypatch.setattr(Levels, "run", noted)
    async with on_stage(settle=3.0) as stage:
        assert not begun
        assert stage.figures()["unassigned"].isdecimal()
        await stage.run_for(LEVELS_AFTER)
        assert len(begun) == 1


async def test_what_is_told_in_one_go_is_one_drawing(drawn: list[AccountRef | None]) -> None:
    async with on_stage() as stage:
        await stage.pilot.pause()
        drawn.clear()
        for _ in range(5):
            stage.dashboard.news(TRIAL)
        await stage.pilot.pause()
        assert len(drawn) == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_all_three_panes_are_there_at_every_size(size: tuple[int, int]) -> None:
    async with on_stage(size=size) as stage:
        text = stage.text()
        for title in ("Conversations", "Teams 8", "Agents 42"):
            assert title in text
        assert "? keys" in stage.lines()[-1]


async def test_figures_follow_the_server() -> None:
    async with on_stage() as stage:
        before = stage.figures()["open"]
        await stage.run_for(300, step=5)
        truth = stage.truth(TRIAL)[Slot(ACCOUNT, Measure.OPEN)]
        assert stage.figures()["open"] != before
        assert abs(int(stage.figures()["open"]) - truth) <= 5


async def test_agents_failing_never_blanks_the_counts() -> None:
    async with on_stage(faults=[Fault(kind=Kind.STATUS_JSON, path=AGENTS)]) as stage:
        shown, truth = stage.figures(), stage.truth(TRIAL)
        assert shown["unassigned"] == f"{truth[Slot(ACCOUNT, Measure.UNASSIGNED)]:.0f}"
        assert shown["agents_online"] == "—"
        assert "Unknown" in stage.text()


async def test_counts_failing_never_blanks_the_agents() -> None:
    async with on_stage(faults=[Fault(kind=Kind.HTML_200, path=COUNTS)]) as stage:
        assert stage.figures()["unassigned"] == "—"
        assert "Agents 42" in stage.text()
        assert "as of" not in stage.lines()[0]


async def test_old_figures_are_dimmed_and_say_their_age() -> None:
    async with on_stage() as stage:
        known = stage.figures()["unassigned"]
        stage.fail(Kind.REFUSE)
        await stage.run_for(50)
        assert stage.figures()["unassigned"] == known
        assert "out of date, 50 s" in stage.lines()[0]
        assert " old)" in stage.text()
        stage.mend()
        await stage.run_for(130, step=2)
        assert "stale" not in stage.lines()[0]
        assert " old)" not in stage.text().split("╰")[0]


async def test_a_failure_is_told_in_plain_words_with_what_to_do() -> None:
    async with on_stage() as stage:
        stage.fail(Kind.BAD_TOKEN)
        await stage.run_for(20)
        status = stage.lines()[-2]
        assert "did not accept the token" in status
        assert "token refused" in stage.lines()[0]


async def test_with_a_refused_token_nothing_looks_as_if_it_were_still_to_come() -> None:
    async with on_stage(faults=[Fault(kind=Kind.BAD_TOKEN)]) as stage:
        await stage.run_for(5)
        assert "token refused" in stage.lines()[0]
        assert "…" not in {value.strip() for value in stage.figures().values()}


async def test_at_80x24_a_pause_stands_in_the_header_beside_the_moment() -> None:
    async with on_stage(size=(80, 24), settle=90) as stage:
        await stage.press("p")
        assert "‖ paused" in stage.lines()[0]
        assert "as of" in stage.lines()[0]


async def test_every_screen_tells_at_once_that_it_is_paused_or_no_longer() -> None:
    async with on_stage(settle=90) as stage:
        seen = []
        for keys in ([], ["enter"], ["enter"], ["escape", "escape", "f"]):
            await stage.press(*keys)
            await stage.run_for(2)
            seen.append(type(stage.app.screen).__name__)
            await stage.press("p")
            assert "‖ paused" in stage.lines()[0]
            await stage.press("p")
            assert "‖ paused" not in stage.lines()[0]
        assert seen == ["DashboardScreen", "ConversationsScreen", "ConversationScreen", "FleetScreen"]


async def test_what_a_role_may_not_see_looks_different_from_unknown() -> None:
    async with on_stage(faults=[Fault(kind=Kind.ROLE, path=AGENTS)]) as stage:
        assert stage.figures()["agents_online"] == "—✗"
        assert "token may not see" in stage.text()


async def test_resizing_never_breaks_the_screen() -> None:
    async with on_stage() as stage:
        for size in ((40, 12), (20, 5), (80, 24), (300, 90), (120, 40)):
            await stage.resize(*size)
            await stage.run_for(2)
            assert len(stage.lines()) == size[1]
            await stage.resize(120, 40)
            await stage.run_for(1)
            for title in ("Conversations", "Teams 8", "Agents 42", "Inboxes 4"):
                assert title in stage.text(), size


async def test_nothing_is_asked_that_no_screen_shows() -> None:
    async with on_stage() as stage:
        await stage.run_for(95, step=10)
        paths = {asked.path.rpartition("/")[2] for asked in stage.transport.requests}
        assert "teams" in paths
        assert "labels" not in paths


async def test_the_line_of_a_filter_leaves_fewer_rows_in_view_and_that_is_told() -> None:
    async with on_stage(size=(80, 24), settle=90) as stage:
        pane, draw = stage.dashboard.agents, stage.dashboard.draw
        stage.dashboard.tables.open(pane)
        await stage.settled()
        before, drawn_with = len(pane.in_view), list[int]()

        def drawn() -> None:
            draw()
            drawn_with.append(len(pane.in_view))

        stage.dashboard.draw = drawn  # type: ignore[method-assign]
        await stage.press("slash")
        await stage.settled()
        assert len(pane.in_view) == before - 1
        assert drawn_with[-1:] == [before - 1]
