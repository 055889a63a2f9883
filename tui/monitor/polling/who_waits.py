"""One look at who waits: the open conversations, oldest first, and where need be the queued; pure."""

from tui.api.call import Answer
from tui.api.models import ConversationPage
from tui.monitor.calls import Ask
from tui.monitor.queue.longest import PAGES, WHOLE, PageFacts, Survey, Waits
from tui.monitor.queue.over_target import QueuedList, QueueLook

APART = 3
"""Pages of the queued in one look at most, to find the one at which waits cross the target."""
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
    list the queued apart, `queued` how many there are, as far as is known.
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
    ) -> None:
        self.first = first
        self._past = past
        self._wall = first.call.server_wall
        self._target = target
        self._backlog_after = backlog_after
        self._queued = queued
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
        """How many pages to reckon with."""
        if self._look is None:
            return self._survey.pages
        return max(PAGES, TWICE * (self._survey.pages + self._look.read))

    def add(self, ask: Ask, answer: Answer[ConversationPage]) -> Ask | None:
        """Take in the page that `ask` asked for; the next one, or None where that was the last."""
        if self._look is not None:
            self._look.add(answer.value)
            return self._on(ask)
        call, page = answer.call, answer.value
        asked = call.server_wall - call.server_unsure
        told = PageFacts(page.counts.all, asked, asked + call.duration + 2 * call.server_unsure)
        if self._survey.add(page.items, page.lost, told, most=self._most, over=not self._apart):
            return ask.at_page(self._survey.pages + 1)
        self._judge(page.counts.all)
        if self._target is None or not self._apart or self._survey.result().whole.over_target_exact:
            return None
        self._look = QueueLook(
            self._past.queue,
            self._wall,
            target=self._target,
            backlog_after=self._backlog_after,
            most=APART,
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

    def beyond(self, ask: Ask) -> Ask | None:
        """The page of the queued to be read after this look, so that the next counts more; None for none."""
        look = self._look
        return ask.at_page(look.page, queued=True) if look is not None and look.beyond else None

    def read_beyond(self, page: ConversationPage) -> None:
        """Take in the page that `beyond` asked for."""
        if self._look is not None:
            self._look.add(page)

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


class Looks:
    """The looks at one account, one after the other, and what is read of the queued between them."""

    def __init__(self) -> None:
        self.past = EarlierLooks()
        self._look: WhoWaits | None = None
        self._last: WhoWaits | None = None
        self.awaited: Ask | None = None
        """The page that a look waits for; None where none is under way."""

    def begin(self, ask: Ask, look: WhoWaits) -> None:
        """`ask` was answered with the first page of a look; one that is under way is overtaken."""
        self._look, self.awaited = look, ask

    def add(self, ask: Ask, answer: Answer[ConversationPage]) -> tuple[WhoWaits | None, Ask | None]:
        """Take in a page: the look that ends with it, and the page to be asked for next.

        One that is not `awaited` helps only later looks: there is time for it.
        """
        if ask == self.awaited and self._look is not None:
            self.awaited = self._look.add(ask, answer)
            if self.awaited is not None:
                return None, self.awaited
            self._last, self._look = self._look, None
            return self._last, self._last.beyond(ask)
        last = self._last
        if last is None or last.beyond(ask) != ask:
            return None, None  # It belongs to a look that another one has overtaken.
        last.read_beyond(answer.value)
        return None, last.beyond(ask)
