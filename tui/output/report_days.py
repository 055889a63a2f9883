"""What is known of the days of a report, and what is made of it: totals, worst half-hour, longest wait."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import NamedTuple

import msgspec

from tui.identity import AccountRef
from tui.monitor.history.trends import KnownSpan, Point, points
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, total
from tui.monitor.service.intervals import EDGES, Day
from tui.monitor.service.reading import DayReading
from tui.monitor.service.states import QUEUED
from tui.output.report_period import ReportPeriod

HALF_HOUR = 2
"""Quarters in one."""
ENOUGH = 10
"""Decided conversations from which on the level of a half-hour is compared with others."""

Quarters = Mapping[int, Mapping[PartOfAccount, Tally]]


class ReportedDay(msgspec.Struct, frozen=True):
    """One day of a report; `problem` is a sentence where something kept it from being read."""

    name: str
    """The date, as ISO writes it."""
    reading: DayReading
    quarters: Quarters
    problem: str = ""
    bots: BotWatch = NO_BOTS
    """Which inboxes are bot first, as far as a running monitor has kept it."""

    @property
    def day(self) -> Day:
        """Its first second and its last."""
        return self.reading.day

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return self.reading.as_of is not None

    @property
    def known_from_midnight(self) -> bool:
        """Whether its counts are those of all of it, up to its as-of."""
        return self.known and self.reading.roll.whole

    @property
    def parts(self) -> dict[PartOfAccount, Tally]:
        """What became of whom in all that is known of it."""
        return total(self.quarters.values())

    @property
    def whole(self) -> bool:
        """Whether all of it up to its as-of is known."""
        reading = self.reading
        return not self.problem and reading.roll.whole and reading.sound and reading.coverage == 1.0


class ComparedPeriod(NamedTuple):
    """What an earlier day or week was, up to the same time of day; None where that is not known."""

    title: str
    name: str
    """As ISO writes the day or the week."""
    until: int
    """Unix time of its end, or of where it is compared to."""
    tally: Tally | None
    asked: bool = False
    """Whether what is not kept of it was asked for."""
    other_target: float | None = None
    """The target of now, where some of it was counted by another one: who was in time lies between two."""
    other_rules: bool = False
    """Whether all of it is kept, and some by other hours, or by several targets: it can't be compared."""


class Longest(NamedTuple):
    """How long the one who waited longest for a first answer waited, in seconds of the opening hours.

    `most` is None where it may have been longer than anything that is known.
    """

    least: float
    most: float | None
    waits: bool = False
    """Whether that one is still to be answered."""


class ReportedInterval(NamedTuple):
    """Some quarters of a day from Unix time `begins` on; `parts` is None where nothing is known of it."""

    begins: int
    ends: int
    parts: Mapping[PartOfAccount, Tally] | None
    begun: bool


