"""The figures of service level: what became of the conversations, and how fast they were answered."""

import math
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tui.durations import QUARTER
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.hours import ALWAYS, OpeningHours
from tui.monitor.service.intervals import EDGES, Day, bin_of
from tui.monitor.service.states import OF_BOTS, QUEUED, Arrival, CountedAs, Verdict, is_answered, judge

RECENT = 1_800.0
"""Seconds of the figure that people act on."""
FEW = 20
"""Conversations below which a percentage is not shown: `7 of 9`."""
ANSWERED = (CountedAs.IN_TARGET, CountedAs.LATE, CountedAs.IN_DOUBT)
CLOCKED = frozenset(ANSWERED) | QUEUED | {CountedAs.CLOSED}
"""What a person had to answer: of whom a bot had first nobody can tell from when on, unless it was seen."""


class PartOfAccount(NamedTuple):
    """Of what a figure is: the account (0 and empty), a team (0: in none) or an inbox."""

    kind: str = ""
    number: int = 0


WHOLE = PartOfAccount()


class Tally:
    """Conversations counted by their state, with the speeds of those that a person answered."""

    __slots__ = ("bins", "counts", "slower", "snoozed", "speeds")

    def __init__(self) -> None:
        self.counts = dict.fromkeys(CountedAs, 0)
        self.speeds: list[float] = []
        """Exact, in seconds of the opening hours; in no order."""
        self.bins: list[int] | None = None
        """In place of the speeds, where only the histogram is kept."""
        self.snoozed = 0
        """How many of those queued are snoozed."""
        self.slower: list[int] | None = None
        """By part of the histogram, how many took at least so long: a bot had them first, until nobody
        knows exactly when. They are in neither of the two others."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Tally)
            and (self.counts, self.snoozed, self.bins) == (other.counts, other.snoozed, other.bins)
            and self.slower == other.slower
            and sorted(self.speeds) == sorted(other.speeds)
        )

    __hash__ = None  # type: ignore[assignment]

    def add(self, other: "Tally") -> None:
        """Count another one's conversations too."""
        for state, number in other.counts.items():
            if number:
                self.counts[state] += number
        self.snoozed += other.snoozed
        if other.slower is not None:
            mine = self.slower or [0] * len(other.slower)
            self.slower = [number + more for number, more in zip(mine, other.slower, strict=True)]
        if self.bins is None and other.bins is None:
            self.speeds += other.speeds
            return
        mine, theirs = self.histogram(), other.histogram()
        self.bins = [number + more for number, more in zip(mine, theirs, strict=True)]
        self.speeds = self.speeds + other.speeds

    def add_slower(self, least: float) -> None:
        """Count one more that took so many seconds at least."""
        self.slower = self.slower or [0] * (len(EDGES) + 1)
        self.slower[bin_of(least)] += 1

    @property
    def is_bot_first(self) -> bool:
        """Whether it shows that a bot had some of them first."""
        return self.slower is not None or any(self.counts[state] for state in OF_BOTS)

    @property
    def at_least(self) -> bool:
        """Whether the speeds may be longer than they are told."""
        return self.slower is not None

    def histogram(self) -> list[int]:
        """How many were answered within each part between the edges."""
        if self.bins is not None:
            return self.bins
        numbers = [0] * (len(EDGES) + 1)
        for speed in self.speeds:
            numbers[bin_of(speed)] += 1
        return numbers

    @property
    def arrived(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """Those a person answered, but for those answered at once."""
        return sum(self.counts[state] for state in ANSWERED)

    @property
    def is_decided(self) -> bool:
        """Whether its level can no longer change, as long as nobody is reopened, moved or deleted."""
        return not (self.counts[CountedAs.HELD] or self.counts[CountedAs.QUEUED_IN_TIME])

    def decided(self, *, closed_missed: bool = True) -> int:
        """What the level is a part of: who was answered, left without one, or waits too long already."""
        closed = self.counts[CountedAs.CLOSED] if closed_missed else 0
        known = self.answered - self.counts[CountedAs.IN_DOUBT]
        return known + closed + self.counts[CountedAs.QUEUED_LATE]

    def level(self, *, closed_missed: bool = True) -> float | None:
        """The part answered in target, 0 to 1; None where nothing is decided."""
        return _part(self.counts[CountedAs.IN_TARGET], self.decided(closed_missed=closed_missed))

    def bounds(self, *, closed_missed: bool = True) -> tuple[float | None, float | None]:
        """The lowest and highest the level can become, as long as nobody is moved, reopened or deleted.

        Who is in doubt may be in target as well as not.
        """
        decided = self.decided(closed_missed=closed_missed)
        waiting = self.counts[CountedAs.QUEUED_IN_TIME] + self.counts[CountedAs.IN_DOUBT]
        best = decided + waiting - (0 if closed_missed else self.counts[CountedAs.QUEUED_LATE])
        met = self.counts[CountedAs.IN_TARGET]
        low = _part(met, decided + waiting)
        return low, _part(met + waiting, best)

    def met_within(self, target: float) -> tuple[int, int]:
        """The least and the most who can have been answered within `target`, whatever it was counted by.

        Both are one where the speeds are kept, and where the histogram has an edge there.
        """
        may = sum(self.slower[: bisect_left(EDGES, target) + 1]) if self.slower is not None else 0
        if self.bins is None:
            met = sum(speed <= target for speed in self.speeds)
            return met, met + may
        met = sum(self.bins[: bisect_right(EDGES, target)])
        return met, sum(self.bins[: bisect_left(EDGES, target) + 1]) + may

    def level_within(self, target: float, *, closed_missed: bool = True) -> tuple[float, float] | None:
        """The lowest and the highest level by another target than it was counted by; None as for `level`.

        Who never had an answer may have waited for longer than the target of then, and not than this one.
        """
        least, most = self.met_within(target)
        closed = self.counts[CountedAs.CLOSED] if closed_missed else 0
        decided, waited = self.answered + closed, sum(self.counts[state] for state in QUEUED)
        low, high = _part(least, decided + waited), _part(most, decided)
        return None if low is None or high is None else (low, high)

    def mean(self) -> float | None:
        """The mean speed of answer; None where nobody was answered, or where it is not known exactly."""
        if not self.speeds or len(self.speeds) != self.answered:
            return None
        return math.fsum(self.speeds) / len(self.speeds)

    def within(self, part: float) -> float | None:
        """Seconds within which `part` of those answered had their answer; of a histogram the upper edge.

        None where nobody was answered, and where it took longer than the last edge. Where some speeds
        are `at_least`, so is this one.
        """
        if self.slower is not None:
            exact = self.speeds if self.bins is None else _lower_edges(self.bins)
            return quantile(sorted([*exact, *_lower_edges(self.slower)]), part) or None
        if self.bins is None:
            return quantile(sorted(self.speeds), part)
        wanted, seen = math.ceil(part * sum(self.bins) - 1e-9), 0
        for place, number in enumerate(self.bins):
            seen += number
            if number and seen >= wanted:
                return float(EDGES[place]) if place < len(EDGES) else None
        return None


def _lower_edges(bins: Sequence[int]) -> list[float]:
    edges = (0, *EDGES)
    return [float(edges[place]) for place, number in enumerate(bins) for _ in range(number)]


def quantile(ordered: Sequence[float], part: float) -> float | None:
    """The least of `ordered` up to which `part` of them lie."""
    if not ordered:
        return None
    return ordered[max(1, math.ceil(part * len(ordered) - 1e-9)) - 1]


def _part(number: int, of: int) -> float | None:
    return number / of if of else None


class Rules(msgspec.Struct, frozen=True):
    """How soon a conversation is to be answered, in seconds, and when anybody is there to do it."""

    target: float | None = None
    inbox_targets: Mapping[int, float] = {}
    team_targets: Mapping[int, float] = {}
    hours: Mapping[int, OpeningHours] = {}
    """Of each inbox that is not always open."""
    closed_missed: bool = True
    """Whether who left without an answer counts against the level."""
    assumed: tuple[str, ...] = ()
    """What is not known of the opening hours, and what stands in for it, as sentences."""

    @property
    def is_judged(self) -> bool:
        """Whether there is a target for everybody."""
        return self.target is not None

    @property
    def own_targets(self) -> str:
        """`by inbox and team targets`, where some have one of their own; else empty."""
        kinds = [word for word, own in (("inbox", self.inbox_targets), ("team", self.team_targets)) if own]
        return f"by {' and '.join(kinds)} targets" if kinds else ""

    @property
    def mark(self) -> int:
        """What tells counts by these rules from counts by others, the same in every run."""
        targets = self.target, sorted(self.inbox_targets.items()), sorted(self.team_targets.items())
        return self._mark_of_hours | zlib.crc32(repr(targets).encode())

    @property
    def _mark_of_hours(self) -> int:
        """That part of the mark; 0 where every inbox is always open."""
        hours = sorted((number, opening.mark) for number, opening in self.hours.items())
        return (zlib.crc32(repr(hours).encode()) >> 2) << 32 if hours else 0

    def has_hours_of(self, mark: int) -> bool:
        """Whether the rules of `mark` had the same opening hours, so that speeds mean the same."""
        return mark >= 0 and mark >> 32 == self._mark_of_hours >> 32

    def target_of_part(self, part: PartOfAccount) -> float | None:
        """The one target of all in a part of the account; None where there are several, or none."""
        if part.kind == "inbox" and part.number in self.inbox_targets:
            return self.inbox_targets[part.number]
        if part.kind == "team" and not self.inbox_targets:
            return self.team_targets.get(part.number, self.target)
        alone = not self.team_targets and (part.kind == "inbox" or not self.inbox_targets)
        return self.target if alone else None

    def target_of(self, arrival: Arrival) -> float | None:
        """The target of a conversation: of its inbox, else its team, else the account."""
        team = self.team_targets.get(arrival.team, self.target)
        return self.inbox_targets.get(arrival.inbox, team)

    def hours_of(self, arrival: Arrival) -> OpeningHours:
        """The opening hours that a conversation's target runs in."""
        return self.hours.get(arrival.inbox, ALWAYS)

    def verdict(self, arrival: Arrival, at: float, bots: BotWatch = NO_BOTS) -> Verdict:
        """What became of a conversation by the moment `at`; `bots` says which ones a bot had first."""
        if not bots.is_first(arrival):
            return self._verdict(arrival, at, arrival.created)
        begun = bots.begun(arrival)
        if begun is None:
            verdict = self._verdict(arrival, at, arrival.created)
            return Verdict(CountedAs.UNSEEN) if verdict.state in CLOCKED else verdict
        latest = self._verdict(arrival, at, begun.by)
        earliest = self._verdict(arrival, at, begun.after)
        if latest == earliest:
            return latest
        if latest.speed is None:
            return latest  # One that waits is late once that is sure.
        state = latest.state if latest.state is earliest.state else CountedAs.IN_DOUBT
        return Verdict(state, latest.speed, at_least=True)

    def _verdict(self, arrival: Arrival, at: float, began: int) -> Verdict:
        """The same if its clock began to run at a moment."""
        hours, reply = self.hours_of(arrival), arrival.first_reply
        return judge(
            arrival,
            target=self.target_of(arrival),
            answered_in=hours.between(began, reply) if reply else 0.0,
            waited=0.0 if reply else hours.between(began, at),
        )


def tallies(
    arrivals: Iterable[Arrival], rules: Rules, at: float, bots: BotWatch = NO_BOTS
) -> dict[PartOfAccount, Tally]:
    """What became of `arrivals` by the moment `at`: in the account, and by team and inbox."""
    by_part: dict[PartOfAccount, Tally] = {WHOLE: Tally()}
    for arrival in arrivals:
        verdict = rules.verdict(arrival, at, bots)
        for part in (WHOLE, PartOfAccount("team", arrival.team), PartOfAccount("inbox", arrival.inbox)):
            tally = by_part.get(part)
            if tally is None:
                tally = by_part[part] = Tally()
            tally.counts[verdict.state] += 1
            if verdict.state in ANSWERED and verdict.speed is not None:
                if verdict.at_least:
                    tally.add_slower(verdict.speed)
                else:
                    tally.speeds.append(verdict.speed)
            if arrival.status == "snoozed" and verdict.state in QUEUED:
                tally.snoozed += 1
    return by_part


def answered(arrivals: Iterable[Arrival], day: Day) -> dict[int, dict[PartOfAccount, int]]:
    """By quarter of `day`, how many of `arrivals` a person first replied to in it, but for those at once."""
    counts: dict[tuple[int, int, int], int] = {}
    for arrival in arrivals:
        if is_answered(arrival) and day.since <= arrival.first_reply < day.until:
            place = (arrival.first_reply - day.since) // QUARTER, arrival.team, arrival.inbox
            counts[place] = counts.get(place, 0) + 1
    by_quarter: dict[int, dict[PartOfAccount, int]] = {}
    for (quarter, team, inbox), number in counts.items():
        parts = by_quarter.setdefault(quarter, {})
        for part in (WHOLE, PartOfAccount("team", team), PartOfAccount("inbox", inbox)):
            parts[part] = parts.get(part, 0) + number
    return by_quarter


def recent(
    arrivals: Sequence[Arrival], rules: Rules, at: float, bots: BotWatch = NO_BOTS
) -> dict[PartOfAccount, Tally]:
    """The same of those whose clock began to run in the half-hour before `at`; `arrivals` by creation."""
    since = at - RECENT
    first = bisect_left(arrivals, since, key=lambda arrival: arrival.created)
    if not rules.hours:
        return tallies(arrivals[first:], rules, at, bots)
    created = [arrival.created for arrival in arrivals]
    for hours in {hours.mark: hours for hours in rules.hours.values()}.values():
        # Who came earlier counts only where a clock began later than that.
        first = min(first, bisect_left(created, since, key=hours.opening))
    begun = (
        arrival
        for arrival in arrivals[first:]
        if since <= rules.hours_of(arrival).opening(arrival.created) <= at
    )
    return tallies(begun, rules, at, bots)


def total(parts: Iterable[Mapping[PartOfAccount, Tally]]) -> dict[PartOfAccount, Tally]:
    """Several stretches of time as one."""
    by_part: dict[PartOfAccount, Tally] = {WHOLE: Tally()}
    for tallied in parts:
        for part, tally in tallied.items():
            by_part.setdefault(part, Tally()).add(tally)
    return by_part
