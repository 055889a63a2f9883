"""Alerts in the app: what fires and when, where it shows, who is told, and how it ends."""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tests.stage import Stage, demo_config, on_stage
from tui.app.alerting import Outlet
from tui.clock import ManualClock
from tui.config.conditions import parse_condition
from tui.config.file import Loaded, Sources
from tui.config.model import Alerting, AlertRule, Config, Notify, Targets, Where
from tui.identity import AccountRef, Measure, account
from tui.simulator.demo import Demo
from tui.simulator.faults import Kind
from tui.simulator.people import Roster
from tui.widgets.themes import CHANGED

TRIAL = AccountRef("trial", 12345)
NOBODY = "someone waits and nobody is online"
WAITING = account(Measure.UNASSIGNED)
ONLINE = account(Measure.AGENTS_ONLINE)


class Heard(Outlet):
    """Writes down what would have been heard."""

    def __init__(self) -> None:
        self.rings = 0
        self.shown: list[str] = []
        self.ran: list[tuple[str, ...]] = []

    def ring(self) -> None:
        self.rings += 1

    async def show(self, title: str, body: str, *, rang: bool) -> None:
        self.shown.append(f"{title}: {body}")

    async def run(self, command: Sequence[str], details: bytes) -> str:
        self.ran.append(tuple(command))
        return ""


class Shift:
    """Nobody is there, from the first answer until `begin`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Roster, "availability", lambda *_: "offline")
        monkeypatch.setattr(Roster, "changes", lambda *_: [])

    def begin(self, stage: Stage) -> None:
        """Everybody of every account comes online."""
        for ref in stage.monitor.refs():
            origin = next(
                environment.url
                for environment in stage.demo.environments
                if environment.name == ref.environment
            )
            there = stage.demo.world(origin).account(ref.account_id).ledger.availability
            there.update(dict.fromkeys(there, "online"))


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch) -> Shift:
    return Shift(monkeypatch)


def rule(when: str, **more: object) -> AlertRule:
    return AlertRule(when=parse_condition(when), text=when, **more)  # type: ignore[arg-type]


def config(*rules: AlertRule, built_in: bool = False, wait: float | None = None) -> Config:
    used = demo_config(Demo(clock=ManualClock()))
    return Config(
        environments=used.environments,
        alerts=rules,
        alerting=Alerting(built_in=built_in),
        targets=Targets(wait=wait),
    )


def header(stage: Stage) -> str:
    return stage.lines()[0]


def alert_line(stage: Stage) -> str:
    return stage.dashboard.notice.plain


def before(stage: Stage, figure: str) -> tuple[str, str]:
    """What stands right before a figure of the conversations pane, and the figure's role."""
    parts = [part for line in stage.dashboard.conversations.lines for part in line]
    place = next(i for i, part in enumerate(parts) if part.meta and part.meta.get("figure") == figure)
    return parts[place - 1].text, parts[place].role


async def test_nobody_online_while_somebody_waits_fires_after_two_minutes(shift: Shift) -> None:
    async with on_stage() as stage:
        heard = stage.app.alerting.outlet = Heard()
        await stage.run_for(110, step=5)
        assert "▲" not in header(stage)
        assert alert_line(stage) == ""
        await stage.run_for(40, step=5)
        assert "▲ " in header(stage)
        assert f"critical · {NOBODY} · since 12:02" in alert_line(stage)
        assert before(stage, "unassigned") == ("!! ", f"critical{CHANGED}")
        assert before(stage, "agents_online") == ("!! ", f"critical{CHANGED}")
        assert stage.app.alerting.on_figure(TRIAL, ONLINE) == "critical"
        assert stage.app.alerting.words(TRIAL).startswith(NOBODY)
        assert f"trial, Support EU: critical: {NOBODY}" in heard.shown
        assert heard.rings == 1
        shift.begin(stage)
        await stage.run_for(70, step=5)
        assert NOBODY not in alert_line(stage)
        assert NOBODY in [past.alert.rule.text for past in stage.app.alerting.past()]


async def test_the_first_minute_is_silent_whatever_the_figures_say() -> None:
    async with on_stage(config=config(rule("open > 0"))) as stage:
        await stage.run_for(50, step=5)
        assert stage.app.alerting.active() == ()
        await stage.run_for(30, step=5)
        assert TRIAL in {alert.ref for alert in stage.app.alerting.active()}


