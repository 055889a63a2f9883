"""What a running monitor knew last, from the history: no request, no person, nothing written."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from tui.clock import Clock
from tui.config.model import Environment
from tui.config.state import SavedState
from tui.identity import AccountKey, AccountRef, ScopeKind
from tui.monitor.calls import ENVIRONMENT_WIDE
from tui.monitor.history.reader import last, seen_last
from tui.monitor.history.replay import gone_inbox, gone_team, listing, numbers_of
from tui.monitor.history.writer import SampleRow
from tui.monitor.reading import AccountSnapshot, Reading, Viewer
from tui.output.document import Chosen, FailedCall, Taken

NOT_RECORDED = "not_recorded"
"""The kind of failure that an account of which the history holds nothing is told as."""
PERIOD = 60.0
"""Seconds between two samples, where a sample does not say itself when the next is due."""
AHEAD = 1.0
"""Seconds by which a sample may be ahead of the clock: more, and the clock is behind it."""


class WantedAccounts(msgspec.Struct, frozen=True):
    """An environment and the accounts wanted of it; none means all that its token sees."""

    environment: Environment
    accounts: tuple[int, ...]


def recorded(
    path: Path, wanted: Iterable[WantedAccounts], state: SavedState, chosen: Chosen, clock: Clock
) -> list[Taken]:
    """The newest sample of each figure; raises sqlite3.Error.

    A figure's age is that of its sample by the wall clock; one from the future is unknown.
    """
    with closing(open_to_read(path)) as connection:
        return [
            _account(connection, asked.environment, number, state, chosen, clock)
            for asked in wanted
            for number in asked.accounts or _known(asked.environment, state)
        ]


def open_to_read(path: Path) -> sqlite3.Connection:
    """The history in `path` as it is, while others may write to it. Raises sqlite3.Error."""
    # Where nobody writes, nothing but the file is needed, and no other file is left beside it.
    alone = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{alone}", uri=True)


def _known(environment: Environment, state: SavedState) -> Sequence[int]:
    """The accounts that are remembered; where there are none, that is told of the environment itself."""
    return [account.id for account in state.accounts.get(environment.name, ())] or [ENVIRONMENT_WIDE]


def _account(
    connection: sqlite3.Connection,
    environment: Environment,
    number: int,
    state: SavedState,
    chosen: Chosen,
    clock: Clock,
) -> Taken:
    viewer = state.viewers.get(environment.name)
    seen = seen_last(connection, environment.url, number, viewer.id if viewer else None)
    key, reach = seen or (AccountKey(environment.url, number, -1), None)
    rows = [] if seen is None else last(connection, key)
    readings = {row.figure.slot: _reading(row, clock) for row in rows if row.figure.scope.kind != "agent"}
    known = {account.id: account.name for account in state.accounts.get(environment.name, ())}
    named = {account.id: account.name for account in environment.accounts}
    snapshot = AccountSnapshot(
        ref=AccountRef(environment.name, number),
        key=key,
        name=named.get(number) or known.get(number, ""),
        viewer=None if seen is None else Viewer(key.viewer_id, viewer.name if viewer else ""),
        readings=readings,
        teams=listing([gone_team(number) for number in numbers_of(ScopeKind.TEAM, readings)], 0.0),
        agents=listing(None, 0.0),
        inboxes=listing([gone_inbox(number) for number in numbers_of(ScopeKind.INBOX, readings)], 0.0),
        team_members={},
        incoming_by_hour=listing(None, 0.0),
    )
    nothing = FailedCall("history", NOT_RECORDED, "The history holds nothing of this account.")
    return Taken(snapshot, chosen, () if rows else (nothing,), reach=reach)


def _reading(row: SampleRow, clock: Clock) -> Reading:
    age = clock.wall() - row.at
    at, period = clock.now() - max(0.0, age), row.period or PERIOD
    value = row.value if age >= -AHEAD else None
    return Reading(value, at, row.at, at, period, at_least=row.at_least and value is not None)
