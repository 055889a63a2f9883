"""The one-shot as OpenMetrics: a gauge a measure, and beside it how far each sample can be trusted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from tui.identity import ScopeKind, Slot
from tui.measures import Measure
from tui.output.document import Moment, StateWord, Taken, slots_of, state_word

MISSING = (
    "OpenMetrics takes the extra `metrics`; add it with `pip install 'liveagent-tui[metrics]'`, "
    "or choose another format."
)
PREFIX = "liveagent"
LABELS = ("environment", "account", "scope", "id", "name")
STATES: tuple[StateWord, ...] = get_args(StateWord)


class NoExtraError(Exception):
    """The library that writes the format is not installed; its text says the mend."""


def require() -> None:
    """Raise NoExtraError where the extra is missing: before anything is asked for it."""
    try:
        import prometheus_client.openmetrics.exposition  # noqa: F401
    except ImportError:
        raise NoExtraError(MISSING) from None


def to_openmetrics(everything: Iterable[Taken], moment: Moment) -> str:
    """A gauge for each measure, and for each sample its state, when it was asked and whether it is at least.

    A figure without a value has no sample, but a state. Agents go by their ids: names of people would stay
    in whatever keeps the metrics. Raises NoExtraError.
    """
    require()
    from prometheus_client.core import GaugeMetricFamily, StateSetMetricFamily
    from prometheus_client.openmetrics.exposition import generate_latest
    from prometheus_client.registry import CollectorRegistry

    told = [(taken, *named) for taken in everything for named in slots_of(taken)]
    by_word: dict[str, list[tuple[Taken, Slot, str]]] = defaultdict(list)
    for one in told:
        by_word[_word(one[1])].append(one)

    def collected() -> Iterator[Any]:
        for measure in Measure:
            family = GaugeMetricFamily(_name(measure), measure.row.means, labels=LABELS)
            samples = by_word.get(measure, [])
            for taken, slot, name in samples:
                value = taken.snapshot.reading(slot).value
                if value is not None:
                    family.add_metric(_labels(taken, slot, name), value)
            if samples:
                yield family
        states = StateSetMetricFamily(
            f"{PREFIX}_figure", "how far a figure can be trusted", labels=("figure", *LABELS)
        )
        at_least = GaugeMetricFamily(
            f"{PREFIX}_figure_at_least",
            "1 where a figure may be more than its value",
            labels=("figure", *LABELS),
        )
        asked = GaugeMetricFamily(
            f"{PREFIX}_figure_asked_seconds",
            "Unix time at which a figure was asked for",
            labels=("figure", *LABELS),
        )
        for taken, slot, name in told:
            reading = taken.snapshot.reading(slot)
            labels = (_word(slot), *_labels(taken, slot, name))
            state = state_word(reading, moment.now)
            states.add_metric(labels, {word: word == state for word in STATES})
            if reading.value is not None:
                at_least.add_metric(labels, float(reading.at_least))
                asked.add_metric(labels, reading.asked_wall)
        yield from (states, at_least, asked)

    class Collector:
        """What the registry asks for its metrics."""

        def collect(self) -> Iterator[Any]:
            """All of them."""
            return collected()

    registry = CollectorRegistry()
    registry.register(Collector())
    write: Callable[[CollectorRegistry], bytes] = generate_latest
    return write(registry).decode()


def _word(slot: Slot) -> str:
    return slot.name.rpartition(":")[2]


def _name(measure: Measure) -> str:
    return f"{PREFIX}_{measure}{'_seconds' if measure.row.is_time else ''}"


def _labels(taken: Taken, slot: Slot, name: str) -> tuple[str, ...]:
    snapshot, kind = taken.snapshot, slot.scope.kind
    where = (snapshot.ref.environment, str(snapshot.ref.account_id))
    match kind:
        case ScopeKind.ACCOUNT | ScopeKind.STATUS:
            return (*where, "account", "", snapshot.name)
        case ScopeKind.AGENT:
            return (*where, str(kind), slot.scope.id, "")
        case _:
            return (*where, str(kind), slot.scope.id, name)
