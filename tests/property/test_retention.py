"""However the clock is set, pruning takes a bounded part of the past, and what is due goes in time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.monitor.history_schema import connect
from tui.monitor.retention import DAY, Retention, prune

NOON = 1_795_356_000.0
KEPT = Retention(full=DAY, minutes=30 * DAY)
HOUR = 3_600.0


@pytest.fixture
def past() -> Iterator[sqlite3.Connection]:
    """Thirty days of minutes, one an hour, and a day of samples, up to noon."""
    with closing(make()) as connection:
        yield connection


def make() -> sqlite3.Connection:
    connection = connect(None)
    connection.execute(
        "INSERT INTO figure VALUES (1, 'https://trial.example', 1, 7, '', 'account', '', 'open')"
    )
    connection.executemany(
        "INSERT INTO minute VALUES (1, ?, 1, 1, 1, 0)",
        [(NOON - DAY - hour * HOUR,) for hour in range(29 * 24)],
    )
    connection.executemany(
        "INSERT INTO sample VALUES (1, ?, 1, 60, 0)", [(NOON - minute * 60,) for minute in range(24 * 60)]
    )
    return connection


def start(connection: sqlite3.Connection, wall: float) -> None:
    """A run of half an hour by that clock: samples are written, and all is pruned that is due."""
    connection.executemany(
        "INSERT OR IGNORE INTO sample VALUES (1, ?, 2, 60, 0)",
        [(wall + minute * 60,) for minute in range(30)],
    )
    wall += HOUR / 2
    while prune(connection, KEPT, wall).more:
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


@pytest.mark.parametrize(
    "ahead",
    [
        -20_000 * DAY,
        -400 * DAY,
        -15 * DAY,
        -HOUR,
        0.0,
        HOUR,
        DAY,
        29 * DAY,
        31 * DAY,
        40 * DAY,
        74 * 365 * DAY,
    ],
)
def test_one_start_with_any_clock_leaves_most_of_the_past(past: sqlite3.Connection, ahead: float) -> None:
    known = hours(past)
    start(past, NOON + ahead)
    assert hours(past) >= 0.85 * known
    start(past, NOON + HOUR)
    assert hours(past) >= 0.85 * known


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-400 * DAY, 400 * DAY), max_size=4))
def test_a_few_starts_with_any_clocks_leave_most_of_the_past(clocks: list[float]) -> None:
    with closing(make()) as past:
        known = hours(past)
        for ahead in (*clocks, HOUR):
            start(past, NOON + ahead)
        assert hours(past) >= 0.5 * known


@pytest.mark.parametrize("rows", [1, 50])
def test_samples_of_a_far_year_push_nothing_out(past: sqlite3.Connection, rows: int) -> None:
    known = hours(past)
    past.executemany(
        "INSERT INTO sample VALUES (1, ?, 2, 60, 0)", [(4_100_000_000.0 + day * DAY,) for day in range(rows)]
    )
    start(past, NOON + HOUR)
    assert hours(past) >= known - 2
    for _ in range(5):
        prune(past, Retention(DAY, 30 * DAY, largest=1), NOON + 2 * HOUR)
    assert hours(past) >= 0.4 * known


def test_with_a_right_clock_nothing_older_than_is_kept_remains(past: sqlite3.Connection) -> None:
    for day in range(1, 12):
        for part in range(8):
            start(past, NOON + day * DAY + part * 3 * HOUR)
    (oldest,) = past.execute("SELECT min(at) FROM minute").fetchone()
    assert NOON + 11 * DAY - 30 * DAY <= oldest <= NOON + 12 * DAY - 30 * DAY
    (oldest,) = past.execute("SELECT min(at) FROM sample").fetchone()
    assert oldest >= NOON + 11 * DAY - 1.5 * DAY


def test_after_a_long_absence_what_is_due_goes_as_new_days_come(past: sqlite3.Connection) -> None:
    left = []
    for day in range(30):
        start(past, NOON + (60 + day) * DAY)
        left.append(hours(past))
    assert left[0] > 0.85 * left[-1]
    assert left == sorted(left, reverse=True)
    assert all(one - two <= 3 * 24 for one, two in pairwise(left))
    assert left[-1] <= 2 * 24
