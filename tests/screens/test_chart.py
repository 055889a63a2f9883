"""The chart: one figure over time, with axes, words, and gaps left open."""

import asyncio
import re
from collections.abc import Mapping
from datetime import tzinfo

import pytest

from tests.past import remembering
from tests.stage import Stage, on_stage
from tui.identity import Measure, Slot, account
from tui.screens.chart import ChartScreen, Wanted

WAITING, OPEN = account(Measure.UNASSIGNED), account(Measure.OPEN)
HOUR, DAY = 3_600.0, 86_400.0


def told(back: float) -> Mapping[Slot, float]:
    """Ten at first; thirty in the last hour; nothing known from three to two hours before noon."""
    return {} if 2 * HOUR < back < 3 * HOUR else {WAITING: 30.0 if back <= HOUR else 10.0, OPEN: 261.0}


A_DAY = remembering(told, (DAY, 0.0, 120.0))


async def open_chart(stage: Stage) -> None:
    """Of the figure first in the conversations pane."""
    await stage.press("shift+tab", "c")
    await read(stage)


async def read(stage: Stage) -> None:
    """Wait for what the chart asks of the history."""
    await stage.remember()


def chart(stage: Stage) -> ChartScreen:
    assert isinstance(stage.app.screen, ChartScreen)
    return stage.app.screen


async def test_it_names_figure_account_range_and_the_zone_of_its_times() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        lines = stage.lines()
        assert "unassigned · Support EU · 24 h" in lines[1]
        assert "times in CET" in stage.text()
        assert "SIMULATION" in lines[0]
        assert "12:00" in stage.text()


async def test_a_gap_stays_open_and_is_told() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        await stage.press("right")
        await read(stage)
        assert "· 8 h" in stage.lines()[1]
        rows = chart(stage).chart.plain.splitlines()[:-2]
        drawn = [any("\u2800" < row[x] <= "\u28ff" for row in rows) for x in range(7, len(rows[0]))]
        first, last = drawn.index(True), len(drawn) - 1 - drawn[::-1].index(True)
        gap = drawn[first:last].count(False)
        assert abs(gap - len(drawn) / 8) <= 3
        assert "data for 8" in chart(stage).words.plain


async def test_the_words_tell_least_mean_and_most() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        words = chart(stage).words.plain
        assert "min 10 at" in words
        assert "avg 10.9" in words or "avg 11" in words
        assert "max " in words


async def test_it_is_held_against_an_hour_ago_and_days_not_known_are_dashes() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        waiting = int(stage.truth(stage.dashboard.ref)[WAITING])  # type: ignore[arg-type]
        words = chart(stage).words.plain
        change = waiting - 30
        assert f"an hour ago {'▲' if change > 0 else '▼'} {abs(change)}" in words or "an hour ago =" in words
        assert "last week —" in words


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_now_has_a_moment_and_its_past_is_not_cut_off(size: tuple[int, int]) -> None:
    async with on_stage(size=size, history=A_DAY) as stage:
        await open_chart(stage)
        assert re.search(r"now \d+ as of 1[12]:\d\d:\d\d ", stage.text())
        assert "last week —" in stage.text()


async def test_left_is_a_longer_range_right_a_shorter_one() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        for key, word in (
            ("left", "7 days"),
            ("left", "7 days"),
            ("right", "24 h"),
            ("right", "8 h"),
            ("right", "1 h"),
        ):
            await stage.press(key)
            await read(stage)
            assert f"Support EU · {word}" in stage.lines()[1]


async def test_down_is_the_next_figure_and_up_the_one_before() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        await stage.press("down")
        await read(stage)
        assert " waiting · Support EU" in stage.lines()[1]
        await stage.press("down")
        await read(stage)
        assert "longest wait · Support EU" in stage.lines()[1]
        assert " m ┤" in chart(stage).chart.plain
        await stage.press("up", "up")
        await read(stage)
        assert " unassigned · Support EU" in stage.lines()[1]


async def test_of_a_team_it_is_how_many_wait_there() -> None:
    async with on_stage(history=A_DAY) as stage:
        await stage.press("down", "c")
        await read(stage)
        assert "unassigned, team onboarding · Support EU" in stage.lines()[1]


async def test_an_open_chart_is_read_again_each_minute() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        assert "up to 12:00" in stage.text()
        await stage.run_for(125, step=5)
        await read(stage)
        assert "up to 12:02" in stage.text()


async def test_answers_within_a_minute_do_not_read_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read_for: list[object] = []
    usual = ChartScreen._load

    async def counted(self: ChartScreen, wanted: Wanted, wall: float, zone: tzinfo) -> None:
        read_for.append(wanted)
        await usual(self, wanted, wall, zone)

    monkeypatch.setattr(ChartScreen, "_load", counted)
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        await stage.run_for(40, step=5)
        assert len(read_for) == 1


async def test_escape_leads_back_and_the_screen_is_used_again() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        first = stage.app.screen
        await stage.press("escape")
        assert "Teams 8" in stage.text()
        await open_chart(stage)
        assert stage.app.screen is first


async def test_digits_lead_to_the_other_account() -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        await stage.press("2")
        await stage.run_for(2)
        assert "Support US" in stage.lines()[0]
        assert "Teams" in stage.text()


async def test_it_fills_every_size() -> None:
    async with on_stage(size=(80, 24), history=A_DAY) as stage:
        await open_chart(stage)
        for size in ((80, 24), (200, 50), (30, 8)):
            await stage.resize(*size)
            assert len(stage.lines()) == size[1]
            assert "unassigned" in stage.lines()[1], size


async def test_without_a_history_it_says_that_nothing_was_recorded() -> None:
    async with on_stage() as stage:
        await open_chart(stage)
        assert "Nothing was recorded" in stage.text()


async def test_a_drawing_goes_as_soon_as_the_account_is_seen_as_somebody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(history=A_DAY) as stage:
        await open_chart(stage)
        assert drawn(stage)
        monkeypatch.setattr(stage.app.context.history, "series", lambda *_: asyncio.Event().wait())
        place = stage.monitor._places.get("trial")
        assert place is not None
        assert place.session is not None
        place.session.viewer_id = 999
        chart(stage).draw()
        await stage.settled()
        assert not drawn(stage)


def drawn(stage: Stage) -> bool:
    """Whether a line stands in the chart."""
    return any("\u2800" < sign <= "\u28ff" for sign in chart(stage).chart.plain)
