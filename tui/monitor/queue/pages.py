"""A list of conversations read page by page: which ones, how many there should be, what is missing: pure."""

from typing import NamedTuple

import msgspec

from tui.api.call import Answer, CallRecord
from tui.api.models import PAGE, Conversation, ConversationCounts, ConversationPage
from tui.monitor import sources
from tui.monitor.calls import Ask, Query


class Narrowing(msgspec.Struct, frozen=True):
    """Which conversations of an account, in the words of `GET …/conversations`.

    That call can't be narrowed to one agent: with `assignee_id` it is `POST …/conversations/filter`,
    which only reads.
    """

    status: str = "open"
    assignee_type: str | None = None
    team_id: int | None = None
    inbox_id: int | None = None
    conversation_type: str | None = None
    assignee_id: int | None = None

    def page(self, number: int) -> Ask:
        """The ask for one page, from 1: open ones oldest first, as these wait longest."""
        query = Query(
            self.status,
            self.assignee_type,
            self.team_id,
            self.inbox_id,
            conversation_type=self.conversation_type,
            sort_by="sort_on_created_at" if self.status == "open" else None,
            assignee_id=self.assignee_id,
        )
        return sources.conversations(number, query)

    def counted(self, counts: ConversationCounts) -> int | None:
        """How many there are by the counts that come with a page; `assignee_type` never narrows these."""
        match self.assignee_type:
            case "me":
                return counts.mine
            case "assigned":
                return counts.assigned
            case "unassigned":
                return counts.unassigned
            case _:
                return counts.all


class ListedConversation(NamedTuple):
    """A conversation, and when it was asked for, in Unix seconds of the server's clock."""

    conversation: Conversation
    asked_wall: float
    call: CallRecord | None = None
    """The call that told it; None where no call did."""


class Pages:
    """The pages read so far; a row met on two pages is kept once, as it was met last."""

    def __init__(self, narrowing: Narrowing) -> None:
        self.narrowing = narrowing
        self.listed: dict[int, ListedConversation] = {}
        self.calls: list[CallRecord] = []
        self.expected: int | None = None
        """How many there are, as the newest page counted them."""
        self.ended = False
        """Whether the last page was reached."""
        self.lost = 0
        """Conversations that could not be read."""
        self.moved = False
        """Whether some have left since the first page: others moved up, perhaps to a page already read."""
        self._first: int | None = None
        """How many there were then."""
        self._came = 0
        """How many of those that were read later began since then."""

    @property
    def read(self) -> int:
        """Pages read."""
        return len(self.calls)

    @property
    def about(self) -> int | None:
        """How many pages there are, as far as the counts tell; never fewer than were read."""
        return None if self.expected is None else max(self.read, -(-self.expected // PAGE), 1)

    def next(self) -> Ask:
        """The ask for the page that comes next."""
        return self.narrowing.page(self.read + 1)

    def add(self, answer: Answer[ConversationPage]) -> None:
        """Take in the page that `next` asked for."""
        page = answer.value
        fresh = [conversation for conversation in page.items if conversation.id not in self.listed]
        self.listed.update(
            (conversation.id, ListedConversation(conversation, answer.call.server_wall, answer.call))
            for conversation in page.items
        )
        self.calls.append(answer.call)
        self.lost += answer.lost
        self.expected = self.narrowing.counted(page.counts)
        if self.read == 1:
            self._first = self.expected
        elif self._first is not None and self.expected is not None:
            begun = self.calls[0]
            since = int(begun.server_wall - begun.server_unsure)
            self._came += sum((conversation.created_at or 0) >= since for conversation in fresh)
            self.moved |= self.expected < self._first + self._came
        size = len(page.items) + answer.lost
        short = size < PAGE and (self.expected is None or len(self.listed) + self.lost >= self.expected)
        # A short page before the counted end is no end where pages are smaller than ours.
        self.ended = not size or not fresh or short
