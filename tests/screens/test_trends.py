"""Trends beside the figures: at once after a restart, for each team, against earlier days."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.past import remembering
from tests.stage import NOON, on_stage
from tui import wording
from tui.app.screens_on_demand import Start
from tui.identity import AccountRef, Measure, Slot, account, team, whole
from tui.monitor.history.history import History
from tui.widgets.trend import BLOCKS

WAITING, OPEN, ONLINE = account(Measure.UNASSIGNED), account(Measure.OPEN), account(Measure.AGENTS_ONLINE)
HOUR, DAY = 3_600.0, 86_400.0
HOME = AccountRef("trial", 12345)


def growing(back: float) -> Mapping[Slot, float]:
    """What it was `back` seconds before noon: more and more."""
    return {WAITING: 100 - back // 60, team(1, Measure.UNASSIGNED): 40 - back // 60}


CAME, WENT = account(Measure.TODAY), whole(Measure.RESOLVED)
LATELY = remembering(growing, (1_200, 0.0, 60.0))


def drawn(line: str) -> int:
    """Cells of a line that hold a block of a sparkline."""
    return sum(letter in BLOCKS for letter in line)


async def test_after_a_restart_the_trends_are_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    async with on_stage(history=lambda clock: History(path, clock)) as stage:
        assert "—" in stage.lines()[3][48:72]
        await stage.run_for(960, step=16)
        await stage.remember()
    async with on_stage(wall=NOON + 970, history=lambda clock: History(path, clock)) as stage:
        lines = stage.lines()
        assert any(sign in lines[3][48:72] for sign in "▲▼=")
        assert drawn(lines[4][48:72]) >= 10 or "empty in" in lines[4]


async def test_each_team_shows_its_last_quarter_of_an_hour() -> None:
    async with on_stage(size=(200, 50), history=LATELY) as stage:
        first = next(line for line in stage.lines() if "open online" in line)
        assert first.index("longest") < first.index("15 m")
        row = stage.lines()[stage.lines().index(first) + 1]
        assert drawn(row[:95]) == 7


@pytest.mark.parametrize(("width", "shown"), [(80, True), (100, False), (120, False), (200, True)])
async def test_the_trend_column_goes_first_where_it_gets_narrow(width: int, shown: bool) -> None:
    async with on_stage(size=(width, 40), history=LATELY) as stage:
        header = next(line for line in stage.lines() if " team " in line and "open" in line)
        assert ("15 m" in header[: width if width < 100 else width // 2]) is shown
        assert "unassigned" in header


@pytest.mark.parametrize(("size", "shown"), [((80, 24), True), ((120, 40), False), ((200, 50), True)])
async def test_each_team_shows_its_change_where_there_is_width(size: tuple[int, int], shown: bool) -> None:
    def before(_: float) -> Mapping[Slot, float]:
        return {team(1, Measure.UNASSIGNED): 40.0}

    async with on_stage(size=size, history=remembering(before, (1_200, 600.0, 60.0))) as stage:
        await stage.run_for(30)
        lines = stage.lines()
        header = next(place for place, line in enumerate(lines) if "open online" in line)
        half = slice(0, size[0] if size[0] < 100 else size[0] // 2)
        assert ("change" in lines[header][half]) is shown
        if shown:
            at = lines[header].index("change")
            waiting = stage.monitor.snapshot(HOME).reading(team(1, Measure.UNASSIGNED)).value or 0
            assert lines[header + 1][at : at + 6].strip() == f"▼ {40 - waiting:.0f}"
            assert lines[header + 2][at : at + 6].strip() == "—"


async def test_with_room_counts_stand_against_an_hour_a_day_and_a_week_before() -> None:
    def weeks(back: float) -> Mapping[Slot, float]:
        near = {HOUR: 10.0, DAY: 20.0, 7 * DAY: 30.0}
        return {WAITING: next((value for far, value in near.items() if abs(back - far) <= 240), 99.0)}

    windows = [(centre + 300, centre - 300, 60.0) for centre in (7 * DAY, DAY, HOUR)]
    async with on_stage(size=(200, 50), history=remembering(weeks, *windows)) as stage:
        await stage.run_for(1)
        await stage.remember()
        waiting = int(stage.figures()["unassigned"])
        for word, before in (("an hour ago", 10), ("yesterday", 20), ("last week", 30)):
            change = waiting - before
            line = next(line for line in stage.lines() if f"vs. {word}" in line)
            assert f"unassigned {'▲' if change > 0 else '▼'} {abs(change)}" in line or "unassigned =" in line
            assert "agents online —" in line


async def test_in_120_cells_they_stand_in_the_rows_that_are_left() -> None:
    def lately(back: float) -> Mapping[Slot, float]:
        return {WAITING: 10.0, OPEN: 400.0, ONLINE: 1.0, account(Measure.QUEUED): 7.0}

    windows = [(centre + 300, centre - 300, 60.0) for centre in (DAY, HOUR)]
    async with on_stage(size=(120, 40), history=remembering(lately, *windows)) as stage:
        await stage.run_for(1)
        await stage.remember()
        told = [line for line in stage.lines() if "vs. " in line]
        assert ["an hour ago" in told[0], "yesterday" in told[1], len(told)] == [True, True, 2]
        for line in told:
            assert all(f"{word} {sign}" in line for word, sign in (("open", "▼"), ("agents online", "▲")))
            assert [line.index(word) for word in ("open", "agents online")] == [
                told[0].index(word) for word in ("open", "agents online")
            ]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_in_and_out_an_hour_come_from_the_counts_of_today(size: tuple[int, int]) -> None:
    def before(_: float) -> Mapping[Slot, float]:
        return {CAME: 10.0, WENT: 5.0}

    past = remembering(before, (3_780.0, 3_480.0, 60.0))
    async with on_stage(size=size, history=past) as stage:
        await stage.run_for(30)
        await stage.remember()
        truth = stage.monitor.snapshot(AccountRef("trial", 12345))
        came, went = (truth.reading(slot).value for slot in (CAME, WENT))
        assert came is not None
        assert went is not None
        told = f"new {wording.count(came - 10)}, closed {wording.count(went - 5)} in the last hour"
        assert any(told in line for line in stage.lines())


async def test_earlier_days_are_read_once_a_minute_and_never_before_drawing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[object, float]] = []
    usual = History.at

    async def counted(self: History, key: object, wall: float) -> object:
        asked.append((key, wall))
        return await usual(self, key, wall)  # type: ignore[arg-type]

    monkeypatch.setattr(History, "at", counted)
    async with on_stage(size=(200, 50), history=LATELY) as stage:
        assert len(asked) <= 3
        for _ in range(20):
            stage.dashboard.draw()
        await stage.run_for(40, step=5)
        assert len(asked) <= 3
        await stage.run_for(30, step=5)
        await stage.remember()
        assert len(asked) == 6


async def test_where_it_is_narrow_earlier_days_are_left_out() -> None:
    past = remembering(growing, (3_900, 3_300, 60.0))
    for size in ((80, 24), (80, 50)):
        async with on_stage(size=size, history=past) as stage:
            await stage.run_for(1)
            await stage.remember()
            assert "vs. " not in stage.text()


async def test_the_demo_has_two_days_of_past_soon_after_its_first_figures() -> None:
    lab = Start(ref=AccountRef("trial", 12390))
    async with on_stage(start=lab, history=lambda clock: History(None, clock), with_past=True) as stage:
        await stage.run_for(3)
        await stage.remember()
        history = stage.app.context.history
        assert history is not None
        info = await history.info()
        assert info.oldest is not None
        assert info.oldest <= NOON - 2 * DAY + 120
        assert "SIMULATION" in stage.lines()[0]
        assert any(sign in stage.lines()[3][48:72] for sign in "▲▼=")