async def test_stale_figures_neither_fire_nor_clear() -> None:
    rules = rule("open > 0"), rule("open < 1"), rule("open > 0", lasting=200.0)
    async with on_stage(config=config(*rules)) as stage:
        await stage.run_for(90, step=5)
        firing = stage.app.alerting.active(TRIAL)
        assert [alert.rule for alert in firing] == [rules[0]]
        stage.fail(Kind.REFUSE)
        await stage.run_for(600, step=10)
        assert stage.app.alerting.active(TRIAL) == firing
        assert not stage.app.alerting.is_fresh(firing[0])
        await stage.press("x")
        assert "old figures" in stage.text()


async def test_no_fresh_data_fires_and_ends_with_the_next_answer() -> None:
    async with on_stage(config=config(built_in=True)) as stage:
        await stage.run_for(60, step=5)
        stage.fail(Kind.REFUSE)
        await stage.run_for(150, step=5)
        assert "no fresh data" not in alert_line(stage)
        await stage.run_for(60, step=5)
        assert "no fresh data for 3 minutes" in alert_line(stage)
        stage.mend()
        await stage.run_for(130, step=5)
        assert "no fresh data" not in alert_line(stage)


@pytest.mark.parametrize("how", ["pause", "suspend"])
async def test_what_was_not_asked_for_is_nobodys_alarm(how: str) -> None:
    async with on_stage(config=config(built_in=True)) as stage:
        heard = stage.app.alerting.outlet = Heard()
        await stage.run_for(60, step=5)
        if how == "pause":
            await stage.press("p")
            await stage.run_for(900, step=15)
            await stage.press("p")
        else:
            stage.clock.leap(7_200)
        await stage.run_for(30, step=5)
        told = [*stage.app.alerting.active(), *(past.alert for past in stage.app.alerting.past())]
        assert not [alert for alert in told if "no fresh data" in alert.rule.text]
        assert heard.rings == 0


async def test_acknowledging_stops_the_bell_and_the_bold_but_not_the_display() -> None:
    async with on_stage(config=config(rule("open > 0"))) as stage:
        heard = stage.app.alerting.outlet = Heard()
        await stage.run_for(90, step=5)
        assert before(stage, "open")[1] == f"warning{CHANGED}"
        assert "! to acknowledge" in alert_line(stage)
        rings = heard.rings
        other = stage.monitor.refs()[1]
        await stage.press("f", "j", "!", "f")
        assert {alert.acknowledged for alert in stage.app.alerting.active(other)} == {True}
        assert {alert.acknowledged for alert in stage.app.alerting.active(TRIAL)} == {False}
        await stage.press("!")
        assert before(stage, "open") == ("! ", "warning")
        assert "open > 0" in alert_line(stage)
        assert "▲ 1 alert" in header(stage)
        stage.app.alerting.acknowledge()
        await stage.run_for(300, step=10)
        assert heard.rings == rings


async def test_what_nobody_acknowledges_rings_again_and_on_a_wall_three_times_at_most() -> None:
    only = rule("open > 0", where=Where(account=str(TRIAL.account_id)))
    async with on_stage(config=config(only)) as stage:
        heard = stage.app.alerting.outlet = Heard()
        stage.app.alerting.on_wall(True)
        await stage.run_for(900, step=10)
        assert heard.rings == 3
        stage.app.alerting.on_wall(False)
        await stage.run_for(125, step=5)
        assert heard.rings in {4, 5}


async def test_a_team_without_members_online_is_marked_in_its_row(shift: Shift) -> None:
    lonely = rule("members_online = 0", where=Where(team="*"), level="info", notify=Notify(bell=False))
    async with on_stage(config=config(lonely)) as stage:
        heard = stage.app.alerting.outlet = Heard()
        await stage.run_for(180, step=5)
        worst = stage.app.alerting.active(TRIAL)[0]
        row = next(row for row in stage.dashboard.teams.table.rows if str(row.key) == worst.subject.scope.id)
        assert row.cells[0].plain == f"i {worst.subject.name}"
        assert row.cells[3].plain.startswith("i 0/")
        assert f"info · {worst.subject.name}: members_online = 0" in alert_line(stage)
        assert heard.rings == 0
        await stage.press("x", "enter")
        assert stage.app.screen is stage.dashboard
        assert stage.dashboard.teams.table.selected == row.key


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_line_takes_a_row_only_while_something_fires(size: tuple[int, int]) -> None:
    async with on_stage(config=config(rule("open > 0", lasting=60.0)), size=size) as stage:
        assert "Conversations" in stage.lines()[1]
        await stage.run_for(110, step=5)
        assert stage.lines()[1].startswith(" ▲ warning · open > 0 · since 12:01")
        assert "Conversations" in stage.lines()[2]
        assert "as of" in header(stage)


