"""What is measured, each part against its baseline in the same run."""

import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.cells import ECHOES, NOUNS, TABLES, Options
from tests.benchmarks.pty_meter import Ended, Terminal, surroundings, watch
from tests.terminal.see_demo import all_panes_drawn, all_panes_live

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
DEMO = (COMMAND, "--demo")
MIB = 1024 * 1024
LIMIT = 30.0
TABLES_APP, FED_APP = "three tables", "the same over TCP"
TWENTY = Options((20, 20, 20), 0.1, 15.0)


class Effort(NamedTuple):
    """How long to measure: `runs` of what starts, `seconds` of what runs on, `presses` of keys."""

    runs: int
    commands: int
    seconds: float
    minute: float
    presses: int


FULL = Effort(runs=7, commands=15, seconds=10.0, minute=60.0, presses=60)
QUICK = Effort(runs=3, commands=5, seconds=4.0, minute=16.0, presses=20)


class Row(NamedTuple):
    """One line of the table: ours and the baseline's figure in `unit`, and the budget if there is one.

    `bar` is the highest ratio to the baseline, or where `absolute` the highest figure; `plus` the
    most that ours may be above the baseline, in `unit`.
    """

    what: str
    ours: float
    unit: str
    baseline: float | None = None
    against: str = ""
    bar: float | None = None
    absolute: float | None = None
    plus: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours by the baseline; None without one, or where both are nothing."""
        return self.ours / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        if self.absolute is not None:
            return self.ours <= self.absolute
        if self.plus is not None and self.baseline is not None:
            return self.ours <= self.baseline + self.plus
        if self.bar is not None and self.baseline is not None:
            return self.ours <= self.baseline * self.bar
        return None


def program(module: str, options: Options) -> tuple[str, ...]:
    """Return the command of one of the measured programs beside this file."""
    return (sys.executable, "-m", f"tests.benchmarks.{module}", *options.arguments)


def _as_installed(home: Path, **more: str) -> dict[str, str]:
    return surroundings(home, PYTHONPATH=str(Path(__file__).with_name("as_installed")), **more)


def open_terminal(command: Sequence[str], home: Path) -> Terminal:
    """Start `command` in a pseudo-terminal of 120x40."""
    return Terminal(command, environment=_as_installed(home), folder=PROJECT)


def tables_filled(screen: str) -> bool:
    """Tell whether the three tables of a measured program are there with their rows."""
    return all(title in screen for title in TABLES) and all(f"{noun} 0009" in screen for noun in NOUNS)


class Program(NamedTuple):
    """Something that is started: how, with which variables, and what is waited for, in order."""

    command: Sequence[str]
    variables: Mapping[str, str]
    stages: Sequence[Callable[[str], object]]


def start(effort: Effort, home: Path) -> list[Row]:
    """First paint, the panes drawn, figures in them and the memory then; the programs take turns."""
    stages = (str.strip, all_panes_drawn, all_panes_live)
    baseline = program("three_tables", TWENTY)
    with _served() as variables:
        programs = {
            "over TCP": Program((COMMAND,), variables, stages),
            "demo": Program(DEMO, {}, stages),
            "tables": Program(baseline, {}, (str.strip, tables_filled, tables_filled)),
            "fed": Program(program("three_tables_fed", TWENTY), variables, (str.strip, tables_filled)),
        }
        starts = _starts(programs, effort.runs, home)
    tables, fed = starts.pop("tables"), starts.pop("fed")
    rows = []
    for name, ours in starts.items():
        bar, plus = (1.3, 15.0) if name == "over TCP" else (None, None)  # The demo builds its servers first.
        rows += [
            Row(f"first paint, {name}", ours[0], "ms", tables[0], TABLES_APP),
            Row(f"three panes drawn, {name}", ours[1], "ms", tables[1], TABLES_APP),
            Row(f"usable dashboard with figures, {name}", ours[2], "ms", tables[2], TABLES_APP, bar=bar),
            Row(f"memory with the first figures, {name}", ours[3], "MiB", tables[3], TABLES_APP, plus=plus),
        ]
    figures, memory = starts["over TCP"][2:]
    return [
        *rows,
        Row("usable dashboard with figures, over TCP", figures, "ms", fed[1], FED_APP),
        Row("memory with the first figures, over TCP", memory, "MiB", fed[2], FED_APP),
    ]


def _starts(programs: Mapping[str, Program], turns: int, home: Path) -> dict[str, list[float]]:
    """Of each program the median of `turns`: milliseconds to each stage, and MiB at the last one."""
    starts: dict[str, list[list[float]]] = {name: [] for name in programs}
    for turn in range(turns + 1):
        for name, measured in programs.items():
            around = _as_installed(home, **measured.variables)
            with Terminal(measured.command, environment=around, folder=PROJECT) as terminal:
                seen = [terminal.wait_for(stage, LIMIT) * 1000 for stage in measured.stages]
                seen.append(terminal.usage().memory / MIB)
            if turn:  # The first compiles and warms the disk's cache.
                starts[name].append(seen)
    return {
        name: list(map(statistics.median, zip(*all_seen, strict=True))) for name, all_seen in starts.items()
    }


def refresh_bytes(effort: Effort, home: Path) -> list[Row]:
    """Bytes for a refresh of three tables of 20 rows, with a tenth of the figures changed and with none."""
    rows: list[Row] = []
    for share, words in ((0.1, "10 % of cells"), (0.0, "no cell")):
        told = Options((20, 20, 20), share, 0.5)
        sent = _sent(
            [program(name, told) for name in ("feeder", "curses_cells", "three_tables")], effort, home
        )
        ours, curses, tables = (count / (effort.seconds / told.every) for count in sent)
        what = f"bytes a refresh, {words} changed"
        if share:
            rows.append(Row(what, ours, "B", curses, "curses", bar=1.5))
            rows.append(Row(what, ours, "B", tables, TABLES_APP))
        else:
            rows.append(Row(what, ours, "B", curses, "curses", absolute=0))
    return rows


def _sent(commands: Sequence[Sequence[str]], effort: Effort, home: Path) -> list[int]:
    with ExitStack() as stack:
        terminals = [stack.enter_context(open_terminal(command, home)) for command in commands]
        for terminal in terminals:
            terminal.wait_for(tables_filled, LIMIT)
        watch(terminals, 2.0)
        before = [terminal.received for terminal in terminals]
        watch(terminals, effort.seconds)
        return [terminal.received - count for terminal, count in zip(terminals, before, strict=True)]


def long_run(effort: Effort, home: Path) -> list[Row]:
    """CPU, bytes and memory at a 15 s refresh: over TCP, and the demo with the simulator inside."""
    told = Options((20, 20, 20), 0.1, 15.0)
    with ExitStack() as stack:
        ours = _as_installed(home, **stack.enter_context(_served()))
        monitor = stack.enter_context(Terminal((COMMAND,), environment=ours, folder=PROJECT))
        demo = stack.enter_context(open_terminal(DEMO, home))
        tables = stack.enter_context(open_terminal(program("three_tables", told), home))
        curses = stack.enter_context(open_terminal(program("curses_cells", told), home))
        for terminal in (monitor, demo):
            terminal.wait_for(all_panes_live, LIMIT)
        terminals = (monitor, demo, tables, curses)
        watch(terminals, 8.0)
        before = {terminal: (terminal.usage(), terminal.received) for terminal in terminals}
        watch(terminals, effort.minute)
        after = {terminal: (terminal.usage(), terminal.received) for terminal in terminals}

    def a_minute(terminal: Terminal) -> tuple[float, float, float]:
        (began, first), (ended, last) = before[terminal], after[terminal]
        minutes = effort.minute / 60
        return (ended.cpu - began.cpu) / minutes, ended.memory / MIB, (last - first) / minutes

    rows = []
    base, fewest = a_minute(tables), a_minute(curses)
    for name, terminal in (("over TCP", monitor), ("demo", demo)):
        cpu, memory, sent = a_minute(terminal)
        budget = terminal is monitor  # The demo also is its own server.
        rows += [
            Row(f"CPU a minute, {name}", cpu, "s", base[0], TABLES_APP, absolute=1.0 if budget else None),
            Row(f"memory, {name}", memory, "MiB", base[1], TABLES_APP, plus=20 if budget else None),
            Row(f"bytes a minute, {name}", sent, "B", base[2], TABLES_APP),
            Row(f"bytes a minute, {name}", sent, "B", fewest[2], "curses"),
        ]
    return rows


@contextmanager
def _served() -> Iterator[dict[str, str]]:
    """Serve the simulator from a process of its own; yields the variables that lead there."""
    command = (COMMAND, "demo", "--serve", "127.0.0.1:0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            told = re.search(r"(http://\S+)\s+token (\S+)", server.stdout.readline() if server.stdout else "")
            if told is None:
                raise Ended("The simulator was not served.")
            url, token = told.groups()
            yield {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": token, "LIVEAGENT_ACCOUNT": "12345"}
        finally:
            server.terminate()


def keys(effort: Effort, home: Path) -> list[Row]:
    """From a key to its painted frame, with 2,000 agents and 200 teams refreshed every second."""
    told = Options((20, 200, 2000), 0.1, 1.0)
    delays = {name: _delays(program(name, told), effort, home) for name in ("feeder", "three_tables")}
    rows = []
    for word, share, bar in (("p50", 0.5, None), ("p95", 0.95, 50.0)):
        ours, tables = (sorted(delays[name])[int(share * (effort.presses - 1))] for name in delays)
        rows.append(Row(f"key to frame, {word}", ours, "ms", tables, TABLES_APP, absolute=bar))
    return rows


def _delays(command: Sequence[str], effort: Effort, home: Path) -> list[float]:
    uneven = random.Random(7)
    delays = []
    with open_terminal(command, home) as terminal:
        terminal.wait_for(tables_filled, LIMIT)
        watch([terminal], 2.0)
        for press in range(effort.presses):
            watch([terminal], uneven.uniform(0.05, 0.25))
            known = len(terminal.written)
            echo = _next_echo(terminal.written).encode()
            pressed = time.monotonic()
            terminal.press("\x1b[A" if press % 2 else "\x1b[B")
            while echo not in terminal.written[known:]:
                if time.monotonic() - pressed > LIMIT or not terminal.read():
                    raise Ended(f"The key was not answered:\n{terminal.text}")
            delays.append((time.monotonic() - pressed) * 1000)
    return delays


def _next_echo(written: bytes) -> str:
    last = max(range(len(ECHOES)), key=lambda index: written.rfind(ECHOES[index].encode()))
    return ECHOES[0] if ECHOES[last].encode() not in written else ECHOES[(last + 1) % len(ECHOES)]


def commands(effort: Effort, _home: Path) -> list[Row]:
    """Time for `--version` and `--help`, beside Python doing nothing."""
    nothing = _duration((sys.executable, "-c", "pass"), effort)
    return [
        Row(option, _duration((COMMAND, option), effort), "ms", nothing, "python -c pass", absolute=120)
        for option in ("--version", "--help")
    ]


def _duration(command: Sequence[str], effort: Effort) -> float:
    times = []
    for _ in range(effort.commands + 1):
        began = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append((time.monotonic() - began) * 1000)
    return statistics.median(times[1:])


def requests(effort: Effort, _home: Path) -> list[Row]:
    """Requests and server time a minute for one account that nobody touches, on a moved clock."""
    from tests.benchmarks import requests as cost  # Not before: it loads all of httpx.
    from tui.clock import ManualClock

    clock = ManualClock()
    ten = cost.ten_of_each(clock)
    shown = cost.cost_a_minute(ten, clock, minutes=10)
    hidden = cost.cost_a_minute(cost.ten_of_each(clock, rows=False), clock, minutes=10)
    few, of_demo, many = cost.small(clock), cost.demo(clock), cost.large(clock)
    small = cost.cost_a_minute(few, clock, minutes=60)
    demo = cost.cost_a_minute(of_demo, clock, minutes=10)
    large = cost.cost_a_minute(many, clock, minutes=20)
    page = "the web page"
    rows = [
        Row("requests a minute, 10 teams and 10 inboxes", shown.requests, "", absolute=36),
        Row("requests a minute, neither on screen", hidden.requests, "", absolute=16),
        Row("server time a minute, small account", small.seconds, "s", cost.web_page(few), page),
        Row("server time a minute, the demo's account", demo.seconds, "s", cost.web_page(of_demo), page),
        Row("server time a minute, ten of each", shown.seconds, "s", cost.web_page(ten), page),
        Row(
            "server time a minute, large account", large.seconds, "s", cost.web_page(many), page, absolute=2.5
        ),
    ]
    if effort is QUICK:
        return rows
    for size, watched, alone in (
        ("small", few, small),
        ("the demo's", of_demo, demo),
        ("large", many, large),
    ):
        with_it = cost.cost_a_minute(watched, clock, minutes=20, service=True)
        rows.append(Row(f"and with service level, {size}", with_it.seconds, "s", alone.seconds, "without"))
    return rows


def scale(effort: Effort, _home: Path) -> list[Row]:
    """The real app on 2,000 agents, 200 teams and 50 inboxes, all of them answered every second."""
    from tests.benchmarks.scale import measured  # Not before: it loads the app.

    result = measured(effort.seconds)
    p95 = result.frames[int(0.95 * (len(result.frames) - 1))]
    return [
        Row("2,000 agents: answer to frame, p50", result.frames[len(result.frames) // 2], "ms"),
        Row("2,000 agents: answer to frame, p95", p95, "ms"),
        Row("2,000 agents: event loop, longest stall", result.stalls[-1], "ms", absolute=50),
        Row("2,000 agents: of it this program's work", result.work[-1], "ms"),
    ]


def growth(_effort: Effort, _home: Path) -> list[Row]:
    """The processor's time for one drawing, by the rows there are."""
    from tests.benchmarks.growth import SIZES, costs  # Not before: it loads the panes.

    of_sizes = {size: costs(size) for size in SIZES}
    return [
        Row(f"{what}, {size:,} rows each", spent, "ms", baseline, against, absolute=50)
        for what in of_sizes[SIZES[0]]
        for size, (spent, baseline, against) in ((size, of_sizes[size][what]) for size in SIZES)
    ]


PARTS: dict[str, Callable[[Effort, Path], list[Row]]] = {
    "commands": commands,
    "start": start,
    "bytes": refresh_bytes,
    "keys": keys,
    "requests": requests,
    "growth": growth,
    "scale": scale,
    "long-run": long_run,
}
