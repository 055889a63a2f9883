"""What the exporter serves: what is known now, each figure under its own name, and nothing else."""

import asyncio
import random
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from tests.builders import KEY, NOW, REF, WALL, listing, reading, snapshot
from tests.unit.test_every_format import SCOPES
from tui.api.errors import NotPermittedError, ServerError
from tui.api.models import Agent, Inbox, Team
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Refresh, TokenSource
from tui.config.state import StateStore
from tui.identity import AccountKey, AccountRef, Measure, ScopeKind, Slot, account, agent, team
from tui.measures import IN_CONFIG, of
from tui.monitor.calls import What
from tui.monitor.health import Health, HealthState
from tui.monitor.monitor import Monitor
from tui.monitor.reading import AccountSnapshot, Problem, Reading, Viewer
from tui.monitor.service.completions import CompletionsByKey
from tui.output import metrics
from tui.output.document import FIGURES, Moment, Taken
from tui.output.exporter import OUTLINE_NEEDS, WHOLE, MetricsPage, Seen, drawn, slowed, watch
from tui.output.openmetrics import NAMES, registry_of, to_openmetrics, written
from tui.redact import Secret

pytest.importorskip("prometheus_client")

ADMIN = Viewer(7, "Ada", ("administrator",))
EXPORTED = [(kind, measure) for kind, measure in NAMES if kind is not ScopeKind.AGENT]
Labels = dict[str, str]
Series = dict[str, list[tuple[Labels, float]]]


def series(seen: Seen) -> Series:
    """Every sample by its metric."""
    samples: Series = {}
    for metric in drawn(seen)[0]:
        for sample in metric.samples:
            samples.setdefault(sample.name, []).append((sample.labels, sample.value))
    return samples


def of_one(readings: Mapping[Slot, Reading], **more: Any) -> Series:
    """What is served of an account that is up, unless `readings` say otherwise."""
    made = snapshot({account(Measure.OPEN): reading(1)} | dict(readings), viewer=ADMIN, **more)
    return series(Seen((made,), ("trial",), NOW))


def test_every_row_of_the_table_has_a_metric_of_its_own() -> None:
    wanted = {(ScopeKind.ACCOUNT, measure) for measure in IN_CONFIG if str(measure) in FIGURES}
    parts = (ScopeKind.TEAM, ScopeKind.INBOX, ScopeKind.AGENT)
    wanted |= {(kind, measure) for kind in parts for measure in of(kind) if measure.row.in_config}
    assert set(NAMES) == wanted
    assert len(set(NAMES.values())) == len(NAMES)


@pytest.mark.parametrize(("kind", "measure"), EXPORTED, ids=str)
def test_a_figure_is_served_while_it_is_live_and_never_as_nought_else(
    kind: ScopeKind, measure: Measure
) -> None:
    name, slot = NAMES[kind, measure], SCOPES[kind](measure)
    labels = {"environment": "trial", "account": "12345"}
    if kind is not ScopeKind.ACCOUNT:
        labels |= {str(kind): slot.scope.id}
    assert of_one({slot: reading(7)})[name] == [(labels, 7.0)]
    assert of_one({slot: reading(0)})[name] == [(labels, 0.0)]
    at_least = of_one({slot: reading(7, at_least=True)})[name]
    assert at_least == [({**labels, "at_least": "true"}, 7.0)]
    for unknown in (
        reading(7, age=100.0),
        reading(None),
        reading(None, problem=Problem(ServerError("It failed.", status=500), NOW)),
        reading(None, problem=Problem(NotPermittedError("not for this role"), NOW)),
    ):
        served = of_one({slot: unknown})
        assert name not in served
        groups = {labels["group"] for labels, _ in served.get("liveagent_asked_timestamp_seconds", [])}
        assert groups <= {"counts"}


def test_each_group_says_when_its_oldest_figure_was_asked_and_until_when_it_holds() -> None:
    served = of_one(
        {
            account(Measure.OPEN): reading(7, age=3.0),
            account(Measure.UNASSIGNED): reading(2, age=9.0),
            team(3, Measure.OPEN): reading(1, age=20.0),
            account(Measure.QUEUED): reading(1, age=100.0),
        }
    )
    where = {"environment": "trial", "account": "12345"}
    assert served["liveagent_asked_timestamp_seconds"] == [
        ({**where, "group": "counts"}, WALL - 9.0),
        ({**where, "group": "team_counts"}, WALL - 20.0),
    ]
    assert served["liveagent_valid_until_timestamp_seconds"] == [
        ({**where, "group": "counts"}, WALL - 9.0 + 30.0),
        ({**where, "group": "team_counts"}, WALL - 20.0 + 30.0),
    ]


