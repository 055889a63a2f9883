"""The clock that is moved by hand."""

import asyncio
from typing import Any

from tui.clock import ManualClock


async def test_a_body_that_ends_in_the_turn_in_which_its_time_is_up_has_ended_well() -> None:
    clock, upset = ManualClock(), list[dict[str, Any]]()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: upset.append(context))
    answer = loop.create_future()

    async def body() -> None:
        async with clock.timeout(5.0):
            await answer

    running = asyncio.create_task(body())
    await clock.advance(1.0)
    answer.set_result(None)
    await clock.advance(4.0, settle=0)
    await running
    await asyncio.sleep(0)
    assert upset == []
