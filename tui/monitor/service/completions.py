"""Conversations counted once, as they are complete: numbers that no later correction lowers; pure."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tui.durations import DAY, HOUR
from tui.identity import AccountKey
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, tallies, total
from tui.monitor.service.intervals import EDGES
from tui.monitor.service.roll import Told
from tui.monitor.service.states import OPEN, Arrival, CountedAs, is_settled

COMPLETE = tuple(state for state in CountedAs if state not in OPEN)
"""What may have become of a conversation that is complete."""
REMEMBERED = 3 * DAY
"""Seconds since its creation after which a conversation is not counted any more: nothing reads it again."""


class Completions(msgspec.Struct, frozen=True):
    """How many became complete since the counting began; `speeds` are of all that a person answered."""

    counts: Mapping[PartOfAccount, Mapping[CountedAs, int]] = {}
    """A part of which nobody is complete yet is left out; so is a state."""
    speeds: tuple[int, ...] = (0,) * (len(EDGES) + 1)
    """How many were answered within each part between the edges, of those whose speed is known exactly."""
    seconds: float = 0.0
    """The sum of these speeds."""


class CompletionCounter:
    """Counts the conversations of one account, as one user sees it, from the first answer on.

    Each counts once, where it was and as what it was when it was first seen complete: one that is
    reopened, moved, deleted or answered after all changes nothing any more. What was complete before
    the counting began is left to whoever counted then: so one that begins anew counts nobody twice.
    """

    def __init__(self) -> None:
        self.completions = Completions()
        self._began: int | None = None
        """The server's time of the first answer, in whole seconds as it dates replies."""
        self._open: dict[int, int] = {}
        """When those were created that were seen incomplete, by their numbers."""
        self._done: dict[int, int] = {}
        """The same of those that are counted, or left to an earlier counting."""
        self._forgot_at = float("-inf")

    def take(self, told: Told, rules: Rules, bots: Iterable[BotWatch] = ()) -> None:
        """Note what an answer told; one who could not be read has no number to be known by."""
        if self._began is None:
            self._began = int(told.asked)
        since = told.asked - REMEMBERED
        if told.asked - self._forgot_at >= HOUR:
            self._forgot_at = told.asked
            self._open = {number: created for number, created in self._open.items() if created >= since}
            self._done = {number: created for number, created in self._done.items() if created >= since}
        fresh = []
        for arrival in told.arrivals:
            if arrival.id < 0 or arrival.created < since or arrival.id in self._done:
                continue
            if not is_settled(arrival):
                self._open[arrival.id] = arrival.created
                continue
            if self._open.pop(arrival.id, None) is not None or _known_since(arrival) >= self._began:
                fresh.append(arrival)
            self._done[arrival.id] = arrival.created
        if fresh:
            self._count(fresh, rules, told.asked, [*bots, NO_BOTS])

    def _count(self, fresh: list[Arrival], rules: Rules, at: float, bots: Sequence[BotWatch]) -> None:
        before = self.completions
        counts = {part: dict(numbers) for part, numbers in before.counts.items()}
        by_watch: dict[BotWatch, list[Arrival]] = {}
        for arrival in fresh:
            by_watch.setdefault(next((w for w in bots if w.holds(arrival)), NO_BOTS), []).append(arrival)
        added = total(tallies(arrivals, rules, at, watch) for watch, arrivals in by_watch.items())
        for part, tally in added.items():
            mine = counts.setdefault(part, {})
            for state, number in tally.counts.items():
                if number:
                    mine[state] = mine.get(state, 0) + number
        more = added[WHOLE].histogram()
        self.completions = Completions(
            counts=counts,
            speeds=tuple(number + other for number, other in zip(before.speeds, more, strict=True)),
            seconds=before.seconds + sum(added[WHOLE].speeds),
        )


def _known_since(arrival: Arrival) -> int:
    """A moment after which it became complete: that of the reply, else that of its creation."""
    return max(arrival.created, arrival.first_reply)


class CompletionsByKey:
    """The counts of every account there was, as each user saw it; what comes back goes on."""

    def __init__(self) -> None:
        self._counters: dict[AccountKey, CompletionCounter] = {}

    def take(self, key: AccountKey, told: Told, rules: Rules, bots: Iterable[BotWatch] = ()) -> None:
        """Note what an answer about an account told."""
        self._counters.setdefault(key, CompletionCounter()).take(told, rules, bots)

    def of(self, key: AccountKey) -> Completions | None:
        """How many became complete; the same object until that is others. None where nothing was read."""
        counter = self._counters.get(key)
        return None if counter is None else counter.completions
