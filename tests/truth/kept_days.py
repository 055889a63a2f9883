"""Whether what is kept of a day's quarters is true: past days, reports and forecasts tell no more."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tests.truth.levels import STATES, after_bots, part_of
from tests.truth.service import FINAL, NOT_AT_ALL, Case, CaseOptions
from tui.identity import AccountRef, Measure, Slot
from tui.monitor.service.book import Interval
from tui.monitor.service.level import scope_of
from tui.monitor.service.states import CountedAs
from tui.simulator.conversations import Plan

if TYPE_CHECKING:
    from tests.truth.bench import Bench


class KeptJudge:
    """Compares what was kept as complete with what the conversations of those quarters came to.

    What is complete stays as it is, whoever is deleted, moved or handed over later; so each
    conversation counts as it was listed at some time, and is missing only if it was deleted.
    """

    def __init__(self, bench: "Bench", ref: AccountRef) -> None:
        self._bench = bench
        self._ref = ref
        record = bench.record(ref)
        self._definitions = bench.levels.definitions_ever(ref)
        record.plans.update(record.account.ledger.live)
        self._by_second: dict[int, list[Plan]] = {}
        for plan in record.plans.values():
            self._by_second.setdefault(int(plan.created), []).append(plan)

    def wrongs(self, intervals: Iterable[Interval]) -> Iterator[str]:
        """What does not hold; nothing is judged of a run in which the reach was ever another."""
        bench, record = self._bench, self._bench.record(self._ref)
        now = record.world.moment()
        if len({sight.view.inboxes for sight in record.sights(0.0, now)}) != 1:
            bench.tally.seen["kept with several reaches, not judged"] += 1
            return
        for interval in intervals:
            bench.tally.seen["kept quarters" if interval.complete else "kept quarters with some open"] += 1
            yield from self._wrong(interval, now)

    def _wrong(self, kept: Interval, now: float) -> Iterator[str]:
        options = CaseOptions(
            self._cases(plan, now, complete=kept.complete)
            for second in range(kept.begins, kept.begins + kept.seconds)
            for plan in self._by_second.get(second, ())
        )
        for part, tally in kept.tallies.items():
            slot = Slot(scope_of(part), Measure.SERVICE_LEVEL_TODAY)
            inside = part_of(options, slot)
            counted = {name: tally.counts[CountedAs(name)] for name in STATES if kept.complete}
            counted["conversations"] = tally.arrived
            for name, number in counted.items():
                least, most = inside.count(*((name,) if name in STATES else ()))
                if not least <= number <= most:
                    yield (
                        f"kept of the quarter from {kept.begins}, {slot.scope}: {number} {name}, "
                        f"in truth {least} to {most}"
                    )

    def _cases(self, plan: Plan, now: float, *, complete: bool) -> frozenset[Case | None]:
        listed = self._bench.listed(self._ref).get(plan.id, [])
        bots, cases = self._bench.levels.bots_ever(self._ref), set[Case | None]()
        for defined in self._definitions:
            told = {defined.case(plan, at, at) for at in (*(at.read for at in listed), now)} - {None}
            cases |= after_bots(frozenset(told), plan, defined, now, frozenset(), bots) if bots else told
        if complete:
            cases = {case for case in cases if case is not None and case.state in FINAL} or cases
        deleted = plan.cells[-1] is None and plan.times[-1] <= now
        return frozenset(cases) | (NOT_AT_ALL if deleted else frozenset())
