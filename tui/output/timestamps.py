"""Moments as every output writes them."""

from datetime import UTC, datetime


def timestamp(wall: float) -> str:
    """Unix time as ISO 8601 in UTC, whole seconds: `2026-11-22T14:05:09Z`."""
    return datetime.fromtimestamp(int(wall), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
