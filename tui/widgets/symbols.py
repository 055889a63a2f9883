"""Shapes that go with a colour, so that colour is never the only sign."""

AVAILABILITY = {"online": "●", "busy": "◐", "away": "◌", "offline": "○"}
OTHER = "?"


def availability(word: str) -> str:
    """The shape of an availability; words we don't know get a shape of their own."""
    return AVAILABILITY.get(word, OTHER)
