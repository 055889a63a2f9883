"""The one-shot's options: which figures, a condition, again and again, from the history, as metrics."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests import snapshot_schema
from tests.unit.test_history import KEY, Recorder
from tests.unit.test_snapshot import CONFIG, TRIAL, FakeClient, session_of
from tui.api.call import Answer
from tui.api.errors import NotPermittedError, ServerError
from tui.api.models import PAGE, Agent, AgentLoad
from tui.clock import Clock, ManualClock
from tui.config.model import Config, Environment, Refresh
from tui.config.state import KnownAccount, KnownViewer, SavedState
from tui.identity import Measure, ScopeKind, account, agent, inbox, status, team
from tui.measures import IN_CONFIG, of
from tui.monitor.history.reach_periods import note
from tui.monitor.history.schema import connect
from tui.monitor.polling.session import Session
from tui.monitor.sources import sources_of
from tui.output import nagios, snapshot
from tui.output.document import FIGURES, Chosen, Moment, document
from tui.output.take import Site, take

RECORDED = Path(__file__).parent / "recorded" / "snapshot-0.1.0.json"


class Asked:
    """A run of the one-shot: what it asked, what it printed, its exit code."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str, **more: Any) -> None:
        parser = argparse.ArgumentParser()
        parser.add_argument("--config")
        snapshot.add_parser(parser.add_subparsers())
        self.clients: list[FakeClient] = []
        failing = more.pop("failing", None)
        clock = more.pop("clock", None) or ManualClock()
        config: Config = more.pop("config", CONFIG)

        async def open_session(environment: Environment, clock: Clock) -> Session:
            self.clients.append(FakeClient(clock, failing=failing))
            return session_of(self.clients[-1], environment)

        try:
            args = parser.parse_args(["snapshot", *arguments])
            self.code = snapshot.run(args, config, clock=clock, connect=open_session, **more)
        except SystemExit as ended:
            self.code = int(ended.code or 0)
        printed = capsys.readouterr()
        self.out, self.err = printed.out, printed.err

    @property
    def requests(self) -> int:
        return sum(client.asked.total() for client in self.clients)

    @property
    def account(self) -> dict[str, Any]:
        (account,) = json.loads(self.out)["accounts"]
        assert isinstance(account, dict)
        return account


