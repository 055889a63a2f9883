"""One look at who waits: the open conversations, oldest first, and where need be the queued; pure."""

from tui.api.call import Answer
from tui.api.models import ConversationPage
from tui.monitor.calls import Ask
from tui.monitor.queue.longest import PAGES, WHOLE, PageFacts, Survey, Waits
from tui.monitor.queue.over_target import QueuedList, QueueLook

FIRST_APART, APART, APART_IDLE = 3, 8, 2
"""Pages of the queued in one look: in the first, in those while a person is there, and later."""
TWICE = 2
"""How many times rarer two lists are looked at than one, by the pages read."""
ANEW = 900.0
"""Seconds after which it is tried again whether four pages tell the longest wait."""


class EarlierLooks:
    """What looks at one account leave to the next."""

    def __init__(self) -> None:
        self.queue = QueuedList()
        self.hopeless: int | None = None
        """How many were open when four pages did not tell the longest wait; None where they do."""
        self.hopeless_until = 0.0


class WhoWaits:
    """Which pages a look reads, one after the other, and what they tell.

    `first` is the answer to its first page, already asked for. `apart` says that the server may
    list the queued apart, `queued` how many there are, as far as is known. While nobody touches a
    key (`idle`) fewer pages are read.
    """

    def __init__(
        self,
        past: EarlierLooks,
        first: Answer[ConversationPage],
        *,
        target: float | None,
        backlog_after: float,
        whole: bool,
        apart: bool,
        queued: int | None,
        idle: bool,
    ) -> None:
        self.first = first
        self._past = past
        self._wall = first.call.server_wall
        self._target = target
        self._backlog_after = backlog_after
        self._queued = queued
        known = past.queue.read_up_to is not None
        self._most_apart = APART_IDLE if idle else APART if known else FIRST_APART
        opened = first.value.counts.all
        many = opened is not None and opened > WHOLE
        self._apart = (
            many and apart and target is not None and target < backlog_after and not past.queue.unfit
        )
        expired = self._wall >= past.hopeless_until
        if past.hopeless is not None and (opened is None or expired or opened < past.hopeless / 2):
            past.hopeless = None
        self._most = PAGES if past.hopeless is None else 1
        self._survey = Survey(self._wall, target=target, backlog_after=backlog_after, whole=whole)
        self._look: QueueLook | None = None

    @property
    def cost(self) -> int:
        """How many pages to reckon with: those that are read to know all of a list sooner are read once."""
        if self._look is None:
            return self._survey.pages
        return max(PAGES, TWICE * (self._survey.pages + min(self._look.read, APART_IDLE)))

    def add(self, ask: Ask, answer: Answer[ConversationPage]) -> Ask | None:
        """Take in the page that `ask` asked for; the next one, or None where that was the last."""
        if self._look is not None:
            self._look.add(answer.value)
            return self._on(ask)
        call, page = answer.call, answer.value
        asked = call.server_wall - call.server_unsure
        facts = PageFacts(page.counts.all, asked, asked + call.duration + 2 * call.server_unsure)
        if self._survey.add(page.items, page.lost, facts, most=self._most, over=not self._apart):
            return ask.at_page(self._survey.pages + 1)
        self._judge(page.counts.all)
        if self._target is None or not self._apart or self._survey.result().whole.over_target_exact:
            return None
        self._look = QueueLook(
            self._past.queue,
            self._wall,
            target=self._target,
            backlog_after=self._backlog_after,
            most=self._most_apart,
            total=self._queued,
        )
        return self._on(ask)

    def _on(self, ask: Ask) -> Ask | None:
        look = self._look
        if look is None:
            return None
        if look.more:
            return ask.at_page(look.page, queued=True)
        self._survey.beside(look.items, look.over)
        return None

    def _judge(self, opened: int | None) -> None:
        """Whether all the pages that may be read were of no use."""
        if self._survey.pages < PAGES:
            return
        waits, past = self._survey.result(), self._past
        if not (waits.whole.longest_exact and waits.backlog_exact):
            past.hopeless, past.hopeless_until = opened, self._wall + ANEW

    def result(self) -> Waits:
        """What the pages so far say."""
        return self._survey.result()
