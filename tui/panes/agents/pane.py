"""The table of agents."""

from tui.panes.agents import agents
from tui.panes.table_pane import TablePane


class AgentsPane(TablePane):
    """Agents of the account."""

    columns = agents.COLUMNS
    word = "Agents"
