"""The one-shot: what it asks, what it prints, what it answers the shell."""

import argparse
import asyncio
import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tui.api.call import Answer, CallRecord
from tui.api.errors import BadTokenError, LiveAgentError, NotPermittedError, ServerError
from tui.api.models import (
    Agent,
    AgentLoad,
    ConversationCounts,
    ConversationPage,
    Inbox,
    Profile,
    ProfileAccount,
    Summary,
    Team,
)
from tui.clock import Clock, ManualClock
from tui.config.model import Account, Config, Display, Environment, Privacy, Refresh, Targets
from tui.config.secrets import TokenError
from tui.identity import AccountRef, Measure, account
from tui.monitor.polling.session import Session
from tui.monitor.reading import State
from tui.output import document as document_module
from tui.output import snapshot
from tui.output.document import Moment, complete, document, reach_of
from tui.output.take import IN_FLIGHT, Site
from tui.output.take import take as take_sites
from tui.redact import Secret

TRIAL = Environment("trial", "https://trial.example")
EU = Environment("eu", "https://eu.example", accounts=(Account(2, "Sales EU"),))
CONFIG = Config(refresh=Refresh(budget=600), targets=Targets(wait=300.0), environments=(TRIAL,))
BOTH = msgspec.structs.replace(CONFIG, environments=(TRIAL, EU))
FIGURES = [*document_module.FIGURES]
UNKNOWN = {"value": None, "state": "unknown", "asked_at": None, "age_s": None, "at_least": False}
OF_TEAMS = [*document_module.EVERYTHING.team]
OF_INBOXES = [*document_module.EVERYTHING.inbox]
OF_AGENTS = [*document_module.EVERYTHING.agent]


class FakeClient:
    """A server of two accounts whose calls take no time, or what the test says."""

    def __init__(
        self, clock: Clock, *, failing: dict[str, Callable[[], LiveAgentError]] | None = None
    ) -> None:
        self.clock = clock
        self.failing = failing or {}
        self.asked: Counter[str] = Counter()
        self.at_once = 0
        self.most_at_once = 0
        self.closed = False
        self.team_ids: tuple[int, ...] = (3, 4)
        self.inbox_ids: tuple[int, ...] = (5,)
        self.lost = 0
        self.third: str | None = "offline"
        self.second = "active"
        self.last_at = 0.0

    async def _answer(self, name: str, value: Any, lost: int = 0) -> Answer[Any]:
        self.asked[name] += 1
        self.last_at = self.clock.now()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        asked_at, asked_wall = self.clock.now(), self.clock.wall()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.at_once -= 1
        for part, make in self.failing.items():
            if name == part:
                raise make()
        return Answer(value, CallRecord("GET", f"/{name}", asked_at, asked_wall, self.clock.now(), 200), lost)

    async def profile(self) -> Answer[Profile]:
        accounts = (
            ProfileAccount(1, "Support", "active", ("administrator",)),
            ProfileAccount(2, "=Sales", self.second),
        )
        return await self._answer("profile", Profile(7, "Ada Admin", "Ada", "ada@x.example", accounts))

    async def counts(
        self,
        account_id: int,
        *,
        status: str | None = None,
        team_id: int | None = None,
        inbox_id: int | None = None,
        conversation_type: str | None = None,
    ) -> Answer[ConversationCounts]:
        part = f"inbox {inbox_id}" if inbox_id else conversation_type
        name = f"{account_id} {status or team_id or part or 'counts'}"
        told = ConversationCounts(mine=1, assigned=99, unassigned=1162, all=1261)
        if conversation_type:
            told = ConversationCounts(all=400)
        return await self._answer(
            name, told if self.inbox_ids or account_id == 1 else ConversationCounts(0, 0, 0, 0)
        )

    async def agents_page(self, account_id: int, page: int = 1) -> Answer[tuple[Agent, ...]]:
        people = (
            Agent(1, "Ada Admin", availability="online"),
            Agent(2, "Chloé 北京", availability="lunch"),
            Agent(3, "-1+1", availability=self.third),
        )
        return await self._answer(f"{account_id} agents", people, self.lost)

    async def team_members_page(
        self, account_id: int, team_id: int, page: int = 1
    ) -> Answer[tuple[Agent, ...]]:
        return await self._answer(f"{account_id} members {team_id}", (Agent(1, "Ada Admin"),))

    async def conversations(self, account_id: int, **_: Any) -> Answer[ConversationPage]:
        return await self._answer(f"{account_id} longest", ConversationPage(ConversationCounts(all=0), ()))

    async def agent_loads(self, account_id: int, page: int = 1) -> Answer[tuple[AgentLoad, ...]]:
        loads = (AgentLoad(1, "Ada Admin", open=4, queued=1), AgentLoad(2, "Chloé 北京", open=0, queued=0))
        return await self._answer(f"{account_id} loads", loads)

    async def summary(
        self, account_id: int, *, type: str = "account", id: int | None = None, **_: Any
    ) -> Answer[Summary]:
        if type == "agent":
            return await self._answer(f"{account_id} summary of {id}", Summary(3, 40.0 * (id or 0), 0.0, 2))
        told = Summary(12, 60.0, 600.0, 7) if account_id == 1 or self.inbox_ids else Summary(0, 0.0, 0.0, 0)
        return await self._answer(f"{account_id} summary", told)

    async def teams(self, account_id: int) -> Answer[tuple[Team, ...]]:
        return await self._answer(
            f"{account_id} teams", tuple(Team(number, f"team {number}") for number in self.team_ids)
        )

    async def inboxes(self, account_id: int) -> Answer[tuple[Inbox, ...]]:
        return await self._answer(
            f"{account_id} inboxes", tuple(Inbox(number, f"inbox {number}") for number in self.inbox_ids)
        )

    async def aclose(self) -> None:
        self.closed = True


