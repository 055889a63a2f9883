"""The exporter scraped by Debian's Prometheus, in real time, for as long as one likes.

Usage: python -m tests.soak.scraped [--minutes 60] [--seed 1]

The simulator, in a process of its own, fails some requests, changes roles, suspends accounts, and is
killed for two minutes in seven. Prints a line a minute: series, memory and processor time of the
exporter, requests the server got, and the alerts that fire. Exits 1 where an alert fires that should
not, where a figure stays after its account is down, or where the exporter grew by more than 8 MB
after the tenth minute.
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
    """A minute."""

    minute: int
    there: bool
    series: int
    memory: int
    cpu: float
    asked: int
    up: int
    firing: str
    wrong: str

    def __str__(self) -> str:
        return (
            f"{self.minute:4} min  server {'there' if self.there else 'gone '}  {self.series:5} series  "
            f"{self.memory / 1e6:6.2f} MB  {self.cpu:5.2f} s  {self.asked:3} requests  {self.up} up  "
            f"{self.firing or '-'}  {self.wrong}".rstrip()
        )


class ScrapeWatch:
    """Prometheus and the exporter it scrapes, looked at once a minute."""

    def __init__(self, prometheus: Prometheus, exporter: psutil.Process, server: FlakyServer) -> None:
        self._prometheus = prometheus
        self._exporter = exporter
        self._server = server
        self._asked = 0
        self._cpu = 0.0

    def row(self, minute: int, there: bool, gone_for: int) -> ScrapedMinute:
        """What is so now; `gone_for` counts the minutes for which the server was gone."""
        query = self._prometheus.found
        names = sorted({one["metric"]["alertname"] for one in query('ALERTS{alertstate="firing"}')})
        up = {self._of(one): one["value"][1] for one in query("liveagent_up")}
        figures = query(FIGURES)
        wrong = [f"false alert {name}" for name in names if name in OURS]
        for one in figures:
            ref, name = self._of(one), one["metric"]["__name__"]
            if name in COUNTS and up.get(ref) != "1":
                wrong.append(f"a count of {ref}, which is down")
            if gone_for >= GONE and up.get(ref) == "1":
                wrong.append(f"{ref} is up without a server")
        told = query('count({__name__=~"liveagent_.*", job="liveagent"})')
        spent = sum(self._exporter.cpu_times()[:2])
        asked = self._server.asked
        row = ScrapedMinute(
            minute,
            there,
            int(told[0]["value"][1]) if told else 0,
            self._exporter.memory_info().rss,
            spent - self._cpu,
            asked - self._asked,
            sum(value == "1" for value in up.values()),
            ", ".join(names),
            "; ".join(wrong),
        )
        self._asked, self._cpu = asked, spent
        return row

    @staticmethod
    def _of(one: dict[str, Any]) -> str:
        return f"{one['metric']['environment']}/{one['metric']['account']}"


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
    rows = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        server = FlakyServer(folder, seed)
        stack.callback(server.kill)
        server.start()
        exporter, target = _exporter(stack, folder, server.port)
        prometheus = stack.enter_context(scraping(target, folder, every=15))
        watch = ScrapeWatch(prometheus, psutil.Process(exporter.pid), server)
        began = time.monotonic()
        gone_for = 0
        for minute in range(1, minutes + 1):
            there = minute <= FIRST_ROUND or (minute - FIRST_ROUND) % ROUND not in range(1, 1 + GONE)
            gone_for = 0 if there else gone_for + 1
            server.be(there)
            time.sleep(max(0.0, began + 60 * minute - time.monotonic()))
            rows.append(watch.row(minute, there, gone_for))
            sys.stdout.write(f"{rows[-1]}\n")
            sys.stdout.flush()
            if exporter.poll() is not None:
                return 1
    settled = [row.memory for row in rows[SETTLED:]] or [0]
    return int(any(row.wrong for row in rows) or max(settled) - settled[0] > MOST_GROWTH)


def _exporter(stack: contextlib.ExitStack, folder: Path, port: int) -> "tuple[subprocess.Popen[str], str]":
    homes = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    where = {"LIVEAGENT_URL": f"http://127.0.0.1:{port}", "LIVEAGENT_TOKEN": token_of("trial")}
    process = subprocess.Popen(
        [COMMAND, "metrics", "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(folder / "said").open("w"),
        text=True,
        env={**os.environ, **homes, **where},
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
