"""The loop goes on whatever one answer does, and ends cleanly."""

import asyncio
import random
from typing import Any

from tui.api.call import Answer, CallRecord
from tui.api.errors import LiveAgentError
from tui.clock import ManualClock
from tui.monitor.calls import Ask, What
from tui.monitor.polling.budget import Want
from tui.monitor.polling.poller import Poller
from tui.monitor.polling.schedule import Schedule

GOOD = Ask("env", 1, 1, What.COUNTS)
BAD = Ask("env", 1, 1, What.AGENTS)


class Desk:
    """A poller whose answers can go wrong in every way."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.schedule = Schedule(60, random.Random(1))
        self.schedule.want([Want(GOOD, 15.0), Want(BAD, 15.0)], self.clock.now())
        self.answered: list[Ask] = []
        self.failed: list[tuple[Ask, LiveAgentError]] = []
        self.cancelled = 0
        self.took = 0.1
        self.poller = Poller(
            "env", self.clock, self.schedule, put=self.put, answered=self.take, failed=self.fail
        )

    async def put(self, ask: Ask) -> Answer[Any]:
        try:
            await self.clock.sleep(self.took)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if ask == BAD and len(self.failed) % 2:
            raise ZeroDivisionError("a bug in a client")
        now = self.clock.now()
        return Answer(None, CallRecord("GET", "/x", now, now, now))

    def take(self, ask: Ask, answer: Answer[Any]) -> None:
        if ask == BAD:
            raise KeyError("a bug in what follows")
        self.answered.append(ask)

    def fail(self, ask: Ask, error: LiveAgentError, asked_at: float) -> None:
        assert asked_at <= self.clock.now()
        self.failed.append((ask, error))
        if len(self.failed) == 3:
            raise RuntimeError("a bug in telling it")


async def test_no_bug_in_handling_one_answer_ends_the_loop() -> None:
    desk = Desk()
    running = asyncio.create_task(desk.poller.run())
    await desk.clock.advance(200.0)
    assert not running.done()
    assert len(desk.answered) >= 12
    assert len(desk.failed) >= 4
    assert {ask for ask, _ in desk.failed} == {BAD}
    assert all("could not be handled" in str(error) for _, error in desk.failed)
    await desk.poller.stop()
    await running


async def test_stopping_ends_what_is_in_flight() -> None:
    desk = Desk()
    desk.took = 50.0
    running = asyncio.create_task(desk.poller.run())
    await desk.clock.advance(1.0)
    await desk.poller.stop()
    await running
    assert desk.cancelled == 2
    assert not desk.schedule._flying


async def test_a_slow_answer_is_waited_for_and_never_overlapped() -> None:
    desk = Desk()
    desk.took = 40.0
    running = asyncio.create_task(desk.poller.run())
    await desk.clock.advance(130.0)
    assert desk.answered.count(GOOD) == 3
    assert desk.cancelled == 0
    await desk.poller.stop()
    await running
