"""How much of each account each user sees just now, and since when: what a figure is a figure of."""

import itertools
import math
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from tui.identity import UNSETTLED, Reach


class Learnt(StrEnum):
    """What an answer told of a viewer's reach."""

    SAME = "same"
    SETTLED = "settled"
    """It is known now; what was read until then is of this reach."""
    CHANGED = "changed"
    """It is another one; what was read until now, or is under way, is of the former."""


class Change(msgspec.Struct, frozen=True):
    """The reach became another one, at Unix time `wall`."""

    wall: float
    before: Reach
    after: Reach
    """As far as it was known then: after a change of role the inboxes follow."""
    confirmed: float
    """Unix time up to which the former is known to have held."""


class SeenReach(msgspec.Struct, frozen=True):
    """How much of an account its user sees."""

    reach: Reach
    change: Change | None
    """The last change in this run."""
    confirmed: float
    """Unix time up to which the reach is known to have been this one."""
    known_since: float
    """`Clock.now` of the answer that told it: what was asked before may have been of another."""


AccountUser = tuple[str, int, int]
"""Base URL, account and user."""


class _Known:
    """What is known of one user's reach into one account."""

    def __init__(self, number: int) -> None:
        self.roles: tuple[str, ...] | None = None
        self.inboxes: tuple[int, ...] | None = None
        self.without_inboxes = False
        """The server lists no inboxes for this user: the role is all that is known."""
        self.number = number
        """Tells one time of not knowing from another."""
        self.began = -math.inf
        self.known_since = math.inf
        self.role_at = self.inboxes_at = -math.inf
        """Unix times of the newest calls that told the role, and the inboxes."""
        self.change: Change | None = None
        self.mark = ""
        self.remark(math.inf)

    @property
    def confirmed(self) -> float:
        return self.role_at if self.reach.is_whole else min(self.role_at, self.inboxes_at)

    @property
    def reach(self) -> Reach:
        whole = Reach(self.roles or ())
        return whole if whole.is_whole else Reach(self.roles or (), self.inboxes)

    def remark(self, now: float) -> None:
        """Work out again what stands for the reach; what it is since `now` is known since then."""
        before, reach = self.mark, self.reach
        known = self.roles is not None and (
            reach.is_whole or reach.inboxes is not None or self.without_inboxes
        )
        self.mark = reach.mark if known else f"{UNSETTLED}{self.number}"
        if self.mark != before:
            self.known_since = now


class Reaches:
    """Reach of every user seen, shared by all environments, as two may have tokens of one user."""

    def __init__(self) -> None:
        self._known: dict[AccountUser, _Known] = {}
        self._numbers = itertools.count(1)

    def mark(self, whose: AccountUser) -> str:
        """What tells figures of the present reach from those of another: `AccountKey.reach`."""
        return self._of(whose).mark

    def reach(self, whose: AccountUser) -> Reach:
        """The present reach, as far as it is known."""
        return self._of(whose).reach

    def began(self, whose: AccountUser) -> float:
        """`Clock.now` since which the reach is this one: what was asked before is not of it."""
        known = self._known.get(whose)
        return -math.inf if known is None else known.began

    def begin_anew(self, whose: AccountUser, now: float) -> None:
        """What was asked before `now` may be of another reach, though this one has not changed since."""
        self._of(whose).began = now

    def seen(self, whose: AccountUser) -> SeenReach:
        """All that is known of it."""
        known = self._of(whose)
        return SeenReach(known.reach, known.change, known.confirmed, known.known_since)

    def roles(
        self, whose: AccountUser, roles: Iterable[str], asked_wall: float, now: float, wall: float
    ) -> Learnt:
        """The profile names these roles; it was asked at `asked_wall` and answered at `now`."""
        known, roles = self._of(whose), tuple(sorted(set(roles)))
        confirmed, known.role_at = known.confirmed, asked_wall
        if known.roles is None:
            known.roles = roles
            known.remark(now)
            return Learnt.SETTLED
        if roles == known.roles:
            return Learnt.SAME
        before = known.reach
        known.roles, known.inboxes, known.without_inboxes = roles, None, False
        return self._begin(known, Change(wall, before, known.reach, confirmed), now)

    def inboxes(
        self, whose: AccountUser, numbers: Iterable[int], asked_wall: float, now: float, wall: float
    ) -> Learnt:
        """The server lists these inboxes for the user."""
        known, numbers = self._of(whose), tuple(sorted(numbers))
        confirmed, known.inboxes_at = known.confirmed, asked_wall
        before, reach = known.inboxes, known.reach
        known.inboxes, known.without_inboxes = numbers, False
        if reach.is_whole or known.roles is None or numbers == before:
            return Learnt.SAME
        if before is None:
            known.remark(now)
            return Learnt.SETTLED
        return self._begin(known, Change(wall, reach, known.reach, confirmed), now)

    def no_inboxes(self, whose: AccountUser, asked_wall: float, now: float) -> Learnt:
        """The server lists none for this user, nor will: the role has to do."""
        known = self._of(whose)
        if known.inboxes is not None:
            return Learnt.SAME
        known.inboxes_at, known.without_inboxes, before = asked_wall, True, known.mark
        known.remark(now)
        return Learnt.SAME if known.mark == before else Learnt.SETTLED

    def _begin(self, known: _Known, change: Change, now: float) -> Learnt:
        known.number, known.began = next(self._numbers), now
        known.change = change
        known.remark(now)
        return Learnt.CHANGED

    def _of(self, whose: AccountUser) -> _Known:
        known = self._known.get(whose)
        if known is None:
            known = self._known[whose] = _Known(next(self._numbers))
        return known
