"""A plan is made anew at every line scrolled: it costs what is on screen, not what there is."""

from collections.abc import Collection, Iterator

import pytest

from tests.builders import REF
from tui.monitor.calls import What
from tui.monitor.polling.budget import Want
from tui.monitor.polling.plan import Focus, foreground

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


def wanted(**known: object) -> tuple[Want, ...]:
    """What is asked of an account on screen, of which this is known."""
    view = Focus(shown=True, teams=SHOWN, **known)  # type: ignore[arg-type]
    return foreground(REF.environment, 1, REF.account_id, view)


def taken_of(count: int, inbox: int | None) -> int:
    teams, inboxes = Numbers(count), Numbers(count)
    wants = wanted(inboxes=SHOWN, team_ids=teams, inbox_ids=inboxes, members_of=4, inbox=inbox)
    asked = [str(want.ask.number) for want in wants if want.ask.what in COUNTS]
    assert {str(number) for number in SHOWN} <= set(asked)
    return teams.taken + inboxes.taken


@pytest.mark.parametrize("inbox", [None, 5])
def test_it_goes_through_no_more_of_twenty_thousand_than_of_two_thousand(inbox: int | None) -> None:
    assert taken_of(20_000, inbox) == taken_of(2_000, inbox) < 2_000


def asked_of(**known: object) -> dict[tuple[What, int], float]:
    """Seconds between two of each call of an account, of which this is known."""
    return {(want.ask.what, want.ask.page): want.period for want in wanted(team_ids=range(20), **known)}


@pytest.mark.parametrize(
    ("people", "idle", "seconds"),
    [
        (100, False, 30),
        (100, True, 60),
        (101, False, 60),
        (200, True, 60),
        (201, False, 60),
        (201, True, 120),
    ],
)
def test_the_more_agents_there_are_the_rarer_their_list_is_asked_for(
    people: int, idle: bool, seconds: float
) -> None:
    assert asked_of(people=people, idle=idle)[What.AGENTS, 1] == seconds


@pytest.mark.parametrize(
    ("pages", "idle", "seconds"),
    [
        (1, False, 60),
        (2, False, 60),
        (4, False, 120),
        (6, False, 180),
        (1, True, 120),
        (2, True, 120),
        (3, True, 180),
        (4, True, 240),
        (6, True, 240),
        (12, True, 360),
    ],
)
def test_who_waits_is_looked_at_the_rarer_the_more_pages_it_takes(
    pages: int, idle: bool, seconds: float
) -> None:
    assert asked_of(longest_pages=pages, idle=idle)[What.LONGEST, 1] == seconds


def test_of_many_agents_only_those_pages_of_the_report_are_read_that_are_in_view() -> None:
    pages = {number: number // 25 + 1 for number in range(312)}
    known = asked_of(people=312, agents=(3, 30, 120), load_pages=pages, next_load_page=None)
    assert {page for what, page in known if what is What.AGENT_LOADS} == {1, 2, 5}
    begun = asked_of(people=312, agents=(3, 30, 120), load_pages={3: 1}, next_load_page=2)
    assert {page for what, page in begun if what is What.AGENT_LOADS} == {1, 2}
    assert {page for what, page in asked_of(people=90) if what is What.AGENT_LOADS} == {1}


def test_members_are_asked_for_of_the_teams_in_view_alone_every_quarter_of_an_hour() -> None:
    wants = wanted(team_ids=range(20))
    asked = {want.ask.number: want.period for want in wants if want.ask.what is What.TEAM_MEMBERS}
    assert asked == dict.fromkeys(SHOWN, 900)
