"""What keys do with the figure or row under the cursor of a dashboard: open it, explain it, copy it."""

from typing import Any

from tui import identity, wording
from tui.identity import AccountRef, Measure, Slot
from tui.measures import AVAILABILITIES
from tui.monitor.reading import AccountSnapshot, Listing
from tui.panes.agents import agents
from tui.panes.conversations.pane import ConversationsPane
from tui.panes.drill_down import behind
from tui.panes.table_pane import TablePane
from tui.panes.where_from import Curl, Source, of_figure, of_list, of_observation
from tui.screens.base import MonitorScreen
from tui.widgets.live_table import LiveTable

TEAM = (Measure.OPEN, Measure.UNASSIGNED, Measure.LONGEST, Measure.MEMBERS_ONLINE, Measure.MEMBERS)
INBOX = (Measure.OPEN, Measure.UNASSIGNED)
AGENT = (Measure.OPEN, Measure.QUEUED)
AGENT_OWN = (Measure.RESOLUTIONS, Measure.FIRST_RESPONSE, Measure.RESOLUTION)
WORDS = {measure: word for word, measure in AVAILABILITIES.items()}


class GoingDown(MonitorScreen):
    """A screen with the figures of one account and its tables of teams, inboxes and agents."""

    ref: AccountRef | None
    conversations: ConversationsPane
    teams: TablePane
    inboxes: TablePane
    agents: TablePane

    @property
    def current_pane(self) -> TablePane | None:
        """The table under the cursor; None while the figures are."""
        raise NotImplementedError

    def show_agents(self, availability: str | None) -> None:
        """Go to the agents of one availability, or to all of them."""
        raise NotImplementedError

    @property
    def _row(self) -> int | None:
        key = None if self.current_pane is None else self.current_pane.table.selected
        return key if isinstance(key, int) else None

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        """A row was opened by a double click."""
        event.stop()
        self.action_down()

    def on_conversations_pane_figure_chosen(self, event: ConversationsPane.FigureChosen) -> None:
        """A figure was opened by a double click."""
        event.stop()
        self.action_down()

    def action_down(self) -> None:
        """The conversations behind the figure or row under the cursor."""
        if self.ref is None:
            return
        slot = self._slot()
        if slot is None:
            self.say("There is no row to open.")
            return
        found = behind(slot, self.context.monitor.snapshot(self.ref))
        if not isinstance(found, str):
            # Not before: a start would read from disk what most days nobody opens.
            from tui.screens.conversations import open_conversations

            open_conversations(self, self.ref, found)
        elif slot.row.of_people:
            self.show_agents(WORDS.get(slot.measure))
        else:
            self.say(found)

    def _slot(self) -> Slot | None:
        """The figure under the cursor; of a row, the number of its open conversations."""
        pane, row = self.current_pane, self._row
        if pane is None:
            return self.conversations.selected
        if row is None:
            return None
        scope = {self.teams: identity.team, self.inboxes: identity.inbox, self.agents: identity.agent}[pane]
        return scope(row, Measure.OPEN)

    def action_where_from(self) -> None:
        """Where the figure or the row under the cursor comes from."""
        if self.ref is None:
            return
        from tui.screens.where_from import open_where_from  # As `open_conversations`.

        snapshot, pane = self.context.monitor.snapshot(self.ref), self.current_pane
        named = "" if pane is None else self._name_of_row(pane, snapshot) or pane.word
        title = f"Where from · {named}" if named else "Where from"
        zone = self.context.zone(snapshot, self.ref.environment)
        open_where_from(self, lambda: self._sources(pane), zone, title)

    def _sources(self, pane: TablePane | None) -> list[Source]:
        if self.ref is None:
            return []
        from tui.screens.where_from import curl_for  # As `open_conversations`.

        snapshot, curl = self.context.monitor.snapshot(self.ref), curl_for(self.context, self.ref)
        now = self.context.clock.now()
        if pane is not None:
            return self._of_row(pane, snapshot, now, curl)
        slots, selected = self.conversations.visible_slots, self.conversations.selected
        ordered = [selected, *(slot for slot in slots if slot != selected)]
        return [of_figure(snapshot, slot, now, curl) for slot in ordered]

    def _of_row(self, pane: TablePane, snapshot: AccountSnapshot, now: float, curl: Curl) -> list[Source]:
        row = self._row
        if pane is self.agents:
            listed = of_list(snapshot, snapshot.agents, "agents", "all agents of the account", now, curl)
            slots = [] if row is None else [identity.agent(row, measure) for measure in AGENT]
            own = [] if row is None else [identity.agent(row, measure) for measure in AGENT_OWN]
            slots += [slot for slot in own if slot in snapshot.readings]
            observed = [] if row is None else self._availability_of(row, snapshot)
            return [*observed, *(of_figure(snapshot, slot, now, curl) for slot in slots), listed]
        if pane is self.inboxes:
            listed = of_list(snapshot, snapshot.inboxes, "inboxes", "the inboxes this token sees", now, curl)
            slots = [] if row is None else [identity.inbox(row, measure) for measure in INBOX]
        else:
            listed = of_list(snapshot, snapshot.teams, "teams", "all teams of the account", now, curl)
            slots = [] if row is None else [identity.team(row, measure) for measure in TEAM]
        return [*(of_figure(snapshot, slot, now, curl) for slot in slots), listed]

    def _availability_of(self, agent_id: int, snapshot: AccountSnapshot) -> list[Source]:
        agent = snapshot.agents.get(agent_id)
        since = self.context.presence.since(snapshot.key).get(agent_id)
        if agent is None or since is None or not self.context.config.display.agent_times:
            return []
        held = wording.duration(snapshot.agents.asked_at - since.at, at_least=since.at_least)
        return [of_observation(snapshot, agents.availability_text(agent.availability), held)]

    def action_copy(self) -> None:
        """Copy the figure, or the name of the row, under the cursor."""
        if self.ref is None:
            return
        snapshot = self.context.monitor.snapshot(self.ref)
        pane = self.current_pane
        if pane is None:
            slot = self.conversations.selected
            value = snapshot.reading(slot).value
            if value is None:
                self.say("This figure is not known.")
            else:
                self.copy_out(f"{value:g}", f"{slot.name} {value:g}")
            return
        name = self._name_of_row(pane, snapshot)
        if name is None:
            self.say("There is no row to copy.")
        else:
            self.copy_out(name, f'"{name}"')

    def _name_of_row(self, pane: TablePane, snapshot: AccountSnapshot) -> str | None:
        lists: dict[TablePane, Listing[Any]] = {
            self.teams: snapshot.teams,
            self.inboxes: snapshot.inboxes,
            self.agents: snapshot.agents,
        }
        return next((one.name for one in lists[pane].items or () if one.id == self._row), None)
