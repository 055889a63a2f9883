"""What samples over time say: points of a chart, changes, slopes; pure, and never across a gap."""

import math
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

import msgspec

from tui.monitor.reading import MISSED_PERIODS

GAP = 150.0
"""Seconds without a sample after which nothing is known in between, unless it is asked more rarely."""
LATE = 2.2
"""Periods without a sample after which nothing is known in between: two missed, and a little jitter."""
HELD = 60.0
"""Seconds that a sample may speak for when none follows it: there is one at least each minute."""
ENOUGH = 8
"""Samples that a slope needs at least."""
MOST_FOR_SLOPE = 60
WINDOW = 900.0
"""Seconds that a slope looks back."""
FAR = 8 * 3600.0
"""Seconds beyond which "clears in" would be a guess."""


def gap_of(period: float) -> float:
    """The longest time, in seconds, between two samples that is no gap, asked every `period` seconds."""
    return max(GAP, LATE * period)


def held_for(period: float) -> float:
    """The seconds that a sample asked every `period` seconds may speak for when none follows it."""
    return max(HELD, MISSED_PERIODS * period)


class Sample(msgspec.Struct, frozen=True, order=True):
    """A figure's value, at the Unix time when the request that brought it left.

    `period` is the seconds after which it was to be asked again; 0 where that is not known.
    `at_least` tells that the value was no less, and may have been more.
    """

    at: float
    value: float
    period: float = 0.0
    at_least: bool = False

    @property
    def gap(self) -> float:
        """The longest time to the next sample, in seconds, in which this one still holds."""
        return gap_of(self.period)

    @property
    def held(self) -> float:
        """The seconds that this holds when none follows."""
        return held_for(self.period)


class Was(msgspec.Struct, frozen=True):
    """What a figure was at a moment; with `at_least` it was no less, and may have been more."""

    value: float
    at_least: bool = False

    @property
    def exactly(self) -> float | None:
        """The value; None where it may have been more."""
        return None if self.at_least else self.value


class Point(msgspec.Struct, frozen=True):
    """A figure over one step of a chart; `mean` is weighted by time.

    With `at_least` each of the three was no less, and may have been more.
    """

    minimum: float
    mean: float
    maximum: float
    at_least: bool = False


class KnownSpan(msgspec.Struct, frozen=True):
    """What is known of a figure from `start` to `end`, in Unix time; an instant where they are equal."""

    start: float
    end: float
    point: Point
    period: float = 0.0
    """As in the `Sample` it begins with."""

    @property
    def held(self) -> float:
        """The seconds from `start` that this speaks for when nothing follows."""
        return held_for(self.period)


def spans(samples: Sequence[Sample], live_at: float | None = None) -> list[KnownSpan]:
    """A sample holds until the next one, unless that is beyond its gap: then for its instant.

    With `live_at`, a Unix time, the last one holds up to then for as long as a figure counts as live.
    """
    known = []
    for sample, following in pairwise(samples):
        end = following.at if following.at - sample.at <= sample.gap else sample.at
        known.append(_span(sample, end))
    if samples:
        last = samples[-1]
        end = last.at
        if live_at is not None:
            end = max(last.at, min(live_at, last.at + MISSED_PERIODS * last.period))
        known.append(_span(last, end))
    return known


def _span(sample: Sample, end: float) -> KnownSpan:
    return KnownSpan(
        sample.at, end, Point(sample.value, sample.value, sample.value, sample.at_least), sample.period
    )


def points(known: Iterable[KnownSpan], since: float, until: float, step: float) -> list[Point | None]:
    """`known` in steps of `step` seconds from `since`; None is a gap. Minimum and maximum are kept."""
    count = max(0, math.ceil((until - since) / step))
    low, high = [math.inf] * count, [-math.inf] * count
    weight, total = [0.0] * count, [0.0] * count
    instants: list[list[float]] = [[] for _ in range(count)]
    at_least = [False] * count
    for span in known:
        if span.start >= until or (span.start < since and span.end <= since):
            continue
        place = min(max(0, math.floor((span.start - since) / step)), count - 1)
        while place < count:
            start, end = since + place * step, since + (place + 1) * step
            low[place] = min(low[place], span.point.minimum)
            high[place] = max(high[place], span.point.maximum)
            part = min(span.end, end) - max(span.start, start)
            if part > 0:
                weight[place] += part
                total[place] += part * span.point.mean
            instants[place].append(span.point.mean)
            at_least[place] |= span.point.at_least
            if span.end <= end:
                break
            place += 1
    return [
        _point(low[place], high[place], weight[place], total[place], instants[place], at_least[place])
        for place in range(count)
    ]


def held_at(samples: Sequence[Sample], wall: float) -> float | None:
    """The value at `wall`: of the last sample before it, where no gap follows that; else None.

    None, too, where it was at least so much.
    """
    for place in range(len(samples) - 1, -1, -1):
        sample = samples[place]
        if sample.at <= wall:
            following = samples[place + 1].at if place + 1 < len(samples) else math.inf
            holds = following - sample.at <= sample.gap or wall - sample.at <= sample.held
            return sample.value if holds and not sample.at_least else None
    return None


def slope(samples: Sequence[Sample]) -> float | None:
    """The median of the slopes between all pairs (Theil-Sen), a second; None below `ENOUGH` samples.

    A single wild sample doesn't move it.
    """
    recent = samples[-MOST_FOR_SLOPE:]
    if len(recent) < ENOUGH:
        return None
    slopes = [
        (later.value - earlier.value) / (later.at - earlier.at)
        for earlier, later in combinations(recent, 2)
        if later.at > earlier.at
    ]
    if not slopes:
        return None
    from statistics import median  # Not before: at the start there are none.

    return median(slopes)


def fresh(samples: Sequence[Sample], wall: float, window: float = WINDOW) -> list[Sample]:
    """The samples of the last `window` seconds after their last gap; none where the last is old."""
    if not samples or wall - samples[-1].at > samples[-1].gap:
        return []
    recent = [samples[-1]]
    for sample in reversed(samples[:-1]):
        if wall - sample.at > window or recent[-1].at - sample.at > sample.gap:
            break
        recent.append(sample)
    recent.reverse()
    return recent


def clears_in(samples: Sequence[Sample], wall: float) -> float | None:
    """Seconds until the figure reaches nought at its present slope; None unless it falls, within `FAR`."""
    recent = fresh(samples, wall)
    falling = slope(recent)
    if falling is None or falling >= 0 or recent[-1].value <= 0:
        return None
    seconds = recent[-1].value / -falling
    return seconds if seconds <= FAR else None


def flow(samples: Sequence[Sample], wall: float) -> float | None:
    """Growth an hour, in fresh samples; below nought where the figure falls; None where unknown."""
    growth = slope(fresh(samples, wall))
    return None if growth is None else growth * 3600


def _point(
    low: float, high: float, weight: float, total: float, instants: list[float], at_least: bool
) -> Point | None:
    if not instants:
        return None
    mean = total / weight if weight else math.fsum(instants) / len(instants)
    return Point(low, min(max(mean, low), high), high, at_least)
