"""Alerts on service level: judged of enough conversations alone, and over where hardly anybody comes."""

from dataclasses import dataclass, field

import msgspec
import pytest

from tests.builders import NOW, REF, WALL, listing, reading, snapshot
from tui.api.models import Team
from tui.config.conditions import parse_condition
from tui.config.model import AlertRule, Where
from tui.identity import ACCOUNT, Measure, Scope, ScopeKind, Slot
from tui.monitor.alerts.engine import SILENT, Alerts
from tui.monitor.alerts.rules import FEW_DECIDED
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.figures import PartOfAccount, Rules, Tally
from tui.monitor.service.intervals import Day
from tui.monitor.service.level import ServiceLevel, readings_of
from tui.monitor.service.states import CountedAs
from tui.monitor.service.worker import Today
from tui.panes.alarms import clearing

DAY = Day(1_795_910_400, 1_795_996_800)
TEAM = Scope(ScopeKind.TEAM, "3")


def seen(met: int, late: int, closed: int = 0, *, speed: float = 60.0, now: float = NOW) -> AccountSnapshot:
    """An account and its team 3 in the last half-hour, looked at 10 s before `now`."""
    tally = Tally()
    tally.counts |= {CountedAs.IN_TARGET: met, CountedAs.LATE: late, CountedAs.CLOSED: closed}
    tally.speeds = [speed] * tally.answered
    parts = {PartOfAccount(): tally, PartOfAccount("team", 3): tally}
    today = Today(DAY, DAY.since + 40_000.0, DAY.since, 1.0, parts, parts, Rules(300.0))
    made = msgspec.structs.replace(reading(None), asked_at=now - 10.0, asked_wall=WALL, period=900.0)
    shown = snapshot(readings_of(today, made), teams=listing([Team(3, "billing")]))
    return msgspec.structs.replace(shown, service=ServiceLevel(today, 80.0))


def rule(when: str, until: str = "", where: Where | None = None) -> AlertRule:
    over = parse_condition(until) if until else ()
    return AlertRule(when=parse_condition(when), text=when, until=over, where=where or Where())


@dataclass
class Watched:
    """One rule, judged of one snapshot after the other."""

    rule: AlertRule
    now: float = NOW
    alerts: Alerts = field(init=False)

    def __post_init__(self) -> None:
        self.alerts = Alerts(lambda _: (self.rule,), NOW - SILENT)

    def fires(self, *counts: int, speed: float = 60.0) -> bool:
        self.now += 600.0
        self.alerts.judge(seen(*counts, speed=speed, now=self.now), self.now, WALL)
        return bool(self.alerts.active(REF))


@pytest.mark.parametrize("where", [Where(), Where(team="bill*")])
@pytest.mark.parametrize("until", ["", "service_level >= 85"])
def test_a_level_below_the_limit_fires_and_is_over_above_it_or_where_hardly_anybody_comes(
    where: Where, until: str
) -> None:
    for over in ((19, 1), (FEW_DECIDED - 1, 0), (0, 1), (0, 0)):
        watched = Watched(rule("service_level < 80 %", until, where))
        assert not watched.fires(9, 0)
        assert not watched.fires(4, FEW_DECIDED - 5)
        assert watched.fires(4, FEW_DECIDED - 4)
        assert watched.fires(70, 30)
        assert not watched.fires(*over)


def test_between_both_limits_it_stays() -> None:
    watched = Watched(rule("service_level < 80", "service_level >= 85"))
    assert watched.fires(70, 30)
    assert watched.fires(83, 17)
    assert not watched.fires(85, 15)


def test_a_speed_is_judged_of_enough_who_were_answered() -> None:
    watched = Watched(rule("speed_p90 > 5m"))
    assert not watched.fires(0, FEW_DECIDED - 1, 40, speed=400.0)
    assert watched.fires(0, FEW_DECIDED, speed=400.0)
    assert not watched.fires(FEW_DECIDED, 0, speed=200.0)


def test_the_closed_without_a_reply_are_counted_however_few_they_are() -> None:
    watched = Watched(rule("closed_without_reply > 2"))
    assert not watched.fires(0, 0, 2)
    assert watched.fires(0, 0, 3)
    assert not watched.fires(0, 0)


def test_what_is_not_known_neither_fires_nor_ends_one() -> None:
    watched = Watched(rule("service_level < 80"))
    assert watched.fires(70, 30)
    watched.alerts.judge(seen(0, 0, now=watched.now - 4_000.0), watched.now, WALL)
    watched.alerts.judge(snapshot(), watched.now, WALL)
    assert watched.alerts.active(REF)


@pytest.mark.parametrize("text", ["service_level < 80", "service_level < 80%", "service_level < 80 %"])
def test_a_limit_is_a_percentage_with_or_without_its_sign(text: str) -> None:
    (comparison,) = parse_condition(text)
    assert comparison.value == 80.0
    assert clearing(comparison) == "service level < 80 %"


@pytest.mark.parametrize("text", ["service_level < 101", "service_level < 8m", "closed_without_reply > 5 %"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write for example|is compared with a number"):
        parse_condition(text)


def test_every_figure_of_it_is_told_of_each_part() -> None:
    shown = seen(15, 4, 1)
    values = {
        Measure.SERVICE_LEVEL: 75.0,
        Measure.SERVICE_LEVEL_TODAY: 75.0,
        Measure.SPEED_P90: 60.0,
        Measure.CLOSED_WITHOUT_REPLY: 1.0,
    }
    for scope in (ACCOUNT, TEAM):
        assert {measure: shown.reading(Slot(scope, measure)).value for measure in values} == values
