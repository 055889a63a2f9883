"""Local time of a simulated contact centre: offsets, the day's curve, pressure."""

import datetime
import functools
import math
import zoneinfo

HOUR = 3_600.0
DAY = 86_400.0
NIGHT_LEVEL = 0.45


def local_offset(timezone: str, moment: float) -> float:
    """Seconds to add to UTC for the wall time in `timezone` at `moment`."""
    return _offset(timezone, int(moment // HOUR))


@functools.lru_cache(maxsize=1_024)
def _offset(timezone: str, hour: int) -> float:
    there = datetime.datetime.fromtimestamp(hour * HOUR, zoneinfo.ZoneInfo(timezone))
    offset = there.utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def level(timezone: str, moment: float) -> float:
    """How busy the hour is, 0.45 (night) to 1 (early afternoon); weekends a little quieter."""
    local = moment + local_offset(timezone, moment)
    hour = local % DAY / HOUR
    day = math.sin(math.pi * (hour - 5.5) / 17) ** 0.8 if 5.5 < hour < 22.5 else 0.0
    weekend = 0.88 if int(local // DAY + 4) % 7 in (0, 6) else 1.0
    return (NIGHT_LEVEL + (1 - NIGHT_LEVEL) * day) * weekend


def pressure(account_id: int, moment: float) -> float:
    """A slow swell of the waiting time, 0.6 to 1.6, so that queues grow and shrink."""
    turn = moment / HOUR + account_id * 0.37
    return 1.1 + 0.32 * math.sin(turn * 2 * math.pi / 1.7) + 0.18 * math.sin(turn * 2 * math.pi / 0.45)
