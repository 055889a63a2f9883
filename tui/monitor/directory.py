"""Which accounts an environment has, as whom they are seen, and what may not be asked of them."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from tui.api.models import Profile
from tui.config.model import Config, Environment
from tui.config.state import KnownAccount, KnownViewer, StateStore
from tui.figures import AccountKey, AccountRef
from tui.monitor.reading import Viewer


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
    configured: bool = False
    """True where the config lists it."""


class Directory:
    """The accounts of every environment, from config, memory and the server's own word."""

    def __init__(self, config: Config, memory: StateStore) -> None:
        self._config = config
        self._memory = memory
        self._profiles: dict[str, Profile] = {}
        self._accounts: dict[str, dict[int, tuple[str, str]]] = {}
        self._left: dict[str, dict[int, str]] = {}

    def learn(self, environment: str, profile: Profile) -> None:
        """Take over what the server says of the token's user; called about hourly."""
        before = self._profiles.get(environment)
        self._profiles[environment] = profile
        now = {one.id: one.name for one in profile.accounts}
        self._accounts[environment] = {one.id: (one.name, one.status or "") for one in profile.accounts}
        left = self._left.setdefault(environment, {})
        if before is not None and before.id == profile.id:
            left.update({one.id: one.name for one in before.accounts})
        else:
            left.update(self._remembered(environment))
        for account_id in now:
            left.pop(account_id, None)
        state = self._memory.state
        state.accounts[environment] = tuple(KnownAccount(number, name) for number, name in now.items())
        state.viewers[environment] = KnownViewer(profile.id, profile.available_name or profile.name)

    def forget(self, environment: str) -> None:
        """Drop what the server said: another token may see other accounts."""
        self._profiles.pop(environment, None)
        self._accounts.pop(environment, None)
        self._left.pop(environment, None)

    def profile(self, environment: str) -> Profile | None:
        """The token's user; None before the first answer."""
        return self._profiles.get(environment)

    def viewer(self, ref: AccountRef) -> Viewer | None:
        """The token's user with the roles held in this account."""
        profile = self._profiles.get(ref.environment)
        if profile is None:
            return None
        roles: Iterable[str] = next((one.roles for one in profile.accounts if one.id == ref.account_id), ())
        return Viewer(profile.id, profile.available_name or profile.name, tuple(roles))

    def refs(self) -> tuple[AccountRef, ...]:
        """Every known account: environments in config order, listed accounts first, then by id."""
        return tuple(ref for environment in self._config.environments for ref in self._of(environment))

    def of(self, environment: str) -> tuple[AccountRef, ...]:
        """The known accounts of one environment."""
        return tuple(ref for ref in self.refs() if ref.environment == environment)

    def entry(self, ref: AccountRef) -> AccountEntry:
        """What is known of one account; a name and `unknown` at worst."""
        listed = next(
            (
                account
                for environment in self._config.environments
                if environment.name == ref.environment
                for account in environment.accounts
                if account.id == ref.account_id
            ),
            None,
        )
        told = self._told(ref)
        remembered = self._remembered(ref.environment).get(ref.account_id, "")
        gone = self._left.get(ref.environment, {}).get(ref.account_id, "")
        name = (listed.name if listed and listed.name else "") or (told or ("", ""))[0] or remembered or gone
        return AccountEntry(ref, name, ref.environment, self._status(ref), listed is not None)

    def worth_asking(self, ref: AccountRef) -> bool:
        """False for an account the server says we may not see."""
        return self._status(ref) in {Membership.MEMBER, Membership.UNKNOWN}

    def _remembered(self, environment: str) -> dict[int, str]:
        return {one.id: one.name for one in self._memory.state.accounts.get(environment, ())}

    def _status(self, ref: AccountRef) -> Membership:
        told = self._told(ref)
        if told is not None:
            return Membership.SUSPENDED if told[1] == "suspended" else Membership.MEMBER
        profile = self._profiles.get(ref.environment)
        if profile is None or profile.lost:  # an account that could not be read may be this one
            return Membership.UNKNOWN
        return Membership.NO_LONGER

    def _told(self, ref: AccountRef) -> tuple[str, str] | None:
        return self._accounts.get(ref.environment, {}).get(ref.account_id)

    def _of(self, environment: Environment) -> Iterable[AccountRef]:
        listed = [account.id for account in environment.accounts]
        if listed and not environment.others:
            return [AccountRef(environment.name, each) for each in listed]
        profile = self._profiles.get(environment.name)
        told = [one.id for one in profile.accounts] if profile else []
        known = sorted({*told, *self._remembered(environment.name), *self._left.get(environment.name, {})})
        return [AccountRef(environment.name, each) for each in dict.fromkeys([*listed, *known])]


def placeholder(origin: str, account_id: int, generation: int) -> AccountKey:
    """The identity of an account before the server has told whose the token is."""
    return AccountKey(origin, account_id, -generation)
