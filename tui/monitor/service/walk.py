"""Pages of the list, read from above down so that nobody stands unseen between two of them.

What is deleted meanwhile moves others down: whoever reads downwards meets them twice and misses nobody.
But conversations of one second come in any order, which may be another in each answer: where the end
of a page falls within a second, one may be shown on both pages, and another then on none.
"""

from collections.abc import Generator, Sequence

from tui.api.models import PAGE
from tui.monitor.service.roll import DayQuestion, Fresh, Page, Roll, Told, is_torn
from tui.monitor.service.states import Arrival

READINGS = 4
"""How often two pages are read again in one go where one second is torn apart by their border."""


class PageWalk:
    """Reads pages of the list, in which a roll stands, and takes them into it."""

    def __init__(self, roll: Roll) -> None:
        self.roll = roll
        self.read_at: dict[int, float] = {}
        """When each page was asked for last, by the server's clock."""
        self.latest = float("-inf")
        """When the last page was."""
        self.just: tuple[int, Told] | None = None
        """The page read just before, unless it was forgotten since."""
        self.listed = 0
        """How many conversations the server had when it was asked last."""

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
        self.latest, self.just = told.asked, (number, told)
        self.listed = told.total if told.total is not None else max(self.listed, fresh.end)
        return fresh

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
    found: dict[int, Told] = {}
    upper: Sequence[Arrival] = above.arrivals
    below = yield Page(number - 1)
    for _ in range(READINGS):
        if not is_torn(below.arrivals, upper):
            break
        found[number] = yield Page(number)
        upper = found[number].arrivals
        below = yield Page(number - 1)
    found[number - 1] = below
    roll.note_seam(below.arrivals, upper)
    return found