def session_of(client: Any, environment: Environment = TRIAL) -> Session:
    return Session(environment, Secret("a-token-of-length"), client, 1)


async def take(
    client: Any, accounts: tuple[int, ...], clock: Clock, budget: int = 600
) -> list[document_module.Taken]:
    config = Config(refresh=Refresh(budget=budget), targets=Targets(wait=300.0))
    return await take_sites([Site(TRIAL, session_of(client), accounts)], config, clock)


def run(
    *arguments: str,
    config: Config | None = None,
    last: AccountRef | None = None,
    failing: dict[str, Callable[[], LiveAgentError]] | None = None,
    refuse: tuple[str, ...] = (),
) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    snapshot.add_parser(parser.add_subparsers())
    clock = ManualClock()

    async def connect(environment: Environment, clock: Clock) -> Session:
        if environment.name in refuse:
            raise TokenError(f"LIVEAGENT_TOKEN of {environment.name} is not set.")
        return session_of(FakeClient(clock, failing=failing), environment)

    args = parser.parse_args(["snapshot", *arguments])
    return snapshot.run(args, config or CONFIG, last=last, clock=clock, connect=connect)


def test_json_is_as_agreed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("trial/1", "--format", "json") == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    (document,) = json.loads(printed.out)["accounts"]
    assert list(document) == [
        "environment",
        "account",
        "as",
        "reach",
        "taken_at",
        "figures",
        "service",
        "teams",
        "inboxes",
        "agents",
        "errors",
    ]
    assert document["environment"] == "trial"
    assert document["account"] == {"id": 1, "name": "Support"}
    assert document["as"] == {
        "name": "Ada",
        "role": "administrator",
        "reach": "administrator",
    }
    assert document["taken_at"] == "2026-11-22T14:00:00Z"
    assert list(document["figures"]) == FIGURES
    assert document["figures"]["unassigned"] == {
        "value": 1162,
        "state": "live",
        "asked_at": "2026-11-22T14:00:00Z",
        "age_s": 0.0,
        "at_least": False,
    }
    assert document["figures"]["agents_online"]["value"] == 1
    first = document["teams"][0]
    assert [first[name] for name in ("id", "name", "open", "unassigned")] == [3, "team 3", 1261, 1162]
    assert list(first["figures"]) == OF_TEAMS
    assert first["figures"]["members_online"]["value"] == 1
    assert list(document["inboxes"][0]["figures"]) == OF_INBOXES
    second = document["agents"][1]
    assert [second[name] for name in ("id", "name", "availability")] == [2, "Chloé 北京", "lunch"]
    assert [*second["figures"]] == OF_AGENTS == ["open", "queued"]
    assert second["figures"]["open"] == {**document["figures"]["unassigned"], "value": 0}
    assert document["agents"][2]["figures"]["open"]["value"] is None, "the report does not tell of that one"
    assert document["errors"] == []


