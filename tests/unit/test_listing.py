"""A list of thousands is gone through once, however often its items are looked for."""

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, listing, reading, snapshot
from tui import identity
from tui.api.models import Agent, Inbox, Team
from tui.config.model import AlertRule, Where
from tui.identity import Measure, Scope, ScopeKind
from tui.monitor.alerts.rules import subjects
from tui.monitor.reading import Listing, Wait
from tui.panes import drill_down
from tui.panes.agents import agents
from tui.panes.conversations.headline import worst_team

COUNT = 500
WAITED = 7
NUMBERS = st.integers(1, 30)


class Counted(tuple[Any, ...]):
    """A tuple that counts what is taken out of it."""

    taken = 0

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self.taken += 1
            yield item

    def __getitem__(self, place: Any) -> Any:
        self.taken += 1
        return super().__getitem__(place)


def counted(items: list[Any]) -> Listing[Any]:
    return msgspec.structs.replace(listing([]), items=Counted(items))


def test_what_is_drawn_and_judged_again_goes_through_no_list_again() -> None:
    teams = counted([Team(number, f"team {number}") for number in range(1, COUNT)])
    inboxes = counted([Inbox(number, f"inbox {number}") for number in range(1, COUNT)])
    people = counted([Agent(number, f"agent {number}", availability="pausing") for number in range(1, COUNT)])
    shown = snapshot(
        {identity.team(number, Measure.UNASSIGNED): reading(number) for number in range(1, WAITED + 1)},
        teams=teams,
        inboxes=inboxes,
        agents=people,
    )
    shown = msgspec.structs.replace(shown, longest=Wait(1, NOW, WAITED, WAITED, WAITED))
    rule = AlertRule(when=(), text="waits", where=Where(team="*", inbox="*"))
    parts = {Scope(ScopeKind.TEAM, "3"), Scope(ScopeKind.INBOX, "4")}

    def draw() -> None:
        worst = worst_team(shown, NOW)
        assert worst is not None
        assert worst.name == f"team {WAITED}"
        assert [subject.name for subject in subjects(rule, shown, parts)] == ["team 3", "inbox 4"]
        assert agents.totals(shown, NOW)[-1].text == f"  ? {COUNT - 1} pausing"
        for kind in (ScopeKind.TEAM, ScopeKind.INBOX, ScopeKind.AGENT):
            assert drill_down.name_of(shown, kind, WAITED) == f"{kind} {WAITED}"

    draw()
    lists: list[Any] = [teams.items, inboxes.items, people.items]
    before = [watched.taken for watched in lists]
    draw()
    assert all(watched.taken - taken <= 2 * WAITED for watched, taken in zip(lists, before, strict=True))


@given(st.lists(NUMBERS, max_size=20), st.lists(NUMBERS, max_size=20))
def test_items_are_found_by_their_numbers(there: list[int], wanted: list[int]) -> None:
    made = listing([Team(number, f"at {place}") for place, number in enumerate(there)])
    items = made.items or ()
    for number in wanted:
        assert made.get(number) == next((team for team in items if team.id == number), None)
    first = [team for place, team in enumerate(items) if team.id not in there[:place]]
    assert made.those(map(str, wanted)) == [team for team in first if team.id in wanted]


def test_another_list_is_looked_through_anew() -> None:
    made = listing([Team(1, "before")])
    assert made.get(1) == Team(1, "before")
    other = msgspec.structs.replace(made, items=(Team(2, "after"),))
    assert (other.get(1), other.get(2)) == (None, Team(2, "after"))
    unread = msgspec.structs.replace(made, items=None)
    assert (unread.get(1), unread.get(None), unread.those(["1", "x", "-1"])) == (None, None, [])
    assert made == listing([Team(1, "before")])
