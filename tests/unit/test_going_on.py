"""An error of our own, wherever it is, ends no loop: the log names it, health tells of it, asking goes on."""

import logging
from typing import Any

import pytest

from tests.unit.test_monitor_runs import FAR, HERE, NEAR, Bench
from tui.identity import AccountKey, AccountRef, Measure
from tui.monitor.health import HealthState
from tui.monitor.listeners import Listeners
from tui.monitor.monitor import Monitor
from tui.monitor.polling.backoff import Backoff
from tui.monitor.polling.budget import Pace
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.planner import Agenda
from tui.monitor.polling.schedule import Schedule
from tui.monitor.store import Store
from tui.simulator.faults import Fault, Kind

ERRORS: list[type[Exception]] = [ZeroDivisionError, KeyError, RecursionError, MemoryError]
PLACES: list[tuple[type[object], str]] = [
    (Schedule, "next"),
    (Schedule, "due_at"),
    (Schedule, "answered"),
    (Schedule, "failed"),
    (Schedule, "_period"),
    (Schedule, "_ready_at"),
    (Schedule, "_notice"),
    (Schedule, "_landed"),
    (Pace, "take"),
    (Backoff, "succeeded"),
    (Filing, "answered"),
    (Filing, "failed"),
    (Agenda, "let_others_in"),
    (Monitor, "_answered"),
    (Monitor, "_failed"),
    (Listeners, "_tell"),
    (Monitor, "_keep_viewers"),
    (Store, "put"),
]


@pytest.mark.parametrize(
    ("owner", "name"), PLACES, ids=[f"{owner.__name__}.{name}" for owner, name in PLACES]
)
async def test_an_error_anywhere_in_asking_is_survived(
    owner: type[object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(NEAR, FAR)
    await bench.open()
    bench.transport.faults.add(Fault(kind=Kind.STATUS_JSON, status=500, path="*/teams", times=3))
    original, left = getattr(owner, name), list(ERRORS)

    def now_and_then(*args: Any, **kwargs: Any) -> Any:
        if left:
            raise left.pop()("what a customer wrote")
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, now_and_then)
    await bench.run(90.0)
    before = bench.clock.now()
    await bench.run(60.0)
    assert any("/conversations/meta" in path for path in bench.paths(before))
    assert bench.value(Measure.OPEN) is not None
    assert bench.monitor.health("trial").state is HealthState.OK
    await bench.monitor.stop()


async def test_an_error_that_stays_is_told_without_spinning_and_ends_with_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(NEAR)
    await bench.open()
    tried: list[float] = []
    written = "what a customer wrote"

    def broken(*_: object, **__: object) -> None:
        tried.append(bench.clock.now())
        raise ZeroDivisionError(written)

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(Schedule, "next", broken)
        await bench.run(60.0)
        health = bench.monitor.health("trial")
        assert health.state is HealthState.BACKING_OFF
        assert "An error of our own" in health.message
        assert health.retry_at is not None
        assert 8 <= len(tried) <= 14
    (told,) = [record.getMessage() for record in caplog.records if record.name == "tui.monitor.housekeeping"]
    assert "ZeroDivisionError" in told
    assert "customer" not in told
    await bench.run(60.0)
    assert bench.monitor.health("trial").state is HealthState.OK
    await bench.monitor.stop()


async def test_no_place_in_flight_stays_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(NEAR)
    await bench.open()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Schedule, "_landed", broken)
        await bench.run(30.0)
    await bench.run(60.0)
    before = bench.clock.now()
    await bench.run(60.0)
    assert len(bench.paths(before)) > 4
    await bench.monitor.stop()


async def test_one_listener_keeps_no_other_from_hearing() -> None:
    bench = Bench(NEAR)
    heard: list[AccountRef] = []
    of_store: list[AccountKey] = []

    def broken(_: object) -> None:
        raise ZeroDivisionError

    bench.monitor.listen(broken)
    bench.monitor.listen(heard.append)
    bench.monitor.store.listen(broken)
    bench.monitor.store.listen(of_store.append)
    await bench.open()
    await bench.run(60.0)
    assert HERE in heard
    assert of_store
    await bench.monitor.stop()
