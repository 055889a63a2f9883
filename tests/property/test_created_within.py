"""Who came within any stretch of time, against the contact centre's own books, whatever happens meanwhile."""

import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.property.service_desk import START, ServiceDesk, Staff
from tui.api.call import Answer, CallRecord
from tui.api.models import PAGE, Conversation, ConversationCounts, ConversationPage
from tui.durations import QUARTER
from tui.monitor.calls import Ask, What
from tui.monitor.service.arrivals import arrivals_of
from tui.monitor.service.figures import WHOLE, PartOfAccount
from tui.monitor.service.listing import MOST_CALLS, MOST_LISTED, CreatedWithin
from tui.monitor.service.roll import DayQuestion, IgnoredError, Page, Total
from tui.monitor.service.states import Arrival


def answer(desk: ServiceDesk, ask: Ask) -> Answer[Any]:
    """What the client makes of the server's answer to `ask`."""
    question: DayQuestion = Total(ask.status) if ask.what is What.SERVICE_TOTAL else Page(ask.page)
    told = desk.answer(question)
    call = CallRecord("GET", "/conversations", desk.now, desk.now, desk.now, 200)
    counts = ConversationCounts(all=told.total)
    if isinstance(question, Total):
        return Answer(counts, call)
    return Answer(ConversationPage(counts, tuple(map(conversation, told.arrivals))), call)


def conversation(arrival: Arrival) -> Conversation:
    return Conversation(
        arrival.id,
        status=arrival.status,
        inbox_id=arrival.inbox,
        team_id=arrival.team or None,
        created_at=arrival.created,
        first_reply_created_at=arrival.first_reply or None,
        last_sender=arrival.sender,
        begun_by_customer=arrival.by_customer,
    )


def read(desk: ServiceDesk, within: CreatedWithin, staff: Staff | None = None) -> int:
    """Ask until there is nothing left to ask; how many calls that took."""
    calls = 0
    while not within.ended:
        told = answer(desk, within.next())
        if staff is not None:
            staff.pass_time(staff.rng.choice((0.2, 0.5, 3.0)))
        within.add(told)
        calls += 1
        assert calls <= MOST_CALLS, "the course does not end"
    return calls


@given(
    seed=st.integers(0, 1 << 32),
    hourly=st.sampled_from((0, 3, 40, 150)),
    first=st.integers(0, 60),
    quarters=st.sampled_from((1, 2, 4, 24)),
    wrong=st.sampled_from((0.0, 0.5, 1.0, 1.1, 3.0)),
    part=st.sampled_from(
        (WHOLE, PartOfAccount("team", 0), PartOfAccount("team", 2), PartOfAccount("inbox", 1))
    ),
)
def test_all_who_came_then_are_listed_and_nobody_else(
    seed: int, hourly: int, first: int, quarters: int, wrong: float, part: PartOfAccount
) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(0, 60_000))
    Staff(desk, rng, hourly=hourly).fill(START - 7_200, desk.now)
    begins = START + first * QUARTER
    until = begins + quarters * QUARTER
    # How many came since is known about, or not at all, or belongs to something else.
    later = [int(wrong * len(desk.truth(edge, int(desk.now) + 1))) for edge in (begins, until)]
    within = CreatedWithin(begins, until, (later[0], later[1]))
    read(desk, within)
    assert within.whole
    truth = desk.truth(begins, until).values()
    of_part = [
        arrival for arrival in truth if part in (WHOLE, ("team", arrival.team), ("inbox", arrival.inbox))
    ]
    came = within.came(part)
    assert {who.arrival for who in came} == set(of_part)
    assert [who.listed.conversation.id for who in came] == [who.arrival.id for who in came]
    assert [
        arrivals_of(ConversationPage(ConversationCounts(), (who.listed.conversation,)))[0] for who in came
    ] == [who.arrival for who in came]


@given(seed=st.integers(0, 1 << 32), hourly=st.sampled_from((20, 150)), swaps=st.booleans())
@example(seed=33536, hourly=150, swaps=False)  # A page read long before is not taken once more.
def test_while_the_list_moves_it_is_whole_or_says_that_it_is_not(seed: int, hourly: int, swaps: bool) -> None:
    rng = random.Random(seed)
    desk = ServiceDesk(now=START + rng.uniform(20_000, 60_000), swaps=rng if swaps else None)
    staff = Staff(desk, rng, hourly=hourly)
    staff.fill(START - 7_200, desk.now)
    begins = START + rng.randrange(60) * QUARTER
    until = begins + 2 * QUARTER
    within = CreatedWithin(begins, until)
    before = {arrival.id for arrival in desk.truth(begins, until).values()}
    read(desk, within, staff)
    if within.whole and until < desk.now:
        known, after = {came.arrival.id for came in within.came(WHOLE)}, set(desk.truth(begins, until))
        # Who is there at the end was met, and nobody who was never there.
        assert after <= known <= before | after


def test_where_it_is_known_how_many_came_since_it_is_found_at_once() -> None:
    rng = random.Random(3)
    desk = ServiceDesk(now=START + 70_000)
    Staff(desk, rng, hourly=200).fill(START - 400_000, desk.now)
    begins, until = START + 8 * 3_600, START + 8 * 3_600 + 1_800
    later = len(desk.truth(begins, int(desk.now))), len(desk.truth(until, int(desk.now)))
    guided, searched = CreatedWithin(begins, until, later), CreatedWithin(begins, until)
    calls = read(desk, guided)
    pages = len(guided.came(WHOLE)) // PAGE + 2
    assert pages > 2
    assert calls <= 10 + pages < read(desk, searched)


def test_more_than_anybody_reads_is_cut_and_says_so() -> None:
    desk = ServiceDesk(now=START + 10_000)
    for number in range(MOST_LISTED + 200):
        desk.add(START + number, status="resolved", first_reply=START + number + 60)
    within = CreatedWithin(START, START + 4 * QUARTER)
    calls = read(desk, within)
    assert within.cut
    assert not within.whole
    assert MOST_LISTED <= len(within.came(WHOLE)) < MOST_LISTED + PAGE
    assert calls < MOST_LISTED / PAGE + 25


@pytest.mark.parametrize("ignored", ["sort", "page", "status"])
def test_a_server_that_does_not_do_as_it_is_asked_is_found_out(ignored: str) -> None:
    rng = random.Random(5)
    desk = ServiceDesk(now=START + 40_000, ignores=frozenset({ignored}))
    Staff(desk, rng, hourly=60).fill(START - 7_200, desk.now)
    with pytest.raises(IgnoredError):
        read(desk, CreatedWithin(START + 7_200, START + 9_000))
