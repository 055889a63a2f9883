"""What alerts do outside of the screen: through the terminal, by commands, and once a machine."""

import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from tests.architecture.project import ROOT
from tests.unit.test_alerts import WALL, rule, snapshot
from tests.unit.test_history import Recorder
from tui.app.alerting import AlertsAtWork, Outlet, TerminalOutlet
from tui.clock import ManualClock
from tui.config.file import load
from tui.config.model import Alerting as AlertingSettings
from tui.config.model import AlertRule, Config, Environment, Notify
from tui.identity import ACCOUNT, AccountRef, Measure, account
from tui.monitor.alerts.engine import Alert, Alerts, payload
from tui.monitor.alerts.lock import AlertLock, lock_file
from tui.monitor.alerts.rules import Subject, rules_for
from tui.monitor.directory import AccountEntry, Membership
from tui.monitor.history.history import History
from tui.monitor.polling.plan import Needs
from tui.monitor.reading import AccountSnapshot
from tui.panes import alarms, alerts
from tui.panes.alarms import Alarm
from tui.screens.context import Context

DOCS = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")


def alert(text: str = "open > 0", *, number: int = 1, acknowledged: bool = False) -> Alert:
    return Alert(
        number, rule(text), snapshot({}, 0).ref, "Support EU", Subject(ACCOUNT, "Support EU"), 0.0, WALL,
        {"open": 3.0}, acknowledged,
    )  # fmt: skip


