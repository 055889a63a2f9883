"""Textual's caches, filled: what they take is bounded, and no growth."""

from textual.geometry import Region


def fill_caches() -> None:
    """Fill Textual's caches of regions: they have a bound, which a terminal takes days to reach."""
    for number in range(4_096):
        one, other = Region(number, 1, 30, 20), Region(number + 1, 2, 30, 20)
        one.intersection(other)
        one.union(other)
        one.contains_region(other)
        one.grow((1, 1, 1, 1))
        one.shrink((1, 1, 1, 1))
        one.translate((1, 1))
        one.overlaps(other)
