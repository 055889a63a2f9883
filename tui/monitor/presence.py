"""Since when each agent has had the present availability, as observed; in memory only, never stored."""

from collections.abc import Mapping

import msgspec

from tui.figures import AccountKey
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot


class Since(msgspec.Struct, frozen=True):
    """When an agent was first seen in the present availability."""

    availability: str | None
    at: float
    """`asked_at` of the answer that first told it, in `Clock.now` seconds."""
    at_least: bool
    """True where the change itself was not seen: it may have been there before."""


class Presence:
    """Watches the lists of agents go by; a gap in them ends what was known."""

    def __init__(self) -> None:
        self._seen: dict[AccountKey, tuple[float, dict[int, Since]]] = {}

    def observe(self, snapshot: AccountSnapshot) -> None:
        """Take in the agents of `snapshot`, if they are newer than what was seen."""
        listing = snapshot.agents
        if listing.items is None:
            return
        last, known = self._seen.get(snapshot.key, (None, {}))
        if last is not None and listing.asked_at <= last:
            return
        gap = last is None or listing.asked_at - last > MISSED_PERIODS * max(listing.period, 1.0)
        now: dict[int, Since] = {}
        for agent in listing.items:
            before = known.get(agent.id)
            if before is not None and before.availability == agent.availability and not gap:
                now[agent.id] = before
            else:
                unseen = gap or before is None
                now[agent.id] = Since(agent.availability, listing.asked_at, unseen)
        self._seen[snapshot.key] = listing.asked_at, now

    def since(self, key: AccountKey) -> Mapping[int, Since]:
        """By agent id; empty where the account's agents were never seen."""
        return self._seen.get(key, (0.0, {}))[1]
