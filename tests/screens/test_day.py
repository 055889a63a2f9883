"""The day screen: today and other days, parts of the account, what is usual, and what is not known."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from tests.kept_weeks import BERLIN, PERIOD, RULES, counted, tell, today, with_weeks
from tests.stage import NOON, Stage, demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Config, Targets
from tui.identity import AccountRef
from tui.monitor.history.history import History
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, total
from tui.monitor.service.hours import OpeningHours, OpenSpan
from tui.monitor.service.intervals import day_of
from tui.monitor.service.stretches import sum_of
from tui.monitor.service.worker import Today
from tui.screens.day import DayScreen
from tui.simulator.demo import Demo
from tui.simulator.faults import Kind

TRIAL = AccountRef("trial", 12345)


def config(wait: float | None = RULES.target) -> Config:
    base = demo_config(Demo(clock=ManualClock()))
    return msgspec.structs.replace(base, targets=Targets(wait=wait, service_level=80.0))


@asynccontextmanager
async def day_of_today(
    made: Today | None = None, *, size: tuple[int, int] = (120, 40), days: int = 0, history: bool = True
) -> AsyncIterator[Stage]:
    """The day screen in front, with what is read of today, and so many days kept."""
    kept = with_weeks(days) if history else None
    async with on_stage(size=size, config=config(), history=kept) as stage:
        tell(stage, made)
        await stage.press("D")
        await stage.remember()
        await stage.settled()
        yield stage


def screen(stage: Stage) -> DayScreen:
    assert isinstance(stage.app.screen, DayScreen)
    return stage.app.screen


def shown(stage: Stage) -> str:
    return stage.text()


async def press(stage: Stage, *keys: str) -> None:
    await stage.press(*keys)
    await stage.remember()
    await stage.settled()


async def test_it_opens_on_today_with_the_row_of_now_under_the_cursor() -> None:
    made = today(NOON - 300)
    async with day_of_today(made) as stage:
        lines = stage.lines()
        assert "Sun 2026-11-22 · today so far · Support EU · rows of 30 min" in lines[1]
        assert "▌11:30–11:55" in shown(stage)
        assert "as of 11:55 · 100 % read" in shown(stage)
        drawn = screen(stage)._shown
        assert drawn is not None
        assert sum_of(drawn[1].rows) == made.parts[WHOLE]
        assert f" {made.parts[WHOLE].arrived} new · level " in shown(stage)


async def test_before_anything_is_read_nothing_is_told() -> None:
    async with day_of_today() as stage:
        assert "not read" in shown(stage)
        assert "nothing is known of this day yet" in shown(stage)
        assert " 0 " not in screen(stage).words.plain
        await press(stage, "tab")
        assert "nothing is known of this day yet" in shown(stage)
        assert "up to 30 s" not in shown(stage)
        assert "answered" not in shown(stage)


async def test_what_is_read_in_part_has_no_level_and_says_since_when() -> None:
    async with day_of_today(today(since=6 * 3_600, coverage=0.7)) as stage:
        text = shown(stage)
        assert "known since 06:00" in text
        assert "≥ " in screen(stage).words.plain
        assert "level —" in text


async def test_left_and_right_go_from_day_to_day_and_no_further_than_there_are() -> None:
    async with day_of_today(today(), days=28) as stage:
        await press(stage, "right")
        assert "Today is the newest day." in shown(stage)
        await press(stage, "left")
        assert "Sat 2026-11-21 · Support EU" in stage.lines()[1]
        assert "91 % of the day kept" in shown(stage)
        await press(stage, "left")
        assert "Fri 2026-11-20" in stage.lines()[1]
        assert "100 % of the day kept" in shown(stage)
        expected = total(interval.tallies for interval in counted(day_of(NOON - 2 * 86_400, BERLIN)))[WHOLE]
        drawn = screen(stage)._shown
        assert drawn is not None
        assert sum_of(drawn[1].rows) == expected
        await press(stage, "right", "right")
        assert "today so far" in stage.lines()[1]
        screen(stage)._day = day_of(NOON - 35 * 86_400, BERLIN)
        await press(stage, "left")
        assert "Days are kept 35 days back" in shown(stage)


async def test_a_day_nobody_kept_is_unknown_in_every_row() -> None:
    async with day_of_today(today()) as stage:
        await press(stage, "left")
        assert "0 % of the day kept" in shown(stage)
        assert shown(stage).count("not known") >= 20
        assert "nothing is known of this day yet" in shown(stage)


async def test_rows_of_15_30_and_60_minutes_have_one_sum() -> None:
    async with day_of_today(today(NOON - 300)) as stage:
        sums = []
        for words in ("rows of 30 min", "rows of 1 h", "rows of 15 min"):
            assert words in stage.lines()[1]
            sums.append(screen(stage).words.lines[0])
            assert "▌11:" in shown(stage)
            await press(stage, "z")
        assert len(set(sums)) == 1


async def test_one_team_or_inbox_stands_for_the_account() -> None:
    made = today()
    async with day_of_today(made, days=7) as stage:
        await stage.press("b")
        assert "The day of one team or inbox" in shown(stage)
        await stage.press(*"In no team", "enter")
        await stage.remember()
        await stage.settled()
        assert "· no team ·" in stage.lines()[1]
        assert f" {made.parts[PartOfAccount('team', 0)].arrived} new" in screen(stage).words.plain
        await stage.press("b")
        await stage.press(*"whole", "enter")
        assert "· Support EU ·" in stage.lines()[1]


async def test_the_rest_of_today_is_forecast_from_the_same_weekday() -> None:
    async with day_of_today(today(), days=28, size=(120, 60)) as stage:
        assert "usual Sunday: ≈ " in shown(stage)
        assert re.search("12:30–13:00 +≈ ", shown(stage))
        await press(stage, "left")
        assert "≈ " not in screen(stage).words.plain.splitlines()[1]


async def test_tab_shows_the_busiest_hours_and_the_waits_and_tab_the_rows_again() -> None:
    async with day_of_today(today(), days=28) as stage:
        await press(stage, "tab")
        text = shown(stage)
        assert "Busiest hours · new per hour, mean of 4 weeks · most " in text
        assert "Mon   0   4" in text
        assert "kept: 27 of 35 days so far" in text  # Of yesterday two hours are missing.
        assert "Waits by length · Sun 2026-11-22 · Support EU · " in text
        await press(stage, "left")
        assert "Waits by length · Sat 2026-11-21" in shown(stage)
        await press(stage, "tab")
        assert "Sat 2026-11-21 · Support EU" in stage.lines()[1]
        assert "Busiest hours" not in stage.lines()[1]


async def test_busiest_hours_open_from_the_dashboard_and_say_where_none_are_kept() -> None:
    async with on_stage(config=config(), history=with_weeks(0)) as stage:
        await press(stage, "H")
        assert "No whole hour of an earlier day is kept of Support EU yet." in shown(stage)
        assert "Kept: none of 35 days so far." in shown(stage)
        await press(stage, "escape")
        assert stage.app.screen is stage.dashboard


async def test_i_explains_the_row_and_the_day() -> None:
    async with day_of_today(today(NOON - 300), days=7) as stage:
        await stage.press("i")
        text = shown(stage)
        assert "11:30–11:55" in text
        assert "so far, as of 11:55" in text
        assert "answered within 20 min, goal 80 %" in text
        assert "service level, today" in text
        await press(stage, "escape", "left", "i")
        text = shown(stage)
        assert "as it was kept" in text
        assert "kept in the history" in text
        assert "No call has been answered" not in text


async def test_opening_it_asks_the_server_nothing() -> None:
    async with on_stage(config=config(), history=with_weeks(14)) as stage:
        tell(stage, today())
        before = len(stage.transport.requests)
        await press(stage, "D")
        await press(stage, "left", "left", "tab", "tab", "z")
        assert len(stage.transport.requests) == before


async def test_old_figures_look_old_and_a_refusal_stands_below() -> None:
    async with day_of_today(today()) as stage:
        stage.fail(Kind.BAD_TOKEN)
        await stage.run_for(2 * PERIOD + 60, step=120)
        drawn = screen(stage)._shown
        assert drawn is not None
        assert drawn[1].stale
        rows = screen(stage).pane.table.rows
        assert {part.role for part in rows[20].cells[1].line} == {"stale"}
        assert "as of 12:00" in shown(stage)
        assert "token" in stage.lines()[-2]


async def test_another_reach_takes_the_rows_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with day_of_today(today(), days=7) as stage:
        assert "≥" not in screen(stage).words.plain
        key = stage.monitor.key(TRIAL)
        other = msgspec.structs.replace(key, reach="agent:1")
        seen = stage.monitor.snapshot(TRIAL)
        foreign = msgspec.structs.replace(seen, key=other, service=None, readings={})
        monkeypatch.setattr(stage.monitor, "snapshot", lambda _: foreign)
        await press(stage, "left")
        await press(stage, "right")
        assert "nothing is known of this day yet" in shown(stage)
        await press(stage, "left")
        assert "0 % of the day kept" in shown(stage)


async def test_from_a_replay_it_opens_that_day() -> None:
    async with on_stage(config=config(), history=with_weeks(14)) as stage:
        tell(stage, today())
        await stage.press("t")
        await stage.press(*"-3d", "enter")
        await stage.remember()
        await press(stage, "D")
        assert "Thu 2026-11-19 · Support EU" in stage.lines()[1]
        assert "100 % of the day kept" in shown(stage)


async def test_midnight_begins_another_day_without_the_figures_of_the_last() -> None:
    late = day_of(NOON, BERLIN).until - 60.0
    async with on_stage(config=config(), history=with_weeks(0), wall=late) as stage:
        tell(stage, today(late))
        await press(stage, "D")
        assert "Sun 2026-11-22 · today so far" in stage.lines()[1]
        await stage.run_for(90, step=30)
        assert "Mon 2026-11-23 · today so far" in stage.lines()[1]
        drawn = screen(stage)._shown
        assert drawn is not None
        assert sum_of(drawn[1].rows).arrived < 100


async def test_without_a_history_today_is_shown_and_other_days_say_why_not() -> None:
    async with day_of_today(today(), history=False) as stage:
        assert "new · level" in shown(stage)
        await press(stage, "left")
        assert "No days are kept: the history is off." in shown(stage)
        await press(stage, "tab")
        assert "No days are kept: the history is off." in shown(stage)


async def test_a_history_that_cannot_be_read_leaves_today(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    async with on_stage(config=config(), history=with_weeks(7)) as stage:
        tell(stage, today())
        monkeypatch.setattr(History, "ask", refuse)
        await press(stage, "D")
        assert "The history can't be read just now." in shown(stage)
        assert "new · level" in shown(stage)
        await press(stage, "left")
        assert "not known" in shown(stage)


async def test_what_is_read_of_the_history_ends_with_the_screen() -> None:
    async with day_of_today(today(), days=7) as stage:
        drawn = screen(stage)
        await stage.press("left", "escape")
        assert stage.app.screen is stage.dashboard
        assert not [
            worker for worker in drawn.workers if worker.group in {"day", "weeks"} and worker.is_running
        ]


async def test_the_night_is_one_row_where_every_inbox_is_closed() -> None:
    hours = OpeningHours((OpenSpan(weekday, 9 * 60, 20 * 60) for weekday in range(7)), BERLIN)
    rules = Rules(target=RULES.target, hours=dict.fromkeys(range(1, 5), hours))
    made = today(NOON - 300, rules=rules)
    async with day_of_today(made, size=(80, 24)) as stage:
        await press(stage, "g")
        table = screen(stage).pane.table
        assert [row.cells[0].text for row in table.rows][:2] == ["before opening", "09:00–09:30"]
        assert table.rows[-1].cells[0].text == "after closing"
        early = sum(made.quarters[number][WHOLE].arrived for number in range(36))
        assert table.rows[0].cells[1].text == str(early)
        assert "before opening" in shown(stage)
        assert f" {made.parts[WHOLE].arrived} new" in screen(stage).words.plain
        await press(stage, "enter")
        assert "Sun 2026-11-22 before opening" in stage.lines()[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_at_every_size_the_level_stands_beside_the_new_ones(size: tuple[int, int]) -> None:
    async with day_of_today(today(), days=28, size=size) as stage:
        table = screen(stage).pane.table
        assert {"time", "new", "bar", "level", "in_target", "late", "closed"} <= {*table.shown_columns}
        assert "…" not in "\n".join(stage.lines()[2:-2])
        await press(stage, "tab")
        assert "…" not in "\n".join(stage.lines()[1:-2])
