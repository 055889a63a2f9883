"""What became of a conversation: the one table of states, of which the first that matches holds."""

from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec

AT_ONCE = 2
"""Seconds up to which a first reply is an agent's own start, or a program's with an agent's token."""
CLOSED = frozenset({"resolved", "abandoned"})


class CountedAs(StrEnum):
    """Where a conversation of the day counts; their sum is what arrived. In the order of the table."""

    UNKNOWN = "unknown"
    AT_ONCE = "answered_at_once"
    IN_TARGET = "in_target"
    LATE = "late"
    NO_CUSTOMER = "no_customer_message"
    HELD = "held"
    CLOSED_BY_BOT = "closed_by_bot"
    CLOSED = "closed_without_reply"
    QUEUED_IN_TIME = "queued_in_time"
    QUEUED_LATE = "queued_late"
    IN_DOUBT = "answered_in_doubt"
    """A bot had it first, and whether it was late depends on when that handed it over, which nobody saw."""
    UNSEEN = "handover_unseen"
    """A bot has those of its inbox first, and nobody saw it handed over: it is in no ratio."""


QUEUED = frozenset({CountedAs.QUEUED_IN_TIME, CountedAs.QUEUED_LATE})
OPEN = QUEUED | {CountedAs.HELD}
"""What may still become something else without anybody reopening a conversation."""
OF_BOTS = (CountedAs.IN_DOUBT, CountedAs.UNSEEN)
"""What there is only where a bot has conversations first."""


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """A conversation as one answer told it, without a word or a name; times are Unix seconds of the server.

    `created` is that of a neighbour in the list where the server left it out: then `odd` is set.
    """

    id: int
    """Below zero for one that could not be read."""
    created: int
    first_reply: int = 0
    """0 where no person has replied."""
    status: str = "open"
    inbox: int = 0
    team: int = 0
    sender: Literal["", "person", "campaign", "program"] = ""
    """Who of the house sent the last message that is no activity; empty for the customer and notes."""
    by_customer: bool = False
    """Whether the server says that the customer began it: then a reply at once is an answer."""
    odd: bool = False
    """Whether the server's times can't be what happened."""

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the order of creation; the server may list those of one second in any order."""
        return (self.created, self.id)


class Verdict(NamedTuple):
    """The state of a conversation, and its speed of answer in seconds where a person answered."""

    state: CountedAs
    speed: float | None = None
    at_least: bool = False
    """Whether it may have been longer: a bot had it first, and handed it over between two answers."""


def judge(arrival: Arrival, *, target: float | None, answered_in: float, waited: float) -> Verdict:
    """What became of `arrival`.

    `answered_in` is the time from its beginning to the first reply, `waited` to the moment of the
    figure, both in seconds of the opening hours. Without a `target` nothing is late.
    """
    if arrival.odd or (arrival.first_reply and arrival.first_reply < arrival.created):
        return Verdict(CountedAs.UNKNOWN)
    if arrival.first_reply:
        if is_at_once(arrival):
            return Verdict(CountedAs.AT_ONCE)
        late = target is not None and answered_in > target
        return Verdict(CountedAs.LATE if late else CountedAs.IN_TARGET, answered_in)
    if arrival.sender == "campaign":
        return Verdict(CountedAs.NO_CUSTOMER)
    if arrival.status == "pending":
        return Verdict(CountedAs.HELD)
    if arrival.status in CLOSED:
        return Verdict(CountedAs.CLOSED_BY_BOT if arrival.sender == "program" else CountedAs.CLOSED)
    late = target is not None and waited > target
    return Verdict(CountedAs.QUEUED_LATE if late else CountedAs.QUEUED_IN_TIME)


def is_at_once(arrival: Arrival) -> bool:
    """Whether an agent began it, or a program with an agent's token; no customer did."""
    reply = arrival.first_reply
    return bool(reply) and reply - arrival.created <= AT_ONCE and not arrival.by_customer


def is_answered(arrival: Arrival) -> bool:
    """Whether a person answered it, in target or late; what `judge` says of it, for thousands at a time."""
    reply, created = arrival.first_reply, arrival.created
    if not reply or arrival.odd or reply < created:
        return False
    return arrival.by_customer or reply - created > AT_ONCE


def is_settled(arrival: Arrival) -> bool:
    """Whether what became of it is final, unless somebody reopens it.

    A person's answer counts once the server's background job has set the first reply: until then a
    closed conversation whose last message is a person's is still to be answered.
    """
    if arrival.odd or arrival.first_reply:
        return True
    return arrival.status in CLOSED and arrival.sender != "person"
