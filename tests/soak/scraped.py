"""The exporter scraped by Debian's Prometheus, in real time, for as long as one likes.

Usage: python -m tests.soak.scraped [--minutes 60] [--seed 1]

The simulator, in a process of its own, fails some requests, changes roles, suspends accounts, and is
killed for two minutes in seven; the demo is scraped beside it. Prints two lines a minute: series,
memory and processor time of each exporter, requests the server got, and the alerts that fire. Exits 1
where an alert fires that should not, where a figure stays after its account is down, where a counter
falls, or where an exporter grew by more than 8 MB after the tenth minute.
"""

import argparse
import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.installed import COMMAND
from tests.prometheus import Prometheus, scraping
from tui.clock import SystemClock
from tui.output.service_metrics import SERIES
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, Demo, origin_of, token_of
from tui.simulator.serve import serving
from tui.simulator.world import World

SETTLED = 10
MOST_GROWTH = 8_000_000
ROUND, GONE = 7, 2
"""Minutes of which the server is there but for the last two."""
FIRST_ROUND = 3
"""Minutes before the first outage."""
ACCOUNTS = (12345, 12346, 12390)
ANSWER = {"type": "http.response.start", "headers": [(b"content-type", b"application/json")]}
OURS = {"LiveAgentAccountDown", "LiveAgentExporterDown"}
"""What may never fire: no outage lasts five minutes."""
COUNTS = {"liveagent_unassigned", "liveagent_open"}
"""What goes with `liveagent_up`; the rest is asked for more rarely, and stays a little longer."""
CONFIG = """
[targets]
wait = "5m"

[environments.flaky]
url = "http://127.0.0.1:{port}"
token = {{ env = "LIVEAGENT_SOAK_TOKEN" }}
"""
COUNTERS = tuple(name for name in SERIES if name.endswith(("_total", "_bucket", "_count", "_sum")))
FIGURES = '{__name__=~"liveagent_(unassigned|open|waiting|longest_seconds|agents_online)"}'


class Faulty:
    """The simulator, some of whose answers are errors, late or refused; it counts them all."""

    def __init__(self, app: App, seed: int) -> None:
        self._app = app
        self._rng = random.Random(seed)
        self.asked = 0

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        self.asked += 1
        drawn = self._rng.random()
        if drawn < 0.02:
            await send({**ANSWER, "status": 500})
            await send({"type": "http.response.body", "body": b'{"error": "Internal Server Error"}'})
        elif drawn < 0.025:
            await send({**ANSWER, "status": 429})
            await send({"type": "http.response.body", "body": b"Retry later\n"})
        else:
            if drawn < 0.05:
                await asyncio.sleep(self._rng.uniform(1.0, 8.0))
            await self._app(scope, receive, send)


async def serve(port: int, seed: int) -> None:
    """Serve, change who may see what, and print each half-minute how many requests came."""
    world, rng = Demo(clock=SystemClock()).world(origin_of("trial")), random.Random(seed)
    app = Faulty(App(world), seed)
    async with serving(app, port=port):  # type: ignore[arg-type]
        while True:
            sys.stdout.write(f"{app.asked}\n")
            sys.stdout.flush()
            await asyncio.sleep(5.0)
            if rng.random() < 0.08:
                churn(world, rng)
            elif rng.random() < 0.2:
                # Soon again: an account that is suspended for five minutes is down, and rightly told of.
                lift(world)


def churn(world: World, rng: random.Random) -> None:
    """Somebody changes a role, or suspends an account."""
    number = rng.choice(ACCOUNTS)
    match rng.randrange(4):
        case 0:
            world.assign_role(number, ADMIN, "agent", {1, 2})
        case 1 | 2:
            world.assign_role(number, ADMIN, "administrator", {1, 2, 3})
        case _:
            world.set_suspended(number, suspended=True)


def lift(world: World) -> None:
    """No account is suspended any more."""
    for number in ACCOUNTS:
        world.set_suspended(number, suspended=False)