def test_failed_call_leaves_its_figures_unknown_and_the_rest_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing: dict[str, Callable[[], LiveAgentError]] = {
        "1 agents": lambda: ServerError("The server failed (500).", status=500),
        "1 snoozed": lambda: NotPermittedError("The role is too low."),
        "1 4": lambda: ServerError("The server failed (502).", status=502),
    }
    assert run("trial/1", "--format", "json", failing=failing) == 1
    (document,) = json.loads(capsys.readouterr().out)["accounts"]
    assert document["figures"]["agents_online"] == UNKNOWN
    assert document["figures"]["snoozed"] == {**UNKNOWN, "state": "not_permitted"}
    assert document["figures"]["open"]["state"] == "live"
    assert document["agents"] == []
    fourth = document["teams"][1]
    assert [fourth[name] for name in ("id", "name", "open", "unassigned")] == [4, "team 4", None, None]
    assert {(error["call"], error["kind"]) for error in document["errors"]} == {
        ("agents", "server"),
        ("counts of snoozed", "role"),
        ("counts of team 4", "server"),
    }
    assert "The server failed (500)." in {error["message"] for error in document["errors"]}


def test_a_dead_token_is_asked_with_once(capsys: pytest.CaptureFixture[str]) -> None:
    clients: list[FakeClient] = []
    failing = {"profile": lambda: BadTokenError("The server did not accept the token.")}

    async def ask() -> list[Any]:
        clock = ManualClock()
        clients.append(FakeClient(clock, failing=failing))  # type: ignore[arg-type]
        return await take(clients[0], (1, 2), clock)

    taken = asyncio.run(ask())
    assert clients[0].asked == {"profile": 1}
    assert [account.failures[0].kind for account in taken] == ["bad_token", "bad_token"]
    assert run("trial", "--format", "json", failing=failing) == 1  # type: ignore[arg-type]
    (document,) = json.loads(capsys.readouterr().out)["accounts"]
    assert document["account"] == {"id": None, "name": None}


async def test_at_most_four_calls_a_host_and_the_budget_holds() -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    client.team_ids = tuple(range(1, 31))
    asking = asyncio.create_task(take(client, (1, 2), clock, budget=40))
    await clock.advance(1, settle=400)
    assert client.asked.total() == 40
    for _ in range(4):
        await clock.advance(60, settle=400)
    taken = asking.result()
    once = 3 + 4 + 1 + 1 + 2 + 2 * 30 + 1 + 1 + 1
    assert client.asked.total() == 1 + 2 * (once + 1) + 1, "one token is an administrator's"
    assert client.most_at_once <= IN_FLIGHT
    assert all(not account.failures for account in taken)


@pytest.mark.parametrize("teams", range(30, 38))
async def test_what_confirms_the_headline_never_waits_for_the_budget_after_it(teams: int) -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    client.team_ids = tuple(range(1, teams + 1))
    asking = asyncio.create_task(take(client, (2,), clock, budget=40))
    for _ in range(6):
        await clock.advance(61, settle=400)
    (taken,) = asking.result()
    assert client.asked["profile"] == client.asked["2 inboxes"] == 2
    answered = taken.snapshot.reading(account(Measure.UNASSIGNED)).answered_at
    assert client.last_at - answered < 1.0


