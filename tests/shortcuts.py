"""What makes tests of the app quick and patient: for pytest, and for taking pictures as its tests do."""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import lru_cache
from itertools import repeat
from typing import Any

from textual import _wait
from textual import app as textual_app
from textual import pilot as textual_pilot
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from tui import aside, clock
from tui.app.app import LiveAgentApp
from tui.monitor.history.writer import Writer
from tui.screens.base import MonitorScreen
from tui.simulator import demo
from tui.simulator.conversations import Plan, Planner
from tui.simulator.ledger import Ledger
from tui.simulator.people import AccountSpec, Roster

HOURS_KEPT, ACCOUNTS_KEPT = 1_500, 50
"""Of the simulator's hours, and of its accounts as they begin: worked out once for all tests of a process."""
FED = ("availability", "live", "now", "cells", "_next", "_plans", "_coming")
"""What a ledger is fed with; who changes a plan or a cell has to begin anew."""
ALLOCATIONS = 100_000
"""Objects made between two looks for garbage: pytest's own are many, and each look costs."""
STILL = 2
"""Turns of the loop in which nothing but the asker was ready, after which nothing more comes of itself."""
MOST_TURNS = 100
ASKED = "history"
"""A thread that brings news only where it was asked for them."""
SOON = 0.25
"""Seconds: a timer that is due by then is waited for."""

_drawing: set[asyncio.Task[None]] = set()
_lookers = 0
"""How many wait until the loop is quiet: they are ready in every turn, and no sign of work."""
_threads: frozenset[int | None] = frozenset()
"""Those of the tests' own machinery, which bring no news to an app."""

_asked: set[tuple[asyncio.AbstractEventLoop, Writer, Future[None]]] = set()
"""What loops have asked of a history's thread that has not told yet that it has answered."""

_ask = Writer.ask
_render_update = Compositor.render_update
_wait_for_screen = Pilot._wait_for_screen
_wait_for_idle = _wait.wait_for_idle
_draw = Planner.hour
_feed = Ledger.feed
_parse = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}
_drawn: dict[tuple[int, AccountSpec, int], list[Plan]] = {}
_fed: dict[tuple[object, ...], tuple[int, dict[str, Any]]] = {}


def take() -> None:
    """Take them in this process, from now on."""
    # Textual's pilot looks every 20 ms whether the process is idle: a quarter of all the time went by so.
    _wait.SLEEP_GRANULARITY = 1 / 200
    _wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 4
    # And it gives up after 1 s and 30 s by the clock on the wall: too soon on a machine that is busy.
    _wait.wait_for_idle.__defaults__ = (1 / 50, 30.0)
    Pilot._wait_for_screen.__defaults__ = (300.0,)
    # Most often there is nothing to wait for, which is seen at once where it took a message to each widget.
    global _threads  # noqa: PLW0603 - those of this process
    _threads = frozenset(thread.ident for thread in threading.enumerate())
    Pilot._wait_for_screen = _settled_screen  # type: ignore[method-assign, assignment]
    for place in (textual_app, textual_pilot):
        place.wait_for_idle = _idle  # type: ignore[attr-defined]
    clock._turns = turns
    Writer.ask = _ask_noted  # type: ignore[method-assign, assignment]
    Compositor.render_update = _paint  # type: ignore[method-assign, assignment]
    Planner.hour = _hour  # type: ignore[method-assign, assignment]
    Ledger.feed = _feed_once  # type: ignore[method-assign, assignment]
    demo._account = lru_cache(ACCOUNTS_KEPT)(demo._account)
    Stylesheet._parse_rules = _rules  # type: ignore[method-assign, assignment]
    gc.set_threshold(ALLOCATIONS)


async def turns(count: int) -> None:
    """Let the loop turn `count` times, or until nothing is ready and nothing can be soon."""
    if not await _at_rest(count):
        for _ in range(count):
            await asyncio.sleep(0)


async def _at_rest(most: int = MOST_TURNS) -> bool:
    """Let the loop turn until all is done that comes of itself; False where more may come, or would not end.

    A process is as idle while a busy machine, or its disk, keeps a thread of it waiting as when all is done.
    """
    quiet = await _quiet(most)
    while awaited := _awaited():
        await asyncio.wait(awaited)
        quiet = await _quiet(most)
    return quiet and _alone()


def _awaited() -> list[asyncio.Future[Any]]:
    """What threads are to bring: of files, and of the history."""
    loop = asyncio.get_running_loop()
    files = [done for waiting in tuple(aside._out.values()) for its, done in tuple(waiting) if its is loop]
    told = [told for its, writer, told in tuple(_asked) if its is loop and not writer._closed]
    return [*files, *map(asyncio.wrap_future, told)]


def _ask_noted(writer: Writer, question: Callable[[sqlite3.Connection], Any]) -> Future[Any]:
    """Ask the history's thread, and have it tell when its answer is on its way to a loop that runs here."""
    answer = _ask(writer, question)
    if (loop := asyncio._get_running_loop()) is not None:
        asked = loop, writer, Future[None]()

        def tell() -> None:
            asked[2].set_result(None)
            _asked.discard(asked)

        _asked.add(asked)
        writer._jobs.put(tell)
    return answer


