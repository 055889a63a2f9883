"""Service level in tables: the figure of the last half-hour as a cell, and as of when the levels are."""

from collections.abc import Iterable
from datetime import tzinfo

from tui import wording
from tui.identity import Slot
from tui.monitor.reading import AccountSnapshot
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.widgets.rows import Cell

UNREAD = "today's conversations are being read"
"""Why there is no level yet."""


def level_cell(snapshot: AccountSnapshot, slot: Slot, now: float, alarm: AlarmOf = quiet) -> Cell:
    """`84 %`, of fewer than 20 conversations `7 of 9`; below the goal in the look of a warning."""
    reading, known = snapshot.reading(slot), snapshot.service
    below = known is not None and known.goal is not None and (reading.value or 0.0) < known.goal

    tally = None if known is None else known.behind(slot)
    text = draw.value_text(reading, now, wording.share)
    if known is not None and tally is not None and reading.value is not None:
        from tui.monitor.service.words import level_text  # Not before there is a level: that takes a while.

        text = level_text(tally, closed_missed=known.closed_missed)
    return draw.cell(text, reading, slot, now, alarm(slot), live="warning" if below else "value")


def moment(
    snapshot: AccountSnapshot, slots: Iterable[Slot], now: float, wall: float, zone: tzinfo | None
) -> str:
    """`levels as of 14:05`, in which no other figure has a part; empty where none is known."""
    known = [
        draw.asked(reading, now, wall)
        for reading in map(snapshot.reading, slots)
        if reading.value is not None
    ]
    return f"levels as of {wording.minute(min(known), zone)}" if known else ""
