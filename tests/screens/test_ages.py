"""An age on screen is the figure's own, never one of some seconds ago."""

import re

import pytest

from tests.stage import Stage, on_stage
from tests.truth.drive import pass_time, press
from tui.identity import AccountRef, Measure, account
from tui.simulator.faults import Kind

TRIAL = AccountRef("trial", 12345)
_TOLD = re.compile(r"out of date, (\d+) s")
STEP = 0.7


def told_and_true(stage: Stage) -> tuple[int, float] | None:
    """The age in the header, and that of the counts it speaks of; None where it tells none in seconds."""
    told = _TOLD.search(stage.lines()[0])
    reading = stage.monitor.snapshot(TRIAL).reading(account(Measure.UNASSIGNED))
    return (int(told[1]), reading.age(stage.clock.now())) if told else None


@pytest.mark.parametrize("after", [11.0, 12.5, 14.0])
async def test_an_age_in_seconds_is_never_more_than_a_second_late(after: float) -> None:
    async with on_stage() as stage:
        await pass_time(stage, after)
        # What is asked for at a key is as old as that, whenever the screen looks at what has aged.
        await press(stage, "r")
        stage.fail(Kind.REFUSE)
        seen: list[tuple[int, float]] = []
        for _ in range(90):
            await pass_time(stage, STEP)
            ages = told_and_true(stage)
            if ages is not None:
                seen.append(ages)
        assert len({told for told, _ in seen}) >= 4
        late = [(told, age) for told, age in seen if not told <= age < told + 5 + 1 + STEP]
        assert not late
