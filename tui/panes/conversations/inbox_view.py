"""One inbox in place of the whole account: the same pane, with the figures the server tells of it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tui import identity
from tui.identity import Measure, Scope, ScopeKind, Slot
from tui.monitor.history.direction import Course
from tui.monitor.reading import AccountSnapshot, Listing, derived, lacks
from tui.monitor.service.figures import PartOfAccount
from tui.panes.alarms import Alarm, AlarmOf

OF_ACCOUNT = [measure for measure in Measure if measure.is_of_account and not measure.row.of_people]
TOLD = [measure for measure in OF_ACCOUNT if ScopeKind.INBOX in measure.row.of]
UNTOLD = frozenset(identity.whole(measure) for measure in OF_ACCOUNT if measure not in TOLD)
"""Figures of the account for which no call can be narrowed to an inbox: left out, not guessed."""


class Lens(NamedTuple):
    """What stands where: figures of the account by those of one inbox."""

    inbox_id: int
    name: str

    def slot(self, slot: Slot) -> Slot:
        """The inbox's figure for one of the account; agents and teams are those of the account."""
        return slots(self.inbox_id).get(slot, slot)

    def is_gone(self, snapshot: AccountSnapshot) -> bool:
        """Whether the server names this inbox no more: nothing is asked of it then."""
        return lacks(snapshot.inboxes, self.inbox_id)

    def through(self, snapshot: AccountSnapshot) -> AccountSnapshot:
        """The account as if this inbox were all of it; teams and agents stay whole."""
        readings = {slot: reading for slot, reading in snapshot.readings.items() if slot not in UNTOLD}
        gone = derived(None, snapshot.inboxes) if self.is_gone(snapshot) else None
        for slot, mine in slots(self.inbox_id).items():
            readings.pop(slot, None)
            if mine in snapshot.readings or slot.row.of_service:
                readings[slot] = snapshot.reading(mine)
            elif gone is not None:
                readings[slot] = gone
        wait = snapshot.longest
        return msgspec.structs.replace(
            snapshot,
            readings=readings,
            incoming_by_hour=Listing(None, 0.0, 0.0, 0.0, snapshot.incoming_by_hour.period),
            service=snapshot.service and snapshot.service.of_part(PartOfAccount("inbox", self.inbox_id)),
            longest=wait if wait is not None and wait.inbox_id == self.inbox_id else None,
        )

    def alarm(self, alarm: AlarmOf) -> AlarmOf:
        """What fires on the inbox's figures, asked by those of the account."""

        def of(place: Slot | Scope) -> Alarm | None:
            return alarm(self.slot(place) if isinstance(place, Slot) else place)

        return of

    def course(self, course: Course) -> Course:
        """Which way the inbox's figures go."""
        return _CourseThrough(self, course)

    def names(self) -> Mapping[str, str]:
        """By the account's names of figures, those of the inbox."""
        return {slot.name: mine.name for slot, mine in slots(self.inbox_id).items()}


@lru_cache(maxsize=256)
def slots(inbox_id: int) -> dict[Slot, Slot]:
    """The figures of the account for which the server tells the inbox's own."""
    return {identity.whole(measure): identity.inbox(inbox_id, measure) for measure in TOLD}


class _CourseThrough:
    """A course asked by the account's figures that answers of the inbox's."""

    def __init__(self, lens: Lens, course: Course) -> None:
        self._lens = lens
        self._course = course

    def change(self, slot: Slot, seconds: float) -> float | None:
        """The newest value less that of `seconds` before."""
        return self._course.change(self._lens.slot(slot), seconds)

    def sparkline(self, slot: Slot, seconds: float, steps: int) -> list[float | None]:
        """The last `seconds` in `steps` equal parts."""
        return self._course.sparkline(self._lens.slot(slot), seconds, steps)

    def flow(self, slot: Slot) -> float | None:
        """Growth an hour."""
        return self._course.flow(self._lens.slot(slot))

    def clears_in(self, slot: Slot) -> float | None:
        """Seconds until nought at the present slope."""
        return self._course.clears_in(self._lens.slot(slot))
