"""What follows from an answer, for those who ask."""

import msgspec

from tui.identity import AccountKey, AccountRef
from tui.monitor.calls import Ask


class Outcome(msgspec.Struct, frozen=True):
    """What follows from an answer."""

    follow: tuple[Ask, ...] = ()
    """Further pages, to be asked once."""
    apart: float = 0.0
    """Seconds until they are asked: a long list leaves room for other calls."""
    changed: tuple[Ask, ...] = ()
    """Asks whose answers are known to have changed."""
    doubted: tuple[Ask, ...] = ()
    """Counts that refused a whole account, where something says since that it is there."""
    again_by: float | None = None
    """`Clock.now` at which what was asked is asked again at the latest."""
    replan: bool = False
    """What is wanted of the account is another set now."""
    whose: bool = False
    """It looks as if the token's user had another role or other inboxes than were known: ask."""
    broken: tuple[AccountKey, ...] = ()
    """The identities that ended, as the reach into these accounts is another one now."""
    told_late: tuple[AccountKey, ...] = ()
    """Identities of which it took long after a change until it was known how much they see."""
    back: tuple[AccountRef, ...] = ()
    """Accounts that were believed gone and are there."""


NOTHING = Outcome()