class Report(msgspec.Struct, frozen=True):
    """What is known of one account's day, or of its week."""

    ref: AccountRef
    name: str
    period: ReportPeriod
    now: float
    """By the server's clock, when the report began."""
    zone: tzinfo
    rules: Rules
    goal: float | None
    """The level that is aimed at, in percent."""
    days: tuple[ReportedDay, ...]
    parts: Mapping[PartOfAccount, Tally]
    """Of all days."""
    recent: Mapping[PartOfAccount, Tally] | None
    """Of the last half-hour, where the day is today; None where not all of it may be known.

    Who came long before counts in it where the opening was within it: so all of the day has to be.
    """
    compared: tuple[ComparedPeriod, ...]
    """Itself first, as far as there is something to compare it with."""
    online: tuple[KnownSpan, ...]
    """The agents online, as far as a running monitor recorded them."""
    team_names: Mapping[int, str]
    inbox_names: Mapping[int, str]

    @property
    def so_far(self) -> bool:
        """Whether it is not over."""
        last = self.period.days[-1]
        return last.holds(self.now)

    @property
    def known(self) -> bool:
        """Whether something is known of every day: only then is there a sum."""
        return all(day.known for day in self.days)

    @property
    def whole(self) -> bool:
        """Whether all of it is known."""
        return all(day.whole for day in self.days)

    @property
    def as_of(self) -> float | None:
        """Everything told held at some instant since then; None where nothing is known of a day."""
        moments = [day.reading.as_of for day in self.days]
        known = [moment for moment in moments if moment is not None]
        return min(known) if len(known) == len(moments) else None

    @property
    def coverage(self) -> float | None:
        """What part of the conversations is known; None where there is a day of which nobody can tell."""
        read = there = 0
        for day in self.days:
            reading = day.reading
            if reading.total is None or not reading.sound:
                return None
            read += min(reading.roll.count, reading.total)
            there += reading.total
        return read / there if there else 1.0

    @property
    def problems(self) -> tuple[str, ...]:
        """What kept days from being read, and what is assumed of opening hours: sentences, each once."""
        named = len(self.days) > 1
        sentences = (
            f"{day.name}: {day.problem}" if named else day.problem for day in self.days if day.problem
        )
        return tuple(dict.fromkeys((*sentences, *self.rules.assumed)))

    def intervals(self, reported: ReportedDay, quarters: int = HALF_HOUR) -> list[ReportedInterval]:
        """All of a day, so many quarters in each.

        Of what is known in part alone nothing is told: the count would be too low.
        """
        day, reading, intervals = reported.day, reported.reading, []
        for first in range(0, day.quarters, quarters):
            begins, ends = day.begins(first), min(day.until, day.begins(first + quarters))
            known = reading.as_of is not None and reading.roll.since <= begins <= reading.as_of
            parts = total(reported.quarters.get(quarter, {}) for quarter in range(first, first + quarters))
            intervals.append(ReportedInterval(begins, ends, parts if known else None, begins <= self.now))
        return intervals

    def known_intervals(
        self, quarters: int = HALF_HOUR
    ) -> list[tuple[ReportedInterval, Mapping[PartOfAccount, Tally]]]:
        """Those of all days that are known."""
        return [
            (interval, interval.parts)
            for day in self.days
            for interval in self.intervals(day, quarters)
            if interval.parts is not None
        ]

    def worst(self) -> tuple[ReportedInterval, Tally] | None:
        """The half-hour with the lowest level of those with enough decided; of equals the first."""
        if not self.rules.is_judged:
            return None
        missed, judged = self.rules.closed_missed, []
        for interval, parts in self.known_intervals():
            tally = parts[WHOLE]
            level = tally.level(closed_missed=missed)
            if level is not None and tally.decided(closed_missed=missed) >= ENOUGH:
                judged.append((level, interval, tally))
        return min(judged, key=lambda row: row[0])[1:] if judged else None

    def longest(self) -> Longest | None:
        """The longest wait for a first answer: of who was answered, or still waits.

        How long those waited who were closed without a reply, nobody tells.
        """
        if not self.known:
            return None
        waits = [*_answered(self.parts[WHOLE])]
        for day in self.days:
            waits += _waiting(day, self.rules)
        if not waits:
            return None
        longest = max(waits, key=lambda wait: wait.least)
        unseen = self.parts[WHOLE].is_bot_first
        open_ended = not self.whole or unseen or any(wait.most is None for wait in waits)
        most = None if open_ended else max(wait.most for wait in waits if wait.most is not None)
        return Longest(longest.least, most, longest.waits)

    def online_in(self, since: float, until: float) -> Point | None:
        """The agents online from `since` to `until`, Unix times; None where nobody recorded them."""
        return self.online_by(since, until, until - since)[0] if until > since else None

    def online_share(self, since: float, until: float) -> int:
        """In what part of that time it is known how many were online, in whole percent."""
        known = sum(max(0.0, min(span.end, until) - max(span.start, since)) for span in self.online)
        return int(100 * known / (until - since))

    def online_by(self, since: float, until: float, step: float) -> list[Point | None]:
        """The same in steps of so many seconds."""
        return points(self.online, since, until, step)


def _answered(tally: Tally) -> Iterable[Longest]:
    """Of a histogram the edges between which the slowest answer lies; none above where a bot was first."""
    if tally.speeds:
        yield Longest(max(tally.speeds), max(tally.speeds))
    edges = (0, *EDGES)
    for place, number in enumerate(tally.bins or ()):
        if number:
            yield Longest(edges[place], edges[place + 1] if place < len(EDGES) else None)
    for place, number in enumerate(tally.slower or ()):
        if number:
            yield Longest(edges[place], None)


def _waiting(day: ReportedDay, rules: Rules) -> Iterable[Longest]:
    as_of = day.reading.as_of or 0.0
    for arrival in day.reading.roll.arrivals:
        if rules.verdict(arrival, as_of, day.bots).state in QUEUED:
            waited = rules.hours_of(arrival).between(arrival.created, as_of)
            yield Longest(waited, waited, waits=True)


def totals(days: Iterable[ReportedDay]) -> dict[PartOfAccount, Tally]:
    """What became of whom in all of some days."""
    return total(day.parts for day in days)


def known_to(period: ReportPeriod, days: Iterable[ReportedDay]) -> float:
    """The moment to which a period is known from its beginning, Unix time."""
    known = float(period.days[0].since)
    for day in days:
        if not day.whole or day.reading.as_of is None:
            return known
        known = min(day.reading.as_of, float(day.day.until))
    return known
