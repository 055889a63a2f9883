"""`report` by the real client: the simulator's day in every format, and no more asked than is missing."""

import argparse
import csv
import io
import json
from datetime import UTC
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.contract.test_service_of_the_simulator import ACCOUNT, EVERY, ORIGIN, TARGET, world_of
from tests.service_truth import in_truth
from tui.api.client import Connection, LiveAgentClient
from tui.clock import Clock, ManualClock
from tui.config.hours import parse_hours
from tui.config.model import Account, Config, Environment, Refresh, Service, Targets
from tui.monitor.service.figures import WHOLE
from tui.monitor.service.intervals import day_of
from tui.monitor.service.states import State
from tui.output import report
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import LIVE_AGENT, World

CONFIG = Config(
    targets=Targets(wait=300.0, service_level=80.0),
    environments=(Environment("trial", ORIGIN, timezone="UTC", accounts=(Account(ACCOUNT),)),),
)


class ReportDesk:
    """A world, and `report` asked of it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.world = world_of(self.clock, LIVE_AGENT, "administrator")
        app = App(self.world)
        self.transport: httpx.AsyncBaseTransport = SimulatorTransport(lambda _: app, self.clock)

    @property
    def asked(self) -> int:
        assert isinstance(self.transport, SimulatorTransport)
        return len(self.transport.requests)

    async def _connect(self, environment: Environment, clock: Clock) -> LiveAgentClient:
        connection = Connection(environment.url, Secret("token"), "trial", transport=self.transport)
        return LiveAgentClient(connection, clock)

    def report(self, *words: str, history: Path | None = None, config: Config = CONFIG) -> int:
        parser = argparse.ArgumentParser()
        report.add_parser(parser.add_subparsers())
        args = parser.parse_args(["report", "trial", *words])
        return report.run(args, config, clock=self.clock, connect=self._connect, history=history)


@pytest.fixture
def desk() -> ReportDesk:
    return ReportDesk()


# The budget of a host would have the clock moved by hand.
PLENTY = Config(targets=CONFIG.targets, environments=CONFIG.environments, refresh=Refresh(budget=300))


def truth_of(world: World) -> dict[str, int]:
    found = in_truth(world.account(ACCOUNT).ledger, EVERY, day_of(world.moment(), UTC).since, TARGET)[WHOLE]
    return {str(state): number for state, number in found.counts.items()}


def test_json_holds_every_term_and_the_truth(desk: ReportDesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.report("--format", "json", config=PLENTY) == 0
    printed = json.loads(capsys.readouterr().out)
    (account,) = printed["accounts"]
    service, truth = account["service"], truth_of(desk.world)
    assert printed["version"] == 1
    assert {name: service[name] for name in truth} == truth
    assert service["arrived"] == sum(truth.values())
    assert service["answered"] == service["in_target"] + service["late"]
    assert service["coverage"] == 1.0
    assert service["level_low"] <= service["level"] <= service["level_high"]
    for kind in ("teams", "inboxes", "intervals"):
        assert sum(row["service"]["arrived"] for row in account[kind]) == service["arrived"], kind
    decided = service["answered"] + service["closed_without_reply"] + service["queued_late"]
    assert service["level"] == pytest.approx(service["in_target"] / decided, abs=1e-4)


def test_csv_adds_up_for_each_kind_of_part(desk: ReportDesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.report("--format", "csv", config=PLENTY) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    truth = truth_of(desk.world)
    for scope in ("account", "team", "inbox"):
        mine = [row for row in rows if row["scope"] == scope]
        assert sum(int(row["offered"]) for row in mine) == sum(truth.values())
        assert sum(int(row["in_target"]) for row in mine) == truth[State.IN_TARGET]
        assert sum(int(row["closed_without_reply"]) for row in mine) == truth[State.CLOSED]
    assert all(row["start"].endswith("+00:00") for row in rows)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_words_tell_the_level_its_parts_and_its_goal(
    form: str, desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.report("--format", form, config=PLENTY) == 0
    told, truth = capsys.readouterr().out, truth_of(desk.world)
    assert f"({truth[State.IN_TARGET]} of " in told
    assert "within 5 min · goal 80 %" in told
    assert "so far" in told
    assert {"orders", "partners", "no team", "Inbox 2"} <= {
        word.strip() for line in told.splitlines() for word in line.replace("|", "  ").split("  ")
    }


def test_without_a_target_nothing_is_called_late(
    desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Config(environments=CONFIG.environments, refresh=PLENTY.refresh)
    assert desk.report("--format", "json", config=bare) == 0
    service = json.loads(capsys.readouterr().out)["accounts"][0]["service"]
    assert [service[name] for name in ("target_s", "in_target", "late", "queued_late", "level")] == [None] * 5
    assert service["answered"] > 100
    desk.report(config=bare)
    assert "no target" in capsys.readouterr().out


def test_a_second_report_asks_for_what_was_not_complete_alone(
    desk: ReportDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "history.sqlite3"
    assert desk.report("--format", "json", history=file, config=PLENTY) == 0
    before, first = capsys.readouterr().out, desk.asked
    assert desk.report("--format", "json", history=file, config=PLENTY) == 0
    after = capsys.readouterr().out
    kept = [json.loads(one)["accounts"][0] for one in (before, after)]
    for one in kept:
        one["service"].pop("as_of")
        for row in (*one["teams"], *one["inboxes"], *one["intervals"]):
            row["service"].pop("as_of")
    assert kept[0] == kept[1]
    assert desk.asked - first < first * 0.75


def rows_of(printed: str) -> list[dict[str, object]]:
    """The account, its parts and its intervals, without the moment of each."""
    account = json.loads(printed)["accounts"][0]
    rows = [account["service"]]
    rows += [row["service"] for kind in ("teams", "inboxes", "intervals") for row in account[kind]]
    return [{name: value for name, value in row.items() if name != "as_of"} for row in rows]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Targets(wait=300.0), Targets(wait=60.0)),
        (Targets(wait=60.0), Targets(wait=300.0)),
        (Targets(), Targets(wait=60.0)),
        (Targets(wait=60.0), Targets()),
    ],
)
def test_what_was_counted_by_another_target_counts_no_more(
    before: Targets, after: Targets, desk: ReportDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "history.sqlite3"
    first, second = (msgspec.structs.replace(PLENTY, targets=one) for one in (before, after))
    told = []
    for config, history in ((first, file), (second, file), (second, None)):
        assert desk.report("--format", "json", history=history, config=config) == 0
        told.append(rows_of(capsys.readouterr().out))
    assert told[1] == told[2] != told[0]


def test_what_was_counted_by_other_hours_counts_no_more(
    desk: ReportDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "history.sqlite3"
    closed = msgspec.structs.replace(PLENTY, service=Service(hours=parse_hours("12:00-12:30 mon-sun")))
    told = []
    for config, history in ((PLENTY, file), (closed, file), (closed, None)):
        assert desk.report("--format", "json", history=history, config=config) == 0
        told.append(rows_of(capsys.readouterr().out))
    assert told[1] == told[2] != told[0]


@pytest.mark.parametrize("day", ["2999-01-01", "someday", ""])
def test_a_day_that_has_not_begun_is_refused(
    day: str, desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.report("--day", day) == 2
    assert "is no day that has begun" in capsys.readouterr().err


def test_a_server_that_fails_leaves_the_report_incomplete(
    desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/conversations"):
                return httpx.Response(500, json={"error": "down"}, request=request)
            return await inner.handle_async_request(request)

    inner, desk.transport = desk.transport, Failing()
    assert desk.report("--format", "json", config=PLENTY) == 1
    account = json.loads(capsys.readouterr().out)["accounts"][0]
    assert account["problem"]
    assert account["service"]["arrived"] is None
    assert account["service"]["coverage"] is None

    assert desk.report("--format", "csv", config=PLENTY) == 1
    assert f"trial/{ACCOUNT}: {account['problem']}" in capsys.readouterr().err


@pytest.mark.parametrize("answered", [10, 12, 16, 20])
def test_an_interrupted_report_tells_of_a_stretch_all_there_is_or_nothing(
    answered: int, desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing(httpx.AsyncBaseTransport):
        left = answered

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/conversations"):
                self.left -= 1
                if self.left < 0:
                    return httpx.Response(500, json={"error": "down"}, request=request)
            return await inner.handle_async_request(request)

    def told() -> tuple[dict[str, dict[str, object]], object]:
        (account,) = json.loads(capsys.readouterr().out)["accounts"]
        by_start = {row["start"]: row["service"] for row in account["intervals"]}
        return by_start, account["service"]["level_30_min"]

    inner = desk.transport
    assert desk.report("--format", "json", config=PLENTY) == 0
    everything, last_half_hour = told()
    desk.transport = Failing()
    assert desk.report("--format", "json", config=PLENTY) == 1
    some, lately = told()
    assert len(some) < len(everything)
    for start, service in some.items():
        assert service["arrived"] == everything[start]["arrived"], start
    assert lately in (None, last_half_hour)
