"""The dashboard of one account, and what narrows it or goes back in time."""
