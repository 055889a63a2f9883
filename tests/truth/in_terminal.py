"""Plays on the installed command in a real terminal, its servers on real sockets, and judges by place."""

import asyncio
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from tests.terminal.pty_harness import PtyProgram
from tests.truth.bench import Tally
from tests.truth.by_place import Terminal, read
from tests.truth.drive import CountedFaults
from tests.truth.sockets import on_a_socket
from tui.clock import SystemClock
from tui.identity import Measure, Slot, account, team
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, ENVIRONMENTS, Outline, make_world, token_of
from tui.simulator.faults import Fault, Kind
from tui.simulator.world import World

BUSY, QUICK = 2_000.0, 60.0
"""Conversations an hour, and seconds they wait: enough that figures differ from look to look."""
EVERY = 5
SIZES = ((120, 40), (80, 24), (140, 45), (200, 50))
KEYS = (
    ("a",), ("A",), ("e",), ("E",), ("r",), ("1",), ("2",), ("3",), ("a", "a", "e"), ("e", "r", "e", "r"),
    ("tab",), ("down",), ("s",), ("f", "q"), ("w", "q"), ("i", "q"), ("c", "q"), ("?", "q"),
)  # fmt: skip
PATHS = ("*", "*", "*", "*/conversations/meta", "*/agents", "*/teams", "*/conversations", "*/team_members")
KINDS = tuple(kind for kind in Kind if kind is not Kind.HUGE)
QUIET, LONGEST_FRAME = 0.15, 3.0
"""Seconds without a byte after which a frame is whole, and after which it is looked at anyway."""
PATIENCE = 120.0
_SLOTS = {
    "unassigned": account(Measure.UNASSIGNED),
    "assigned": account(Measure.ASSIGNED),
    "open": account(Measure.OPEN),
    "mine": account(Measure.MINE),
    "agents online": account(Measure.AGENTS_ONLINE),
}


def command() -> list[str]:
    """The installed command; the module where the script is not on the path."""
    beside = Path(sys.executable).with_name("liveagent-tui")
    program = str(beside) if beside.exists() else shutil.which("liveagent-tui")
    return [program] if program else [sys.executable, "-m", "tui.cli"]


