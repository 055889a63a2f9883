"""Figures as metrics: the one writer of `snapshot --format openmetrics` and of the exporter.

Ids are labels, names stand in info series. Agents go by their ids alone: names of people would stay in
whatever keeps the metrics. What is unknown has no sample.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from tui.extras import lacking
from tui.identity import ACCOUNT, AccountRef, Scope, Slot
from tui.measures import IN_CONFIG, Measure, ScopeKind
from tui.monitor.calls import What
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, Reading
from tui.monitor.sources import source_of
from tui.output.document import Moment, StateWord, Taken, reach_of, slots_of, state_word
from tui.text import safe_line

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

PREFIX = "liveagent"
PARTS = (ScopeKind.TEAM, ScopeKind.INBOX, ScopeKind.AGENT)
AT_LEAST = "at_least"
"""The label of a figure that may be more than its value."""
STATES = f"{PREFIX}_figure"
INFOS: Mapping[ScopeKind, tuple[str, str]] = {
    ScopeKind.ACCOUNT: (f"{PREFIX}_account", "the name of an account, and what its figures cover"),
    ScopeKind.TEAM: (f"{PREFIX}_team", "the name of a team"),
    ScopeKind.INBOX: (f"{PREFIX}_inbox", "the name of an inbox"),
}
MOMENTS: Mapping[str, str] = {
    f"{PREFIX}_asked_timestamp_seconds": "Unix time at which the oldest figure of a group was asked for",
    f"{PREFIX}_valid_until_timestamp_seconds": "Unix time from which a figure of a group is out of date",
}
"""What stands beside each group of figures, and means."""


Groups = Mapping[tuple[AccountRef, What], tuple[float, float]]
"""When the oldest figure of a group was asked for, and until when all of them hold, in Unix seconds."""


class NoExtraError(Exception):
    """The library that writes the format is not installed; its text says the mend."""


class Shown(NamedTuple):
    """A figure that may have a sample, whether it has a value or not."""

    snapshot: AccountSnapshot
    slot: Slot
    reading: Reading


def require() -> None:
    """Raise NoExtraError where the extra is missing: before anything is asked for it."""
    try:
        import prometheus_client.openmetrics.exposition  # noqa: F401
    except ImportError:
        raise NoExtraError(lacking("Metrics take", "metrics")) from None


def name_of(kind: ScopeKind, measure: Measure) -> str:
    """The metric of a measure: `liveagent_longest_seconds` of the account, `liveagent_team_open` of a team.

    Apart, so that a sum over one metric counts nobody twice.
    """
    part = f"{kind}_" if kind in PARTS else ""
    return f"{PREFIX}_{part}{measure}{'_seconds' if measure.row.is_time else ''}"


NAMES: Mapping[tuple[ScopeKind, Measure], str] = {
    (kind, measure): name_of(kind, measure)
    for kind in (ScopeKind.ACCOUNT, *PARTS)
    for measure in IN_CONFIG
    if (measure.is_of_account if kind is ScopeKind.ACCOUNT else kind in measure.row.of)
}
"""Every figure's metric, from the table of measures."""


def to_openmetrics(everything: Iterable[Taken], moment: Moment) -> str:
    """A gauge for each measure, when it was asked for, and the state of each figure.

    A figure without a value has no sample, but a state. Raises NoExtraError.
    """
    require()
    everything = tuple(everything)
    figures = [
        Shown(taken.snapshot, slot, taken.snapshot.reading(slot))
        for taken in everything
        for slot, _ in slots_of(taken)
    ]
    made = [*infos(taken.snapshot for taken in everything), *gauges(figures), _states(figures, moment.now)]
    return written(registry_of(lambda: made))


def written(registry: "CollectorRegistry") -> str:
    """What is in `registry` as OpenMetrics."""
    from prometheus_client.openmetrics.exposition import generate_latest

    write: Callable[[CollectorRegistry], bytes] = generate_latest
    return write(registry).decode()


def registry_of(collect: Callable[[], Iterable[Any]]) -> "CollectorRegistry":
    """What the library writes metrics from: `collect` is asked for them each time."""
    from prometheus_client.registry import CollectorRegistry

    class Collector:
        def collect(self) -> Iterable[Any]:
            return collect()

    registry = CollectorRegistry()
    registry.register(Collector())
    return registry


