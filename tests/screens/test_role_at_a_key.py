"""Whoever presses `r` after a change of role reads at once in which role, and of which inboxes."""

import pytest

from tests.stage import on_stage
from tui.simulator.demo import ADMIN, origin_of

HERE = 12345


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
@pytest.mark.parametrize("watched", [90.0, 112.0])
async def test_the_reach_is_told_before_all_that_is_asked_anew(size: tuple[int, int], watched: float) -> None:
    async with on_stage(size=size, latency=(0.1, 0.2), settle=watched) as stage:
        stage.demo.world(origin_of("trial")).assign_role(HERE, ADMIN, "agent", frozenset({1}))
        await stage.press("r")
        await stage.run_for(3.0)
        header = stage.lines()[0]
        assert "agent" in header
        assert "1 inbox" in header
