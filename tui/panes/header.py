"""The header line: which account, seen by whom, how fresh, how healthy, and the time."""

from datetime import tzinfo
from typing import NamedTuple

from tui import wording
from tui.monitor.health import Health
from tui.monitor.reading import AccountSnapshot, State
from tui.panes.conversations import UNASSIGNED
from tui.widgets.parts import Line, Part, clip, fit, pad, spread, width_of

NAME_WIDTH = 40

HEALTH_WORDS = {
    "ok": ("●", "good", ""),
    "waiting": ("○", "dim", "asking"),
    "backing_off": ("▲", "warning", "no answer"),
    "rate_limited": ("▲", "warning", "rate limited"),
    "dead_token": ("✗", "critical", "token refused"),
    "paused": ("‖", "accent", "paused"),
    "unknown": ("○", "dim", ""),
}


class Place(NamedTuple):
    """What the header tells besides the snapshot."""

    environment: str
    badge: str
    """The role of the environment's badge."""
    marks: tuple[str, ...]
    """Warnings that stay on screen for ever: `http`, `unverified TLS`, `simulation`."""
    health: Health
    every: float
    """Seconds between two asks for the counts, as they really are."""
    now: float
    wall: float
    zone: tzinfo | None


def line(snapshot: AccountSnapshot | None, place: Place, width: int) -> Line:
    """The header in exactly `width` cells; what matters least is left out first."""
    time = [Part(_time(place), "label")]
    right = fit([(3, _health(place)), (1, _as_of(snapshot, place)), (0, time)], max(20, width // 2))
    room = width - width_of(right) - 2
    badge = [Part(f" {clip(place.environment.upper(), 16)} ", place.badge)]
    marks = [Part(" ".join(place.marks), "warning")] if place.marks else None
    left = [(0, badge)]
    if marks is not None:
        left.append((0, marks))
    if snapshot is not None:
        left.append((1, _account(snapshot)))
        left.append((5, _viewer(snapshot)))
    kept = fit(left, max(10, room), gap=1)
    return pad(spread(kept, [*right, Part(" ")], width), width)


def _account(snapshot: AccountSnapshot) -> Line:
    number = str(snapshot.ref.account_id)
    if not snapshot.name:
        return [Part(f"account {number}", "title")]
    return [Part(clip(snapshot.name, NAME_WIDTH), "title"), Part(f" · {number}", "dim")]


def _viewer(snapshot: AccountSnapshot) -> Line:
    viewer = snapshot.viewer
    if viewer is None:
        return []
    roles = ", ".join(viewer.roles) if viewer.roles else "role not told"
    return [Part(f" as {clip(viewer.name, 30)}, {roles}{_covers(snapshot)}", "dim")]


def _covers(snapshot: AccountSnapshot) -> str:
    items = snapshot.inboxes.items
    viewer = snapshot.viewer
    if items is None or viewer is None:
        return ""
    if "administrator" in viewer.roles:
        return f", all {wording.plural(len(items), 'inbox', 'inboxes')}" if len(items) > 1 else ""
    if len(items) == 1:
        return f": 1 inbox, {clip(items[0].name, 24)}"
    return f": {wording.plural(len(items), 'inbox', 'inboxes')}"


def _health(place: Place) -> Line:
    symbol, role, words = HEALTH_WORDS.get(place.health.state, HEALTH_WORDS["unknown"])
    return [Part(f"{symbol} {words}".rstrip(), role)]


def _as_of(snapshot: AccountSnapshot | None, place: Place) -> Line:
    if snapshot is None:
        return []
    counts = snapshot.reading(UNASSIGNED)
    match counts.state(place.now):
        case State.LIVE:
            told = f"as of {wording.clock_time(counts.asked_wall, place.zone)}"
            every = f" · every {wording.duration(place.every)}"
            return [Part(told, "normal"), Part(every, "dim")]
        case State.STALE:
            return [Part(f"stale, {wording.age(counts.age(place.now))} old", "stale-mark")]
        case State.LOADING:
            return [Part("no answer yet", "dim")]
        case _:
            return [Part("counts unknown", "stale-mark")]


def _time(place: Place) -> str:
    return f"{wording.minute(place.wall, place.zone)} {wording.zone_name(place.wall, place.zone)}"
