"""Turns on the wall: everybody comes, who alerts comes first and stays longer."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tui.identity import AccountRef
from tui.panes.wall.turns import Turns

REFS = tuple(AccountRef("trial", number) for number in range(1, 8))
A, B, C, D, E, F, G = REFS


def pages(
    turns: Turns, alerting: list[AccountRef], count: int, places: int = 2
) -> Iterator[tuple[float, tuple[AccountRef, ...]]]:
    now = 0.0
    for _ in range(count):
        shown = turns.page(REFS, alerting, places, 20.0, now)
        yield now, shown
        now = turns.until


def test_as_many_as_fit_stay_for_ever_and_in_their_order() -> None:
    turns = Turns()
    assert turns.page((A, B), [B], 4, 20.0, 0.0) == (A, B)
    assert turns.until == float("inf")


def test_pages_follow_one_another_and_begin_again() -> None:
    shown = [page for _, page in pages(Turns(), [], 5)]
    assert shown == [(A, B), (C, D), (E, F), (G,), (A, B)]


def test_alerting_accounts_come_first_and_stay_twice_as_long() -> None:
    (first, page), (second, following), (third, _) = list(pages(Turns(), [E, C], 3))
    assert (page, following) == ((E, C), (A, B))
    assert (second - first, third - second) == (40.0, 20.0)


def test_a_new_alert_ends_the_page_in_front() -> None:
    turns = Turns()
    assert turns.page(REFS, [], 2, 20.0, 0.0) == (A, B)
    assert turns.page(REFS, [G], 2, 20.0, 5.0) == (G, A)
    assert turns.page(REFS, [G], 2, 20.0, 44.0) == (G, A)
    assert turns.page(REFS, [G], 2, 20.0, 45.0) == (B, C)


def test_an_alert_that_ends_does_not_turn_the_page() -> None:
    turns = Turns()
    assert turns.page(REFS, [G], 2, 20.0, 0.0) == (G, A)
    assert turns.page(REFS, [], 2, 20.0, 5.0) == (G, A)


def test_after_a_suspend_the_next_page_comes_and_not_a_burst() -> None:
    turns = Turns()
    turns.page(REFS, [], 2, 20.0, 0.0)
    assert turns.page(REFS, [], 2, 20.0, 7_200.0) == (C, D)
    assert turns.until == 7_220.0


def test_other_places_and_other_accounts_begin_a_new_round() -> None:
    turns = Turns()
    turns.page(REFS, [], 2, 20.0, 0.0)
    assert turns.page(REFS, [], 4, 20.0, 1.0) == (A, B, C, D)
    assert turns.page(REFS[:5], [], 4, 20.0, 2.0) == (A, B, C, D)
    assert (turns.number, turns.pages) == (1, 2)


@given(alerting=st.lists(st.sampled_from(REFS), unique=True), places=st.integers(1, 4))
def test_nobody_is_forgotten_however_many_alert(alerting: list[AccountRef], places: int) -> None:
    count = -(-len(REFS) // places)
    shown = [ref for _, page in pages(Turns(), alerting, count, places) for ref in page]
    assert sorted(shown) == sorted(REFS)
