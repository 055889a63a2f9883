"""What a number is the number of: the one identity that store, panes, history and alerts share."""

import hashlib
from functools import lru_cache

import msgspec

from tui.measures import Measure, MeasureRow, ScopeKind

__all__ = [
    "ACCOUNT", "ADMINISTRATOR", "HEADLINE", "KEPT", "LONGEST_MARK", "UNSETTLED",
    "AccountKey", "AccountRef", "Figure", "Measure", "Reach", "Scope", "ScopeKind", "Slot",
    "account", "agent", "inbox", "ref_named", "status", "team", "whole",
]  # fmt: skip

_DIGITS = 19
"""An account id has fewer: it is a database's 64 bits."""
ADMINISTRATOR = "administrator"
LONGEST_MARK = 64
UNSETTLED = "?"
"""What the mark of a reach begins with while the role or the inboxes are not known."""


class Reach(msgspec.Struct, frozen=True):
    """How much of an account a user's counts cover: an administrator's all of it, others' their inboxes."""

    roles: tuple[str, ...] = ()
    inboxes: tuple[int, ...] | None = None
    """The inboxes the server lists for this user; None while they are not known."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the account is hidden from this user, whichever inboxes there are."""
        return ADMINISTRATOR in self.roles

    @property
    def name(self) -> str:
        """For a person: `administrator`, `agent, 2 inboxes`."""
        roles = ", ".join(self.roles) or "role not told"
        if self.is_whole or self.inboxes is None:
            return roles
        return f"{roles}, {len(self.inboxes) or 'no'} inbox{'' if len(self.inboxes) == 1 else 'es'}"

    @property
    def mark(self) -> str:
        """What stands for it in an `AccountKey`, the same in every run; empty for the whole account."""
        if self.is_whole:
            return ""
        numbers = ",".join(map(str, sorted(self.inboxes or ())))
        if len(numbers) > LONGEST_MARK:
            numbers = hashlib.sha256(numbers.encode()).hexdigest()[:LONGEST_MARK]
        return f"{'+'.join(sorted(self.roles))} {'any' if self.inboxes is None else numbers}"

    @classmethod
    def told(cls, mark: str, name: str) -> "Reach":
        """The reach that was kept as `mark` and `name`; of very many inboxes the numbers are not kept."""
        if not mark:
            return cls(tuple(name.split(", ")))
        roles, _, numbers = mark.rpartition(" ")
        listed = numbers.split(",") if numbers else []
        kept = len(numbers) < LONGEST_MARK or "," in numbers
        known = kept and all(number.isdecimal() for number in listed)
        return cls(tuple(filter(None, roles.split("+"))), tuple(map(int, listed)) if known else None)


class AccountKey(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """One account as one user sees it; two tokens of different users see different counts.

    `origin` is the base URL. `viewer_id` is the id of the token's user; below zero it stands
    for a session whose user the server has not told yet, so that two such never mix. `reach` is
    `Reach.mark`: the same user with another role or other inboxes sees other counts.
    """

    origin: str
    account_id: int
    viewer_id: int
    reach: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether it is known who looks and how much they see: only then is anything kept or compared."""
        return self.viewer_id >= 0 and not self.reach.startswith(UNSETTLED)


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


class Scope(msgspec.Struct, frozen=True, order=True, cache_hash=True, gc=False):
    """A part of an account; `id` is the status word, or the number of the team, inbox or agent."""

    kind: ScopeKind
    id: str = ""


class Slot(msgspec.Struct, frozen=True, order=True, cache_hash=True, gc=False):
    """A figure within its account."""

    scope: Scope
    measure: Measure

    @property
    def row(self) -> MeasureRow:
        """What is known of the measure."""
        return self.measure.row

    @property
    def name(self) -> str:
        """The word for it in JSON, alerts and the command line: `unassigned`, `pending`, `team:3:open`."""
        match self.scope.kind:
            case ScopeKind.ACCOUNT | ScopeKind.STATUS:
                return str(self.measure)
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


ACCOUNT = Scope(ScopeKind.ACCOUNT)
KEPT = 32_768
"""Slots made once of each kind: a screen of thousands of agents asks for them again and again."""


@lru_cache(maxsize=KEPT)
def account(measure: Measure) -> Slot:
    """The account-wide figure of `measure`; counts are of open conversations."""
    return Slot(ACCOUNT, measure)


HEADLINE = account(next(iter(Measure)))
"""The first row of the table: drawn first, charted and judged where nobody chose another figure, and
asked so often that its age is that of the data."""


def status(word: str) -> Slot:
    """How many conversations are in one status: pending, snoozed, resolved, abandoned."""
    return Slot(Scope(ScopeKind.STATUS, word), Measure(word))


@lru_cache(maxsize=KEPT)
def whole(measure: Measure) -> Slot:
    """The figure of `measure` that covers the account, where it counts the conversations in a status, too."""
    return status(str(measure)) if measure.is_status else account(measure)


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
