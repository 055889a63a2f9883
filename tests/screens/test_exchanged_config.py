"""Another config, asked for twice, cancelled midway or with a slow disk: asking goes on, and once."""

import asyncio

import pytest

from tests.screens.test_keep import TRIAL, from_command_line
from tests.stage import Stage, on_stage
from tui.app.screens_on_demand import Start
from tui.config.state import StateStore
from tui.monitor.history.history import History
from tui.monitor.monitor import Monitor
from tui.monitor.presence import Presence


def pollers(_: Stage) -> list[str]:
    """The loops that ask a host, by name."""
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("poll ")]


def slow_saves(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Saving the state waits until the event is set."""
    answers, save = asyncio.Event(), StateStore.save

    async def slowly(store: StateStore, seconds: float = 60.0) -> bool:
        await answers.wait()
        return await save(store, seconds)

    monkeypatch.setattr(StateStore, "save", slowly)
    return answers


async def test_the_key_to_keep_pressed_thrice_with_a_slow_disk_asks_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(loaded=from_command_line(), unkept="trial", start=Start(ref=TRIAL)) as stage:
        answers = slow_saves(monkeypatch)
        for _ in range(3):
            await stage.press("K")
        await stage.run_for(1)
        answers.set()
        await stage.run_for(3)
        before = len(stage.transport.requests)
        await stage.run_for(30)
        assert len(stage.transport.requests) > before
        assert len(pollers(stage)) == 1
        assert stage.app.context.unkept is None


async def test_two_configs_at_once_are_used_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(loaded=from_command_line(), start=Start(ref=TRIAL)) as stage:
        answers = slow_saves(monkeypatch)
        both = [asyncio.create_task(stage.app.use(from_command_line())) for _ in range(2)]
        await stage.run_for(1)
        both[0].cancel()
        answers.set()
        await asyncio.gather(*both, return_exceptions=True)
        await stage.run_for(3)
        assert len(pollers(stage)) == 1
        assert stage.figures()["open"].isdecimal()


@pytest.mark.parametrize(
    ("owner", "name"),
    [(Presence, "observe"), (History, "record")],
)
async def test_what_fails_on_hearing_news_keeps_it_from_no_one_else(
    owner: type[object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(owner, name, broken)
    async with on_stage(history=lambda clock: History(None, clock)) as stage:
        await stage.run_for(3)
        assert stage.figures()["open"].isdecimal()


async def test_an_old_monitor_that_cannot_end_keeps_no_new_one_from_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(loaded=from_command_line(), start=Start(ref=TRIAL)) as stage:
        stop = Monitor.stop

        async def broken(monitor: Monitor) -> None:
            await stop(monitor)
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(Monitor, "stop", broken)
            await stage.app.use(from_command_line())
        await stage.run_for(3)
        assert len(pollers(stage)) == 1
        assert stage.figures()["open"].isdecimal()
