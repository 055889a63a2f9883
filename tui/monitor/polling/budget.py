"""How demand is fitted into a budget: stretched periods and even spacing, pure."""

import math
from collections.abc import Iterable
from enum import IntEnum

import msgspec

from tui.durations import MINUTE
from tui.monitor.calls import Ask

HEADROOM = 0.95
"""Share of the budget that is planned for; the rest is for what comes between."""
BACKGROUND_CREDIT = 3
PAID_BACK = 0.2
"""Share of the gap between two of a group while its credit lasts."""


class Priority(IntEnum):
    """Who goes first; a class below catches up by being late."""

    USER = 0
    HEADLINE = 1
    """The figures that stand largest, and the lists that tell what else there is."""
    VISIBLE = 2
    """Rows and smaller figures on screen."""
    FOREGROUND = 3
    """What else there is of the account on screen."""
    BACKGROUND = 4
    SERVICE = 5
    """Service level: behind all else, and only what the others leave of the budget."""


SHARES = {Priority.VISIBLE: 0.3, Priority.FOREGROUND: 0.1, Priority.BACKGROUND: 0.2}
"""Parts of the budget that a class keeps, where it wants as much, however much the classes above want."""
CLASSES = (Priority.HEADLINE, Priority.VISIBLE, Priority.FOREGROUND, Priority.BACKGROUND)
"""Those that share the budget; what a person asks for comes on top, service level takes what is left."""


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
    factors: dict[Priority, float]
    rates: dict[Priority, float]
    headline_slots: int
    """Requests of a minute that headlines are sure of: each once more than its rate, as at the start."""
    background_rate: float
    """What accounts that are not on screen may ask for: all that is left."""
    elsewhere_kept: float
    """Requests a minute that accounts not on screen are sure of."""
    spare: int
    """Requests a minute that nothing else is going to need."""

    def factor(self, want: Want) -> float:
        """How many times its period `want` has to wait."""
        if want.firm:
            return 1.0
        mine = self.factors.get(want.priority, 1.0)
        return mine * (self.groups.get(want.group.name, 1.0) if want.group else 1.0)

    @property
    def rows_rate(self) -> float:
        """Of the account on screen, besides the headline."""
        return self.rates[Priority.VISIBLE] + self.rates[Priority.FOREGROUND]

    @property
    def stretched(self) -> bool:
        """Whether the account on screen has to wait for the budget."""
        return max(self.factors[Priority.VISIBLE], self.factors[Priority.FOREGROUND]) > 1.0


def reserve(allowed: int) -> int:
    """Requests kept back for user actions."""
    return min(6, max(1, allowed // 10)) if allowed > 1 else 0


def fit(wants: Iterable[Want], allowed: int) -> Fit:
    """Share `allowed` requests a minute: each class in its order, none below its share."""
    wants = tuple(wants)
    groups: dict[str, float] = {}
    for want in wants:
        if want.group is not None:
            groups[want.group.name] = groups.get(want.group.name, 0.0) + want.group.gap / want.period
    groups = {name: max(1.0, load) for name, load in groups.items()}
    demand = dict.fromkeys(CLASSES, 0.0)
    for want in wants:
        priority = max(want.priority, Priority.HEADLINE)
        demand[priority] += MINUTE / want.period / (groups[want.group.name] if want.group else 1.0)
    slots = sum(math.ceil(MINUTE / want.period) for want in wants if want.priority <= Priority.HEADLINE)
    usable = max(0.5, (allowed - reserve(allowed)) * HEADROOM)
    kept = {rank: min(demand[rank], SHARES.get(rank, 0.0) * usable) for rank in CLASSES}
    rates: dict[Priority, float] = {}
    left = usable
    for place, rank in enumerate(CLASSES):
        room = left - sum(kept[below] for below in CLASSES[place + 1 :])
        rates[rank] = max(0.1, min(demand[rank], room))
        left -= rates[rank]
    below = math.ceil(sum(rates[rank] for rank in CLASSES[1:]))
    return Fit(
        groups=groups,
        factors={rank: max(1.0, demand[rank] / rates[rank]) for rank in CLASSES},
        rates=rates,
        headline_slots=max(int(rates[Priority.HEADLINE]), min(slots, allowed - reserve(allowed) - below)),
        background_rate=max(rates[Priority.BACKGROUND], left + rates[Priority.BACKGROUND]),
        elsewhere_kept=kept[Priority.BACKGROUND],
        spare=max(0, int(left)),
    )
