"""`report` by the real client: the simulator's day in every format, and no more asked than is missing."""

import argparse
import csv
import io
import json
import re
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import msgspec
import pytest

from tests.contract.test_service_of_the_simulator import ACCOUNT, EVERY, ORIGIN, TARGET, world_of
from tests.service_truth import in_truth
from tui.api.client import Connection, LiveAgentClient
from tui.clock import Clock, ManualClock
from tui.config.hours import parse_hours
from tui.config.model import Account, Config, Environment, Refresh, Service, Targets
from tui.identity import AccountKey, Reach
from tui.monitor.history.figure_rows import cells_of, number_for
from tui.monitor.history.schema import connect
from tui.monitor.service.figures import WHOLE
from tui.monitor.service.intervals import day_of
from tui.monitor.service.states import OF_BOTS, CountedAs
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
    tally = in_truth(world.account(ACCOUNT).ledger, EVERY, day_of(world.moment(), UTC).since, TARGET)[WHOLE]
    return {str(state): number for state, number in tally.counts.items()}


def test_json_holds_every_term_and_the_truth(desk: ReportDesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.report("--format", "json", config=PLENTY) == 0
    printed = json.loads(capsys.readouterr().out)
    (account,) = printed["accounts"]
    service, truth = account["service"], truth_of(desk.world)
    assert printed["version"] == 1
    assert {name: service.get(name, 0) for name in truth} == truth
    assert not {str(state) for state in OF_BOTS} & service.keys(), "no inbox is bot first"
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
        assert sum(int(row["in_target"]) for row in mine) == truth[CountedAs.IN_TARGET]
        assert sum(int(row["closed_without_reply"]) for row in mine) == truth[CountedAs.CLOSED]
    assert all(row["start"].endswith("+00:00") for row in rows)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_words_tell_the_level_its_parts_and_its_goal(
    form: str, desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.report("--format", form, config=PLENTY) == 0
    told, truth = capsys.readouterr().out, truth_of(desk.world)
    assert f"({truth[CountedAs.IN_TARGET]} of " in told
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
    kept = [json.loads(text)["accounts"][0] for text in (before, after)]
    for counted in kept:
        counted["service"].pop("as_of")
        for row in (*counted["teams"], *counted["inboxes"], *counted["intervals"]):
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
    first, second = (msgspec.structs.replace(PLENTY, targets=targets) for targets in (before, after))
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


def account_of(printed: str) -> dict[str, Any]:
    """The one account of a report."""
    (account,) = json.loads(printed)["accounts"]
    assert isinstance(account, dict)
    return account


# Seven days are looked through at once.
WEEK = msgspec.structs.replace(PLENTY, refresh=Refresh(budget=3_000))


def test_a_week_holds_its_days_and_adds_them_up(desk: ReportDesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.report("--format", "json", config=WEEK) == 0
    today = account_of(capsys.readouterr().out)
    assert desk.report("--week", "--format", "json", config=WEEK) == 0
    week = account_of(capsys.readouterr().out)
    assert week["days"][-1]["service"] == today["service"] | {"level_30_min": None}
    assert week["days"][-1]["day"] == today["day"]
    assert len(week["days"]) == 1 + date.fromisoformat(today["day"]).weekday()
    for name in ("arrived", "answered", "closed_without_reply", "queued_late"):
        assert week["service"][name] == sum(row["service"][name] for row in week["days"])
    for kind in ("teams", "inboxes", "intervals"):
        assert sum(row["service"]["arrived"] for row in week[kind]) == week["service"]["arrived"], kind


def test_earlier_days_are_compared_where_they_are_kept_or_wanted(
    desk: ReportDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "history.sqlite3"

    def compared(*words: str) -> tuple[list[object], int]:
        before = desk.asked
        assert desk.report("--format", "json", *words, history=file, config=WEEK) == 0
        rows = account_of(capsys.readouterr().out)["compared"]
        return [row["service"]["arrived"] for row in rows], desk.asked - before

    alone, _ = compared()
    assert [comparison is None for comparison in alone] == [False, True, True]
    read, asked = compared("--compare")
    assert None not in read
    kept, again = compared("--compare")
    assert kept == read
    assert again < asked / 2
    assert compared()[0] == read


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (Targets(wait=900.0), "counted by another target, so its level lies between two: "),
        (
            Targets(wait=900.0, inboxes={"1": 60.0}),
            "counted by another target or other hours, so not compared: ",
        ),
    ],
)
def test_earlier_days_counted_by_another_target_lie_between_two_or_are_said_to_be_left_out(
    desk: ReportDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str], targets: Targets, said: str
) -> None:
    file, other = tmp_path / "history.sqlite3", msgspec.structs.replace(WEEK, targets=targets)
    assert desk.report("--compare", history=file, config=WEEK) == 0
    capsys.readouterr()
    assert desk.report("--compare", "--format", "json", history=tmp_path / "new.sqlite3", config=other) == 0
    _, *anew = account_of(capsys.readouterr().out)["compared"]
    assert desk.report("--format", "json", history=file, config=other) == 0
    _, *rows = account_of(capsys.readouterr().out)["compared"]
    for row, truth in zip(rows, anew, strict=True):
        assert row["problem"] == f"{said}{row['service']['of']}; --compare reads it anew"
        assert truth["problem"] is None
        if said.endswith("not compared: "):
            assert row["service"]["arrived"] is None
            continue
        assert row["service"]["level"] is None
        low, level, high = (
            row["service"]["level_low"],
            truth["service"]["level"],
            row["service"]["level_high"],
        )
        if row["service"]["arrived"]:
            assert low <= level <= high
        else:  # A week ago is forgotten here.
            assert (low, level, high) == (None, None, None)
        for name in ("arrived", "answered", "closed_without_reply", "speed_p90_s"):
            assert row["service"][name] == truth["service"][name]
    assert rows[0]["service"]["arrived"] != 0
    for form in ("text", "markdown", "html"):
        assert desk.report("--format", form, history=file, config=other) == 0
        printed = capsys.readouterr().out
        assert f"{said}{anew[0]['service']['of']}" in printed
        assert anew[1]["service"]["of"] in printed


def test_agents_online_are_those_that_a_monitor_recorded_as_the_same_user(
    desk: ReportDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, begins = tmp_path / "history.sqlite3", day_of(desk.clock.wall(), UTC).since + 9 * 3_600
    key = AccountKey(ORIGIN, ACCOUNT, 1, Reach(("administrator",), (1, 2, 3)).mark)
    for viewer, online in ((1, 4.0), (2, 40.0)):
        seen_by = msgspec.structs.replace(key, viewer_id=viewer)
        with closing(connect(file)) as connection:
            figure = number_for(connection, cells_of(seen_by, "account", "", "agents_online"))
            rows = [(figure, begins + 60 * minute, online + minute % 2) for minute in range(31)]
            connection.executemany("INSERT INTO sample (figure, at, value) VALUES (?, ?, ?)", rows)
    assert desk.report("--format", "json", history=file, config=PLENTY) == 0
    account = account_of(capsys.readouterr().out)
    recorded = {"min": 4.0, "mean": 4.5, "max": 5.0, "at_least": False}
    assert account["agents_online"] == recorded
    known = {row["start"][11:16] for row in account["intervals"] if row["agents_online"]}
    assert {"09:00", "09:15"} <= known <= {"09:00", "09:15", "09:30"}


def test_a_terminal_is_told_how_far_it_is_and_standard_output_is_not(
    desk: ReportDesk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.report("--format", "json", config=PLENTY) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert desk.report("--format", "json", config=PLENTY) == 0
    told = capsys.readouterr()
    assert account_of(told.out)["service"]["coverage"] == 1.0
    lines = told.err.splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(
            r"trial/3 \d{4}-\d\d-\d\d: \d+ of \d+ read, about \d+ pages? or \d+ min to go", line
        )


def test_the_page_tells_the_same_in_one_file(desk: ReportDesk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.report("--format", "html", config=PLENTY) == 0
    page, truth = capsys.readouterr().out, truth_of(desk.world)
    ElementTree.fromstring(page)
    assert f"({truth[CountedAs.IN_TARGET]} of " in page
    assert "partners" in page


@pytest.mark.parametrize(
    ("what", "when"),
    [
        ("week", "2999-01-01"),
        ("week", "trial/1"),
        ("week", ""),
        ("day", "2999-01-01"),
        ("day", "someday"),
        ("day", ""),
    ],
)
def test_a_time_that_has_not_begun_is_refused(
    what: str, when: str, desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.report(f"--{what}", when) == 2
    assert f"is no {what} that has begun" in capsys.readouterr().err


def test_a_day_that_has_not_begun_over_there_is_refused(
    desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    tomorrow = datetime.fromtimestamp(desk.clock.wall(), UTC).date() + timedelta(days=1)
    assert desk.report("--day", tomorrow.isoformat()) == 2
    told = capsys.readouterr()
    assert "has not begun where the contact centre is" in told.err
    assert not told.out


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


def test_an_account_that_fails_takes_no_other_one_with_it(
    desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts = (Account(99), Account(ACCOUNT))
    trial = msgspec.structs.replace(CONFIG.environments[0], accounts=accounts)
    config = msgspec.structs.replace(PLENTY, environments=(trial,))
    assert desk.report("--format", "json", config=config) == 1
    told = capsys.readouterr()
    assert account_of(told.out)["service"]["coverage"] == 1.0
    assert told.err.startswith("trial/99: ")
    assert len(told.err.splitlines()) == 1


def test_a_token_that_is_not_accepted_is_told_once(
    desk: ReportDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    class Refusing(httpx.AsyncBaseTransport):
        asked = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.asked += 1
            return httpx.Response(401, json={"error": "Invalid Access Token"}, request=request)

    refusing = desk.transport = Refusing()
    accounts = (Account(99), Account(ACCOUNT))
    trial = msgspec.structs.replace(CONFIG.environments[0], accounts=accounts)
    config = msgspec.structs.replace(PLENTY, environments=(trial,))
    assert desk.report("--format", "json", config=config) == 1
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines()), refusing.asked) == ("", 1, 1)


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
