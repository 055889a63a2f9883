"""Since when each agent has had the present availability, as observed; in memory only, never stored."""

from collections.abc import Iterator, Mapping

import msgspec

from tui.identity import AccountKey
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot


class Since(msgspec.Struct, frozen=True):
    """When an agent was first seen in the present availability."""

    availability: str | None
    at: float
    """`asked_at` of the answer that first told it, in `Clock.now` seconds."""
    at_least: bool
    """True where the change itself was not seen: it may have been there before."""


class _Watched(Mapping[int, Since]):
    """Since when, by agent id; of most nothing is noted but that they were there when watching began."""

    def __init__(self, begun: float) -> None:
        self.begun = self.seen_at = begun
        self.words: dict[int, str | None] = {}
        self.changed: dict[int, Since] = {}

    def take(self, words: dict[int, str | None], asked_at: float) -> None:
        """What each agent's availability was at the answer of `asked_at`."""
        before, self.words, self.seen_at = self.words, words, asked_at
        if words == before:
            return
        for number, word in words.items():
            if number not in before:
                self.changed[number] = Since(word, asked_at, True)
            elif before[number] != word:
                self.changed[number] = Since(word, asked_at, False)
        for number in before.keys() - words.keys():
            self.changed.pop(number, None)

    def __getitem__(self, number: int) -> Since:
        return self.changed.get(number) or Since(self.words[number], self.begun, True)

    def __iter__(self) -> Iterator[int]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)


class Presence:
    """Watches the lists of agents go by; a gap in them ends what was known."""

    def __init__(self) -> None:
        self._seen: dict[AccountKey, _Watched] = {}

    def observe(self, snapshot: AccountSnapshot) -> None:
        """Take in the agents of `snapshot`, if they are newer than what was seen."""
        listing = snapshot.agents
        if listing.items is None:
            return
        watched = self._seen.get(snapshot.key)
        if watched is not None and listing.asked_at <= watched.seen_at:
            return
        words = {agent.id: agent.availability for agent in listing.items}
        gap = MISSED_PERIODS * max(listing.period, 1.0)
        if watched is None or listing.asked_at - watched.seen_at > gap:
            watched = self._seen[snapshot.key] = _Watched(listing.asked_at)
            watched.words = words
        watched.take(words, listing.asked_at)

    def since(self, key: AccountKey) -> Mapping[int, Since]:
        """By agent id; empty where the account's agents were never seen."""
        return self._seen.get(key, NOBODY)


NOBODY: Mapping[int, Since] = {}
