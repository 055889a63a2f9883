"""What the rest of the program sees of an account's service level, and the readings it comes to."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from tui.identity import ACCOUNT, Scope, ScopeKind, Slot
from tui.monitor.calls import What
from tui.monitor.reading import Reading
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally
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
        if not slot.row.lately:
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
    readings = {}
    for part in {WHOLE, *today.parts, *today.recent}:
        for measure, pick in What.SERVICE_PAGE.call.makes.items():
            slot = Slot(scope_of(part), measure)
            tally = level.behind(slot)
            value = None if tally is None else pick(_Worked(tally, today.rules))
            at_least = value is not None and slot.row.is_time and tally is not None and tally.at_least
            readings[slot] = msgspec.structs.replace(made, value=value, at_least=at_least)
    return readings


class _Worked(NamedTuple):
    """What the table of calls picks the figures from."""

    tally: Tally
    rules: Rules

    @property
    def level(self) -> float | None:
        """The service level, 0 to 100; None where nothing is decided, or no target judges it."""
        level = self.tally.level(closed_missed=self.rules.closed_missed) if self.rules.is_judged else None
        return None if level is None else 100.0 * level

    @property
    def speed_p90(self) -> float | None:
        """Seconds within which nine of ten were answered; None where none was."""
        return self.tally.within(0.9)

    @property
    def closed_without_reply(self) -> float:
        """How many were closed without an answer of a person."""
        return float(self.tally.counts[CountedAs.CLOSED])
