"""What an earlier run kept of a day: what may stand for it, and what has to be read again."""

from datetime import UTC, date

import pytest

from tui.durations import HOUR
from tui.monitor.service.book import Interval, from_midnight, restored
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally
from tui.monitor.service.intervals import day_on
from tui.monitor.service.states import CountedAs

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
