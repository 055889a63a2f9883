"""The app: its screens, its keys, and how a run begins and ends."""
