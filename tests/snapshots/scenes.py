"""The scenes that are kept as pictures. One line in SCENES adds another."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import msgspec
from textual import events

from tests.kept_weeks import in_the_demo, keep_weeks, tell, today
from tests.snapshots.picture import picture
from tests.stage import NOON, Stage, demo_config, on_stage
from tui.app.screens_on_demand import Start
from tui.app.start import DEMO_TARGETS
from tui.clock import ManualClock
from tui.config.file import Loaded, Sources
from tui.config.hours import WallHours
from tui.config.model import Config, Refresh, Wall
from tui.identity import AccountKey
from tui.monitor.history.backfill import slices_of
from tui.monitor.history.history import History
from tui.monitor.history.retention import Retention
from tui.monitor.history.writer import Batch, SampleRow, Writer
from tui.simulator.demo import Demo, origin_of, token_of
from tui.simulator.faults import Fault, Kind

T = TypeVar("T")
Size = tuple[int, int]
SIZES: tuple[Size, ...] = ((80, 24), (120, 40), (200, 50))
THEMES = ("dark", "ansi")
ALWAYS = WallHours("always")
ALL = 99
KEPT = Path(__file__).with_name("pictures")
SHOWN = Path(__file__).parents[2] / "screenshots"


async def _nothing(stage: Stage) -> None:
    """The scene is what it is."""


async def _server_fails(stage: Stage) -> None:
    stage.fail(Kind.STATUS_HTML, status=502)
    await stage.run_for(55, step=5)


async def _wall_unplugged(stage: Stage) -> None:
    await stage.press("w")
    stage.fail(Kind.REFUSE)
    await stage.run_for(200, step=10)


async def _day_read(stage: Stage) -> None:
    """All of today is read, and four weeks before it are kept."""
    history, wall = stage.app.context.history, stage.clock.wall()
    assert history is not None
    keep_weeks(history, wall)
    tell(stage, today(wall))


async def _day_of_the_demo(stage: Stage) -> None:
    """All of today is read, as the demo has it."""
    tell(stage, in_the_demo(stage))


async def _connected(stage: Stage) -> None:
    for typed in (origin_of("trial"), token_of("trial")):
        stage.app.post_message(events.Paste(typed))
        await stage.pilot.pause()
        await stage.press("enter")
    await stage.run_for(3)
    await stage.press("enter")


@dataclass(frozen=True)
class Scene:
    """A screen in some state: `seconds` simulated ones pass, `then` happens, `keys` are pressed."""

    name: str
    keys: Sequence[str] = ()
    then: Callable[[Stage], Awaitable[None]] = _nothing
    forbidden: str = ""
    """The calls that the token's role may not make, a glob over their paths."""
    sizes: tuple[Size, ...] = SIZES
    seconds: float = 95
    """Never the moment at which something is asked: its answer may come before the picture, or after."""
    past: int = 0
    """Of how many accounts, in the config's order, two days of history are there from the start."""
    hours: WallHours = ALWAYS
    """When the wall is bright."""
    budget: int = 60
    """Requests a minute."""
    after: float = 0
    """Simulated seconds that pass once the keys are pressed."""
    first: bool = False
    """Whether this is a first run, without any environment."""

    def begins_as(self) -> "Scene":
        """What it has in common with scenes that can be seen one after the other, in one run of the app."""
        alone = self.after or self.then is not _nothing
        return self if alone else replace(self, name="", keys=(), sizes=())

    def file(self, size: Size, theme: str) -> str:
        """The name of a picture's file."""
        return f"{self.name}-{size[0]}x{size[1]}-{theme}.svg"


SCENES: tuple[Scene, ...] = (
    Scene("dashboard", past=1, seconds=545, budget=300),  # by then all of the day is read
    Scene("dashboard-first-second", seconds=1),
    Scene("dashboard-stale", then=_server_fails),
    Scene("dashboard-not-permitted", forbidden="*/agents"),
    Scene("agents", keys=("shift+tab", "shift+tab"), sizes=((80, 24),)),
    Scene("go-to", keys=("colon", "e", "u")),
    Scene("help", keys=("question_mark",)),
    Scene("conversations", keys=("shift+tab", "enter")),
    Scene("conversation", keys=("shift+tab", "enter", "enter")),
    Scene("chart", keys=("c",), past=1),
    Scene("day", keys=("D",), then=_day_read, past=1),
    Scene("arrivals", keys=("D", "k", "enter"), then=_day_of_the_demo, after=8, sizes=SIZES[:1], past=1),
    Scene("busiest", keys=("H",), then=_day_read, past=1),
    Scene("replay", keys=("t", "1", "1", "colon", "3", "0", "enter"), past=1),
    Scene("fleet", keys=("f",), past=ALL, after=35),
    Scene("wall", keys=("w",), sizes=(*SIZES, (100, 60)), past=1, after=18),
    Scene("wall-no-data", then=_wall_unplugged),
    Scene("wall-closed", keys=("w",), hours=WallHours("inbox")),
    Scene("where-from", keys=("i",)),
    Scene("members", keys=("M",), sizes=((120, 40),), after=20),
    Scene("alerts", keys=("x",), seconds=245),
    Scene("settings", keys=("comma",)),
    Scene("wizard", first=True, seconds=1),
    Scene("wizard-choose", first=True, seconds=1, then=_connected),
)


