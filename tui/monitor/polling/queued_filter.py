"""Whether a server heeds the filter `unattended`: where it does not, its count of queued is that of all open.

Where nobody has been answered yet both are equal on a server that heeds it, too. Of the
resolved ones some have been answered: there the filter shows, with one more call.
"""

from tui.identity import AccountKey

ENOUGH = 10
"""Resolved conversations of which some have surely been answered."""
FEW = 3.0
"""By so many two counts may differ because something happened between them."""
SHARE = 0.1
"""And by this part of all."""
AGAIN_AFTER = 600.0
"""Seconds after which an account that could not tell is compared again."""


class QueuedFilter:
    """What is known of it, by address: all accounts of an installation run the same version."""

    def __init__(self) -> None:
        self._heeded: dict[str, bool] = {}
        self._compared: dict[AccountKey, float] = {}
        self._learnt: dict[str, tuple[int, float]] = {}
        """By address: from counts of which account it is known, and since what Unix time."""

    def heeded(self, origin: str) -> bool | None:
        """Whether the server heeds the filter; None while that is not known."""
        return self._heeded.get(origin)

    def take(self, key: AccountKey, queued: float, opened: float, wall: float) -> None:
        """Take two counts of the open ones: where surely fewer are queued the filter works."""
        if opened - queued > max(FEW, opened * SHARE) and not self._heeded.get(key.origin):
            self._learn(key, wall, heeded=True)

    def doubt(self, origin: str, account_id: int, confirmed: float) -> None:
        """The reach into an account is another one since some moment after Unix time `confirmed`.

        Of two counts that were compared since then one may be of either.
        """
        found = self._learnt.get(origin)
        if found is not None and found[0] == account_id and found[1] > confirmed:
            del self._heeded[origin], self._learnt[origin]
        self._compared = {
            key: at
            for key, at in self._compared.items()
            if (key.origin, key.account_id) != (origin, account_id)
        }

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
        return True

    def _learn(self, key: AccountKey, wall: float, *, heeded: bool) -> None:
        self._heeded[key.origin] = heeded
        self._learnt[key.origin] = key.account_id, wall
