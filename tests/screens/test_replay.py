"""Replay: the same panes show the past, and nobody can take it for the present."""

from collections.abc import Mapping

import pytest

from tests.past import remembering
from tests.stage import Stage, on_stage
from tui.identity import AccountRef, Measure, Slot, account, status, team
from tui.monitor.history.history import History
from tui.simulator.demo import ADMIN, origin_of

WAITING, OPEN, ONLINE = account(Measure.UNASSIGNED), account(Measure.OPEN), account(Measure.AGENTS_ONLINE)
NORDICS = AccountRef("app", 205)
HOUR = 3_600.0


def told(back: float) -> Mapping[Slot, float]:
    """Noon was `back` seconds later: the number waiting tells the minutes before it."""
    return {
        WAITING: back // 60,
        OPEN: 300.0,
        ONLINE: 7.0,
        status("pending"): 61.0,
        team(1, Measure.UNASSIGNED): 5.0,
        team(999, Measure.UNASSIGNED): 2.0,
    }


TWO_HOURS = remembering(told, (2 * HOUR, 120.0, 60.0))


async def go_to(stage: Stage, text: str) -> None:
    await stage.press("t", *("space" if letter == " " else letter for letter in text))
    await stage.press("enter")
    await stage.remember()


async def test_a_typed_time_shows_what_the_figures_were_then() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        shown = stage.figures()
        assert shown["unassigned"] == "45"
        assert shown["open"] == "300"
        assert shown["pending"] == "61"
        assert shown["agents_online"] == "7"


async def test_the_screen_is_unmistakably_in_the_past() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        assert stage.lines()[1].startswith(" REPLAY 11:15 CET, 45 min ago — esc: live")
        assert "REPLAY 11:15 CET" in stage.lines()[0]
        assert "every 15 s" not in stage.lines()[0]
        assert "╔" in stage.text()
        await stage.press("escape")
        assert "REPLAY" not in stage.text()
        assert "╔" not in stage.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (40, 12)])
async def test_the_line_is_there_at_every_size(size: tuple[int, int]) -> None:
    async with on_stage(size=size, history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        assert "REPLAY 11:15" in stage.lines()[1]
        assert len(stage.lines()) == size[1]


async def test_left_and_right_step_a_minute_page_keys_ten() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        for key, minutes in (("left", "46"), ("right", "45"), ("pageup", "55"), ("pagedown", "45")):
            await stage.press(key)
            await stage.remember()
            assert stage.figures()["unassigned"] == minutes
        await stage.press("left", "left", "left", "pageup")
        await stage.remember()
        assert stage.figures()["unassigned"] == "58"


async def test_no_step_leads_into_the_future() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:55")
        for _ in range(3):
            await stage.press("pagedown")
            await stage.remember()
        assert "REPLAY 12:00" in stage.lines()[1]


async def test_what_was_not_known_then_is_a_dash() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        assert stage.figures()["snoozed"].isdecimal()
        await go_to(stage, "11:15")
        assert stage.figures()["snoozed"] == "—"
        assert stage.figures()["longest"] == "—"


async def test_a_time_nobody_recorded_shows_no_figure_at_all() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "2026-11-20 11:15")
        assert "nothing was recorded then" in stage.lines()[1]
        assert "Fri 2026-11-20" in stage.lines()[1]
        assert set(stage.figures().values()) == {"—"}


async def test_a_team_that_is_gone_keeps_its_number_for_a_name() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        assert stage.figures()["team:999:unassigned"] == "2"
        assert "team 999" in stage.text()


async def test_no_row_about_a_person_is_shown() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        assert "Ada Brandt  " in stage.text()
        await go_to(stage, "11:15")
        assert "● online  " not in stage.text()
        assert "For the past only head-counts are stored" in stage.text()
        assert "● 7 online" in stage.text()


async def test_the_trend_is_that_of_then_and_knows_no_future() -> None:
    jump = remembering(lambda back: {WAITING: 10.0 if back > 1_800 else 500.0}, (2 * HOUR, 60.0, 60.0))
    async with on_stage(history=jump) as stage:
        await go_to(stage, "11:29")
        assert "=" in stage.lines()[4]
        await go_to(stage, "11:31")
        assert "▲ 490" in stage.lines()[4]


async def test_polling_goes_on_behind_it() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        asked = len(stage.transport.requests)
        await stage.run_for(300, step=15)
        assert len(stage.transport.requests) > asked + 20
        assert stage.figures()["unassigned"] == "45"
        assert "50 min ago" in stage.lines()[1]
        await stage.press("escape")
        truth = stage.truth(AccountRef("trial", 12345))[OPEN]
        assert abs(int(stage.figures()["open"]) - truth) <= 5


async def test_what_is_no_time_is_told_and_can_be_mended() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "12:3")
        assert 'read "12:3" as a time' in stage.text()
        await stage.press("0")
        assert "as a time" not in stage.text()
        await stage.press("enter")
        assert "REPLAY Sat 2026-11-21 12:30" in stage.lines()[1]
        await go_to(stage, "today 23:00")
        assert "in the future" in stage.text()
        await stage.press("escape")
        assert "in the future" not in stage.text()
        assert "REPLAY" in stage.lines()[1]


async def test_digits_switch_the_account_and_stay_at_that_time() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        await stage.press("2")
        await stage.run_for(3)
        await stage.remember()
        assert "Support US" in stage.lines()[0]
        assert "REPLAY 05:15 EST" in stage.lines()[1] or "REPLAY 11:15 CET" in stage.lines()[1]
        assert stage.figures()["unassigned"] == "—"


async def test_q_leaves_the_replay_before_it_leaves_the_program() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        await stage.press("q")
        assert "REPLAY" not in stage.text()
        assert stage.app.is_running


async def test_the_arrows_of_a_replay_mean_nothing_in_the_present() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        before = stage.text()
        await stage.press("left", "right")
        assert stage.text() == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_moment_before_a_change_of_role_is_that_of_the_role_of_then(size: tuple[int, int]) -> None:
    async with on_stage(size=size, history=lambda clock: History(None, clock)) as stage:
        await stage.run_for(130, step=5)
        world, changed = stage.demo.world(origin_of("trial")), stage.clock.wall()
        world.assign_role(12345, ADMIN, "agent", {1})
        await stage.press("r")
        await stage.run_for(130, step=5)
        before = world.held(12345, ADMIN, WAITING, changed - 130.0, changed - 1.0)
        after = world.held(12345, ADMIN, WAITING, changed + 1.0, stage.clock.wall())
        assert before.isdisjoint(after)
        assert "Ada Brandt, agent" in stage.text()
        await go_to(stage, "12:01")
        assert "seen as administrator until 12:02" in stage.lines()[1]
        assert float(stage.figures()["unassigned"]) in before
        assert "agent" not in stage.lines()[0]
        assert "sees 1 inbox" not in stage.text()
        await stage.press("right", "right")
        await stage.remember()
        assert "seen as agent, 1 inbox since 12:02" in stage.lines()[1]
        assert float(stage.figures()["unassigned"]) in after
        assert "▲" not in stage.lines()[4] + stage.lines()[5]
        assert "▼" not in stage.lines()[4] + stage.lines()[5]
        await stage.press("escape")
        assert "seen as" not in stage.lines()[1]


async def test_an_account_seen_alike_all_the_time_says_nothing_of_it() -> None:
    async with on_stage(history=TWO_HOURS) as stage:
        await go_to(stage, "11:15")
        assert "seen as" not in stage.text()
