"""What the panes say where a token sees a part, a team has members, or a name is out of the ordinary."""

import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from textual.color import Color
from wcwidth import wcwidth

from tests.builders import NOW, PERIOD, WALL, listing, reading, snapshot
from tui import identity
from tui.api.decode import agents as decode_agents
from tui.api.models import Agent, Inbox, ReportPoint, Team
from tui.columns import Column
from tui.config.columns import AGENTS, CONVERSATIONS, INBOXES, TEAMS
from tui.durations import DAY
from tui.identity import Measure, ScopeKind
from tui.measures import of
from tui.monitor.presence import Since
from tui.monitor.reading import State, Viewer
from tui.monitor.zones import end_of_hour
from tui.panes import inboxes, teams
from tui.panes.agents import members
from tui.panes.agents.agents import Crew
from tui.panes.agents.rows import AgentRows, Largest
from tui.panes.conversations import conversations, last_day
from tui.panes.conversations.inbox_view import Lens
from tui.panes.conversations.last_day import LastDay
from tui.text import safe_line
from tui.widgets.columns import fit
from tui.widgets.painting import RolePainter
from tui.widgets.parts import Line, width_of
from tui.widgets.row_painter import row_strip
from tui.widgets.rows import Row

RECORDED = Path(__file__).parents[1] / "contract" / "recorded" / "agents.json"
HOSTILE = (
    "a" * 200,
    "山田 太郎" * 40,
    "مريم الخطيب",
    "e\u0301\u0302\u0303\u0304" * 30,
    "👩🏽\u200d💻 Zoe",
    "\u202eoot\u202c",
    "tab\tnew\nline\x1b[31m",
)
BOTH = (Inbox(1, "Chat"), Inbox(2, "Mail"))


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def straight(rows: Sequence[Row], columns: Sequence[Column], width: int) -> None:
    """Every row takes exactly `width` cells, as both libraries count them, and no more than one line."""
    painter = RolePainter("dark", Color(0, 0, 0))
    for row in rows:
        strip = row_strip(painter, fit(columns, width - 1), width, row, "none")
        assert strip.cell_length == width
        assert "\n" not in strip.text
        assert sum(max(0, wcwidth(char)) for char in strip.text) == width


@pytest.mark.parametrize(
    ("columns", "kind"), [(TEAMS, ScopeKind.TEAM), (AGENTS, ScopeKind.AGENT), (INBOXES, ScopeKind.INBOX)]
)
def test_a_figure_in_a_column_is_one_that_its_rows_have(columns: Sequence[Column], kind: ScopeKind) -> None:
    assert {column.figure for column in columns if column.figure} <= {*of(kind)}


def test_each_abbreviated_title_is_explained() -> None:
    for columns in (TEAMS, AGENTS, INBOXES, CONVERSATIONS):
        for column in columns:
            if "." in column.title or column.title.replace(" ", "").lower() != column.key.lower():
                plain = column.title in {"team", "agent", "inbox"}
                assert column.help or plain, column.key


@pytest.mark.parametrize(
    ("viewer", "inboxes", "title"),
    [
        (Viewer(1, "Ada", ("administrator",)), BOTH, "Conversations"),
        (None, BOTH, "Conversations"),
        (Viewer(2, "Bo", ("agent",)), BOTH[:1], "Conversations Bo, agent, sees 1 inbox, Chat"),
        (Viewer(2, "Bo", ("agent",)), BOTH, "Conversations Bo, agent, sees 2 inboxes, Chat, Mail"),
        (Viewer(2, "Bo", ("agent",)), (), "Conversations Bo, agent, sees no inbox"),
        (Viewer(2, "Bo"), BOTH[:1], "Conversations Bo, role not told, sees 1 inbox, Chat"),
    ],
)
def test_the_title_says_what_the_figures_cover(
    viewer: Viewer | None, inboxes: tuple[Inbox, ...], title: str
) -> None:
    assert conversations.title(snapshot(viewer=viewer, inboxes=listing(inboxes)), None) == title