async def test_other_accounts_are_counted_in_the_header_and_their_figures_stay_calm() -> None:
    only = rule("open > 0", where=Where(environment="app"), level="critical")
    async with on_stage(config=config(only)) as stage:
        await stage.run_for(120, step=5)
        others = {alert.ref for alert in stage.app.alerting.active()}
        assert {ref.environment for ref in others} == {"app"}
        assert f"▲ {len(others)} elsewhere" in header(stage)
        assert before(stage, "open")[1] in {"value", f"value{CHANGED}"}
        assert alert_line(stage) == ""
        await stage.press("e")
        await stage.run_for(2)
        assert stage.dashboard.ref in others
        assert "▲ 1 alert" in header(stage)
        assert before(stage, "open")[1] == f"critical{CHANGED}"


async def test_the_list_tells_what_fires_and_what_is_over_and_leads_there(shift: Shift) -> None:
    async with on_stage(config=config(built_in=True, wait=86_000.0), size=(160, 40)) as stage:
        await stage.run_for(220, step=5)
        await stage.press("x")
        text = stage.text()
        firing = len(stage.app.alerting.active())
        assert f"Alerts {firing}" in text, stage.app.alerting.problem
        assert "!! critical trial · Support EU" in text
        assert NOBODY in text
        assert re.search(r"12:0[23] CET", text)
        assert "agents online 0" in text
        await stage.press("!")
        assert "acknowledged" in stage.text()
        shift.begin(stage)
        await stage.run_for(400, step=10)
        assert "over 12:" in stage.text()
        assert f"Alerts {len(stage.app.alerting.active())} · " in stage.text()
        await stage.press("slash", *"!trial", "enter")
        assert "No row matches." in stage.text()
        await stage.press("escape", "escape")
        assert stage.app.screen is stage.dashboard
        await stage.press("e")
        assert stage.dashboard.ref != TRIAL
        await stage.press("x", "enter")
        assert stage.app.screen is stage.dashboard
        assert stage.dashboard.ref == TRIAL


async def test_threshold_environment_and_state_are_whole_at_80_cells() -> None:
    only = rule("longest > 30m", where=Where(environment="app"))
    async with on_stage(config=config(only), size=(80, 24)) as stage:
        await stage.press("e")
        await stage.run_for(120, step=5)
        await stage.press("x")
        row = next(line for line in stage.lines() if "longest" in line)
        assert "longest > 30m " in row
        assert "app · Retail Eu" in row
        assert " new " in row


async def test_a_demo_shows_alerts_and_is_never_heard() -> None:
    async with on_stage(config=config(rule("open > 0"))) as stage:
        assert stage.app.alerting.outlet is None
        await stage.run_for(90, step=5)
        assert "▲ 1 alert" in header(stage)


async def test_commands_are_run_once_for_each_alert() -> None:
    tell = rule(
        "open > 0",
        where=Where(account=str(TRIAL.account_id)),
        notify=Notify(bell=False, command=("tell", "me")),
    )
    async with on_stage(config=config(tell)) as stage:
        heard = stage.app.alerting.outlet = Heard()
        await stage.run_for(400, step=10)
        assert heard.ran == [("tell", "me")]
        assert heard.rings == 0


async def test_a_past_alert_of_a_removed_environment_leads_nowhere_and_says_so() -> None:
    used = config(rule("open > 1"))
    async with on_stage(config=used) as stage:
        await stage.run_for(90, step=5)
        without = msgspec.structs.replace(used, environments=used.environments[1:])
        await stage.app.use(Loaded(without, Sources(Path("config.toml"), None)))
        await stage.run_for(5)
        there, last = stage.dashboard.ref, stage.store.state.last
        await stage.press("x")
        past = next(past_alert for past_alert in stage.app.alerting.past() if past_alert.alert.ref == TRIAL)
        screen = stage.app.screen
        screen.pane.table.select(past.alert.id)  # type: ignore[attr-defined]
        await stage.press("enter")
        assert stage.app.screen is screen
        assert 'The environment "trial" is no longer there.' in stage.lines()[-2]
        assert (stage.dashboard.ref, stage.store.state.last) == (there, last)
