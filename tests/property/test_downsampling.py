"""Down-sampling for the screen and the disk: minimum and maximum are never lost, gaps never bridged."""

import sqlite3
from contextlib import closing
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.durations import MINUTE
from tui.identity import AccountKey, Figure, Measure, account
from tui.monitor.history.figure_rows import cells_of_figure, number_for
from tui.monitor.history.reader import course
from tui.monitor.history.retention import Retention, prune
from tui.monitor.history.schema import connect
from tui.monitor.history.trends import GAP, Sample, points, spans

FIGURE = Figure(AccountKey("https://trial.example", 1, 7), account(Measure.OPEN).scope, Measure.OPEN)

steps = st.floats(0.5, 70) | st.floats(151, 4_000)
walks = st.lists(st.tuples(steps, st.integers(0, 500)), min_size=1, max_size=80)


def samples_of(walk: list[tuple[float, int]]) -> list[Sample]:
    at, samples = 1_795_000_000.0, []
    for step, value in walk:
        at += step
        samples.append(Sample(at, float(value)))
    return samples


@given(walks, st.floats(5, 900))
def test_minimum_and_maximum_survive_any_step(walk: list[tuple[float, int]], step: float) -> None:
    samples = samples_of(walk)
    since, until = samples[0].at, samples[-1].at + 1
    drawn = [point for point in points(spans(samples), since, until, step) if point is not None]
    assert min(point.minimum for point in drawn) == min(sample.value for sample in samples)
    assert max(point.maximum for point in drawn) == max(sample.value for sample in samples)
    assert all(point.minimum <= point.mean <= point.maximum for point in drawn)


@given(walks, st.floats(5, 900))
def test_nothing_is_drawn_inside_a_gap(walk: list[tuple[float, int]], step: float) -> None:
    samples = samples_of(walk)
    since = samples[0].at
    drawn = points(spans(samples), since, samples[-1].at + 1, step)
    for sample, following in pairwise(samples):
        if following.at - sample.at > GAP:
            for place, point in enumerate(drawn):
                start, end = since + place * step, since + (place + 1) * step
                if sample.at < start - 1e-6 and end < following.at - 1e-6:
                    assert point is None


@settings(deadline=None, max_examples=60)
@given(walks, st.integers(0, 3))
def test_minimum_and_maximum_survive_the_way_into_minutes(walk: list[tuple[float, int]], bites: int) -> None:
    samples = samples_of(walk)
    with closing(connect(None)) as connection:
        number = number_for(connection, cells_of_figure(FIGURE))
        connection.executemany(
            "INSERT OR IGNORE INTO sample (figure, at, value, period) VALUES (?, ?, ?, ?)",
            [(number, sample.at, sample.value, sample.period) for sample in samples],
        )
        connection.execute("INSERT INTO pruning VALUES ('sample', 1e9)")
        unassigned = msgspec.structs.replace(FIGURE, measure=Measure.UNASSIGNED)
        other = number_for(connection, cells_of_figure(unassigned))
        half = samples[len(samples) // 2].at
        for wall in (half, samples[-1].at + 2 * MINUTE):
            connection.execute("INSERT INTO sample (figure, at, value) VALUES (?, ?, 0)", (other, wall))
            while prune(connection, Retention(full=0.0, minutes=1e9), wall).more:
                pass
        assert (
            connection.execute("SELECT count(*) FROM sample WHERE figure = ?", (number,)).fetchone()[0] == 0
        )
        low, high = connection.execute(
            "SELECT min(minimum), max(maximum) FROM minute WHERE figure = ?", (number,)
        ).fetchone()
        assert (low, high) == (
            min(sample.value for sample in samples),
            max(sample.value for sample in samples),
        )
        assert_minute_by_minute(connection, number, samples)


def assert_minute_by_minute(connection: sqlite3.Connection, number: int, samples: list[Sample]) -> None:
    for sample in samples:
        minute = sample.at - sample.at % MINUTE
        low, high = connection.execute(
            "SELECT minimum, maximum FROM minute WHERE figure = ? AND at = ?", (number, minute)
        ).fetchone()
        assert low <= sample.value <= high
    drawn = course(connection, FIGURE, samples[0].at - 120, samples[-1].at + 120)
    assert {span.start % MINUTE for span in drawn} == {0.0}
