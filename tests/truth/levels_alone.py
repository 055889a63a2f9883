"""Service level without a screen: the monitor for hours on the simulator, its figures judged as they read.

What keeps the day's reading busy is drawn here more often than in the plans of the screens: restarts,
deletions of one and of hundreds, another reach, failing answers, clocks that jump, machines that sleep.
"""

import asyncio
import heapq
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import msgspec

from tests import shortcuts
from tests.opened import opened
from tests.stage import NOON, NoThreads, Stage
from tests.truth.answers import Answers
from tests.truth.bench import Bench, Tally
from tests.truth.kept_days import KeptJudge
from tui import wording
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, Targets, TokenSource
from tui.config.state import StateStore
from tui.durations import DAY
from tui.identity import AccountRef
from tui.measures import SERVICE
from tui.monitor.history.history import History
from tui.monitor.monitor import Monitor
from tui.monitor.reading import AccountSnapshot, State
from tui.monitor.service import bots as watched
from tui.monitor.service.kept import kept
from tui.monitor.service.levels import Levels
from tui.output.document import Taken
from tui.output.service_kept import with_service
from tui.panes import figures, level_cells
from tui.panes.conversations.headline import LEVEL_TODAY, View, service_line
from tui.redact import Secret
from tui.simulator import demo
from tui.simulator.demo import ADMIN, Demo, origin_of, token_of
from tui.simulator.faults import Fault, Kind
from tui.simulator.ledger import Ledger
from tui.simulator.people import AccountSpec

PLACE = "trial"
LABEL = "service level "
FEW_TELL = 1
"""How many tell there whether an inbox is bot first: so that it changes often, also where people are."""
BOTS_IN = 0.4
"""The part of plays in which a bot has an inbox."""
WIDTH = 200
STRIDE = 15.0
TARGETS = Targets(wait=300.0, service_level=80.0, inboxes={"2": 900.0}, teams={"3": 120.0})
BREAKS = (
    Kind.DROP_BODY, Kind.CUT_JSON, Kind.WRONG_TYPES, Kind.HTML_200, Kind.REFUSE, Kind.STATUS_JSON,
    Kind.RATE_LIMITED, Kind.DELAY, Kind.NO_TOKEN, Kind.ROLE,
)  # fmt: skip
PATHS = ("*", "*/conversations", "*/conversations", "*/conversations/meta", "*/inboxes")


class Unseen(Stage):
    """A stage without an app."""

    def __init__(self, demo: Demo, clock: ManualClock, monitor: Monitor) -> None:
        self.demo, self.clock = demo, clock
        self._monitor = monitor

    @property
    def monitor(self) -> Monitor:
        return self._monitor


def with_a_bot(spec: AccountSpec) -> AccountSpec:
    """The same account, and a bot in its first inbox."""
    first, *inboxes = spec.inboxes
    return msgspec.structs.replace(spec, inboxes=(msgspec.structs.replace(first, bot=True), *inboxes))


