"""Lengths of time, in seconds."""

MINUTE = 60
QUARTER = 15 * MINUTE
"""A quarter of an hour: what "lately" means in trends and changes."""
HALF_HOUR = 30 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
