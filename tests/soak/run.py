"""Many refreshes at full speed, and what the program holds at the beginning and at the end."""

import asyncio
import ctypes
import ctypes.util
import gc
import random
import threading
import tracemalloc
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tests.soak.afar import Afar
from tests.soak.caches import fill_caches
from tests.stage import Stage, demo_config, on_stage
from tests.truth.drive import pass_time, press
from tui.clock import ManualClock
from tui.config.model import Refresh
from tui.monitor.history.history import History
from tui.simulator.demo import Demo
from tui.simulator.faults import Fault, Kind

EVERY = 5.0
"""Seconds of simulated time from one refresh to the next."""
BUDGET = 120
SIZES = ((80, 24), (200, 50), (120, 40))
WARM_UP = 17_280
"""Refreshes before anything is counted: a day of them, until which fills what is kept of a day."""
REST = 80.0
"""Simulated seconds without fault or key before anything is counted: longer than the pauses after them."""
ASIDE = (
    ("a",), ("e",), ("A",), ("E",), ("1",), ("2",), ("4",), ("6",), ("r",), ("s",), ("S",), ("v",), ("tab",),
    ("colon", "n", "o", "r", "enter"), ("colon", "escape"), ("question_mark", "escape"),
    ("slash", "a", "enter"), ("slash", "escape"), ("escape",), ("down", "end"), ("p", "p"),
    ("enter", "escape"), ("i", "escape"), ("M", "escape"), ("b", "escape"), ("x", "escape"),
    ("comma", "escape"),
    ("f", "down", "slash", "a", "enter", "escape", "escape"), ("w", "escape"), ("c", "right", "escape"),
    ("t", "minus", "5", "m", "enter", "left", "pageup", "right", "escape"), ("t", "escape"),
)  # fmt: skip
FAULTS = (
    Fault(kind=Kind.DELAY, seconds=4.0),
    Fault(kind=Kind.REFUSE, chance=0.5),
    Fault(kind=Kind.DROP_BODY, chance=0.3),
    Fault(kind=Kind.CUT_JSON, chance=0.3),
    Fault(kind=Kind.WRONG_TYPES, path="*/agents"),
    Fault(kind=Kind.STATUS_HTML, status=502, chance=0.4),
    Fault(kind=Kind.STATUS_JSON, chance=0.3),
    Fault(kind=Kind.HTML_200, path="*/teams"),
    Fault(kind=Kind.ROLE, path="*/reports*", times=3),
    Fault(kind=Kind.RATE_LIMITED, times=1),
    Fault(kind=Kind.SLOW, seconds=0.5, size=4_096, chance=0.3),
)


LOOKS = 25
"""How often timers of the loop are counted at rest; the fewest are what stays."""


class Held(NamedTuple):
    """What the program holds at rest."""

    refreshes: int
    memory: int
    """Bytes resident."""
    traced: int
    """Bytes that Python holds; 0 unless traced."""
    files: int
    tasks: int
    timers: int
    threads: int

    @property
    def countable(self) -> dict[str, int]:
        """What must not grow at all."""
        return {"files": self.files, "tasks": self.tasks, "timers": self.timers, "threads": self.threads}


