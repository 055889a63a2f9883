"""The one-shot, by the real client, prints what the simulator's world holds."""

import argparse
import asyncio
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.api.client import Connection, LiveAgentClient
from tui.clock import Clock, ManualClock
from tui.config.model import Account, Config, Environment, Refresh, Targets
from tui.identity import Reach
from tui.monitor.polling.session import Session
from tui.output import snapshot
from tui.output.document import FIGURES, AccountDocument, Moment, document
from tui.output.take import Site, take
from tui.redact import Secret
from tui.simulator.demo import ADMIN, Demo
from tui.simulator.visibility import View
from tui.simulator.world import World

REACHES: tuple[tuple[str, set[int]], ...] = (
    ("agent", {1, 2}),
    ("agent", {1}),
    ("supervisor", {1, 2, 3}),
    ("agent", set()),
    ("agent,supervisor", {2}),
)
"""As what the token's user sees the account after each change; an administrator before."""
CALLS = 45
"""Requests of one round and a few more."""


def session_of(
    environment: Environment, token: str, transport: httpx.AsyncBaseTransport, clock: Clock
) -> Session:
    connection = Connection(environment.url, Secret(token), environment.name, transport=transport)
    return Session(environment, Secret(token), LiveAgentClient(connection, clock), 1)


def test_every_figure_is_the_world_s(capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    demo = Demo(clock=clock)
    place = demo.environments[0]

    async def connect(environment: Environment, clock: Clock) -> Session:
        return session_of(environment, place.token, demo.transport(place.url, latency=(0.0, 0.0)), clock)

    parser = argparse.ArgumentParser()
    snapshot.add_parser(parser.add_subparsers())
    account = place.accounts[0].id
    trial = Environment("trial", place.url, accounts=(Account(account),))
    config = Config(environments=(trial,), refresh=Refresh(budget=1_000), targets=Targets(wait=300.0))
    args = parser.parse_args(["snapshot", "trial", "--format", "json"])
    assert snapshot.run(args, config, clock=clock, connect=connect) == 0
    (document,) = json.loads(capsys.readouterr().out)["accounts"]
    world = demo.world(place.url)
    truth = world.truth(account, world.by_token[place.token].id)
    assert document["as"]["role"] == "administrator"
    shown = {name: figure["value"] for name, figure in document["figures"].items()}
    known = {name: truth[slot] for name, slot in FIGURES.items() if slot in truth}
    assert len(known) > 10
    assert known.items() <= shown.items()
    assert None not in shown.values()
    loads = [agent["figures"]["open"]["value"] for agent in document["agents"]]
    assert len(loads) > 25, "more than one page"
    assert sum(loads) == shown["assigned"]


class Changing(httpx.AsyncBaseTransport):
    """The simulator's transport; the token's user gets its next role before some requests."""

    def __init__(self, inner: httpx.AsyncBaseTransport, world: World, account: int, at: list[int]) -> None:
        self.inner = inner
        self.world = world
        self.account = account
        self.at = at
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        for _ in range(self.at.count(self.asked)):
            role, inboxes = REACHES[sum(moment < self.asked for moment in self.at)]
            self.world.assign_role(self.account, ADMIN, role, inboxes)
        return await self.inner.handle_async_request(request)


def taken_with_changes(at: list[int]) -> tuple[AccountDocument, World, int]:
    """A snapshot during which the reach changes before these requests; its document and its world."""
    clock = ManualClock()
    demo = Demo(clock=clock)
    place = demo.environments[0]
    world, account = demo.world(place.url), place.accounts[0].id
    transport = Changing(demo.transport(place.url, latency=(0.0, 0.0)), world, account, at)

    async def run() -> AccountDocument:
        trial = Environment("trial", place.url)
        session = session_of(trial, place.token, transport, clock)
        config = Config(environments=(trial,), refresh=Refresh(budget=1_000))
        try:
            (taken,) = await take([Site(trial, session, (account,))], config, clock)
        finally:
            await session.close()
        return document(taken, Moment(clock.now(), clock.wall()))

    return asyncio.run(run()), world, transport.asked


def name_of(view: View) -> str:
    return Reach(tuple(sorted(view.member.roles)), tuple(view.inboxes)).name


def judged(name: str) -> bool:
    """Whether the world says what a figure is for one view: it counts, and is of now."""
    row = FIGURES[name].row
    return not (row.day or row.derived or row.is_time) or row.of_people or name == "assigned"


def judge(account_document: AccountDocument, world: World) -> None:
    """Every count that is told is that of the reach that is told; one reach has all of them."""
    account = account_document.account.id
    assert account is not None
    told = {
        name: figure.value
        for name, figure in account_document.figures.items()
        if figure.value is not None and judged(name)
    }
    counts = {name for name in told if not name.startswith("agents_")}
    if not counts:
        assert {failed.kind for failed in account_document.errors} & {"role_changed", "no_inbox"}
        assert all(team.open is None and team.unassigned is None for team in account_document.teams)
        return
    sights = world.sights(account, ADMIN, float("-inf"), world.moment())
    views = [sight.view for sight in sights if name_of(sight.view) == account_document.seen_as.reach]
    book = world.account(account).ledger
    assert any(told == {name: view.value(book, FIGURES[name]) for name in told} for view in views), told
    assert [failed for failed in account_document.errors if not failed.call.startswith("report of")] == []


@pytest.mark.parametrize("number", range(2, CALLS))
def test_a_role_that_changes_before_any_request_leaves_a_snapshot_of_one_reach(number: int) -> None:
    judge(*taken_with_changes([number])[:2])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(2, 3 * CALLS), min_size=2, max_size=len(REACHES), unique=True))
def test_however_often_the_role_changes_a_snapshot_mixes_no_two(numbers: list[int]) -> None:
    judge(*taken_with_changes(sorted(numbers))[:2])
