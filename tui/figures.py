"""What a number is the number of: the one identity that store, panes, history and alerts share."""

from enum import StrEnum
from functools import lru_cache

import msgspec

_DIGITS = 19
"""An account id has fewer: it is a database's 64 bits."""


class AccountKey(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """One account as one user sees it; two tokens of different users see different counts.

    `origin` is the base URL. `viewer_id` is the id of the token's user; below zero it stands
    for a session whose user the server has not told yet, so that two such never mix.
    """

    origin: str
    account_id: int
    viewer_id: int


class AccountRef(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """How a person names an account: `environment/account id`, as in the config and the state."""

    environment: str
    account_id: int

    def __str__(self) -> str:
        return f"{self.environment}/{self.account_id}"


def ref_named(text: str) -> AccountRef | None:
    """The account that `environment/account id` names; None where it names none."""
    name, _, number = text.rpartition("/")
    known = name and number.isascii() and number.isdecimal() and len(number) < _DIGITS
    return AccountRef(name, int(number)) if known else None


class ScopeKind(StrEnum):
    """Which part of an account a figure covers."""

    ACCOUNT = "account"
    STATUS = "status"
    TEAM = "team"
    INBOX = "inbox"
    AGENT = "agent"


class Scope(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """A part of an account; `id` is the status word, or the number of the team, inbox or agent."""

    kind: ScopeKind
    id: str = ""


class Measure(StrEnum):
    """What is counted or timed. Times are seconds.

    The statuses at the end are of one inbox; those of the account are `status(word)`.
    """

    MINE = "mine"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    OPEN = "open"
    ALL = "all"
    QUEUED = "queued"
    LONGEST = "longest"
    PAST_TARGET = "past_target"
    BACKLOG = "backlog"
    AGENTS_ONLINE = "agents_online"
    AGENTS_BUSY = "agents_busy"
    AGENTS_AWAY = "agents_away"
    AGENTS_OFFLINE = "agents_offline"
    MEMBERS = "members"
    MEMBERS_ONLINE = "members_online"
    TODAY = "today"
    FIRST_RESPONSE = "avg_first_response"
    RESOLUTION = "avg_resolution"
    RESOLUTIONS = "resolutions"
    TODAY_BEFORE = "today_before"
    FIRST_RESPONSE_BEFORE = "avg_first_response_before"
    RESOLUTION_BEFORE = "avg_resolution_before"
    RESOLUTIONS_BEFORE = "resolutions_before"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    ABANDONED = "abandoned"


class Slot(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """A figure within its account."""

    scope: Scope
    measure: Measure

    @property
    def name(self) -> str:
        """The word for it in JSON, alerts and the command line: `unassigned`, `pending`, `team:3:open`."""
        match self.scope.kind:
            case ScopeKind.ACCOUNT:
                return str(self.measure)
            case ScopeKind.STATUS if self.measure is Measure.ALL:
                return self.scope.id
            case _:
                return f"{self.scope.kind}:{self.scope.id}:{self.measure}"


class Figure(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """One number of one account."""

    account: AccountKey
    scope: Scope
    measure: Measure

    @property
    def slot(self) -> Slot:
        """The same figure, without its account."""
        return Slot(self.scope, self.measure)


OF_A_DAY = frozenset(
    {
        Measure.TODAY,
        Measure.FIRST_RESPONSE,
        Measure.RESOLUTION,
        Measure.RESOLUTIONS,
        Measure.TODAY_BEFORE,
        Measure.FIRST_RESPONSE_BEFORE,
        Measure.RESOLUTION_BEFORE,
        Measure.RESOLUTIONS_BEFORE,
    }
)
"""What a report tells of today and of the day before."""
ACCOUNT = Scope(ScopeKind.ACCOUNT)
PEOPLE = frozenset(
    {
        Measure.AGENTS_ONLINE,
        Measure.AGENTS_BUSY,
        Measure.AGENTS_AWAY,
        Measure.AGENTS_OFFLINE,
        Measure.MEMBERS,
        Measure.MEMBERS_ONLINE,
    }
)
"""What is counted from lists of people; everything else counts or times conversations."""
KEPT = 32_768
"""Slots made once of each kind: a screen of thousands of agents asks for them again and again."""


def account(measure: Measure) -> Slot:
    """The account-wide figure of `measure`; counts are of open conversations."""
    return Slot(ACCOUNT, measure)


def status(word: str, measure: Measure = Measure.ALL) -> Slot:
    """A figure of the conversations in one status: pending, snoozed, resolved, abandoned, all."""
    return Slot(Scope(ScopeKind.STATUS, word), measure)


@lru_cache(maxsize=KEPT)
def team(team_id: int, measure: Measure) -> Slot:
    """A figure of one team."""
    return Slot(Scope(ScopeKind.TEAM, str(team_id)), measure)


@lru_cache(maxsize=KEPT)
def inbox(inbox_id: int, measure: Measure) -> Slot:
    """A figure of one inbox."""
    return Slot(Scope(ScopeKind.INBOX, str(inbox_id)), measure)


@lru_cache(maxsize=KEPT)
def agent(agent_id: int, measure: Measure) -> Slot:
    """A figure of one agent."""
    return Slot(Scope(ScopeKind.AGENT, str(agent_id)), measure)
