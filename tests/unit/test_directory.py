"""The accounts of an environment: some hundred at most, those the config lists always, each told at once."""

from collections.abc import Iterator
from typing import ClassVar

import pytest

from tui.api.models import Profile, ProfileAccount
from tui.config.model import Account, Config, Environment
from tui.config.state import KnownAccount, StateStore
from tui.identity import AccountRef
from tui.monitor.directory import MOST_ACCOUNTS, Directory, Membership

LISTED = 19_999


def profile(first: int, last: int, viewer: int = 7) -> Profile:
    accounts = tuple(
        ProfileAccount(number, f"N{number}", "active", ("agent",)) for number in range(first, last + 1)
    )
    return Profile(viewer, "Ada", "Ada", "", accounts)


def ref(number: int) -> AccountRef:
    return AccountRef("trial", number)


@pytest.fixture
def memory() -> StateStore:
    return StateStore(None)


@pytest.fixture
def directory(memory: StateStore) -> Directory:
    return Directory(
        Config(
            environments=(
                Environment("app", "https://two.example", accounts=(Account(5, "Five"),)),
                Environment("trial", "https://one.example", accounts=(Account(LISTED),), others=True),
            )
        ),
        memory,
    )


def test_of_accounts_without_end_some_are_watched_and_those_the_config_lists_always(
    directory: Directory, memory: StateStore
) -> None:
    kept = directory.learn("trial", profile(1, 20_000))
    others = tuple(range(1, MOST_ACCOUNTS + 1))
    assert directory.of("trial") == tuple(ref(number) for number in (LISTED, *others))
    assert directory.refs() == (AccountRef("app", 5), *directory.of("trial"))
    assert kept == directory.profile("trial")
    assert kept.lost == 20_000 - MOST_ACCOUNTS - 1
    listed = directory.entry(ref(LISTED))
    assert (listed.name, listed.status) == ("N19999", Membership.MEMBER)
    assert [account.id for account in memory.state.accounts["trial"]] == [*others, LISTED]


def test_an_account_past_the_bound_is_not_said_to_be_gone(directory: Directory) -> None:
    directory.learn("trial", profile(1, 20_000))
    assert directory.entry(ref(15_000)).status is Membership.UNKNOWN


def test_accounts_that_are_others_each_time_do_not_add_up(directory: Directory) -> None:
    for start in range(1, 100_001, 10_000):
        directory.learn("trial", profile(start, start + 9_999))
        assert len(directory.of("trial")) == MOST_ACCOUNTS + 1
        assert directory.entry(ref(start)).status is Membership.MEMBER
    assert directory.viewer(ref(start)) is not None


def test_as_few_are_remembered(directory: Directory, memory: StateStore) -> None:
    known = tuple(KnownAccount(number, f"N{number}") for number in range(1, 20_001))
    memory.state.accounts["trial"] = known
    assert len(directory.of("trial")) == MOST_ACCOUNTS + 1
    assert directory.entry(ref(LISTED)).name == "N19999"
    memory.state.accounts["trial"] = known[:2]
    assert directory.of("trial") == (ref(LISTED), ref(1), ref(2))


class Counted(tuple[KnownAccount, ...]):
    """Counts how often somebody goes through it."""

    __slots__ = ()
    looks: ClassVar[int] = 0

    def __iter__(self) -> Iterator[KnownAccount]:
        Counted.looks += 1
        return super().__iter__()


def test_what_is_remembered_is_gone_through_once_however_many_accounts_are_told(
    directory: Directory, memory: StateStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Counted, "looks", 0)
    memory.state.accounts["trial"] = Counted(KnownAccount(number, "N") for number in range(1, 401))
    names = [directory.entry(ref(number)).name for number in range(1, 401)]
    assert names == ["N"] * 400
    assert Counted.looks == 1


def test_the_roles_are_those_held_in_the_account(directory: Directory) -> None:
    assert directory.viewer(ref(1)) is None
    directory.learn("trial", profile(1, 1))
    held, elsewhere = directory.viewer(ref(1)), directory.viewer(ref(2))
    assert held is not None
    assert elsewhere is not None
    assert (held.roles, elsewhere.roles) == (("agent",), ())


def test_the_roles_of_an_account_that_is_gone_are_those_held_there_last(directory: Directory) -> None:
    """What stays on screen of it was seen in them."""
    directory.learn("trial", profile(1, 2))
    directory.learn("trial", profile(2, 2))
    assert directory.entry(ref(1)).status is Membership.NO_LONGER
    viewer = directory.viewer(ref(1))
    assert viewer is not None
    assert viewer.roles == ("agent",)
    directory.learn("trial", profile(2, 2, viewer=8))
    viewer = directory.viewer(ref(1))
    assert viewer is not None
    assert viewer.roles == ()


def test_what_is_left_out_is_counted_where_the_config_wants_all(directory: Directory) -> None:
    assert directory.left_out() == 0
    directory.learn("trial", profile(1, 3_000))
    assert directory.left_out() == 3_000 - MOST_ACCOUNTS
    directory.learn("app", profile(1, 3_000))
    assert directory.left_out() == 3_000 - MOST_ACCOUNTS, "of app only the accounts listed are wanted"
    directory.learn("trial", profile(1, 3))
    assert directory.left_out() == 0
