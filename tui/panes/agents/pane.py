"""The table of agents: all of them, those of one availability, or the members of one team."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tui import wording
from tui.config.columns import AGENTS
from tui.identity import ScopeKind, Slot
from tui.monitor.presence import Since
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.panes.account_panes import AccountPane
from tui.panes.agents import agents, members
from tui.panes.agents.agents import Crew, slots_of
from tui.panes.agents.rows import AgentRows
from tui.panes.header import Place
from tui.panes.table_pane import Title, content
from tui.widgets.parts import Line

if TYPE_CHECKING:
    from tui.panes.where_from import Curl, Source

AVAILABILITIES: tuple[str | None, ...] = (None, *agents.KNOWN, "other")

SinceOf = Callable[[AccountSnapshot], Mapping[int, Since]]
"""Since when each agent of an account has its availability; empty where that is not to be shown."""


class AgentsPane(AccountPane):
    """Agents of the account."""

    columns = AGENTS
    word = "Agents"
    kind = ScopeKind.AGENT
    explained = agents.MEASURES
    listed = "all agents of the account"

    def __init__(self, since: SinceOf, *, id: str) -> None:
        super().__init__(id=id)
        self.members_of: int | None = None
        """The team whose members are shown; None for all agents."""
        self._availability: str | None = None
        self._since = since
        self._rows = AgentRows()

    # -- what it shows ------------------------------------------------------------------------

    def items(self, snapshot: AccountSnapshot) -> Listing[Any]:
        """The account's agents."""
        return snapshot.agents

    @property
    def charted(self) -> Slot | None:
        """How many agents are online: of one agent nothing is kept."""
        return None if self.row is None else agents.FIRST

    def show_availability(self, word: str | None) -> None:
        """Show the agents of one availability; None: all of them."""
        self._availability = word
        self.choose(word, agents.takes(word) if word else None)

    def show_next_availability(self) -> None:
        """Agents of one availability, the next one at each call, then all again."""
        following = AVAILABILITIES.index(self._availability) + 1
        self.show_availability(AVAILABILITIES[following % len(AVAILABILITIES)])

    def clear_filter(self) -> bool:
        """Show all rows again; False where none were hidden."""
        self._availability = None
        return super().clear_filter()

    def shows_times(self, snapshot: AccountSnapshot, now: float) -> bool:
        """Whether agents' own times are on screen; each agent's cost a call."""
        shown = not agents.DAY_COLUMNS.isdisjoint(self.table.shown_columns)
        return shown and agents.may_report(snapshot, now)

    def draw(
        self,
        snapshot: AccountSnapshot,
        where: Place,
        *,
        limit: int | None,
        narrowed: bool,
        key: str,
        empty: str = "",
    ) -> Line:
        """Show the agents, or the members of a team; returns the totals of all agents.

        `limit` is how many conversations are too many for one; `narrowed`: one inbox stands beside
        all agents; `key` asks for the members again; `empty` overrules why there is no row.
        """
        now, wall, zone, team_id = where.now, where.wall, where.zone, self.members_of
        totals = agents.totals(snapshot, now)
        listed = None if team_id is None else members.of_team(snapshot, team_id)
        rows = self._rows.rows(snapshot, Crew(now, self._since(snapshot), limit), listed)
        if team_id is None:
            shown, title = totals, Title.whole(agents.title(snapshot), narrowed=narrowed)
            why = agents.empty(snapshot, now)
        else:
            stale = snapshot.agents.state(now) is State.STALE
            shown = members.totals(self._rows.people(snapshot, listed), stale=stale)
            title = Title((members.title(snapshot, team_id),))
            why = members.empty(snapshot, team_id, now, key)

        def as_of() -> tuple[str, ...]:
            loads = self._of_those_in_view(snapshot, of_day=False)
            times: list[Reading] = []
            if self.shows_times(snapshot, now):
                times = self._of_those_in_view(snapshot, of_day=True)
            if team_id is None:
                return agents.as_of(snapshot, loads, now, wall, zone, times)
            return members.as_of(snapshot, team_id, loads, now, wall, zone, times)

        extra = content(shown, self.app.theme)
        self.show_rows(rows, title=title, as_of=as_of, empty=empty or why, extra=extra)
        return totals

    def _of_those_in_view(self, snapshot: AccountSnapshot, *, of_day: bool) -> list[Reading]:
        """The figures of the agents in view: their load, or what they did today."""
        return [
            snapshot.reading(slot)
            for key in self.in_view
            for slot, column in zip(slots_of(key), agents.OF_DAY, strict=True)
            if column is of_day
        ]

    # -- what stands behind its rows ----------------------------------------------------------

    def sources(self, snapshot: AccountSnapshot, now: float, curl: "Curl") -> "list[Source]":
        """Where the figures of the agent under the cursor come from, and since when it is there.

        What it did today is told where a report was asked for.
        """
        from tui.panes.where_from import of_figure, of_list  # As those of every pane.

        slots = () if self.row is None else slots_of(self.row)
        asked = [slot for slot in slots if not slot.row.day or slot in snapshot.readings]
        figures = [of_figure(snapshot, slot, now, curl) for slot in asked]
        listed = of_list(snapshot, snapshot.agents, self.word.lower(), self.listed, now, curl)
        return [*self._observed(snapshot), *figures, listed]

    def _observed(self, snapshot: AccountSnapshot) -> "list[Source]":
        agent = None if self.row is None else snapshot.agents.get(self.row)
        since = None if agent is None else self._since(snapshot).get(agent.id)
        if agent is None or since is None:
            return []
        from tui.panes.where_from import of_observation  # As those of every pane.

        held = wording.duration(snapshot.agents.asked_at - since.at, at_least=since.at_least)
        return [of_observation(snapshot, agents.availability_text(agent.availability), held)]
