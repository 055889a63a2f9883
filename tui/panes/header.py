"""The header line: which account, seen by whom, how fresh, how healthy, and the time."""

from collections.abc import Sequence
from datetime import tzinfo
from functools import cache
from typing import NamedTuple

from tui import wording
from tui.identity import HEADLINE
from tui.monitor.health import Health
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.widgets.parts import Line, Part, clip, joined, spread, width_of

NAME_WIDTH, VIEWER_WIDTH = 40, 30
GAP = 2

HEALTH_WORDS = {
    "ok": ("●", "good", ""),
    "waiting": ("○", "dim", "asking"),
    "backing_off": ("▲", "warning", "no answer"),
    "rate_limited": ("▲", "warning", "rate limited"),
    "dead_token": ("✗", "critical", "token refused"),
    "not_a_member": ("✗", "critical", "not a member"),
    "suspended": ("✗", "critical", "suspended"),
    "not_found": ("✗", "critical", "no such account"),
    "counts_refused": ("✗", "critical", "counts refused"),
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


class Form(NamedTuple):
    """How long the names may be that a narrow header shortens before it leaves anything out."""

    account: int
    """Cells of the account's name; 0 leaves its number alone."""
    viewer: int
    """Cells of the name of the token's user; 0 leaves the role alone."""


FORMS = (
    Form(NAME_WIDTH, VIEWER_WIDTH),
    Form(20, VIEWER_WIDTH),
    Form(20, 12),
    Form(12, 12),
    Form(20, 0),
    Form(0, 0),
)
"""From the longest on; the first in which whose figures these are, and of when, has room is taken."""
NEEDED, MOMENT, TIME = (4, 3, 0), 4, 6
"""Ranks: up to which nothing is left out if that can be, and those of the moment and the clock."""


class _Piece(NamedTuple):
    """A part of the header; what has the highest rank is left out first."""

    rank: int
    line: Line
    right: bool = False


def line(snapshot: AccountSnapshot | None, place: Place, width: int) -> Line:
    """The header in exactly `width` cells: whose figures, in which role, and of when stay longest."""
    pieces, kept = _best(snapshot, place, width - 1)
    chosen = [piece for index, piece in enumerate(pieces) if index in kept]
    left = joined([piece.line for piece in chosen if not piece.right])
    right = [*joined([piece.line for piece in chosen if piece.right]), Part(" ")]
    if _is_live(snapshot, place) and all(piece.rank != TIME for piece in chosen):
        zone = Part(f" {wording.zone_name(place.wall, place.zone)}", "dim")
        # Where the clock has no room, the moment beside it still says in which zone it is told.
        if any(piece.rank == MOMENT for piece in chosen) and width_of([*left, *right, zone]) + GAP <= width:
            right.insert(-1, zone)
    return spread(left, right, width)


def _best(snapshot: AccountSnapshot | None, place: Place, width: int) -> tuple[list[_Piece], set[int]]:
    """The pieces in the longest form that leaves out as little as can be, and which of them fit."""

    @cache
    def tried(form: Form) -> tuple[list[_Piece], set[int]]:
        pieces = [piece for piece in _pieces(snapshot, place, form) if piece.line]
        return pieces, _fitting(pieces, width)

    for rank in NEEDED:
        for pieces, kept in map(tried, FORMS):
            if all(index in kept for index, piece in enumerate(pieces) if piece.rank <= rank):
                return pieces, kept
    return tried(FORMS[-1])


def _pieces(snapshot: AccountSnapshot | None, place: Place, form: Form) -> list[_Piece]:
    pieces = [_Piece(0, [Part(f" {clip(place.environment.upper(), 16)} ", place.badge)])]
    pieces += [_Piece(0, [Part(mark, "stale-mark")]) for mark in place.marks]
    if snapshot is not None:
        pieces.append(_Piece(0, _account(snapshot, form.account)))
        if place.inbox:
            pieces.append(_Piece(1, [Part(wording.of_kind("inbox", clip(place.inbox, 24)), "accent")]))
        pieces += [_Piece(rank, [Part(words, "dim")]) for rank, words in _viewer(snapshot, form.viewer)]
    return [
        *pieces,
        _Piece(5, place.alerts[0], right=True),
        _Piece(8, place.alerts[1], right=True),
        _Piece(2 if HEALTH_WORDS[place.health.state][2] else 7, _health(place), right=True),
        _Piece(MOMENT, _as_of(snapshot, place), right=True),
        _Piece(10, _every(snapshot, place), right=True),
        _Piece(TIME, [Part(_time(place), "label")], right=True),
    ]


def _fitting(pieces: Sequence[_Piece], width: int) -> set[int]:
    """The places of those that fit side by side, taken by their ranks; the first always is."""
    kept: set[int] = set()
    used = -GAP
    for index in sorted(range(len(pieces)), key=lambda place: pieces[place].rank):
        needed = GAP + width_of(pieces[index].line)
        if not kept or used + needed <= width:
            kept.add(index)
            used += needed
    return kept


def _account(snapshot: AccountSnapshot, name: int) -> Line:
    number = str(snapshot.ref.account_id)
    if not snapshot.name or not name:
        return [Part(f"account {number}", "title")]
    return [Part(clip(snapshot.name, name), "title"), Part(f" · {number}", "dim")]


def _viewer(snapshot: AccountSnapshot, name: int) -> list[tuple[int, str]]:
    viewer = snapshot.viewer
    if viewer is None:
        return []
    roles = ", ".join(viewer.roles) if viewer.roles else "role not told"
    whose = f"as {clip(viewer.name, name)}, {roles}" if name else f"as {roles}"
    covers = _covers(snapshot, name)
    if covers and not snapshot.reports_cover_more:
        return [(3, whose), (9, covers)]
    return [(3, f"{whose}: {covers}" if covers else whose)]


def _covers(snapshot: AccountSnapshot, name: int) -> str:
    items = snapshot.inboxes.items
    viewer = snapshot.viewer
    if items is None or viewer is None:
        return ""
    if "administrator" in viewer.roles:
        return f"all {wording.plural(len(items), 'inbox', 'inboxes')}" if len(items) > 1 else ""
    if len(items) == 1 and name == VIEWER_WIDTH:
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
    counts = snapshot.reading(HEADLINE)
    match counts.state(place.now):
        case State.LIVE:
            return [Part(draw.as_of([counts], place.now, place.wall, place.zone), "normal")]
        case State.STALE:
            return [Part(f"out of date, {wording.old(counts.age(place.now))}", "stale-mark")]
        case State.LOADING:
            return [Part("no answer yet", "dim")]
        case _:
            return [Part("counts unknown", "stale-mark")]


def _is_live(snapshot: AccountSnapshot | None, place: Place) -> bool:
    """Whether a moment of the present is told."""
    live = snapshot is not None and snapshot.reading(HEADLINE).state(place.now) is State.LIVE
    return live and not place.replay


def _every(snapshot: AccountSnapshot | None, place: Place) -> Line:
    if not _is_live(snapshot, place):
        return []
    return [Part(f"every {wording.limit(place.every)}", "dim")]


def _time(place: Place) -> str:
    return f"{wording.minute(place.wall, place.zone)} {wording.zone_name(place.wall, place.zone)}"
