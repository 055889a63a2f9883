"""What is done once a minute goes on, whichever step of it fails, and the log says so once."""

import logging

import pytest

from tests.unit.test_monitor_runs import NEAR, Bench
from tui.config.state import StateStore
from tui.monitor.housekeeping import Guard
from tui.monitor.monitor import HOUSEKEEPING
from tui.monitor.polling.environments import Places
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.planner import Agenda


@pytest.mark.parametrize("name", ["set_idle", "lift", "check", "save"])
async def test_no_step_of_the_housekeeping_keeps_the_others_from_running(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench(NEAR)
    await bench.open()
    done: list[str] = []
    written = "what a customer wrote"
    steps = ((Agenda, "set_idle"), (Filing, "lift"), (Places, "check"), (StateStore, "save"))
    for owner, step in steps:
        original = getattr(owner, step)

        def noted(*args: object, step: str = step, original: object = original) -> object:
            done.append(step)
            if step == name:
                raise ZeroDivisionError(written)
            assert callable(original)
            return original(*args)

        monkeypatch.setattr(owner, step, noted)
    with caplog.at_level(logging.ERROR):
        await bench.run(3 * HOUSEKEEPING + 5.0)
    for _, step in steps:
        assert done.count(step) >= 3, step
    (told,) = [record.getMessage() for record in caplog.records if record.name == "tui.monitor.housekeeping"]
    assert "ZeroDivisionError" in told
    assert written not in told
    monkeypatch.undo()
    await bench.monitor.stop()


async def test_each_kind_of_failure_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    guard = Guard()
    errors: list[Exception] = [ValueError("a"), ValueError("b"), OSError("c"), ValueError("d")]

    async def fail() -> None:
        raise errors.pop(0)

    with caplog.at_level(logging.ERROR):
        for name in ("one", "one", "one", "other"):
            await guard.run(name, fail)
    told = [record.getMessage().splitlines()[0] for record in caplog.records]
    assert [line.split()[0] for line in told] == ["one", "one", "other"]
    assert errors == []
