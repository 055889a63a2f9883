"""How many wait too long is told from a page or two: never more than in truth, in the end nearly all."""

import random
from collections.abc import Callable
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.api.call import Answer, CallRecord
from tui.api.models import PAGE, Conversation, ConversationCounts, ConversationPage
from tui.monitor.calls import Ask, What
from tui.monitor.polling.who_waits import APART, APART_IDLE, EarlierLooks, WhoWaits
from tui.monitor.queue.longest import LEAST, PAGES, Waits, waits_since

NOW = 1_800_000_000
DAY = 86_400.0
LATER = 0.2
"""The part of those on a newer server that wait since later than they began."""
FIRST = Ask("env", 1, 1, What.LONGEST)
Bend = Callable[[ConversationPage], ConversationPage]


class Truth(NamedTuple):
    waiting: int
    over: int
    longest: float


class Server:
    """Open conversations of an account, some answered, some a campaign's, some backlog."""

    def __init__(self, rng: random.Random, opened: int, *, answered: float, campaigns: float, old: float):
        self._rng = rng
        self._shares = answered, campaigns
        self._number = 0
        self._newer = rng.random() < 0.5
        """Whether the server tells since when a customer waits."""
        self.wall = float(NOW)
        self.open: list[Conversation] = []
        self.came: list[int] = []
        for _ in range(opened):
            ago = rng.uniform(DAY, 3 * DAY) if rng.random() < old else rng.uniform(0, 3 * 3_600)
            self.begin(int(self.wall - ago))
        self.open.sort(key=lambda conversation: (conversation.created_at or 0, conversation.id))

    def begin(self, at: int) -> None:
        """One more conversation, begun `at`."""
        self._number += 1
        answered, campaigns = self._shares
        conversation = Conversation(self._number, status="open", created_at=at, team_id=1, inbox_id=2)
        drawn = self._rng.random()
        if drawn < answered:
            again = self._rng.random() < 0.2
            spoken = min(int(self.wall), at + 20 + int(self._rng.random() * 600))
            conversation = Conversation(
                conversation.id,
                status="open",
                created_at=at,
                team_id=1,
                first_reply_created_at=at + 10,
                spoke_last="contact" if again else "person",
                customer_spoke_at=spoken if again else None,
            )
        elif drawn < answered + (1 - answered) * campaigns:
            conversation = Conversation(
                conversation.id, status="open", created_at=at, team_id=1, campaign_at=at + 1
            )
        elif self._newer:
            later = 500 if self._rng.random() < LATER else int(self._rng.random() * 3)
            conversation = Conversation(
                conversation.id,
                status="open",
                created_at=at,
                team_id=1,
                waiting_since=at + later,
                waiting_told=True,
            )
        self.open.append(conversation)
        self.came.append(conversation.id)

    def pass_by(self, seconds: float, busy: float) -> None:
        """Let time go by: some come, and some of any age are closed."""
        self.wall += seconds
        for _ in range(int(self._rng.random() * busy * 2)):
            if self.open and self._rng.random() < 0.5:
                del self.open[int(self._rng.random() * len(self.open))]
            else:
                self.begin(int(self.wall))

    def page(self, ask: Ask) -> ConversationPage:
        """What the server answers."""
        there = self.open
        if ask.queued:
            there = [conversation for conversation in there if conversation.first_reply_created_at is None]
        begin = PAGE * (ask.page - 1)
        return ConversationPage(
            ConversationCounts(None, None, None, len(there)), tuple(there[begin : begin + PAGE])
        )

    def truth(self, target: float) -> Truth:
        """Who waits just now, backlog apart."""
        since = [at for conversation in self.open if (at := waits_since(conversation)) is not None]
        waits = [wait for at in since if (wait := max(LEAST, self.wall - at)) <= DAY]
        return Truth(len(waits), sum(wait > target for wait in waits), max(waits, default=0.0))


def look(
    server: Server,
    past: EarlierLooks,
    target: float,
    *,
    busy: float = 0.0,
    idle: bool = True,
    bend: Bend = lambda page: page,
) -> tuple[Waits, int]:
    """One look, a second between two pages; and how many pages it read."""
    ask: Ask | None = FIRST
    who: WhoWaits | None = None
    pages = 0
    while ask is not None:
        page = server.page(ask)
        call = CallRecord("GET", "/x", server.wall - NOW, server.wall, server.wall - NOW + 0.2, status=200)
        answer = Answer(page if not ask.queued else bend(page), call, page.lost)
        if who is None:
            queued = sum(conversation.first_reply_created_at is None for conversation in server.open)
            who = WhoWaits(
                past,
                answer,
                target=target,
                backlog_after=DAY,
                whole=True,
                apart=True,
                queued=queued,
                idle=idle,
            )
        pages += 1
        ask = who.add(ask, answer)
        server.pass_by(1.0, busy)
    assert who is not None
    return who.result(), pages


