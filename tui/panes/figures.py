"""How one reading looks: live, stale, loading, unknown and not permitted each in their own way."""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Any

from tui import wording
from tui.figures import Slot
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.widgets.parts import Part

LOADING = "…"
UNKNOWN = wording.UNKNOWN
NOT_PERMITTED = f"{wording.UNKNOWN}✗"


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


def role(reading: Reading, now: float, live: str = "value") -> str:
    """The role a figure is drawn in; `live` is the one for a fresh answer."""
    match reading.state(now):
        case State.LIVE:
            return f"{live}-changed" if live == "value" and reading.changed else live
        case State.STALE:
            return "stale"
        case State.NOT_PERMITTED:
            return "not-permitted"
        case _:
            return "unknown"


def meta(slot: Slot) -> dict[str, object]:
    """What a rendered figure carries, so that a click, `i` and the tests know what it is."""
    return {"figure": slot.name}


def figure(
    snapshot: AccountSnapshot,
    slot: Slot,
    now: float,
    *,
    form: Callable[..., str] = wording.count,
    live: str = "value",
    with_age: bool = True,
) -> list[Part]:
    """A figure ready to be drawn; once stale its age stands beside it."""
    reading = snapshot.reading(slot)
    parts = [Part(value_text(reading, now, form), role(reading, now, live), meta(slot))]
    if with_age and reading.state(now) is State.STALE:
        parts.append(Part(f" {wording.age(reading.age(now))} ago", "stale"))
    return parts


def as_of(readings: Iterable[Reading | Listing[Any]], now: float, zone: tzinfo | None) -> str:
    """`as of 14:05:09`, the oldest moment among the live ones; empty where none is live."""
    live = [reading.asked_wall for reading in readings if reading.state(now) is State.LIVE]
    return f"as of {wording.clock_time(min(live), zone)}" if live else ""