class Heard(Outlet):
    """Writes down what would have been heard; a command takes as long as the test likes."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.running = 0
        self.most = 0
        self.end = asyncio.Event()

    def ring(self) -> None:
        self.said.append("ring")

    async def show(self, title: str, body: str, *, rang: bool) -> None:
        self.said.append(f"{title} / {body}")

    async def run(self, command: Sequence[str], details: bytes) -> str:
        self.running += 1
        self.most = max(self.most, self.running)
        await self.end.wait()
        self.running -= 1
        self.said.append(command[0])
        return "It went wrong."


class OneAccount:
    """A monitor whose only account holds what the test says, live at any moment."""

    paused = False

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.measure = account(Measure.OPEN)
        self.open = 0.0

    def refs(self) -> tuple[AccountRef, ...]:
        return (snapshot({}, 0).ref,)

    def entry(self, ref: AccountRef) -> AccountEntry:
        return AccountEntry(ref, "Support EU", ref.environment, Membership.MEMBER)

    def snapshot(self, _: AccountRef) -> AccountSnapshot:
        return snapshot({self.measure: self.open}, self.clock.now())

    def zone(self, _: AccountRef) -> None:
        return None

    def watch_for_alerts(self, needs: Mapping[AccountRef, Needs]) -> None:
        self.needs = needs


class Instance:
    """One program on the machine, with rules of its own."""

    def __init__(
        self,
        folder: Path | None,
        *rules: AlertRule,
        clock: ManualClock | None = None,
        history: History | None = None,
        built_in: bool = False,
    ) -> None:
        self.clock = clock or ManualClock()
        self.monitor = OneAccount(self.clock)
        self.heard = Heard()
        config = Config(
            environments=(Environment("trial", "https://trial.example"),),
            alerts=rules,
            alerting=AlertingSettings(built_in=built_in),
        )
        context = Context(config, self.monitor, self.clock, None, history=history)  # type: ignore[arg-type]
        self.changed: list[AccountRef] = []
        self.alerting = AlertsAtWork(
            context, outlet=self.heard, lock_folder=folder, changed=self.changed.append
        )
        self.running = asyncio.gather(self.alerting.run(), self.alerting.learn())

    async def pass_time(self, seconds: float, opened: float) -> None:
        self.monitor.open = opened
        await self.clock.advance(seconds)
        for _ in range(50):
            await asyncio.sleep(0.001)

    def close(self) -> None:
        self.running.cancel()
        self.alerting.close()


async def test_of_two_instances_one_rings_and_runs_and_the_other_takes_over(tmp_path: Path) -> None:
    loud = rule("open > 5", notify=Notify(command=("tell",)))
    first, second = Instance(tmp_path, loud), Instance(tmp_path, loud)
    for instance in (first, second):
        instance.heard.end.set()
        await instance.pass_time(65, 9)
    assert sorted(first.heard.said) == ["ring", "tell"]
    assert second.heard.said == []
    assert first.alerting.level(first.changed[0]) == second.alerting.level(second.changed[0]) == "warning"
    first.close()
    await second.pass_time(130, 9)
    assert second.heard.said == ["ring"]
    second.close()


async def test_an_instance_that_pauses_lets_another_be_heard(tmp_path: Path) -> None:
    first, second = Instance(tmp_path, rule("open > 5")), Instance(tmp_path, rule("open > 5"))
    await first.pass_time(65, 9)
    first.monitor.paused = True
    await first.pass_time(10, 9)
    await second.pass_time(65, 9)
    assert second.heard.said == ["ring"]
    first.close()
    second.close()


async def test_commands_are_few_at_a_time_and_what_fails_is_told() -> None:
    rules = [rule(f"open > {number}", notify=Notify(bell=False, command=("tell",))) for number in range(9)]
    instance = Instance(None, *rules)
    await instance.pass_time(65, 9)
    assert instance.heard.most == 4
    instance.heard.end.set()
    await instance.pass_time(1, 9)
    assert instance.heard.said == ["tell"] * 9
    assert instance.alerting.problem == "It went wrong."
    instance.close()


async def test_an_account_that_is_gone_takes_its_alerts_along(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(None, rule("open > 5"))
    await instance.pass_time(65, 9)
    assert len(instance.alerting.active()) == 1
    monkeypatch.setattr(instance.monitor, "refs", lambda: ())
    await instance.pass_time(6, 9)
    assert instance.alerting.active() == ()
    assert len(instance.alerting.past()) == 1
    instance.close()


async def test_a_fault_in_judging_is_logged_once_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    instance = Instance(None, rule("open > 5"))
    good, ref = instance.monitor.snapshot, snapshot({}, 0).ref
    other = msgspec.structs.replace(ref, account_id=2)

    def broken(asked: AccountRef) -> AccountSnapshot:
        if asked == other:
            raise ValueError("a figure nobody thought of")
        return good(asked)

    monkeypatch.setattr(instance.monitor, "refs", lambda: (other, ref))
    monkeypatch.setattr(instance.monitor, "snapshot", broken)
    instance.alerting.heard(other)
    await instance.pass_time(65, 9)
    assert not instance.running.done()
    assert len(instance.alerting.active(ref)) == 1
    assert [record.message for record in caplog.records] == ["An alert could not be judged."]
    assert "a figure nobody thought of" in caplog.text
    assert "the log says why" in instance.alerting.problem
    instance.close()


def test_the_built_in_rules_can_be_switched_off() -> None:
    own, ref = rule("open > 5"), snapshot({}, 0).ref
    assert len(rules_for(Config(alerts=(own,)), ref)) > 1
    assert rules_for(Config(alerts=(own,), alerting=AlertingSettings(built_in=False)), ref) == (own,)


async def test_what_is_usual_at_this_hour_comes_from_the_history() -> None:
    recorder, waiting = Recorder(None), account(Measure.UNASSIGNED)
    picture = snapshot({waiting: 45}, 0)
    for value in (10, 20):
        recorder.clock.leap(7 * 86_400 - 20 * 60)
        for _ in range(20):
            recorder.say({waiting: value}, key=picture.key)
            recorder.clock.leap(60)
    recorder.clock.leap(7 * 86_400)
    instance = Instance(None, clock=recorder.clock, history=recorder.history, built_in=True)
    instance.monitor.measure = waiting
    await instance.pass_time(6, 45)
    await instance.pass_time(380, 45)
    judged = [
        (firing_alert.rule.text, alerts.figures(firing_alert)) for firing_alert in instance.alerting.active()
    ]
    assert ("far more wait than usual at this hour", "unassigned over usual 3.0 times") in judged
    assert instance.alerting.on_figure(picture.ref, waiting) == "warning"
    instance.close()
    recorder.history.close()


async def test_the_bell_is_one_byte() -> None:
    written: list[str] = []
    TerminalOutlet(written.append, {}).ring()
    assert written == ["\a"]


@pytest.mark.parametrize(
    ("environ", "rang", "expected"),
    [
        ({"TERM": "xterm-256color"}, True, ["\x1b]9;trial: billing waits\x07"]),
        ({"TERM": "foot"}, True, ["\x1b]777;notify;trial;billing waits\x1b\\"]),
        ({"TERM": "linux"}, False, ["\a"]),
        ({"TERM": "linux"}, True, []),
    ],
)
async def test_a_notification_is_the_terminals_or_the_bell_that_has_not_rung(
    environ: dict[str, str], rang: bool, expected: list[str]
) -> None:
    written: list[str] = []
    await TerminalOutlet(written.append, environ).show("trial", "billing waits", rang=rang)
    assert written == expected


async def test_a_command_reads_the_alert_as_json(tmp_path: Path) -> None:
    target = tmp_path / "told"
    script = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    outlet = TerminalOutlet(lambda _: None, {})
    assert await outlet.run((sys.executable, "-c", script, str(target)), payload(alert())) == ""
    assert json.loads(target.read_text())["figures"] == {"open": 3.0}
    assert "ended with 4" in await outlet.run((sys.executable, "-c", "raise SystemExit(4)"), b"{}")


def test_instances_that_watch_different_addresses_are_both_heard(tmp_path: Path) -> None:
    lock, same, other = (
        AlertLock(lock_file(tmp_path, url))
        for url in ("https://a.example", "https://a.example", "https://b.example")
    )
    assert lock.mine()
    assert not same.mine()
    assert other.mine()
    lock.release()
    assert same.mine()
    same.release()
    other.release()


def test_a_lack_of_data_counts_anew_after_a_pause_but_does_not_end_by_it() -> None:
    judge = Alerts(lambda _: (rule("data_age > 3m"),), 0.0)
    open_now = {account(Measure.OPEN): 4.0}
    judge.judge(snapshot(open_now, 100), 100, WALL)
    judge.watch_anew(1_000)
    judge.judge(snapshot(open_now, 100), 1_100, WALL)
    assert judge.active() == ()
    judge.judge(snapshot(open_now, 100), 1_190, WALL)
    assert len(judge.active()) == 1
    judge.watch_anew(5_000)
    judge.judge(snapshot(open_now, 100), 5_001, WALL)
    assert len(judge.active()) == 1
    judge.judge(snapshot(open_now, 5_002), 5_003, WALL)
    assert judge.active() == ()


def test_a_lack_of_data_is_as_old_as_the_last_data_also_once_it_is_unknown() -> None:
    judge = Alerts(lambda _: (rule("data_age > 3m"),), 0.0)
    judge.judge(snapshot({account(Measure.OPEN): 4.0}, 400), 400, WALL)
    judge.judge(snapshot({account(Measure.OPEN): None}, 400), 575, WALL)
    assert judge.active() == ()
    judge.judge(snapshot({account(Measure.OPEN): None}, 400), 590, WALL)
    assert [fired.values for fired in judge.active()] == [{"data_age": 190.0}]


@pytest.mark.parametrize("width", [20, 80, 120])
@pytest.mark.parametrize("count", [1, 12])
def test_an_alert_takes_one_row_at_every_width(width: int, count: int) -> None:
    firing = [alert("open > 0 and " * 8 + "open > 0", number=number) for number in range(count)]
    lines = alarms.notices(firing, None, ("!", "x"), width)
    more = f"  (1 of {count})" if count > 1 else ""
    assert len(lines[0].text + more) <= max(width - 2, 30)
    assert "since" in lines[0].text


def test_a_line_of_alerts_says_what_its_key_does_or_names_none() -> None:
    for width in range(40, 121):
        firing = [alert("longest > 30m", number=number) for number in range(2)]
        text = alarms.notices(firing, None, ("!", "x"), width)[0].text
        assert text.endswith(" · ! to acknowledge") or "!" not in text


def test_an_alarm_is_bold_until_acknowledged_and_never_colour_alone() -> None:
    assert Alarm("critical", new=True).role == "critical-changed"
    assert Alarm("critical", new=False).role == "critical"
    assert {Alarm(level, new=True).sign.text for level in ("critical", "warning", "info")} == {
        "!! ",
        "! ",
        "i ",
    }


def test_figures_at_firing_are_told_in_words() -> None:
    told = {"longest": 640.0, "agents_online_fallen": 0.6, "unassigned_over_usual": 2.5, "agents_online": 0.0}
    shown = alerts.figures(msgspec.structs.replace(alert(), values=told))
    assert (
        shown == "longest 10 m, agents online fallen by 60%, unassigned over usual 2.5 times, agents online 0"
    )


def test_the_rules_of_the_documentation_work(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    url = '[environments.trial]\nurl = "https://a.example"\ntoken = { command = ["true"] }\n'
    config.write_text(url + "\n".join(re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)))
    config.chmod(0o600)
    loaded = load(config)
    assert loaded.warnings == ()
    assert len(loaded.config.alerts) == 3
    assert not loaded.config.alerting.built_in


def test_the_details_of_the_documentation_are_what_a_command_gets() -> None:
    shown = json.loads(DOCS.partition("```json\n")[2].partition("```")[0])
    given = json.loads(payload(alert()))
    assert shown.keys() == given.keys()
    assert shown["subject"].keys() == given["subject"].keys()
