"""What is known of one figure or list, how old it is, and how far it can be trusted."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from tui.api.call import CallRecord
from tui.api.errors import LiveAgentError, NotPermittedError
from tui.api.models import Agent, Inbox, ReportPoint, Team
from tui.identity import ACCOUNT, AccountKey, AccountRef, Reach, Slot
from tui.monitor.calls import What
from tui.monitor.sources import source_of

if TYPE_CHECKING:
    from tui.monitor.service.level import ServiceLevel

T = TypeVar("T")
R = TypeVar("R")

MISSED_PERIODS = 2
REFUSALS = frozenset({"role", "not_a_member", "suspended"})
"""Kinds of errors by which the server says that the token's user may not see something."""
NO_INBOX = "The token's user is in no inbox of this account: its counts are 0 for that reason alone."


class State(StrEnum):
    """How a figure may be shown."""

    LOADING = "loading"
    LIVE = "live"
    STALE = "stale"
    UNKNOWN = "unknown"
    NOT_PERMITTED = "not_permitted"


class Problem(msgspec.Struct, frozen=True):
    """The last failure of a call, kept beside the last good answer."""

    error: LiveAgentError
    at: float
    """`Clock.now` when the failure was known."""
    retry_at: float | None = None
    """`Clock.now` of the next try; None where a key is needed."""
    call: str = ""
    """Which call failed, in words for a person; empty where all of them are concerned."""


class Renewal(msgspec.Struct, frozen=True):
    """The newest answer about what a derived figure follows: the source that is asked most often.

    Not the newest of all: that a team's members were asked for again tells nothing newer of who is online.
    """

    asked_at: float
    asked_wall: float
    period: float
    """Seconds between two asks of what is asked most often."""


class Reading(msgspec.Struct, frozen=True):
    """One figure as the server told it.

    `asked_at` is the moment the request left, on a clock that runs through a suspend: the
    figure held at some instant since then, so an age counted from it never flatters.
    `value` is None where the server answered without that figure, or never answered.
    `period` is the real time between two asks, stretched by the budget where it must be.
    """

    value: float | None
    asked_at: float
    asked_wall: float
    answered_at: float
    period: float
    call: CallRecord | None = None
    problem: Problem | None = None
    at_least: bool = False
    """True where more was to be read than the bound on pages allows, or some could not be read."""
    changed: bool = False
    """True where the answer before this one had another value."""
    renewal: Renewal | None = None
    """What a derived figure was last made anew from; None where it is the answer to one call."""

    @property
    def renewed(self) -> Renewal:
        """When this was last told or made anew: each time counts as another sample of the figure."""
        return self.renewal or Renewal(self.asked_at, self.asked_wall, self.period)

    def age(self, now: float) -> float:
        """Seconds since the request left; never negative."""
        return max(0.0, now - self.asked_at)

    def state(self, now: float) -> State:
        """How this may be shown at `now`."""
        return state_of(self.value is not None, self.asked_at, self.period, self.problem, now)


class Listing(msgspec.Struct, Generic[T], frozen=True, dict=True):
    """A list as the server told it; `items` is None until it has answered once.

    `lost` counts the items that could not be read: they are told, never guessed.
    """

    items: tuple[T, ...] | None
    asked_at: float
    asked_wall: float
    answered_at: float
    period: float
    call: CallRecord | None = None
    problem: Problem | None = None
    lost: int = 0

    def age(self, now: float) -> float:
        """Seconds since the request left; never negative."""
        return max(0.0, now - self.asked_at)

    def state(self, now: float) -> State:
        """How this may be shown at `now`."""
        return state_of(self.items is not None, self.asked_at, self.period, self.problem, now)

    def get(self, number: int | None) -> T | None:
        """The item of that id."""
        place = None if number is None else self.once(_places).get(number)
        return None if place is None or self.items is None else self.items[place]

    def those(self, numbers: Iterable[str]) -> list[T]:
        """The items of these ids, written as scopes have them, in the order of the list."""
        places, items = self.once(_places), self.items or ()
        wanted = {places.get(int(number)) for number in numbers if number.isdecimal()}
        return [items[place] for place in sorted(place for place in wanted if place is not None)]

    def once(self, make: Callable[[tuple[T, ...]], R]) -> R:
        """What `make` makes of the items, made once for this list: there may be thousands."""
        if make not in self._made:
            self._made[make] = make(self.items or ())
        made: R = self._made[make]
        return made

    @cached_property
    def _made(self) -> dict[Callable[[tuple[T, ...]], Any], Any]:
        return {}


def _places(items: tuple[Any, ...]) -> dict[int, int]:
    """Where in the list each id stands first."""
    return {items[place].id: place for place in reversed(range(len(items)))}


def refuses(error: LiveAgentError) -> bool:
    """Whether the server said that this user may not see it: role, membership or the account forbids."""
    return error.kind in REFUSALS