def infos(snapshots: Iterable[AccountSnapshot]) -> Iterator[Any]:
    """The names of accounts, teams and inboxes, and how much of an account the figures cover."""
    from prometheus_client.core import Metric

    made = {kind: Metric(name, means, "info") for kind, (name, means) in INFOS.items()}

    def add(kind: ScopeKind, labels: dict[str, str]) -> None:
        made[kind].add_sample(f"{INFOS[kind][0]}_info", labels, 1.0)

    for snapshot in snapshots:
        place = where(snapshot.ref)
        covers = safe_line(reach_of(snapshot) or "")
        add(ScopeKind.ACCOUNT, {**place, "name": safe_line(snapshot.name), "covers": covers})
        for team in snapshot.teams.items or ():
            add(ScopeKind.TEAM, {**place, "team": str(team.id), "name": safe_line(team.name)})
        for inbox in snapshot.inboxes.items or ():
            add(ScopeKind.INBOX, {**place, "inbox": str(inbox.id), "name": safe_line(inbox.name)})
    yield from made.values()


def gauges(figures: Iterable[Shown], others: Groups = MappingProxyType({})) -> Iterator[Any]:
    """A gauge for each measure that has a value, and for each group of them when it was asked for.

    A group is what one kind of call tells of one account: its oldest figure counts. `others` are
    the groups of what is no figure of its own.
    """
    from prometheus_client.core import Metric

    made: dict[tuple[ScopeKind, Measure], tuple[Any, What | None]] = {}
    groups = dict(others)
    # One set of labels for all figures of a team: there may be 20,000 of them.
    labels_of: dict[tuple[AccountRef, Scope], dict[str, str]] = {}
    for snapshot, slot, reading in figures:
        key, ref, value = _key(slot), snapshot.ref, reading.value
        if key not in NAMES or value is None:
            continue
        if key not in made:
            made[key] = Metric(NAMES[key], key[1].row.means, "gauge"), source_of(slot)
        metric, source = made[key]
        scope = slot.scope if key[0] in PARTS else ACCOUNT
        labels = labels_of.get((ref, scope))
        if labels is None:
            part = {} if scope is ACCOUNT else {str(scope.kind): scope.id}
            labels = labels_of[ref, scope] = {**whose(snapshot), **part}
        metric.add_sample(
            metric.name, {**labels, AT_LEAST: "true"} if reading.at_least else labels, float(value)
        )
        if source is not None:
            asked, until = groups.get((ref, source), (math.inf, math.inf))
            valid = reading.asked_wall + MISSED_PERIODS * reading.period
            if reading.asked_wall < asked or valid < until:
                groups[ref, source] = min(asked, reading.asked_wall), min(until, valid)
    yield from (made[key][0] for key in NAMES if key in made)
    moments = [Metric(name, means, "gauge") for name, means in MOMENTS.items()]
    for (ref, source), times in groups.items():
        for moment, wall in zip(moments, times, strict=True):
            moment.add_sample(moment.name, {**where(ref), "group": str(source)}, wall)
    yield from moments


def _states(figures: Iterable[Shown], now: float) -> Any:
    """How far each figure can be trusted, those without a value too."""
    from prometheus_client.core import Metric

    states = Metric(STATES, "how far a figure can be trusted", "stateset")
    for snapshot, slot, reading in figures:
        key = _key(slot)
        part = {} if key[0] is ScopeKind.ACCOUNT else {str(key[0]): slot.scope.id}
        labels = {**where(snapshot.ref), **part, "figure": NAMES[key]}
        state = state_word(reading, now)
        for word in get_args(StateWord):
            states.add_sample(STATES, {**labels, STATES: word}, float(word == state))
    return states


def _key(slot: Slot) -> tuple[ScopeKind, Measure]:
    if slot.scope.kind is ScopeKind.STATUS:
        return ScopeKind.ACCOUNT, slot.measure
    return slot.scope.kind, slot.measure


def where(ref: AccountRef) -> dict[str, str]:
    """The labels that every series of an account has."""
    return {"environment": safe_line(ref.environment), "account": str(ref.account_id)}


def whose(snapshot: AccountSnapshot) -> dict[str, str]:
    """The account, and the reach where that is not all of it: two reaches are never one series."""
    reach = snapshot.key.reach if snapshot.key.is_settled else ""
    return {**where(snapshot.ref), **({"reach": safe_line(reach)} if reach else {})}