class LevelPlay:
    """One account of the demo, watched for hours; `wrong` is what did not hold."""

    def __init__(
        self,
        tally: Tally,
        *,
        number: int = 12390,
        wall: float = NOON,
        targets: Targets = TARGETS,
        file: Path | None = None,
        bots: bool = False,
    ) -> None:
        """With `bots` each conversation of the first inbox begins with a bot."""
        asyncio.get_running_loop().set_default_executor(NoThreads())
        self.clock = ManualClock(wall=wall)
        self.demo = Demo(clock=self.clock)
        self.ref = AccountRef(PLACE, number)
        drawn = demo._account
        with patch.object(
            demo, "_account", lambda *given: with_a_bot(drawn(*given)) if bots else drawn(*given)
        ):
            self.world = self.demo.world(origin_of(PLACE))
        self.transport = self.demo.transport(latency=(0.01, 0.4))
        self.file = file
        self.history = History(file, self.clock)
        place = Environment(
            PLACE,
            origin_of(PLACE),
            timezone="Europe/Berlin",
            token=TokenSource(held=Secret(token_of(PLACE))),
            accounts=(Account(number),),
        )
        self.config = Config(environments=(place,), targets=targets, refresh=Refresh(budget=120))
        self.answers = Answers()
        self.wrong: list[str] = []
        self._tally = tally
        self._bench: Bench | None = None

    @asynccontextmanager
    async def heard(self) -> AsyncIterator["LevelPlay"]:
        """Begin, and end."""
        with self.answers.heard():
            await self.begin()
            try:
                yield self
            finally:
                await self.monitor.stop()
                shortcuts.begin_anew()  # What was deleted has changed plans, which tests share.

    async def begin(self) -> None:
        """Start the program."""
        self.monitor = Monitor(
            self.config,
            self.clock,
            random.Random(7),
            state=StateStore(None),
            transport_for=lambda _: self.transport,
        )
        await self.monitor.start()
        self.monitor.look_at(self.ref)
        self.monitor.beside(Levels(self.monitor, self.history).run(), "service level")
        await opened(self.monitor)
        stage = Unseen(self.demo, self.clock, self.monitor)
        bench = Bench(stage, self.demo, self.config, self._tally, self.answers)
        if self._bench is not None:
            bench.take_over(self._bench)
        self._bench = bench

    async def restart(self) -> None:
        """Kill it at whatever it asks just now, and start it again."""
        await self.monitor.stop()
        self.answers.unsure_until = self.clock.now()
        await self.begin()

    async def run(self, seconds: float) -> None:
        """Let time pass, and look now and then."""
        while seconds > 0 and not self.wrong:
            await self.clock.advance(min(STRIDE, seconds), settle=10)
            await self.history.flush()
            for _ in range(5):
                await asyncio.sleep(0)
            seconds -= STRIDE
            self.look()

    def jump(self, seconds: float) -> None:
        """Somebody sets this machine's clock."""
        assert self._bench is not None
        self._bench.set_clock(seconds)
        self.clock.jump_wall(seconds)

    def text(self) -> str:
        """The line as it would stand on a wide dashboard."""
        return "".join(part.text for part in service_line(self._seen, self._view))

    @property
    def bot_first(self) -> frozenset[int]:
        """The inboxes that the program took for bot first at some time."""
        assert self._bench is not None
        return self._bench.levels.bots_ever(self.ref)

    @property
    def _seen(self) -> AccountSnapshot:
        return self.monitor.snapshot(self.ref)

    @property
    def _view(self) -> View:
        zone = self.monitor.zone(self.ref)
        return View(self.clock.now(), WIDTH, 40, TARGETS.wait, zone=zone, wall=self.clock.wall())

    async def kept(self) -> None:
        """Judge what `snapshot` tells by what is kept."""
        assert self._bench is not None
        await self.history.flush()
        (taken,) = with_service((Taken(self._seen),), self.file, self.config, self.clock, asked=True)
        if taken.service is not None:
            self.wrong += self._bench.levels.values(taken.service, self.ref)
        await self.judge_kept()

    async def judge_kept(self) -> None:
        """Judge what is kept of every quarter of today and of the past."""
        assert self._bench is not None
        key = self._seen.key
        await self.history.flush()
        rows = await self.history.ask(lambda file: kept(file, key, 0.0, self.clock.wall() + DAY))
        self.wrong += KeptJudge(self._bench, self.ref).wrongs(rows)

    def look(self) -> None:
        """Judge every figure of service level there is now."""
        assert self._bench is not None
        self._bench.look()
        self._bench.record(self.ref).sample()
        self._tally.steps += 1
        self.wrong += [f"{self.clock.now():.0f}: {wrong}" for wrong in self._wrongs(self._bench)]

    def _wrongs(self, bench: Bench) -> Iterator[str]:
        seen, now = self._seen, self.clock.now()
        text = self.text()
        yield from bench.levels.line(text.removeprefix(LABEL), self.ref, LEVEL_TODAY)
        for slot, reading in seen.readings.items():
            if slot.measure not in SERVICE or reading.state(now) not in {State.LIVE, State.STALE}:
                continue
            self._tally.figures += 1
            told = figures.value_text(
                reading, now, wording.spell if slot.measure.row.is_time else wording.count
            )
            if slot.measure.row.is_share:
                told = level_cells.level_cell(seen, slot, now).text
            yield from bench.levels.figure(slot, told, f"{slot.name} = {told!r}", self.ref)


