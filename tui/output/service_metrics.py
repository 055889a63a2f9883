"""Service level as metrics: what only grows as counters and a histogram, what may fall as gauges."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

from tui.identity import Measure, ScopeKind, Slot, account
from tui.monitor.alerts.needs import MOST_PARTS
from tui.monitor.calls import What
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, Reading, but_unseen
from tui.monitor.service.completions import COMPLETE, Completions
from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.intervals import EDGES
from tui.monitor.service.level import ServiceLevel, scope_of
from tui.monitor.service.states import OF_BOTS, CountedAs
from tui.output.openmetrics import PREFIX, Groups, whose

GROUP = What.SERVICE_PAGE
"""The group of all of these: they are as old as the last complete look at the day."""
PARTS = {"": ScopeKind.ACCOUNT, "team_": ScopeKind.TEAM, "inbox_": ScopeKind.INBOX}
STATE = "state"
"""The label that says what became of conversations."""
COUNTED, TODAY = "conversations", "conversations_today"
SPEED = f"{PREFIX}_speed_of_answer_seconds"
UNJUDGED: Mapping[CountedAs, str] = {
    CountedAs.IN_TARGET: "answered",
    CountedAs.LATE: "answered",
    CountedAs.QUEUED_IN_TIME: "queued",
    CountedAs.QUEUED_LATE: "queued",
}
"""What stands for a state where there is no target."""


class ServiceSeen(NamedTuple):
    """What is known of an account's service level; `reading` is as old as that."""

    snapshot: AccountSnapshot
    level: ServiceLevel
    reading: Reading
    completions: Completions

    @property
    def until(self) -> float:
        """`Clock.now` from which it is out of date."""
        return self.reading.asked_at + MISSED_PERIODS * self.reading.period


_Value = Callable[[ServiceLevel, PartOfAccount], float | None]


class ServiceGauge(NamedTuple):
    """A figure of an account, and where `of_parts`, of each of its teams and inboxes."""

    name: str
    means: str
    value: _Value
    of_parts: bool = False


def _level(measure: Measure, tell: Callable[[Tally, bool], float | None]) -> _Value:
    """What `tell` makes of the conversations behind `measure`; None where there is no target."""

    def value(level: ServiceLevel, part: PartOfAccount) -> float | None:
        tally, today = level.behind(Slot(scope_of(part), measure)), level.today
        judged = today is not None and today.rules.is_judged
        return None if tally is None or not judged else tell(tally, level.closed_missed)

    return value


def _share(tally: Tally, closed_missed: bool) -> float | None:
    return tally.level(closed_missed=closed_missed)


def _decided(tally: Tally, closed_missed: bool) -> float:
    return float(tally.decided(closed_missed=closed_missed))


def _bound(place: int, tally: Tally, closed_missed: bool) -> float | None:
    return tally.bounds(closed_missed=closed_missed)[place]


def _speed(level: ServiceLevel, part: PartOfAccount) -> float | None:
    tally = level.behind(Slot(scope_of(part), Measure.SERVICE_LEVEL))
    return None if tally is None or tally.at_least else tally.within(0.9)


def _coverage(level: ServiceLevel, _: PartOfAccount) -> float | None:
    return None if level.today is None else level.today.coverage


_low, _high = partial(_bound, 0), partial(_bound, 1)
_lately = partial(_level, Measure.SERVICE_LEVEL)
_of_today = partial(_level, Measure.SERVICE_LEVEL_TODAY)
GAUGES = (
    ServiceGauge(
        "service_level_ratio",
        "of the conversations created in the last half-hour and decided, the part answered within the target",
        _lately(_share),
        of_parts=True,
    ),
    ServiceGauge(
        "service_level_decided",
        "how many conversations the level of the last half-hour is a part of",
        _lately(_decided),
        of_parts=True,
    ),
    ServiceGauge(
        "service_level_low_ratio",
        "the least that the level of the last half-hour can become by those who wait in time",
        _lately(_low),
    ),
    ServiceGauge(
        "service_level_high_ratio", "the most that the level of the last half-hour can become", _lately(_high)
    ),
    ServiceGauge(
        "service_level_today_ratio",
        "of the conversations created today and decided, the part answered within the target",
        _of_today(_share),
        of_parts=True,
    ),
    ServiceGauge(
        "service_level_today_low_ratio",
        "the least that the level of today can become by those who wait in time",
        _of_today(_low),
    ),
    ServiceGauge(
        "service_level_today_high_ratio", "the most that the level of today can become", _of_today(_high)
    ),
    ServiceGauge(
        "speed_p90_seconds",
        "of the conversations created in the last half-hour and answered, how long nine of ten took at most",
        _speed,
        of_parts=True,
    ),
    ServiceGauge("service_coverage_ratio", "the part of today's conversations that was read", _coverage),
)
MEANS = {
    COUNTED: "conversations that became complete since the exporter began, each once, by what became of it",
    TODAY: "conversations created today, by what became of them so far: corrections may lower it",
}
SPEED_MEANS = (
    "the speed of answer of those that are complete and were answered by a person, but for those at once"
)
SERIES: Mapping[str, tuple[tuple[str, ...], str]] = {
    **{
        f"{PREFIX}_{prefix}{gauge.name}": ((prefix[:-1],) if prefix else (), gauge.means)
        for gauge in GAUGES
        for prefix in PARTS
        if gauge.of_parts or not prefix
    },
    **{
        f"{PREFIX}_{prefix}{name}": ((prefix[:-1], STATE) if prefix else (STATE,), MEANS[base])
        for base, name in ((TODAY, TODAY), (COUNTED, f"{COUNTED}_total"))
        for prefix in PARTS
    },
    **{
        f"{SPEED}_{suffix}": (("le",) if suffix == "bucket" else (), SPEED_MEANS)
        for suffix in ("bucket", "sum", "count")
    },
}
"""Every series: its labels besides those of the account, and what it means."""


