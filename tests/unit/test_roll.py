"""People listed page by page: no call too many, nobody forgotten without a word, and inside the budget."""

import json
import math
import random
from typing import Any

import httpx
import pytest

from tests.unit.test_monitor_filing import REF, Desk
from tui.api.call import Answer, CallRecord
from tui.api.errors import ServerError
from tui.api.models import Agent, Team
from tui.api.people_pages import MOST_PAGES, MOST_PEOPLE, PeoplePages
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, TokenSource
from tui.config.state import StateStore
from tui.identity import Measure, account, team
from tui.monitor.calls import Ask, What
from tui.monitor.monitor import Monitor
from tui.monitor.reading import Problem, State
from tui.redact import Secret


def page(first: int, rows: int, *, lost: int = 0, total: int | None = None) -> Answer[tuple[Agent, ...]]:
    people = tuple(
        Agent(number, f"A{number}", availability="online") for number in range(first, first + rows)
    )
    call = CallRecord("GET", "/agents", 1_000.0, 5_000.0, 1_000.1, status=200)
    return Answer(people, call, lost, paged=True, total=total)


def read(*pages: Answer[tuple[Agent, ...]], alone: float = 0) -> PeoplePages:
    roll = PeoplePages(alone)
    more = [roll.add(answer) for answer in pages]
    assert more == [True] * (len(pages) - 1) + [False]
    return roll


def test_a_bare_list_is_one_page() -> None:
    call = CallRecord("GET", "/agents", 1_000.0, 5_000.0, 1_000.1, status=200)
    assert not PeoplePages().add(Answer((Agent(1, "Ada"),) * 25, call))


def test_a_short_page_is_the_last_and_so_is_what_is_counted() -> None:
    assert len(read(page(1, 25), page(26, 25), page(51, 3)).result().value) == 53
    assert len(read(page(1, 25, total=50), page(26, 25, total=50)).result().value) == 50
    assert len(read(page(1, 12, total=12)).result().value) == 12


@pytest.mark.parametrize("second", [page(1, 25, total=162), page(26, 0, total=162)])
def test_those_whom_the_server_counts_and_lists_on_no_page_are_lost(
    second: Answer[tuple[Agent, ...]],
) -> None:
    listed = read(page(1, 25, total=162), second).result()
    assert (len(listed.value), listed.lost) == (25, 137)


@pytest.mark.parametrize(
    ("second", "alone", "later"),
    [
        (page(1, 0), 12, False),
        (page(1, 12), math.inf, False),
    ],
)
def test_a_list_on_one_page_costs_one_call_once_that_is_known(
    second: Answer[tuple[Agent, ...]], alone: float, later: bool
) -> None:
    roll = read(page(1, 12), second)
    assert (len(roll.result().value), roll.alone) == (12, alone)
    assert PeoplePages(roll.alone).add(page(1, 12)) is later
    assert PeoplePages(roll.alone).add(page(1, 9)) is later


def test_a_full_page_is_no_evidence_that_there_is_no_other() -> None:
    roll = read(page(1, 25), page(1, 0))
    assert PeoplePages(roll.alone).add(page(1, 25))
    assert PeoplePages(roll.alone).add(page(1, 26))


def test_what_lies_past_the_bound_is_lost() -> None:
    pages = [page(1 + 25 * number, 25) for number in range(MOST_PAGES)]
    assert read(*pages).result().lost == 1
    counted = [page(1 + 25 * number, 25, total=3_000) for number in range(MOST_PAGES)]
    assert read(*counted).result().lost == 3_000 - 25 * MOST_PAGES


