"""The pane of one account's figures."""
