"""The header line: which account, seen by whom, how fresh, how healthy, and the time."""

from datetime import tzinfo
from typing import NamedTuple

from tui import wording
from tui.monitor.health import Health
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.panes.answers import UNASSIGNED
from tui.widgets.parts import Line, Part, choose, clip, joined, spread

NAME_WIDTH = 40

HEALTH_WORDS = {
    "ok": ("●", "good", ""),
    "waiting": ("○", "dim", "asking"),
    "backing_off": ("▲", "warning", "no answer"),
    "rate_limited": ("▲", "warning", "rate limited"),
    "dead_token": ("✗", "critical", "token refused"),
    "not_a_member": ("✗", "critical", "not a member"),
    "suspended": ("✗", "critical", "suspended"),
    "not_found": ("✗", "critical", "no such account"),
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
    alerts: tuple[Line, Line] = ((), ())
    """How many alerts fire here, and elsewhere."""
    inbox: str = ""
    """The inbox whose figures are shown in place of the account's."""
    replay: str = ""
    """`REPLAY 14:05 CET` while the figures below are those of the past."""


def line(snapshot: AccountSnapshot | None, place: Place, width: int) -> Line:
    """The header in exactly `width` cells; what matters least is left out first."""
    left: list[tuple[int, Line]] = [(0, [Part(f" {clip(place.environment.upper(), 16)} ", place.badge)])]
    left += [(0, [Part(mark, "stale-mark")]) for mark in place.marks]
    if snapshot is not None:
        left.append((0, _account(snapshot)))
        if place.inbox:
            left.append((1, [Part(wording.of_kind("inbox", clip(place.inbox, 24)), "accent")]))
        left += [(rank, [Part(words, "dim")]) for rank, words in _viewer(snapshot)]
    right: list[tuple[int, Line]] = [
        (2, place.alerts[0]),
        (3, place.alerts[1]),
        (1 if HEALTH_WORDS[place.health.state][2] else 3, _health(place)),
        (1, _as_of(snapshot, place)),
        (6, _every(snapshot, place)),
        (2, [Part(_time(place), "label")]),
    ]
    kept = choose([*left, *right], width - 1)
    cut = sum(index < len(left) for index in kept)
    chosen = [[*left, *right][index][1] for index in kept]
    return spread(joined(chosen[:cut]), [*joined(chosen[cut:]), Part(" ")], width)


def _account(snapshot: AccountSnapshot) -> Line:
    number = str(snapshot.ref.account_id)
    if not snapshot.name:
        return [Part(f"account {number}", "title")]
    return [Part(clip(snapshot.name, NAME_WIDTH), "title"), Part(f" · {number}", "dim")]


def _viewer(snapshot: AccountSnapshot) -> list[tuple[int, str]]:
    viewer = snapshot.viewer
    if viewer is None:
        return []
    roles = ", ".join(viewer.roles) if viewer.roles else "role not told"
    whose, covers = f"as {clip(viewer.name, 30)}, {roles}", _covers(snapshot)
    if covers and "administrator" not in viewer.roles:
        return [(3, f"{whose}: {covers}")]
    return [(4, whose), (5, covers)] if covers else [(4, whose)]


def _covers(snapshot: AccountSnapshot) -> str:
    items = snapshot.inboxes.items
    viewer = snapshot.viewer
    if items is None or viewer is None:
        return ""
    if "administrator" in viewer.roles:
        return f"all {wording.plural(len(items), 'inbox', 'inboxes')}" if len(items) > 1 else ""
    if len(items) == 1:
        return f"1 inbox, {clip(items[0].name, 24)}"
    return wording.plural(len(items), "inbox", "inboxes")


def _health(place: Place) -> Line:
    symbol, role, words = HEALTH_WORDS[place.health.state]
    return [Part(f"{symbol} {words}".rstrip(), role)]


def _as_of(snapshot: AccountSnapshot | None, place: Place) -> Line:
    if snapshot is None:
        return []
    if place.replay:
        return [Part(place.replay, "stale-mark")]
    counts = snapshot.reading(UNASSIGNED)
    match counts.state(place.now):
        case State.LIVE:
            return [Part(draw.as_of([counts], place.now, place.wall, place.zone), "normal")]
        case State.STALE:
            return [Part(f"out of date, {wording.old(counts.age(place.now))}", "stale-mark")]
        case State.LOADING:
            return [Part("no answer yet", "dim")]
        case _:
            return [Part("counts unknown", "stale-mark")]


def _every(snapshot: AccountSnapshot | None, place: Place) -> Line:
    if snapshot is None or place.replay or snapshot.reading(UNASSIGNED).state(place.now) is not State.LIVE:
        return []
    return [Part(f"every {wording.limit(place.every)}", "dim")]


def _time(place: Place) -> str:
    return f"{wording.minute(place.wall, place.zone)} {wording.zone_name(place.wall, place.zone)}"
