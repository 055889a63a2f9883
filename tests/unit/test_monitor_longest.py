"""Who waits longest: by the definition, whatever the order and however many pages."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.api.models import PAGE, Conversation
from tui.monitor.queue.longest import LEAST, PAGES, PageFacts, Survey, Waits, WaitsOfPart, waits_since

NOW = 1_000_000
DAY = 86_400.0


def waiting(number: int, ago: int, *, assigned: bool = False, team: int | None = 1) -> Conversation:
    return Conversation(
        id=number,
        status="open",
        created_at=NOW - ago,
        team_id=team,
        inbox_id=5,
        assignee_id=9 if assigned else None,
    )


def surveyed(items: Sequence[Conversation], target: float | None = 300.0) -> Waits:
    survey = Survey(NOW, target=target, backlog_after=DAY)
    page = 0
    while survey.add(items[page * PAGE : (page + 1) * PAGE]):
        page += 1
    assert survey.pages <= PAGES
    return survey.result()


def test_what_the_server_says_counts_first() -> None:
    told = Conversation(1, status="open", created_at=5, waiting_since=9, first_reply_created_at=6)
    assert waits_since(told) == 9


def test_nobody_answered_yet_waits_since_the_start() -> None:
    assert waits_since(Conversation(1, status="open", created_at=5)) == 5


def test_an_answered_one_waits_only_if_the_customer_spoke_last() -> None:
    answered = Conversation(
        1,
        status="open",
        created_at=5,
        first_reply_created_at=7,
        spoke_last="contact",
        customer_spoke_at=8,
    )
    assert waits_since(answered) == 8
    assert waits_since(msgspec.structs.replace(answered, spoke_last="person")) is None
    assert waits_since(Conversation(1, status="resolved", created_at=5)) is None


def test_backlog_is_counted_apart() -> None:
    waits = surveyed([waiting(1, 13 * 86_400), waiting(2, 600), waiting(3, 100, assigned=True)])
    assert (waits.whole.longest, waits.backlog, waits.whole.over_target) == (600.0, 1, 1)
    assert waits.where is not None
    assert (waits.where.conversation_id, waits.where.team_id, waits.where.inbox_id) == (2, 1, 5)
    assert waits.complete


def test_an_empty_account_waits_for_nothing() -> None:
    waits = surveyed([])
    assert (waits.whole.longest, waits.whole.over_target, waits.backlog, waits.where) == (0.0, 0, 0, None)
    assert waits.whole.longest_exact


def test_past_the_bound_it_is_at_least() -> None:
    many = [waiting(number, 50_000 - number) for number in range(PAGE * (PAGES + 2))]
    waits = surveyed(many)
    assert waits.whole.longest == 50_000.0
    assert waits.whole.longest_exact
    assert waits.whole.over_target == PAGE * PAGES
    assert not waits.whole.over_target_exact


def test_a_list_in_another_order_is_not_trusted_to_end_early() -> None:
    many = [waiting(number, 100 + number) for number in range(PAGE * (PAGES + 1))]
    waits = surveyed(many, target=None)
    assert not waits.whole.longest_exact
    assert not waits.backlog_exact


def test_a_server_that_repeats_its_first_page_is_noticed() -> None:
    survey = Survey(NOW, target=300.0, backlog_after=DAY)
    page = [waiting(number, 90_000) for number in range(PAGE)]
    assert survey.add(page)
    assert not survey.add(page)
    waits = survey.result()
    assert waits.whole.longest is None
    assert not waits.whole.longest_exact
    assert not waits.backlog_exact


def test_a_conversation_that_could_not_be_read_is_not_forgotten_with_its_page() -> None:
    survey = Survey(NOW, target=300.0, backlog_after=DAY)
    oldest_first = [waiting(number, 5_000 - number) for number in range(PAGE)]
    assert survey.add(oldest_first[1:], lost=1)
    assert not survey.add([waiting(99, 10)])
    waits = survey.result()
    assert waits.whole.longest == 4_999.0
    exact = waits.whole.longest_exact, waits.whole.over_target_exact, waits.backlog_exact, waits.complete
    assert not any(exact)
    assert waits.by_team[1] == WaitsOfPart(25, False, 4_999.0, False, 24, False)


@pytest.mark.parametrize(("there", "whole", "pages"), [(60, True, 3), (60, False, 1), (120, True, 1)])
def test_where_few_are_open_and_each_team_is_on_screen_all_are_read(
    there: int, whole: bool, pages: int
) -> None:
    everyone = [waiting(number, 5_000 - 60 * number) for number in range(there)]
    survey = Survey(NOW, target=None, backlog_after=DAY, whole=whole)
    told = PageFacts(there, NOW, NOW + 0.1)
    while survey.add(everyone[PAGE * survey.pages : PAGE * (survey.pages + 1)], facts=told):
        pass
    assert survey.pages == pages
    assert survey.result().complete is (pages == 3)


def test_nothing_but_what_could_not_be_read_is_no_empty_account() -> None:
    survey = Survey(NOW, target=300.0, backlog_after=DAY)
    assert survey.add([], lost=PAGE)
    assert not survey.add([])
    assert survey.result().whole.longest is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200_000), st.booleans(), st.booleans()), max_size=140),
    st.sampled_from([None, 60.0, 3_600.0]),
)
def test_what_is_called_exact_is_exact_and_the_rest_is_at_least(
    drawn: list[tuple[int, bool, bool]], target: float | None
) -> None:
    items = [
        Conversation(
            id=number,
            status="open",
            created_at=NOW - ago,
            assignee_id=1 if assigned else None,
            first_reply_created_at=NOW - ago if answered else None,
        )
        for number, (ago, assigned, answered) in enumerate(sorted(drawn, reverse=True), 1)
    ]
    waits = surveyed(items, target)
    every = [
        (max(LEAST, NOW - since), conversation)
        for conversation in items
        if (since := waits_since(conversation)) is not None
    ]
    backlog = sum(wait > DAY for wait, _ in every)
    assert waits.backlog == backlog if waits.backlog_exact else waits.backlog <= backlog
    current = [wait for wait, conversation in every if wait <= DAY]
    told = waits.whole
    for value, exact, truth in (
        (told.longest, told.longest_exact, max(current, default=0.0)),
        (told.waiting, told.waiting_exact, len(current)),
        (told.over_target, told.over_target_exact, sum(wait > (target or 0) for wait in current)),
    ):
        if value is not None:
            assert value == truth if exact else value <= truth


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 200_000), st.sampled_from([None, 1, 2]), st.sampled_from(["waits", "done", "?"])
        ),
        max_size=140,
    ),
    st.sampled_from([60.0, 3_600.0, 100_000.0]),
)
def test_the_words_of_one_population_never_contradict_each_other(
    drawn: list[tuple[int, int | None, str]], target: float
) -> None:
    items = [
        Conversation(
            id=number,
            status="open",
            created_at=NOW - ago,
            team_id=team,
            inbox_id=5,
            first_reply_created_at=None if how == "waits" else NOW - ago,
            spoke_last="person" if how == "done" else None,
        )
        for number, (ago, team, how) in enumerate(sorted(drawn, key=lambda waiting: -waiting[0]), 1)
    ]
    waits = surveyed(items, target)
    for part in (waits.whole, waits.elsewhere, *waits.by_team.values(), *waits.by_inbox.values()):
        assert (part.waiting is None) == (part.longest is None)
        assert (part.waiting == 0) == (part.longest == 0)
        if part.waiting is not None and part.longest is not None and part.over_target is not None:
            assert part.waiting >= part.over_target
            assert (part.longest > target) == (part.over_target >= 1)
    assert sum(part.waiting or 0 for part in waits.by_team.values()) <= (waits.whole.waiting or 0)


def served(ago: int, since: int | None, number: int) -> Conversation:
    """One that began so long ago and was answered; its customer waits since later, or not at all."""
    begun = msgspec.structs.replace(
        waiting(number, ago), first_reply_created_at=NOW - ago + 1, spoke_last="person"
    )
    if since is None:
        return begun
    return msgspec.structs.replace(begun, waiting_since=NOW - min(ago, since), spoke_last="contact")


def read_while(
    there: list[Conversation],
    closed: Sequence[Sequence[int]],
    came: Sequence[int],
    *,
    reopened: Sequence[int] = (0,) * PAGES,
    pace: int = 1,
) -> tuple[Waits, list[Conversation]]:
    """Survey what is there, a page each `pace` seconds, while some are closed, come or are reopened between.

    Returns what it found and those that were open all the while.
    """
    survey, always = Survey(NOW, target=300.0, backlog_after=DAY), list(there)
    for page in range(PAGES):
        asked = NOW + page * pace
        told = PageFacts(len(there), asked, asked + 0.5)
        if not survey.add(there[page * PAGE : (page + 1) * PAGE], facts=told):
            break
        gone = {there[place % len(there)].id for place in closed[page]}
        there = [conversation for conversation in there if conversation.id not in gone]
        always = [conversation for conversation in always if conversation.id not in gone]
        there += [
            msgspec.structs.replace(waiting(1_000 + 10 * page + number, 0), created_at=NOW + page * pace)
            for number in range(came[page])
        ]
        there += [waiting(2_000 + 10 * page + number, 5_000 + page) for number in range(reopened[page])]
        there.sort(key=lambda conversation: conversation.created_at or 0)
    return survey.result(), always


def test_one_that_slips_to_a_page_already_read_leaves_the_longest_at_least() -> None:
    there = [served(9_000 - number, 500 if number < 25 else None, number) for number in range(45)]
    there[25] = served(9_000 - 25, 1_500, 25)
    whole, _ = read_while(there, [()] * PAGES, [0] * PAGES)
    assert (whole.whole.longest, whole.whole.longest_exact) == (1_500, True)
    for arrivals in (0, 1):
        slipped, _ = read_while(there, [(3,), *[()] * 3], [arrivals, 0, 0, 0])
        told = slipped.whole
        assert (told.longest, told.longest_exact, slipped.complete) == (500, False, False)
        assert slipped.by_team[1].longest_exact is False


@pytest.mark.parametrize(("apart", "exact"), [(1.0, True), (400.0, False)])
def test_pages_that_lie_far_apart_leave_the_longest_at_least(apart: float, exact: bool) -> None:
    """As many may have come at the end, unseen, as were closed; then the counts betray nothing."""
    survey = Survey(NOW, target=None, backlog_after=86_400.0)
    first = [served(9_000 - number, None, number) for number in range(25)]
    second = [served(600 - 20 * number, 200 if number == 3 else None, 25 + number) for number in range(25)]
    assert survey.add(first, facts=PageFacts(90, NOW, NOW + 0.2))
    survey.add(second, facts=PageFacts(90, NOW + apart, NOW + apart + 0.2))
    waits = survey.result()
    assert (waits.whole.longest, waits.whole.longest_exact) == (200, exact)


@pytest.mark.parametrize("pace", [11, 60])
def test_one_that_is_reopened_hides_none_that_was_closed_where_pages_lie_far_apart(pace: int) -> None:
    there = [served(9_000 - 200 * number, None, number) for number in range(40)]
    there[25] = served(4_000, 900, 25)
    waits, _ = read_while(there, [(3,), *[()] * 3], [0] * PAGES, reopened=(1, 0, 0, 0), pace=pace)
    assert not waits.complete
    assert not waits.elsewhere.longest_exact


@settings(max_examples=300)
@given(
    waits=st.lists(st.none() | st.integers(0, 9_000), min_size=20, max_size=120),
    closed=st.lists(st.lists(st.integers(0, 200), max_size=3), min_size=PAGES, max_size=PAGES),
    came=st.lists(st.integers(0, 3), min_size=PAGES, max_size=PAGES),
    reopened=st.none() | st.lists(st.integers(0, 2), min_size=PAGES, max_size=PAGES),
)
def test_what_is_told_as_exact_hides_nobody_who_waited_all_the_while(
    waits: list[int | None], closed: list[list[int]], came: list[int], reopened: list[int] | None
) -> None:
    """Between pages that lie close together none is reopened."""
    there = [served(20_000 - number * 100, since, number) for number, since in enumerate(waits)]
    pace = 1 if reopened is None else 30
    surveyed, always = read_while(there, closed, came, reopened=reopened or (0,) * PAGES, pace=pace)
    if surveyed.whole.longest_exact and surveyed.whole.longest is not None:
        longest = max(
            (NOW - since for conversation in always if (since := waits_since(conversation)) is not None),
            default=0,
        )
        assert surveyed.whole.longest >= longest


def test_a_page_that_is_shorter_than_the_count_says_is_not_the_end() -> None:
    survey = Survey(NOW, target=300.0, backlog_after=86_400.0)
    asked = PageFacts(12, NOW, NOW)
    assert survey.add([waiting(number, 3_600 - number) for number in range(10)], facts=asked)
    assert not survey.result().complete
    assert survey.result().whole.over_target_exact is False
    assert not survey.add([waiting(number, 3_000 - number) for number in (10, 11)], facts=asked)
    assert survey.result().complete


def test_an_empty_page_where_some_are_open_says_nothing_of_who_waits() -> None:
    survey = Survey(NOW, target=300.0, backlog_after=86_400.0)
    assert not survey.add([], facts=PageFacts(82, NOW, NOW))
    waits = survey.result()
    assert (waits.whole.longest, waits.complete, waits.whole.over_target_exact) == (None, False, False)


def test_one_whose_times_are_not_told_may_wait_longest_of_all() -> None:
    survey = Survey(NOW, target=300.0, backlog_after=86_400.0)
    survey.add([Conversation(1, status="open")], facts=PageFacts(1, NOW, NOW))
    waits = survey.result()
    assert (waits.whole.longest, waits.whole.longest_exact, waits.whole.over_target_exact) == (
        None,
        False,
        False,
    )
