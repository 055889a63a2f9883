"""A wall repaints by itself: nobody is there to press a key."""

import pytest

import tui.screens.wall
from tests.screens.test_wall import ALONE, config
from tests.stage import on_stage
from tui.config.hours import parse_hours


@pytest.mark.parametrize("accounts", [("trial/12345",), ("*",)], ids=["one page", "pages in turn"])
async def test_at_each_turn_of_a_page_and_each_minute(
    accounts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    at: list[float] = []
    turns: list[float] = []
    async with on_stage(config=config(accounts, seconds=25.0), start=ALONE, size=(80, 24)) as stage:
        wall, clock = stage.app.on_demand.wall, stage.clock
        monkeypatch.setattr(tui.screens.wall, "redraw", lambda app: at.append(clock.wall()))
        page = wall._page
        for _ in range(150):
            await stage.run_for(1.0)
            if wall._page != page:
                page = wall._page
                turns.append(clock.wall())
        assert bool(turns) == (accounts == ("*",))
        minutes = {int(moment // 60) for moment in at}
        assert len(minutes) >= 2
        assert all(any(abs(moment - turn) <= 1 for moment in at) for turn in turns)
        assert len(at) <= len(turns) + 4


async def test_a_dark_wall_too(monkeypatch: pytest.MonkeyPatch) -> None:
    at: list[float] = []
    dark = config(hours=parse_hours("00:00-00:01"))
    async with on_stage(config=dark, start=ALONE, size=(80, 24)) as stage:
        monkeypatch.setattr(tui.screens.wall, "redraw", lambda app: at.append(stage.clock.wall()))
        await stage.run_for(130, step=5)
        assert stage.app.on_demand.wall.has_class("-dark")
        assert 2 <= len(at) <= 3