def test_up_alone_is_nought_where_the_counts_are_not_known() -> None:
    others = {account(Measure.AGENTS_ONLINE): reading(3), team(3, Measure.MEMBERS): reading(0)}
    for counts in (reading(None), reading(7, age=100.0)):
        served = of_one({account(Measure.OPEN): counts, **others})
        assert not set(served) & set(NAMES.values())
        assert served.pop("liveagent_up") == [({"environment": "trial", "account": "12345"}, 0.0)]
        assert all(value for samples in served.values() for _, value in samples)
    (sample,) = of_one({account(Measure.OPEN): reading(0)})["liveagent_up"]
    assert sample[1] == 1.0


def test_an_environment_of_which_no_account_is_known_is_down_and_not_missing() -> None:
    served = series(Seen((), ("trial",), NOW))
    assert served["liveagent_up"] == [({"environment": "trial", "account": ""}, 0.0)]


def test_names_stand_in_info_series_alone_and_no_person_in_any() -> None:
    agents = listing([Agent(9, "Grace", email="grace@acme.example", availability="online")])
    served = of_one(
        {team(3, Measure.OPEN): reading(4), agent(9, Measure.OPEN): reading(6)},
        teams=listing([Team(3, "orders\x1b[31m\n\u202eevil")]),
        inboxes=listing([Inbox(5, 'chat "x"\\')]),
        agents=agents,
    )
    ((labels, value),) = served["liveagent_team_info"]
    assert (labels["team"], value) == ("3", 1.0)
    assert labels["name"].isprintable()
    assert labels["name"].startswith("orders")
    assert served["liveagent_inbox_info"][0][0]["name"] == 'chat "x"\\'
    ((whose, _),) = served["liveagent_account_info"]
    assert (whose["name"], whose["covers"]) == ("Support EU", "administrator")
    texts = {word for samples in served.values() for labels, _ in samples for word in labels.values()}
    assert not any(name in text for text in texts for name in ("Grace", "grace@", "Ada"))
    assert 6.0 not in {value for samples in served.values() for _, value in samples}


def test_two_reaches_are_never_one_series() -> None:
    figure = {account(Measure.OPEN): reading(7)}
    shown = snapshot(figure)
    labels = []
    for reach in ("", "agent 1,2", "agent 1,3"):
        key = AccountKey(KEY.origin, KEY.account_id, KEY.viewer_id, reach)
        made = msgspec.structs.replace(shown, key=key)
        ((labels_of, _),) = series(Seen((made,), ("trial",), NOW))["liveagent_open"]
        labels.append(labels_of.get("reach"))
    assert labels == [None, "agent 1,2", "agent 1,3"]
    unknown = msgspec.structs.replace(shown, key=AccountKey(KEY.origin, KEY.account_id, KEY.viewer_id, "?1"))
    assert "liveagent_open" not in series(Seen((unknown,), ("trial",), NOW))


def test_the_snapshot_and_the_exporter_write_the_same_series() -> None:
    made = snapshot(
        {account(Measure.OPEN): reading(7), team(3, Measure.LONGEST): reading(61, at_least=True)},
        teams=listing([Team(3, "orders")]),
        viewer=ADMIN,
    )
    once = to_openmetrics([Taken(made)], Moment(NOW, WALL)).splitlines()
    always = written(registry_of(lambda: drawn(Seen((made,), ("trial",), NOW))[0]))
    own = ("liveagent_up", "liveagent_build_info", "#")
    samples = [line for line in always.splitlines() if not line.startswith(own)]
    assert len(samples) > 5
    assert set(samples) <= set(once)


def config_of(accounts: int, *, budget: int = 60) -> Config:
    environment = Environment(
        "trial",
        "https://liveagent.example",
        token=TokenSource(held=Secret("a-token-for-the-test")),
        accounts=tuple(Account(number + 1) for number in range(accounts)),
    )
    return Config(environments=(environment,), refresh=Refresh(budget=budget))


def monitor_of(config: Config) -> Monitor:
    return Monitor(config, ManualClock(), random.Random(1), state=StateStore(None))


def wanted(monitor: Monitor) -> tuple[frozenset[AccountRef], set[What]]:
    """Which accounts are asked for all there is, and what the others are asked for."""
    agenda = monitor._agenda
    others = [needs for ref, needs in agenda._needs.items() if ref not in agenda.also]
    return agenda.also, {need.what for needs in others for need in needs}


