"""The pane of agents, and of one team's members."""
