"""Pages of conversations that close and come while they are read: nobody is missing unseen."""

from hypothesis import example, given
from hypothesis import strategies as st

from tui.api.call import Answer, CallRecord
from tui.api.models import PAGE, Conversation, ConversationCounts, ConversationPage
from tui.monitor.queue.pages import Narrowing, Pages

NOW, WALL = 5_000.0, 1_800_000_000.0
SLOW = 40.0
"""Seconds between two pages: they are read as somebody scrolls."""
MOST = 6
"""Pages read at most."""


def begun(number: int, wall: float) -> Conversation:
    return Conversation(number, status="open", created_at=int(wall))


@given(
    size=st.integers(1, 120),
    closed=st.lists(st.lists(st.integers(0, 200), max_size=3), min_size=MOST, max_size=MOST),
    came=st.lists(st.integers(0, 3), min_size=MOST, max_size=MOST),
)
@example(size=30, closed=[[3], *[[]] * 5], came=[1, 0, 0, 0, 0, 0])
def test_whoever_was_there_all_the_while_is_listed_or_the_list_says_that_some_moved(
    size: int, closed: list[list[int]], came: list[int]
) -> None:
    there = [begun(number, WALL - 9_000 + number) for number in range(size)]
    always = set(range(size))
    pages = Pages(Narrowing())
    for step in range(MOST):
        asked = step * SLOW
        call = CallRecord("GET", "/c", NOW + asked, WALL + asked, NOW + asked + 0.1, status=200)
        items = tuple(there[step * PAGE : (step + 1) * PAGE])
        pages.add(Answer(ConversationPage(ConversationCounts(all=len(there)), items), call))
        if pages.ended:
            break
        gone = {there[place % len(there)].id for place in closed[step] if there}
        always -= gone
        there = [conversation for conversation in there if conversation.id not in gone]
        there += [begun(1_000 + 10 * step + number, WALL + asked + 1) for number in range(came[step])]
    if pages.ended and not pages.moved:
        assert always <= set(pages.listed)
