"""A figure that is only at least so much: what is said of it, and what nobody is alarmed by."""

import json

import pytest

from tests.builders import NOW, WALL, reading, snapshot
from tui import identity
from tui.api.models import Team
from tui.clock import ManualClock
from tui.config.conditions import parse_condition
from tui.config.model import AlertRule
from tui.identity import ACCOUNT, AccountRef, Figure, Measure, Slot
from tui.monitor.alerts.derived import derived
from tui.monitor.alerts.engine import Alerts, payload
from tui.monitor.alerts.rules import known
from tui.monitor.directory import AccountEntry
from tui.monitor.health import Health, HealthState
from tui.monitor.history.direction import NoCourse
from tui.monitor.history.history import History
from tui.monitor.reading import Listing
from tui.panes import alerts as alert_rows
from tui.panes import fleet, teams
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View, worst_team
from tui.panes.wall import wall

ONLINE = identity.account(Measure.AGENTS_ONLINE)
UNASSIGNED = identity.account(Measure.UNASSIGNED)
TEAM_WAITING = identity.team(1, Measure.UNASSIGNED)
MEMBERS = identity.team(1, Measure.MEMBERS)
MEMBERS_ONLINE = identity.team(1, Measure.MEMBERS_ONLINE)


class Falling(NoCourse):
    """Three fewer than a quarter of an hour ago."""

    def change(self, slot: Slot, seconds: float) -> float | None:
        return -3.0


TEAMS = Listing((Team(1, "billing"),), NOW, WALL, NOW, 300.0)


@pytest.mark.parametrize(
    ("condition", "at_least", "decided"),
    [
        ("agents_online = 0", 1, True),
        ("agents_online < 3", 1, False),
        ("agents_online < 3", 3, True),
        ("agents_online <= 3", 3, False),
        ("agents_online > 3", 3, False),
        ("agents_online >= 3", 3, True),
        ("agents_online != 3", 2, False),
        ("agents_online = 3", 4, True),
    ],
)
def test_a_condition_is_judged_where_any_larger_figure_would_come_out_the_same(
    condition: str, at_least: float, decided: bool
) -> None:
    shown = snapshot({ONLINE: reading(at_least, at_least=True)})
    assert (known(parse_condition(condition), ACCOUNT, shown, {}, NOW) is not None) is decided


def test_agents_who_could_not_be_read_have_not_left() -> None:
    clock = ManualClock(now=NOW, wall=WALL)
    history = History(None, clock)
    key = snapshot().key
    figure = Figure(key, ONLINE.scope, ONLINE.measure)
    try:
        history.record(key, {ONLINE: reading(8, age=0)}, NOW)
        clock.leap(310.0)
        few = {ONLINE: reading(2, age=-310.0, at_least=True)}
        history.record(key, few, clock.now())
        assert [(sample.value, sample.at_least) for sample in history.recent(figure)] == [
            (8, False),
            (2, True),
        ]
        assert "agents_online_fallen" not in derived(history, snapshot(few), None, clock.now())
    finally:
        history.close()


def test_what_fired_an_alert_is_told_as_at_least() -> None:
    condition = parse_condition("longest > 10m and unassigned > 20")
    alerts = Alerts(lambda _: (AlertRule(when=condition, text="long"),), -1_000.0)
    longest = reading(640, at_least=True)
    alerts.judge(snapshot({identity.account(Measure.LONGEST): longest, UNASSIGNED: reading(25)}), NOW, WALL)
    (alert,) = alerts.active()
    assert json.loads(payload(alert))["at_least"] == ["longest"]
    assert alert_rows.figures(alert) == "longest ≥ 10 m, unassigned 25"


def test_nothing_is_reckoned_for_each_of_at_least_so_many() -> None:
    shown = snapshot(
        {
            UNASSIGNED: reading(6),
            ONLINE: reading(2, at_least=True),
            TEAM_WAITING: reading(5),
            MEMBERS: reading(6),
            MEMBERS_ONLINE: reading(1, at_least=True),
        },
        teams=TEAMS,
    )
    view = View(now=NOW, width=110, height=8, target=300.0)
    told = "".join(part.text for line in conversations.lines(shown, view) for part in line)
    assert "\u2265 2" in told
    assert "per agent" not in told
    worst = worst_team(shown, NOW)
    assert worst is not None
    assert worst.notes == ("5 unassigned",)
    (row,) = teams.rows(shown, NOW)
    assert "\u2265 1" in {cell.text for cell in row.cells}


def test_a_tile_tells_no_change_of_at_least_so_many() -> None:
    names = ("unassigned", "agents_online")
    shown = snapshot({UNASSIGNED: reading(9), ONLINE: reading(2, at_least=True)})
    told = wall.tile(shown, names, wall.TileView(NOW, WALL, None, course=Falling()), title="A").shown
    assert [(figure.text, figure.change) for figure in told] == [("9", "\u25bc 3"), ("\u22652", "")]


def test_the_sum_of_the_fleet_is_at_least_where_one_of_its_rows_is() -> None:
    def members(*at_least: bool) -> list[fleet.Member]:
        return [
            fleet.Member(
                AccountEntry(AccountRef("trial", number), "", "trial"),
                snapshot({ONLINE: reading(2, at_least=least)}),
                "badge",
                Health(HealthState.OK),
                None,
            )
            for number, least in enumerate(at_least)
        ]

    for shown, told in ((members(False, False), "online 4"), (members(False, True), "online \u2265 4")):
        assert told in "".join(part.text for part in fleet.totals(shown, NOW, 100))


def test_a_fleet_without_all_accounts_says_so_and_its_sums_are_at_least_so_much() -> None:
    health, shown = Health(HealthState.OK), snapshot({ONLINE: reading(2)})
    members = [
        fleet.Member(AccountEntry(AccountRef("trial", number), "", "trial"), shown, "badge", health, None)
        for number in (1, 2)
    ]
    assert fleet.title(members, 25) == "Fleet 2 accounts in 1 environment, 25 left out"
    told = "".join(part.text for part in fleet.totals(members, NOW, 100, 25))
    assert "online \u2265 4, 2 of 27 known" in told
