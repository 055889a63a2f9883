"""Which conversation waits longest, and how many wait too long: pure."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import msgspec

from tui.api.models import Conversation
from tui.monitor.reading import Wait

PAGE = 25
PAGES = 4
APART = 10.0
"""Seconds between asking for a page and the answer to the next, beyond which much may have moved."""
WHOLE = 75
"""Open conversations up to which all pages are read where each team's longest wait is on screen."""


class Waits(msgspec.Struct, frozen=True):
    """What a look at the oldest open conversations found; seconds, as of the moment of asking.

    The `*_exact` flags are False where more was to be read than the bound on pages allows, or
    where a conversation could not be read: then the figure is "at least". `longest` is 0 where
    nobody waits, None where that is not known.
    """

    longest: float | None
    longest_exact: bool
    where: Wait | None
    past_target: int | None
    past_target_exact: bool
    backlog: int
    backlog_exact: bool
    by_team: dict[int, tuple[float, bool]]
    by_inbox: dict[int, tuple[float, bool]]
    complete: bool
    """Whether every open conversation was read."""


def waits_since(conversation: Conversation) -> int | None:
    """Unix time since when the customer waits; None where nobody does.

    What the server says; else since the start where nobody has answered yet; else since the
    last message where that was the customer's.
    """
    if conversation.status not in {None, "open"}:
        return None
    if conversation.waiting_since is not None:
        return conversation.waiting_since
    if conversation.first_reply_created_at is None:
        return conversation.created_at
    return conversation.last_message_at if conversation.last_message_from == "contact" else None


def unsure(conversation: Conversation) -> bool:
    """Whether it can't be told if the customer waits: the server doesn't say who wrote last."""
    return (
        conversation.status in {None, "open"}
        and waits_since(conversation) is None
        and conversation.last_message_from is None
    )


class Told(NamedTuple):
    """What an answer says besides its page: how many are open, and between which moments it was so.

    The moments are Unix seconds by the server's clock.
    """

    total: int | None
    asked: float
    answered: float


class Survey:
    """Pages of open conversations, oldest first, read until the answer is certain or the bound is met.

    `wall` is the Unix time the first page was asked at, by the server's clock; `target` and
    `backlog_after` are seconds. With `whole` it reads on to the end where there are few, so that
    the longest waits of all teams and inboxes are certain, too.
    """

    def __init__(
        self, wall: float, *, target: float | None, backlog_after: float, whole: bool = False
    ) -> None:
        self._wall = wall
        self._target = target
        self._backlog_after = backlog_after
        self._whole = whole
        self._seen: dict[int, Conversation] = {}
        self._newest: int | None = None
        self._ordered = True
        self._ended = False
        self._slipped: int | None = None
        self._lost = 0
        self._answers: list[tuple[Told, int | None]] = []
        """With the newest conversation read before each."""
        self.pages = 0

    def add(self, items: Iterable[Conversation], lost: int = 0, told: Told | None = None) -> bool:
        """Take in the next page; True where another one is needed."""
        items = tuple(items)
        if told is not None:
            self._answers.append((told, self._newest))
        fresh = [one for one in items if one.id not in self._seen]
        self.pages += 1
        self._lost += lost
        self._seen.update((one.id, one) for one in items)
        total = None if told is None else told.total
        if len(items) + lost < PAGE and (total is None or len(self._seen) + self._lost >= total):
            self._ended = True
            return False
        if not fresh and not lost:
            self._ordered = False  # the server repeats itself: what else there is stays unknown
            return False
        for one in fresh:
            if one.created_at is None or (self._newest is not None and one.created_at < self._newest):
                self._ordered = False
            self._newest = max(self._newest or 0, one.created_at or 0)
        waits = self.result()
        certain = waits.longest_exact and waits.past_target_exact and waits.backlog_exact
        few = told is not None and told.total is not None and told.total <= WHOLE
        return (not certain or (self._whole and few)) and self.pages < PAGES

    def result(self) -> Waits:
        """What the pages so far say."""
        past_target = backlog = 0
        best: tuple[float, Conversation] | None = None
        teams: dict[int, float] = {}
        inboxes: dict[int, float] = {}
        for one in self._seen.values():
            since = waits_since(one)
            if since is None:
                continue
            wait = max(0.0, self._wall - since)
            if self._target is not None and wait > self._target and one.assignee_id is None:
                past_target += 1
            if wait > self._backlog_after:
                backlog += 1
                continue
            if best is None or wait > best[0]:
                best = (wait, one)
            for number, found in ((one.team_id, teams), (one.inbox_id, inboxes)):
                if number is not None:
                    found[number] = max(found.get(number, 0.0), wait)
        self._slipped = self._slipped_since()
        exact = self._complete or (best is not None and best[0] >= self._unread_at_most())
        longest = best[0] if best else (0.0 if self._complete else None)
        return Waits(
            longest=longest,
            longest_exact=exact,
            where=_where(best[1], self._wall - best[0]) if best else None,
            past_target=None if self._target is None else past_target,
            past_target_exact=self._target is None or self._read_past(self._target),
            backlog=backlog,
            backlog_exact=self._read_past(self._backlog_after),
            by_team={number: (wait, self._sure(wait)) for number, wait in teams.items()},
            by_inbox={number: (wait, self._sure(wait)) for number, wait in inboxes.items()},
            complete=self._complete,
        )

    @property
    def _complete(self) -> bool:
        return self._ended and not self._unknown and self._slipped is None

    @property
    def _unknown(self) -> bool:
        """Whether some could not be read, or not so far that it is known whether the customer waits."""
        return bool(self._lost) or any(map(unsure, self._seen.values()))

    def _slipped_since(self) -> int | None:
        """The earliest moment at which a conversation began that may stand on no page that was read.

        When one of an earlier page is closed, those behind move up, and the first of the next
        page is then on none. It shows in the counts: more were open before, and came since,
        than are open now; unless others came at the end that was not read, in the time that a
        slow answer takes or the machine sleeps. None where nothing slipped through.
        """
        begun = [one.created_at for one in self._seen.values() if one.created_at is not None]
        for (before, _), (after, newest) in pairwise(self._answers):
            if newest is not None and not self._ended and after.answered - before.asked > APART:
                return newest
            if before.total is None or after.total is None or newest is None:
                continue
            came = sum(int(before.asked) <= at <= after.answered for at in begun)
            if before.total + came > after.total:
                return newest
        return None

    def _unread_at_most(self) -> float:
        """The longest that a conversation which was not read can have waited."""
        if self._complete:
            return 0.0
        if self._unknown or not self._ordered or self._newest is None:
            return float("inf")
        return self._wall - (self._newest if self._slipped is None else self._slipped)

    def _read_past(self, seconds: float) -> bool:
        return self._complete or self._unread_at_most() < seconds

    def _sure(self, wait: float) -> bool:
        return self._complete or wait >= self._unread_at_most()


def _where(conversation: Conversation, since: float) -> Wait:
    return Wait(conversation.id, since, conversation.team_id, conversation.inbox_id)
