"""Whose turn it is on the wall: alerting accounts first and longer, and nobody is forgotten."""

import math
from collections.abc import Collection, Sequence

from tui.identity import AccountRef

LONGER = 2.0
"""How many times as long a page with an alerting account stands."""


class Turns:
    """Pages of accounts, one after the other. The moment is handed in; nothing here waits.

    A round shows every account once. An account that begins to alert ends the page in front:
    a new round begins, with the alerting ones first.
    """

    def __init__(self) -> None:
        self.until = math.inf
        """When the page in front ends, in `Clock.now` seconds; infinite where it is the only one."""
        self._order: tuple[AccountRef, ...] = ()
        self._at = 0
        self._known: tuple[tuple[AccountRef, ...], int] = ((), 0)
        self._alerting: frozenset[AccountRef] = frozenset()

    def page(
        self,
        refs: Sequence[AccountRef],
        alerting: Sequence[AccountRef],
        places: int,
        seconds: float,
        now: float,
    ) -> tuple[AccountRef, ...]:
        """The accounts to be shown at `now`: `places` of `refs`, `alerting` the worst first."""
        if len(refs) <= places:
            self.until = math.inf
            self._known, self._alerting = (tuple(refs), places), frozenset(alerting)
            return tuple(refs)
        begun = frozenset(alerting) - self._alerting
        self._alerting = frozenset(alerting)
        if self._known != (tuple(refs), places) or begun or math.isinf(self.until):
            self._known = tuple(refs), places
            self._begin(refs, alerting, seconds, now)
        elif now >= self.until:
            self._at += places
            if self._at >= len(self._order):
                self._begin(refs, alerting, seconds, now)
            else:
                self._stand(seconds, now)
        return self._order[self._at : self._at + self._known[1]]

    @property
    def number(self) -> int:
        """Which page of the round is in front, from 1."""
        return self._at // max(1, self._known[1]) + 1

    @property
    def pages(self) -> int:
        """How many pages a round has."""
        return -(-len(self._known[0]) // max(1, self._known[1]))

    def _begin(
        self, refs: Sequence[AccountRef], alerting: Collection[AccountRef], seconds: float, now: float
    ) -> None:
        first = [ref for ref in alerting if ref in refs]
        self._order = (*first, *(ref for ref in refs if ref not in first))
        self._at = 0
        self._stand(seconds, now)

    def _stand(self, seconds: float, now: float) -> None:
        shown = self._order[self._at : self._at + self._known[1]]
        self.until = now + seconds * (LONGER if self._alerting.intersection(shown) else 1.0)
