"""After each fault: fresh figures by themselves, no storm of requests, budgets kept, nothing grown."""

import gc
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from tests.stage import Stage, on_stage
from tests.truth.drive import pass_time, press
from tui.identity import AccountRef, Measure, account
from tui.monitor.reading import State
from tui.simulator.faults import Kind

TRIAL = AccountRef("trial", 12345)
BUDGET = 60
FAULT = 70.0
LONGEST_STEP = 120.0
"""Seconds: no pause between two tries is longer."""
CALL_LIMIT = 30.0
OUTAGE = 7_200.0
OF_THE_NETWORK: tuple[tuple[Kind, dict[str, Any]], ...] = (
    (Kind.REFUSE, {}),
    (Kind.DROP_BODY, {}),
    (Kind.DELAY, {"seconds": 30.0}),
    (Kind.SLOW, {"seconds": 21.0, "size": 64}),
    (Kind.STATUS_HTML, {"status": 502}),
    (Kind.STATUS_JSON, {"status": 500}),
    (Kind.HTML_200, {}),
    (Kind.CUT_JSON, {}),
    (Kind.WRONG_TYPES, {}),
    (Kind.RATE_LIMITED, {}),
    (Kind.HUGE, {}),
)
REFUSED = (Kind.BAD_TOKEN, Kind.NOT_A_MEMBER, Kind.NOT_FOUND, Kind.REDIRECT, Kind.UNPROCESSABLE)
"""What is tried again only after five minutes, or at a key."""
LATER = 300.0


def fresh(stage: Stage) -> bool:
    """Whether the counts and the agents on screen are live."""
    snapshot, now = stage.monitor.snapshot(TRIAL), stage.clock.now()
    slots = (account(Measure.UNASSIGNED), account(Measure.AGENTS_ONLINE))
    live = all(snapshot.reading(slot).state(now) is State.LIVE for slot in slots)
    return live and "as of" in stage.lines()[0]


async def wait_until_fresh(stage: Stage, limit: float, step: float = 5.0) -> None:
    """Let time pass until the screen is fresh; AssertionError with the screen past `limit` seconds."""
    begun = stage.clock.now()
    while not fresh(stage):
        assert stage.clock.now() - begun <= limit, stage.text()
        await pass_time(stage, step)


def busiest(stage: Stage, since: float, width: float) -> int:
    """The most requests to one host that left within `width` seconds, since then."""
    most = 0
    for origin in {asked.origin for asked in stage.transport.requests}:
        times = [
            request.at
            for request in stage.transport.requests
            if request.at >= since and request.origin == origin
        ]
        most = max([most, *(sum(at <= moment < at + width for moment in times) for at in times)])
    return most


@pytest.mark.parametrize(("kind", "how"), OF_THE_NETWORK, ids=str)
async def test_after_a_fault_the_figures_are_fresh_within_one_step_and_without_a_key(
    kind: Kind, how: dict[str, Any]
) -> None:
    async with on_stage() as stage:
        begun = stage.clock.now()
        stage.fail(kind, **how)
        await pass_time(stage, FAULT, stride=10.0)
        assert not fresh(stage)
        stage.mend()
        retry = stage.monitor.health("trial").retry_at
        assert (retry or 0.0) <= stage.clock.now() + LONGEST_STEP
        back = stage.clock.now()
        # Pauses double, so the one under way is no longer than the fault was; then the call itself.
        await wait_until_fresh(stage, FAULT + CALL_LIMIT)
        assert busiest(stage, begun, 60.0) <= BUDGET
        assert busiest(stage, back, 1.0) <= 16


@pytest.mark.parametrize("kind", REFUSED, ids=str)
async def test_what_was_refused_for_good_is_tried_again_after_five_minutes_and_at_a_key(kind: Kind) -> None:
    async with on_stage() as stage:
        stage.fail(kind)
        await pass_time(stage, 60.0, stride=20.0)
        asked = len(stage.transport.requests)
        assert not fresh(stage)
        stage.mend()
        await wait_until_fresh(stage, LATER + 35.0, step=20.0)
        stage.fail(kind)
        await pass_time(stage, 90.0, stride=20.0)
        assert len(stage.transport.requests) - asked < 2 * BUDGET
        assert not fresh(stage)
        stage.mend()
        await press(stage, "r")
        await wait_until_fresh(stage, 40.0)


async def test_a_server_that_returns_is_not_stormed() -> None:
    async with on_stage(latency=(0.05, 0.3)) as stage:
        stage.fail(Kind.REFUSE)
        await pass_time(stage, 900.0, stride=30.0)
        stage.mend()
        back = stage.clock.now()
        await pass_time(stage, 150.0)
        requests = [request for request in stage.transport.requests if request.at >= back]
        a_second = Counter((request.origin, int(request.at)) for request in requests)
        assert max(a_second.values()) <= 16
        assert busiest(stage, back, 60.0) <= BUDGET
        assert stage.transport.most_in_flight <= 4 * 3
        assert fresh(stage)


async def test_many_screens_of_one_server_do_not_come_back_together() -> None:
    returns: list[float] = []
    for seed in range(4):
        async with on_stage(settle=0.0) as stage:
            for poller in stage.monitor._pollers.values():
                poller.schedule._rng.seed(seed)
            await pass_time(stage, 3.0)
            stage.fail(Kind.STATUS_HTML, status=503)
            await pass_time(stage, 300.0, stride=30.0)
            retry = stage.monitor.health("trial").retry_at
            assert retry is not None
            returns.append(retry)
    gaps = [later - earlier for earlier, later in pairwise(sorted(returns))]
    assert max(returns) - min(returns) > 5.0
    assert sum(gap > 0.05 for gap in gaps) >= 2


@pytest.mark.parametrize("kind", [Kind.STATUS_HTML, Kind.WRONG_TYPES], ids=str)
async def test_the_budget_holds_while_keys_are_hammered_during_a_fault(kind: Kind) -> None:
    async with on_stage() as stage:
        since = stage.clock.now()
        stage.fail(kind, chance=0.5)
        for _ in range(12):
            for key in ("r", "a", "A"):
                await press(stage, key)
            await pass_time(stage, 3.0)
        assert busiest(stage, since, 60.0) <= BUDGET


async def test_two_hours_of_outage_leave_nothing_behind() -> None:
    async with on_stage() as stage:
        await pass_time(stage, 60.0)
        stage.fail(Kind.REFUSE)
        await pass_time(stage, 600.0, stride=30.0)
        begun = stage.clock.now()
        # What is asked at the longest intervals has failed once, too, when counting begins.
        await pass_time(stage, OUTAGE / 2, stride=30.0)
        before = _objects()
        await pass_time(stage, OUTAGE / 2, stride=30.0)
        more = _objects() - before
        del more["Asked"]  # what the simulator's transport remembers
        assert not fresh(stage)
        asked = Counter(request.origin for request in stage.transport.requests if request.at > begun)
        assert max(asked.values()) <= OUTAGE / (0.9 * LONGEST_STEP) + 2

        assert sum(more.values()) < 250, more.most_common(20)
        stage.mend()
        await wait_until_fresh(stage, LONGEST_STEP + 35.0)


def _objects() -> Counter[str]:
    gc.collect()
    return Counter(type(item).__name__ for item in gc.get_objects())
