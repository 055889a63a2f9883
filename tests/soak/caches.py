"""Textual's caches, filled: what they take is bounded, and no growth."""

from textual.geometry import Region

from tui.terminal.textual_private import MOST_KEPT, keep_few


def fill_caches() -> None:
    """Fill Textual's caches of regions: they have a bound, which a terminal takes long to reach."""
    keep_few()  # As the app does: what were filled before would be thrown away, and leave room behind.
    for number in range(MOST_KEPT):
        region, other = Region(number, 1, 30, 20), Region(number + 1, 2, 30, 20)
        region.intersection(other)
        region.union(other)
        region.contains_region(other)
        region.grow((1, 1, 1, 1))
        region.shrink((1, 1, 1, 1))
        region.translate((1, 1))
        region.overlaps(other)
