"""The demo's past: what the simulator would have shown, put into the history slice by slice."""

import asyncio
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tui import identity
from tui.clock import ManualClock
from tui.identity import AccountKey, Figure, Measure, Slot
from tui.monitor.history.backfill import Backfill
from tui.monitor.history.history import History
from tui.monitor.history.trends import GAP, Was
from tui.simulator.demo import ADMIN, Demo, origin_of

TRIAL = origin_of("trial")
LAB = 12390
DAY = 86_400.0
WAITING = identity.account(Measure.UNASSIGNED)
KEY = AccountKey(TRIAL, LAB, ADMIN)


def test_two_days_without_a_gap_the_latest_span_first() -> None:
    clock = ManualClock()
    moments = [at for at, _ in Demo(clock=clock).past(TRIAL, LAB, ADMIN)]
    assert clock.wall() - moments[0] <= 3 * 3_600
    ordered = sorted(moments)
    assert clock.wall() - ordered[0] == 2 * DAY
    assert clock.wall() - ordered[-1] <= 60
    assert max(later - moment for moment, later in pairwise(ordered)) < GAP


def test_the_past_leads_up_to_the_present() -> None:
    clock = ManualClock()
    demo = Demo(clock=clock)
    truth = demo.world(TRIAL).truth(LAB, ADMIN)
    span: dict[float, Mapping[Slot, float]] = {}
    for at, values in demo.past(TRIAL, LAB, ADMIN, target=300.0):
        if span and at < max(span):
            break
        span[at] = dict(values)
    last = span[max(span)]
    assert set(truth) <= set(last)
    assert sum(abs(last[slot] - value) for slot, value in truth.items()) < 0.1 * sum(truth.values())
    slots = {slot for values in span.values() for slot in values}
    for measure in (Measure.LONGEST, Measure.BACKLOG, Measure.OVER_TARGET):
        assert identity.account(measure) in slots
    assert not any(slot.scope.kind is identity.ScopeKind.AGENT for slot in slots)


async def test_each_account_is_filled_once_and_a_stop_leaves_the_rest() -> None:
    clock = ManualClock()
    history = History(None, clock)
    begun: list[AccountKey] = []

    def past_of(key: AccountKey) -> Iterator[tuple[float, Mapping[Slot, float]]]:
        begun.append(key)
        for back in (*range(1_200, 0, -60), *range(9_000, 4_800, -120)):
            yield clock.wall() - back, {WAITING: float(back)}

    told: list[float] = []
    backfill = Backfill(history, clock, past_of)
    figure = Figure(KEY, WAITING.scope, WAITING.measure)
    backfill.listen(lambda _: told.append(history.recent(figure)[0].value))
    for key in (KEY, KEY, AccountKey(TRIAL, LAB, -1)):
        backfill.want(key)
    for _ in range(200):
        await clock.advance(0.1)
        await asyncio.sleep(0.001)
        if len(told) == 2:
            break
    assert begun == [KEY]
    assert told == [1_200, 1_200]
    assert (await history.at(KEY, clock.wall() - 6_000))[WAITING] == Was(6_000)
    backfill.stop()
    history.close()