def state_of(known: bool, asked_at: float, period: float, problem: Problem | None, now: float) -> State:
    """The one rule from what is known to how it may be shown."""
    if not known:
        if problem is None:
            return State.UNKNOWN if asked_at else State.LOADING
        return State.NOT_PERMITTED if refuses(problem.error) else State.UNKNOWN
    return State.STALE if now - asked_at > MISSED_PERIODS * period else State.LIVE


def lacks(listing: Listing[Team] | Listing[Inbox], number: int) -> bool:
    """Whether the server surely named none of this number: one that could not be read may be it."""
    return listing.items is not None and not listing.lost and all(item.id != number for item in listing.items)


def derived(
    value: float | None,
    *sources: Reading | Listing[Any],
    problem: Problem | None = None,
    at_least: bool = False,
) -> Reading:
    """A figure made of others: as old as the oldest, and stale as soon as one of them is."""
    asked_at = min(source.asked_at for source in sources)
    oldest = min(sources, key=lambda source: source.asked_at)
    leading = min(sources, key=lambda source: (source.period, -source.asked_at))
    stale_at = min(source.asked_at + MISSED_PERIODS * source.period for source in sources)
    return Reading(
        value=value,
        asked_at=asked_at,
        asked_wall=oldest.asked_wall,
        answered_at=max(source.answered_at for source in sources),
        period=max(0.0, stale_at - asked_at) / MISSED_PERIODS,
        call=oldest.call,
        problem=problem or next((source.problem for source in sources if source.problem), None),
        at_least=at_least,
        renewal=Renewal(leading.asked_at, leading.asked_wall, leading.period),
    )


class Viewer(msgspec.Struct, frozen=True):
    """Whose token it is: counts cover only what this user may see."""

    id: int
    name: str
    roles: tuple[str, ...] = ()
    """Of this account; empty where the server did not say."""


class Wait(msgspec.Struct, frozen=True):
    """The conversation behind the longest wait: where it is, and who it is assigned to."""

    conversation_id: int
    since_wall: float
    """Unix time since when it waits."""
    team_id: int | None = None
    inbox_id: int | None = None
    assignee_id: int | None = None
    """None where it is nobody's."""
    assignee_name: str = ""


class AccountSnapshot(msgspec.Struct, frozen=True):
    """Everything known of one account at one moment: what a screen draws from."""

    ref: AccountRef
    key: AccountKey
    name: str
    """The account's name; empty while unknown."""
    viewer: Viewer | None
    readings: Mapping[Slot, Reading]
    teams: Listing[Team]
    agents: Listing[Agent]
    inboxes: Listing[Inbox]
    team_members: Mapping[int, Listing[Agent]]
    """By team id; only of teams whose members were read."""
    incoming_by_hour: Listing[ReportPoint]
    longest: Wait | None = None
    """Where the figure `longest` comes from; None while unknown and where nobody waits."""
    service: "ServiceLevel | None" = None
    """What is known of today's service level; None before anything was read for it."""
    problem: Problem | None = None
    """What keeps the whole account from answering: a dead token, no longer a member."""
    refused: Mapping[What, Problem] = {}
    """Calls that are refused, with the reason: it stands for every figure they would tell."""
    serial: int = 0
    """Grows with each change, so that a screen sees at once whether it has drawn this one."""
    people: int = 0
    """Grows with each change of the agents or of their figures: there may be thousands."""

    @property
    def reports_cover_more(self) -> bool:
        """Whether reports tell of more inboxes than the counts do: they leave out none, whoever asks."""
        return self.viewer is not None and not Reach(self.viewer.roles).is_whole

    def reading(self, slot: Slot) -> Reading:
        """The reading of `slot`; where there is none, loading, or unknown if nothing is asked any more.

        Of service level it is unknown as soon as the account's is told: nobody came to this part of it.
        """
        known = self.readings.get(slot)
        if known is not None:
            return known
        if slot.row.of_service and slot.scope != ACCOUNT:
            return msgspec.structs.replace(self.reading(Slot(ACCOUNT, slot.measure)), value=None)
        source = source_of(slot) if self.refused else None
        problem = self.problem or (self.refused.get(source) if source is not None else None)
        return UNREAD if problem is None else msgspec.structs.replace(UNREAD, problem=problem)


UNREAD = Reading(value=None, asked_at=0.0, asked_wall=0.0, answered_at=0.0, period=15.0)


def but_unseen(snapshot: AccountSnapshot) -> AccountSnapshot:
    """The same without the noughts of somebody who is in no inbox: beside other accounts they look calm.

    A count above nought is newer than the list of inboxes, and stays.
    """
    listed, viewer = snapshot.inboxes, snapshot.viewer
    if listed.items != () or listed.lost or viewer is None or Reach(viewer.roles).is_whole:
        return snapshot
    problem = Problem(NotPermittedError(NO_INBOX, call=listed.call), listed.answered_at)
    readings = {
        slot: reading
        if reading.value != 0 or slot.row.of_people
        else msgspec.structs.replace(reading, value=None, problem=problem)
        for slot, reading in snapshot.readings.items()
    }
    return msgspec.structs.replace(snapshot, readings=readings)