class FlakyServer:
    """The simulator as a process that comes and goes; its requests are counted through all of them."""

    def __init__(self, folder: Path, seed: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._seed = seed
        self._told = folder / "asked"
        self._before = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def asked(self) -> int:
        """Requests so far."""
        lines = self._told.read_text().split() if self._told.exists() else []
        return self._before + (int(lines[-1]) if lines else 0)

    def start(self) -> None:
        """Serve."""
        self._before, self._seed = self.asked, self._seed + 1
        words = ["--serve", str(self.port), "--seed", str(self._seed)]
        with self._told.open("w") as told:
            self._process = subprocess.Popen([sys.executable, "-m", __spec__.name, *words], stdout=told)

    def kill(self) -> None:
        """Go, in the middle of anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def be(self, there: bool) -> None:
        """Be there, or be gone."""
        if there and self._process is None:
            self.start()
        elif not there:
            self.kill()


class ScrapedMinute(NamedTuple):
    """A minute of one exporter."""

    minute: int
    of: str
    series: int
    memory: int
    cpu: float
    asked: int
    up: int
    levels: int
    counted: int
    firing: str
    wrong: str

    def __str__(self) -> str:
        return (
            f"{self.minute:4} min  {self.of}  {self.series:5} series  {self.memory / 1e6:6.2f} MB  "
            f"{self.cpu:5.2f} s  {self.asked:3} requests  {self.up} up  {self.levels} levels  "
            f"{self.counted:5} complete  {self.firing or '-'}  {self.wrong}".rstrip()
        )


class ScrapeWatch:
    """Prometheus and an exporter it scrapes, looked at once a minute; None asks no server of its own."""

    def __init__(
        self, prometheus: Prometheus, exporter: psutil.Process, target: str, server: FlakyServer | None
    ) -> None:
        self._prometheus = prometheus
        self._exporter = exporter
        self._target = target
        self._server = server
        self._asked = 0
        self._cpu = 0.0

    def _found(self, metric: str) -> list[dict[str, Any]]:
        """The series of this exporter; `metric` is a name, or a selector in braces."""
        name, _, rest = metric.partition("{")
        rest = rest.removesuffix("}")
        return self._prometheus.found(f'{name}{{{rest}{"," if rest else ""}instance="{self._target}"}}')

    def row(self, minute: int, there: bool, gone_for: int) -> ScrapedMinute:
        """What is so now; `gone_for` counts the minutes for which the server was gone."""
        firing = self._found('ALERTS{alertstate="firing"}')
        up = {self._of(sample): sample["value"][1] for sample in self._found("liveagent_up")}
        names = sorted({sample["metric"]["alertname"] for sample in firing})
        wrong = [f"false alert {name}" for name in names if name in OURS]
        for sample in self._found(FIGURES):
            ref, name = self._of(sample), sample["metric"]["__name__"]
            if name in COUNTS and up.get(ref) != "1":
                wrong.append(f"a count of {ref}, which is down")
            if gone_for >= GONE and up.get(ref) == "1":
                wrong.append(f"{ref} is up without a server")
        for name in COUNTERS:
            if self._prometheus.found(f'resets({name}{{instance="{self._target}"}}[2m]) > 0'):
                wrong.append(f"{name} fell")
        spent = sum(self._exporter.cpu_times()[:2])
        asked = self._server.asked if self._server else 0
        of = "demo        " if self._server is None else f"server {'there' if there else 'gone '}"
        row = ScrapedMinute(
            minute,
            of,
            len(self._found('{__name__=~"liveagent_.*"}')),
            self._exporter.memory_info().rss,
            spent - self._cpu,
            asked - self._asked,
            sum(value == "1" for value in up.values()),
            len(self._found("liveagent_service_level_ratio")),
            int(sum(float(sample["value"][1]) for sample in self._found("liveagent_conversations_total"))),
            ", ".join(names),
            "; ".join(wrong),
        )
        self._asked, self._cpu = asked, spent
        return row

    @staticmethod
    def _of(sample: dict[str, Any]) -> str:
        return f"{sample['metric']['environment']}/{sample['metric']['account']}"


@contextlib.contextmanager
def ended(process: "subprocess.Popen[Any]") -> Iterator["subprocess.Popen[Any]"]:
    """A process that ends with the body."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def run(minutes: int, seed: int) -> int:
    """Scrape for so long; returns the exit code."""
    rows: list[list[ScrapedMinute]] = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        server = FlakyServer(folder, seed)
        stack.callback(server.kill)
        server.start()
        config = folder / "soak.toml"
        config.write_text(CONFIG.format(port=server.port))
        exporters = [_exporter(stack, folder, "--config", str(config)), _exporter(stack, folder, "--demo")]
        targets = [target for _, target in exporters]
        prometheus = stack.enter_context(scraping(*targets, folder=folder, every=15))
        watches = [
            ScrapeWatch(prometheus, psutil.Process(process.pid), target, asked)
            for (process, target), asked in zip(exporters, (server, None), strict=True)
        ]
        began = time.monotonic()
        gone_for = 0
        for minute in range(1, minutes + 1):
            there = minute <= FIRST_ROUND or (minute - FIRST_ROUND) % ROUND not in range(1, 1 + GONE)
            gone_for = 0 if there else gone_for + 1
            server.be(there)
            time.sleep(max(0.0, began + 60 * minute - time.monotonic()))
            flaky, demo = watches
            rows.append([flaky.row(minute, there, gone_for), demo.row(minute, True, 0)])
            sys.stdout.writelines(f"{row}\n" for row in rows[-1])
            sys.stdout.flush()
            if any(process.poll() is not None for process, _ in exporters):
                return 1
    settled = [[row.memory for row in column[SETTLED:]] or [0] for column in zip(*rows, strict=True)]
    grown = max(max(memory) - memory[0] for memory in settled)
    sys.stdout.write(
        f"{sum(len(row.wrong) > 0 for pair in rows for row in pair)} wrong, {grown / 1e6:.2f} MB more\n"
    )
    return int(any(row.wrong for pair in rows for row in pair) or grown > MOST_GROWTH)


def _exporter(stack: contextlib.ExitStack, folder: Path, *words: str) -> "tuple[subprocess.Popen[str], str]":
    homes = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    process = subprocess.Popen(
        [COMMAND, "metrics", "--listen", "127.0.0.1:0", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(folder / f"said{words[0]}").open("w"),
        text=True,
        env={**os.environ, **homes, "LIVEAGENT_SOAK_TOKEN": token_of("trial")},
    )
    stack.enter_context(ended(process))
    assert process.stdout is not None
    return process, process.stdout.readline().split("/")[2]


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", type=int, metavar="PORT", help="be the server that fails")
    args = parser.parse_args()
    if args.serve:
        asyncio.run(serve(args.serve, args.seed))
    return run(args.minutes, args.seed)


if __name__ == "__main__":
    sys.exit(main())