class TerminalPlay:
    """One run: `wrong` holds what stood on screen and was not true."""

    def __init__(self, seed: int, tally: Tally) -> None:
        self.wrong: list[str] = []
        self._rng = random.Random(seed)
        self._tally = tally
        self._clock = SystemClock()
        self._faults = CountedFaults(tally)
        self._worlds: dict[str, World] = {}

    async def run(self, folder: Path, steps: int) -> None:
        """Play that many steps, then leave the program, which must end without a word."""
        async with AsyncExitStack() as stack:
            config = folder / "config.toml"
            config.write_text(await self._serve(stack), encoding="utf-8")
            config.chmod(0o600)
            env = {f"TOKEN_{name.upper()}": token_of(name) for name in self._worlds}
            argv = [*command(), "--config", str(config)]
            with PtyProgram(argv, size=SIZES[0], env=env, synchronized=True) as program:
                await until(lambda: "as of" in program.screen_lines()[0], PATIENCE)
                for _ in range(steps):
                    await self._step(program)
                    await self._quiet(program)
                    self.wrong += self.judge(program.screen_lines(), time.time())
                    self._tally.steps += 1
                self._faults.clear()
                program.press("ctrl+c")
                await until(lambda: program._poll() is not None, 20.0)
                if program.exit_code() != 0 or b"Traceback" in program.raw:
                    self.wrong.append(f"it ended with {program.exit_code()}")
        self._tally.runs += 1
        self._tally.violations += self.wrong

    async def _serve(self, stack: AsyncExitStack) -> str:
        """Begin to serve two environments; the config that names them."""
        lines = [f"[refresh]\nevery = {EVERY}"]
        for name, flavour, outlines in ENVIRONMENTS[:2]:
            busy = [
                Outline(
                    outline.id,
                    outline.name,
                    outline.timezone,
                    outline.agents,
                    outline.teams,
                    outline.inboxes,
                    BUSY,
                    QUICK,
                )
                for outline in outlines[:2]
            ]
            world = make_world(name, flavour, busy, self._clock, self._rng.randrange(1_000), 1.0)
            for outline in busy:
                await world.ready(outline.id)
            url = await stack.enter_async_context(on_a_socket(App(world), self._clock, self._faults))
            self._worlds[name] = world
            lines.append(f'[environments.{name}]\ntimezone = "UTC"\nurl = "{url}"')
            lines.append(f'token = {{ env = "TOKEN_{name.upper()}" }}')
            lines += [f"[[environments.{name}.accounts]]\nid = {outline.id}" for outline in busy]
        return "\n".join(lines)

    async def _step(self, program: PtyProgram) -> None:
        drawn = self._rng.random()
        if drawn < 0.45:
            await asyncio.sleep(self._rng.choice((0.5, 1.0, 2.0, 4.0)))
        elif drawn < 0.65:
            self._meet()
        elif drawn < 0.9:
            for key in self._rng.choice(KEYS):
                program.press(key)
                await self._quiet(program)
        elif drawn < 0.94:
            program.resize(*self._rng.choice([size for size in SIZES if size != program.size]))
        elif drawn < 0.97:
            program.signal(signal.SIGSTOP)
            await asyncio.sleep(self._rng.choice((1.0, 3.0, 7.0)))
            program.signal(signal.SIGCONT)
            # It hears of the time that has passed at its next tick.
            await asyncio.sleep(1.5)
        else:
            program.stall()
            await asyncio.sleep(self._rng.choice((1.0, 3.0)))
            program.flow()

    def _meet(self) -> None:
        """Let requests fail for a while."""
        now, rng = self._clock.now(), self._rng
        self._faults.sweep(now)
        fault = Fault(
            kind=rng.choice(KINDS),
            path=rng.choice(PATHS),
            chance=rng.choice((1.0, 0.5)),
            start=now,
            end=now + rng.choice((3.0, 8.0, 20.0)),
            seconds=rng.choice((0.3, 2.0, 6.0)),
            size=2_000,
            status=rng.choice((500, 502, 503, 504)),
        )
        self._faults.add(fault)

    async def _quiet(self, program: PtyProgram) -> None:
        """Wait until a frame is whole; half of one is nothing that a terminal would show."""
        end = time.monotonic() + LONGEST_FRAME
        seen = -1
        while (seen != program.bytes_written or program.modes.drawing) and time.monotonic() < end:
            seen = program.bytes_written
            await asyncio.sleep(QUIET)

    def judge(self, lines: list[str], now: float) -> list[str]:
        """Compare one screen with what the servers held."""
        looked = read(lines, now)
        if looked is None:
            self._tally.screens["another"] += 1
            return []
        self._tally.screens["dashboard"] += 1
        self._tally.seen["unknown"] += looked.unknown
        wrong = list(self._each(looked))
        return [*wrong, "\n".join(lines)] if wrong else []

    def _each(self, looked: Terminal) -> list[str]:
        world = self._worlds.get(looked.environment)
        if world is None or looked.account not in world.specs:
            return [f"{looked.environment}/{looked.account} is no account of the config"]
        wrong: list[str] = []
        begun = world.account(looked.account).ledger.begun
        for figure in looked.figures:
            self._tally.figures += 1
            slot = _slot(world, looked.account, figure.team, figure.word)
            if slot is None or figure.since is None:
                wrong.append(f"{figure.team} {figure.word} {figure.number}: of nothing, or of no moment")
                continue
            held = world.held(looked.account, ADMIN, slot, max(figure.since, begun), world.moment())
            self._tally.seen["exact" if len(held) == 1 else "one of several"] += 1
            if figure.number not in held:
                since = time.strftime("%H:%M:%S", time.gmtime(figure.since))
                told = f"{figure.team} {figure.word} {figure.number}"
                wrong.append(f"{told}: held {sorted(map(int, held))} since {since}")
        return wrong


def _slot(world: World, account_id: int, named: str, word: str) -> Slot | None:
    if not named:
        return _SLOTS.get(word)
    shown = re.sub(r"…$", "", named)
    ids = [team.id for team in world.specs[account_id].teams if team.name.startswith(shown)]
    measure = Measure.UNASSIGNED if word == "unassigned" else Measure.OPEN
    return team(ids[0], measure) if len(ids) == 1 else None


async def until(wanted: Callable[[], bool], limit: float) -> None:
    """Look again and again, letting the servers run meanwhile; AssertionError past `limit` seconds."""
    end = time.monotonic() + limit
    while not wanted():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.05)
