"""The wall: a few figures for a whole room."""