def test_through_a_lens_no_figure_of_the_account_is_left() -> None:
    readings = {
        identity.account(Measure.OPEN): reading(90),
        identity.account(Measure.OVER_TARGET): reading(9),
        identity.account(Measure.BACKLOG): reading(4),
        identity.status("pending"): reading(7),
        identity.status("abandoned"): reading(8),
        identity.inbox(2, Measure.OPEN): reading(30),
        identity.account(Measure.AGENTS_ONLINE): reading(5),
    }
    lens = Lens(2, "Mail")
    seen = lens.through(snapshot(readings, inboxes=listing(BOTH)))
    assert seen.reading(identity.account(Measure.OPEN)).value == 30
    assert seen.reading(identity.account(Measure.AGENTS_ONLINE)).value == 5
    for slot in (
        identity.account(Measure.OVER_TARGET), identity.account(Measure.BACKLOG),
        identity.status("pending"), identity.status("abandoned"),
    ):  # fmt: skip
        assert seen.reading(slot).value is None
    assert lens.slot(identity.status("pending")) == identity.inbox(2, Measure.PENDING)
    assert lens.slot(identity.account(Measure.AGENTS_ONLINE)) == identity.account(Measure.AGENTS_ONLINE)


def test_an_inbox_that_is_gone_has_unknown_figures_and_says_so_instead_of_loading_for_ever() -> None:
    lens, opened = Lens(7, "Old"), identity.account(Measure.OPEN)
    without = snapshot({}, inboxes=listing(BOTH))
    assert lens.through(without).reading(opened).state(NOW) is State.UNKNOWN
    assert conversations.title(without, lens) == "Conversations of inbox Old: this inbox is no longer there"
    for perhaps in (listing(None), msgspec.structs.replace(listing(BOTH), lost=1)):
        unsure = snapshot({}, inboxes=perhaps)
        assert lens.through(unsure).reading(opened).state(NOW) is State.LOADING
        assert conversations.title(unsure, lens) == "Conversations of inbox Old"
    past = snapshot({identity.inbox(7, Measure.OPEN): reading(4)}, inboxes=listing(BOTH))
    assert lens.through(past).reading(opened).value == 4


def test_a_team_that_is_gone_is_not_asked_who_belongs_to_it_for_ever() -> None:
    without = snapshot(teams=listing((Team(3, "billing"),)))
    assert "no longer there" in members.empty(without, 4, NOW, "M")
    half = snapshot(teams=msgspec.structs.replace(listing((Team(3, "billing"),)), lost=1))
    assert "Asking" in members.empty(half, 4, NOW, "M")
    assert "Asking" in members.empty(snapshot(), 4, NOW, "M")


def test_members_whom_the_list_of_agents_does_not_name_are_there_too() -> None:
    everybody = listing((Agent(1, "Ada", availability="online"), Agent(2, "Bo", availability="busy")))
    mine = listing((Agent(2, "Bo", availability="offline"), Agent(9, "Guest", availability="online")))
    shown = snapshot(agents=everybody)
    kept = AgentRows()
    rows = kept.rows(shown, Crew(NOW, {}), mine)
    assert [(row.key, row.cells[1].text) for row in rows] == [(9, "● online"), (2, "◐ busy")]
    assert text(members.totals(kept.people(shown, mine), stale=False)) == "● 1 online  ◐ 1 busy"


def test_unknown_members_are_no_rows_even_right_after_all_agents() -> None:
    shown = snapshot(agents=listing((Agent(1, "Ada"),)), teams=listing((Team(3, "billing"),)))
    kept = AgentRows()
    assert len(kept.rows(shown, Crew(NOW, {}))) == 1
    assert len(kept.rows(shown, Crew(NOW, {}), members.of_team(shown, 3))) == 0
    assert members.title(shown, 3) == "Members of billing"
    assert "Asking" in members.empty(shown, 3, NOW, "M")


def test_kept_rows_are_the_same_as_rows_made_anew() -> None:
    people = listing((Agent(1, "Ada", availability="online"), Agent(2, "Bo", availability="away")))
    readings = {identity.agent(1, Measure.OPEN): reading(3), identity.agent(2, Measure.OPEN): reading(5)}
    kept = AgentRows()
    for now in (NOW, NOW + 1, NOW + 2 * PERIOD + 10):
        shown = snapshot(readings, agents=people)
        rows = kept.rows(shown, Crew(now, {}))
        plain = AgentRows().rows(shown, Crew(now, {}))
        assert [(row.key, row.cells, row.sort) for row in rows] == [
            (row.key, row.cells, row.sort) for row in plain
        ]
    assert rows[0].cells[3].style == "stale"


