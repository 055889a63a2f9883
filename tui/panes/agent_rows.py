"""The rows of the agents pane, kept from one drawing to the next: there may be thousands."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tui.api.models import Agent
from tui.figures import AccountKey
from tui.monitor.presence import Since
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, Listing, Reading, State
from tui.panes import agents
from tui.panes.agents import Crew
from tui.widgets.rows import Row


class _Whole(NamedTuple):
    """What all rows depend on."""

    key: AccountKey
    people: int
    agents: Listing[Agent]
    members: Listing[Agent] | None
    since: Mapping[int, Since]
    limit: int | None
    may_report: bool


class _Kept(NamedTuple):
    """A row, and what it was made of."""

    agent: Agent
    parts: tuple[object, ...]
    row: Row


class AgentRows:
    """Makes only those rows anew whose figures changed, or became stale.

    With `members` only these are shown, in their own order; those the list of agents doesn't
    name are shown as the team's own list has them.
    """

    def __init__(self) -> None:
        self._whole: _Whole | None = None
        self._until = 0.0
        self._rows: Sequence[Row] = ()
        self._kept: dict[int, _Kept] = {}
        self._ordered: tuple[object, object, list[Agent]] = (None, None, [])

    def rows(
        self, snapshot: AccountSnapshot, crew: Crew, members: Listing[Agent] | None = None
    ) -> Sequence[Row]:
        """The rows as they are at `crew.now`; the same object while nothing in them changed."""
        reporting = agents.may_report(snapshot, crew.now)
        whole = _Whole(
            snapshot.key, snapshot.people, snapshot.agents, members, crew.since, crew.limit, reporting
        )
        if self._whole is None or not _same(whole, self._whole) or crew.now > self._until:
            self._make(snapshot, crew, members, whole)
        return self._rows

    def _make(
        self, snapshot: AccountSnapshot, crew: Crew, members: Listing[Agent] | None, whole: _Whole
    ) -> None:
        now, readings = crew.now, snapshot.readings
        if self._whole is None or self._whole.key != snapshot.key:
            self._kept = {}
        most = agents.largest(snapshot)
        stale = snapshot.agents.state(now) is State.STALE
        common = (most, crew.limit, whole.may_report, stale)
        until = _turns(snapshot.agents, now)
        made: list[Row] = []
        before, self._kept = self._kept, {}
        for agent in self._people(snapshot, members):
            found = [readings.get(slot) for slot in agents.slots_of(agent.id)]
            limits = [_turns(one, now) for one in found if one is not None]
            until = min(until, *limits) if limits else until
            since = None if stale else crew.since.get(agent.id)
            told = agents.held_text(snapshot, since)
            late = tuple(limit == math.inf for limit in limits)
            parts = (told, since.at if since else None, common, late, *found)
            kept = before.get(agent.id)
            if kept is None or kept.parts != parts or kept.agent != agent:
                kept = _Kept(agent, parts, agents.row(snapshot, agent, crew, most))
            self._kept[agent.id] = kept
            made.append(kept.row)
        self._whole, self._until, self._rows = whole, until, made

    def _people(self, snapshot: AccountSnapshot, members: Listing[Agent] | None) -> list[Agent]:
        mine = None if members is None else members.items
        if self._ordered[0] is not snapshot.agents.items or self._ordered[1] is not mine:
            everybody: Iterable[Agent] = snapshot.agents.items or ()
            if members is not None:
                known = {agent.id: agent for agent in everybody}
                everybody = [known.get(agent.id, agent) for agent in mine or ()]
            self._ordered = snapshot.agents.items, mine, agents.ordered(everybody)
        return self._ordered[2]


def _same(one: _Whole, other: _Whole) -> bool:
    return all(mine is yours or mine == yours for mine, yours in zip(one, other, strict=True))


def _turns(known: Reading | Listing[Any], now: float) -> float:
    """The moment at which what is live becomes stale; never, where it is not live."""
    at = known.asked_at + MISSED_PERIODS * known.period
    return at if at >= now else math.inf
