"""The table of measures: a row is deleted with its call's mapping and where it is drawn, and nothing else."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.architecture.project import ROOT, modules
from tests.architecture.row_taken_out import TABLE, names
from tui.measures import Measure

CALLS = "tui/monitor/calls.py"
PLACES = {
    "columns": "tui/config/columns.py",
    "counts": "tui/panes/conversations/conversations.py",
    "answers": "tui/panes/conversations/headline.py",
    "needs help": "tui/panes/conversations/worst_team.py",
    "in and out": "tui/panes/conversations/flow.py",
    "service line": "tui/panes/conversations/service_line.py",
    "teams": "tui/panes/teams.py",
    "agents": "tui/panes/agents/agents.py",
    "rows": "tui/panes/account_panes.py",
    "day": "tui/screens/dashboard/queued_days.py",
    "fleet": "tui/panes/fleet.py",
    "wall": "tui/panes/wall/wall.py",
    "alerts": "tui/monitor/alerts/rules.py",
    "teams of JSON": "tui/output/document.py",
    "report": "tui/output/report_reading.py",
    "past days": "tui/monitor/service/kept_days.py",
    "inboxes": "tui/panes/inboxes.py",
    "day screen": "tui/screens/day.py",
    "service metrics": "tui/output/service_metrics.py",
    "statuses": "tui/identity.py",
    "simulator": "tui/simulator/visibility.py",
    "demo's past": "tui/simulator/past.py",
}
"""Where a figure is drawn, judged or worked out in words or rows of its own."""
NAMED: Mapping[str, tuple[str, ...]] = {
    "UNASSIGNED": ("columns", "teams of JSON", "simulator"),
    "WAITING": ("columns", "answers", "needs help", "demo's past"),
    "LONGEST": ("columns", "answers", "needs help", "fleet", "demo's past"),
    "AGENTS_ONLINE": ("answers", "fleet", "wall", "alerts", "report", "past days"),
    "BACKLOG": ("counts", "demo's past"),
    "ASSIGNED": ("counts", "simulator"),
    "OPEN": (
        "columns", "counts", "answers", "agents", "rows", "fleet", "teams of JSON", "simulator",
    ),
    "MINE": ("counts", "simulator"),
    "QUEUED": ("columns", "counts", "day", "past days", "simulator"),
    "PENDING": ("counts",),
    "SNOOZED": ("counts",),
    "RESOLVED": ("counts", "in and out"),
    "ABANDONED": ("counts",),
    "TODAY": ("counts", "in and out"),
    "FIRST_RESPONSE": ("columns", "counts"),
    "RESOLUTION": ("columns", "counts"),
    "RESOLUTIONS": ("columns", "counts"),
    "OVER_TARGET": ("columns", "answers", "needs help", "demo's past"),
    "AGENTS_BUSY": (),
    "AGENTS_AWAY": (),
    "AGENTS_OFFLINE": (),
    "MEMBERS": ("teams", "needs help", "demo's past"),
    "MEMBERS_ONLINE": ("columns", "teams", "needs help", "alerts", "past days", "demo's past"),
    "TODAY_BEFORE": (),
    "FIRST_RESPONSE_BEFORE": (),
    "RESOLUTION_BEFORE": (),
    "RESOLUTIONS_BEFORE": (),
    "SERVICE_LEVEL": ("columns", "service line", "teams", "inboxes", "fleet", "service metrics"),
    "SERVICE_LEVEL_TODAY": ("service line", "day screen", "service metrics"),
    "SPEED_P90": (),
    "CLOSED_WITHOUT_REPLY": (),
    "ALL": ("statuses", "simulator"),
}  # fmt: skip
"""By row, the places that name it, besides the table of calls."""
IN_SENTENCES = (
    "WAITING", "LONGEST", "AGENTS_ONLINE", "OPEN", "QUEUED", "OVER_TARGET", "MEMBERS",
    "MEMBERS_ONLINE", "SERVICE_LEVEL", "SERVICE_LEVEL_TODAY", "ALL",
)  # fmt: skip
"""Rows that stand in sentences, in the places above: who deletes one has to say what is drawn instead.

Of what is not drawn, two built-in alerts ask who is online, and ALL is what an account's statuses are.
"""


def test_a_row_is_named_where_it_is_drawn_and_nowhere_else() -> None:
    found = {measure.name: set[str]() for measure in Measure}
    for path in modules("tui"):
        for name in names(path):
            found[name].add(path.relative_to(ROOT).as_posix())
    told = {name: paths - {TABLE, CALLS} for name, paths in found.items()}
    assert told == {name: {PLACES[place] for place in places} for name, places in NAMED.items()}


@pytest.fixture(scope="module")
def without_each() -> dict[str, dict[str, str]]:
    """By row, what each place tells of the figures where that row alone is deleted."""
    rows = [measure.name for measure in Measure if measure.name not in IN_SENTENCES]
    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.row_taken_out", *rows],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {one.pop("row"): one for one in told}


@pytest.mark.parametrize("name", [one.name for one in Measure if one.name not in IN_SENTENCES])
def test_a_row_is_deleted_alone(without_each: dict[str, dict[str, str]], name: str) -> None:
    places, measure = without_each[name], Measure[name]
    assert "broken" not in places, places["broken"]
    patterns = {place: re.escape(measure) for place in places}
    # A sentence of the docs may use the word of another row.
    patterns["docs"] = f"`{measure}`"
    patterns["chart"] = rf'"{re.escape(measure.heading)}[",]'
    patterns["conversations"] = rf"{re.escape(measure.heading)} (?:918|15 m)(?! %)"
    found = {
        place: text
        for place, text in places.items()
        if re.search(rf"(?<![\w-])(?:{patterns[place]})(?![\w-])", text, re.IGNORECASE)
    }
    assert found == {}
    assert all("open" in places[place] for place in ("config, alerts and wall", "docs", "json", "csv"))
