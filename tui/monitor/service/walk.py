"""Pages of the list, read from above down so that nobody stands unseen between two of them.

What is deleted meanwhile moves others down: whoever reads downwards meets them twice and misses nobody.
But conversations of one second come in any order, which may be another in each answer: where the end
of a page falls within a second, one may be shown on both pages, and another then on none.
"""

from collections.abc import Generator, Iterable, Sequence

from tui.api.models import PAGE
from tui.monitor.service.roll import DayQuestion, Fresh, IgnoredError, One, Page, Roll, Told, Total, is_torn
from tui.monitor.service.states import Arrival

READINGS = 4
"""How often two pages are read again in one go where one second is torn apart by their border."""
ALONE = 8
"""Conversations up to which each is asked for alone, and not the page that they are on: the server works
through a page one after the other."""
BRIDGED = 6
"""Conversations up to which those below a page are asked for alone, and not the page that they are on."""
SLACK = 25
"""Conversations that may change their status between two questions."""
UNBROKEN = 25
"""How many of the newest numbers must follow each other before the next ones are asked for."""


class PageWalk:
    """Reads pages of the list, in which a roll stands, and takes them into it."""

    def __init__(self, roll: Roll, *, heeds: bool = False) -> None:
        self.roll = roll
        self.read_at: dict[int, float] = {}
        """When each page was asked for last, by the server's clock."""
        self.told_at: dict[int, float] = {}
        """When a conversation was asked for alone, by its number."""
        self.latest = float("-inf")
        """When the last page or conversation was."""
        self.just: tuple[int, Told] | None = None
        """The page read just before, unless it was forgotten since."""
        self.listed = 0
        """How many conversations the server had when it was asked last."""
        self.heeds = heeds
        """Whether the server is known to do as it is asked."""
        self._newest: list[int] = []
        """The highest numbers seen so far, lowest first."""

    def find_out(self) -> Generator[DayQuestion, Told, None]:
        """Whether the server heeds status, order and page, by its first and its last page; once.

        Where `status=all` is not heeded only the open ones are listed, as if there were no others.
        """
        for _ in range(READINGS - 1):
            if self.heeds:
                return
            total = self.listed
            count = (yield Total("resolved")).total or 0
            arrivals: list[Arrival] = []
            for number in (1, -(-total // PAGE)) if total > PAGE else (1,):
                arrivals += (yield from self.page(number, keep=False)).arrivals
            unresolved = all(arrival.status != "resolved" for arrival in arrivals)
            self.heeds = total + SLACK >= count and not (count == total > 0 and unresolved)
        if not self.heeds:
            raise IgnoredError("This server does not list conversations of every status.")

    def forget(self) -> None:
        """What was read so far is not what was read just before."""
        self.just = None

    def page(self, number: int, *, keep: bool = True) -> Generator[DayQuestion, Told, Fresh]:
        """One page, taken in."""
        told = yield Page(number)
        return self.take(number, told, keep=keep)

    def take(self, number: int, told: Told, *, keep: bool = True) -> Fresh:
        """The answer to a page; without `keep` it only tells where in the list something is."""
        fresh = self.roll.take(number, told, keep=keep)
        if keep:
            self.read_at[number] = told.asked
        self._note(arrival.id for arrival in fresh.arrivals)
        self.latest, self.just = told.asked, (number, told)
        self.listed = told.total if told.total is not None else max(self.listed, fresh.end)
        return fresh

    def alone(self, number: int) -> Generator[DayQuestion, Told, Arrival | None]:
        """One conversation by its number, not taken in; None where nobody is told."""
        told = yield One(number)
        self.latest = self.told_at[number] = told.asked
        return next((arrival for arrival in told.arrivals if arrival.id == number), None)

    @property
    def unbroken(self) -> bool:
        """Whether the newest numbers follow each other, so that who comes next may be asked for by number."""
        newest, arrivals, roll = self._newest, self.roll.arrivals, self.roll
        if len(newest) < UNBROKEN or newest[-1] - newest[0] >= UNBROKEN:
            return False
        # Of more in so short a time one may still be listed whose number is lower than all of these.
        return len(arrivals) < UNBROKEN or arrivals[-UNBROKEN].created < roll.known_until

    def bridge(self, number: int, told: Told) -> Generator[DayQuestion, Told, bool]:
        """Take in those between the end of the list as it was and a page further up, by number.

        Whether nobody can be missing: there are as many numbers as places, and those of the page go on.
        """
        roll, ids = self.roll, [arrival.id for arrival in told.arrivals]
        gap = (number - 1) * PAGE - roll.end
        if not (roll.whole and self.unbroken and ids and 0 <= gap <= BRIDGED):
            return False
        first = self._newest[-1] + 1
        if (min(ids), max(ids)) != (first + gap, first + gap + len(ids) - 1):
            return False
        roll.until = roll.day.until
        for next_id in range(first, first + gap):
            arrival = yield from self.alone(next_id)
            if arrival is None:
                return False
            roll.put(arrival)
        self._note(range(first, first + gap))
        return True

    def _note(self, numbers: Iterable[int]) -> None:
        self._newest = sorted({*self._newest, *numbers})[-UNBROKEN:]

    def next_below(self, above: Fresh) -> Generator[DayQuestion, Told, Fresh]:
        """The page below one just read, taken in; what stood between them is gone."""
        pages = yield from read_below(self.roll, above.number, above)
        if above.number in pages:
            above = self.take(above.number, pages[above.number])
        below = self.take(above.number - 1, pages[above.number - 1])
        self.roll.close_seam(below, above)
        return below

    def verify(self, low: int, high: int) -> Generator[DayQuestion, Told, Fresh]:
        """Read all pages from `high` down to `low`, which it returns: whoever moves up is met twice."""
        fresh = yield from self.page(high)
        while fresh.number > low:
            fresh = yield from self.next_below(fresh)
        return fresh

    def down_to(self, since: int, fresh: Fresh) -> Generator[DayQuestion, Told, None]:
        """Read on below a page until one shows somebody older: what it was thought to end at may be gone."""
        while fresh.number > 1 and not fresh.older(since):
            fresh = yield from self.next_below(fresh)

    def locate(self, moment: int, guess: int) -> Generator[DayQuestion, Told, int]:
        """The position of the first that was created at `moment` or later: bisected, after growing steps."""
        low, high = 0, self.listed
        place = max(0, guess - 1)
        step = PAGE
        while low < high:
            place = min(max(place, low), high - 1)
            fresh = yield from self.page(place // PAGE + 1, keep=self.roll.whole)
            older = fresh.older(moment)
            if older and older == len(fresh.arrivals):
                low = fresh.end
            elif older or fresh.number == 1:
                return fresh.start + older
            else:
                high = min(high - 1, fresh.start)
            if low and high < self.listed:
                place = (low + high) // 2 if step > PAGE else low
            else:
                place = low + step - PAGE if low else high - step
            step *= 2
        return low


def read_below(roll: Roll, number: int, above: Told | Fresh) -> Generator[DayQuestion, Told, dict[int, Told]]:
    """The page below `number`, which shows `above`; both once more while a second is torn apart.

    The upper one is in the answer only where it was read again. What stays torn is noted.
    """
    pages: dict[int, Told] = {}
    upper: Sequence[Arrival] = above.arrivals
    below = yield Page(number - 1)
    for _ in range(READINGS):
        if not is_torn(below.arrivals, upper):
            break
        pages[number] = yield Page(number)
        upper = pages[number].arrivals
        below = yield Page(number - 1)
    pages[number - 1] = below
    roll.note_seam(below.arrivals, upper)
    return pages
