"""What an earlier run kept of a day: what may stand for it, and what has to be read again."""

from collections.abc import Sequence
from datetime import UTC, date

import pytest

from tui.durations import HOUR
from tui.monitor.service.book import Book, Interval, from_midnight, restored
from tui.monitor.service.bots import BotWatch
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, tallies, total
from tui.monitor.service.intervals import day_on
from tui.monitor.service.reading import DayReading
from tui.monitor.service.states import Arrival, CountedAs

DAY = day_on(date(2026, 11, 20), UTC)
RULES = Rules(target=300.0)
LATER = DAY.until + 9 * 86_400.0


def kept(
    quarter: int,
    *,
    rules: Rules = RULES,
    of: tuple[PartOfAccount, ...] = (WHOLE, PartOfAccount("team", 0), PartOfAccount("inbox", 1)),
    seconds: int = 900,
    complete: bool = True,
) -> tuple[int, Interval]:
    """A quarter with two conversations, counted in these parts."""
    tally = Tally()
    tally.counts[CountedAs.CLOSED] = 2
    begins = DAY.begins(quarter)
    return begins, Interval(begins, dict.fromkeys(of, tally), complete, seconds, rules.mark)


def test_a_quarter_whose_teams_are_kept_by_the_hour_is_read_again() -> None:
    whole, part = kept(3), kept(4, of=(WHOLE,))
    assert restored(DAY, dict([whole, part]), RULES, LATER) == {3: 2}


def test_a_quarter_in_which_nobody_came_need_not_be_read_again() -> None:
    begins = DAY.begins(3)
    empty = Interval(begins, {WHOLE: Tally()}, complete=True, rules=RULES.mark)
    assert restored(DAY, {begins: empty}, RULES, LATER) == {3: 0}


@pytest.mark.parametrize(
    ("quarters", "most", "known"),
    [
        ([kept(0), kept(1), kept(2)], None, 3),
        ([kept(0), kept(1), kept(2)], 2, 2),
        ([kept(0), kept(2)], None, 1),
        ([kept(1)], None, 0),
        ([kept(0), kept(1, rules=Rules(target=60.0))], None, 1),
        ([kept(0), kept(1, seconds=HOUR)], None, 1),
        ([kept(0), kept(1, complete=False, of=(WHOLE,))], None, 2),
        ([], 0, 0),
    ],
)
def test_what_is_known_from_midnight_ends_at_the_first_gap(
    quarters: list[tuple[int, Interval]], most: int | None, known: int
) -> None:
    number, parts = from_midnight(DAY, dict(quarters), RULES, most)
    assert number == known
    assert parts[WHOLE].arrived == 2 * known


def test_as_time_passes_only_quarters_in_which_somebody_waits_in_time_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading = DayReading(DAY)
    for quarter in range(40):
        status = "pending" if quarter % 2 else "snoozed"
        reading.roll.put(Arrival(quarter + 1, DAY.begins(quarter), status=status))
    reading.roll.put(Arrival(99, DAY.begins(40)))
    reading.as_of = DAY.begins(40) + 200.0
    book = Book(reading, RULES, {})
    before = dict(book.quarters())
    counted: list[int] = []

    def counting(
        arrivals: Sequence[Arrival], rules: Rules, at: float, _: BotWatch
    ) -> dict[PartOfAccount, Tally]:
        counted.extend(arrival.id for arrival in arrivals)
        return tallies(arrivals, rules, at)

    monkeypatch.setattr("tui.monitor.service.book.tallies", counting)
    reading.as_of += 200.0
    after = dict(book.quarters())
    assert counted == [99]
    assert before[40][WHOLE].counts[CountedAs.QUEUED_IN_TIME] == 1
    assert after[40][WHOLE].counts[CountedAs.QUEUED_LATE] == 1
    everyone = [arrival for quarter in range(41) for arrival in reading.roll.of_quarter(quarter)]
    assert total(after.values()) == tallies(everyone, RULES, reading.as_of)
