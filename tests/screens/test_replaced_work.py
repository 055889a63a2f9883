"""Work of a screen that another key replaces before it has begun."""

import asyncio
import warnings
from functools import partial

from tests.stage import on_stage


async def test_work_replaced_before_it_began_says_nothing_on_stderr() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        done.append(number)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with on_stage() as stage:
            for number in range(3):
                stage.dashboard.run_latest(partial(work, number), "copy")
            await asyncio.sleep(0)
            await stage.pilot.pause()
    assert done == [2]
