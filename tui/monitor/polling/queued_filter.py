"""Whether a server heeds the filter `unattended`: where it does not, its count of queued is that of all open.

Where nobody has been answered yet both are equal on a server that heeds it, too. Of the
resolved ones some have been answered: there the filter shows, with one more call.
"""

from tui.identity import ACCOUNT, AccountKey, Scope

ENOUGH = 10
"""Resolved conversations of which some have surely been answered."""
FEW = 3.0
"""By so many two counts may differ because something happened between them."""
SHARE = 0.1
"""And by this part of all."""
TOGETHER = 30.0
"""Seconds between two counts within which they may be held against each other."""
AGAIN_AFTER = 600.0
"""Seconds after which an account that could not tell is compared again."""


class QueuedFilter:
    """What is known of it, by address: all accounts of an installation run the same version."""

    def __init__(self) -> None:
        self._heeded: dict[str, bool] = {}
        self._proven: set[str] = set()
        """Addresses of which a comparison of the resolved ones has told it."""
        self._before: dict[tuple[AccountKey, Scope], float] = {}
        """The count of queued that came before."""
        self._compared: dict[AccountKey, float] = {}
        self._learnt: dict[str, tuple[int, float]] = {}
        """By address: from counts of which account it is known, and since what Unix time."""

    def heeded(self, origin: str) -> bool | None:
        """Whether the server heeds the filter; None while that is not known."""
        return self._heeded.get(origin)

    def take(
        self, key: AccountKey, scope: Scope, queued: float, opened: float, *, apart: float, wall: float
    ) -> None:
        """Take two counts of the open ones, `queued` that came `apart` seconds after the other.

        Where surely fewer are queued the filter works. Many may have left between the two: what is
        learnt so is forgotten once both are near, until the resolved ones are compared. Where those
        told against it, the queued counted before all open ones must have been fewer, too. Of one
        inbox nobody may have been answered, so that only the account's count can tell against it.
        """
        before = self._before.get((key, scope), opened)
        self._before[key, scope] = queued
        if apart > TOGETHER:
            return
        heeded = self._heeded.get(key.origin)
        most = max(queued, before) if heeded is False else queued
        if opened - most > max(FEW, opened * SHARE):
            if not heeded:
                self._learn(key, wall, heeded=True)
        elif heeded and scope == ACCOUNT and key.origin not in self._proven:
            self._forget(key.origin)

    def doubt(self, origin: str, account_id: int, confirmed: float) -> None:
        """The reach into an account is another one since some moment after Unix time `confirmed`.

        Of two counts that were compared since then one may be of either.
        """
        learnt = self._learnt.get(origin)
        if learnt is not None and learnt[0] == account_id and learnt[1] > confirmed:
            self._forget(origin)

        def other(key: AccountKey) -> bool:
            return (key.origin, key.account_id) != (origin, account_id)

        self._before = {place: count for place, count in self._before.items() if other(place[0])}
        self._compared = {key: at for key, at in self._compared.items() if other(key)}

    def wants_comparison(self, key: AccountKey, now: float) -> bool:
        """Whether the counts of this account call for the comparison; it is made once."""
        if self.heeded(key.origin) is not None:
            return False
        if now - self._compared.get(key, float("-inf")) < AGAIN_AFTER:
            return False
        self._compared[key] = now
        return True

    def compare(self, key: AccountKey, queued: float | None, resolved: float | None, wall: float) -> bool:
        """Take the same two counts of the resolved ones; True where they tell whether it is heeded."""
        if queued is None or resolved is None or resolved < ENOUGH:
            return False
        self._learn(key, wall, heeded=queued < resolved - FEW)
        self._proven.add(key.origin)
        return True

    def _learn(self, key: AccountKey, wall: float, *, heeded: bool) -> None:
        self._proven.discard(key.origin)
        self._heeded[key.origin] = heeded
        self._learnt[key.origin] = key.account_id, wall

    def _forget(self, origin: str) -> None:
        self._proven.discard(origin)
        del self._heeded[origin], self._learnt[origin]