def test_a_server_without_end_fills_no_memory() -> None:
    roll = read(page(1, MOST_PEOPLE // 2), page(1 + MOST_PEOPLE // 2, MOST_PEOPLE // 2))
    assert (len(roll.result().value), roll.result().lost) == (MOST_PEOPLE, 1)


def test_rows_that_can_not_be_read_are_counted_on_every_page() -> None:
    assert read(page(1, 24, lost=1), page(26, 23, lost=2), page(51, 1, lost=1)).result().lost == 4
    assert read(page(1, 25), page(26, 0, lost=25)).result().lost == 25
    assert read(page(1, 24, lost=1), page(1, 24, lost=1)).result().lost == 1, "the same page again"


def test_a_page_is_of_the_ask_that_is_repeated() -> None:
    for first in (Ask("trial", 3, 1, What.AGENTS), Ask("trial", 3, 1, What.TEAM_MEMBERS, 4)):
        third = first.at_page(2).at_page(3)
        assert (first.page, third.page, third.first) == (1, 3, first)
        assert third.number == first.number


class Paged(Desk):
    """A desk at which answers come with what they are pages of."""

    def take(
        self, answer: Answer[tuple[Agent, ...]], what: What = What.AGENTS, number: int = 0, page: int = 1
    ) -> Any:
        ask = Ask("trial", 3, 1, what, number, page=page)
        return self.filing.answered(self.session, ask, answer, 60.0)


def test_agents_are_counted_when_all_their_pages_have_come() -> None:
    desk = Paged()
    first = desk.take(page(1, 25))
    assert [(ask.what, ask.page) for ask in first.follow] == [(What.AGENTS, 2)]
    assert account(Measure.AGENTS_ONLINE) not in desk.store.readings(desk.session.key(1))
    desk.take(page(26, 4), page=2)
    assert desk.value(Measure.AGENTS_ONLINE) == 29
    assert desk.filing.view(REF).agent_pages == 2


def test_a_list_that_takes_longer_than_its_period_is_still_read_to_its_end() -> None:
    desk = Paged()
    desk.clock.leap(1_000.1 - desk.clock.now())
    desk.take(page(1, 25))
    assert desk.take(page(1, 25)).follow == (), "its period is over, its reading is not"
    desk.take(page(26, 25), page=2)
    desk.take(page(51, 1), page=3)
    assert desk.value(Measure.AGENTS_ONLINE) == 51


def test_a_page_that_fails_ends_the_reading_and_the_next_begins_anew() -> None:
    desk = Paged()
    desk.take(page(1, 25))
    failed = Problem(ServerError("It failed.", status=500), desk.clock.now())
    desk.filing.failed(desk.session, Ask("trial", 3, 1, What.AGENTS, page=2), failed)
    assert desk.state_of(Measure.AGENTS_ONLINE) is State.UNKNOWN
    assert desk.take(page(26, 25), page=2).follow == ()
    assert desk.take(page(1, 25)).follow
    desk.take(page(26, 1), page=2)
    assert desk.value(Measure.AGENTS_ONLINE) == 26


def test_all_pages_of_a_teams_members_are_read() -> None:
    desk = Paged()
    desk.answer(What.TEAMS, (Team(4, "billing"),))
    (more,) = desk.take(page(1, 25), What.TEAM_MEMBERS, 4).follow
    assert (more.number, more.page) == (4, 2)
    desk.take(page(26, 2), What.TEAM_MEMBERS, more.number, more.page)
    assert desk.store.readings(desk.session.key(1))[team(4, Measure.MEMBERS)].value == 27


async def test_two_thousand_agents_are_read_inside_the_budget() -> None:
    """By a server that wraps its lists and hands them out 25 at a time."""
    clock, left = ManualClock(), list[tuple[float, str]]()
    people = [
        {"id": number, "name": f"A{number}", "availability_status": "online"} for number in range(1, 2_001)
    ]

    def reply(request: httpx.Request) -> httpx.Response:
        left.append((clock.now(), request.url.path))
        number = int(request.url.params.get("page", "1"))
        bodies: dict[str, Any] = {
            "/agents": {"payload": people[25 * (number - 1) : 25 * number]},
            "/profile": {"id": 1, "name": "Ada", "accounts": [{"id": 1, "name": "One", "status": "active"}]},
            "/meta": {"meta": {"all_count": 5, "unassigned_count": 2}},
            "/conversations": {"data": {"meta": {"all_count": 0}, "payload": []}},
            "/cache_keys": {"cache_keys": {"label": "1", "inbox": "1", "team": "1"}},
            "/summary": {"conversations_count": 0, "previous": {"conversations_count": 0}},
        }
        body: Any = next((body for path, body in bodies.items() if request.url.path.endswith(path)), [])
        return httpx.Response(200, content=json.dumps(body).encode())

    environment = Environment(
        "trial",
        "http://desk.example",
        token=TokenSource(held=Secret("0123456789abcdef")),
        accounts=(Account(1),),
    )
    monitor = Monitor(
        Config(environments=(environment,), refresh=Refresh(budget=60)),
        clock,
        random.Random(1),
        state=StateStore(None),
        transport_for=lambda _: httpx.MockTransport(reply),
    )
    await monitor.start()
    monitor.look_at(REF)
    try:
        online, counts = account(Measure.AGENTS_ONLINE), account(Measure.UNASSIGNED)
        stale = 0
        for _ in range(600):
            await clock.advance(1.0)
            now, shown = clock.now(), monitor.snapshot(REF)
            stale += shown.reading(counts).state(now) is State.STALE
            if shown.reading(online).value is not None:
                break
        reading = monitor.snapshot(REF).reading(online)
        assert (reading.value, reading.at_least, reading.state(clock.now())) == (2_000, False, State.LIVE)
        assert not stale, "the counts are not kept waiting"
        for end in range(60, int(clock.now() - left[0][0]) + 60, 10):
            window = [at for at, _ in left if left[0][0] + end - 60 <= at < left[0][0] + end]
            assert len(window) <= 60
    finally:
        await monitor.stop()
