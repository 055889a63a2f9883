"""Which conversation waits longest, and how many wait too long: pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tui.api.models import PAGE, Conversation
from tui.monitor.queue.over_target import Over
from tui.monitor.reading import Wait

PAGES = 4
APART = 10.0
"""Seconds between asking for a page and the answer to the next, beyond which much may have moved."""
LEAST = 0.001
"""Seconds of the shortest wait: 0 stands for nobody."""
OPENING = 60
"""Seconds after its beginning within which a campaign's message is what a conversation was opened with."""
WHOLE = PAGE * PAGES
"""Open conversations up to which all pages are read for the account on screen: who waits is exact then."""


class WaitsOfPart(NamedTuple):
    """Who waits in the account, in a team or in an inbox; seconds, as of the moment of asking.

    The three figures are of one and the same customers: those who wait for an answer, backlog
    apart. So never more are over the target than wait, and nobody waits exactly where the
    longest wait is 0.

    The `*_exact` flags are False where more was to be read than the bound on pages allows, or
    where it can't be told of a conversation whether its customer waits: then the figure is "at
    least". `waiting` and `longest` are None where nobody was found, but somebody may wait.
    """

    waiting: int | None
    waiting_exact: bool
    longest: float | None
    longest_exact: bool
    over_target: int | None
    """None where there is no target."""
    over_target_exact: bool


class Waits(NamedTuple):
    """What a look at the oldest open conversations found."""

    whole: WaitsOfPart
    where: Wait | None
    """The conversation that waits longest."""
    backlog: int
    backlog_exact: bool
    by_team: dict[int, WaitsOfPart]
    by_inbox: dict[int, WaitsOfPart]
    elsewhere: WaitsOfPart
    """What is known of a team or inbox in which nobody was found to wait."""
    next_over: float | None
    """Seconds until the longest wait is over the target, or over it once more, if nobody is answered;
    None where there is no target."""

    @property
    def complete(self) -> bool:
        """Whether it is known of every open conversation whether its customer waits."""
        return self.whole.waiting_exact


def waits_since(conversation: Conversation) -> int | None:
    """Unix time since when the customer waits; None where nobody does, or where that can't be told.

    What the server says; else since the start where nobody has answered yet; else since the
    customer's last message, unless a person of ours has written since.
    """
    if conversation.status not in {None, "open"} or conversation.spoke_last == "person":
        return None
    if conversation.waiting_since is not None:
        return conversation.waiting_since
    if conversation.first_reply_created_at is not None or conversation.answered:
        return conversation.customer_spoke_at
    known = conversation.campaign_at is None and conversation.beginning_told
    return conversation.created_at if known else None


def unsure(conversation: Conversation) -> bool:
    """Whether it can't be told if the customer waits: the server doesn't say who spoke last, or when."""
    if conversation.status not in {None, "open"} or waits_since(conversation) is not None:
        return False
    if conversation.spoke_last == "person":
        return False
    if conversation.first_reply_created_at is not None:
        return conversation.spoke_last is not None or not conversation.waiting_told
    return not _opened_by_campaign(conversation)


def _opened_by_campaign(conversation: Conversation) -> bool:
    """Whether a campaign began it and no customer has written: nobody waits there."""
    begun, sent = conversation.created_at, conversation.campaign_at
    return begun is not None and sent is not None and sent - begun <= OPENING


