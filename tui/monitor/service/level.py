"""What the rest of the program sees of an account's service level, and the readings it comes to."""

from collections.abc import Mapping

import msgspec

from tui.identity import ACCOUNT, Measure, Scope, ScopeKind, Slot
from tui.measures import SERVICE
from tui.monitor.reading import Reading
from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.states import CountedAs
from tui.monitor.service.worker import Today


class ServiceLevel(msgspec.Struct, frozen=True):
    """Service level of today, as far as it is known; `today` is None before the first look."""

    today: Today | None = None
    goal: float | None = None
    """The level that is aimed at, in percent."""
    problem: str = ""
    """Why nothing is read just now, as a sentence; empty where all is well."""
    days: str = ""
    """The zone whose day it is of."""
    part: PartOfAccount = WHOLE
    """What of the account stands for all of it on screen."""

    @property
    def closed_missed(self) -> bool:
        """Whether who was closed without a reply counts against the level."""
        return self.today is None or self.today.rules.closed_missed

    def tally(self, tallies: Mapping[PartOfAccount, Tally]) -> Tally:
        """What became of the conversations of this part; empty where none came."""
        return tallies.get(self.part) or Tally()

    def behind(self, slot: Slot) -> Tally | None:
        """What became of the conversations that a figure is of; None where that is not known."""
        part, today = part_of(slot.scope), self.today
        if today is None or part is None:
            return None
        if slot.measure is Measure.SERVICE_LEVEL_TODAY:
            return (today.parts.get(part) or Tally()) if today.whole else None
        return (today.recent.get(part) or Tally()) if today.knows_half_hour else None

    def of_part(self, part: PartOfAccount) -> "ServiceLevel":
        """The same of one team or inbox."""
        return msgspec.structs.replace(self, part=part)


def scope_of(part: PartOfAccount) -> Scope:
    """The part of an account in the words of every other figure; team 0 is that of those in none."""
    return Scope(ScopeKind(part.kind), str(part.number)) if part.kind else ACCOUNT


def part_of(scope: Scope) -> PartOfAccount | None:
    """The reverse; None for what has no service level of its own."""
    if scope == ACCOUNT:
        return WHOLE
    if scope.kind in {ScopeKind.TEAM, ScopeKind.INBOX} and scope.id.isdecimal():
        return PartOfAccount(str(scope.kind), int(scope.id))
    return None


def readings_of(today: Today, made: Reading) -> dict[Slot, Reading]:
    """The figures of every part: of the last half-hour, and the level of the day; as old as `made`.

    A day that is not known from its beginning has no level yet.
    """
    level = ServiceLevel(today)
    found = {}
    for part in {WHOLE, *today.parts, *today.recent}:
        for measure in SERVICE:
            slot = Slot(scope_of(part), measure)
            tally = level.behind(slot)
            value = None if tally is None else _value(measure, tally, today)
            found[slot] = msgspec.structs.replace(made, value=value)
    return found


def _value(measure: Measure, tally: Tally, today: Today) -> float | None:
    if measure is Measure.SPEED_P90:
        return tally.within(0.9)
    if measure is Measure.CLOSED_WITHOUT_REPLY:
        return float(tally.counts[CountedAs.CLOSED])
    level = tally.level(closed_missed=today.rules.closed_missed) if today.rules.is_judged else None
    return None if level is None else 100.0 * level