async def test_the_headline_is_asked_last_and_by_whom_it_is_seen_is_told() -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    whole, part = await take(client, (1, 2), clock)
    asked = list(client.asked)
    last = [name for name in asked if name.startswith("1 ")][-2:]
    assert last == ["1 counts", "1 unattended"], "whether that filter is heeded, the counts tell"
    assert [reach_of(taken.snapshot) for taken in (whole, part)] == [
        "administrator",
        "role not told, 1 inbox",
    ]
    assert whole.snapshot.key.reach != part.snapshot.key.reach


async def test_noughts_of_somebody_in_no_inbox_are_told_for_what_they_are() -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    client.inbox_ids = ()
    (taken,) = await take(client, (2,), clock)
    assert [failed.kind for failed in taken.failures] == ["no_inbox"]
    told = document(taken, Moment(clock.now(), clock.wall())).figures
    live = {name for name, figure in told.items() if figure.state == "live"}
    assert live
    assert all(name.startswith("agents_") for name in live)
    assert all(told[name].value is None for name in told if name not in live)
    assert not complete(taken, Moment(clock.now(), clock.wall()))


async def test_what_could_not_be_read_is_told() -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    client.lost = 2
    (taken,) = await take(client, (1,), clock)
    assert [(failed.call, failed.kind) for failed in taken.failures] == [("agents", "lost")]
    online = taken.snapshot.reading(account(Measure.AGENTS_ONLINE))
    assert (online.value, online.at_least) == (1, True), "those two may be online"


async def test_agents_whose_availability_is_not_told_leave_the_totals_at_least() -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    client.third = None
    (taken,) = await take(client, (1,), clock)
    online = taken.snapshot.reading(account(Measure.AGENTS_ONLINE))
    assert (online.value, online.at_least) == (1, True)
    busy = taken.snapshot.reading(account(Measure.AGENTS_BUSY))
    assert busy.state(clock.now()) is State.UNKNOWN, "that one may be busy"


@pytest.mark.parametrize(("number", "kind"), [(2, "suspended"), (9, "not_a_member")])
async def test_an_account_that_nobody_may_ask_says_why_in_every_round(number: int, kind: str) -> None:
    clock = ManualClock()
    client = FakeClient(clock)
    client.second = "suspended"
    sites = [Site(TRIAL, session_of(client), (1, number))]
    for rounds in (1, 2):
        _, taken = await take_sites(sites, CONFIG, clock)
        (failure,) = taken.failures
        problem = taken.snapshot.problem
        assert problem is not None
        assert (failure.call, failure.kind, failure.message) == ("profile", kind, str(problem.error))
        assert (problem.error.kind, problem.at) == (kind, clock.now())
        assert client.asked["profile"] == 2 * rounds, "as account 1 is asked, whose the token is, and again"
        assert not [name for name in client.asked if name.startswith(f"{number} ")]
        await clock.advance(60.0)


def test_all_accounts_of_all_environments(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--all", "--format", "json", config=BOTH) == 0
    documents = json.loads(capsys.readouterr().out)["accounts"]
    assert [
        (reported["environment"], reported["account"]["id"], reported["account"]["name"])
        for reported in documents
    ] == [
        ("trial", 1, "Support"),
        ("trial", 2, "=Sales"),
        ("eu", 2, "Sales EU"),
    ]


def test_one_missing_token_does_not_hide_the_other_environments(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            "--all",
            "--format",
            "json",
            config=BOTH,
            refuse=("eu",),
        )
        == 1
    )
    documents = json.loads(capsys.readouterr().out)["accounts"]
    assert documents[2]["errors"][0]["kind"] == "no_token"
    assert documents[0]["figures"]["open"]["value"] == 1261


