"""However the clock is set, pruning takes a bounded part of the past, and what is due goes in time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.durations import DAY
from tui.monitor.history.retention import PART, RATE, Retention, earn, prune
from tui.monitor.history.schema import connect

NOON = 1_795_356_000.0
KEPT = Retention(full=DAY, minutes=30 * DAY)
HOUR = 3_600.0
MOST_AT_ONCE = PART * 30 * 24
"""Hours of the past that may go at a start when the program ran long before it."""
CLOCKS = [
    -20_000 * DAY, -400 * DAY, -15 * DAY, -HOUR, 0.0, HOUR, DAY, 29 * DAY, 31 * DAY, 40 * DAY, 74 * 365 * DAY
]  # fmt: skip


@pytest.fixture
def past() -> Iterator[sqlite3.Connection]:
    """Thirty days of minutes, one every ten, and a day of samples, up to noon."""
    with closing(make()) as connection:
        yield connection


def make() -> sqlite3.Connection:
    connection = connect(None)
    connection.execute(
        "INSERT INTO figure VALUES (1, 'https://trial.example', 1, 7, '', 'account', '', 'open')"
    )
    connection.executemany(
        "INSERT INTO minute VALUES (1, ?, 1, 1, 1, 0)",
        [(NOON - DAY - tenth * 600,) for tenth in range(29 * 24 * 6)],
    )
    connection.executemany(
        "INSERT INTO sample VALUES (1, ?, 1, 60, 0)", [(NOON - minute * 60,) for minute in range(24 * 60)]
    )
    return connection


def run(connection: sqlite3.Connection, wall: float, seconds: float = HOUR / 2) -> None:
    """A run by that clock: a sample a minute is written, and all is pruned that may be, from the start on."""
    for passed in range(0, int(seconds) + 1, 600):
        connection.executemany(
            "INSERT OR IGNORE INTO sample VALUES (1, ?, 2, 60, 0)",
            [(wall + passed - minute * 60,) for minute in range(10 if passed else 1)],
        )
        earn(connection, 600.0 if passed else 0.0, KEPT)
        while prune(connection, KEPT, wall + passed).more:
            pass


def hours(connection: sqlite3.Connection) -> int:
    """How many hours of the good past are known, as minutes or as samples."""
    return int(
        connection.execute(
            "SELECT count(DISTINCT CAST(at / 3600 AS INTEGER)) FROM"
            " (SELECT at FROM minute UNION ALL SELECT at FROM sample) WHERE at <= ?",
            (NOON,),
        ).fetchone()[0]
    )


def samples(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM sample WHERE at <= ?", (NOON,)).fetchone()[0])


@pytest.mark.parametrize("ahead", CLOCKS)
def test_one_start_with_any_clock_leaves_the_past(past: sqlite3.Connection, ahead: float) -> None:
    known, fine = hours(past), samples(past)
    run(past, NOON + ahead)
    assert hours(past) >= known - 3
    assert samples(past) >= fine - 3 * 60


@pytest.mark.parametrize("ahead", CLOCKS)
def test_after_a_long_run_a_wrong_clock_takes_a_tenth_at_most(past: sqlite3.Connection, ahead: float) -> None:
    earn(past, 90 * DAY, KEPT)
    known, fine = hours(past), samples(past)
    run(past, NOON + ahead)
    assert hours(past) >= known - MOST_AT_ONCE - 3
    assert samples(past) >= fine - (PART * 24 + 3) * 60


def test_forty_starts_at_ever_later_clocks_leave_most_of_the_past(past: sqlite3.Connection) -> None:
    known = hours(past)
    for number in range(1, 41):
        run(past, NOON + number * 40 * DAY)
    # Forty half hours, and three times as much of the past.
    assert hours(past) >= known - 40 * 0.5 * RATE - 2


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(-400 * DAY, 400 * DAY), st.sampled_from(CLOCKS)),
            st.sampled_from([60.0, HOUR / 2, 2 * HOUR]),
        ),
        max_size=8,
    )
)
def test_no_sequence_of_starts_takes_more_than_three_times_what_they_ran(
    starts: list[tuple[float, float]],
) -> None:
    with closing(make()) as past:
        known = hours(past)
        for ahead, seconds in starts:
            run(past, NOON + ahead, seconds)
        assert hours(past) >= known - RATE * sum(seconds for _, seconds in starts) / HOUR - 2


def test_a_clock_alone_prunes_nothing(past: sqlite3.Connection) -> None:
    earn(past, 90 * DAY, KEPT)
    before = [*past.iterdump()]
    for ahead in CLOCKS:
        pruned = prune(past, KEPT, NOON + abs(ahead))
        assert (pruned.samples, pruned.minutes, pruned.more) == (0, 0, False)
    # But for a note of up to when samples became minutes.
    assert [line for line in past.iterdump() if "pruning" not in line] == [
        line for line in before if "pruning" not in line
    ]


@pytest.mark.parametrize("rows", [1, 50])
def test_samples_of_a_far_year_push_nothing_out(past: sqlite3.Connection, rows: int) -> None:
    known = hours(past)
    earn(past, 90 * DAY, KEPT)
    past.executemany(
        "INSERT INTO sample VALUES (1, ?, 2, 60, 0)", [(4_100_000_000.0 + day * DAY,) for day in range(rows)]
    )
    run(past, NOON + HOUR)
    assert hours(past) >= known - 2
    for _ in range(5):
        prune(past, Retention(DAY, 30 * DAY, largest=1), NOON + 2 * HOUR)
    assert hours(past) >= 0.4 * known


def test_with_a_right_clock_nothing_older_than_is_kept_remains(past: sqlite3.Connection) -> None:
    for half in range(8):
        run(past, NOON + half * DAY / 2, DAY / 2)
    (oldest,) = past.execute("SELECT min(at) FROM minute").fetchone()
    assert NOON + 4 * DAY - 30 * DAY <= oldest <= NOON + 4 * DAY - 30 * DAY + HOUR
    (oldest,) = past.execute("SELECT min(at) FROM sample").fetchone()
    assert NOON + 3 * DAY - HOUR <= oldest <= NOON + 3 * DAY + HOUR


def test_after_a_long_absence_what_is_due_goes_as_the_program_runs(past: sqlite3.Connection) -> None:
    left = [hours(past)]
    held_back = []
    for day in range(12):
        run(past, NOON + (60 + day) * DAY, DAY - 60)
        left.append(hours(past))
        held_back.append(prune(past, KEPT, NOON + (61 + day) * DAY).held_back)
    assert all(0 <= before - after <= RATE * 24 + 1 for before, after in pairwise(left))
    assert left[-1] == 0
    assert held_back[0] > 20 * DAY
    assert held_back[-1] == 0


def test_after_a_clock_that_was_ahead_for_days_the_right_one_keeps_its_samples(
    past: sqlite3.Connection,
) -> None:
    run(past, NOON + 100 * DAY, 2 * DAY)
    run(past, NOON + 2 * DAY, 2 * HOUR)
    kept = past.execute(
        "SELECT count(*) FROM sample WHERE at BETWEEN ? AND ?", (NOON + 2 * DAY, NOON + 2 * DAY + 2 * HOUR)
    ).fetchone()[0]
    assert kept == 121
