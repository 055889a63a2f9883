"""The soak from outside: the monitor in a pseudo-terminal, in real time, for as long as one likes.

Usage: python -m tests.soak.outside [--minutes 30] [--seed 1]

Random keys, all screens and boxes, bursts of other sizes, and a server that is killed, stopped and
started again. Prints a line a minute: memory, files, threads and tasks of the monitor, the keys and
sizes it got, and what it wrote to the terminal. Exits 1 where it ended by itself, or grew by more
than 4 MB or by 8 files, threads or tasks after the fifth minute.
"""

import argparse
import contextlib
import fcntl
import itertools
import os
import pty
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self

import psutil

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
SETTLED = 5
"""Minutes until all that is kept, or only cached, has been met once."""
PAUSES = (0.02, 0.6)
"""Seconds between two keys, or a handful of them."""
MOST_GROWTH = 4_000_000
MOST_MORE = 8
"""Files, threads or tasks: as many as calls under way, or a screen that is open, may make."""
KEYS = (
    *"aAeErpsStcfwvMbix,?:/jkgGm!", "\t", "\r", "\r", "\x1b", "\x1b", "\x1b", " ", "\x1b[A", "\x1b[B",
    "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\x1b[Z", "1", "3", "\x0c",
)  # fmt: skip
"""All but those that quit, or remove something from the config."""
TOUR = (
    "f", "w", "x", "c", "t1\r", ",", ",a", ",t", ",e", "?", ":", "i", "M", "b", "\r\r", "\t\r\r", "\t\t\r",
    "/a", "ss", "aa", "e",
)  # fmt: skip
"""What opens each screen and box from the dashboard: in the first minutes all are met at each size."""
SIZES = ((80, 24), (120, 40), (200, 50), (60, 20), (20, 5), (100, 30), (99, 31), (300, 80))
WITH_TASKS = """
import asyncio, os, pathlib, sys, threading, time
from tests.soak.caches import fill_caches
from tui import cli
from tui.app.screens_on_demand import ScreensOnDemand
fill_caches()
before = ScreensOnDemand.install
def begun(screens, app):
    before(screens, app)
    loop = asyncio.get_running_loop()
    def tell():
        while True:
            time.sleep(1)
            try:
                pathlib.Path(sys.argv[1] + ".new").write_text(str(len(asyncio.all_tasks(loop))))
            except RuntimeError:
                continue
            os.replace(sys.argv[1] + ".new", sys.argv[1])
    threading.Thread(target=tell, daemon=True).start()
    app.call_after_refresh(make_screens, app)
def make_screens(app):
    for name in list(app._installed_screens):
        app._get_screen(name)
ScreensOnDemand.install = begun
sys.exit(cli.main(sys.argv[2:]))
"""
"""The command, with all that stays once met, Textual's caches and the screens, made at the start.

A thread beside it tells how many tasks the loop has.
"""


class Row(NamedTuple):
    """What the monitor holds, and what it was given since the row before."""

    minute: int
    memory: int
    files: int
    threads: int
    tasks: int
    keys: int
    sizes: int
    frames: int
    written: int

    def __str__(self) -> str:
        return (
            f"{self.minute:4} min  {self.memory / 1e6:7.2f} MB  {self.files:3} files  "
            f"{self.threads:3} threads  {self.tasks:4} tasks  {self.keys:5} keys  "
            f"{self.sizes:4} sizes  {self.frames:6} writes  {self.written / 1e3:8.1f} kB"
        )


