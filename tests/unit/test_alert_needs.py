"""What alerts need of the server: whatever is on screen, each rule gets its figures, within the budget."""

from collections import Counter
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.builders import listing
from tests.unit.test_alerts import rule, snapshot
from tests.unit.test_monitor_runs import FAR, HERE, NEAR, THERE, Bench
from tui.api.models import Team
from tui.app.alerting import AlertsAtWork
from tui.config.model import AlertRule, Config, Where
from tui.identity import ACCOUNT, AccountRef, ScopeKind
from tui.monitor.alerts.needs import MOST_PARTS, needs_of
from tui.monitor.alerts.rules import rules_for
from tui.monitor.calls import What
from tui.monitor.polling import plan
from tui.monitor.polling.budget import Want, fit
from tui.monitor.polling.plan import Focus, Need
from tui.screens.context import Context

TEAMS = tuple(range(1, 11))
INBOXES = tuple(range(21, 31))
OF_TEAMS = rule("unassigned >= 0 and members_online >= 0", lasting=300.0, where=Where(team="*"))
OF_INBOXES = rule("open >= 0", where=Where(inbox="*"))
QUEUED = rule("queued >= 0 and resolved >= 0")
TODAY = rule("today >= 0")


def a_minute(wants: tuple[Want, ...]) -> float:
    """Requests a minute that `wants` come to in a budget nobody reaches."""
    plenty = fit(wants, 3_000)
    return sum(60 / (want.period * plenty.factor(want)) for want in wants)


def of_parts(kind: What, numbers: tuple[int, ...]) -> set[Need]:
    return {Need(kind, number) for number in numbers}


def test_each_figure_is_traced_to_the_call_that_holds_it() -> None:
    def needs(*rules: AlertRule) -> set[Need]:
        return set(needs_of(rules, snapshot({}, 0)))

    assert needs(rule("unassigned > 3", "data_age > 5s")) == {Need(What.COUNTS)}
    assert needs(rule("queued > 3", "pending < 5")) == {
        Need(What.QUEUED),
        Need(What.STATUS_COUNTS, status="pending"),
    }
    assert needs(rule("abandoned > 3")) == {Need(What.ABANDONED)}
    assert needs(rule("avg_resolution > 1h")) == {Need(What.SUMMARY)}
    assert needs(rule("over_target > 3 and agents_busy = 0")) == {Need(What.LONGEST), Need(What.AGENTS)}
    assert needs(rule("unassigned > 3", where=Where(account="other"))) == set()
    assert needs(rule("unassigned > 3", where=Where(team="sales*"))) == {
        Need(What.TEAMS), Need(What.TEAM_COUNTS, 2), Need(What.TEAM_COUNTS, 3),
    }  # fmt: skip
    assert needs(rule("members_online = 0 and longest > 5m", where=Where(team="billing"))) == {
        Need(What.TEAMS), Need(What.TEAM_MEMBERS, 1), Need(What.AGENTS), Need(What.LONGEST),
    }  # fmt: skip
    assert needs(rule("queued > 3 and mine > 0 and resolved > 1", where=Where(inbox="5"))) == {
        Need(What.INBOXES), Need(What.INBOX_QUEUED, 5), Need(What.INBOX_COUNTS, 5),
        Need(What.STATUS_COUNTS, status="resolved"),
    }  # fmt: skip


def test_the_built_in_rules_need_every_team() -> None:
    config = Config()
    needs = needs_of(rules_for(config, AccountRef("trial", 1)), snapshot({}, 0))
    assert of_parts(What.TEAM_COUNTS, (1, 2, 3)) <= needs
    assert of_parts(What.TEAM_MEMBERS, (1, 2, 3)) <= needs


@pytest.mark.parametrize("teams", [None, (), (1, 2)])
@pytest.mark.parametrize("inboxes", [None, (), (11,)])
@pytest.mark.parametrize("statuses", [True, False])
def test_an_account_on_screen_costs_no_more_than_its_rolling_queue(
    teams: tuple[int, ...] | None, inboxes: tuple[int, ...] | None, statuses: bool
) -> None:
    view = Focus(teams=teams, inboxes=inboxes, statuses=statuses, team_ids=TEAMS, inbox_ids=INBOXES)
    view.agents = tuple(range(37))
    needs = (
        of_parts(What.TEAM_COUNTS, TEAMS) | of_parts(What.TEAM_MEMBERS, TEAMS)
        | of_parts(What.INBOX_COUNTS, INBOXES)
        | {Need(What.QUEUED), Need(What.STATUS_COUNTS, status="pending")}
    )  # fmt: skip
    wants = plan.foreground("trial", 1, 1, view, needs)
    assert needs <= {Need(want.ask.what, want.ask.number, want.ask.status) for want in wants}
    assert a_minute(wants) <= 36
    assert len({want.ask for want in wants}) == len(wants)
    shown = {want.ask: want.period for want in plan.foreground("trial", 1, 1, view)}
    assert all(want.period <= shown[want.ask] * 1.5 for want in wants if want.ask in shown)


