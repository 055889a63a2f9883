"""The dashboard's tables: side by side where there is room, else one at a time with the others in a line."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.geometry import Size

from tui.config.preferences import Remembered
from tui.monitor.reading import AccountSnapshot
from tui.panes import teams
from tui.panes.account_panes import AccountPane, InboxesPane, TeamsPane
from tui.panes.agents import agents
from tui.panes.agents.pane import AgentsPane
from tui.panes.conversations.headline import WorstTeam, worst_team
from tui.panes.header import Place
from tui.screens.dashboard.figures_view import NARROW
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part, clip, first_fitting, spread, width_of

SHORT = 32
"""Lines of a screen below which tables stand one at a time."""
ROOMY = 36
"""Lines from which the inboxes have room below the teams."""


class Tables(Container):
    """Teams, inboxes and agents, and which of them is open."""

    def __init__(
        self, state: Remembered, teams_pane: TeamsPane, inboxes_pane: InboxesPane, agents_pane: AgentsPane
    ) -> None:
        super().__init__(id="tables")
        self.all: tuple[AccountPane, ...] = (teams_pane, inboxes_pane, agents_pane)
        """In the order `tab` steps through them."""
        self.open_pane: AccountPane = teams_pane
        """The one that is shown where only one has room."""
        self.narrow = False
        """Whether only one has room."""
        self._left = Vertical(id="left")
        self._teams, self._inboxes, self._agents = teams_pane, inboxes_pane, agents_pane
        self._roomy = False
        self._state = state
        for pane in self.all:
            pane.first_order = state.sort_order(pane.word.lower())

    def compose(self) -> ComposeResult:
        """Teams above inboxes, agents beside them."""
        with self._left:
            yield self._teams
            yield self._inboxes
        yield self._agents

    @property
    def current(self) -> AccountPane | None:
        """The pane under the cursor; None where it is elsewhere."""
        return next((pane for pane in self.all if pane.has_focus_within), None)

    @property
    def steps(self) -> list[AccountPane]:
        """Those that `tab` stops at."""
        return [pane for pane in self.all if pane is not self._inboxes or pane.display or self.narrow]

    def fit(self, size: Size) -> None:
        """Show what a screen of `size` has room for."""
        self.narrow = size.width < NARROW or size.height < SHORT
        self._roomy = size.height >= ROOMY
        self._lay_out()

    def _lay_out(self) -> None:
        for pane in self.all:
            folded = pane is not self.open_pane if self.narrow else pane is self._inboxes and not self._roomy
            pane.display = not folded
        self._left.display = self._teams.display or self._inboxes.display

    def open(self, pane: AccountPane) -> None:
        """Go to a pane's rows, opening it where only one has room."""
        self.open_pane = pane
        self._lay_out()
        pane.table.focus()

    def show_nothing(self) -> None:
        """There is no account: empty panes, without a word of the one before."""
        for pane in self.all:
            pane.show_rows([], title=pane.word, as_of="", empty="")

    def start_over(self) -> None:
        """Another account is to be shown: forget the rows, and what narrowed them."""
        self._agents.members_of = None
        for pane in self.all:
            pane.clear_filter()
            pane.table.set_rows([])

    def on_live_table_sort_changed(self, event: LiveTable.SortChanged) -> None:
        """Remember the order for the next start."""
        event.stop()
        for pane in self.all:
            if pane.table is event.table:
                self._state.remember_sort_order(pane.word.lower(), pane.order)

    def folded_lines(
        self, snapshot: AccountSnapshot, where: Place, agents_totals: Line, width: int
    ) -> list[Line]:
        """A line for teams and agents where their table is folded."""
        if not self.narrow:
            return []
        folded: list[Line] = []
        if self.open_pane is not self._teams:
            title = Part(f" {teams.title(snapshot)}", "title")
            folded.append([title, _needs_help(worst_team(snapshot, where.now), width - width_of([title]))])
        if self.open_pane is not self._agents:
            moment = agents.totals_as_of(snapshot, where.now, where.wall, where.zone)
            line = [Part(f" {agents.title(snapshot)}  ", "title"), *agents_totals]
            folded.append(spread(line, [Part(f" {moment} ", "dim")], width))
        return folded


def _needs_help(worst: WorstTeam | None, room: int) -> Part:
    """`  needs help: billing, 5 waiting (2 min old)` in `room` cells; the name gives way to the age."""
    if worst is None:
        return Part("")
    role, words = "dim" if worst.live else "stale", "  needs help: "
    text = first_fitting([f"{words}{worst.name}, {note}" for note in worst.notes], room)
    if cell_len(text) > room:
        note = f", {worst.notes[-1]}"
        text = f"{words}{clip(worst.name, max(0, room - cell_len(words + note)))}{note}"
    return Part(text, role)