class Server:
    """The simulator as a process on a port of its own, that comes and goes."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.told: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """Serve, and wait until it does; what it tells of its environments is in `told`."""
        self._process = subprocess.Popen(
            [COMMAND, "demo", "--serve", f"127.0.0.1:{self._port}"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.told = [self._process.stdout.readline().strip() for _ in range(3)]

    def kill(self) -> None:
        """Go, in the middle of anything."""
        if self._process is not None:
            with self._process:
                self._process.kill()
            self._process = None

    def flap(self, rng: random.Random) -> None:
        """Go, come, hang or go on."""
        process = self._process
        if process is None:
            self.start()
        elif rng.random() < 0.5:
            self.kill()
        else:
            process.send_signal(rng.choice((signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Monitor:
    """The command on a terminal of its own, whose output is counted and thrown away."""

    def __init__(self, config: Path, folder: Path) -> None:
        self.keys = self.sizes = self.frames = self.written = 0
        self._tasks = folder / "tasks"
        home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
        root = str(Path(__file__).parents[2])
        env = {
            **os.environ,
            **home,
            "PYTHONPATH": root,
            "TERM": "xterm-256color",
            "EDITOR": "true",
            "VISUAL": "true",
        }
        argv = [sys.executable, "-c", WITH_TASKS, str(self._tasks), "--config", str(config)]
        self._pid, self._fd = pty.fork()
        if not self._pid:
            os.execve(argv[0], argv, env)
        self.resize(120, 40)
        self._process = psutil.Process(self._pid)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; the system tells the program."""
        self.sizes += 1
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, key: str) -> None:
        """Press a key."""
        self.keys += 1
        os.write(self._fd, key.encode())

    def read(self, seconds: float) -> bool:
        """Take what it writes for so long; whether it still runs."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._fd], [], [], left)[0]:
                try:
                    data = os.read(self._fd, 65536)
                except OSError:
                    return False
                self.frames += 1
                self.written += len(data)
        return True

    def row(self, minute: int) -> Row:
        """What it holds at this minute."""
        tasks = 0
        with contextlib.suppress(OSError, ValueError):
            tasks = int(self._tasks.read_text())
        process = self._process
        held = Row(
            minute, process.memory_info().rss, process.num_fds(), process.num_threads(), tasks,
            self.keys, self.sizes, self.frames, self.written,
        )  # fmt: skip
        self.keys = self.sizes = self.frames = self.written = 0
        return held

    def end(self) -> int:
        """Quit from wherever it is; the exit code."""
        with contextlib.suppress(OSError):
            self.type("\x03")
            self.read(10)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


def write_config(file: Path, told: list[str]) -> None:
    """A config of the environments that the simulator named: `name: url  token word`."""
    lines = ["[refresh]", "every = 5", "budget = 300"]
    for line in told:
        name, _, rest = line.partition(": ")
        url, _, token = rest.partition("  token ")
        secret = file.with_name(f"token-{name}")
        secret.write_text(token)
        secret.chmod(0o600)
        lines += [f"[environments.{name}]", f'url = "{url}"', f'token = {{ file = "{secret}" }}']
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)


def visit(monitor: Monitor, size: tuple[int, int], keys: str) -> bool:
    """Open one screen at one size, and come back from it; whether the monitor still runs."""
    monitor.resize(*size)
    for key in (*keys, "\x1b", "\x1b", "\x1b"):
        monitor.type(key)
        # Parts the keys, as one right after an escape would be a chord; a list is read before it is opened.
        if not monitor.read(1.0 if key == "\r" else 0.15):
            return False
    return True


def hurry(monitor: Monitor, rng: random.Random) -> bool:
    """Twenty keys and sizes at once, as later come in five seconds; whether the monitor still runs."""
    for _ in range(20):
        monitor.type(rng.choice(KEYS))
        if not monitor.read(0.03):
            return False
    monitor.resize(*rng.choice(SIZES))
    return monitor.read(0.1)


def run(minutes: int, seed: int, folder: Path) -> list[Row]:
    """Play for so long; a row for each minute, fewer where the program ended."""
    rng = random.Random(seed)
    rows: list[Row] = []
    with Server() as server:
        write_config(folder / "config.toml", server.told)
        monitor = Monitor(folder / "config.toml", folder)
        begun = time.monotonic()
        flap = begun + 60
        tour = itertools.cycle(itertools.product(SIZES, TOUR))
        while len(rows) < minutes and monitor.read(rng.uniform(*PAUSES)):
            if len(rows) < SETTLED - 1 and not (visit(monitor, *next(tour)) and hurry(monitor, rng)):
                break
            for _ in range(rng.choice((0, 1, 1, 2, 5))):
                monitor.type(rng.choice(KEYS))
            if rng.random() < 0.2:
                for _ in range(rng.randrange(1, 5)):
                    monitor.resize(*rng.choice(SIZES))
            if time.monotonic() > flap:
                server.flap(rng)
                flap = time.monotonic() + rng.uniform(5, 40)
            if time.monotonic() - begun >= 60 * (len(rows) + 1):
                rows.append(monitor.row(len(rows) + 1))
                sys.stdout.write(f"{rows[-1]}\n")
                sys.stdout.flush()
        sys.stdout.write(f"ended with {monitor.end()}\n")
    for report in folder.rglob("crash-*.txt"):
        sys.stdout.write(report.read_text())
    return rows


def main() -> int:
    """Read the command line, run, tell what grew."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = run(asked.minutes, asked.seed, Path(folder))
    settled, last = rows[SETTLED - 1 :], rows[-1:]
    if len(rows) < asked.minutes or not last:
        sys.stdout.write("the monitor ended by itself\n")
        return 1
    if not settled:
        return 0
    # The first half against the second, by what is usual: a moment's box or answer is no growth.
    half = (len(settled) + 1) // 2
    growth = {
        name: median(getattr(row, name) for row in settled[half:] or settled)
        - median(getattr(row, name) for row in settled[:half])
        for name in ("memory", "files", "threads", "tasks")
    }
    told = ", ".join(f"{name} {number:+g}" for name, number in growth.items() if name != "memory")
    sys.stdout.write(f"growth after minute {SETTLED}: memory {growth['memory'] / 1e6:+.2f} MB, {told}\n")
    countable = max(growth[name] for name in ("files", "threads", "tasks"))
    return 1 if growth["memory"] > MOST_GROWTH or countable > MOST_MORE else 0


if __name__ == "__main__":
    sys.exit(main())
