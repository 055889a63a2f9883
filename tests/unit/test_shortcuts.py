"""What tests of the app wait for: also for a thread that a busy machine, or its disk, keeps waiting."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from tests import shortcuts
from tui.aside import in_thread
from tui.clock import ManualClock
from tui.monitor.history.history import History


async def at_once(*_: object) -> None:
    """A process whose thread is not let run looks idle."""


WAITS = pytest.mark.parametrize("wait", [lambda: shortcuts.turns(20), shortcuts._idle], ids=["turns", "idle"])


@WAITS
async def test_work_in_a_thread_is_waited_for_and_what_it_sets_off(
    wait: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcuts, "_wait_for_idle", at_once)
    let_run = threading.Event()

    async def save_and_load() -> str:
        await in_thread(object(), lambda: let_run.wait(30))
        return await in_thread(object(), lambda: "loaded")

    saving = asyncio.create_task(save_and_load())
    asyncio.get_running_loop().call_later(0.1, let_run.set)
    await wait()
    assert saving.done()
    assert saving.result() == "loaded"


@WAITS
async def test_an_answer_of_the_history_is_waited_for(
    wait: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcuts, "_wait_for_idle", at_once)
    let_run = threading.Event()
    history = History(None, ManualClock())
    asked = asyncio.create_task(history.ask(lambda _: let_run.wait(30)))
    asyncio.get_running_loop().call_later(0.1, let_run.set)
    await wait()
    assert asked.done()
    history.close()
