"""A list of people that may come page by page: who was read, and whether there are more: pure."""

import math

import msgspec

from tui.api.call import Answer
from tui.api.models import Agent

MOST_PAGES = 100
MOST_PEOPLE = 20_000
GIVEN_UP = 120.0
"""Seconds after a page for which the next one is to be expected."""
ROUND = 5
"""Pages hold a multiple of so many rows: a first page of another length was not full."""


class PeoplePages:
    """The pages of one list, in their order; further ones are asked for only where there may be some.

    `alone` is from an earlier reading of the same list: a first page of how many rows turned
    out to be all there is.
    """

    def __init__(self, alone: float = 0) -> None:
        self.alone = alone
        self.pages = 0
        self._found: dict[int, Agent] = {}
        self._lost = 0
        self._rows = 0
        self._total: int | None = None
        self._cut = False
        self._answer: Answer[tuple[Agent, ...]] | None = None

    def add(self, answer: Answer[tuple[Agent, ...]]) -> bool:
        """Take in the next page; True where another one is to be asked for."""
        rows = len(answer.value) + answer.lost
        fresh = {person.id: person for person in answer.value if person.id not in self._found}
        self.pages += 1
        # The list is as old as its first page, and complete with its last.
        self._answer = answer if self._answer is None else _joined(self._answer, answer)
        if self.pages == 1:
            self._rows = rows
        elif not fresh and (answer.value or not rows):
            if self.pages == 2:
                # The same again: this server heeds no page. None: what came first was all, then.
                self.alone = math.inf if rows else self._rows
            return False
        self._found |= fresh
        self._lost += answer.lost
        self._total = answer.total if answer.total is not None else self._total
        more = answer.paged and bool(answer.value) and self._more(rows)
        self._cut = more and (self.pages >= MOST_PAGES or len(self._found) >= MOST_PEOPLE)
        return more and not self._cut

    def under_way(self, now: float) -> bool:
        """Whether the next page is still to be expected, at `Clock.now` = `now`."""
        return self._answer is not None and now - self._answer.call.answered_at < GIVEN_UP

    def result(self) -> Answer[tuple[Agent, ...]]:
        """Everybody who was read; who is past the bound, or on no page, counts as lost.

        Raises ValueError before the first page.
        """
        if self._answer is None:
            raise ValueError("no page was read")
        past = max(int(self._cut), (self._total or 0) - len(self._found) - self._lost)
        return Answer(tuple(self._found.values()), self._answer.call, self._lost + past)

    def _more(self, rows: int) -> bool:
        if self._total is not None:
            return len(self._found) + self._lost < self._total
        if self.pages > 1:
            return rows >= self._rows
        return rows > self.alone or (rows == self.alone and rows % ROUND == 0)


def _joined(first: Answer[tuple[Agent, ...]], more: Answer[tuple[Agent, ...]]) -> Answer[tuple[Agent, ...]]:
    call = msgspec.structs.replace(
        first.call, answered_at=more.call.answered_at, size=first.call.size + more.call.size
    )
    return msgspec.structs.replace(first, call=call)
