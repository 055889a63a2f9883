"""A plan is made anew at every line scrolled: it costs what is on screen, not what there is."""

from collections.abc import Collection, Iterator

import pytest

from tests.builders import REF
from tui.monitor.asks import What
from tui.monitor.plan import View, foreground

SHOWN = (3, 5, 8)
COUNTS = (What.TEAM_COUNTS, What.INBOX_COUNTS)


class Numbers(Collection[int]):
    """The numbers from 0 on, which are counted as they are taken out."""

    def __init__(self, count: int) -> None:
        self._numbers = range(count)
        self.taken = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: object) -> bool:
        return number in self._numbers

    def __iter__(self) -> Iterator[int]:
        for number in self._numbers:
            self.taken += 1
            yield number


def taken_of(count: int, inbox: int | None) -> int:
    teams, inboxes = Numbers(count), Numbers(count)
    view = View(
        shown=True,
        teams=SHOWN,
        inboxes=SHOWN,
        team_ids=teams,
        inbox_ids=inboxes,
        members_of=4,
        inbox=inbox,
    )
    wants = foreground(REF.environment, 1, REF.account_id, view)
    asked = [want.ask.arg for want in wants if want.ask.what in COUNTS]
    assert {str(one) for one in SHOWN} <= set(asked)
    return teams.taken + inboxes.taken


@pytest.mark.parametrize("inbox", [None, 5])
def test_it_goes_through_no_more_of_twenty_thousand_than_of_two_thousand(inbox: int | None) -> None:
    assert taken_of(20_000, inbox) == taken_of(2_000, inbox) < 2_000
