"""How long a host, an account or a call is left alone after it failed: pure."""

import math
import random

from tui.durations import MINUTE

FIRST_PAUSE = 2.0
"""Seconds after a first failure; twice as many after each further one."""
LONGEST_PAUSE = 120.0
"""Seconds between two tries at most."""
RATE_LIMIT_SPREAD = 10.0
"""Seconds over which instances come back after a 429."""
RECOVERY_PER_MINUTE = 0.1
"""Share of the full budget that comes back each minute after a 429."""
SMALLEST_BUDGET = 4


class Backoff:
    """Pauses that double from 2 s to 2 min while failures follow each other; then one probe."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._failures = 0
        self._failed_at = 0.0
        self._until = 0.0
        self._rate_limited = False
        self.probing = False

    @property
    def active(self) -> bool:
        """True from the first failure until something succeeds again."""
        return self._failures > 0

    @property
    def until(self) -> float:
        """The moment of the next try; meaningful only while active."""
        return self._until

    @property
    def paused_until(self) -> float:
        """The moment before which nothing leaves, whoever wants it; minus infinity where there is none."""
        return self._until if self.active else -math.inf

    @property
    def rate_limited(self) -> bool:
        """True where the pause is the server's wish, which no key may shorten."""
        return self._rate_limited

    def counts(self, asked_at: float) -> bool:
        """Whether a failure of a call that left at `asked_at` is news: those in flight together are one."""
        return not self.active or asked_at >= self._failed_at

    def failed(self, asked_at: float, now: float) -> None:
        """Pause longer; calls that were in flight together count as one failure."""
        self.probing = False
        if not self.counts(asked_at):
            return
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 10))
        self._failures += 1
        self._failed_at = now
        self._until = max(self._until, now + pause * self._rng.uniform(0.9, 1.0))

    def limited(self, now: float, wall: float, retry_after: float | None) -> None:
        """Pause until the next clock minute and up to 10 s more, or as long as the server says."""
        self.probing = False
        wait = retry_after if retry_after is not None else MINUTE - wall % MINUTE
        self._failures = max(1, self._failures)
        self._failed_at = now
        self._rate_limited = True
        self._until = max(self._until, now + max(0.0, wait) + self._rng.uniform(0.0, RATE_LIMIT_SPREAD))

    def succeeded(self, asked_at: float) -> None:
        """Clear the pause; an answer to a call from before the failure proves nothing."""
        if self.active and asked_at < self._failed_at:
            return
        self.probing = False
        self._failures = 0
        self._until = 0.0
        self._rate_limited = False

    def nudge(self, now: float) -> None:
        """Try now: somebody pressed a key. A server that asked for quiet keeps it."""
        if not self._rate_limited:
            self._until = min(self._until, now)


class Budget:
    """Requests a minute: never above `limit` in any sliding minute; halved by each 429, then recovering."""

    def __init__(self, limit: int) -> None:
        self.full = max(1, limit)
        self._base = float(self.full)
        self._since = 0.0

    def allowed(self, now: float) -> int:
        """How many requests may leave in the minute that ends at `now`."""
        regained = max(0.0, now - self._since) / MINUTE * RECOVERY_PER_MINUTE * self.full
        return int(min(self.full, self._base + regained))

    def halve(self, now: float) -> None:
        """Ask half as much: somebody else may share our address."""
        self._base = max(float(min(SMALLEST_BUDGET, self.full)), self.allowed(now) / 2)
        self._since = now
