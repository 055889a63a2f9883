"""Every figure in every state reads differently in every format of the one-shot."""

import csv
import io
import json
import re
from collections.abc import Callable

import msgspec
import pytest

from tests.builders import NOW, WALL, listing, reading, snapshot
from tui.api.errors import NotPermittedError, ServerError
from tui.api.models import Agent, Inbox, Team
from tui.identity import Measure, ScopeKind, Slot, agent, inbox, team, whole
from tui.measures import IN_CONFIG
from tui.monitor.reading import Problem, Reading, Viewer
from tui.output.csv import to_csv
from tui.output.document import Chosen, Everything, Moment, Taken, to_json, to_json_line
from tui.output.openmetrics import NAMES, to_openmetrics
from tui.output.openmetrics import STATES as STATES_OF_FIGURES
from tui.output.table import to_table

STATES: dict[str, Reading] = {
    "live": reading(7),
    "stale": reading(7, age=100.0),
    "unknown": reading(None, problem=Problem(ServerError("It failed.", status=500), NOW)),
    "not permitted": reading(None, problem=Problem(NotPermittedError("not for this role"), NOW)),
    "at least": reading(7, at_least=True),
    "at least, stale": reading(7, age=100.0, at_least=True),
    "nought": reading(0),
}
SCOPES: dict[ScopeKind, Callable[[Measure], Slot]] = {
    ScopeKind.ACCOUNT: whole,
    ScopeKind.TEAM: lambda measure: team(3, measure),
    ScopeKind.INBOX: lambda measure: inbox(5, measure),
    ScopeKind.AGENT: lambda measure: agent(4, measure),
}
FIGURES = [
    (kind, measure)
    for measure in IN_CONFIG
    for kind in SCOPES
    if (measure.is_of_account if kind is ScopeKind.ACCOUNT else kind in measure.row.of)
]


def taken(kind: ScopeKind, measure: Measure, known: Reading) -> Taken:
    parts = ((measure,) if part is kind else () for part in SCOPES)
    of_account, of_teams, of_inboxes, of_agents = parts
    chosen = Chosen(of_account, of_teams, of_inboxes, of_agents, agents=bool(of_agents))
    teams = listing([Team(3, "orders")] if kind is ScopeKind.TEAM else [])
    inboxes = listing([Inbox(5, "chat")] if kind is ScopeKind.INBOX else [])
    agents = listing([Agent(4, "Bo", availability="online")] if kind is ScopeKind.AGENT else [])
    made = snapshot(
        {SCOPES[kind](measure): known},
        teams=teams,
        inboxes=inboxes,
        agents=agents,
        viewer=Viewer(1, "Ada", ("administrator",)),
    )
    return Taken(made, chosen)


def in_json(text: str, kind: ScopeKind, measure: Measure) -> str:
    (account,) = json.loads(text)["accounts"]
    lists = {"team": "teams", "inbox": "inboxes", "agent": "agents"}
    holder = account if kind is ScopeKind.ACCOUNT else account[lists[kind]][0]
    figure = holder["figures"][str(measure)]
    return json.dumps({**figure, "asked_at": None, "age_s": None})


def in_csv(text: str, kind: ScopeKind, measure: Measure) -> str:
    name = SCOPES[kind](measure).name
    (row,) = [row for row in csv.DictReader(io.StringIO(text)) if row["figure"] == name]
    return ",".join(row[name] for name in ("value", "state", "at_least"))


def in_table(text: str, kind: ScopeKind, measure: Measure) -> str:
    names = {"team": "orders", "inbox": "chat", "agent": "Bo"}
    first = names.get(kind, SCOPES[kind](measure).name)
    (line,) = [line for line in text.splitlines() if line.startswith(f"{first} ")]
    shown = " ".join(line.removeprefix(first).split())
    return re.sub(r" (\d+ \w|—)$", "", shown) if kind is ScopeKind.ACCOUNT else shown  # less its age


def in_metrics(text: str, kind: ScopeKind, measure: Measure) -> str:
    names = (NAMES[kind, measure], STATES_OF_FIGURES)
    lines = [line for line in text.splitlines() if line.startswith(names)]
    assert all(f'{kind}="' in line for line in lines)
    assert "Bo" not in text, "no metric holds a person's name"
    return "\n".join(lines)


FORMATS = {
    "json": (to_json, in_json),
    "json line": (to_json_line, in_json),
    "csv": (to_csv, in_csv),
    "table": (to_table, in_table),
    "openmetrics": (to_openmetrics, in_metrics),
}


@pytest.mark.parametrize("shape", FORMATS)
@pytest.mark.parametrize(("kind", "measure"), FIGURES, ids=str)
def test_no_two_states_of_a_figure_read_the_same(shape: str, kind: ScopeKind, measure: Measure) -> None:
    if shape == "openmetrics":
        pytest.importorskip("prometheus_client")
    write, find = FORMATS[shape]
    texts = {
        state: find(write([taken(kind, measure, known)], Moment(NOW, WALL)), kind, measure)
        for state, known in STATES.items()
    }
    assert len(set(texts.values())) == len(texts), texts
    for state in ("unknown", "not permitted"):
        assert "7" not in texts[state].replace("12345", "")


@pytest.mark.parametrize(("kind", "measure"), FIGURES, ids=str)
def test_what_is_written_as_json_is_of_its_own_shape(kind: ScopeKind, measure: Measure) -> None:
    for known in STATES.values():
        text = to_json([taken(kind, measure, known)], Moment(NOW, WALL))
        everything = msgspec.json.decode(text, type=Everything)
        assert msgspec.json.decode(msgspec.json.encode(everything)) == json.loads(text)