def judge(waits: Waits, truth: Truth, came: int, hidden: int) -> None:
    """What is exact equals the truth of the moment of asking, the rest is no more than that.

    `hidden` came meanwhile to where it is not read, so that as many may have left without being missed.
    """
    whole = waits.whole
    waiting, over, longest = whole.waiting or 0, whole.over_target or 0, whole.longest or 0.0
    assert over <= truth.over
    assert not whole.over_target_exact or over >= truth.over - hidden
    assert waiting <= truth.waiting + came
    assert longest <= truth.longest or waiting <= came
    if whole.longest_exact and not came:
        assert longest == truth.longest


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    opened=st.integers(0, 900),
    answered=st.sampled_from([0.0, 0.3, 0.9]),
    campaigns=st.sampled_from([0.0, 0.02, 0.5]),
    old=st.sampled_from([0.0, 0.1, 0.9]),
    target=st.sampled_from([60.0, 300.0, 3_600.0, 40_000.0]),
    busy=st.sampled_from([0.0, 0.5, 6.0]),
)
@example(seed=12, opened=48, answered=0.0, campaigns=0.0, old=0.0, target=60.0, busy=6.0)
@example(seed=7362, opened=52, answered=0.9, campaigns=0.02, old=0.1, target=300.0, busy=6.0)
def test_never_more_wait_too_long_than_in_truth(
    seed: int, opened: int, answered: float, campaigns: float, old: float, target: float, busy: float
) -> None:
    server = Server(random.Random(seed), opened, answered=answered, campaigns=campaigns, old=old)
    past = EarlierLooks()
    for turn in range(8):
        truth, before, idle = server.truth(target), len(server.came), turn > 3
        opened = len(server.open)
        waits, pages = look(server, past, target, busy=busy, idle=idle)
        assert pages <= PAGES + (APART_IDLE if idle else APART)
        came = len(server.came) - before
        judge(waits, truth, came, came if opened + came > PAGES * PAGE else 0)
        part = waits.whole
        assert (part.waiting is None) == (part.longest is None)
        if part.waiting is not None and part.over_target is not None and part.longest is not None:
            assert part.waiting >= part.over_target
            assert (part.longest > target) == (part.over_target > 0)
        server.pass_by(119.0, busy * 20)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    bend=st.sampled_from(["first page", "newest first", "shorter", "answered among them", "no count"]),
)
def test_a_list_that_is_not_what_was_asked_for_adds_nobody(seed: int, bend: str) -> None:
    server = Server(random.Random(seed), 600, answered=0.4, campaigns=0.5, old=0.2)
    queued = [conversation for conversation in server.open if conversation.first_reply_created_at is None]

    def bent(page: ConversationPage) -> ConversationPage:
        items = page.items
        match bend:
            case "first page":
                items = tuple(queued[:PAGE])
            case "newest first":
                items = tuple(reversed(items))
            case "shorter":
                items = items[: len(items) // 2]
            case "answered among them":
                items = (
                    *items[:-1],
                    Conversation(99_999, status="open", created_at=NOW, first_reply_created_at=1),
                )
            case _:
                return ConversationPage(ConversationCounts(), items)
        return ConversationPage(page.counts, items)

    past = EarlierLooks()
    for _ in range(6):
        waits, _ = look(server, past, 300.0, bend=bent)
        read = PAGES * PAGE + PAGE
        assert (waits.whole.over_target or 0) <= min(server.truth(300.0).over, read)
        server.pass_by(100.0, 0.0)


def test_in_the_end_a_page_of_each_list_tells_nearly_all() -> None:
    """764 wait and 94 was what four pages told; now it is all of them that no campaign began."""
    server = Server(random.Random(3), 800, answered=0.05, campaigns=0.02, old=0.0)
    past, told, pages = EarlierLooks(), [], 0
    for turn in range(22):
        truth = server.truth(300.0)
        waits, pages = look(server, past, 300.0, idle=turn > 2)
        told.append((waits.whole.over_target or 0) / truth.over)
        server.pass_by(117.0, 0.0)
    assert told[0] < 0.2 < 0.4 * (1 - LATER) < told[3] < told[-1]
    assert told[-1] > 0.95 * (1 - LATER)
    assert pages == 2


def test_where_four_pages_cannot_tell_the_longest_wait_one_is_read() -> None:
    server = Server(random.Random(5), 3_000, answered=0.9, campaigns=0.0, old=0.9)
    past = EarlierLooks()
    target = 40 * 3_600.0  # beyond the backlog: the list of the queued tells nothing of it
    pages = [look(server, past, target)[1] for _ in range(3)]
    assert pages == [PAGES, 1, 1]
    server.pass_by(1_000.0, 0.0)
    assert look(server, past, target)[1] == PAGES
