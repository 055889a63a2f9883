"""The conversations of a day in the order of creation, as the pages of a server told them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from tui.api.models import PAGE
from tui.durations import QUARTER
from tui.monitor.service.intervals import Day
from tui.monitor.service.states import Arrival

LATE = 30
"""Seconds within which a conversation may be listed after one that was created later: it takes its moment
before it is there to be seen."""


class Page(NamedTuple):
    """Ask for a page of all conversations, oldest first; 25 on each, from 1."""

    number: int


class Queue(NamedTuple):
    """Ask for a page of the open conversations that nobody has answered, oldest first."""

    number: int


class One(NamedTuple):
    """Ask for one conversation by its number; nobody is told where it is gone, or not to be seen."""

    number: int


class Total(NamedTuple):
    """Ask how many conversations there are in a status, or in `all`."""

    status: str = "all"


DayQuestion = Page | Queue | One | Total


class Told(msgspec.Struct, frozen=True):
    """What an answer said: `asked` is when the request left, in Unix seconds by the server's clock.

    What could not be read stands in `arrivals` too, as odd ones: a position in the list is never lost.
    """

    asked: float
    total: int | None = None
    arrivals: tuple[Arrival, ...] = ()
    unsure: float = 0.0
    """Seconds by which `asked` may be wrong about the server's clock."""


class IgnoredError(Exception):
    """The server does not do as it is asked; the text is a sentence for a person."""


