"""The last 24 hours: what came in by the hour, and how many were queued, as far as recorded here."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from tui import wording
from tui.api.models import ReportPoint
from tui.durations import DAY, HOUR
from tui.monitor.reading import AccountSnapshot, Listing, State
from tui.monitor.zones import end_of_hour
from tui.widgets.parts import Line, Part, pad

if TYPE_CHECKING:
    from tui.widgets.chart import Series

HOURS = 24
LEAST_HEIGHT = 5
LABELS = 5
GAP = 2


class LastDay(NamedTuple):
    """What the charts are drawn with besides the snapshot."""

    zone: tzinfo | None
    wall: float
    height: int
    """Lines there are for it; below five nothing is drawn."""
    queued: "Series" = ()
    """By quarters of an hour up to the end of the present hour; None is a gap."""


def incoming(points: Listing[ReportPoint], until: float) -> list[float | None]:
    """The 24 hours up to `until`, each in its place whatever the order of the points; None is a gap.

    Empty where nothing is known of any. `until` is the end of an hour of the account's zone, in Unix seconds.
    """
    by_hour = {
        int(point.timestamp - until + DAY) // HOUR: point.value
        for point in points.items or ()
        if point.timestamp <= points.asked_wall
    }
    hours = [by_hour.get(place) for place in range(HOURS)]
    return hours if any(value is not None for value in hours) else []


def lines(snapshot: AccountSnapshot, day: LastDay, now: float, width: int) -> list[Line]:
    """What came in, and beside it the queue where enough of it was recorded; nothing where neither is."""
    until = end_of_hour(day.wall, day.zone)
    came, queued = incoming(snapshot.incoming_by_hour, until), day.queued
    wanted: list[tuple[str, Series, str]] = []
    if came:
        live = snapshot.incoming_by_hour.state(now) is State.LIVE
        covers = ", whole account" if snapshot.reports_cover_more else ""
        wanted.append((f"new per hour{covers} (this hour incomplete)", came, "accent" if live else "stale"))
    if sum(value is not None for value in queued) > 1:
        wanted.append(("queued (recorded here)", queued, "accent"))
    if not wanted or day.height < LEAST_HEIGHT:
        return []
    from tui.widgets.chart import chart_lines  # Not before there is something to chart.

    each = (width - GAP * (len(wanted) - 1)) // len(wanted)
    zone = wording.zone_name(day.wall, day.zone)
    labels = _labels(until, day.zone)
    blocks = [
        [
            pad([Part(f" {title}", "label"), Part(f" · 24 h, {zone}", "dim")], each),
            *(
                pad(line, each)
                for line in chart_lines(series, each, day.height - 1, labels=labels, role=look)
            ),
        ]
        for title, series, look in wanted
    ]
    return [_beside([block[row] for block in blocks]) for row in range(day.height)]


def _labels(until: int, zone: tzinfo | None) -> list[str]:
    step = DAY // (LABELS - 1)
    moments = [until - DAY + place * step for place in range(LABELS)]
    return [datetime.fromtimestamp(moment, zone).strftime("%H:%M") for moment in moments]


def _beside(parts: Sequence[Line]) -> Line:
    line: list[Part] = []
    for part in parts:
        line += [Part(" " * GAP)] if line else []
        line += part
    return line
