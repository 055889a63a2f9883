"""How many wait too long, told from the place in a list at which waits cross the target: pure.

The list is that of the queued, oldest first: whom no person has answered yet waits since the
conversation began, unless a campaign began it or the server says otherwise. So the number of the
page at the boundary tells how many wait longer than those on it, and no page before it is read for
that. Which of them wait otherwise does not change: each page is read once, one or two a look, and
until then its conversations are not counted. What is told is "at least": who was answered once
and waits again stands in another list.
"""

from typing import NamedTuple

from tui.api.models import PAGE, Conversation, ConversationPage

SAME = 2
"""Seconds by which a wait that began with its conversation may seem to have begun later."""
SOON = 900.0
"""Seconds before it is backlog from which a conversation is counted no longer: the next look may be late."""


class Over(NamedTuple):
    """At least so many; all of them began before `since` in Unix seconds, or stand on the page at hand."""

    over_target: int
    waiting: int
    since: int


class QueuedList:
    """What is known of an account's list of queued conversations from look to look."""

    def __init__(self) -> None:
        self.unread = 0
        """Of the oldest at most so many were never read, or are backlog: they are not counted."""
        self.walked = False
        """Whether all that are no backlog have been read."""
        self.ageing_at = float("-inf")
        """Unix time at which the oldest of those that are counted becomes backlog."""
        self.read_up_to: int | None = None
        """The beginning, in Unix seconds, up to which none after `unread` was missed; None: none was read."""
        self.others: dict[int, int] = {}
        """Those of them whose customer does not wait since they began, with when that was: a campaign
        began it, or the server says that the wait began later."""
        self.from_end = 0
        """How many pages the boundary was before the last one."""
        self.unfit = False
        """Whether the server's list is another one: it holds some who were answered."""


