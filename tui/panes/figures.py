"""How one reading looks: live, stale, loading, unknown and not permitted each in their own way."""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from functools import lru_cache
from typing import Any

from tui import wording
from tui.api.call import CallRecord
from tui.identity import KEPT, Slot
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.panes.alarms import Alarm
from tui.widgets.parts import Part, width_of
from tui.widgets.rows import Cell

LOADING = "…"
UNKNOWN = wording.UNKNOWN
NOT_PERMITTED = f"{wording.UNKNOWN}✗"
OLDEST = "oldest figure "
CLOCK_SET = 1.0
"""Seconds by which the wall clock must be off for somebody to have set it."""


def value_text(reading: Reading, now: float, form: Callable[..., str] = wording.count) -> str:
    """The figure alone, without its age; never a number where none is known."""
    match reading.state(now):
        case State.LOADING:
            return LOADING
        case State.UNKNOWN:
            return UNKNOWN
        case State.NOT_PERMITTED:
            return NOT_PERMITTED
        case _:
            return form(reading.value, at_least=reading.at_least)


def role(reading: Reading, now: float, live: str = "value", alarm: Alarm | None = None) -> str:
    """The role a figure is drawn in; `live` is the one for a fresh answer nothing fires on."""
    match reading.state(now):
        case State.LIVE if alarm is not None:
            return alarm.role
        case State.LIVE:
            return f"{live}-changed" if live == "value" and reading.changed else live
        case State.STALE:
            return "stale"
        case State.NOT_PERMITTED:
            return "not-permitted"
        case _:
            return "unknown"


@lru_cache(maxsize=KEPT)
def meta(slot: Slot) -> Mapping[str, object]:
    """What a rendered figure carries, so that a click, `i` and the tests know what it is."""
    return {"figure": slot.name}


@lru_cache(maxsize=KEPT)
def change_meta(slot: Slot, since: str = "") -> Mapping[str, object]:
    """What a rendered change carries: of what, and since when in words, where not of 15 minutes."""
    return {"change": slot.name, "since": since}


def figure(
    snapshot: AccountSnapshot,
    slot: Slot,
    now: float,
    *,
    form: Callable[..., str] = wording.count,
    live: str = "value",
    with_age: bool = True,
    alarm: Alarm | None = None,
) -> list[Part]:
    """A figure ready to be drawn; once stale its age stands beside it, and an alarm's sign before it."""
    reading = snapshot.reading(slot)
    parts = [] if alarm is None else [alarm.sign]
    parts.append(Part(value_text(reading, now, form), role(reading, now, live, alarm), meta(slot)))
    if with_age and reading.state(now) is State.STALE:
        parts.append(Part(f" {age_beside(reading, now)}", "stale"))
    return parts


def figure_above_age(
    snapshot: AccountSnapshot,
    slot: Slot,
    now: float,
    room: int,
    *,
    form: Callable[..., str] = wording.count,
    live: str = "value",
    alarm: Alarm | None = None,
) -> tuple[list[Part], list[Part]]:
    """A figure in `room` cells, and its age for the line below it where it has no room beside it.

    `31 m (3 min)` where `31 m (3 min old)` takes more cells, else `(3 min old)` below: no age is cut.
    """
    alone = figure(snapshot, slot, now, form=form, live=live, with_age=False, alarm=alarm)
    reading = snapshot.reading(slot)
    if reading.state(now) is not State.STALE:
        return alone, []
    for age in (age_beside(reading, now), f"({wording.old(reading.age(now))})"):
        beside = [*alone, Part(f" {age}", "stale")]
        if width_of(beside) <= room:
            return beside, []
    return alone, [Part(age_beside(reading, now), "stale")]


def age_beside(reading: Reading, now: float) -> str:
    """`(1 min old)`: an age in brackets, which nobody takes for another figure."""
    return f"({wording.old(reading.age(now))} old)"


def cell(
    text: str, reading: Reading, slot: Slot, now: float, alarm: Alarm | None = None, live: str = "value"
) -> Cell:
    """A figure as a cell of a table, `text` being its value; an alarm's sign before it."""
    look = role(reading, now, live, alarm)
    if alarm is None:
        return Cell(text, look, meta(slot))
    return Cell("", parts=(alarm.sign, Part(text, look, meta(slot))))


def name_cell(name: str, look: str, alarm: Alarm | None = None) -> Cell:
    """What a row is called, after the sign of what fires in it."""
    return Cell(name, look) if alarm is None else Cell("", parts=(alarm.sign, Part(name, alarm.role)))


def asked(reading: Reading | Listing[Any] | CallRecord, now: float, wall: float) -> float:
    """The Unix time at which it was asked for, by the clock as it is set now.

    Whoever set the clock meanwhile would else read a moment of the clock before: one in the future.
    """
    by_age = wall - reading.age(now)
    return reading.asked_wall if abs(by_age - reading.asked_wall) < CLOCK_SET else by_age


def as_of(readings: Iterable[Reading | Listing[Any]], now: float, wall: float, zone: tzinfo | None) -> str:
    """`as of 14:05:09`, the oldest moment among the live ones; empty where none is live."""
    live = [asked(reading, now, wall) for reading in readings if reading.state(now) is State.LIVE]
    return f"as of {wording.clock_time(min(live), zone)}" if live else ""


def moments(readings: Iterable[Reading | Listing[Any]], now: float, wall: float, zone: tzinfo | None) -> str:
    """`as of 14:05:09 · oldest figure 4 min`: for tables, whose cells have no room for their own ages."""
    readings = tuple(readings)
    ages = [reading.age(now) for reading in readings if reading.state(now) is State.STALE]
    oldest = f"{OLDEST}{wording.old(max(ages))}" if ages else ""
    return " · ".join(part for part in (as_of(readings, now, wall, zone), oldest) if part)
