"""The table of measures: a row is deleted with its call's mapping and where it is drawn, and nothing else."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, modules
from tests.architecture.row_taken_out import TABLE, names
from tui.measures import Measure

MAPPED = "tui/monitor/calls.py"
"""Where the mapping of each call stands."""
DRAWN = {
    "columns": "tui/config/columns.py",
    "counts": "tui/panes/conversations/conversations.py",
    "answers": "tui/panes/conversations/headline.py",
    "needs help": "tui/panes/conversations/headline.py",
    "service line": "tui/panes/conversations/headline.py",
    "level facts": "tui/panes/level_facts.py",
    "teams": "tui/panes/teams.py",
    "inboxes": "tui/panes/inboxes.py",
    "fleet": "tui/panes/fleet.py",
    "day screen": "tui/screens/day.py",
    "teams of JSON": "tui/output/document.py",
    "first line for Nagios": "tui/output/nagios.py",
    "metrics of service": "tui/output/service_metrics.py",
}
"""Where a figure is drawn or written out, in words or a row of its own."""
DRAWING = ("tui/panes/", "tui/screens/", "tui/output/", DRAWN["columns"])
"""What draws and writes; the columns are drawn by the panes of teams, inboxes and agents."""
NAMED: Mapping[str, tuple[str, ...]] = {
    "UNASSIGNED": ("columns", "teams of JSON", "first line for Nagios"),
    "WAITING": ("columns", "answers", "needs help", "first line for Nagios"),
    "LONGEST": ("columns", "answers", "needs help", "fleet", "first line for Nagios"),
    "AGENTS_ONLINE": ("answers", "fleet", "first line for Nagios"),
    "BACKLOG": ("counts",),
    "ASSIGNED": ("counts",),
    "OPEN": ("columns", "counts", "answers", "fleet", "teams of JSON"),
    "MINE": ("counts",),
    "QUEUED": ("columns", "counts"),
    "PENDING": ("counts",),
    "SNOOZED": ("counts",),
    "RESOLVED": ("counts",),
    "ABANDONED": ("counts",),
    "TODAY": ("counts",),
    "FIRST_RESPONSE": ("columns", "counts", "level facts"),
    "RESOLUTION": ("columns", "counts"),
    "RESOLUTIONS": ("columns", "counts"),
    "OVER_TARGET": ("columns", "answers", "needs help"),
    "AGENTS_BUSY": (),
    "AGENTS_AWAY": (),
    "AGENTS_OFFLINE": (),
    "MEMBERS": ("teams", "needs help"),
    "MEMBERS_ONLINE": ("columns", "teams", "needs help"),
    "TODAY_BEFORE": (),
    "FIRST_RESPONSE_BEFORE": (),
    "RESOLUTION_BEFORE": (),
    "RESOLUTIONS_BEFORE": (),
    "SERVICE_LEVEL": ("columns", "service line", "teams", "inboxes", "fleet", "metrics of service"),
    "SERVICE_LEVEL_TODAY": ("service line", "day screen", "metrics of service"),
    "SPEED_P90": (),
    "CLOSED_WITHOUT_REPLY": (),
}
"""By row, where it is drawn by its name; the lists, charts and formats draw it from the table."""
STILL_DRAWN = {
    "conversations": {"answers", "needs help", "service line"},
    "tables": {"teams", "inboxes"},
    "fleet": {"fleet"},
    "json": {"teams of JSON"},
}
"""By what is looked at, where sentences stand in it: who deletes a row says there what is drawn instead."""
EVERYWHERE = ("config, alerts and wall", "docs", "json", "csv")
"""What tells of every row there is."""


def test_a_row_is_named_where_it_is_drawn_and_mapped_and_nowhere_else() -> None:
    named = {measure.name: set[str]() for measure in Measure}
    for path in modules("tui"):
        for name in names(path):
            named[name].add(path.relative_to(ROOT).as_posix())
    drawn = {name: paths - {TABLE, MAPPED} for name, paths in named.items()}
    assert drawn == {name: {DRAWN[place] for place in places} for name, places in NAMED.items()}


@pytest.mark.parametrize("place", DRAWN)
def test_what_names_a_figure_draws_it(place: str) -> None:
    assert DRAWN[place].startswith(DRAWING)
    assert any(place in places for places in NAMED.values())


def test_each_row_is_deleted_with_its_mapping_and_where_it_is_drawn() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.row_taken_out", *NAMED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    without_each: dict[str, dict[str, str]] = {without.pop("row"): without for without in told}
    assert without_each.keys() == NAMED.keys()
    assert {name: left for name, places in without_each.items() if (left := left_of(name, places))} == {}
    for place in (*EVERYWHERE, "built-in alerts"):
        assert "agents_online" in without_each["ABANDONED"][place], place


def left_of(name: str, places: dict[str, str]) -> dict[str, str]:
    """What is wrong where the row `name` is deleted: what still tells of it, or tells of no other either.

    `places` is what each place tells of the figures there are then.
    """
    if "broken" in places:
        return places
    places, measure = dict.fromkeys(EVERYWHERE, "") | places, Measure[name]
    patterns = {place: re.escape(measure) for place in places}
    # A sentence of the docs may use the word of another row.
    patterns["docs"] = f"`{measure}`"
    patterns["json"] = rf'"{re.escape(measure)}": \{{'
    patterns["chart"] = rf'"{re.escape(measure.heading)}[",]'
    patterns["conversations"] = rf"{re.escape(measure.heading)} (?:918|15 m)(?! %)"
    other = "mine" if name == "OPEN" else "open"
    return {
        place: text
        for place, text in places.items()
        if (place in EVERYWHERE and other not in text)
        or (
            STILL_DRAWN.get(place, set()).isdisjoint(NAMED[name])
            and re.search(rf"(?<![\w-])(?:{patterns[place]})(?![\w-])", text, re.IGNORECASE)
        )
    }


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("Measure.OPEN", "OPEN"),
        ("measures.Measure.OPEN", "OPEN"),
        ('Measure("open")', "OPEN"),
        ('Measure["OPEN"]', "OPEN"),
        ('"agents_online"', "AGENTS_ONLINE"),
    ],
)
def test_a_figure_is_named_in_any_way_it_can_be_written(written: str, row: str, tmp_path: Path) -> None:
    module = tmp_path / "elsewhere.py"
    module.write_text(f"def judged(by):\n    return by is {written}\n", encoding="utf-8")
    assert names(module) == {row}
