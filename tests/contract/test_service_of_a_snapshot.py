"""`snapshot` beside `report`, by the real client: of the same conversations both tell the same."""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.test_report_of_the_simulator import PLENTY, ReportDesk, account_of
from tui.api.client import Connection, LiveAgentClient
from tui.clock import Clock
from tui.config.model import Environment
from tui.monitor.polling.session import Session
from tui.output import snapshot
from tui.redact import Secret

COUNTS = (
    "arrived",
    "answered",
    "in_target",
    "late",
    "answered_at_once",
    "closed_without_reply",
    "closed_by_bot",
    "no_customer_message",
    "unknown",
)


def snapshot_of(desk: ReportDesk, capsys: pytest.CaptureFixture[str], history: Path) -> dict[str, Any]:
    """The one account as JSON."""

    async def connect(environment: Environment, clock: Clock) -> Session:
        connection = Connection(environment.url, Secret("token"), "trial", transport=desk.transport)
        return Session(environment, Secret("token"), LiveAgentClient(connection, clock), 1)

    parser = argparse.ArgumentParser()
    snapshot.add_parser(parser.add_subparsers())
    args = parser.parse_args(["snapshot", "trial", "--format", "json"])
    snapshot.run(args, PLENTY, clock=desk.clock, connect=connect, history=history)
    (account,) = json.loads(capsys.readouterr().out)["accounts"]
    assert isinstance(account, dict)
    return account


def test_a_snapshot_tells_what_a_report_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk, file = ReportDesk(), tmp_path / "history.sqlite3"
    assert snapshot_of(desk, capsys, file)["service"]["arrived"] is None
    assert desk.report("--format", "json", history=file, config=PLENTY) == 0
    report = account_of(capsys.readouterr().out)
    told = snapshot_of(desk, capsys, file)
    service = told["service"]
    as_of = datetime.fromisoformat(service["as_of"])
    before = [row["service"] for row in report["intervals"] if datetime.fromisoformat(row["start"]) < as_of]
    assert list(service) == list(report["service"])
    assert service["of"] == report["day"]
    assert service["arrived"] > 0
    for name in COUNTS:
        assert service[name] == sum(row[name] for row in before), name
        assert service[name] == sum(row["service"][name] for row in told["inboxes"]), name
    assert {row["name"] for row in told["teams"]} == {"orders", "partners"}
    for row in told["teams"]:
        assert row["service"]["as_of"] == service["as_of"]
        assert 0 < row["service"]["arrived"] < service["arrived"]
