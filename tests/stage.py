"""The whole app on a stage: the simulator behind it, a clock that is moved by hand, a pilot before it."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec
from textual.pilot import Pilot

from tests.shortcuts import turns
from tui.app.app import LiveAgentApp
from tui.app.screens_on_demand import Start
from tui.app.start import conversations_then, environments_of, past_of
from tui.clock import ManualClock
from tui.config.file import Loaded
from tui.config.model import Config
from tui.config.preferences import Remembered
from tui.config.state import StateStore
from tui.identity import AccountRef, Slot
from tui.monitor.history.backfill import Backfill
from tui.monitor.history.history import History
from tui.monitor.monitor import Monitor
from tui.screens.context import Context
from tui.screens.dashboard.dashboard import DashboardScreen
from tui.simulator.demo import Demo
from tui.simulator.faults import Fault, Kind

NOON = 1_795_345_200.0
"""2026-11-22 11:00 UTC, noon in Berlin: the demo's accounts are busy."""


TURNS, MOST_ROUNDS = 100, 60
"""Turns of the loop between two looks whether all is done; looks before one goes on nevertheless."""


class NoThreads(ThreadPoolExecutor):
    """Does at once what is meant for a thread: a real thread's time is not the clock's."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` and give back what came of it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Stage:
    """What a test holds: it moves time, presses keys and reads what stands on screen."""

    def __init__(self, app: LiveAgentApp, demo: Demo, clock: ManualClock, store: StateStore) -> None:
        self.app = app
        self.demo = demo
        self.clock = clock
        self.store = store
        self.transport = demo.transport()
        self.pilot: Pilot[int] = Pilot(app)

    @property
    def monitor(self) -> Monitor:
        """What asks and knows."""
        return self.app.context.monitor

    @property
    def dashboard(self) -> DashboardScreen:
        """The dashboard, whether it is in front or not."""
        return self.app.dashboard

    async def run_for(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass, in steps small enough for answers to be filed and drawn."""
        left = seconds
        while left > 0:
            await self.clock.advance(min(step, left))
            await self.settled()
            left -= step

    async def settled(self) -> None:
        """Wait until nothing more comes of this moment, however slow the machine, and it is drawn."""
        before = -1
        for _ in range(MOST_ROUNDS):
            asked = len(self.transport.requests)
            if not self.app.is_running or (before == asked and not self._at_work()):
                return
            before = asked
            await turns(TURNS)
            await self.pilot.pause()

    def _at_work(self) -> bool:
        """Whether an answer is being read, or Textual has yet to lay out or paint."""
        if self.app._exit:
            return False
        reading = sum(len(poller._tasks) for poller in self.monitor._pollers.values())
        screen = self.app.screen
        # What is asked for depends on the rows in view, and so on Textual's own timers.
        painting = screen._layout_required or screen._dirty_widgets or screen._callbacks
        return reading > self.transport.in_flight or bool(painting)

    async def remember(self) -> None:
        """Wait for the history's own thread, whose time is not the clock's, and for what it answers."""
        history = self.app.context.history
        for _ in range(4 if history is not None else 0):
            if history is not None:
                await history.flush()
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what they do is drawn."""
        await self.pilot.press(*keys)
        await self.settled()

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size and wait until all is drawn in it."""
        await self.pilot.resize_terminal(width, height)
        await self.settled()

    def lines(self) -> list[str]:
        """The screen, a line each, as a person reads it."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strips[y]).ljust(width) for y in range(height)]

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines())

    def figures(self) -> dict[str, str]:
        """What stands on screen for each figure, by its name, read from the rendered segments."""
        shown: dict[str, str] = {}
        for strip in self.app.screen._compositor.render_strips():
            for segment in strip:
                name = segment.style.meta.get("figure") if segment.style is not None else None
                if name is not None:
                    shown[str(name)] = segment.text.strip()
        return shown

    def fail(self, kind: Kind, path: str = "*", **how: Any) -> None:
        """Let the server misbehave from now on."""
        self.transport.faults.add(Fault(kind=kind, path=path, **how))

    def mend(self) -> None:
        """Let the server behave again."""
        self.transport.faults.clear()

    def truth(self, ref: AccountRef) -> Mapping[Slot, float]:
        """What the server holds at this moment, as the demo's token sees it."""
        origin = next(
            environment.url for environment in self.demo.environments if environment.name == ref.environment
        )
        return self.demo.world(origin).truth(ref.account_id, self.monitor.key(ref).viewer_id)


def demo_config(demo: Demo) -> Config:
    """A config of the demo's environments, as somebody would have written it."""
    return Config(environments=environments_of(demo))


@contextlib.asynccontextmanager
async def on_stage(
    *,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    start: Start | None = None,
    store: StateStore | None = None,
    latency: tuple[float, float] = (0.0, 0.0),
    theme: str | None = None,
    wall: float = NOON,
    settle: float = 3.0,
    faults: Sequence[Fault] = (),
    loaded: Loaded | None = None,
    unkept: str | None = None,
    history: Callable[[ManualClock], History] | None = None,
    with_past: bool = False,
    with_weeks: bool = False,
) -> AsyncIterator[Stage]:
    """Run the app on the simulator; `settle` simulated seconds pass before the body starts.

    `faults` hold from the first request on. `loaded` is a config from files, with which the
    app is no demo; `unkept` the environment in it that no file has. `history` makes what the
    app remembers, `with_past` fills it with the demo's own past, and `with_weeks` with its service level too.
    """
    asyncio.get_running_loop().set_default_executor(NoThreads())
    clock = ManualClock(wall=wall)
    demo = Demo(clock=clock)
    used = config or (loaded.config if loaded else demo_config(demo))
    if theme is not None:
        display = msgspec.structs.replace(used.display, theme=theme)
        used = msgspec.structs.replace(used, display=display)
    store = store or StateStore(None)
    transport = demo.transport(latency=latency)
    for fault in faults:
        transport.faults.add(fault)
    monitor = Monitor(used, clock, random.Random(1), state=store, transport_for=lambda _: transport)
    kept = history(clock) if history is not None else None
    context = Context(
        config=used,
        monitor=monitor,
        clock=clock,
        state=Remembered(store),
        simulated=loaded is None,
        unkept=unkept,
        warnings=tuple(str(warning) for warning in loaded.warnings) if loaded else (),
        loaded=loaded,
        transport_for=lambda _: transport,
        history=kept,
        backfill=(
            Backfill(
                kept, clock, past_of(demo, used.targets), conversations_then(demo) if with_weeks else None
            )
            if kept is not None and with_past
            else None
        ),
    )
    app = LiveAgentApp(context, start or Start())
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, demo, clock, store)
        stage.pilot = pilot
        for _ in range(MOST_ROUNDS if used.environments else 1):
            # Sessions open in threads: which are open when the clock first moves is not left to chance.
            if transport.requests and all(place.session or place.problem for place in monitor._places):
                break
            await pilot.pause()
        await stage.settled()
        await stage.remember()
        if settle:
            await stage.run_for(settle)
        await stage.remember()
        yield stage
