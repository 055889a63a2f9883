"""Alerts: what fires, for whom, when it clears, and what rings."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from tui.api.models import Agent, Inbox, ReportPoint, Team
from tui.config.conditions import parse_condition
from tui.config.model import AlertRule, Config, Notify, Targets, Where
from tui.identity import (
    AccountKey,
    AccountRef,
    Measure,
    Scope,
    ScopeKind,
    Slot,
    account,
    agent,
    inbox,
    status,
    team,
)
from tui.monitor.alerts.engine import Alerts, Effect, payload
from tui.monitor.alerts.lock import AlertLock
from tui.monitor.alerts.rules import (
    FALLEN_WITHIN,
    OVER_USUAL,
    Known,
    built_in,
    data_age,
    fallen,
    heard_of,
    needs_a_part,
    newest_data,
    over_usual,
    rules_for,
    subjects,
)
from tui.monitor.reading import AccountSnapshot, Listing, Reading, Wait
from tui.panes import alarms

REF = AccountRef("trial", 1)
WAITING = account(Measure.UNASSIGNED)
ONLINE = account(Measure.AGENTS_ONLINE)
PERIOD = 15.0
START = 1_000.0
WALL = 1_795_356_000.0


def rule(when: str, until: str = "", **more: object) -> AlertRule:
    clearing = parse_condition(until) if until else ()
    return AlertRule(when=parse_condition(when), text=when, until=clearing, **more)  # type: ignore[arg-type]


def snapshot(
    readings: Mapping[Slot, float | None],
    asked_at: float,
    *,
    ref: AccountRef = REF,
    teams: tuple[Team, ...] | None = (Team(1, "billing"), Team(2, "sales emea"), Team(3, "sales apac")),
) -> AccountSnapshot:
    return AccountSnapshot(
        ref=ref,
        key=AccountKey("https://trial.example", ref.account_id, 7),
        name="Support EU",
        viewer=None,
        readings={slot: Reading(value, asked_at, WALL, asked_at, PERIOD) for slot, value in readings.items()},
        teams=Listing[Team](teams, asked_at, WALL, asked_at, 300),
        agents=Listing[Agent](None, 0, 0, 0, 30),
        inboxes=Listing[Inbox]((Inbox(5, "Website"),), asked_at, WALL, asked_at, 300),
        team_members={},
        incoming_by_hour=Listing[ReportPoint](None, 0, 0, 0, 300),
    )


class Desk:
    """Alerts on a clock of its own, past the silent minute, fed one answer at a time."""

    def __init__(self, *rules: AlertRule, now: float = START + 60, most_rings: int | None = None) -> None:
        self.alerts = Alerts(lambda ref: rules, START, most_rings=most_rings)
        self.now = now

    def see(
        self,
        readings: Mapping[Slot, float | None],
        *,
        after: float = PERIOD,
        derived: Mapping[str, Known] | None = None,
        ref: AccountRef = REF,
    ) -> list[Effect]:
        self.now += after
        return self.alerts.judge(snapshot(readings, self.now, ref=ref), self.now, WALL + self.now, derived)

    def texts(self) -> list[str]:
        return [alert.text for alert in self.alerts.active()]


def test_fires_when_the_condition_has_lasted_and_clears_at_its_own_limit() -> None:
    desk = Desk(rule("unassigned > 20", "unassigned < 15", lasting=30.0))
    for _ in range(2):
        desk.see({WAITING: 25})
        assert desk.texts() == []
    desk.see({WAITING: 25})
    assert desk.texts() == ["Support EU: unassigned > 20"]
    desk.see({WAITING: 16})
    assert desk.texts() != []
    desk.see({WAITING: 14})
    assert desk.texts() == []
    (past,) = desk.alerts.past()
    assert past.alert.values == {"unassigned": 25}
    assert past.ended_wall > past.alert.since_wall


def test_a_break_starts_the_count_again() -> None:
    desk = Desk(rule("unassigned > 20", lasting=30.0))
    for value in (25, 25, 5, 25, 25):
        desk.see({WAITING: value})
    assert desk.texts() == []
    desk.see({WAITING: 25})
    assert desk.texts() != []


def test_stale_or_unknown_figures_neither_fire_nor_clear() -> None:
    desk = Desk(rule("unassigned > 20"))
    old = snapshot({WAITING: 25}, desk.now - 100)
    desk.alerts.judge(old, desk.now, WALL)
    desk.see({WAITING: None})
    assert desk.texts() == []
    desk.see({WAITING: 25})
    desk.see({WAITING: None})
    desk.alerts.judge(snapshot({WAITING: 3}, desk.now), desk.now + 100, WALL)
    assert desk.texts() != []
    desk.see({WAITING: 3})
    assert desk.texts() == []


def test_one_unknown_figure_keeps_the_whole_condition_undecided() -> None:
    desk = Desk(rule("unassigned > 0 and agents_online = 0"))
    desk.see({WAITING: 5, ONLINE: None})
    assert desk.texts() == []
    desk.see({WAITING: 5, ONLINE: 0})
    assert desk.texts() != []
    desk.see({WAITING: 0, ONLINE: None})
    assert desk.texts() != []


def test_time_without_fresh_data_does_not_count() -> None:
    desk = Desk(rule("unassigned > 20", lasting=60.0))
    desk.see({WAITING: 25})
    desk.see({WAITING: 25}, after=600)
    assert desk.texts() == []
    for _ in range(3):
        desk.see({WAITING: 25})
    assert desk.texts() == []
    desk.see({WAITING: 25})
    assert desk.texts() != []


def test_judging_again_without_a_new_answer_adds_no_time() -> None:
    desk = Desk(rule("unassigned > 20", lasting=10.0))
    desk.see({WAITING: 25})
    for late in (5, 15, 25):
        desk.alerts.judge(snapshot({WAITING: 25}, desk.now), desk.now + late, WALL)
    assert desk.texts() == []


def test_silent_in_the_first_minute() -> None:
    desk = Desk(rule("unassigned > 20"), now=START)
    for _ in range(3):
        assert desk.see({WAITING: 25}) == []
    assert [effect.kind for effect in desk.see({WAITING: 25})] == ["bell"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), ["Support EU"]),
        (Where(environment="tri*", account="1"), ["Support EU"]),
        (Where(account="support ??"), ["Support EU"]),
        (Where(environment="app"), []),
        (Where(account="2"), []),
        (Where(team="sales*"), ["sales apac", "sales emea"]),
        (Where(team="1"), ["billing"]),
        (Where(team="[bs]*"), []),
        (Where(inbox="*"), ["Website"]),
    ],
)
def test_where(where: Where, expected: list[str]) -> None:
    desk = Desk(rule("unassigned > 20", where=where))
    desk.see(
        {WAITING: 25, inbox(5, Measure.UNASSIGNED): 25}
        | {team(number, Measure.UNASSIGNED): 25 for number in (1, 2, 3)}
    )
    assert sorted(alert.subject.name for alert in desk.alerts.active()) == expected


def test_a_team_is_judged_by_its_own_figures_and_the_account_s_where_it_has_none() -> None:
    desk = Desk(rule("unassigned > 20 and agents_online = 0 and pending > 1", where=Where(team="billing")))
    desk.see({WAITING: 99, ONLINE: 0, status("pending"): 5})
    assert desk.texts() == []
    desk.see({team(1, Measure.UNASSIGNED): 21, ONLINE: 0, status("pending"): 5})
    assert desk.texts() == ["billing: unassigned > 20 and agents_online = 0 and pending > 1"]


def test_of_thousands_of_teams_those_are_judged_of_which_something_was_told() -> None:
    of_a_team = rule("unassigned > 20", where=Where(team="*"))
    of_the_account = rule("data_age > 60s", where=Where(team="*"))
    shown = snapshot({team(2, Measure.UNASSIGNED): 25}, START)
    told = heard_of(shown)
    assert needs_a_part(of_a_team)
    assert not needs_a_part(of_the_account), "it is judged without any figure of the team"
    assert [subject.scope.id for subject in subjects(of_a_team, shown, told)] == ["2"]
    assert len(list(subjects(of_a_team, shown))) > 1


class ManyReadings(dict[Slot, Reading]):
    """Readings of which there are too many to go through."""

    def __iter__(self) -> Iterator[Slot]:
        raise AssertionError("all of them are gone through")

    keys = values = items = __iter__  # type: ignore[assignment]


def test_of_thousands_of_figures_the_account_s_own_are_found_without_going_through_them() -> None:
    desk = Desk(rule("unassigned > 20"), rule("data_age > 60s", where=Where(team="*")))
    shown = snapshot({WAITING: 99, agent(7, Measure.OPEN): 3, status("pending"): 5}, START)
    large = msgspec.structs.replace(shown, readings=ManyReadings(shown.readings))
    desk.alerts.judge(large, START, START)
    assert newest_data(large) == newest_data(shown) > 0.0
    assert data_age(large, START, START + 999.0) == data_age(shown, START, START + 999.0)


def test_a_team_that_is_no_more_takes_its_alert_along() -> None:
    desk = Desk(rule("unassigned > 20", where=Where(team="*")))
    desk.see({team(1, Measure.UNASSIGNED): 25})
    desk.alerts.judge(snapshot({}, desk.now, teams=None), desk.now, WALL)
    assert desk.texts() != []
    desk.alerts.judge(snapshot({}, desk.now, teams=(Team(2, "sales"),)), desk.now, WALL)
    assert desk.texts() == []


def test_worst_first_and_levels_by_account_scope_and_figure() -> None:
    desk = Desk(
        rule("unassigned > 20", level="warning"),
        rule("agents_online = 0", level="critical"),
        rule("unassigned > 5", level="info", where=Where(team="billing")),
    )
    desk.see({WAITING: 25, ONLINE: 0, team(1, Measure.UNASSIGNED): 9})
    assert [alert.level for alert in desk.alerts.active()] == ["critical", "warning", "info"]
    billing = Scope(ScopeKind.TEAM, "1")
    assert desk.alerts.level(REF) == "critical"
    assert desk.alerts.level(REF, billing) == "info"
    assert desk.alerts.level(AccountRef("trial", 2)) is None
    assert desk.alerts.on_figure(REF, WAITING.scope, "unassigned") == "warning"
    assert desk.alerts.on_figure(REF, billing, "open") is None


def test_bell_repeats_until_somebody_acknowledges_and_the_alert_stays() -> None:
    desk = Desk(rule("unassigned > 20"))
    assert [effect.kind for effect in desk.see({WAITING: 25})] == ["bell"]
    assert desk.alerts.repeats(desk.now + 119) == []
    assert len(desk.alerts.repeats(desk.now + 120)) == 1
    assert desk.alerts.acknowledge([alert.id for alert in desk.alerts.active()]) == 1
    assert desk.alerts.repeats(desk.now + 600) == []
    assert desk.alerts.active()[0].acknowledged


def test_on_a_wall_it_rings_three_times_at_most() -> None:
    desk = Desk(rule("unassigned > 20"), most_rings=3)
    rings = len(desk.see({WAITING: 25}))
    for place in range(1, 20):
        rings += len(desk.alerts.repeats(desk.now + 120 * place))
    assert rings == 3


def test_many_at_once_ring_once_but_each_notifies_and_commands() -> None:
    notify = Notify(bell=True, desktop=True, command=("page", "me"))
    desk = Desk(*(rule(f"unassigned > {number}", notify=notify) for number in range(5)))
    effects = desk.see({WAITING: 25})
    kinds = [effect.kind for effect in effects]
    assert (kinds.count("bell"), kinds.count("desktop"), kinds.count("command")) == (1, 5, 5)
    assert {effect.command for effect in effects if effect.kind == "command"} == {("page", "me")}


def test_details_for_a_command() -> None:
    desk = Desk(rule("unassigned > 20", level="critical", where=Where(team="billing")))
    desk.see({team(1, Measure.UNASSIGNED): 25})
    told = json.loads(payload(desk.alerts.active()[0]))
    assert told["alert"] == "unassigned > 20"
    assert told["level"] == "critical"
    assert told["account"] == {"id": 1, "name": "Support EU"}
    assert told["subject"] == {"kind": "team", "id": 1, "name": "billing"}
    assert told["figures"] == {"unassigned": 25}


def test_history_of_alerts_is_bounded_and_the_latest_first() -> None:
    desk = Desk(rule("unassigned > 20"))
    for _ in range(600):
        desk.see({WAITING: 25})
        desk.see({WAITING: 0})
    assert len(desk.alerts.past()) == 500
    assert desk.alerts.past()[0].alert.id == 600


def test_forgotten_account_fires_no_more() -> None:
    desk = Desk(rule("unassigned > 20"))
    desk.see({WAITING: 25})
    desk.alerts.forget(REF, WALL)
    assert desk.texts() == []
    assert len(desk.alerts.past()) == 1


def test_an_alert_that_no_longer_holds_and_is_not_yet_over_says_what_clears_it() -> None:
    desk = Desk(rule("unassigned > 20", "unassigned < 15"))
    desk.see({WAITING: 25})
    assert alarms.words(desk.alerts.active()) == "unassigned > 20"
    desk.see({WAITING: 17})
    assert alarms.words(desk.alerts.active()) == "unassigned > 20 · no longer so, clears when unassigned < 15"
    desk.see({WAITING: 22})
    assert alarms.words(desk.alerts.active()) == "unassigned > 20"


class TestBuiltIn:
    """The rules that are on by default."""

    def desk(self, wait: float | None = None) -> Desk:
        return Desk(*built_in(Targets(wait=wait)))

    def test_no_fresh_data_for_three_minutes(self) -> None:
        desk = self.desk()
        desk.see({WAITING: 0})
        for late, fires in ((20, False), (170, False), (181, True)):
            desk.alerts.judge(snapshot({WAITING: 0}, desk.now), desk.now + late, WALL)
            assert bool(desk.texts()) is fires
        desk.see({WAITING: 0}, after=300)
        assert desk.texts() == []

    def test_an_account_that_never_answered_is_without_fresh_data(self) -> None:
        desk = self.desk()
        desk.see({})
        desk.see({}, after=181)
        assert desk.texts() == ["Support EU: no fresh data for 3 minutes"]

    def test_someone_waits_and_nobody_is_online(self) -> None:
        desk = self.desk()
        for _ in range(9):
            desk.see({WAITING: 1, ONLINE: 0})
        assert desk.texts() == ["Support EU: someone waits and nobody is online"]
        desk.see({WAITING: 1, ONLINE: 1})
        assert desk.texts() == []

    def test_longest_wait_past_the_target_and_three_times(self) -> None:
        desk = self.desk(wait=300)
        longest = account(Measure.LONGEST)
        desk.see({longest: 290})
        assert desk.texts() == []
        desk.see({longest: 301})
        assert [alert.level for alert in desk.alerts.active()] == ["warning"]
        (warned,) = desk.alerts.active()
        desk.see({longest: 901})
        assert [alert.level for alert in desk.alerts.active()] == ["critical"]
        assert desk.alerts.active()[0].since == warned.since
        desk.see({longest: 100})
        assert desk.texts() == []
        assert [past.alert.level for past in desk.alerts.past()] == ["critical"]

    def test_a_long_wait_that_eases_is_the_same_alert_until_it_is_over(self) -> None:
        desk = self.desk(wait=300)
        longest = account(Measure.LONGEST)
        desk.see({longest: 1_000})
        assert [alert.level for alert in desk.alerts.active()] == ["critical"]
        assert desk.alerts.acknowledge([desk.alerts.active()[0].id]) == 1
        desk.see({longest: 400})
        (eased,) = desk.alerts.active()
        assert (eased.level, eased.acknowledged) == ("warning", True)
        assert desk.alerts.past() == ()
        desk.see({longest: 1_200})
        (again,) = desk.alerts.active()
        assert (again.level, again.acknowledged, again.since) == ("critical", False, eased.since)
        desk.see({longest: 100})
        assert len(desk.alerts.past()) == 1

    def test_the_line_of_a_long_wait_tells_the_wait_the_limit_and_the_team(self) -> None:
        desk = self.desk(wait=1_200)
        longest = account(Measure.LONGEST)
        wait = Wait(7, WALL, team_id=1)
        for seconds, told in (
            (1_560, "longest wait 26 min, over 20 min, billing"),
            (1_140, "longest wait 19 min, was over 20 min, clears below 18 min, billing"),
            (3_720, "longest wait 1 h 02, over 3× 20 min, billing"),
            (3_300, "longest wait 55 min, was over 1 h, clears below 54 min, billing"),
            (1_320, "longest wait 22 min, over 20 min, billing"),
        ):
            desk.now += PERIOD
            seen = msgspec.structs.replace(snapshot({longest: seconds}, desk.now), longest=wait)
            desk.alerts.judge(seen, desk.now, WALL)
            assert alarms.words(desk.alerts.active()) == told

    def test_what_fired_at_a_time_of_this_run_is_remembered(self) -> None:
        desk = self.desk(wait=300)
        longest = account(Measure.LONGEST)
        for minute, seconds in enumerate((100, 400, 1_000, 500, 100, 100)):
            now = desk.now + 60 * minute
            desk.alerts.judge(snapshot({longest: seconds}, now), now, WALL + 60 * minute)
        levels = [
            [alert.level for alert in desk.alerts.at(REF, WALL + 60 * minute + 30)] for minute in range(6)
        ]
        assert levels == [[], ["warning"], ["critical"], ["warning"], [], []]

    def test_without_a_target_no_wait_is_too_long(self) -> None:
        desk = self.desk()
        desk.see({account(Measure.LONGEST): 1e6})
        assert desk.texts() == []

    def test_team_with_someone_waiting_and_no_member_online(self) -> None:
        desk = self.desk()
        for _ in range(21):
            desk.see(
                {team(1, Measure.UNASSIGNED): 2, team(1, Measure.MEMBERS_ONLINE): 0, WAITING: 0, ONLINE: 3}
            )
        assert desk.texts() == ["billing: someone waits for this team and no member is online"]

    def test_agents_online_halved(self) -> None:
        assert FALLEN_WITHIN == 300
        desk = self.desk()

        def online(value: float, change: float | None) -> dict[str, Known]:
            share = fallen(Known(value, desk.now + PERIOD, 30), change)
            return {} if share is None else {"agents_online_fallen": share}

        desk.see({ONLINE: 3, WAITING: 0}, derived=online(3, None))
        desk.see({ONLINE: 2, WAITING: 0}, derived=online(2, -1))
        desk.see({ONLINE: 6, WAITING: 0}, derived=online(6, -4))
        assert desk.texts() == []
        desk.see({ONLINE: 5, WAITING: 0}, derived=online(5, -5))
        assert desk.texts() == ["Support EU: half of the agents online have left within 5 minutes"]
        desk.see({ONLINE: 5, WAITING: 0}, derived=online(5, 0))
        assert desk.texts() == []

    def test_far_more_than_usual(self) -> None:
        desk = self.desk()
        for _ in range(22):
            more = over_usual(Known(50, desk.now + PERIOD, 30), 20)
            assert more is not None
            desk.see({WAITING: 50, ONLINE: 4}, derived={OVER_USUAL: more})
        assert desk.texts() == ["Support EU: far more wait than usual at this hour"]
        assert over_usual(Known(50, 0, 30), None) is None


def test_rules_of_the_config_come_before_the_built_in_ones() -> None:
    own = (rule("open > 5"), rule("open > 6", where=Where(environment="app")))
    rules = rules_for(Config(alerts=own, targets=Targets(wait=300.0)), REF)
    assert rules[0] == own[0]
    assert own[1] not in rules
    assert len(rules) == 1 + 7


def test_of_several_instances_one_rings_and_another_takes_over(tmp_path: Path) -> None:
    path = tmp_path / "state" / "alerts.lock"
    first, second = AlertLock(path), AlertLock(path)
    assert first.mine()
    assert first.mine()
    assert not second.mine()
    first.release()
    assert second.mine()
    second.release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "alerts.lock"
    script = (
        "import sys; from pathlib import Path; from tui.monitor.alerts.lock import AlertLock\n"
        "print(AlertLock(Path(sys.argv[1])).mine(), flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        child.stdout.readline()
        child.kill()
        child.wait()
    mine = AlertLock(path)
    assert mine.mine()
    mine.release()


def test_where_no_lock_can_be_had_everybody_rings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert AlertLock(tmp_path / "file" / "alerts.lock").mine()
