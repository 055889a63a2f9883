"""The last hour of each figure, in memory: what trends and sparklines are drawn from at once."""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable

from tui.identity import AccountKey, Figure
from tui.monitor.history.trends import Sample, gap_of, held_at
from tui.monitor.history.writer import SampleRow

KEPT = 3_900.0
"""Seconds that stay: an hour and a little."""
FULL = 1_200.0
"""Seconds for which every sample is kept."""
MOST = 160
"""Samples a figure, at most; then they are thinned."""
DENSE, SPARSE = 16.0, 60.0
"""Seconds between two samples after thinning, within `FULL` and before."""


class Ring:
    """Recent samples of many figures, bounded in number; not for several threads."""

    def __init__(self) -> None:
        self._series: dict[Figure, _Series] = {}

    def due(self, figure: Figure, sample: Sample) -> bool:
        """Note a live value; whether it is worth a sample.

        It is when it differs from the last sample, and when waiting for the next one, its period
        later, would leave more than a minute between two.
        """
        series = self._series.get(figure)
        if series is None:
            series = self._series[figure] = _Series()
        if sample.at < series.confirmed:
            series.forget_after(sample.at)
        elif sample.at == series.confirmed:
            return False
        series.confirmed, series.period = sample.at, sample.period
        times = series.times
        same = times and (series.values[-1], series.least[-1]) == (sample.value, sample.at_least)
        if same and sample.at - times[-1] + 1.1 * sample.period <= 60.0:
            return False
        series.add(sample)
        return True

    def load(self, rows: Iterable[SampleRow]) -> None:
        """Put older samples, in the order of time, before what is known by now."""
        loaded: dict[Figure, _Series] = {}
        for row in rows:
            figure, sample = row.figure, Sample(row.at, row.value, row.period, row.at_least)
            known = self._series.get(figure)
            if known is None or not known.times or sample.at < known.times[0]:
                loaded.setdefault(figure, _Series()).add(sample)
        for figure, series in loaded.items():
            known = self._series.get(figure, _Series())
            for sample in known.samples():
                series.add(sample)
            series.confirmed = max(series.times[-1], known.confirmed)
            series.period = known.period if known.times else series.periods[-1]
            self._series[figure] = series

    def samples(self, figure: Figure, wall: float, seconds: float = KEPT) -> list[Sample]:
        """What is known of the last `seconds` before `wall`, oldest first, up to the last confirmation."""
        since = wall - seconds
        return [sample for sample in self.reaching(figure, wall, since) if sample.at >= since]

    def reaching(self, figure: Figure, wall: float, since: float) -> list[Sample]:
        """What is known from `since` to `wall`, Unix times, with the sample that may hold at `since`."""
        series = self._series.get(figure)
        if series is None:
            return []
        first = bisect_left(series.times, since)
        samples = [sample for sample in series.samples(max(0, first - 1)) if sample.at <= wall]
        if samples and samples[-1].at < series.confirmed <= wall:
            samples.append(Sample(series.confirmed, samples[-1].value, series.period, samples[-1].at_least))
        return samples

    def change(self, figure: Figure, wall: float, seconds: float) -> float | None:
        """The newest value less that of `seconds` before; None where either is not known for sure."""
        known = self.reaching(figure, wall, wall - seconds)
        now, before = held_at(known, wall), held_at(known, wall - seconds)
        if now is None or before is None:
            return None
        return now - before

    def cut(self, key: AccountKey, after: float) -> None:
        """Let go of what was noted of an account after `after`, a Unix time."""
        for figure, series in self._series.items():
            if figure.account == key:
                series.forget_after(math.nextafter(after, math.inf))

    def forget(self, wall: float) -> None:
        """Let go of figures of which nothing was heard within the time that is kept."""
        for figure in [silent for silent, series in self._series.items() if series.is_over(wall)]:
            del self._series[figure]


class _Series:
    """One figure's samples, oldest first, as arrays: a tenth of the memory of objects."""

    __slots__ = ("confirmed", "least", "period", "periods", "times", "values")

    def __init__(self) -> None:
        self.times = array("d")
        self.values = array("d")
        self.periods = array("f")
        self.least = array("b")
        """1 where the value was at least so much."""
        self.confirmed = -math.inf
        self.period = 0.0
        """That of the last confirmation."""

    def add(self, sample: Sample) -> None:
        self.times.append(sample.at)
        self.values.append(sample.value)
        self.periods.append(sample.period)
        self.least.append(sample.at_least)
        if len(self.times) > MOST:
            self._thin(sample.at)

    def samples(self, first: int = 0) -> list[Sample]:
        return [
            Sample(self.times[place], self.values[place], self.periods[place], bool(self.least[place]))
            for place in range(first, len(self.times))
        ]

    def is_over(self, wall: float) -> bool:
        return wall - self.confirmed > max(KEPT, gap_of(self.period))

    def forget_after(self, at: float) -> None:
        """The wall clock was set back: what lies after `at` belongs to another count of time."""
        keep = sum(time < at for time in self.times)
        del self.times[keep:]
        del self.values[keep:]
        del self.periods[keep:]
        del self.least[keep:]
        self.confirmed = -math.inf

    def _thin(self, now: float) -> None:
        kept: list[Sample] = []
        for sample in self.samples():
            age = now - sample.at
            step = DENSE if age <= FULL else SPARSE
            if age <= KEPT and not (kept and sample.at // step == kept[-1].at // step):
                kept.append(sample)
        self.times = array("d", [sample.at for sample in kept])
        self.values = array("d", [sample.value for sample in kept])
        self.periods = array("f", [sample.period for sample in kept])
        self.least = array("b", [sample.at_least for sample in kept])
