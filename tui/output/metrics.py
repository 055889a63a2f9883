"""`liveagent-tui metrics`: every figure for Prometheus, until somebody ends it."""

import argparse
import asyncio
import contextlib
import gc
import random
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from tui import paths
from tui.clock import SystemClock
from tui.config.file import load
from tui.config.model import Config
from tui.config.problems import ConfigError
from tui.config.state import StateStore
from tui.listening import address, ending, shown, stays_here
from tui.monitor.health import HealthState
from tui.monitor.monitor import Monitor
from tui.monitor.polling.environments import RUN_IT_HERE
from tui.monitor.polling.session import TransportFor
from tui.monitor.service.completions import CompletionsByKey
from tui.monitor.service.levels import Levels
from tui.output.exporter import WHOLE, MetricsPage, slowed, watch
from tui.output.openmetrics import NoExtraError, registry_of, require
from tui.text import safe_line

STOPPED, UNUSABLE, INTERRUPTED = 0, 2, 130
LISTEN = "127.0.0.1:9464"
LOOK = 1.0
"""Seconds between two looks at which accounts there are, and how their servers answer."""
LAST_WORDS = 1.0
"""Seconds in which connections may be closed at the end."""
OPEN = (
    "Other machines may reach {where}: whoever does can read every figure, without a password. "
    "127.0.0.1 keeps it to this machine."
)
TROUBLES = frozenset({HealthState.DEAD_TOKEN, HealthState.BACKING_OFF, HealthState.RATE_LIMITED})
"""States of an environment that are said on standard error as they begin."""


class Watched(Protocol):
    """What is watched where it is not the config: the embedded simulator."""

    @property
    def config(self) -> Config:
        """Its environments."""

    @property
    def transport_for(self) -> TransportFor | None:
        """How they are reached."""


class MetricsUnusableError(Exception):
    """Nothing can be served; the text says why, and the mend."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `metrics` and its arguments."""
    parser = subparsers.add_parser(
        "metrics",
        help="serve every figure to Prometheus",
        description="Ask all accounts of the config within the budgets, and serve every figure to "
        "Prometheus. What is unknown or out of date has no sample; liveagent_up alone is 0 then.",
    )
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        default=LISTEN,
        type=address,
        help=f"where to serve, default {LISTEN}: this machine alone; port 0 takes a free one",
    )
    parser.add_argument("--demo", action="store_true", help="serve the embedded simulator's figures")


def run(args: argparse.Namespace, demo: Callable[[], Watched]) -> int:
    """Serve until SIGTERM, 0, or ctrl+c, 130; 2 where that cannot be done."""
    try:
        require()
        config, transport_for = _watched(args, demo)
        host, port = args.listen
        return asyncio.run(_serve(slowed(config), transport_for, host, port))
    except (ConfigError, MetricsUnusableError, NoExtraError, paths.NoHomeError) as error:
        _say(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return UNUSABLE


def _watched(args: argparse.Namespace, demo: Callable[[], Watched]) -> tuple[Config, TransportFor | None]:
    if args.demo:
        plan = demo()
        return plan.config, plan.transport_for
    config = load(Path(args.config) if args.config else None).config
    if not config.environments:
        raise MetricsUnusableError("There is no environment yet. Add one with `liveagent-tui config add`.")
    return config, None


async def _serve(config: Config, transport_for: TransportFor | None, host: str, port: int) -> int:
    ended, clock = ending(), SystemClock()
    # The state belongs to who sits before a screen: nothing is read from it, and nothing kept.
    monitor = Monitor(
        config,
        clock,
        random.Random(),  # noqa: S311 - spreads calls over time
        state=StateStore(None),
        transport_for=transport_for,
        service_share=1 / WHOLE,
    )
    completed = CompletionsByKey()
    with _listening(MetricsPage(monitor, completed, asyncio.get_running_loop()), host, port) as where:
        await monitor.start()
        levels = Levels(monitor, None, completed.take, elsewhere=False)
        monitor.beside(levels.run(), "service level")
        try:
            if not stays_here(host):
                _say(OPEN.format(where=where))
            sys.stdout.write(f"Serving http://{where}/metrics\n")
            sys.stdout.flush()
            gc.freeze()  # Looking through what stays for good, again and again, would hold up the loop.
            await _go_on(monitor, ended)
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(monitor.stop(), LAST_WORDS)
    return INTERRUPTED if ended.result() == signal.SIGINT else STOPPED


@contextlib.contextmanager
def _listening(page: MetricsPage, host: str, port: int) -> Iterator[str]:
    """Serve `page` from a thread while the body runs; yields where. Raises MetricsUnusableError."""
    from prometheus_client import start_http_server
    from prometheus_client.process_collector import ProcessCollector

    registry = registry_of(page.collect)
    ProcessCollector(registry=registry)
    try:
        server, _ = start_http_server(port, host, registry)
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MetricsUnusableError(f"Nothing can be served at {shown(host, port)}: {reason}.") from error
    try:
        yield shown(host, server.server_port)
    finally:
        server.shutdown()
        server.server_close()


async def _go_on(monitor: Monitor, ended: "asyncio.Future[int]") -> None:
    """Watch all accounts there are until the end, and say what keeps an environment from answering."""
    troubles: dict[str, str] = {}
    while not ended.done():
        watch(monitor)
        _tell(monitor, troubles)
        await asyncio.wait([ended], timeout=LOOK)


def _tell(monitor: Monitor, troubles: dict[str, str]) -> None:
    """Say what has become of each environment; raises MetricsUnusableError where none ever had a token."""
    names = [environment.name for environment in monitor.config.environments]
    for name in names:
        health = monitor.health(name)
        if health.state in TROUBLES:
            trouble = safe_line(health.message.removesuffix(RUN_IT_HERE), limit=1_000)
            # A host may back off with nothing to say: what failed has been answered since.
            if trouble and troubles.get(name) != trouble:
                troubles[name] = trouble
                _say(f"{name}: {trouble}")
        elif health.state is HealthState.OK and troubles.pop(name, None) is not None:
            _say(f"{name}: it answers again.")
    if all(name in troubles and monitor.client(name) is None for name in names):
        raise MetricsUnusableError("No environment has a token to ask with.")


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