def test_agents_who_come_and_go_stand_where_they_belong_and_the_rest_keep_their_rows() -> None:
    kept, since = AgentRows(), {1: Since("online", NOW - 600, False)}
    people = [Agent(1, "Zoe", availability="online"), Agent(2, "Bo"), Agent(3, "Ada", availability="busy")]
    first = kept.rows(snapshot(agents=listing(people)), Crew(NOW, since))
    assert [row.key for row in first] == [1, 3, 2]
    cells = first[0].cells
    same = kept.rows(snapshot(agents=listing(list(people))), Crew(NOW, since))
    assert same[0].cells is cells
    people[1] = Agent(2, "Bo", availability="online")
    moved = kept.rows(snapshot(agents=listing(people)), Crew(NOW, since))
    assert [row.key for row in moved] == [2, 1, 3]
    assert moved[1].cells is cells
    alone = kept.rows(snapshot(agents=listing(people)), Crew(NOW, since), listing([Agent(3, "Ada")]))
    assert [row.cells[1].text for row in alone] == ["◐ busy"]


def test_bars_of_load_end_at_the_largest_of_thousands_after_a_few_drawings() -> None:
    people = listing([Agent(number, f"agent {number}") for number in range(5_000)])
    largest = Largest()

    def scales(load: float) -> list[float]:
        shown = snapshot({identity.agent(4_900, Measure.OPEN): reading(load)}, agents=people)
        return [largest.scale(shown) for _ in range(6)]

    assert scales(14)[-1] == 15
    assert scales(4)[-1] == 4
    few = snapshot({identity.agent(1, Measure.OPEN): reading(9)}, agents=listing([Agent(1, "Ada")]))
    assert Largest().scale(few) == 10


def test_hours_that_have_not_begun_are_not_nought() -> None:
    at = WALL - 5.0
    points = tuple(ReportPoint(int(at) + hour * 3_600, float(hour)) for hour in (-1, 0, 1))
    assert last_day.incoming(listing(points), end_of_hour(at, UTC)) == [None] * 22 + [-1.0, 0.0]


def test_each_hour_stands_in_its_own_place_whatever_is_told_of_the_others() -> None:
    until = end_of_hour(WALL, UTC)
    told = {3: 5.0, 4: None, 10: 7.0, 23: 1.0}
    points = [ReportPoint(until - DAY + place * 3_600, value) for place, value in told.items()]
    ancient = ReportPoint(60, 99.0)
    for order in (points, points[::-1], [ancient, *points]):
        hours = last_day.incoming(listing(tuple(order)), until)
        assert {place: value for place, value in enumerate(hours) if value is not None} == {
            3: 5.0, 10: 7.0, 23: 1.0,
        }  # fmt: skip
    assert last_day.incoming(listing((ancient,)), until) == []


@pytest.mark.parametrize("width", [60, 100, 196])
def test_the_charts_are_as_wide_and_high_as_there_is_room(width: int) -> None:
    points = tuple(ReportPoint(int(WALL) - hour * 3_600, 9.0) for hour in range(24, 0, -1))
    shown = snapshot()
    shown = msgspec.structs.replace(shown, incoming_by_hour=listing(points))
    lines = last_day.lines(shown, LastDay(None, WALL, 9, (1.0, 2.0, None)), NOW, width)
    assert len(lines) == 9
    assert {width_of(line) for line in lines} <= {width, width - 1}
    assert last_day.lines(shown, LastDay(None, WALL, 4), NOW, width) == []


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [30, 60, 104])
def test_strange_names_keep_the_table_straight(name: str, width: int) -> None:
    people = listing((Agent(1, safe_line(name), availability="online"),))
    straight(AgentRows().rows(snapshot(agents=people), Crew(NOW, {})), AGENTS, width)
    straight(teams.rows(snapshot(teams=listing((Team(1, safe_line(name)),))), NOW), TEAMS, width)
    there = listing((Inbox(1, safe_line(name), "Channel::Api"),))
    straight(inboxes.rows(snapshot(inboxes=there), NOW), INBOXES, width)


def test_recorded_names_keep_the_table_straight() -> None:
    body = json.dumps(json.loads(RECORDED.read_text())["body"]).encode()
    people = tuple(decode_agents(body).items)
    assert people
    straight(AgentRows().rows(snapshot(agents=listing(people)), Crew(NOW, {})), AGENTS, 60)
