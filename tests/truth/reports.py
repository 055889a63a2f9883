"""Today's reports as the server could have told them since a moment, and those of the day before."""

from bisect import bisect_left
from datetime import datetime, timedelta, tzinfo
from itertools import accumulate

from tests.truth.record import AccountRecord
from tui.identity import ACCOUNT, Measure, Scope, ScopeKind, Slot
from tui.simulator.conversations import LONGEST_LIFE, Plan
from tui.simulator.daytime import HOUR

COUNTED = {Measure.TODAY, Measure.TODAY_BEFORE, Measure.RESOLUTIONS, Measure.RESOLUTIONS_BEFORE}
BEFORE = {
    Measure.TODAY: Measure.TODAY_BEFORE,
    Measure.FIRST_RESPONSE: Measure.FIRST_RESPONSE_BEFORE,
    Measure.RESOLUTION: Measure.RESOLUTION_BEFORE,
    Measure.RESOLUTIONS: Measure.RESOLUTIONS_BEFORE,
}
OF_TODAY = frozenset(BEFORE)
YESTERDAYS = frozenset(BEFORE.values())


class Reports:
    """One account's arrivals, and what a summary counts of them."""

    def __init__(self, record: AccountRecord) -> None:
        self._record = record
        self._hours: dict[int, dict[Scope, list[Plan]]] = {}
        self._known: dict[tuple[Slot, float, float, int], list[tuple[float, float]]] = {}

    def held(self, slot: Slot, since: float, days: set[tuple[float, float]]) -> set[float]:
        """Every value the report of one of `days`, from and to in server time, had since then."""
        now = self._record.world.moment()
        values: set[float] = set()
        for begin, end in days:
            values |= self._values(slot, begin, end, since, now)
        return values

    def held_before(self, slot: Slot, since: float, until: float, zone: tzinfo) -> set[float]:
        """Every value the report of the day before, to the same time of day, had when asked for in between.

        `since` and `until` are in server time.
        """
        then = since - timedelta(days=1).total_seconds()
        begin, end = day_of(then, zone)
        return self._values(slot, begin, end, then, until - since + then)

    def _values(self, slot: Slot, begin: float, end: float, since: float, now: float) -> set[float]:
        key = slot, begin, end, int(now // HOUR)
        events = self._known.get(key)
        if events is None:
            ahead = min(end, (now // HOUR + 1) * HOUR)
            events = self._known[key] = sorted(self._events(slot, begin, end, ahead))
        times = [at for at, _ in events]
        first, last = bisect_left(times, since), bisect_left(times, now)
        if slot.measure in COUNTED:
            return {float(number) for number in range(first, last + 1)}
        sums = [0.0, *accumulate(lasted for _, lasted in events)]
        return {sums[number] / number if number else 0.0 for number in range(first, last + 1)}

    def _events(self, slot: Slot, begin: float, end: float, ahead: float) -> list[tuple[float, float]]:
        """When something happened that the figure counts, and how long it had taken; up to `ahead`."""
        if slot.measure in {Measure.RESOLUTIONS, Measure.RESOLUTIONS_BEFORE}:
            # Created on that day; resolved by now, whenever that was.
            created = self._arrived(slot.scope, begin, min(end, ahead))
            return [(plan.ended, 0.0) for plan in created if plan.resolved_by(plan.ended)]
        plans = self._arrived(slot.scope, begin - LONGEST_LIFE, ahead)
        match slot.measure:
            case Measure.TODAY | Measure.TODAY_BEFORE:
                events = [(plan.created, 0.0) for plan in plans]
            case Measure.FIRST_RESPONSE | Measure.FIRST_RESPONSE_BEFORE:
                events = [
                    (plan.first_reply, plan.first_reply - plan.created) for plan in plans if plan.first_reply
                ]
            case _:
                events = [(plan.ended, plan.ended - plan.created) for plan in plans if plan.first_reply]
        return [event for event in events if begin <= event[0] < end]

    def _arrived(self, scope: Scope, since: float, until: float) -> list[Plan]:
        plans: list[Plan] = []
        for hour in range(int(since // HOUR), int(until // HOUR) + 1):
            if hour not in self._hours:
                self._hours[hour] = _sorted_out(self._record.account._planner.hour(hour))
            plans += [plan for plan in self._hours[hour].get(scope, ()) if since <= plan.created < until]
        return plans


def _sorted_out(plans: list[Plan]) -> dict[Scope, list[Plan]]:
    """Conversations by the account, and by the inbox and agent where they stand last."""
    by_scope: dict[Scope, list[Plan]] = {ACCOUNT: plans}
    for plan in plans:
        last = next(cell for cell in reversed(plan.cells) if cell is not None)
        for scope in (Scope(ScopeKind.INBOX, str(last.inbox)), Scope(ScopeKind.AGENT, str(last.assignee))):
            by_scope.setdefault(scope, []).append(plan)
    return by_scope


def day_of(wall: float, zone: tzinfo) -> tuple[float, float]:
    """The day in `zone` that holds `wall`, midnight to midnight, in Unix seconds."""
    start = datetime.fromtimestamp(wall, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()
