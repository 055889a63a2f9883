"""The demo: three environments with a handful of accounts that look like a working day."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.clock import Clock
from tui.identity import Slot
from tui.simulator.faults import FaultPlan
from tui.simulator.people import AccountSpec, Agent, staff
from tui.simulator.visibility import User
from tui.simulator.world import CHATWOOT, LIVE_AGENT, Flavour, World

if TYPE_CHECKING:
    from tui.simulator.app import App
    from tui.simulator.transport import SimulatorTransport

ADMIN, AGENT_VIEWER = 1, 2
LATENCY = (0.008, 0.09)
"""Seconds a demo answer takes."""


class DemoAccount(msgspec.Struct, frozen=True):
    """An account the token of its environment shows."""

    id: int
    name: str


class DemoEnvironment(msgspec.Struct, frozen=True):
    """What a config says of an environment, for the demo."""

    name: str
    url: str
    token: str
    timezone: str
    accounts: tuple[DemoAccount, ...]


class Outline(msgspec.Struct, frozen=True):
    """The size of a demo account."""

    id: int
    name: str
    timezone: str
    agents: int
    teams: int
    inboxes: int
    hourly: float
    wait: float


ENVIRONMENTS: tuple[tuple[str, Flavour, tuple[Outline, ...]], ...] = (
    (
        "trial",
        LIVE_AGENT,
        (
            Outline(12345, "Support EU", "Europe/Berlin", 42, 8, 4, 150, 400),
            Outline(12346, "Support US", "America/New_York", 24, 5, 3, 70, 360),
            Outline(12390, "Pilot Lab", "Europe/Berlin", 12, 4, 3, 26, 360),
        ),
    ),
    (
        "app",
        LIVE_AGENT,
        (
            Outline(204, "Retail Europe", "Europe/London", 60, 12, 6, 190, 400),
            Outline(205, "Retail Nordics", "Europe/Stockholm", 28, 6, 4, 80, 380),
        ),
    ),
    ("onprem", CHATWOOT, (Outline(2, "Service Desk", "Europe/Vienna", 18, 4, 3, 50, 400),)),
)


def origin_of(environment: str) -> str:
    """The base URL of a demo environment."""
    return f"https://liveagent-{environment}.simulator.invalid"


def token_of(environment: str, user: str = "admin") -> str:
    """The token of a demo user: `admin` or `agent`."""
    return f"demo-{environment}-{user}-token"


class Demo:
    """All demo environments on one clock; worlds are built when first asked."""

    def __init__(self, seed: int = 7, *, clock: Clock, speed: float = 1.0) -> None:
        self.clock = clock
        self.seed = seed
        self.speed = speed
        self.environments = tuple(_environment(name, outlines) for name, _, outlines in ENVIRONMENTS)
        self._worlds: dict[str, World] = {}
        self._apps: dict[str, App] = {}
        self._transport: SimulatorTransport | None = None
        self.faults = FaultPlan(rng=random.Random(seed))

    def transport(
        self, origin: str | None = None, *, latency: tuple[float, float] = LATENCY
    ) -> "SimulatorTransport":
        """The one transport that serves every demo host; httpx is imported here, not before.

        `latency`, in seconds, counts at the first call. KeyError for a foreign `origin`.
        """
        if origin is not None and self._environment(origin) is None:
            raise KeyError(origin)
        if self._transport is None:
            from tui.simulator.transport import SimulatorTransport

            rng = random.Random(self.seed)
            self._transport = SimulatorTransport(
                self.app, self.clock, rng=rng, latency=latency, faults=self.faults
            )
        return self._transport

    def app(self, origin: str) -> "App | None":
        """The ASGI application of a demo host; None for a foreign one."""
        app = self._apps.get(origin)
        if app is None and self._environment(origin) is not None:
            from tui.simulator.app import App

            app = self._apps[origin] = App(self.world(origin))
        return app

    def world(self, origin: str) -> World:
        """The world behind a base URL; KeyError for a foreign one."""
        world = self._worlds.get(origin)
        if world is None:
            installation = self._environment(origin)
            if installation is None:
                raise KeyError(origin)
            name, flavour, outlines = installation
            world = make_world(name, flavour, outlines, self.clock, self.seed, self.speed)
            self._worlds[origin] = world
        return world

    def past(
        self, origin: str, account_id: int, viewer_id: int, target: float | None = None
    ) -> Iterator[tuple[float, Mapping[Slot, float]]]:
        """What the figures of an account were over the last two days; KeyError for a foreign one.

        Unix times, oldest first; `target` is how long a customer may wait, in seconds. A second
        of work in all, so not on a loop somebody waits for.
        """
        from tui.simulator.past import past_days

        return past_days(self.world(origin), account_id, viewer_id, target)

    def conversations(
        self, origin: str, account_id: int, viewer_id: int, since: float, until: float
    ) -> Iterator[bytes]:
        """Those created in [since, until), Unix seconds, though the server keeps none so long.

        Each as `conversations/{id}` answers; a day takes a fifth of a second. KeyError as above.
        """
        from tui.simulator.past import conversations_then

        return conversations_then(self.world(origin), account_id, viewer_id, since, until)

    def _environment(self, origin: str) -> tuple[str, Flavour, tuple[Outline, ...]] | None:
        return next(
            (installation for installation in ENVIRONMENTS if origin_of(installation[0]) == origin), None
        )


def make_world(
    name: str, flavour: Flavour, outlines: Sequence[Outline], clock: Clock, seed: int, speed: float
) -> World:
    """The world of one environment, with an administrator's and an agent's token."""
    specs = tuple(_account(seed, outline, flavour) for outline in outlines)
    users = (
        User(ADMIN, "Ada Brandt", "ada.brandt@contact-centre.example", token_of(name)),
        User(AGENT_VIEWER, "Bruno Keller", "bruno.keller@contact-centre.example", token_of(name, "agent")),
    )
    return World(clock, specs, users, seed=seed, speed=speed, flavour=flavour)


def _environment(name: str, outlines: Sequence[Outline]) -> DemoEnvironment:
    accounts = tuple(DemoAccount(outline.id, outline.name) for outline in outlines)
    return DemoEnvironment(name, origin_of(name), token_of(name), outlines[0].timezone, accounts)


def _account(seed: int, outline: Outline, flavour: Flavour) -> AccountSpec:
    agents, teams, inboxes, labels = staff(
        seed,
        outline.id,
        agents=outline.agents - 2,
        teams=outline.teams,
        inboxes=outline.inboxes,
        first_user=100 + outline.id % 1_000 * 100,
    )
    every = frozenset(inbox.id for inbox in inboxes)
    admin = Agent(
        ADMIN,
        "Ada Brandt",
        "administrator",
        8.0,
        9.0,
        every,
        frozenset({teams[0].id}),
        email="ada.brandt@contact-centre.example",
        fixed="online",
    )
    agent = Agent(
        AGENT_VIEWER,
        "Bruno Keller",
        "agent",
        7.5,
        8.5,
        frozenset({inboxes[0].id}),
        frozenset({teams[0].id}),
        email="bruno.keller@contact-centre.example",
    )
    return AccountSpec(
        outline.id,
        outline.name,
        outline.timezone,
        agents=(admin, agent, *agents),
        teams=teams,
        inboxes=inboxes,
        labels=labels,
        hourly=outline.hourly,
        wait=outline.wait,
        abandons="abandoned" in flavour.statuses,
    )
