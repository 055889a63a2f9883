"""The rules and the dashboard of docs/metrics: each asks for what there is, and no rule for what is old."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.architecture.project import ROOT
from tui.output.exporter import OWN
from tui.output.openmetrics import INFOS, MOMENTS, NAMES
from tui.output.service_metrics import SERIES

FOLDER = ROOT / "docs" / "metrics"
RULES = (FOLDER / "liveagent-rules.yml").read_text(encoding="utf-8")
BOARD: dict[str, Any] = json.loads((FOLDER / "liveagent-dashboard.json").read_text(encoding="utf-8"))
OURS = {*NAMES.values(), *MOMENTS, *(f"{name}_info" for name, _ in INFOS.values()), *OWN, *SERIES}
PROMETHEUS = {"up", "scrape_duration_seconds", "process_resident_memory_bytes"}
"""What Prometheus says of each scrape, and the library of each process."""
WORDS = {
    "and", "on", "or", "offset", "by", "without", "group_left", "time", "timestamp", "sum", "max",
    "increase", "histogram_quantile",
}  # fmt: skip
"""All that is used but metrics; `vector(0)` is not among it: it would show 0 where nothing is known."""
LISTS = re.compile(r"\{[^}]*\}|\"[^\"]*\"|\b(?:on|by|without|group_left)\s*\([^)]*\)|\b\d+[smhd]\b")
VALID = re.compile(r'valid_until_timestamp_seconds\{group="(\w+)"\} > time\(\)')


def rules() -> dict[str, str]:
    """The expression of each rule by its name."""
    expressions = {}
    for block in re.split(r"\n      - ", RULES)[1:]:
        kind = re.match(r"(?:record|alert): (\S+)", block)
        expression = re.search(r"expr:(?: \||)\s*(.*?)(?=\n        \w+:|\n\n|\Z)", block, re.DOTALL)
        assert kind is not None
        assert expression is not None
        expressions[kind[1]] = " ".join(expression[1].split())
    return expressions


def panels() -> Iterator[tuple[str, str]]:
    """The title of each panel with each expression it asks for."""
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def metrics(expression: str) -> set[str]:
    return set(re.findall(r"[a-zA-Z_:][\w:]*", LISTS.sub(" ", expression))) - WORDS


def test_there_are_rules_and_panels_to_look_at() -> None:
    assert len(rules()) > 8
    assert len(list(panels())) > 20


@pytest.mark.parametrize("name", rules())
def test_every_metric_of_a_rule_is_in_the_table(name: str) -> None:
    named = metrics(rules()[name])
    assert named
    assert named <= OURS | PROMETHEUS


@pytest.mark.parametrize(("title", "expression"), list(panels()))
def test_every_metric_of_a_panel_is_in_the_table(title: str, expression: str) -> None:
    named = metrics(expression)
    assert named
    assert named <= OURS | PROMETHEUS


@pytest.mark.parametrize("name", rules())
def test_every_rule_looks_at_the_age_of_all_it_judges(name: str) -> None:
    expression = rules()[name]
    if name == "LiveAgentExporterDown":
        assert metrics(expression) == {"up"}, "it judges the writer itself"
    elif metrics(expression) == {"liveagent_up"}:
        assert "time() - timestamp(liveagent_up) <" in expression
    else:
        guarded = set(VALID.findall(expression))
        figures = metrics(expression) - set(MOMENTS)
        assert guarded == {group_of(figure) for figure in figures}


def group_of(metric: str) -> str:
    """Which kind of call tells a metric, as the page of series has it."""
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{metric}` \|.*$", page, re.MULTILINE)
    return str(row.split(" | ")[3].strip("` "))


def test_the_dashboard_names_no_data_source_of_ours() -> None:
    sources = {json.dumps(panel["datasource"]) for panel in BOARD["panels"]}
    assert sources == {'{"type": "prometheus", "uid": "${datasource}"}'}
    assert {variable["name"] for variable in BOARD["templating"]["list"]} == {
        "datasource",
        "environment",
        "account",
    }
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_no_panel_lies_on_another_or_outside_the_grid() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] >= 0 < place["w"]
        assert place["x"] + place["w"] <= 24
        for cell in product(
            range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        ):
            assert cell not in taken, f"{panel['title']} lies on {taken[cell]}"
            taken[cell] = panel["title"]
    rows = {y for _, y in taken}
    assert rows == set(range(max(rows) + 1)), "Grafana moves panels up into an empty row"


def test_the_dashboard_has_what_grafana_asks_of_one() -> None:
    assert isinstance(BOARD["schemaVersion"], int)
    assert 8 <= len(BOARD["uid"]) <= 40
    assert "id" not in BOARD, "that is the number in one Grafana's own database"
    variables = {variable["name"]: variable for variable in BOARD["templating"]["list"]}
    assert [variable["type"] for variable in variables.values()] == ["datasource", "query", "query"]
    for panel in BOARD["panels"]:
        assert panel["type"] in {"stat", "timeseries", "table"}
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["noValue"] == "—", "unknown is never 0"
        letters = [target["refId"] for target in panel["targets"]]
        assert letters == list("ABCDEFGH"[: len(letters)])
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= set(variables)
