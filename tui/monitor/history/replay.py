"""The past of an account as a snapshot, and its course up to then: pure, from what the history kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from tui import identity
from tui.api.models import Inbox, Team
from tui.identity import Measure, Reach, ScopeKind, Slot
from tui.measures import of
from tui.monitor.history import trends
from tui.monitor.history.reach_periods import SeenThen
from tui.monitor.history.trends import KnownSpan, Sample, Was
from tui.monitor.reading import AccountSnapshot, Listing, Reading, Viewer

HELD = 60.0
"""Seconds that a replayed figure counts as live: as long as there is at least one sample in."""

T = TypeVar("T")
PastValues = Mapping[Slot, Was]


class Past(msgspec.Struct, frozen=True):
    """What the history knows of an account at Unix time `wall`, and of the quarter of an hour before."""

    wall: float
    values: PastValues
    courses: Mapping[Slot, Sequence[KnownSpan]]
    """What is known of each figure over the last 15 minutes up to `wall`."""
    seen: SeenThen | None = None
    """As whom the account was seen then; None where the user's reach never changed."""


def past_snapshot(live: AccountSnapshot, past: Past) -> AccountSnapshot:
    """The account as it was, drawn with `now` = `past.wall`: the replay's own clock is the wall's.

    Names are today's. A figure not known then is unknown, never today's. A team or inbox that
    is gone keeps its number for a name; people are not kept at all, so there is no list of them.
    Where the token's user saw more or less than today, its role and inboxes are those of then.
    """
    teams = _with_gone(live.teams.items, numbers_of(ScopeKind.TEAM, past.values), gone_team)
    inboxes, viewer = _seen(live, past)
    slots = [
        *(identity.whole(measure) for measure in Measure if measure.is_of_account),
        *(identity.team(team.id, measure) for team in teams or () for measure in of(ScopeKind.TEAM)),
        *(identity.inbox(inbox.id, measure) for inbox in inboxes or () for measure in of(ScopeKind.INBOX)),
    ]
    wall = past.wall
    readings = {slot: _reading(past.values.get(slot), wall) for slot in dict.fromkeys(slots)}
    return msgspec.structs.replace(
        live,
        viewer=viewer,
        readings=readings,
        teams=listing(teams, wall),
        agents=listing(None, wall),
        inboxes=listing(inboxes, wall),
        team_members={},
        incoming_by_hour=listing(None, wall),
        longest=None,
        service=None,
        problem=None,
    )


def _seen(live: AccountSnapshot, past: Past) -> tuple[list[Inbox] | None, Viewer | None]:
    """The inboxes, and the token's user, as they were."""
    recorded = numbers_of(ScopeKind.INBOX, past.values)
    if past.seen is None or past.seen.period.mark == live.key.reach:
        return _with_gone(live.inboxes.items, recorded, gone_inbox), live.viewer
    reach = Reach.told(past.seen.period.mark, past.seen.period.name)
    ids = recorded if reach.is_whole else reach.inboxes
    there = [inbox for inbox in live.inboxes.items or () if inbox.id in (ids or ())]
    viewer = live.viewer and msgspec.structs.replace(live.viewer, roles=reach.roles)
    return None if ids is None else _with_gone(there, ids, gone_inbox), viewer


def _reading(known: Was | None, wall: float) -> Reading:
    value, at_least = (None, False) if known is None else (known.value, known.at_least)
    return Reading(
        value=value, asked_at=wall, asked_wall=wall, answered_at=wall, period=HELD, at_least=at_least
    )


def listing(items: Sequence[T] | None, wall: float) -> Listing[T]:
    """`items` as a list told at Unix time `wall`; None where there is none."""
    kept = None if items is None else tuple(items)
    return Listing(items=kept, asked_at=wall, asked_wall=wall, answered_at=wall, period=HELD)


def numbers_of(kind: ScopeKind, slots: Iterable[Slot]) -> list[int]:
    """The teams or inboxes that have one of these figures; what a file names without a number is none."""
    named = {slot.scope.id for slot in slots if slot.scope.kind is kind}
    return sorted({int(name) for name in named if name.isdecimal()})


def _with_gone(
    known: Sequence[Any] | None, ids: Sequence[int], make: Callable[[int], Any]
) -> list[Any] | None:
    if known is None and not ids:
        return None
    present = {item.id for item in known or ()}
    return [*(known or ()), *(make(number) for number in ids if number not in present)]


def gone_team(number: int) -> Team:
    """A team of which only the number is known."""
    return Team(id=number, name=f"team {number}")


def gone_inbox(number: int) -> Inbox:
    """An inbox of which only the number is known."""
    return Inbox(id=number, name=f"inbox {number}")


class PastCourse:
    """Which way the figures went up to the moment that is replayed; nothing after it is looked at."""

    def __init__(self, past: Past) -> None:
        self._past = past

    def change(self, slot: Slot, seconds: float) -> float | None:
        """The value then less that of `seconds`, at most 15 minutes, before."""
        known, before = self._past.values.get(slot), self._held(slot, self._past.wall - seconds)
        now = None if known is None else known.exactly
        return None if now is None or before is None else now - before

    def sparkline(self, slot: Slot, seconds: float, steps: int) -> list[float | None]:
        """The `seconds` before that moment in `steps` equal parts."""
        wall = self._past.wall
        known = self._past.courses.get(slot, ())
        parts = trends.points(known, wall - seconds, wall, seconds / steps)
        return [part.mean if part else None for part in parts[:steps]]

    def flow(self, slot: Slot) -> float | None:
        """Growth an hour, as it looked then."""
        return trends.flow(self._samples(slot), self._past.wall)

    def clears_in(self, slot: Slot) -> float | None:
        """Seconds until nought, as it looked then."""
        return trends.clears_in(self._samples(slot), self._past.wall)

    def _samples(self, slot: Slot) -> list[Sample]:
        return [Sample(span.start, span.point.mean, span.period) for span in self._past.courses.get(slot, ())]

    def _held(self, slot: Slot, wall: float) -> float | None:
        for span in reversed(self._past.courses.get(slot, ())):
            if span.start <= wall:
                holds = wall <= max(span.end, span.start + span.held)
                return span.point.mean if holds and not span.point.at_least else None
        return None