def _shows() -> Iterator[tuple[Scene, ...]]:
    alike: dict[Scene, list[Scene]] = {}
    for scene in SCENES:
        alike.setdefault(scene.begins_as(), []).append(scene)
    return map(tuple, alike.values())


SHOWS: tuple[tuple[Scene, ...], ...] = tuple(_shows())
"""The scenes, those together that begin alike: a run of the app costs more than what is seen in it."""


def sizes(show: Sequence[Scene]) -> list[Size]:
    """Those of all its scenes."""
    return sorted({size for scene in show for size in scene.sizes})


async def pictures(show: Sequence[Scene], size: Size) -> dict[str, str]:
    """The picture of each scene that has this size, in each theme, by the name of its file.

    Between two scenes the app is back on the dashboard as it was; but for what keys alone change
    in no time, each scene is as if it were the only one.
    """
    begun, taken = show[0], dict[str, str]()
    async with on_stage(
        size=size,
        config=None if begun.first else _config(begun.hours, begun.budget),
        loaded=Loaded(Config(), Sources(Path("config.toml"), None)) if begun.first else None,
        start=Start(wizard=begun.first),
        settle=0,
        faults=[Fault(kind=Kind.ROLE, path=begun.forbidden)] if begun.forbidden else [],
        history=partial(_memory, begun.past) if begun.past else None,
    ) as stage:
        await stage.run_for(begun.seconds, step=10)
        await begun.then(stage)
        await stage.remember()
        focused = stage.app.focused
        for number, scene in enumerate(scene for scene in show if size in scene.sizes):
            if number:
                while stage.app.screen is not stage.dashboard:
                    await stage.press("escape")
                stage.dashboard.set_focus(focused)
                stage.app.theme = THEMES[0]
                await stage.settled()
            await stage.press(*scene.keys)
            await stage.remember()
            await stage.run_for(scene.after, step=2)
            await stage.remember()
            await stage.settled()
            for theme in THEMES:
                stage.app.theme = theme
                await stage.pilot.pause()
                taken[scene.file(size, theme)] = picture(stage.app)
    return taken


SCREENSHOTS: dict[str, str] = {
    "dashboard-80x24.svg": "dashboard-80x24-dark.svg",
    "dashboard-120x40.svg": "dashboard-120x40-dark.svg",
    "dashboard-200x50.svg": "dashboard-200x50-dark.svg",
    "conversations-120x40.svg": "conversations-120x40-dark.svg",
    "chart-120x40.svg": "chart-120x40-dark.svg",
    "replay-120x40.svg": "replay-120x40-dark.svg",
    "fleet-120x40.svg": "fleet-120x40-dark.svg",
    "wall-80x24.svg": "wall-80x24-dark.svg",
    "wall-200x50.svg": "wall-200x50-dark.svg",
    "go-to-120x40.svg": "go-to-120x40-dark.svg",
    "no-answer-120x40.svg": "dashboard-stale-120x40-dark.svg",
}
"""What README.md shows, and which picture that is."""


class _AtOnce(Writer):
    """Writes and answers where it is asked: a thread's answers would come at another moment each time."""

    def put(self, batch: Batch, *, wholly: bool = False) -> None:
        self._write(batch)

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        answered: Future[T] = Future()
        self._open()
        assert self._connection is not None
        answered.set_result(question(self._connection))
        return answered

    def begin_as(self, other: "_AtOnce") -> None:
        """Hold what `other` holds, as if the same had been written."""
        self._open()
        assert self._connection is not None
        assert other._connection is not None
        other._connection.backup(self._connection)
        self._ids = dict(other._ids)
        self._counted_until, self._prune_at = other._counted_until, other._prune_at


def _memory(accounts: int, clock: ManualClock) -> History:
    """A history that holds the past of so many accounts before anything is asked: else it would race."""
    kept = History(None, clock)
    kept.close()
    kept._writer = writer = _AtOnce(None, Retention())
    writer.begin_as(_filled(accounts))
    return kept


@cache
def _filled(accounts: int) -> _AtOnce:
    writer, clock = _AtOnce(None, Retention()), ManualClock(wall=NOON)
    for rows in _past(accounts):
        writer.put(Batch(rows, clock.now(), clock.wall()), wholly=True)
    return writer


def _past(accounts: int) -> list[Sequence[SampleRow]]:
    demo = Demo(clock=ManualClock(wall=NOON))
    keys = [
        AccountKey(environment.url, account.id, demo.world(environment.url).by_token[environment.token].id)
        for environment in demo.environments
        for account in environment.accounts
    ]
    return [
        rows
        for key in keys[:accounts]
        for rows, _ in slices_of(key, demo.past(key.origin, key.account_id, key.viewer_id, DEMO_TARGETS.wait))
    ]


def _config(hours: WallHours, budget: int) -> Config:
    config = demo_config(Demo(clock=ManualClock()))
    wall, refresh = Wall(accounts=("*",), hours=hours), Refresh(budget=budget)
    return msgspec.structs.replace(config, targets=DEMO_TARGETS, wall=wall, refresh=refresh)
