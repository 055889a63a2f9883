"""Lengths of time, in seconds."""

MINUTE = 60
QUARTER = 15 * MINUTE
"""A quarter of an hour: what "lately" means in trends and changes, and an interval of service level."""
HALF_HOUR = 30 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
