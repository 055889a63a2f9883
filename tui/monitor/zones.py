"""Time zones by their names, of which a server may send as many as it likes, and any that are none."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tui.api.models import Inbox
from tui.durations import HOUR

NO_EVIDENCE = frozenset({None, "", "UTC", "Etc/UTC"})
"""What an inbox names for which nobody has chosen a zone: UTC is the server's default."""
MOST_NAMES = 64
"""Different names of one account that are looked up; there are about 40 offsets in the world."""


def zone_of(inboxes: Iterable[Inbox]) -> tzinfo | None:
    """The time zone most inboxes name, of those there are; UTC is the server's default and no evidence."""
    return next(iter(zones_of(inboxes).values()), None)


def zones_of(inboxes: Iterable[Inbox]) -> dict[str, tzinfo]:
    """The zones that inboxes name, of those there are, by name: the one most of them name first."""
    named = Counter(inbox.timezone for inbox in inboxes if inbox.timezone not in NO_EVIDENCE)
    zones = {str(name): zone_named(name) for name, _ in named.most_common(MOST_NAMES)}
    return {name: zone for name, zone in zones.items() if zone is not None}


@lru_cache(maxsize=1024)
def zone_named(name: str | None) -> tzinfo | None:
    """The time zone called `name`; None where there is no name or no such zone.

    It is asked for with each drawing, and to find that there is none takes long: that is kept too.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def end_of_hour(wall: float, zone: tzinfo | None) -> int:
    """The end of the hour of `zone` that holds `wall`, Unix time: India's hours end at half past in UTC."""
    offset = datetime.fromtimestamp(wall, zone or UTC).utcoffset()
    shift = int(offset.total_seconds()) if offset else 0
    return (int(wall + shift) // HOUR + 1) * HOUR - shift
