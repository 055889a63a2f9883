"""This machine's clock is off: who waits how long is told by the server's, where an answer shows it."""

from datetime import UTC
from email.utils import formatdate

import httpx
import pytest

from tests.builders import snapshot
from tui.api.call import CallRecord
from tui.api.client import Connection, LiveAgentClient
from tui.clock import Clock, ManualClock, SystemClock
from tui.config.model import Account, Config, Environment
from tui.config.state import StateStore
from tui.identity import Measure, account
from tui.monitor.calls import Ask, What
from tui.monitor.directory import Directory
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.session import Session
from tui.monitor.queue.pages import Narrowing, Pages
from tui.monitor.store import Store
from tui.panes.conversation_list.rows import wait_of
from tui.panes.where_from import lines, of_call
from tui.redact import Secret
from tui.simulator.demo import Demo

WALL = 1_795_356_000.25
OFF = 600.0


class Wrong(SystemClock):
    """A machine whose clock was set wrongly."""

    def __init__(self, off: float) -> None:
        self._off = off

    def wall(self) -> float:
        """Unix time, as it is told here."""
        return super().wall() + self._off


def dated(**headers: str) -> tuple[LiveAgentClient, ManualClock]:
    clock = ManualClock(wall=WALL)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"cache_keys": {}}, headers=headers))
    return LiveAgentClient(
        Connection("http://desk.example", Secret("0123456789abcdef"), "trial", transport=transport), clock
    ), clock


async def called(**headers: str) -> CallRecord:
    client, _ = dated(**headers)
    try:
        return (await client.cache_keys(1)).call
    finally:
        await client.aclose()


@pytest.mark.parametrize("off", [-OFF, OFF])
async def test_an_answer_tells_by_how_much_the_clocks_differ(off: float) -> None:
    call = await called(date=formatdate(WALL + off, usegmt=True))
    assert call.server_ahead == pytest.approx(off, abs=0.5)
    assert call.server_wall == pytest.approx(WALL + off, abs=0.5)


async def test_clocks_that_agree_but_for_what_a_date_leaves_out_are_one() -> None:
    call = await called(date=formatdate(WALL + 0.7, usegmt=True))
    assert call.server_ahead is not None
    assert call.server_wall == call.asked_wall


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"date": ""},
        {"date": "yesterday"},
        {"date": "Sun, 22 Nov 2026 14:00:00"},
        {"date": "Sun, 99 Nov 2026 99:00:00 GMT"},
        {"date": "Sun, 22 Nov 99999999999999 14:00:00 GMT"},
        {"date": "Sun, 22 Nov 2026 14:00:00 +9999999999"},
        {"date": "x" * 100_000},
        {"date": formatdate(WALL + OFF, usegmt=True), "age": "600"},
    ],
)
async def test_a_date_that_tells_nothing_changes_nothing(headers: dict[str, str]) -> None:
    call = await called(**headers)
    assert call.server_ahead is None
    assert call.server_wall == call.asked_wall


def test_an_answer_that_took_long_may_have_been_dated_at_any_moment_of_it() -> None:
    call = CallRecord("GET", "/x", 100.0, WALL, 114.0, server_ahead=7.5, server_unsure=7.0)
    assert call.server_wall == WALL


async def test_waits_are_the_servers_whatever_this_machine_thinks() -> None:
    demo = Demo(clock=SystemClock())
    right = await surveyed(demo, Wrong(0.0))
    for off in (-OFF, -5.0, 5.0, OFF):
        assert await surveyed(demo, Wrong(off)) == pytest.approx(right, abs=2.0)


async def surveyed(demo: Demo, clock: Clock) -> tuple[float, float, float]:
    """The longest wait, the backlog, and the longest wait in the list of the open conversations."""
    made = demo.environments[0]
    number = made.accounts[0].id
    config = Config(environments=(Environment(made.name, made.url, accounts=(Account(number),)),))
    client = LiveAgentClient(
        Connection(made.url, Secret(made.token), made.name, transport=demo.transport()), clock
    )
    store = Store()
    filing = Filing(config, clock, store, Directory(config, StateStore(None)))
    session = Session(config.environments[0], Secret(made.token), client, 1)
    ask, pages = Ask(made.name, 1, number, What.LONGEST), Pages(Narrowing())
    try:
        while True:
            answer = await session.put(ask, clock)
            pages.add(answer)
            follow = filing.answered(session, ask, answer, 60.0).follow
            if not follow:
                break
            (ask,) = follow
    finally:
        await client.aclose()
    readings = store.readings(session.key(number))
    longest, backlog = (readings[account(measure)].value for measure in (Measure.LONGEST, Measure.BACKLOG))
    assert longest is not None
    assert backlog is not None
    waits = [wait for listed in pages.listed.values() if (wait := wait_of(listed)) is not None]
    return longest, backlog, max(wait for wait in waits if wait <= 86_400)


def test_where_a_figure_comes_from_says_that_the_clocks_differ() -> None:
    call = CallRecord("GET", "/x", 100.0, WALL, 100.1, status=200, server_ahead=-OFF)
    source = of_call(snapshot(), "longest", "a wait", "5 m", call, "")
    told = " ".join(part.text.strip() for line in lines(source, UTC, 200) for part in line)
    assert "the server's clock is 10 min behind, waits are told by it" in told
