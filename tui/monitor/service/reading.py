"""What to read next so that a day's conversations are known: a course of questions, free of any I/O.

Everything that was created comes in the order of creation, so what is complete need never be read
again. Coverage is never assumed: the conversations of the day that are known, and the number of
those before it, must add up to where the list ends; where they don't, the place is found by bisection.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

from tui.api.models import PAGE
from tui.monitor.service.figures import RECENT
from tui.monitor.service.intervals import Day
from tui.monitor.service.roll import DayQuestion, Fresh, Page, Queue, Roll, Told, Total
from tui.monitor.service.states import CLOSED, Arrival, is_settled
from tui.monitor.service.walk import ALONE, BRIDGED, PageWalk, read_below

QUEUE_PAGES = 4
"""Pages of the queue up to which it is read; of a longer one the day's own pages tell."""
AGAIN_AFTER = 900.0
"""Seconds after which a page is read again for what no list tells: snoozed, pending, closing."""
CLOSING = 4
"""How often a page is read again for a closed conversation whose first reply is still to be noted."""
REFRESH = 600.0
"""Seconds after which a long way back to midnight is left for a look at what is new."""
ENOUGH = PAGE
"""New conversations for which a look is worth its pages before its time, as part of one is read once more."""
NEARLY_FULL = PAGE - BRIDGED + 1
"""Conversations on the last page for which a look is worth it, too: the next one need not read it again."""
QUEUE_AFTER = 3_600.0
"""Seconds after which the queue is read even where the pages just read tell of all who wait."""
ATTEMPTS = 3
"""How often a day that does not add up is looked through in one go; then with the next."""
FEW = 8
"""Who wait and are on no page just read, up to which each is asked for alone, and not their list."""
ALONE_COSTS = 3
"""How many conversations of a list cost the server as much as one that is asked for alone."""

LookAtDay = Generator[DayQuestion, Told, None]


class _WayToAsk:
    """How those are asked for who waited: alone, or by the list of who waits, as not many had left before."""

    def __init__(self) -> None:
        self.others = 0
        """How many of other days were on the list."""
        self._stayed = 1.0

    def note(self, asked: Sequence[Arrival], roll: Roll) -> None:
        """How many of these wait still."""
        if asked:
            again = [roll.by_id.get(arrival.id) for arrival in asked]
            self._stayed = sum(arrival is not None and _is_queued(arrival) for arrival in again) / len(asked)

    def is_list_cheaper(self, unseen: int, seen: int) -> bool:
        """Whether the list costs less than asking for those of the `unseen` who will be found waiting."""
        staying = unseen * self._stayed
        return unseen > FEW and ALONE_COSTS * staying > staying + seen + self.others


