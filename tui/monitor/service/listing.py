"""The conversations created within a stretch of time, found in the list and read as a day is: pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tui.api.call import Answer, CallRecord
from tui.api.models import ConversationPage
from tui.monitor.calls import Ask
from tui.monitor.queue.pages import ListedConversation
from tui.monitor.service.figures import PartOfAccount
from tui.monitor.service.intervals import Day
from tui.monitor.service.levels import ask_of, told_of
from tui.monitor.service.reading import DayReading
from tui.monitor.service.roll import DayQuestion, Queue
from tui.monitor.service.states import Arrival

MOST_LISTED = 1_000
"""Conversations up to which a stretch is read: each page is dear to the server."""
MOST_CALLS = 120
"""Calls after which a list that moves all the time is left as it is: thrice what so many take."""


class Came(NamedTuple):
    """A conversation as the list shows it, and as service level counts it."""

    listed: ListedConversation
    arrival: Arrival


class CreatedWithin:
    """Everybody created in [begins, until), newest first as they are read; checked as a day is.

    `later` is about how many have come since each of the two, which saves most of the search.
    """

    def __init__(self, begins: int, until: int, later: tuple[int, int] = (0, 0)) -> None:
        self.calls: list[CallRecord] = []
        """Each with its answer, in their order."""
        self.cut = False
        """Whether more came than are listed."""
        self._reading = DayReading(Day(begins, until), later=later)
        self._course = self._reading.course()
        self._told: dict[int, ListedConversation] = {}
        self._question: DayQuestion | None = next(self._course)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to ask."""
        return self._question is None

    @property
    def whole(self) -> bool:
        """Whether everybody is known, and what is known adds up to what there is."""
        return self.ended and not self.cut and self._reading.roll.whole and self._reading.sound

    @property
    def as_of(self) -> float | None:
        """What is known held at some instant since then, by the server's clock; None before an answer."""
        return self.calls[0].server_wall if self.calls else None

    def next(self) -> Ask:
        """The call that comes next; there is one until it has ended."""
        if self._question is None:
            raise LookupError("everything is read")
        return ask_of(self._question)

    def add(self, answer: Answer[Any]) -> None:
        """Take in the answer to `next`. Raises IgnoredError where the server does not do as it is asked."""
        if self._question is None:
            return
        self.calls.append(answer.call)
        if isinstance(answer.value, ConversationPage):
            wall = answer.call.server_wall
            self._told |= {
                conversation.id: ListedConversation(conversation, wall, answer.call)
                for conversation in answer.value.items
            }
        try:
            self._question = self._course.send(told_of(self._question, answer))
        except StopIteration:
            self._question = None
        if isinstance(self._question, Queue):
            self._question = None  # Who waits was told by the pages just read.
        elif len(self.calls) >= MOST_CALLS:
            self._question = None
        elif len(self._reading.roll.arrivals) >= MOST_LISTED and not self._reading.roll.whole:
            self._question, self.cut = None, True

    def came(self, part: PartOfAccount) -> list[Came]:
        """Those of a part of the account that are known so far, oldest first."""
        known: Mapping[int, ListedConversation] = self._told
        return [
            Came(known[arrival.id], arrival)
            for arrival in self._reading.roll.arrivals
            if arrival.id in known and _is_of(arrival, part)
        ]

    def unreadable(self) -> int:
        """How many of the stretch the server listed in a form that could not be read."""
        return sum(arrival.id not in self._told for arrival in self._reading.roll.arrivals)


def _is_of(arrival: Arrival, part: PartOfAccount) -> bool:
    if part.kind == "team":
        return arrival.team == part.number
    return not part.kind or arrival.inbox == part.number
