"""What narrows a dashboard: agents of one availability, the members of a team, one inbox alone."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from textual.app import App

from tui.api.errors import LiveAgentError
from tui.monitor.calls import Ask, What
from tui.monitor.presence import Since
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.monitor.sources import of_one_inbox
from tui.panes.agents import agents, members
from tui.panes.agents.agents import Crew, slots_of
from tui.panes.agents.rows import AgentRows
from tui.panes.conversations.inbox_view import Lens
from tui.panes.header import Place
from tui.panes.table_pane import TablePane, Title, content
from tui.screens.dashboard.row_actions import GoingDown
from tui.screens.notices import key_of
from tui.widgets.layers import push_layer
from tui.widgets.parts import Line
from tui.widgets.picker import Picker, PickItem

NAMES = ("availability", "members", "inbox")
AVAILABILITIES = (*agents.KNOWN, "other")
FRESH = 60.0
"""Seconds for which a list of members is not asked for again by the key."""
ALL = "all"
OF_ALL = "of all inboxes"


class Narrowing(GoingDown):
    """The dashboard's part of it: keys, and the agents pane they narrow."""

    open_pane: TablePane

    def make_narrowing(self) -> None:
        """Nothing is narrowed at first."""
        self.lens: Lens | None = None
        self._members_of: int | None = None
        self._availability: str | None = None
        self._agent_rows = AgentRows()

    def lay_out(self) -> None:
        """Give the open pane its room."""
        raise NotImplementedError

    def widen(self) -> None:
        """Another account is shown: forget what was narrowed."""
        self.lens = self._members_of = self._availability = None

    @property
    def members_of(self) -> int | None:
        """The team whose members stand in the agents pane; None for all agents."""
        return self._members_of

    def whole(self, title: str) -> Title:
        """The title of a pane that one inbox does not narrow: it says so, below where it finds no room."""
        if self.lens is None:
            return Title((title,))
        return Title((f"{title} · {OF_ALL}", title), OF_ALL)

    def shows_times(self, snapshot: AccountSnapshot) -> bool:
        """Whether agents' own times are on screen; each agent's cost a call."""
        shown = not agents.TIMES.isdisjoint(self.agents.table.shown_columns)
        return shown and agents.may_report(snapshot, self.context.clock.now())

    def _of_those_in_view(self, snapshot: AccountSnapshot, which: slice) -> list[Reading]:
        """Those figures of the agents in view; `which` picks them from what there is of each."""
        return [snapshot.reading(slot) for key in self.agents.in_view for slot in tuple(slots_of(key))[which]]

    def draw_agents(self, snapshot: AccountSnapshot, where: Place, empty: str) -> Line:
        """Draw the agents, or the members of a team; `empty` overrules why there is none.

        Returns the totals of all agents.
        """
        now, wall, zone, team_id = where.now, where.wall, where.zone, self._members_of
        limit = self.context.targets(snapshot.ref).conversations_per_agent
        crew = Crew(now, self._since(snapshot), limit)
        totals = agents.totals(snapshot, now)
        listed = None if team_id is None else members.of_team(snapshot, team_id)
        rows = self._agent_rows.rows(snapshot, crew, listed)
        if team_id is None:
            shown, title = totals, self.whole(agents.title(snapshot))
            why = agents.empty(snapshot, now)
        else:
            stale = snapshot.agents.state(now) is State.STALE
            shown = members.totals(self._agent_rows.people(snapshot, listed), stale=stale)
            title = Title((members.title(snapshot, team_id),))
            why = members.empty(snapshot, team_id, now, key_of(self.context.config, "members"))

        def as_of() -> str:
            loads = self._of_those_in_view(snapshot, agents.LOADS)
            times = self._of_those_in_view(snapshot, agents.OWN_TIMES) if self.shows_times(snapshot) else []
            if team_id is None:
                return agents.as_of(snapshot, loads, now, wall, zone, times)
            return members.as_of(snapshot, team_id, loads, now, wall, zone, times)

        self.agents.show_rows(
            rows, title=title, as_of=as_of, empty=empty or why, extra=content(shown, self.app.theme)
        )
        return totals

    def _since(self, snapshot: AccountSnapshot) -> Mapping[int, Since]:
        if not self.context.config.display.agent_times:
            return NOBODY
        return self.context.presence.since(snapshot.key)

    # -- keys ---------------------------------------------------------------------------------

    def action_availability(self) -> None:
        """Agents of one availability, the next one at each press, then all again."""
        choices: list[str | None] = [None, *AVAILABILITIES]
        self.show_agents(choices[(choices.index(self._availability) + 1) % len(choices)])

    def show_agents(self, availability: str | None) -> None:
        """Go to the agents of one availability, or to all of them."""
        self._availability = availability
        self.agents.choose(availability, agents.takes(availability) if availability else None)
        self._go_to_agents()

    def all_availabilities(self) -> None:
        """The filter of the agents was cleared."""
        self._availability = None

    def _go_to_agents(self) -> None:
        if self.open_pane is not self.agents:
            self.open_pane = self.agents
            self.lay_out()
        self.agents.table.focus()
        self.draw()

    def action_members(self) -> None:
        """Who belongs to the team under the cursor, and who of them is there."""
        team_id = self._row if self.current_pane is self.teams else self._members_of
        if team_id is None or self.ref is None:
            self.say("Select a team first: its members are then shown in place of all agents.")
            return
        self.say("")
        self._members_of = team_id
        listing = members.of_team(self.context.monitor.snapshot(self.ref), team_id)
        if listing.items is None or listing.age(self.context.clock.now()) > FRESH:
            asks = (Ask(what=What.TEAM_MEMBERS, number=team_id),)
            self.run_latest(partial(self._ask_at_once, asks), "narrow")
        self._go_to_agents()

    async def _ask_at_once(self, asks: Iterable[Ask]) -> None:
        """Ask now what would come up by itself: somebody waits for it."""
        if self.ref is None:
            return
        asked = [self.context.monitor.ask(self.ref, ask) for ask in asks]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        failed = next((one for one in answers if isinstance(one, LiveAgentError)), None)
        if failed is not None:
            self.say(str(failed))

    def action_inbox(self) -> None:
        """Choose the inbox whose figures stand for the account's."""
        snapshot = None if self.ref is None else self.context.monitor.snapshot(self.ref)
        inboxes = None if snapshot is None else snapshot.inboxes.items
        if not inboxes:
            self.say("The inboxes of this token are not known." if inboxes is None else "There is no inbox.")
            return
        items = [PickItem(ALL, "All inboxes", "inbox")]
        items += [PickItem(str(one.id), one.name, "inbox", one.channel) for one in inboxes]
        app: App[Any] = self.app
        picker = app.get_screen("picker")
        if isinstance(picker, Picker):
            picker.open(items, title="Figures of one inbox", prompt="inbox")
            push_layer(app, "picker", self._inbox_chosen)

    def _inbox_chosen(self, chosen: PickItem | None) -> None:
        if chosen is None:
            return
        self.lens = None if chosen.id == ALL else Lens(int(chosen.id), chosen.title)
        if self.lens is not None:
            self.run_latest(partial(self._ask_at_once, of_one_inbox(self.lens.inbox_id)), "narrow")
        self.draw()

    def leave_narrowed(self) -> bool:
        """All agents again, or all inboxes; False where nothing was narrowed."""
        if self.current_pane is self.agents and self._members_of is not None:
            self._members_of = None
            self.open_pane = self.teams
            self.lay_out()
            self.teams.table.focus()
        elif self.lens is not None:
            self.lens = None
        else:
            return False
        self.draw()
        return True


NOBODY: Mapping[int, Since] = {}
