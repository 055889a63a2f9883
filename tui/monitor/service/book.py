"""What became of whom on one day, by quarter of an hour: counted from a reading, and what is kept of it."""

from collections.abc import Iterable, Mapping

import msgspec

from tui.durations import QUARTER
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import (
    CLOCKED,
    RECENT,
    WHOLE,
    PartOfAccount,
    Rules,
    Tally,
    answered,
    tallies,
    total,
)
from tui.monitor.service.hours import ALWAYS
from tui.monitor.service.intervals import Day
from tui.monitor.service.reading import DayReading
from tui.monitor.service.states import OF_BOTS, CountedAs

LONGEST_READING = 1_800.0
"""Seconds that the reading of a day may take, and after which its figures may still be on screen."""


class Interval(msgspec.Struct, frozen=True):
    """What is kept of a stretch of arrival: its first second, its length, and what became of whom."""

    begins: int
    tallies: Mapping[PartOfAccount, Tally]
    complete: bool
    """Whether nothing in it is open: then it need not be read again."""
    seconds: int = QUARTER
    rules: int = 0
    """`Rules.mark` of those it was counted by."""

    @property
    def has_parts(self) -> bool:
        """Whether its teams and inboxes stand in it, too: of older days they are kept by the hour."""
        whole = self.tallies.get(WHOLE)
        of_teams = sum(tally.arrived for part, tally in self.tallies.items() if part.kind == "team")
        return whole is None or whole.arrived == of_teams


def restored(day: Day, kept: Mapping[int, Interval], rules: Rules, now: float) -> dict[int, int]:
    """How many arrived in each quarter of `day` that need not be read again; `kept` by first second.

    Of the last half-hour every single one is needed, and of those whose clock is still to begin
    today: who came before the opening counts in the half-hour after it.
    """
    restored = {}
    lately = now - RECENT - LONGEST_READING
    clocks = (ALWAYS, *rules.hours.values()) if day.until > lately else ()
    wanted = QUARTER, rules.mark
    for quarter in range(day.quarters):
        interval = kept.get(day.begins(quarter))
        if interval is None or not interval.complete or (interval.seconds, interval.rules) != wanted:
            continue
        if not interval.has_parts:
            continue
        begins, ends = day.begins(quarter), day.begins(quarter + 1)
        if not any(each.opening(ends) > lately and each.opening(begins) < day.until for each in clocks):
            restored[quarter] = interval.tallies[WHOLE].arrived if WHOLE in interval.tallies else 0
    return restored


def from_midnight(
    day: Day, kept: Mapping[int, Interval], rules: Rules, most: int | None = None, *, any_target: bool = False
) -> tuple[int, dict[PartOfAccount, Tally]]:
    """How many quarters are kept from the beginning of `day` without a gap, `most` at most, and their sum.

    What was counted by other rules is as good as missing; with `any_target` only by other hours. `kept` by
    first second.
    """
    kept_parts: list[Mapping[PartOfAccount, Tally]] = []
    for quarter in range(day.quarters if most is None else most):
        interval = kept.get(day.begins(quarter))
        if interval is None or interval.seconds != QUARTER:
            break
        if interval.rules != rules.mark and not (any_target and rules.has_hours_of(interval.rules)):
            break
        kept_parts.append(interval.tallies)
    return len(kept_parts), total(kept_parts)


def bot_first(intervals: Iterable[Interval]) -> frozenset[int]:
    """The inboxes that were bot first when these were counted, as far as that shows in them."""
    return frozenset(
        part.number
        for interval in intervals
        for part, tally in interval.tallies.items()
        if part.kind == "inbox" and tally.is_bot_first
    )


class Book:
    """Keeps the counts of a day in step with its reading; `kept` is of an earlier run, by first second.

    `bots` is what was seen of who a bot had first.
    """

    def __init__(
        self, reading: DayReading, rules: Rules, kept: Mapping[int, Interval], bots: BotWatch = NO_BOTS
    ) -> None:
        self.bots = bots
        self.reading = reading
        self._rules = rules
        self._kept = kept
        self._quarters: dict[int, dict[PartOfAccount, Tally]] = {}
        self._answered: dict[int, dict[int, dict[PartOfAccount, int]]] = {}
        """By quarter of arrival, when its conversations had their first reply."""
        self._unwritten = set(range(reading.day.quarters))
        """The quarters of which what is kept is not what is known."""

    def quarters(self) -> Mapping[int, dict[PartOfAccount, Tally]]:
        """By quarter, counted again where something changed or may be late by now."""
        roll, at, day = self.reading.roll, self.reading.as_of or 0.0, self.reading.day
        changed, roll.changed = roll.changed, set()
        for quarter in changed:
            self._answered[quarter] = answered(roll.of_quarter(quarter), day)
        for quarter in roll.sealed.keys() & changed:
            self._quarters[quarter] = dict(self._kept[day.begins(quarter)].tallies)
            self._unwritten.discard(quarter)
        waiting = {
            number
            for number, counted in self._quarters.items()
            if counted[WHOLE].counts[CountedAs.QUEUED_IN_TIME]
        }
        for quarter in (changed | waiting) - roll.sealed.keys():
            counted = tallies(roll.of_quarter(quarter), self._rules, at, self.bots)
            if quarter in changed or counted != self._quarters[quarter]:
                self._unwritten.add(quarter)
            self._quarters[quarter] = counted
        return self._quarters

    def count_anew(self) -> None:
        """Other inboxes are bot first than were: no two of the day's conversations count by different ones.

        What an earlier run left as numbers alone can't be counted anew where it shows another one: then
        the day is read again.
        """
        roll = self.reading.roll
        roll.changed |= {self.reading.day.quarter(arrival.created) for arrival in roll.arrivals}
        left = (self._kept[self.reading.day.begins(quarter)] for quarter in {**roll.sealed, **roll.restored})
        roll.missed |= any(
            tally.is_bot_first is not (part.number in self.bots.first)
            for interval in left
            for part, tally in interval.tallies.items()
            if part.kind == "inbox" and any(tally.counts[state] for state in CLOCKED | {*OF_BOTS})
        )

    def answered(self) -> dict[int, dict[PartOfAccount, int]]:
        """By quarter of the day, how many a person first replied to in it; as of the last `quarters`."""
        answered: dict[int, dict[PartOfAccount, int]] = {}
        for replies in self._answered.values():
            for quarter, parts in replies.items():
                counts = answered.setdefault(quarter, {})
                for part, number in parts.items():
                    counts[part] = counts.get(part, 0) + number
        return answered

    def finished(self) -> list[Interval]:
        """What is to be kept and was not handed out before; nothing until the day is whole and adds up."""
        reading, day, intervals = self.reading, self.reading.day, []
        if not (reading.roll.whole and reading.sound and reading.as_of is not None):
            return []
        counts, mark = self.quarters(), self._rules.mark
        for quarter in sorted(self._unwritten):
            counted = counts.get(quarter) or {WHOLE: Tally()}
            if quarter < day.quarter(reading.as_of) and counted[WHOLE].is_decided:
                complete = reading.is_final(quarter)
                begins = day.begins(quarter)
                intervals.append(Interval(begins, counted, complete=complete, rules=mark))
                self._unwritten.discard(quarter)
        return intervals