@pytest.mark.parametrize(
    ("accounts", "budget", "whole_ones"), [(1, 60, 1), (10, 60, 10), (11, 60, 0), (11, 66, 11)]
)
def test_accounts_too_many_for_the_budget_are_asked_for_an_outline(
    accounts: int, budget: int, whole_ones: int
) -> None:
    monitor = monitor_of(config_of(accounts, budget=budget))
    watch(monitor)
    shown, others = wanted(monitor)
    assert len(shown) == whole_ones
    assert others == ({need.what for need in OUTLINE_NEEDS} if not whole_ones else set())
    assert budget // WHOLE >= whole_ones


@pytest.mark.parametrize(("every", "then"), [(5.0, 30.0), (15.0, 30.0), (30.0, 30.0), (60.0, 60.0)])
def test_no_account_is_asked_more_often_than_is_scraped(every: float, then: float) -> None:
    assert slowed(Config(refresh=Refresh(every=every))).refresh.every == then


class KnowingMonitor:
    """A monitor that knows what a test says; its snapshots are looked at on the loop alone."""

    def __init__(self, made: AccountSnapshot) -> None:
        self.config = config_of(1)
        self.clock = ManualClock(NOW, WALL)
        self.made = made
        self.threads: set[int] = set()

    def refs(self) -> tuple[AccountRef, ...]:
        return (REF,)

    def snapshot(self, ref: AccountRef) -> AccountSnapshot:
        self.threads.add(threading.get_ident())
        return self.made


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever, daemon=True)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


def test_a_page_is_made_anew_only_when_something_has_changed(loop: asyncio.AbstractEventLoop) -> None:
    known = KnowingMonitor(snapshot({account(Measure.OPEN): reading(7, age=0.0)}, viewer=ADMIN))
    page = MetricsPage(known, CompletionsByKey(), loop)  # type: ignore[arg-type]
    first = page.collect()
    assert page.collect() is first
    known.made = snapshot({account(Measure.OPEN): reading(8, age=0.0)}, viewer=ADMIN)
    second = page.collect()
    assert second is not first
    known.clock.leap(29.0)
    assert page.collect() is second
    known.clock.leap(2.0)
    names = {metric.name for metric in page.collect()}
    assert "liveagent_open" not in names
    assert threading.get_ident() not in known.threads


def test_the_largest_lists_are_made_off_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    many = 20_000
    known = KnowingMonitor(
        snapshot(
            {account(Measure.OPEN): reading(1)}
            | {team(number, Measure.OPEN): reading(number) for number in range(many)},
            teams=listing([Team(number, f"team {number}") for number in range(many)]),
            viewer=ADMIN,
        )
    )
    made = {metric.name: metric for metric in MetricsPage(known, CompletionsByKey(), loop).collect()}  # type: ignore[arg-type]
    assert len(made["liveagent_team_open"].samples) == len(made["liveagent_team"].samples) == many
    assert len(known.threads) == 1


def test_a_loop_that_does_not_answer_gives_no_page(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.output.exporter.PATIENCE", 0.01)
    busy = threading.Event()
    loop.call_soon_threadsafe(busy.wait)
    page = MetricsPage(KnowingMonitor(snapshot({})), CompletionsByKey(), loop)  # type: ignore[arg-type]
    try:
        with pytest.raises(TimeoutError):
            page.collect()
    finally:
        busy.set()


class AnsweringMonitor:
    """A monitor of one environment, which answers as a test says."""

    def __init__(self) -> None:
        self.config = config_of(1)
        self.state, self.message = HealthState.OK, ""

    def health(self, name: str) -> Health:
        return Health(self.state, self.message)

    def client(self, name: str) -> object:
        return self


def test_each_trouble_is_said_once_and_none_without_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    monitor, told = AnsweringMonitor(), dict[str, str]()
    for state, message in (
        (HealthState.OK, ""),
        (HealthState.BACKING_OFF, ""),
        (HealthState.BACKING_OFF, "It refuses the connection."),
        (HealthState.BACKING_OFF, "It refuses the connection."),
        (HealthState.BACKING_OFF, ""),
        (HealthState.OK, ""),
        (HealthState.OK, ""),
    ):
        monitor.state, monitor.message = state, message
        metrics._tell(monitor, told)  # type: ignore[arg-type]
    said = capsys.readouterr().err.splitlines()
    assert said == ["trial: It refuses the connection.", "trial: it answers again."]
