"""How demand is fitted into a budget: stretched periods and even spacing, pure."""

from collections.abc import Iterable
from enum import IntEnum

import msgspec

from tui.monitor.asks import Ask

MINUTE = 60.0
HEADROOM = 0.95
BACKGROUND_SHARE = 0.2
BACKGROUND_CREDIT = 3
PAID_BACK = 0.2


class Priority(IntEnum):
    """Who goes first; a class below catches up by being late."""

    USER = 0
    VISIBLE = 1
    FOREGROUND = 2
    BACKGROUND = 3


class Group(msgspec.Struct, frozen=True):
    """Asks that share one queue: at most one every `gap` seconds, after `credit` at once."""

    name: str
    gap: float
    credit: int = 0


class Want(msgspec.Struct, frozen=True):
    """An ask to be repeated every `period` seconds, as far as the budget allows."""

    ask: Ask
    period: float
    priority: Priority = Priority.FOREGROUND
    group: Group | None = None
    firm: bool = False
    """Its period is not stretched: what it tells decides whether the others may be believed."""


class Pace:
    """Lets one through every `gap` seconds; `credit` go through before that counts.

    What went on credit is waited for in part: all of it would leave figures missing or stale
    for minutes after the start, nothing of it would make the first minute a dear one.
    """

    def __init__(self, gap: float, credit: int = 0) -> None:
        self.gap = gap
        self._credit = credit
        self._next_at = 0.0

    def ready_at(self) -> float:
        """The moment the next may go; 0 while there is credit."""
        return 0.0 if self._credit else self._next_at

    def take(self, now: float) -> None:
        """One goes."""
        gap = self.gap
        if self._credit:
            self._credit -= 1
            gap *= PAID_BACK
        self._next_at = max(self._next_at, now - gap) + gap


class Fit(msgspec.Struct, frozen=True):
    """What demand and budget come to: factors on the periods, and requests a minute by class."""

    groups: dict[str, float]
    foreground: float
    background: float
    foreground_rate: float
    background_rate: float

    def factor(self, want: Want) -> float:
        """How many times its period `want` has to wait."""
        if want.firm:
            return 1.0
        mine = self.background if want.priority is Priority.BACKGROUND else self.foreground
        return mine * (self.groups.get(want.group.name, 1.0) if want.group else 1.0)


def reserve(allowed: int) -> int:
    """Requests kept back for user actions."""
    return min(6, max(1, allowed // 10)) if allowed > 1 else 0


def fit(wants: Iterable[Want], allowed: int) -> Fit:
    """Share `allowed` requests a minute: the account on screen first, a fifth always for the others."""
    wants = tuple(wants)
    groups: dict[str, float] = {}
    for want in wants:
        if want.group is not None:
            groups[want.group.name] = groups.get(want.group.name, 0.0) + want.group.gap / want.period
    groups = {name: max(1.0, load) for name, load in groups.items()}
    foreground = background = 0.0
    for want in wants:
        rate = MINUTE / want.period / (groups[want.group.name] if want.group else 1.0)
        if want.priority is Priority.BACKGROUND:
            background += rate
        else:
            foreground += rate
    usable = max(0.5, (allowed - reserve(allowed)) * HEADROOM)
    room = max(BACKGROUND_SHARE * usable, usable - foreground)
    left = max(0.1, usable - min(background, room))
    return Fit(
        groups=groups,
        foreground=max(1.0, foreground / left),
        background=max(1.0, background / room),
        foreground_rate=left,
        background_rate=room,
    )