class Troubles:
    """What happens to the program and the server meanwhile, drawn at random."""

    def __init__(self, play: LevelPlay, rng: random.Random) -> None:
        self._play = play
        self._rng = rng

    async def next(self) -> str:
        """Do something; what it was."""
        play, rng = self._play, self._rng
        what = rng.choice(("fault",) * 4 + ("restart",) * 3 + ("delete",) * 3 + ("reach", "jump", "suspend"))
        match what:
            case "fault":
                self.break_down(rng.choice(BREAKS), rng.choice(PATHS), rng.choice((20.0, 90.0, 400.0)))
            case "restart":
                await play.restart()
            case "delete":
                self.delete(rng.choice((1, 1, 2, 5, 30)))
            case "reach":
                role, some = rng.choice((("administrator", frozenset()), ("agent", frozenset({1, 3}))))
                play.world.assign_role(play.ref.account_id, ADMIN, role, some)
            case "jump":
                play.jump(rng.choice((-3_600.0, -90.0, 5.0, 7_200.0)))
            case "suspend":
                play.clock.leap(rng.choice((20.0, 400.0, 3_000.0)))
        return what

    def break_down(self, kind: Kind, path: str, seconds: float) -> None:
        """Let some requests of a time fail."""
        now = self._play.clock.now()
        fault = Fault(kind=kind, path=path, chance=self._rng.choice((1.0, 0.4)), seconds=12.0, status=502)
        self._play.transport.faults.add(msgspec.structs.replace(fault, start=now, end=now + seconds))

    def delete(self, number: int) -> None:
        """Somebody deletes some conversations, wherever they are in the day."""
        ledger = self._play.world.account(self._play.ref.account_id).ledger
        for id_ in self._rng.sample(sorted(ledger.now), min(number, len(ledger.now))):
            forget(ledger, id_)


def forget(ledger: Ledger, number: int) -> None:
    """Delete a conversation now: it will not be anywhere from here on."""
    plan, moment = ledger.live[number], ledger.moment
    stage = plan.stage(moment)
    plan.times[stage + 1 :], plan.cells[stage + 1 :] = [moment], [None]
    ledger._next = [event for event in ledger._next if event[1] != number]
    heapq.heapify(ledger._next)
    ledger._plans.pop(number, None)
    ledger._move(moment, plan, None)


async def play_alone(seed: int, tally: Tally, *, events: int, file: Path | None = None) -> LevelPlay:
    """Some hours of one account, with so many events."""
    rng = random.Random(seed)
    number = rng.choice((12390, 12346))
    hour = rng.choice((-9.0, -3.0, 0.0, 4.0, 11.8))
    bots = rng.random() < BOTS_IN
    play = LevelPlay(tally, number=number, wall=NOON + 3_600.0 * hour, file=file, bots=bots)
    troubles, done = Troubles(play, rng), ""
    with patch.object(watched, "ENOUGH", FEW_TELL if bots else watched.ENOUGH):
        async with play.heard():
            await play.run(rng.choice((30.0, 300.0)))
            for _ in range(events):
                done = await troubles.next()
                await play.run(rng.choice((5.0, 60.0, 300.0, 1_200.0)))
                await play.kept()
                if play.wrong:
                    break
    tally.seen["plays in which an inbox was bot first"] += bool(play.bot_first)
    tally.violations += [f"seed {seed}, after {done!r}: {sentence}" for sentence in play.wrong]
    tally.runs += 1
    return play
