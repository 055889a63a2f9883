"""The last hour of each figure, in memory: what trends and sparklines are drawn from at once."""

import math
from array import array
from collections.abc import Iterable

from tui.figures import Figure
from tui.monitor.trends import GAP, Sample, held_at

KEPT = 3_900.0
"""Seconds that stay: an hour and a little."""
FULL = 1_200.0
MOST = 160
"""Samples a figure, at most; then they are thinned."""
DENSE, SPARSE = 16.0, 60.0
"""Seconds between two samples after thinning, within `FULL` and before."""


class Ring:
    """Recent samples of many figures, bounded in number; not for several threads."""

    def __init__(self) -> None:
        self._series: dict[Figure, _Series] = {}

    def due(self, figure: Figure, at: float, value: float, period: float) -> bool:
        """Note a live value, asked for at Unix time `at`; whether it is worth a sample.

        It is when it differs from the last sample, and when waiting for the next one, `period`
        seconds later, would leave more than a minute between two.
        """
        series = self._series.get(figure)
        if series is None:
            series = self._series[figure] = _Series()
        if at < series.confirmed:
            series.forget_after(at)
        elif at == series.confirmed:
            return False
        series.confirmed = at
        times = series.times
        if times and series.values[-1] == value and at - times[-1] + 1.1 * period <= 60.0:
            return False
        series.add(at, value)
        return True

    def load(self, rows: Iterable[tuple[Figure, float, float]]) -> None:
        """Put older samples, in the order of time, before what is known by now."""
        loaded: dict[Figure, _Series] = {}
        for figure, at, value in rows:
            known = self._series.get(figure)
            if known is None or not known.times or at < known.times[0]:
                loaded.setdefault(figure, _Series()).add(at, value)
        for figure, series in loaded.items():
            known = self._series.get(figure, _Series())
            for at, value in zip(known.times, known.values, strict=True):
                series.add(at, value)
            series.confirmed = max(series.times[-1], known.confirmed)
            self._series[figure] = series

    def samples(self, figure: Figure, wall: float, seconds: float = KEPT) -> list[Sample]:
        """What is known of the last `seconds` before `wall`, oldest first, up to the last confirmation."""
        series = self._series.get(figure)
        if series is None:
            return []
        since = wall - seconds
        found = [
            Sample(at, value)
            for at, value in zip(series.times, series.values, strict=True)
            if since <= at <= wall
        ]
        if found and found[-1].at < series.confirmed <= wall:
            found.append(Sample(series.confirmed, found[-1].value))
        return found

    def change(self, figure: Figure, wall: float, seconds: float) -> float | None:
        """The newest value less that of `seconds` before; None where either is not known."""
        known = self.samples(figure, wall, seconds + 2 * GAP)
        now, before = held_at(known, wall), held_at(known, wall - seconds)
        if now is None or before is None or wall - known[-1].at > GAP:
            return None
        return now - before

    def forget(self, wall: float) -> None:
        """Let go of figures of which nothing was heard within the time that is kept."""
        for figure in [one for one, series in self._series.items() if wall - series.confirmed > KEPT]:
            del self._series[figure]


class _Series:
    """One figure's samples, oldest first, as two arrays: a tenth of the memory of objects."""

    __slots__ = ("confirmed", "times", "values")

    def __init__(self) -> None:
        self.times = array("d")
        self.values = array("d")
        self.confirmed = -math.inf

    def add(self, at: float, value: float) -> None:
        self.times.append(at)
        self.values.append(value)
        if len(self.times) > MOST:
            self._thin(at)

    def forget_after(self, at: float) -> None:
        """The wall clock was set back: what lies after `at` belongs to another count of time."""
        keep = sum(time < at for time in self.times)
        del self.times[keep:]
        del self.values[keep:]
        self.confirmed = -math.inf

    def _thin(self, now: float) -> None:
        kept: list[tuple[float, float]] = []
        for at, value in zip(self.times, self.values, strict=True):
            age = now - at
            step = DENSE if age <= FULL else SPARSE
            if age <= KEPT and not (kept and at // step == kept[-1][0] // step):
                kept.append((at, value))
        self.times = array("d", [at for at, _ in kept])
        self.values = array("d", [value for _, value in kept])
