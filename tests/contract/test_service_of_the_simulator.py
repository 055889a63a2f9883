"""A day read by the real client from the simulator, of old and new versions, against its own books."""

import random
from collections import Counter
from datetime import UTC

import pytest

from tests.service_truth import in_truth
from tui.api.client import Connection, LiveAgentClient
from tui.clock import ManualClock
from tui.monitor.service.arrivals import arrivals_of
from tui.monitor.service.figures import WHOLE, Rules, tallies
from tui.monitor.service.intervals import day_of
from tui.monitor.service.levels import told_of
from tui.monitor.service.reading import DayReading
from tui.monitor.service.roll import DayQuestion, One, Page, Queue, Told, Total
from tui.monitor.service.states import CountedAs
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.people import AccountSpec, Agent, Inbox, Team
from tui.simulator.transport import SimulatorTransport
from tui.simulator.visibility import User
from tui.simulator.world import CHATWOOT, LIVE_AGENT, Flavour, World

ORIGIN = "https://liveagent.example"
ACCOUNT = 3
TARGET = 300.0
EVERY = frozenset({1, 2, 3})


def world_of(clock: ManualClock, flavour: Flavour, role: str) -> World:
    seen = EVERY if role == "administrator" else frozenset({1, 3})
    agents = (
        Agent(1, "Ada Brandt", role, inboxes=seen, fixed="online"),
        *(Agent(n, f"Agent {n}", inboxes=EVERY, teams=frozenset({n % 2 + 1})) for n in range(2, 12)),
    )
    spec = AccountSpec(
        ACCOUNT,
        "Support",
        "UTC",
        agents=agents,
        teams=(Team(1, "orders"), Team(2, "partners", slowness=3.0)),
        inboxes=tuple(Inbox(n, f"Inbox {n}") for n in sorted(EVERY)),
        hourly=40.0,
        keep=26 * 3_600.0,
        abandons="abandoned" in flavour.statuses,
    )
    return World(clock, (spec,), (User(1, "Ada Brandt", "ada@example.com", "token"),), flavour=flavour)


async def read(client: LiveAgentClient, reading: DayReading) -> int:
    """One look by the real client; how many questions it took."""
    course = reading.course()
    ask = next(course)
    asked = 0
    while True:
        asked += 1
        try:
            ask = course.send(await put(client, ask))
        except StopIteration:
            return asked


async def put(client: LiveAgentClient, ask: DayQuestion) -> Told:
    match ask:
        case Total(status):
            counts = await client.counts(ACCOUNT, status=status)
            return Told(counts.call.server_wall, counts.value.all)
        case Page(number):
            page = await client.conversations(
                ACCOUNT, page=number, status="all", sort_by="sort_on_created_at"
            )
        case One(number):
            return told_of(ask, await client.conversation(ACCOUNT, number))
        case Queue(number):
            page = await client.conversations(
                ACCOUNT,
                page=number,
                status="open",
                conversation_type="unattended",
                sort_by="sort_on_created_at",
            )
    return Told(page.call.server_wall, page.value.counts.all, arrivals_of(page.value))


@pytest.mark.parametrize("flavour", [CHATWOOT, LIVE_AGENT], ids=["2.16", "4.83"])
@pytest.mark.parametrize("role", ["administrator", "agent"])
async def test_the_figures_of_a_day_are_the_simulator_s(flavour: Flavour, role: str) -> None:
    clock = ManualClock()
    world = world_of(clock, flavour, role)
    app = App(world)
    transport = SimulatorTransport(lambda _: app, clock, rng=random.Random(1))
    client = LiveAgentClient(Connection(ORIGIN, Secret("token"), "test", transport=transport), clock)
    seen = EVERY if role == "administrator" else frozenset({1, 3})
    day = day_of(world.moment(), UTC)
    reading = DayReading(day)
    asked = []
    for seconds in (0.0, 1_200.0, 5.0, 3_000.0):
        await clock.advance(seconds)
        asked.append(await read(client, reading))
        truth = in_truth(world.account(ACCOUNT).ledger, seen, day.since, TARGET)
        told = tallies(reading.roll.arrivals, Rules(TARGET), world.moment())
        assert reading.sound
        assert reading.coverage == 1.0
        assert told[WHOLE] == truth[WHOLE]
        assert {part: told[part] for part in told if part.kind == "inbox"} == {
            part: truth[part] for part in truth if part.kind == "inbox"
        }
    assert asked[2] < asked[0] / 2
    assert told[WHOLE].arrived > 200
    assert min(Counter(told[WHOLE].counts)[state] for state in (CountedAs.IN_TARGET, CountedAs.LATE)) > 10
    await client.aclose()
