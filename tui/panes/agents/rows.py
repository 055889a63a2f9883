"""The rows of the agents pane: of thousands those are made that are looked at."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.api.models import Agent
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.panes.agents import agents
from tui.panes.agents.agents import AgentSeen, Crew, held_text, slots_of
from tui.panes.kept_rows import RowsInView
from tui.widgets.rows import Row, SortValue

ALL = object()
NOBODY = 0
"""The number of no agent: of nobody is known what is known of those who were never asked for."""
SLICE = 2_000
"""Agents whose load is looked at in one drawing, for the largest of all."""


class _Ordered(NamedTuple):
    """Agents in their order, and the lists they come from."""

    agents: object
    members: object
    people: Sequence[Agent]


class AgentRows:
    """Keeps the order of the agents, and the rows of those who were in view.

    With `members` only these are shown; those the list of agents doesn't name are shown as the
    team's own list has them.
    """

    def __init__(self) -> None:
        self._kept = RowsInView()
        self._ordered = _Ordered(None, None, ())
        self._largest = Largest()

    def rows(
        self, snapshot: AccountSnapshot, crew: Crew, members: Listing[Agent] | None = None
    ) -> Sequence[Row]:
        """The rows as they are at `crew.now`."""
        now, get, since_of, limit = crew.now, snapshot.readings.get, crew.since.get, crew.limit
        listed, may_report = snapshot.agents, agents.may_report(snapshot, now)
        stale = listed.state(now) is State.STALE
        # What is refused is so of those, too, of whom nothing was ever told.
        untold = [snapshot.reading(slot) for slot in slots_of(NOBODY)]
        scale = self._largest.scale(snapshot) if limit is None else float(limit)

        def readings_of(agent: Agent) -> tuple[Reading, ...]:
            return tuple(map(get, slots_of(agent.id), untold))

        def parts(agent: Agent) -> object:
            readings = readings_of(agent)
            held = "" if stale else held_text(listed.asked_at, since_of(agent.id))
            states = [reading.state(now) for reading in readings]
            return agent, held, stale, readings, states, scale, limit, may_report

        def make(agent: Agent) -> Row:
            since = None if stale else since_of(agent.id)
            readings = readings_of(agent)
            return agents.row(
                AgentSeen(agent, listed.asked_at, since, stale, readings, now, scale, limit, may_report)
            )

        def sort_value(agent: Agent, index: int) -> SortValue:
            since = None if stale else since_of(agent.id)
            return agents.sort_values(agent, since, readings_of(agent))[index]

        people = self.people(snapshot, members)
        return self._kept.rows(people, lambda agent: agent.id, parts, make, sort_value)

    def people(self, snapshot: AccountSnapshot, members: Listing[Agent] | None = None) -> Sequence[Agent]:
        """Who the rows are of, in their order."""
        mine = ALL if members is None else members.items
        if self._ordered.agents is not snapshot.agents.items or self._ordered.members is not mine:
            everybody: Iterable[Agent] = snapshot.agents.items or ()
            if members is not None:
                everybody = [snapshot.agents.get(agent.id) or agent for agent in members.items or ()]
            self._ordered = _Ordered(snapshot.agents.items, mine, agents.ordered(everybody))
        return self._ordered.people


class Largest:
    """The largest number of open conversations of one agent, looked for a slice a drawing."""

    def __init__(self) -> None:
        self._people: object = None
        self._place = 0
        self._found = self._whole = 0.0
        """The largest so far of this round, and of the last one that came to its end."""

    def scale(self, snapshot: AccountSnapshot) -> float:
        """Where the bars of load end."""
        people, get = snapshot.agents.items or (), snapshot.readings.get
        if people is not self._people:
            self._people, self._place, self._found = people, 0, 0.0
        batch, load_at = people[self._place : self._place + SLICE], agents.LOAD_AT
        readings = [] if load_at is None else [get(slots_of(agent.id)[load_at]) for agent in batch]
        self._found = max(
            [self._found, *[reading.value or 0.0 for reading in readings if reading is not None]]
        )
        self._place += SLICE
        if self._place >= len(people):
            self._whole, self._place, self._found = self._found, 0, 0.0
        return agents.scale_above(max(self._found, self._whole))
