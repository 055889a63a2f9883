"""Which accounts an environment has, as whom they are seen, and what may not be asked of them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import islice
from typing import TypeVar

import msgspec

from tui.api.errors import AccountSuspendedError, LiveAgentError, NotAMemberError
from tui.api.models import Profile, ProfileAccount
from tui.config.model import Account, Config, Environment
from tui.config.state import KnownAccount, KnownViewer, StateStore
from tui.identity import AccountKey, AccountRef
from tui.monitor.reading import Viewer

T = TypeVar("T")

MOST_ACCOUNTS = 500
"""Accounts of one environment besides those the config lists; each is judged every few seconds."""


class Membership(StrEnum):
    """What the token's user is to an account, as far as is known."""

    MEMBER = "member"
    NO_LONGER = "no_longer"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


class AccountEntry(msgspec.Struct, frozen=True):
    """One account in the list a person switches through."""

    ref: AccountRef
    name: str
    """Config's name, else the server's, else the last one remembered; may be empty."""
    environment: str
    status: Membership = Membership.UNKNOWN


class Directory:
    """The accounts of every environment, from config, memory and the server's own word."""

    def __init__(self, config: Config, memory: StateStore) -> None:
        self._environments = {environment.name: environment for environment in config.environments}
        self._listed = {
            name: {account.id: account for account in environment.accounts}
            for name, environment in self._environments.items()
        }
        self._memory = memory
        self._remembered: dict[str, tuple[tuple[KnownAccount, ...], dict[int, str]]] = {}
        """By environment: what the memory holds, and the same by number."""
        self._profiles: dict[str, Profile] = {}
        self._accounts: dict[str, dict[int, ProfileAccount]] = {}
        self._left: dict[str, dict[int, str]] = {}
        self._roles: dict[str, dict[int, tuple[str, ...]]] = {}
        """The roles the token's user holds in each account, or held there last."""

    def learn(self, environment: str, profile: Profile) -> Profile:
        """Take over what the server says of the token's user, about hourly; returns what is kept of it.

        Of more than `MOST_ACCOUNTS` those with the lowest numbers are kept, and those that the
        config lists; the others count as lost.
        """
        before = self._profiles.get(environment)
        named = {account.id: account for account in profile.accounts}
        now = self._kept(environment, named)
        lost = profile.lost + len(named) - len(now)
        profile = msgspec.structs.replace(profile, accounts=tuple(now.values()), lost=lost)
        self._profiles[environment], self._accounts[environment] = profile, now
        left = self._left.get(environment, {})
        if before is not None and before.id == profile.id:
            left |= {account.id: account.name for account in before.accounts}
        else:
            left |= self._of_memory(environment)
        gone = {number: name for number, name in left.items() if number not in now}
        self._left[environment] = self._kept(environment, gone)
        held = self._roles.get(environment, {}) if before is not None and before.id == profile.id else {}
        held = {number: held[number] for number in self._left[environment] if number in held}
        self._roles[environment] = held | {account.id: account.roles for account in now.values()}
        state = self._memory.state
        state.accounts[environment] = tuple(
            KnownAccount(number, account.name) for number, account in now.items()
        )
        state.viewers[environment] = KnownViewer(profile.id, profile.called)
        return profile

    def forget(self, environment: str) -> None:
        """Drop what the server said: another token may see other accounts."""
        self._profiles.pop(environment, None)
        self._accounts.pop(environment, None)
        self._left.pop(environment, None)
        self._roles.pop(environment, None)

    def profile(self, environment: str) -> Profile | None:
        """The token's user; None before the first answer."""
        return self._profiles.get(environment)

    def left_out(self) -> int:
        """How many accounts of the servers are missing from `refs` though the config wants all of them."""
        watched = (
            environment.name
            for environment in self._environments.values()
            if environment.others or not environment.accounts
        )
        return sum(profile.lost for name in watched if (profile := self._profiles.get(name)) is not None)

    def viewer(self, ref: AccountRef) -> Viewer | None:
        """The token's user with the roles held in this account, or held there last.

        Figures of an account that is gone stay on screen, and are of that role.
        """
        profile = self._profiles.get(ref.environment)
        if profile is None:
            return None
        roles = self._roles.get(ref.environment, {}).get(ref.account_id, ())
        return Viewer(profile.id, profile.called, roles)

    def refs(self) -> tuple[AccountRef, ...]:
        """Every known account: environments in config order, listed accounts first, then by id."""
        return tuple(ref for name in self._environments for ref in self.of(name))

    def of(self, environment: str) -> tuple[AccountRef, ...]:
        """The known accounts of one environment."""
        known = self._environments.get(environment)
        return () if known is None else tuple(AccountRef(environment, number) for number in self._of(known))

    def entry(self, ref: AccountRef) -> AccountEntry:
        """What is known of one account; a name and `unknown` at worst."""
        listed = self._listed.get(ref.environment, {}).get(ref.account_id)
        member = self._told(ref)
        name = (listed and listed.name) or (member and member.name) or ""
        for known in (self._of_memory(ref.environment), self._left.get(ref.environment, {})):
            name = name or known.get(ref.account_id, "")
        return AccountEntry(ref, name, ref.environment, self._status(ref))

    def worth_asking(self, ref: AccountRef) -> bool:
        """False for an account the server says we may not see."""
        return self._status(ref) in {Membership.MEMBER, Membership.UNKNOWN}

    def _of_memory(self, environment: str) -> dict[int, str]:
        known = self._memory.state.accounts.get(environment, ())
        held = self._remembered.get(environment)
        if held is None or held[0] is not known:
            held = known, self._kept(environment, {account.id: account.name for account in known})
            self._remembered[environment] = held
        return held[1]

    def _kept(self, environment: str, known: Mapping[int, T]) -> dict[int, T]:
        """As many of `known` as are watched, in the order they came in."""
        listed: Mapping[int, Account] = self._listed.get(environment, {})
        others = sorted(number for number in known if number not in listed)
        dropped = set(others[MOST_ACCOUNTS:])
        return {number: account for number, account in known.items() if number not in dropped}

    def _status(self, ref: AccountRef) -> Membership:
        member = self._told(ref)
        if member is not None:
            return Membership.SUSPENDED if member.is_suspended else Membership.MEMBER
        profile = self._profiles.get(ref.environment)
        if profile is None or profile.lost:  # an account that could not be read may be this one
            return Membership.UNKNOWN
        return Membership.NO_LONGER

    def _told(self, ref: AccountRef) -> ProfileAccount | None:
        return self._accounts.get(ref.environment, {}).get(ref.account_id)

    def _of(self, environment: Environment) -> Iterable[int]:
        listed = self._listed[environment.name]
        if listed and not environment.others:
            return listed
        members, gone = self._accounts.get(environment.name, {}), self._left.get(environment.name, {})
        known = dict.fromkeys((*members, *self._of_memory(environment.name), *gone))
        others = (number for number in known if number not in listed)
        return [*listed, *sorted(islice(others, MOST_ACCOUNTS))]


def gone_error(suspended: bool, ref: AccountRef) -> LiveAgentError:
    """Why an account that the profile does not name as active is not asked."""
    if suspended:
        return AccountSuspendedError(
            f'Account {ref.account_id} of "{ref.environment}" is suspended. '
            "Only Cognigy can lift that; choose another account."
        )
    return NotAMemberError(
        f'The token of "{ref.environment}" belongs to somebody who is not a member of '
        f"account {ref.account_id}. Ask an administrator of that account, or choose another account."
    )


def nobody_yet(generation: int) -> int:
    """What stands for the user's id, never that of one, before the server has told whose the token is."""
    return -1 - generation


def placeholder(origin: str, account_id: int, generation: int) -> AccountKey:
    """The identity of an account until then."""
    return AccountKey(origin, account_id, nobody_yet(generation))