def test_parts_of_accounts_elsewhere_slow_each_other_down_and_not_the_counts() -> None:
    needs = of_parts(What.TEAM_COUNTS, TEAMS) | of_parts(What.TEAM_MEMBERS, TEAMS)
    views = [Focus(team_ids=TEAMS) for _ in range(10)]
    few = [plan.background("trial", 1, number, view, thorough=True) for number, view in enumerate(views)]
    many = [
        plan.background("trial", 1, number, view, needs, thorough=True) for number, view in enumerate(views)
    ]
    extra = a_minute(sum(many, ())) - a_minute(sum(few, ()))
    assert extra == pytest.approx(6)
    assert {want.ask for want in sum(few, ())} <= {want.ask for want in sum(many, ())}


def test_where_the_server_counts_the_queued_by_report_alone_the_report_is_asked() -> None:
    view = Focus(reports=False, statuses=False, queued_by_report=True)
    for wants in (
        plan.foreground("trial", 1, 1, view, {Need(What.QUEUED)}),
        plan.background("trial", 1, 1, view, {Need(What.QUEUED)}, thorough=False),
    ):
        whats = [want.ask.what for want in wants]
        assert What.ACCOUNT_LOAD in whats
        assert What.QUEUED not in whats


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench(NEAR, FAR)
    await made.monitor.start()
    yield made
    await made.monitor.stop()


async def judged(bench: Bench, seconds: float, *rules: AlertRule) -> AlertsAtWork:
    """Judge `rules` on a beat for so long; what is on screen is what the test has said."""
    config = Config(environments=(bench.environment,), alerts=rules)
    context = Context(config, bench.monitor, bench.clock, None)  # type: ignore[arg-type]
    alerting = AlertsAtWork(context, outlet=None, lock_folder=None, changed=lambda _: None)
    left = seconds
    while left > 0:
        alerting._beat()
        await bench.run(5)
        left -= 5
    alerting._beat()
    alerting.close()
    return alerting


async def test_on_a_wall_every_rule_gets_its_figures(bench: Bench) -> None:
    bench.monitor.visible(HERE, teams=(), reports=False, statuses=False)
    bench.monitor.look_at_also((HERE,))
    alerting = await judged(bench, 900, OF_TEAMS, OF_INBOXES, QUEUED, TODAY)
    fired = Counter((alert.rule.text, alert.subject.scope.kind) for alert in alerting.active(HERE))
    assert fired[OF_TEAMS.text, ScopeKind.TEAM] == 10
    assert fired[OF_INBOXES.text, ScopeKind.INBOX] == 10
    assert fired[QUEUED.text, ACCOUNT.kind] == 1
    assert fired[TODAY.text, ACCOUNT.kind] == 1
    here = [path for path in bench.paths(bench.clock.now() - 600) if "12345" in path]
    assert len(here) / 10 <= 24


async def test_an_account_that_is_not_on_screen_gets_them_too(bench: Bench) -> None:
    bench.monitor.look_at(HERE)
    alerting = await judged(bench, 1_500, OF_TEAMS, OF_INBOXES, QUEUED, TODAY)
    fired = Counter((alert.rule.text, alert.subject.scope.kind) for alert in alerting.active(THERE))
    assert fired[OF_TEAMS.text, ScopeKind.TEAM] == 4
    assert fired[OF_INBOXES.text, ScopeKind.INBOX] == 3
    assert fired[QUEUED.text, ACCOUNT.kind] == 1
    assert fired[TODAY.text, ACCOUNT.kind] == 1


def test_of_thousands_of_teams_only_some_are_asked_for_a_rule_alone() -> None:
    many = listing(tuple(Team(number, f"team {number}") for number in range(20_000)))
    needs = needs_of([OF_TEAMS], msgspec.structs.replace(snapshot({}, 0), teams=many))
    counted = [need.number for need in needs if need.what is What.TEAM_COUNTS]
    assert sorted(counted) == list(range(MOST_PARTS))