async def _quiet(most: int = MOST_TURNS, *, still: int = STILL) -> bool:
    """Let the loop turn until nothing is ready but who waits here; False where `most` turns are too few."""
    global _lookers  # noqa: PLW0603 - a loop at a time
    ready: list[Any] = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    seen = 0
    _lookers += 1
    try:
        for _ in range(most):
            await asyncio.sleep(0)
            seen = 0 if len(ready) >= _lookers else seen + 1
            if seen == still:
                return True
        return False
    finally:
        _lookers -= 1


def _alone() -> bool:
    """Whether only a clock moved by hand can bring news: there is no thread, no stream, no timer soon."""
    loop: Any = asyncio.get_running_loop()
    # The loop watches its own wake-up pipe, and whatever else somebody waits for.
    return (
        len(loop._selector.get_map()) <= 1
        and all(timer._cancelled or timer._when > loop.time() + SOON for timer in loop._scheduled)
        and all(thread.ident in _threads or thread.name == ASKED for thread in threading.enumerate())
    )


async def _idle(*args: Any, **kwargs: Any) -> None:
    """Wait until the process is idle: by the clock on the wall only where something outside is awaited."""
    if not await _at_rest():
        await _wait_for_idle(*args, **kwargs)


async def _settled_screen(pilot: Pilot[Any], *args: Any, **kwargs: Any) -> bool:
    """Wait until all widgets have done what they were told: it is done where each waits for a message."""
    app = pilot.app
    still = await _quiet()
    while app._resize_event is not None and app._screen_stacks and app._exception is None:
        # Textual gathers sizes for an instant by the clock on the wall before it lays anything out.
        await asyncio.sleep(_wait.SLEEP_GRANULARITY)
        still = await _quiet()
    if still and app._exception is None and app._screen_stacks:
        pumps = [app, *app.screen.walk_children(with_self=True)]
        if all(map(_awaits_a_message, pumps)):
            return True
    return await _wait_for_screen(pilot, *args, **kwargs)


def _awaits_a_message(pump: MessagePump) -> bool:
    queue: Any = pump._message_queue
    told = queue.values, pump._pending_message, pump._next_callbacks
    return bool(queue.ready_event._waiters) and not any(told)


def draw_once_a_moment(screen: MonitorScreen) -> None:
    """`draw_soon`, once for all that comes in at one moment of the clock, as a server's many answers do here.

    What is asked follows what is drawn, so that this may put off by a turn of the loop what is asked next.
    """
    if not screen._to_draw:
        screen._to_draw = True
        task = asyncio.get_running_loop().create_task(_draw_when_quiet(screen))
        _drawing.add(task)
        task.add_done_callback(_drawing.discard)


async def _draw_when_quiet(screen: MonitorScreen) -> None:
    await asyncio.sleep(0)  # So that nobody else takes this task for quiet.
    await _quiet(still=1)  # Before whoever waits until all is drawn.
    screen.call_later(screen._draw_once)


def _paint(compositor: Compositor, *args: Any, **kwargs: Any) -> Any:
    """The whole app's frames go nowhere: half of what its tests cost. What one looks at is painted then."""
    if (app := active_app.get()).is_headless and isinstance(app, LiveAgentApp):
        compositor._dirty_regions.clear()
        return None
    return _render_update(compositor, *args, **kwargs)


def begin_anew() -> None:
    """Draw every account anew from here on: for who has changed what is shared."""
    _drawn.clear()
    _fed.clear()


def _keep(kept: dict[Any, Any], key: object, value: object, most: int) -> None:
    while len(kept) >= most:
        del kept[next(iter(kept))]
    kept[key] = value


def _hour(planner: Planner, hour: int) -> list[Plan]:
    """An hour of the simulator is a pure function of its seed: tests, which begin at one noon, share it."""
    key = planner._seed, planner._spec, hour
    if key not in _drawn:
        _keep(_drawn, key, _draw(planner, hour), HOURS_KEPT)
    return _drawn[key]


def _feed_once(ledger: Ledger) -> Iterator[None]:
    """What an account holds at first is a pure function of its seed, too; it takes as many steps as ever."""
    # A test may send everybody home.
    drawn_by = Roster.availability, Roster.changes, Planner.hour
    key = ledger._planner._seed, ledger.spec, ledger.begun, drawn_by
    if key in _fed:
        steps, state = _fed[key]
        yield from repeat(None, steps)
        for name, value in state.items():
            setattr(ledger, name, value.copy())
        return
    steps = 0
    for _ in _feed(ledger):
        steps += 1
        yield
    _keep(_fed, key, (steps, {name: getattr(ledger, name).copy() for name in FED}), ACCOUNTS_KEPT)


def _rules(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> list[RuleSet]:
    """The rules of a style sheet: every app reads the same few, with the variables of its theme."""
    key = css, where, *sorted(more.items()), *sorted(sheet._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, *where, **more)
    return _parsed[key]