class DayReading:
    """Reads one day, today or a past one, and keeps it up to date.

    `course` is one look: send it the answer to each question it yields. It may be dropped at any
    point and begun again; what it has learnt stays. `later` is about how many have come since the
    beginning of the day and since its end: its place in the list is looked for there first. Where nobody
    waits for it, it is not `counted` how many there are before they are read. Of the day `after`, just read,
    it is taken what the server does as it is asked, and the page between the two.
    """

    def __init__(
        self,
        day: Day,
        restored: Mapping[int, int] | None = None,
        later: tuple[int, int] = (0, 0),
        *,
        counted: bool = True,
        after: "DayReading | None" = None,
    ) -> None:
        self.roll = Roll(day, restored or {})
        self._walk: PageWalk = PageWalk(self.roll, heeds=after is not None and after._walk.heeds)
        self.day = day
        self.before: int | None = None
        """How many conversations are older than the day, as soon as that is known."""
        self.total: int | None = None
        """How many there were of the day at the last look; None while that is not known."""
        self.as_of: float | None = None
        """Everything known held at some instant since then, in Unix seconds of the server."""
        self.sound = False
        """Whether what is known adds up to what there is."""
        self._later = later
        self._counted = counted
        self._above = None if after is None else after._lowest
        """The page on which the day after was found to begin."""
        self._lowest: tuple[int, Told] | None = None
        """The page read just before, on the way back to midnight."""
        self._closing: dict[int, int] = {}
        self._looked: tuple[float, int] | None = None
        """When the last look began, and how many conversations there were at its end."""
        self._waiting = _WayToAsk()
        self._queue_at = float("-inf")
        """When the queue was read last."""

    @property
    def coverage(self) -> float | None:
        """What part of the day's conversations up to the last look is known; None before it."""
        if self.total is None:
            return None
        return min(1.0, self.roll.count / self.total) if self.total else 1.0

    @property
    def come_since(self) -> int:
        """How many conversations have come since the day began; 0 while that is not known."""
        return 0 if self.before is None else max(0, self._walk.listed - self.before)

    def course(self, patience: float = 0.0) -> LookAtDay:
        """One look: what is new, the way back to midnight, whether it adds up, and who has left the queue.

        At first the last half-hour comes before all else, as people act on it; then how many there are.
        Where less than a page is new the total alone is asked for, until the last look is `patience`
        seconds ago; unless the last page is nearly full.
        """
        told = yield Total()
        if self._can_wait(told, patience):
            return
        self._walk.listed, self._lowest = told.total or 0, None
        was_whole = self.roll.whole
        yield from self._walk.find_out()
        yield from self._newest(told.asked)
        while not self.roll.whole and self.roll.since > told.asked - RECENT:
            yield from self._back()
        if self.as_of is None:
            self.as_of = told.asked
        if self.before is None and self._counted and not self.roll.restored:
            guess = self._walk.listed - self._later[0] if self._later[0] else self.roll.base
            self.before = yield from self._walk.locate(self.day.since, guess)
            self._lowest = None
            self._count()
        while not self.roll.whole and (not self._counted or self._walk.latest - told.asked < REFRESH):
            yield from self._back()
        if self.roll.whole:
            if not self.roll.seen_from_its_start:
                yield from self._find_start()
            if not was_whole:
                # Where it ends was seen long before where it begins: what is gone between would be in no sum.
                yield from self._newest(self._walk.latest)
            yield from self._add_up()
        counted = self.roll.count
        yield from self._queue(told.asked)
        yield from self._doubtful()
        if self.roll.whole and (self.roll.missed or self.roll.shrunk or self.roll.count != counted):
            yield from self._add_up()
        self.as_of = told.asked
        self._looked = told.asked, self._walk.listed

    def _can_wait(self, told: Told, patience: float) -> bool:
        if self._looked is None or told.total is None or not (self.roll.whole and self.sound):
            return False
        at, listed = self._looked
        new = told.total - listed
        if told.asked - at >= patience or not 0 <= new < ENOUGH:
            return False
        # Where few come it would be read again and again while it fills.
        on_last = (told.total - 1) % PAGE + 1
        return not (3 * new >= ENOUGH and on_last >= NEARLY_FULL and self._walk.unbroken)

    def _newest(self, now: float) -> LookAtDay:
        """What came since the last look, up to the end of the list, or of a day that is over."""
        roll, until = self.roll, self.day.until
        begun = roll.since < until
        end = self._walk.listed
        self._walk.forget()
        if until <= now:
            told_by = None if begun else self._end_above(now)
            guess = roll.end or self._about_end(end)
            end = (yield from self._walk.locate(until, guess)) if told_by is None else told_by
        place = max(0, end - 1)
        # From the end back to what is known: what is deleted meanwhile is then met twice, never missed.
        number = place // PAGE + 1
        just = self._walk.just
        pages = {number: just[1] if just is not None and just[0] == number else (yield Page(number))}
        while begun and number > 1 and not self._joins(pages[number]):
            if self.sound and (yield from self._walk.bridge(number, pages[number])):
                break
            pages |= yield from read_below(roll, number, pages[number])
            number -= 1
        roll.until = until
        first, base = pages[place // PAGE + 1].total or 0, roll.base
        taken: list[Fresh] = []
        for page, told in pages.items():
            taken.append(self._walk.take(page, told))
            if len(taken) == 1:
                roll.shrunk = False  # Where the list ends is told by this one.
            else:
                roll.close_seam(taken[-1], taken[-2])
        if not begun:
            self._lowest = (number, pages[number])
        if not begun or taken[-1].older(self.day.since) or number == 1:
            roll.lower(taken[-1])
        # What was deleted since the end was seen is in no sum, also who was gone before anybody knew it.
        if len(taken) > 1:
            roll.shrunk |= base != roll.base or any((told.total or 0) < first for told in pages.values())
        roll.ends_at(taken[0].start + taken[0].older(until))
        if not roll.whole and begun:
            roll.base, roll.leapt = roll.end - roll.count, True
        self._count()

    def _end_above(self, now: float) -> int | None:
        """Where the day ends on the page that the day after begins on; None where that tells it no longer."""
        if self._above is None or self._above[1].asked < now - REFRESH:
            return None
        fresh = self._walk.take(*self._above, keep=False)
        older = fresh.older(self.day.until)
        return fresh.start + older if 0 < older < len(fresh.arrivals) else None

    def _joins(self, told: Told) -> bool:
        """Whether a page reaches down into what is said to be known; below midnight there is nothing to know.

        That it begins where the stretch ended tells nothing: one may be deleted, and another move up.
        Nor does one of the newest that are known: another may have been listed late before it.
        """
        wanted = max(self.day.since, self.roll.known_until)
        return bool(told.arrivals) and told.arrivals[0].created < wanted

    def _about_end(self, listed: int) -> int:
        """Where a day that is over may end: so far from its beginning as is known about, else a page."""
        since, until = self._later
        return listed - until if self.before is None else min(listed, self.before + (since - until or PAGE))

    def _back(self) -> LookAtDay:
        """One page further down."""
        roll, above = self.roll, self.roll.base
        number = max(0, above - 1) // PAGE + 1
        pair = self._lowest is not None and self._lowest[0] == number + 1
        if not pair:
            number = above // PAGE + 1  # What is known by now shows where it stands.
        if self._lowest is not None and pair:
            pages = yield from read_below(roll, *self._lowest)
            if number + 1 in pages:
                self._walk.take(number + 1, pages[number + 1])
            told = pages[number]
        else:
            told = yield Page(number)
        # Below what an earlier run left, the position is worked out: there a page must reach into it.
        # So it must where its neighbour was not just read: the list may have moved by a page since.
        joined = pair and not roll.leapt and (number - 1) * PAGE + len(told.arrivals) == above
        climbed = False
        while number > 1 and roll.is_below(told.arrivals):
            # So many older ones are gone that all of the stretch stands further down.
            number -= 1
            told = yield Page(number)
            joined = True
        while not joined and not roll.reaches(told.arrivals) and number * PAGE < (told.total or 0):
            # So many are gone that the list moved by more than a page: go up to where it is known.
            number += 1
            told = yield Page(number)
            climbed = True
        fresh = self._walk.take(number, told)
        roll.lower(fresh)
        if climbed:
            roll.base, roll.leapt = fresh.start, False
        self._lowest = (number, told)
        self._count()

    def _count(self) -> None:
        if self.roll.whole:
            self.before = self.roll.base
        if self.before is not None:
            self.total = max(0, self.roll.end - self.before)
        adds_up = self.roll.base + self.roll.count == self.roll.end
        # So long as nobody is missed, whoever is gone shows in the sum: it must be of the end seen last.
        self.sound = not self.roll.whole or (adds_up and not self.roll.shrunk and not self.roll.torn)

    def _add_up(self) -> LookAtDay:
        """Whether the day's conversations and those before it are all there are; else find out where not."""
        roll = self.roll
        for _ in range(ATTEMPTS):
            if roll.shrunk:
                yield from self._newest(self._walk.latest)
            self._count()
            if self.sound and not roll.missed:
                return
            # Most of what is deleted is old: then the day only moved.
            yield from self._find_start()
            yield from self._newest(self._walk.latest)
            if roll.missed or (roll.sealed and not self.sound):
                # As many may be gone as were missed, or as an earlier run has counted: no number tells.
                if roll.sealed:
                    roll.unseal([*roll.sealed])
                yield from self._walk.down_to(self.day.since, (yield from self._walk.verify(*self._pages)))
                roll.missed = False
            elif roll.torn:
                for second in sorted(roll.torn):
                    page = roll.page_at(second)
                    yield from self._walk.verify(max(1, page - 1), page + 1)
            elif not self.sound:
                yield from self._find_difference()
        self._count()

    def _find_start(self) -> LookAtDay:
        """Where the day begins in the list now."""
        self.roll.base = yield from self._walk.locate(self.day.since, self.roll.base)
        self.roll.seen_from_its_start = True

    def _reopen(self, quarters: Iterable[int]) -> LookAtDay:
        """Read again what an earlier run had read completely, from a page that reaches past its end."""
        wanted = sorted(quarters)
        since, until = self.day.begins(wanted[0]), self.day.begins(wanted[-1] + 1)
        number = self.roll.unseal(wanted) // PAGE + 1
        told = yield Page(number)
        while told.arrivals and told.arrivals[-1].created < until and number * PAGE < (told.total or 0):
            number += 1
            told = yield Page(number)
        yield from self._walk.down_to(since, self._walk.take(number, told))

    def _find_difference(self) -> LookAtDay:
        """Bisect for the places where more or fewer are known than there are, and read just those pages."""
        roll = self.roll
        ends = self._pages
        read: dict[int, Fresh] = {}
        for number in ends:
            read[number] = yield from self._walk.page(number)
        low, high = ends
        if roll.base and roll.base % PAGE == 0:
            yield from self._walk.verify(low - 1, low)
        if roll.end % PAGE == 0 and not read[high].is_last:
            yield from self._walk.verify(high, high + 1)
        stretches = [ends]
        while stretches:
            low, high = stretches.pop()
            implied = roll.implied(read[low])
            if low == high or (implied is not None and implied == roll.implied(read[high])):
                continue
            if high - low == 1:
                read[low] = yield from self._walk.next_below(read[high])
                sealed = roll.sealed_on(read[low], read[high])
                if sealed:
                    yield from self._reopen(sealed)
                continue
            middle = (low + high) // 2
            read[middle] = yield from self._walk.page(middle)
            if roll.implied(read[middle]) is None and middle + 1 < high:
                middle += 1
                read[middle] = yield from self._walk.page(middle)
            stretches += [(low, middle), (middle, high)]
        self._count()

    @property
    def _pages(self) -> tuple[int, int]:
        """The first and the last page that the day is on."""
        return self.roll.base // PAGE + 1, max(self.roll.base, self.roll.end - 1) // PAGE + 1

    def _queue(self, began: float) -> LookAtDay:
        """Who still waits for a first reply; the pages of those who do no longer are read again.

        Where all who wait stand on pages read since the look `began`, nobody else is asked about; and where
        most of the others will have left, each of them is, and not the queue.
        """
        roll = self.roll
        waiting = [arrival for arrival in roll.arrivals if _is_queued(arrival)]
        unseen = [arrival for arrival in waiting if self._seen_at(arrival) < began]
        by_list = self._waiting.is_list_cheaper(len(unseen), len(waiting) - len(unseen))
        if began - self._queue_at < QUEUE_AFTER and not by_list:
            yield from self._again(unseen)
            self._waiting.note(unseen, roll)
            return
        self._queue_at = began
        listed: dict[int, Arrival] = {}
        complete = False
        asked = 0.0
        for number in range(1, QUEUE_PAGES + 1):
            told = yield Queue(number)
            asked = asked or told.asked
            listed |= {arrival.id: arrival for arrival in told.arrivals if not arrival.first_reply}
            if len(told.arrivals) < PAGE:
                complete = True
                break
        for arrival in listed.values():
            if self.day.quarter(arrival.created) in roll.sealed:
                yield from self._reopen([self.day.quarter(arrival.created)])
            if arrival.id in roll.by_id:
                roll.put(arrival)
            elif self._is_missed(arrival):
                number = roll.page_of(arrival)
                yield from self._walk.verify(max(1, number - 1), number + 1)
        newest = max((arrival.created for arrival in listed.values()), default=0)
        left = [
            arrival
            for arrival in waiting
            if arrival.id not in listed
            and (complete or arrival.created < newest or self._is_due(arrival, asked))
        ]
        yield from self._again(left)
        self._waiting.note(unseen, roll)
        self._waiting.others = sum(not self.day.holds(arrival.created) for arrival in listed.values())

    def _is_missed(self, arrival: Arrival) -> bool:
        """Whether it belongs to what is said to be known."""
        quarter, roll = self.day.quarter(arrival.created), self.roll
        kept = quarter in roll.sealed or quarter in roll.restored
        return not kept and max(roll.since, self.day.since) <= arrival.created < roll.known_until

    def _doubtful(self) -> LookAtDay:
        """What no list tells: snoozed and pending ones, and those whose first reply is still to be noted."""
        doubtful = []
        for arrival in self.roll.arrivals:
            if is_settled(arrival) or _is_queued(arrival):
                continue
            tries = self._closing.get(arrival.id, 0)
            if arrival.status in CLOSED and tries >= CLOSING:
                continue
            if self._is_due(arrival, self._walk.latest):
                doubtful.append(arrival)
                if arrival.status in CLOSED:
                    self._closing[arrival.id] = tries + 1
        yield from self._again(doubtful)

    def _is_due(self, arrival: Arrival, now: float) -> bool:
        return now - self._seen_at(arrival) >= AGAIN_AFTER

    def _seen_at(self, arrival: Arrival) -> float:
        """When it was told of last, on its page or alone."""
        never, walk = float("-inf"), self._walk
        return max(walk.read_at.get(self.roll.page_of(arrival), never), walk.told_at.get(arrival.id, never))

    def _again(self, arrivals: list[Arrival]) -> LookAtDay:
        """Ask for these again: alone, or where several are on a page for that."""
        pages = Counter(map(self.roll.page_of, arrivals))
        few = [arrival for arrival in arrivals if pages[self.roll.page_of(arrival)] <= ALONE]
        alone: set[int] = set()
        for arrival in few:
            if (yield from self._alone(arrival)):
                alone.add(arrival.id)
        seen: set[int] = set()
        for arrival in (other for other in arrivals if other.id not in alone):
            if arrival.id in seen or arrival.id not in self.roll.by_id:
                continue
            for number in _pages_near(self.roll, arrival):
                fresh = yield from self._walk.page(number)
                seen |= {read.id for read in fresh.arrivals}
                if arrival.id in seen or arrival.id not in self.roll.by_id:
                    break
            else:
                page, roll = self.roll.page_of(arrival), self.roll
                yield from self._walk.verify(max(1, page - 1), page + 1)
                # If it is still known, though it is not where it should be: another was missed as it went.
                roll.missed |= arrival.id in roll.by_id

    def _alone(self, arrival: Arrival) -> Generator[DayQuestion, Told, bool]:
        """Ask for one by its number; whether that told of it."""
        again = yield from self._walk.alone(arrival.id)
        if again is None or again.key != arrival.key or arrival.id not in self.roll.by_id:
            return False
        self.roll.put(again)
        return True

    def is_final(self, quarter: int) -> bool:
        """Whether nothing in a quarter is still open, so that it need not be read again after a restart."""
        return all(is_settled(arrival) for arrival in self.roll.of_quarter(quarter))


def _pages_near(roll: Roll, arrival: Arrival) -> Iterator[int]:
    """The page it should be on, and those beside it: of one second, any may come first."""
    page = roll.page_of(arrival)
    yield page
    yield page + 1
    if page > 1:
        yield page - 1


def _is_queued(arrival: Arrival) -> bool:
    return not arrival.first_reply and not arrival.odd and arrival.status == "open"
