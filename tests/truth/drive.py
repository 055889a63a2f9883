"""Plays a plan on the real app and has the screen judged after each step."""

import asyncio
import logging
import random
import traceback
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from textual import events

from tests.stage import NOON, Stage, demo_config, on_stage
from tests.truth.answers import Answers
from tests.truth.bench import Tally
from tests.truth.judge import Judge
from tests.truth.plan import (
    Assign,
    Belong,
    Change,
    DeleteTeam,
    Lock,
    Meet,
    Mend,
    Press,
    Resize,
    SetClock,
    Step,
    Suspend,
    Swap,
    Wait,
)
from tests.truth.samples import wrong_samples
from tui.clock import ManualClock
from tui.config.conditions import parse_condition
from tui.config.file import Loaded, Sources
from tui.config.hours import WallHours
from tui.config.model import (
    Account,
    AlertRule,
    Config,
    Environment,
    Refresh,
    Targets,
    TokenSource,
    Wall,
    Where,
)
from tui.monitor.history.history import History
from tui.redact import Secret
from tui.screens.base import TICK
from tui.simulator import demo as simulated
from tui.simulator import ledger
from tui.simulator.demo import ENVIRONMENTS, Demo, origin_of, token_of
from tui.simulator.faults import Fault, FaultPlan

RECOVERS_WITHIN = 310.0
"""Seconds after a fault within which the program asks for everything again, a refused token too."""
KEPT = 12 * 3_600.0
"""How far back the worlds remember here: beyond the longest outage a plan makes."""
STRIDE = 5.0
ZONELESS = "app"
MOST_TOLD = 12
RULES = (
    ("unassigned >= 10 and agents_online > 0", Where()),
    ("open > 15", Where(team="*")),
    ("longest > 15m and members_online > 1", Where(team="*")),
    ("unassigned > 5", Where(inbox="*")),
)
"""They come and go all the time; those that come with the program fire here for outages alone."""