class Soak:
    """One app under load, brought to rest whenever it is measured."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.refreshes = 0
        self._rng = random.Random(seed)
        self._counted: dict[object, float] = {}
        stage.transport.requests = deque(maxlen=500)  # its memory is the simulator's, not the program's
        stage.monitor.listen(lambda _: self._count())

    def _count(self) -> None:
        ref = self.stage.dashboard.ref
        if ref is not None:
            snapshot = self.stage.monitor.snapshot(ref)
            asked = max((reading.asked_at for reading in snapshot.readings.values()), default=0.0)
            if asked > self._counted.get(ref, 0.0):
                self._counted[ref] = asked
                self.refreshes += 1

    async def visit(self, sizes: Sequence[tuple[int, int]]) -> None:
        """Open everything once, as screens are made at their first sight and kept."""
        for size in sizes:
            await self.stage.pilot.resize_terminal(*size)
            for keys in ASIDE:
                for key in keys:
                    await press(self.stage, key)
                await pass_time(self.stage, 1.0)
        app = self.stage.app
        for screen in {
            *app.screen_stack,
            *app._installed_screens.values(),
            app.dashboard,
            app.on_demand.fleet,
            app.on_demand.wall,
        }:
            if isinstance(screen, Screen):
                _ = screen._update_timer  # made at its first use, as the bars below are
                for widget in screen.walk_children(Widget):
                    _ = widget.is_scrollable and widget.vertical_scrollbar

    async def until(self, refreshes: int) -> None:
        """Go on until so many refreshes are done in all."""
        rng, stage = self._rng, self.stage
        while self.refreshes < refreshes:
            await pass_time(stage, EVERY)
            if rng.random() < 0.25:
                for key in rng.choice(ASIDE):
                    await press(stage, key)
            if rng.random() < 0.02:
                now = stage.clock.now()
                stage.transport.faults.clear()
                stage.transport.faults.add(
                    msgspec.structs.replace(rng.choice(FAULTS), start=now, end=now + 20.0)
                )
            if rng.random() < 0.003:
                stage.clock.leap(rng.choice((60.0, 600.0)))
            if rng.random() < 0.003:
                await stage.pilot.resize_terminal(*rng.choice(SIZES))

    async def rest(self) -> Held:
        """Bring the app to where it began, and count."""
        stage = self.stage
        stage.mend()
        await stage.pilot.resize_terminal(120, 40)
        for key in ("escape", "escape", "escape", "1"):
            await press(stage, key)
        if stage.monitor.paused:
            await press(stage, "p")
        await pass_time(stage, REST)
        while stage.transport.in_flight:
            await pass_time(stage, 0.1)
        stage.clock._waiting = [sleeper for sleeper in stage.clock._waiting if not sleeper[2].done()]
        for _ in range(3):
            gc.collect()
        _trim()
        textual = [timer for timer in gc.get_objects() if isinstance(timer, Timer)]
        waiting = []
        for _ in range(LOOKS):  # what is drawn just now waits a sixtieth of a second
            waiting.append(len(_scheduled()))
            await asyncio.sleep(0.02)
        process = psutil.Process()
        return Held(
            refreshes=self.refreshes,
            memory=process.memory_info().rss,
            traced=tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0,
            files=process.num_fds() if hasattr(process, "num_fds") else 0,
            tasks=len(asyncio.all_tasks()),
            timers=len(textual) + min(waiting),
            threads=threading.active_count(),
        )


def _trim() -> None:
    """Give back what the C library only keeps, so that what is resident is what is used."""
    name = ctypes.util.find_library("c")
    trim = getattr(ctypes.CDLL(name), "malloc_trim", None) if name else None
    if trim is not None:
        trim(0)


def _scheduled() -> list[asyncio.TimerHandle]:
    scheduled = getattr(asyncio.get_running_loop(), "_scheduled", ())
    return [handle for handle in scheduled if not handle.cancelled()]


def kinds() -> Counter[str]:
    """Objects by type, tasks by name and timers by what they move, to find what grows."""
    gc.collect()
    objects = gc.get_objects()
    kinds_of = Counter(f"{type(item).__module__}.{type(item).__qualname__}" for item in objects)
    kinds_of.update(f"task {_name(task)}" for task in asyncio.all_tasks())
    kinds_of.update(f"timer {timer!r} of {timer.target!r}" for timer in objects if isinstance(timer, Timer))
    kinds_of.update(f"timer of the loop {handle._callback!r:.80}" for handle in _scheduled())  # type: ignore[attr-defined]
    return kinds_of


def _name(task: asyncio.Task[object]) -> str:
    name = task.get_name()
    return getattr(task.get_coro(), "__qualname__", name) if name.startswith("Task-") else name


async def soak(
    refreshes: int,
    *,
    folder: Path,
    seed: int = 1,
    warm_up: int = WARM_UP,
    points: int = 2,
    sizes: Sequence[tuple[int, int]] = SIZES,
    tell: Callable[[Held], None] = lambda _: None,
) -> tuple[list[Held], Counter[str]]:
    """Run; what was held after the warm-up and at each later point, and the objects that became more."""
    config = demo_config(Demo(clock=ManualClock()))
    config = msgspec.structs.replace(config, refresh=Refresh(every=EVERY, budget=BUDGET))
    held: list[Held] = []
    with Afar() as afar:
        async with on_stage(config=config, settle=0.0, latency=(0.01, 0.2)) as stage:
            afar.clock = stage.clock
            stage.transport._app_of = afar.app
            stage.demo._worlds.clear()
            stage.demo._apps.clear()
            stage.app.context.history = History(folder / "history.db", stage.clock)
            running = Soak(stage, seed)
            await running.visit(sizes)
            fill_caches()
            await running.until(warm_up)
            held.append(await running.rest())
            tell(held[-1])
            before, begun = kinds(), held[0].refreshes
            for number in range(1, points):
                await running.until(begun + refreshes * number // (points - 1))
                held.append(await running.rest())
                tell(held[-1])
            return held, kinds() - before
