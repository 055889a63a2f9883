"""Which inbox stands for the whole account, and what to ask so that it can."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.api.errors import LiveAgentError
from tui.identity import HEADLINE, AccountRef
from tui.monitor.calls import Ask
from tui.monitor.monitor import Monitor
from tui.monitor.reading import AccountSnapshot
from tui.monitor.sources import of_one_inbox
from tui.panes.header import Place

if TYPE_CHECKING:
    from tui.panes.conversations.inbox_view import Lens
    from tui.widgets.picker import PickItem

ALL = "all"
"""What stands for all inboxes among those that can be chosen."""


class InboxChoice:
    """The inbox chosen; none at first."""

    def __init__(self) -> None:
        self.lens: Lens | None = None

    def choices(self, snapshot: AccountSnapshot | None) -> "list[PickItem] | str":
        """What can be chosen; a sentence where nothing can."""
        inboxes = None if snapshot is None else snapshot.inboxes.items
        if not inboxes:
            return "The inboxes of this token are not known." if inboxes is None else "There is no inbox."
        from tui.widgets.picker import PickItem  # Not before: a start would read the box as well.

        items = [PickItem(str(inbox.id), inbox.name, "inbox", inbox.channel) for inbox in inboxes]
        return [PickItem(ALL, "All inboxes", "inbox"), *items]

    def take(self, chosen: "PickItem") -> tuple[Ask, ...]:
        """Let the inbox chosen stand for the account; returns what is to be asked of it."""
        from tui.panes.conversations.inbox_view import Lens  # Not before: by a key alone.

        self.lens = None if chosen.id == ALL else Lens(int(chosen.id), chosen.title)
        return () if self.lens is None else of_one_inbox(self.lens.inbox_id)

    def seen(self, snapshot: AccountSnapshot) -> AccountSnapshot:
        """The account as the pane of figures and the header show it."""
        return snapshot if self.lens is None else self.lens.through(snapshot)

    def named(self, where: Place, snapshot: AccountSnapshot | None) -> Place:
        """What the header says of the place, with the inbox and how often it is asked."""
        if self.lens is None or snapshot is None:
            return where
        return where._replace(inbox=self.lens.name, every=self.seen(snapshot).reading(HEADLINE).period)


async def problem_of(monitor: Monitor, ref: AccountRef, asks: Iterable[Ask]) -> str:
    """Ask now what would come up by itself, as somebody waits for it; returns why it failed, else nothing."""
    answers = await asyncio.gather(*(monitor.ask(ref, ask) for ask in asks), return_exceptions=True)
    return next((str(answer) for answer in answers if isinstance(answer, LiveAgentError)), "")