class Fresh(NamedTuple):
    """A page just read: where it stands in the list, and who is on it."""

    number: int
    arrivals: tuple[Arrival, ...]
    total: int

    @property
    def start(self) -> int:
        """The position of its first conversation among all, from 0."""
        return (self.number - 1) * PAGE

    @property
    def end(self) -> int:
        """The position after its last."""
        return self.start + len(self.arrivals)

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it."""
        return len(self.arrivals) < PAGE or self.end >= self.total

    def older(self, moment: int) -> int:
        """How many on it were created before `moment`."""
        return sum(arrival.created < moment for arrival in self.arrivals)


class Roll:
    """The newest unbroken stretch of a day's conversations.

    `base` is the position on the server of the first of it, `end` that after the last. What an
    earlier run of the program had read completely is in `sealed`, by quarter, as a number alone;
    while the stretch has not come so far down, in `restored`.
    """

    def __init__(self, day: Day, restored: Mapping[int, int]) -> None:
        self.day = day
        self.restored = dict(restored)
        self.sealed: dict[int, int] = {}
        self.since = day.until
        """Everything of the day that was created from this second on is known."""
        self.base = self.end = 0
        self.until = day.until
        """Whoever is new from this second on is taken in with all that came since, not by the way."""
        self.known_until = float("-inf")
        """From `since` up to this second everything is said to be known."""
        self.missed = False
        """Whether a page has shown one that should have been known; whoever looks into that resets it."""
        self.shrunk = False
        """Whether somebody was found to be gone since `end` was seen; whoever sees it anew resets it."""
        self.torn: set[int] = set()
        """Seconds that the end of a page tore apart at each reading: somebody of those may be missing."""
        self.leapt = False
        """Whether `base` was worked out from what an earlier run left, and not seen."""
        self.seen_from_its_start = False
        """Whether the page with the first of the day was read, not only what an earlier run left of it."""
        self.by_id: dict[int, Arrival] = {}
        self.changed: set[int] = set()
        """Quarters in which something is not as it was; whoever counts them empties it."""
        self._order: list[Arrival] = []
        self._latest: Fresh | None = None

    @property
    def whole(self) -> bool:
        """Whether the stretch begins where the day does."""
        return self.since <= self.day.since

    @property
    def count(self) -> int:
        """How many conversations are known to be in the stretch."""
        return len(self._order) + sum(self.sealed.values())

    @property
    def arrivals(self) -> Sequence[Arrival]:
        """Those of which more is known than that they were complete, oldest first."""
        return self._order

    def of_quarter(self, quarter: int) -> Sequence[Arrival]:
        """Those that arrived in one quarter of the day."""
        begins = self.day.begins(quarter)
        low = bisect_left(self._order, (begins, -1 << 62), key=_key)
        return self._order[low : bisect_left(self._order, (begins + QUARTER, -1 << 62), key=_key)]

    def position(self, arrival: Arrival) -> int:
        """Where a known conversation should stand on the server."""
        return self._place(arrival.key, self.day.quarter(arrival.created))

    def _place(self, key: tuple[int, int], quarter: int) -> int:
        """Where the first stands that comes at `key` or later, `quarter` being that of the key."""
        below = sum(number for sealed, number in self.sealed.items() if sealed < quarter)
        return self.base + bisect_left(self._order, key, key=_key) + below

    def page_of(self, arrival: Arrival) -> int:
        """The page a known conversation should be on."""
        return self.position(arrival) // PAGE + 1

    def page_at(self, second: int) -> int:
        """The page on which those of that second should begin."""
        return self._place((second, -1 << 62), self.day.quarter(second)) // PAGE + 1

    def knows(self, arrivals: Iterable[Arrival]) -> bool:
        """Whether something of a page belongs to the stretch already."""
        return any(
            (arrival.id in self.by_id and arrival.created >= self.since - 1)
            or self.day.quarter(arrival.created) in self.sealed
            for arrival in arrivals
        )

    def reaches(self, arrivals: Sequence[Arrival]) -> bool:
        """Whether a page ends within the stretch, so that nobody stands between the two.

        That both show the same conversation tells nothing where it is of the second that the stretch
        ends in: others of that second may be on neither.
        """
        return bool(arrivals) and arrivals[-1].created >= self.since

    def is_below(self, arrivals: Sequence[Arrival]) -> bool:
        """Whether the stretch ends before a page, which is past the end of the list or holds newer ones."""
        return not arrivals or (arrivals[0].created >= self.since and not self.knows(arrivals))

    def implied(self, fresh: Fresh) -> int | None:
        """Where the stretch begins if the page is right; None where nothing on it tells.

        It tells where a quarter begins, or where a conversation stands that is alone in its
        second: those of one second may come in any order.
        """
        quarters = [self.day.quarter(arrival.created) for arrival in fresh.arrivals]
        for place, (before, quarter) in enumerate(pairwise(quarters), 1):
            if before < quarter and 0 <= quarter < self.day.quarters:
                begins = (self.day.begins(quarter), -1 << 62)
                return self.base + fresh.start + place - self._place(begins, quarter)
        for place, arrival in enumerate(fresh.arrivals):
            low = bisect_left(self._order, (arrival.created, -1 << 62), key=_key)
            high = bisect_left(self._order, (arrival.created + 1, -1 << 62), key=_key)
            if arrival.id in self.by_id and high - low == 1:
                return self.base + fresh.start + place - self.position(arrival)
        return None

    def take(self, number: int, told: Told, *, keep: bool = True) -> Fresh:
        """Take in a page: who is new, who changed, and who is gone. Raises IgnoredError.

        Without `keep` it only tells where in the list the day begins.
        """
        fresh = Fresh(number, told.arrivals, told.total if told.total is not None else 1 << 62)
        self._check(fresh)
        if keep and (fresh.arrivals or number == 1):
            ids = {arrival.id for arrival in fresh.arrivals}
            low, high = 0, len(self._order)
            if number > 1:
                low = bisect_right(self._order, (fresh.arrivals[0].created, 1 << 62), key=_key)
            if not fresh.is_last:
                high = bisect_left(self._order, (fresh.arrivals[-1].created, -1 << 62), key=_key)
            self._lose([arrival for arrival in self._order[low:high] if arrival.id not in ids])
            if fresh.arrivals and self.torn:
                first, last = fresh.arrivals[0].created, fresh.arrivals[-1].created
                self.torn -= {second for second in self.torn if first < second < last}
            for arrival in fresh.arrivals:
                self.put(arrival)
        return fresh

    def put(self, arrival: Arrival) -> None:
        """Note what is known of a conversation now; one of another day or a sealed quarter is passed over."""
        quarter = self.day.quarter(arrival.created)
        if not self.day.holds(arrival.created) or quarter in self.sealed or quarter in self.restored:
            return
        known = self.by_id.get(arrival.id)
        if known == arrival:
            return
        if known is not None:
            self.drop([known])
        elif arrival.created >= self.until:
            return
        elif self.since <= arrival.created < self.known_until:
            self.missed = True
        self.by_id[arrival.id] = arrival
        self._order.insert(bisect_left(self._order, arrival.key, key=_key), arrival)
        self.changed.add(quarter)

    def drop(self, gone: Iterable[Arrival]) -> None:
        """Forget conversations that the server no longer lists."""
        for arrival in gone:
            if self.by_id.pop(arrival.id, None) is not None:
                del self._order[bisect_left(self._order, arrival.key, key=_key)]
                self.changed.add(self.day.quarter(arrival.created))

    def _lose(self, gone: Sequence[Arrival]) -> None:
        self.shrunk |= bool(gone)
        self.drop(gone)

    def note_seam(self, before: Sequence[Arrival], after: Sequence[Arrival]) -> None:
        """Two neighbouring pages were just read, `after` first: whether they tear a second apart."""
        if is_torn(before, after):
            self.torn |= {after[0].created} if self.day.holds(after[0].created) else set()
        elif before and after and self.torn:
            edge = range(before[-1].created, after[0].created + 1)
            self.torn = {second for second in self.torn if second not in edge}

    def close_seam(self, before: Fresh, after: Fresh) -> None:
        """What stands between neighbours just read, `after` first, is gone; not where a second is torn."""
        if not before.arrivals or not after.arrivals or is_torn(before.arrivals, after.arrivals):
            return
        ids = {arrival.id for arrival in (*before.arrivals, *after.arrivals)}
        low = bisect_left(self._order, (before.arrivals[-1].created, -1 << 62), key=_key)
        high = bisect_right(self._order, (after.arrivals[0].created, 1 << 62), key=_key)
        self._lose([arrival for arrival in self._order[low:high] if arrival.id not in ids])

    def lower(self, fresh: Fresh) -> None:
        """The stretch now reaches down to the first conversation of a page that is joined to it."""
        older = fresh.older(self.day.since)
        if not older and fresh.number > 1 and not fresh.arrivals:
            return
        lowest = fresh.arrivals[0] if fresh.arrivals else None
        self.leapt = False
        quarter = self.day.quarter(lowest.created) if lowest else 0
        if older or fresh.number == 1 or lowest is None:
            self._seal(self.restored)
            self.since, self.base = self.day.since, fresh.start + older
            self.seen_from_its_start = True
        elif quarter in self.restored:
            block = [quarter]
            while block[-1] - 1 in self.restored:
                block.append(block[-1] - 1)
            top = quarter
            while top + 1 in self.restored and fresh.arrivals[-1].created >= self.day.begins(top + 1):
                top += 1
                block.append(top)
            self.base = fresh.start + fresh.older(self.day.begins(top + 1))
            self.base -= sum(self.restored[number] for number in block)
            self.leapt = True
            self.since = self.day.begins(min(block))
            self._seal(number for number in self.restored if number >= min(block))
        elif lowest.created < self.since:
            self._seal(number for number in self.restored if number > quarter)
            self.since, self.base = lowest.created + 1, fresh.start
        elif quarter in self.sealed:
            self.base = min(self.base, fresh.start)
        elif lowest.id in self.by_id:
            self.base = fresh.start - (self.position(lowest) - self.base)

    def ends_at(self, position: int) -> None:
        """All up to there was just seen; of the newest second others may still stand on the page below."""
        self.end = position
        self.until = self._order[-1].created + 1 if self._order else self.day.since
        self.known_until = self.until - LATE

    def _seal(self, quarters: Iterable[int]) -> None:
        for quarter in list(quarters):
            self.sealed[quarter] = self.restored.pop(quarter)
            self.changed.add(quarter)

    def sealed_on(self, *pages: Fresh) -> list[int]:
        """The quarters on these pages, and between them, of which an earlier run left a number alone."""
        quarters = [self.day.quarter(arrival.created) for page in pages for arrival in page.arrivals]
        return (
            [quarter for quarter in self.sealed if min(quarters) <= quarter <= max(quarters)]
            if quarters
            else []
        )

    def unseal(self, quarters: Sequence[int]) -> int:
        """Take nothing more from an earlier run of these; the position after the last of them."""
        last = max(quarters) + 1
        end = self._place((self.day.begins(last), -1 << 62), last)
        for quarter in quarters:
            del self.sealed[quarter]
            self.changed.add(quarter)
        return end

    def _check(self, fresh: Fresh) -> None:
        seconds = [arrival.created for arrival in fresh.arrivals]
        before, self._latest = self._latest, fresh
        if seconds != sorted(seconds):
            raise IgnoredError("This server does not sort conversations by creation.")
        if before is None or not seconds or not before.arrivals or before.number == fresh.number:
            return
        if before.arrivals == fresh.arrivals and before.total == fresh.total:
            raise IgnoredError("This server does not list conversations by pages.")
        low, high = sorted((before, fresh), key=lambda page: page.number)
        if high is fresh and high.arrivals[0].created < low.arrivals[0].created:
            raise IgnoredError("This server does not sort conversations by creation.")


def is_torn(before: Sequence[Arrival], after: Sequence[Arrival]) -> bool:
    """Whether two neighbouring pages share a second, and a conversation: then one may be on neither.

    Where they share none, all of that second are on them: more places than it takes were read.
    """
    if not before or not after or before[-1].created != after[0].created:
        return False
    return not {arrival.id for arrival in before}.isdisjoint(arrival.id for arrival in after)


def _key(arrival: Arrival) -> tuple[int, int]:
    return arrival.key