def test_csv_has_one_row_a_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("trial/2", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["figure"] for row in rows] == [
        *FIGURES,
        *(f"team:{team}:{measure}" for team in (3, 4) for measure in OF_TEAMS),
        *(f"inbox:5:{measure}" for measure in OF_INBOXES),
        *(f"agent:{agent}:{measure}" for agent in (1, 2, 3) for measure in OF_AGENTS),
        *(f"agent:{agent}:availability" for agent in (1, 2, 3)),
    ]
    first = rows[0]
    assert (first["environment"], first["account_id"], first["value"], first["state"], first["asked_at"]) == (
        "trial",
        "2",
        "1162",
        "live",
        "2026-11-22T14:00:00Z",
    )
    assert (rows[-1]["value"], rows[-1]["state"]) == ("offline", "live")


def test_csv_holds_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    run("trial/2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["account"] == "'=Sales"
    assert rows[-1]["name"] == "'-1+1"


def test_table_is_plain_and_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    failing = {"1 pending": lambda: ServerError("The server failed (500).", status=500)}
    assert run("trial/1", failing=failing) == 1  # type: ignore[arg-type]
    text = capsys.readouterr().out
    assert "\x1b" not in text
    lines = text.splitlines()
    assert lines[0] == "trial/1 Support  ·  as Ada, administrator  ·  2026-11-22T14:00:00Z"
    assert next(line for line in lines if line.startswith("unassigned")).replace("\u202f", " ").split() == [
        "unassigned",
        "1",
        "162",
        "live",
        "0",
        "s",
    ]
    assert next(line for line in lines if line.startswith("pending")).split() == [
        "pending",
        "—",
        "unknown",
        "—",
    ]
    assert lines[-1] == "counts of pending: The server failed (500)."
    ends = {
        line.index(state) for line in lines[2:27] for state in ("state", "live", "unknown") if state in line
    }
    assert len(ends) == 1


def test_agents_names_are_hidden_where_the_config_says_always(capsys: pytest.CaptureFixture[str]) -> None:
    config = msgspec.structs.replace(CONFIG, display=Display(privacy=Privacy(agents="always")))
    run("trial/1", "--format", "json", config=config)
    (document,) = json.loads(capsys.readouterr().out)["accounts"]
    assert [agent["name"] for agent in document["agents"]] == ["agent 1", "agent 2", "agent 3"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], 'no environment "nowhere"; there are trial'),
        (["trial/1abc"], '"1abc" is not an account id'),
        (["trial/0"], "is not an account id"),
        (["trial", "--all"], "not both"),
    ],
)
def test_wrong_arguments_say_what_is_right(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_without_a_token_nothing_is_printed_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(refuse=("trial",)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "is not set" in printed.err


def test_without_a_target_it_is_the_start_then_the_last_account() -> None:
    config = msgspec.structs.replace(CONFIG, environments=(TRIAL, EU))
    last = AccountRef("eu", 5)
    assert snapshot.choose(config, None, last, everything=False)[0].accounts == (5,)
    started = Config(start="trial/9", environments=(TRIAL, EU))
    assert snapshot.choose(started, None, last, everything=False)[0].accounts == (9,)
    with pytest.raises(snapshot.UnusableError, match="trial, eu"):
        snapshot.choose(config, None, None, everything=False)
    with pytest.raises(snapshot.UnusableError, match="config add"):
        snapshot.choose(Config(), None, None, everything=False)


def test_closed_pipe_is_no_traceback() -> None:
    script = "from tui.output.stdout import emit\nwhile emit('x' * 100_000): pass"
    done = subprocess.run(
        f'"{sys.executable}" -c "{script}" | head -c 10',
        shell=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == b"xxxxxxxxxx"
    assert done.stderr == b""


def test_screen_libraries_are_not_imported(tmp_path: Path) -> None:
    script = (
        "import sys, tui.output.snapshot, tui.output.history_commands, tui.monitor.alerts.engine, tui.log\n"
        "print([name for name in ('textual', 'rich', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
