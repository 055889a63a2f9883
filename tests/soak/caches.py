"""Textual's caches, filled: what they take is bounded, and no growth."""

from textual.geometry import Region


def fill_caches() -> None:
    """Fill Textual's caches of regions: they have a bound, which a terminal takes days to reach."""
    for number in range(4_096):
        region, other = Region(number, 1, 30, 20), Region(number + 1, 2, 30, 20)
        region.intersection(other)
        region.union(other)
        region.contains_region(other)
        region.grow((1, 1, 1, 1))
        region.shrink((1, 1, 1, 1))
        region.translate((1, 1))
        region.overlaps(other)