class QueueLook:
    """One look at the list, as of `wall`; `target` and `backlog_after` are seconds, `most` pages.

    `total` is how many were queued lately, None where that is not known.
    """

    def __init__(
        self,
        queue: QueuedList,
        wall: float,
        *,
        target: float,
        backlog_after: float,
        most: int,
        total: int | None,
    ) -> None:
        self._queue = queue
        self._wall = wall
        self._boundary = wall - target - SAME
        self._backlog_after = backlog_after
        self._most = most
        self.read = 0
        """How many pages were read."""
        self._low, self._high = 1, 1 << 40
        self._ended = queue.unfit
        self._at: tuple[int, tuple[Conversation, ...]] | None = None
        """The page at the boundary, once it is found."""
        self._found: dict[int, tuple[Conversation, ...]] = {}
        """The pages read to find it."""
        self.over: Over | None = None
        """What the list tells; None where it does not."""
        self.items: dict[int, Conversation] = {}
        """Everything that was read."""
        self.page = 1 if total is None else max(1, -(-total // PAGE) - queue.from_end)
        """The page to be read next."""

    @property
    def more(self) -> bool:
        """Whether `page` is to be read."""
        return not self._ended and self.read < self._most

    def add(self, page: ConversationPage) -> None:
        """Take in the page that was asked for."""
        self.read += 1
        items = page.items
        fresh = any(conversation.id not in self.items for conversation in items)
        self.items.update((conversation.id, conversation) for conversation in items)
        if page.counts.all is None or not self._sound(page, page.counts.all):
            self._ended, self.over = True, None
        elif self._at is None:
            self._find(items, -(-page.counts.all // PAGE))
        elif fresh and _begun(items[-1]) <= _begun(self._at[1][-1]):
            self._note(items)
            self._read_from(PAGE * (self.page - 1), items)
            self._go_on()
        else:
            self._ended = True  # It repeats what was read, whatever page is asked for.

    def _sound(self, page: ConversationPage, total: int) -> bool:
        """Whether it is the page that was asked for: oldest first, and of nobody who was answered."""
        items = page.items
        if any(conversation.first_reply_created_at is not None for conversation in items):
            self._queue.unfit = True
        begun = [conversation.created_at for conversation in items if conversation.created_at is not None]
        there = min(PAGE, max(0, total - PAGE * (self.page - 1)))
        plain = all(
            conversation.status in {None, "open"}
            and not conversation.answered
            and conversation.spoke_last != "person"
            for conversation in items
        )
        in_order = len(begun) == len(items) and begun == sorted(begun)
        whole = not page.lost and 0 < len(items) == there
        return not self._queue.unfit and plain and in_order and whole

    def _find(self, items: tuple[Conversation, ...], last: int) -> None:
        """Settle for this page, or go on as far as its conversations are from the boundary."""
        begun = [_begun(conversation) for conversation in items]
        before = sum(at < self._boundary for at in begun)
        here = self.page
        if before:
            self._low = here + 1
        else:
            self._high = here - 1
        pace = max(1, begun[-1] - begun[0])
        self._found[here] = items
        if before == len(items) and self._low <= min(self._high, last):
            on = here + max(1, int((self._boundary - begun[-1]) / pace))
            self.page = min(on, self._high, last)
        elif not before and self._low <= self._high:
            back = here - max(1, int((begun[0] - self._boundary) / pace))
            self.page = max(back, self._low)
        elif not before and here - 1 in self._found:
            # Since that was read some may have moved up from here, where nobody waits too long.
            self._settle(here - 1, len(self._found[here - 1]), here - 1)
        else:
            self._settle(here, before, max(self._found))
        self._queue.from_end = max(0, last - (self._at[0] if self._at else self.page))

    def _settle(self, number: int, before: int, up_to: int) -> None:
        """The page is found, and those after it `up_to` which were read, one before the other.

        What has come since the look before must adjoin what was read then. Told is what was known
        before this look: while more is read some may leave the list, and those behind move up.
        """
        items = self._found[number]
        self._at = number, items
        queue, first = self._queue, PAGE * (number - 1)
        if queue.read_up_to is None or _begun(items[0]) > queue.read_up_to:
            queue.others, queue.read_up_to = {}, 0
            queue.unread, queue.ageing_at = first, float("-inf")
        queue.unread = min(queue.unread, first)
        while number <= up_to and number in self._found:
            self._note(self._found[number])
            queue.read_up_to = max(queue.read_up_to, _begun(self._found[number][-1]) - 1)
            number += 1
        if queue.unread == first:
            self._read_from(first, items)
        if queue.ageing_at >= self._wall:
            self.over = self._told(first, items, before)
        self._go_on()

    def _told(self, first: int, items: tuple[Conversation, ...], before: int) -> Over:
        queue, oldest = self._queue, self._wall - self._backlog_after
        left_out = [at for at in queue.others.values() if at >= oldest]
        over = first + before - queue.unread - sum(at < self._boundary for at in left_out)
        waiting = first + len(items) - queue.unread - len(left_out)
        return Over(max(0, over), max(0, over, waiting), _begun(items[0]))

    def _read_from(self, place: int, items: tuple[Conversation, ...]) -> None:
        """All from `place` on have been read now; those that are backlog, or will be soon, are the oldest."""
        queue = self._queue
        begun = [_begun(conversation) + self._backlog_after for conversation in items]
        old = sum(at < self._wall + SOON for at in begun)
        queue.unread = place + old
        queue.walked = bool(old) or not place
        if old < len(items):
            queue.ageing_at = begun[old]

    def _go_on(self) -> None:
        """Read those next that will be backlog, else the youngest of which nothing is known."""
        queue = self._queue
        if queue.ageing_at < self._wall + SOON:
            self.page = queue.unread // PAGE + 1
        elif not queue.walked:
            self.page = -(-queue.unread // PAGE)
        else:
            self._ended = True
        self._ended |= self._at is None or self.page >= self._at[0]

    def _note(self, items: tuple[Conversation, ...]) -> None:
        for conversation in items:
            self._queue.others.pop(conversation.id, None)
            later = (
                conversation.waiting_since is not None
                and conversation.waiting_since > _begun(conversation) + SAME
            )
            if conversation.campaign_at is not None or later:
                self._queue.others[conversation.id] = _begun(conversation)


def _begun(conversation: Conversation) -> int:
    return conversation.created_at or 0
