"""The table of agents, which tells when others of them come into view: their times are asked for by view."""

from textual.message import Message
from textual.widgets import Input

from tui.panes import agents
from tui.panes.table_pane import TablePane


class AgentsPane(TablePane):
    """Agents of the account."""

    columns = agents.COLUMNS
    word = "Agents"

    class ViewChanged(Message):
        """Other agents, or other columns of theirs, are in view."""

    def on_mount(self) -> None:
        """Tell where it is scrolled."""
        self.watch(self.table, "scroll_y", self._tell, init=False)

    def on_resize(self) -> None:
        """Tell once the table has placed its columns, too."""
        self.table.call_later(self._tell)

    def on_live_table_sort_changed(self) -> None:
        """The rows stand in another order."""
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Other rows pass the filter; Textual calls this besides the pane's own."""
        event.stop()
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.ViewChanged())
