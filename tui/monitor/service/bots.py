"""Conversations that a bot has before any person: from when their clock runs; pure.

The server tells no moment of the handover. What tells of it is what was seen: pending in one answer, and
in a later one not. So an inbox whose conversations begin with a bot has no exact speeds, but bounds.
"""

import math
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.api.models import PAGE
from tui.monitor.service.intervals import Day
from tui.monitor.service.states import CLOSED, Arrival, is_at_once

SOON = 60.0
"""Seconds since its creation within which a conversation must be seen to tell how it began."""
ENOUGH = 5
"""Conversations of an inbox seen so from which on they tell of it: people set pending by hand, too."""
UNLISTED = 30
"""Seconds after its creation within which a conversation may not be there to be seen."""
LISTS = 64
"""Pages of the open ones that are remembered: those of more than the time between two looks."""
REMEMBERED, MANY = 3_600, 1_000
"""Seconds for which it is remembered who was seen in time; and of how many, before that is looked at."""


class Begun(NamedTuple):
    """Between which moments the clock of a conversation began to run, in whole Unix seconds of the server."""

    after: int
    by: int


class _OpenPage(NamedTuple):
    """All that were open at some instant between `since` and `until`, of those created between two others."""

    since: float
    until: float
    low: float
    high: float
    numbers: frozenset[int]

    def tells_of(self, arrival: Arrival) -> bool:
        """Whether one was there then, open or not."""
        return self.low < arrival.created < self.high and arrival.created + UNLISTED <= self.since

    def lacks(self, arrival: Arrival) -> bool:
        """Whether one was there then and not open."""
        return self.tells_of(arrival) and arrival.id not in self.numbers


class BotWatch:
    """What was seen of the conversations of one day, and which of its inboxes are bot first by that.

    An inbox is bot first while more than half of those that were seen within a minute of their creation
    were pending, `ENOUGH` at least: on a page of all, or missing on one of those that wait. `remembered`
    are those that an earlier run found to be so.
    """

    def __init__(self, day: Day, remembered: Iterable[int] = ()) -> None:
        self.first = frozenset(remembered)
        """The inboxes that are bot first, as far as anybody can tell."""
        self._day = day
        self._seen: dict[int, int] = {}
        """When each was created that was seen in time, lately."""
        self._early: Counter[int] = Counter()
        """How many were, by inbox."""
        self._early_pending: Counter[int] = Counter()
        """How many of these were pending."""
        self._held_at: dict[int, int] = {}
        """When each was last known to be pending, before it was anything else."""
        self._begun: dict[int, Begun] = {}
        self._open_pages: deque[_OpenPage] = deque(maxlen=LISTS)

    def see(
        self,
        arrivals: Sequence[Arrival],
        since: float,
        until: float,
        open_page: int | None = None,
        total: int | None = None,
    ) -> bool:
        """Note an answer that held at some instant between two server times; whether other inboxes are first.

        `open_page` is its number, from 1, where it is a page of all that wait, `total` of them, oldest first:
        who was on none was with the bot still. One whose reply is there already was handed over unseen.
        """
        after, by = math.floor(since), math.ceil(until)
        for arrival in arrivals:
            if arrival.odd or not self._day.holds(arrival.created):
                continue
            pending = arrival.status == "pending"
            waits = not arrival.first_reply and arrival.status not in CLOSED
            # A page of those that wait shows nobody who is pending: it alone would tell of others only.
            if open_page is None and arrival.id not in self._seen:
                early = until - arrival.created <= SOON
                self._note(arrival, pending if early else self._was_pending(arrival))
            if arrival.id in self._begun or not waits or not self._may_be_first(arrival):
                continue
            if pending:
                self._held_at[arrival.id] = max(after, arrival.created)
                continue
            held_at = max(self._held_at.pop(arrival.id, 0), self._not_open_at(arrival))
            if held_at or by - arrival.created <= SOON:
                self._begun[arrival.id] = Begun(max(held_at, arrival.created), by)
        if open_page is not None:
            ends = len(arrivals) < PAGE and (total is None or PAGE * (open_page - 1) + len(arrivals) >= total)
            self._remember(arrivals, since, until, first=open_page == 1, last=ends)
        return self._find_first()

    def _remember(
        self, arrivals: Sequence[Arrival], since: float, until: float, *, first: bool, last: bool
    ) -> None:
        """A page of those that wait, if it is in the order that it was asked for."""
        created = [arrival.created for arrival in arrivals]
        if any(arrival.odd for arrival in arrivals) or created != sorted(created):
            return
        if arrivals or (first and last):
            low = -math.inf if first else created[0]
            high = math.inf if last else created[-1]
            numbers = frozenset(arrival.id for arrival in arrivals)
            self._open_pages.append(_OpenPage(since, until, low, high, numbers))

    def _was_pending(self, arrival: Arrival) -> bool | None:
        """Whether it was pending within a minute of its creation; None where no page of then tells."""
        for page in self._open_pages:
            if page.tells_of(arrival) and page.until <= arrival.created + SOON:
                if arrival.id in page.numbers:
                    return False
                # It may have been closed by then, or answered: such a list may show only who was not.
                open_since = arrival.first_reply > page.until if arrival.first_reply else True
                return True if open_since and (arrival.first_reply or arrival.status not in CLOSED) else None
        return None

    def _not_open_at(self, arrival: Arrival) -> int:
        """When one was last known not to be open; 0 where nothing tells."""
        lists = (page.since for page in reversed(self._open_pages) if page.lacks(arrival))
        return math.floor(next(lists, 0))

    def _may_be_first(self, arrival: Arrival) -> bool:
        """Whether it is worth remembering: in most inboxes nothing begins with a bot."""
        return arrival.inbox in self.first or self._early_pending[arrival.inbox] > 0

    def _note(self, arrival: Arrival, pending: bool | None) -> None:
        if pending is None or is_at_once(arrival) or arrival.sender == "campaign":
            return  # Nothing tells, or no customer began it.
        self._seen[arrival.id] = arrival.created
        if len(self._seen) > MANY:
            lately = arrival.created - REMEMBERED
            self._seen = {number: created for number, created in self._seen.items() if created >= lately}
        self._early[arrival.inbox] += 1
        self._early_pending[arrival.inbox] += pending

    def _find_first(self) -> bool:
        told = {inbox for inbox, number in self._early.items() if number >= ENOUGH}
        pending = {inbox for inbox in told if 2 * self._early_pending[inbox] > self._early[inbox]}
        first = (self.first - told) | pending
        changed = first != self.first
        self.first = first
        return changed

    @property
    def is_hearsay(self) -> bool:
        """Whether all that is known of bots comes from an earlier run: who handed over when is forgotten."""
        return bool(self.first) and not (self._early or self._begun)

    def holds(self, arrival: Arrival) -> bool:
        """Whether a conversation is of its day."""
        return self._day.holds(arrival.created)

    def is_first(self, arrival: Arrival) -> bool:
        """Whether a bot has the conversations of its inbox first, so that `begun` tells of its clock."""
        return arrival.inbox in self.first

    def begun(self, arrival: Arrival) -> Begun | None:
        """When the clock of one began that a bot had first; None where nobody saw it handed over."""
        begun = self._begun.get(arrival.id)
        if begun is None or not arrival.first_reply or arrival.first_reply >= begun.after:
            return begun
        return None  # The reply was noted late: it came while the bot still had it.


NO_BOTS = BotWatch(Day(0, 0))
"""Of a day of which nothing was seen in time: every clock runs from the creation."""
