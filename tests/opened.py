"""Sessions open in threads, beside a clock that is moved by hand."""

import asyncio

from tui.monitor.monitor import Monitor

MOST_LOOKS = 5_000


async def opened(monitor: Monitor) -> None:
    """Wait until each environment has its session, or a reason why not."""
    names = [environment.name for environment in monitor.config.environments]
    for _ in range(MOST_LOOKS):
        if all(monitor.health(name).message != "Connecting." for name in names):
            return
        await asyncio.sleep(0.002)
