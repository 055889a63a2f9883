"""The app on the simulator, heard as a real one is, on a fast clock: it rings once its minute is over."""

import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator

from tests.stage import NOON, demo_config
from tui.app.app import LiveAgentApp
from tui.app.screens_on_demand import Start
from tui.clock import SystemClock
from tui.config.conditions import parse_condition
from tui.config.model import Alerting, AlertRule, Config, Notify, Where
from tui.config.preferences import Remembered
from tui.config.state import StateStore
from tui.monitor.monitor import Monitor
from tui.screens.context import Context
from tui.simulator.demo import Demo
from tui.terminal.driver import TerminalOptions, driver_class


class FastClock(SystemClock):
    """The machine's clock, `speed` times as fast."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._start = super().now() * speed

    def now(self) -> float:
        return super().now() * self.speed

    def wall(self) -> float:
        return NOON + self.now() - self._start

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds / self.speed))

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        async with asyncio.timeout(seconds / self.speed):
            yield


def main(speed: float, kind: str) -> None:
    """Run with one rule that holds at once, for one account; `kind` is `bell` or `desktop`."""
    clock = FastClock(speed)
    demo = Demo(clock=clock)
    transport = demo.transport()
    rule = AlertRule(
        when=parse_condition("open > 0"),
        text="open > 0",
        where=Where(account="12345"),
        notify=Notify(bell=kind == "bell", desktop=kind == "desktop"),
    )
    config = Config(
        environments=demo_config(demo).environments[:1], alerts=(rule,), alerting=Alerting(built_in=False)
    )
    store = StateStore(None)
    monitor = Monitor(config, clock, random.Random(1), state=store, transport_for=lambda _: transport)
    context = Context(config=config, monitor=monitor, clock=clock, state=Remembered(store))
    LiveAgentApp(context, Start(), driver_class(TerminalOptions())).run()


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
