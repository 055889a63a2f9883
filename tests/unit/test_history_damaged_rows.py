"""A file that SQLite finds whole can still hold what nobody wrote there: it is set aside like any damage."""

import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from tests.unit.test_history import KEY, WAITING, Recorder
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, Rules, Tally
from tui.monitor.service.hours import OpeningHours, OpenSpan
from tui.monitor.service.kept import MIXED, keep

OPENINGS = [OpeningHours([OpenSpan(0, 480, 480 + minutes)], UTC) for minutes in range(1, 40)]
MARKS = [MIXED, Rules(300.0).mark, *(Rules(300.0, hours={1: hours}).mark for hours in OPENINGS)]

ODD = [
    "UPDATE figure SET scope_id = CAST(x'ff41' AS TEXT)",
    "UPDATE figure SET account = 'abc'",
    "UPDATE sample SET value = 'abc'",
    "UPDATE sample SET value = x'00'",
    "UPDATE sample SET value = 9e999",
    "UPDATE sample SET at = 1e300 WHERE at = (SELECT max(at) FROM sample)",
    "UPDATE sample SET at = 'noon' WHERE at = (SELECT max(at) FROM sample)",
    "UPDATE sample SET at = -5 WHERE at = (SELECT max(at) FROM sample)",
    "UPDATE sample SET period = 'often'",
    "UPDATE sample SET at_least = 7",
]


@pytest.mark.parametrize("statement", ODD)
async def test_a_cell_that_means_nothing_sets_the_file_aside_and_a_new_one_goes_on(
    statement: str, tmp_path: Path
) -> None:
    path = tmp_path / "history.sqlite3"
    first = Recorder(path)
    await first.over(20, [3, 4, 5])
    first.history.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)
    second = Recorder(path)
    await second.history.start()
    assert second.history.set_aside is not None
    assert second.history.set_aside.exists()
    await second.over(20, [6, 7])
    assert second.history.problem == ""
    second.history.close()
    third = Recorder(path)
    await third.history.start()
    assert third.history.set_aside is None
    third.history.close()


async def test_a_file_of_ours_is_never_taken_for_such_a_one(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    first = Recorder(path)
    first.say({WAITING: 1e9}, period=86_400.0, at_least=True)
    await first.over(70, [0, 0.5, 3], WAITING)
    counted = [
        Interval(number * 900, {WHOLE: Tally()}, complete=True, rules=mark)
        for number, mark in enumerate(MARKS)
    ]
    await first.history.ask(lambda connection: keep(connection, KEY, counted))
    first.history.close()
    second = Recorder(path)
    await second.history.start()
    assert second.history.set_aside is None
    second.history.close()