@pytest.mark.parametrize("figure", ["unassigned", "open", "mine", "assigned", "pending", "abandoned"])
def test_one_count_costs_two_requests(figure: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", figure, "--format", "json")
    assert (asked.code, asked.requests) == (0, 2)
    assert list(asked.account["figures"]) == [figure]
    assert asked.account["teams"] == asked.account["inboxes"] == asked.account["agents"] == []


@pytest.mark.parametrize("measure", [measure for measure in IN_CONFIG if measure.is_of_account])
def test_every_figure_can_be_asked_for_by_name(measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", str(measure), "--format", "json")
    assert asked.code == 0
    assert asked.account["figures"][measure]["state"] == "live"
    assert sources_of(FIGURES[measure])


def test_figures_of_parts_are_named_with_the_part(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", "open, team:members,inbox:queued", "--format", "json")
    assert asked.code == 0
    assert list(asked.account["figures"]) == ["open"]
    assert [list(team["figures"]) for team in asked.account["teams"]] == [["members"], ["members"]]
    assert [list(inbox["figures"]) for inbox in asked.account["inboxes"]] == [["queued"]]


@pytest.mark.parametrize(
    ("measure", "told", "requests"),
    [
        ("open", [4, 0, None], ["loads"]),
        ("queued", [1, 0, None], ["loads"]),
        ("avg_first_response", [40, 80, 120], ["summary of 1", "summary of 2", "summary of 3"]),
        ("avg_resolution", [None] * 3, ["summary of 1", "summary of 2", "summary of 3"]),
        ("resolutions", [2] * 3, ["summary of 1", "summary of 2", "summary of 3"]),
    ],
)
def test_every_figure_of_agents_can_be_asked_for_by_name(
    measure: str, told: list[int | None], requests: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(capsys, "trial/1", "--figures", f"agent:{measure}", "--format", "json")
    people = [agent["figures"] for agent in asked.account["agents"]]
    assert [[*figures] for figures in people] == [[measure]] * 3
    assert [figures[measure]["value"] for figures in people] == told
    states = [figures[measure]["state"] for figures in people]
    assert states == ["unknown" if value is None else "live" for value in told]
    assert asked.code == int(None in told)
    assert {name.removeprefix("1 ") for name in asked.clients[0].asked if name.startswith("1 ")} - {
        "inboxes"
    } == {"agents", *requests}
    assert (asked.account["figures"], asked.account["teams"]) == ({}, [])


def test_the_figures_of_agents_are_those_the_table_gives_them() -> None:
    """As in the test above, so that a new one stands in it."""
    assert {*map(str, of(ScopeKind.AGENT))} == {
        "open", "queued", "avg_first_response", "avg_resolution", "resolutions",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [(), ("--figures", "agent:open,agent:resolutions")])
def test_without_agents_nothing_is_asked_of_them(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(capsys, "trial/1", "--no-agents", "--format", "json", *arguments)
    assert asked.account["agents"] == []
    assert not [call for call in asked.clients[0].asked if "loads" in call or "summary of" in call]


def test_what_is_refused_of_one_agent_is_asked_of_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    failing = {
        f"1 summary of {agent}": lambda: NotPermittedError("The role is too low.") for agent in (1, 2, 3)
    } | {"1 loads": lambda: NotPermittedError("The role is too low.")}
    more = ("--figures", "agent:open,agent:resolutions", "--format", "json")
    asked = Asked(capsys, "trial/1", *more, failing=failing)
    assert sum(asked.clients[0].asked[call] for call in failing) == 2
    told = [figure for agent in asked.account["agents"] for figure in agent["figures"].values()]
    assert [(figure["state"], figure["value"]) for figure in told] == [("not_permitted", None)] * 6
    assert [error["call"] for error in asked.account["errors"]] == ["report of agents", "report of agent 1"]
    assert asked.code == 1


class ManyAgents(FakeClient):
    """An account of many agents, whose loads come in pages."""

    people = 230

    async def agents_page(self, account_id: int, page: int = 1) -> Answer[tuple[Agent, ...]]:
        people = tuple(
            Agent(number, f"agent {number}", availability="online") for number in range(self.people)
        )
        return await self._answer("agents", people)

    async def agent_loads(self, account_id: int, page: int = 1) -> Answer[tuple[AgentLoad, ...]]:
        some = range(self.people)[(page - 1) * PAGE : page * PAGE]
        return await self._answer(
            "loads", tuple(AgentLoad(number, "", open=number, queued=0) for number in some)
        )


@pytest.mark.parametrize("people", [1, 25, 90, 101, 250, 1_001])
async def test_the_load_of_all_agents_is_read_page_by_page_within_the_budget(people: int) -> None:
    clock = ManualClock()
    client = ManyAgents(clock)
    client.people = people
    chosen = Chosen(agent=(Measure.OPEN,), agents=True, named=True)
    config = Config(refresh=Refresh(budget=20))
    asking = asyncio.create_task(take([Site(TRIAL, session_of(client), (1,))], config, clock, chosen=chosen))
    for minute in range(1, 6):
        await clock.advance(60.0 if minute > 1 else 1.0, settle=600)
        assert client.asked.total() <= 20 * minute
    (taken,) = asking.result()
    told = [row.figures["open"].value for row in document(taken, Moment(clock.now(), 0.0)).agents]
    assert told == [*range(people)]
    assert client.asked["loads"] <= people // PAGE + 2


def test_a_check_tells_of_agents_only_what_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--format", "nagios")
    assert "agent:" not in asked.out
    assert not asked.clients[0].asked["1 loads"]
    asked = Asked(capsys, "trial/1", "--format", "nagios", "--figures", "agent:open")
    assert "'agent:1:open'=4 'agent:2:open'=0 'agent:3:open'=U" in asked.out
    assert asked.code == nagios.UNKNOWN


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ("opne", 'did you mean "open"?'),
        ("members", "of each team"),
        ("team:mine", 'no figure "team:mine"'),
        ("floor:open", 'no figure "floor:open"'),
        ("agent:unassigned", 'no figure "agent:unassigned"'),
        ("account:open", 'no figure "account:open"'),
        ("", 'no figure ""'),
    ],
)
def test_a_wrong_figure_is_explained(figures: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", figures)
    assert (asked.code, asked.requests, asked.out) == (2, 0, "")
    assert said in asked.err


def test_without_agents_nobody_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--no-agents", "--format", "json")
    assert asked.account["agents"] == []
    assert asked.account["figures"]["agents_online"]["state"] == "live"
    assert asked.account["teams"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("unassigned > 1161", 3),
        ("unassigned > 1162", 0),
        ("unassigned > 5 and open < 5", 0),
        ("unassigned > 5 and snoozed > 5", 1),
        ("snoozed > 5", 1),
        ("longest > 10m", 0),
        ("data_age > 1m", 0),
        ("longest > 10", 2),
        ("nonsense", 2),
        ("members > 1", 2),
    ],
)
def test_a_condition_decides_the_exit_code(
    condition: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = {"1 snoozed": lambda: ServerError("It failed.", status=500)}
    asked = Asked(capsys, "trial/1", "--figures", "mine", "--fail-if", condition, failing=failing)
    assert asked.code == code
    assert code != 2 or (asked.requests == 0 and asked.err)


def test_what_a_condition_compares_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", "mine", "--fail-if", "pending > 5", "--format", "json")
    assert list(asked.account["figures"]) == ["mine", "pending"]


class Turns(ManualClock):
    """A clock whose sleeps pass at once, and which has the reader go after so many."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds

    async def sleep(self, seconds: float) -> None:
        self.rounds -= 1
        if not self.rounds:
            raise KeyboardInterrupt
        self.leap(seconds)


def test_watching_writes_a_line_of_json_a_round(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", "open", "--watch", "30", clock=Turns(3))
    lines = [json.loads(line) for line in asked.out.splitlines()]
    assert [line["version"] for line in lines] == [1, 1, 1]
    assert [line["accounts"][0]["taken_at"][-9:] for line in lines] == ["14:00:00Z", "14:00:30Z", "14:01:00Z"]
    assert asked.code == snapshot.INTERRUPTED
    assert len(asked.clients) == 1, "one session for all rounds"


def test_watching_ends_when_the_condition_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--figures", "open", "--watch", "30", "--fail-if", "open > 5")
    assert (asked.code, len(asked.out.splitlines())) == (3, 1)


@pytest.mark.parametrize("seconds", ["0", "-5", "nan", "inf", "4.9", "soon"])
def test_watching_leaves_the_server_time(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", f"--watch={seconds}")
    assert (asked.code, asked.requests) == (2, 0)


def test_watching_writes_nothing_but_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--watch", "30", "--format", "csv")
    assert (asked.code, asked.requests) == (2, 0)
    assert "leave --format out" in asked.err


def test_metrics_without_the_extra_are_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [module for module in sys.modules if module.partition(".")[0] == "prometheus_client"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    asked = Asked(capsys, "trial/1", "--format", "openmetrics")
    assert (asked.code, asked.requests, asked.out) == (2, 0, "")
    assert "'.[metrics]'" in asked.err
    assert len(asked.err.splitlines()) == 1


STATE = SavedState()
STATE.accounts["trial"] = (KnownAccount(1, "Support"),)
STATE.viewers["trial"] = KnownViewer(7, "Ada")


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, Recorder]:
    path = tmp_path / "history.sqlite3"
    recorder = Recorder(path)
    recorder.say({account(Measure.OPEN): 40, account(Measure.UNASSIGNED): 9, status("pending"): 4})
    recorder.clock.leap(600)
    recorder.say({account(Measure.OPEN): 41, team(3, Measure.OPEN): 5, agent(6, Measure.OPEN): 1})
    recorder.say({account(Measure.WAITING): 6, inbox(5, Measure.OPEN): 8}, at_least=True)
    recorder.history.close()
    wall = recorder.clock.wall()
    with connect(path) as connection:
        note(connection, KEY, "administrator", wall, wall)
    connection.close()
    return path, recorder


def of_history(
    capsys: pytest.CaptureFixture[str], kept: tuple[Path, Recorder], *arguments: str, later: float = 5.0
) -> Asked:
    path, recorder = kept
    clock = ManualClock(wall=recorder.clock.wall() + later)
    config = msgspec.structs.replace(CONFIG, environments=(Environment("trial", KEY.origin),))
    more = ("--from-history", "--format", "json", *arguments)
    return Asked(capsys, "trial", *more, history=path, state=STATE, config=config, clock=clock)


def test_what_was_recorded_last_is_told_with_its_age_and_no_request(
    history: tuple[Path, Recorder], capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in history[0].parent.iterdir())
    asked = of_history(capsys, history)
    assert asked.requests == 0
    account = asked.account
    assert account["account"] == {"id": 1, "name": "Support"}
    assert (account["reach"], account["as"]["name"]) == ("administrator", "Ada")
    assert account["figures"]["open"] == {
        "value": 41, "state": "live", "asked_at": "2026-11-22T14:10:00Z", "age_s": 5.0, "at_least": False,
    }  # fmt: skip
    assert account["figures"]["unassigned"]["state"] == "stale"
    assert account["figures"]["unassigned"]["age_s"] == 605.0
    assert account["figures"]["waiting"]["at_least"] is True
    assert account["figures"]["longest"]["state"] == "unknown"
    assert [team["id"] for team in account["teams"]] == [3]
    assert [inbox["figures"]["open"]["value"] for inbox in account["inboxes"]] == [8]
    assert account["agents"] == []
    assert sorted(path.name for path in history[0].parent.iterdir()) == before


def test_of_persons_the_history_has_nothing_to_tell(
    history: tuple[Path, Recorder], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = of_history(capsys, history, "--figures", "agent:open")
    assert (asked.code, asked.out) == (2, "")
    assert "nothing of persons" in asked.err


def test_a_clock_behind_the_samples_knows_nothing(
    history: tuple[Path, Recorder], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = of_history(capsys, history, "--figures", "open", later=-60.0)
    assert (asked.code, asked.account["figures"]["open"]["value"]) == (1, None)
    assert asked.account["figures"]["open"]["state"] == "unknown"


@pytest.mark.parametrize(("condition", "code"), [("open > 40", 3), ("open > 41", 0), ("unassigned > 1", 1)])
def test_a_condition_is_judged_on_what_was_recorded(
    history: tuple[Path, Recorder], condition: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert of_history(capsys, history, "--fail-if", condition).code == code


@pytest.mark.parametrize(("arguments", "code"), [((), 1), (("--fail-if", "open > 5"), 1)])
def test_an_environment_of_which_no_account_is_known_is_told_and_never_well(
    history: tuple[Path, Recorder],
    arguments: tuple[str, ...],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = {"history": history[0], "state": SavedState(), "config": CONFIG, "clock": history[1].clock}
    asked = Asked(capsys, "trial", "--from-history", "--format", "json", *arguments, **more)
    assert (asked.code, [error["kind"] for error in asked.account["errors"]]) == (code, ["not_recorded"])
    asked = Asked(capsys, "trial", "--from-history", "--format", "nagios", *arguments, **more)
    assert asked.code == nagios.UNKNOWN
    assert "holds nothing of this account" in asked.out


def test_the_history_is_read_beside_its_writer(
    history: tuple[Path, Recorder], capsys: pytest.CaptureFixture[str]
) -> None:
    writing = connect(history[0])
    writing.execute("BEGIN IMMEDIATE")
    try:
        assert of_history(capsys, history).account["figures"]["open"]["value"] == 41
    finally:
        writing.close()


def test_a_history_that_is_not_there_or_no_history_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.sqlite3"
    odd.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    for path, said in ((tmp_path / "none.sqlite3", "Nothing is recorded yet"), (odd, "can't be read")):
        asked = Asked(capsys, "trial", "--from-history", history=path, state=STATE, config=CONFIG)
        assert (asked.code, asked.out) == (2, "")
        assert said in asked.err
        assert len(asked.err.splitlines()) == 1


def test_the_schema_of_the_repository_is_that_of_what_is_written() -> None:
    assert snapshot_schema.FILE.read_text(encoding="utf-8") == snapshot_schema.schema(), (
        "python -m tests.snapshot_schema writes it"
    )


def paths_of(value: Any) -> set[tuple[str, ...]]:
    """Every path of names in a document, whatever the place in a list."""
    if isinstance(value, dict):
        return {(name, *rest) for name, inner in value.items() for rest in (paths_of(inner) or {()})}
    return {rest for inner in value for rest in paths_of(inner)} if isinstance(value, list) else set()


def test_what_the_version_before_told_of_an_account_is_where_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of each account; the list of accounts stands under `accounts` since there is a version."""
    (before,) = json.loads(RECORDED.read_text(encoding="utf-8"))
    now = Asked(capsys, "trial/1", "--format", "json").account
    assert paths_of(before) <= paths_of(now)
    for name, figure in before["figures"].items():
        assert figure["value"] == now["figures"][name]["value"]
    assert TRIAL.name == now["environment"]