class CountedFaults(FaultPlan):
    """Counts which faults met a request, and drops those whose time is over."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(rng=random.Random(1))
        self._tally = tally

    def draw(self, origin: str, path: str, now: float) -> list[Fault]:
        met = super().draw(origin, path, now)
        self._tally.requests += 1
        self._tally.faults.update(str(fault.kind) for fault in met)
        return met

    def sweep(self, now: float) -> None:
        """Forget what no longer holds."""
        left = [fault for fault in self._faults if fault.end > now]
        self.clear()
        for fault in left:
            self.add(fault)


class Complaints(logging.Handler):
    """Hears of exceptions that somebody caught and only logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())

    def of_the_loop(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Hear of what nobody caught."""
        self.heard.append(f"{context.get('message')}: {context.get('exception')!r}")


def config_for(demo: Demo) -> Config:
    """The demo's environments, and one of them once more with the token of an agent who sees less.

    Of one the config names no time zone: its inboxes do. One is there twice, by two time zones.
    """
    config = demo_config(demo)
    twin = msgspec.structs.replace(config.environments[0], name="twin", timezone="Asia/Tokyo")
    environments = (
        msgspec.structs.replace(environment, timezone=None) if environment.name == ZONELESS else environment
        for environment in config.environments
    )
    wall = Wall(accounts=("*",), figures=(*Wall().figures, "service_level"), hours=WallHours(kind="always"))
    return msgspec.structs.replace(
        config,
        environments=(*environments, twin, desk_of("agent")),
        wall=wall,
        targets=Targets(wait=300.0, service_level=80.0, inboxes={"2": 900.0}),
        alerts=tuple(AlertRule(parse_condition(text), text, where=where) for text, where in RULES),
    )


def desk_of(user: str) -> Environment:
    """The environment whose token is changed while it is looked at."""
    return Environment(
        name="desk",
        url=origin_of("trial"),
        timezone="Europe/Berlin",
        token=TokenSource(held=Secret(token_of("trial", user))),
        accounts=(Account(id=12345, name="Support EU"),),
    )


async def settle(stage: Stage) -> None:
    """Let what is queued be done and drawn."""
    await stage.pilot._wait_for_screen()
    await stage.pilot._wait_for_screen()
    stage.app.screen._on_timer_update()


async def pass_time(stage: Stage, seconds: float, stride: float = STRIDE) -> None:
    """Let time pass in strides; after each of them what has come in is drawn."""
    while seconds > 0:
        await stage.clock.advance(min(stride, seconds))
        await settle(stage)
        seconds -= stride


TYPED = {"minus": "-", "colon": ":"}
"""The characters of keys that have names."""


async def press(stage: Stage, key: str) -> None:
    """One key, as the terminal's driver sends it."""
    driver = stage.app._driver
    assert driver is not None
    driver.send_message(events.Key(key, key if len(key) == 1 else TYPED.get(key)))
    await settle(stage)


class Play:
    """One plan on one app."""

    def __init__(self, stage: Stage, tally: Tally, judge: Judge) -> None:
        self.stage = stage
        self.tally = tally
        self.judge = judge
        self.faults = CountedFaults(tally)
        stage.transport.faults = self.faults

    async def take(self, step: Step) -> None:
        """Do what the step says."""
        stage, clock, bench = self.stage, self.stage.clock, self.judge.bench
        match step:
            case Wait(seconds):
                await pass_time(stage, seconds)
            case Meet(fault, seconds):
                now = clock.now()
                self.faults.add(msgspec.structs.replace(fault, start=now, end=now + seconds))
                bench.disturb(now + seconds + RECOVERS_WITHIN)
                await pass_time(stage, 1.0)
            case Mend():
                self.faults.clear()
                await pass_time(stage, 1.0)
            case Press(keys):
                for key in keys:
                    await press(stage, key)
                if "p" in keys:
                    bench.disturb()
                await stage.remember()
                await pass_time(stage, 0.2)
            case SetClock(seconds):
                self.judge.bench.set_clock(seconds)
                clock.jump_wall(seconds)
                await pass_time(stage, TICK + 0.1)
            case Suspend(seconds):
                clock.leap(seconds)
                bench.disturb(clock.now() + RECOVERS_WITHIN)
                await pass_time(stage, 0.5)
            case Swap(user):
                await press(stage, "comma")
                if stage.app.screen is stage.app.on_demand.settings:
                    await self._swap(user)
                    await press(stage, "escape")
                await pass_time(stage, 1.0)
            case Assign() | Belong() | Lock() | DeleteTeam():
                self._change(step)
                await pass_time(stage, 1.0)
            case Resize(columns, rows):
                await stage.pilot.resize_terminal(columns, rows)
                # A table that is unfolded gets its room in a second turn, and tells its age after that.
                await settle(stage)
                await pass_time(stage, 0.2)
        self.faults.sweep(clock.now())

    def _change(self, change: Change) -> None:
        """What somebody changes on the server."""
        name = next(
            name
            for name, _, outlines in ENVIRONMENTS
            if change.account in {outline.id for outline in outlines}
        )
        world = self.stage.demo.world(origin_of(name))
        match change:
            case Assign(user, account_id, role, inboxes):
                there = {inbox.id for inbox in world.specs[account_id].inboxes}
                world.assign_role(account_id, user, role, inboxes & there)
            case Belong(user, account_id, member):
                world.set_member(account_id, user, member=member)
            case Lock(account_id, suspended):
                world.set_suspended(account_id, suspended=suspended)
            case DeleteTeam(account_id, team_id, traceless):
                world.delete_team(account_id, team_id, traceless=traceless)
                gone = self.judge.bench.gone_teams.setdefault((origin_of(name), account_id), {})
                gone.setdefault(team_id, world.moment())

    async def _swap(self, user: str) -> None:
        bench = self.judge.bench
        bench.answers.unsure_until = self.stage.clock.now()
        bench.disturb()
        *others, desk = bench.config.environments
        bench.swapped[desk.name] = self.stage.clock.now()
        bench.answers.begin_anew()
        bench.config = msgspec.structs.replace(bench.config, environments=(*others, desk_of(user)))
        await self.stage.app.use(Loaded(bench.config, Sources(Path("unwritten.toml"), None)))
        bench.listen()
        await settle(self.stage)


async def play(
    plan: list[Step], tally: Tally, *, hour: float = 0, filters: bool = True, budget: int = 60
) -> list[str]:
    """Play a plan from a fresh start, `hour` hours after noon; returns what the first bad step shows.

    Without `filters` the servers count everything open where those are asked for whom nobody has answered.
    `budget` is of requests a minute: one that is not used up by all else leaves some for service level.
    """
    tally.runs += 1
    complaints, answers = Complaints(), Answers()
    log = logging.getLogger("tui")
    log.addHandler(complaints)
    asyncio.get_running_loop().set_exception_handler(complaints.of_the_loop)
    demo = Demo(clock=ManualClock())
    config = config_for(demo)
    config = msgspec.structs.replace(config, refresh=Refresh(budget=budget))
    try:
        with (
            patch.object(ledger, "KEPT", KEPT),
            patch.object(simulated, "ENVIRONMENTS", _environments(filters=filters)),
            answers.heard(),
        ):
            async with on_stage(
                config=config,
                wall=NOON + hour * 3_600,
                settle=1.0,
                latency=(0.01, 0.4),
                history=lambda clock: History(None, clock),
            ) as stage:
                judge = Judge(stage, stage.demo, config, tally, answers)
                playing = Play(stage, tally, judge)
                for number, step in enumerate([Wait(1.0), *plan]):
                    await playing.take(step)
                    tally.steps += 1
                    wrong = judge.look() + complaints.heard
                    if not stage.app.is_running:
                        wrong.append("the app has ended")
                    if wrong:
                        said = [f"step {number}, {step!r}: {sentence}" for sentence in wrong]
                        tally.violations += said
                        return [*said[:MOST_TOLD], stage.text()]
                judge.bench.look()
                judge.bench.config = config  # in which both users are, each by a token of their own
                wrong = await wrong_samples(judge.bench, random.Random(len(plan)))
                tally.violations += wrong
                if wrong:
                    return wrong[:MOST_TOLD]
    except Exception as error:  # whatever the app dies of is a finding
        tally.violations.append(f"the app died: {error!r}")
        return ["".join(traceback.format_exception(error))]
    finally:
        log.removeHandler(complaints)
    return []


def _environments(*, filters: bool) -> tuple[object, ...]:
    return tuple(
        (name, msgspec.structs.replace(flavour, ignores_unattended=not filters), outlines)
        for name, flavour, outlines in ENVIRONMENTS
    )


def spelled(plan: list[Step]) -> str:
    """A plan, a step a line, faults with what is not usual of them."""
    lines = []
    for step in plan:
        if isinstance(step, Meet):
            usual = Fault(kind=step.fault.kind)
            odd = {
                name: value
                for name in step.fault.__struct_fields__
                if name != "kind" and (value := getattr(step.fault, name)) != getattr(usual, name)
            }
            lines.append(f"  {step.fault.kind} for {step.seconds:.0f} s {odd or ''}")
        else:
            lines.append(f"  {step!r}")
    return "\n".join(lines)