def seen_of(snapshot: AccountSnapshot, completions: Completions | None, now: float) -> ServiceSeen | None:
    """What is known of an account's service level at `now`; None where that is nothing, or out of date.

    Somebody who is in no inbox sees no conversation: that says nothing of the account.
    """
    level, reading = snapshot.service, snapshot.readings.get(account(Measure.SERVICE_LEVEL_TODAY))
    if level is None or level.today is None or reading is None or not reading.asked_wall:
        return None
    seen = ServiceSeen(snapshot, level, reading, completions or Completions())
    return seen if now < seen.until and but_unseen(snapshot) is snapshot else None


def groups_of(everything: Iterable[ServiceSeen]) -> Groups:
    """When each was asked for, and until when it holds, in Unix seconds."""
    return {
        (seen.snapshot.ref, GROUP): (
            seen.reading.asked_wall,
            seen.reading.asked_wall + MISSED_PERIODS * seen.reading.period,
        )
        for seen in everything
    }


def service_metrics(everything: Iterable[ServiceSeen]) -> Iterator[Any]:
    """The gauges, the counters and the histogram; what is not known of an account has no sample."""
    from prometheus_client.core import Metric

    gauges = {
        (prefix, gauge.name): Metric(f"{PREFIX}_{prefix}{gauge.name}", gauge.means, "gauge")
        for prefix in PARTS
        for gauge in GAUGES
    }
    states = {
        (prefix, base): Metric(f"{PREFIX}_{prefix}{base}", MEANS[base], kind)
        for prefix in PARTS
        for base, kind in ((TODAY, "gauge"), (COUNTED, "counter"))
    }
    speeds = Metric(SPEED, SPEED_MEANS, "histogram")
    for seen in everything:
        labels = whose(seen.snapshot)
        for prefix, part in _parts_of(seen):
            mine = {**labels, **({prefix[:-1]: str(part.number)} if prefix else {})}
            for gauge in GAUGES:
                value = gauge.value(seen.level, part) if gauge.of_parts or not prefix else None
                if value is not None:
                    metric = gauges[prefix, gauge.name]
                    metric.add_sample(metric.name, mine, value)
            _by_state(states[prefix, TODAY], "", mine, _today_of(seen.level, part))
            counted = seen.completions.counts.get(part, {})
            known = {state: counted.get(state, 0) for state in COMPLETE}
            _by_state(states[prefix, COUNTED], "_total", mine, _named(known, seen.level))
        _add_speeds(speeds, labels, seen.completions)
    yield from (metric for metric in (*gauges.values(), *states.values(), speeds) if metric.samples)


def _parts_of(seen: ServiceSeen) -> Iterator[tuple[str, PartOfAccount]]:
    """The account, then the teams and inboxes that are listed or that somebody came to.

    Of thousands the first few hundred: the others begin with whoever comes.
    """
    snapshot, today = seen.snapshot, seen.level.today
    yield "", WHOLE
    known = {*(today.parts if today else ()), *(today.recent if today else ()), *seen.completions.counts}
    for prefix, listing in (("team_", snapshot.teams.items), ("inbox_", snapshot.inboxes.items)):
        kind = prefix[:-1]
        numbers = {item.id for item in (listing or ())[:MOST_PARTS]}
        numbers |= {part.number for part in known if part.kind == kind}
        yield from ((prefix, PartOfAccount(kind, number)) for number in sorted(numbers))


def _today_of(level: ServiceLevel, part: PartOfAccount) -> Mapping[str, int]:
    """What became of today's conversations; empty until all of the day is known."""
    tally = level.behind(Slot(scope_of(part), Measure.SERVICE_LEVEL_TODAY))
    return {} if tally is None else _named(tally.counts, level)


def _named(counts: Mapping[CountedAs, int], level: ServiceLevel) -> Mapping[str, int]:
    """By the words of the states; without a target nobody is in it, late or in time.

    What there is only where a bot has some first has no word elsewhere.
    """
    judged = level.today is not None and level.today.rules.is_judged
    by_word: dict[str, int] = {}
    for state, number in counts.items():
        if state in OF_BOTS and not number:
            continue
        word = str(state) if judged else UNJUDGED.get(state, str(state))
        by_word[word] = by_word.get(word, 0) + number
    return by_word


def _by_state(metric: Any, suffix: str, labels: Mapping[str, str], counts: Mapping[str, int]) -> None:
    for word, number in counts.items():
        metric.add_sample(f"{metric.name}{suffix}", {**labels, STATE: word}, float(number))


def _add_speeds(metric: Any, labels: Mapping[str, str], completions: Completions) -> None:
    edges = (*(str(float(edge)) for edge in EDGES), "+Inf")
    for edge, number in zip(edges, accumulate(completions.speeds), strict=True):
        metric.add_sample(f"{SPEED}_bucket", {**labels, "le": edge}, float(number))
    metric.add_sample(f"{SPEED}_count", labels, float(sum(completions.speeds)))
    metric.add_sample(f"{SPEED}_sum", labels, completions.seconds)