class PageFacts(NamedTuple):
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
        self._answers: list[tuple[PageFacts, int | None]] = []
        """With the newest conversation read before each."""
        self._beside: dict[int, Conversation] = {}
        self._over: Over | None = None
        self.pages = 0

    def add(
        self,
        items: Iterable[Conversation],
        lost: int = 0,
        facts: PageFacts | None = None,
        *,
        most: int = PAGES,
        over: bool = True,
    ) -> bool:
        """Take in the next page; True where another one is needed, of at most `most`.

        Without `over` none is read for those over the target: these are told from another list.
        """
        items = tuple(items)
        if facts is not None:
            self._answers.append((facts, self._newest))
        fresh = [conversation for conversation in items if conversation.id not in self._seen]
        self.pages += 1
        self._lost += lost
        self._seen.update((conversation.id, conversation) for conversation in items)
        total = None if facts is None else facts.total
        if len(items) + lost < PAGE and (total is None or len(self._seen) + self._lost >= total):
            self._ended = True
            return False
        if not fresh and not lost:
            self._ordered = False  # the server repeats itself: what else there is stays unknown
            return False
        for conversation in fresh:
            if conversation.created_at is None or (
                self._newest is not None and conversation.created_at < self._newest
            ):
                self._ordered = False
            self._newest = max(self._newest or 0, conversation.created_at or 0)
        waits = self.result()
        certain = waits.whole.longest_exact and waits.backlog_exact
        certain &= waits.whole.over_target_exact or not over
        few = facts is not None and facts.total is not None and facts.total <= WHOLE
        return (not certain or (self._whole and few)) and self.pages < most

    def beside(self, items: Mapping[int, Conversation], over: Over | None) -> None:
        """Take in what the list of the queued told, who are some of the open ones."""
        self._beside, self._over = {**items}, over

    def result(self) -> Waits:
        """What the pages so far say."""
        backlog = 0
        best: tuple[float, Conversation] | None = None
        everywhere: list[float] = []
        teams: dict[int, list[float]] = {}
        inboxes: dict[int, list[float]] = {}
        for conversation in (self._beside | self._seen).values():
            since = waits_since(conversation)
            if since is None:
                continue
            wait = max(LEAST, self._wall - since)
            if wait > self._backlog_after:
                backlog += 1
                continue
            if best is None or wait > best[0]:
                best = (wait, conversation)
            everywhere.append(wait)
            for number, by_number in ((conversation.team_id, teams), (conversation.inbox_id, inboxes)):
                if number is not None:
                    by_number.setdefault(number, []).append(wait)
        self._slipped = self._slipped_since()
        return Waits(
            whole=self._at_least(self._part(everywhere)),
            where=_where(best[1], self._wall - best[0]) if best else None,
            backlog=backlog,
            backlog_exact=self._read_past(self._backlog_after),
            by_team={number: self._part(waits) for number, waits in teams.items()},
            by_inbox={number: self._part(waits) for number, waits in inboxes.items()},
            elsewhere=self._part(()),
            next_over=self._next_over(max(everywhere, default=0.0)),
        )

    def _next_over(self, longest: float) -> float | None:
        return self._target - longest % self._target if self._target else None

    def _part(self, waits: Sequence[float]) -> WaitsOfPart:
        known = bool(waits) or self._complete
        target = self._target
        over = None if target is None else sum(wait > target for wait in waits)
        longest = max(waits, default=0.0)
        return WaitsOfPart(
            waiting=len(waits) if known else None,
            waiting_exact=self._complete,
            longest=longest if known else None,
            longest_exact=self._complete or (bool(waits) and longest >= self._unread_at_most()),
            over_target=over,
            over_target_exact=target is None or self._read_past(target),
        )

    def _at_least(self, whole: WaitsOfPart) -> WaitsOfPart:
        """With those who were counted and not read, where these are more."""
        over, late = self._over, whole.over_target
        if over is None or late is None or whole.waiting_exact:
            return whole
        longer = max(LEAST, self._wall - over.since)
        if over.waiting > (whole.waiting or 0):
            whole = whole._replace(waiting=over.waiting, longest=whole.longest or longer)
        if over.over_target > late and not whole.over_target_exact:
            # Where none of those who were read waits so long, they all stand before the page at hand.
            longest = whole.longest if late else longer
            exact = whole.longest_exact and late > 0
            whole = whole._replace(over_target=over.over_target, longest=longest, longest_exact=exact)
        return whole

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
        than are open now; unless others came that were not read, at the end, or to a place further
        up as one that is reopened does, in the time that a slow answer takes or the machine sleeps;
        or who were gone again before their page was read. Of these there are no more than have left
        since. None where nothing slipped through.
        """
        begun = [
            conversation.created_at
            for conversation in self._seen.values()
            if conversation.created_at is not None
        ]
        slipped, left_since = None, 0
        for (before, _), (after, newest) in reversed(list(pairwise(self._answers))):
            if newest is None:
                continue
            if after.answered - before.asked > APART:
                slipped = newest
            if before.total is None or after.total is None:
                continue
            came = sum(int(before.asked) <= at <= after.answered for at in begun)
            left = before.total + came + left_since - after.total
            if left > 0:
                slipped, left_since = newest, left_since + left
        return slipped

    def _unread_at_most(self) -> float:
        """The longest that a customer can have waited of whom that is not known."""
        if self._complete:
            return 0.0
        if self._lost:
            return float("inf")
        doubted = [_not_before(conversation) for conversation in self._seen.values() if unsure(conversation)]
        longest = max((self._wall - since for since in doubted), default=0.0)
        if self._ended and self._slipped is None:
            return longest
        if not self._ordered or self._newest is None:
            return float("inf")
        return max(longest, self._wall - (self._newest if self._slipped is None else self._slipped))

    def _read_past(self, seconds: float) -> bool:
        return self._complete or self._unread_at_most() < seconds


def _not_before(conversation: Conversation) -> float:
    """A moment since when its customer waits at most: who waits still has written since the first reply."""
    return conversation.first_reply_created_at or conversation.created_at or float("-inf")


def _where(conversation: Conversation, since: float) -> Wait:
    return Wait(
        conversation.id,
        since,
        conversation.team_id,
        conversation.inbox_id,
        conversation.assignee_id,
        conversation.assignee_name,
    )
