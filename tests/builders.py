"""Snapshots made by hand, for tests of what is drawn from them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tui.api.models import Agent, Inbox, Team
from tui.identity import AccountKey, AccountRef, Slot
from tui.monitor.reading import AccountSnapshot, Listing, Problem, Reading, Viewer

T = TypeVar("T")

NOW = 1_000.0
WALL = 1_795_356_309.0
PERIOD = 15.0
REF = AccountRef("trial", 12345)
KEY = AccountKey("https://liveagent.example", 12345, 1)


def reading(
    value: float | None,
    *,
    age: float = 5.0,
    problem: Problem | None = None,
    at_least: bool = False,
    changed: bool = False,
) -> Reading:
    """A reading asked `age` seconds before NOW."""
    return Reading(
        value=value,
        asked_at=NOW - age,
        asked_wall=WALL - age,
        answered_at=NOW - age + 0.1,
        period=PERIOD,
        problem=problem,
        at_least=at_least,
        changed=changed,
    )


def listing(
    items: Sequence[T] | None, *, age: float = 5.0, problem: Problem | None = None, lost: int = 0
) -> Listing[T]:
    """A list asked `age` seconds before NOW."""
    return Listing(
        items=None if items is None else tuple(items),
        asked_at=NOW - age,
        asked_wall=WALL - age,
        answered_at=NOW - age + 0.1,
        period=PERIOD,
        problem=problem,
        lost=lost,
    )


NEVER: Listing[Any] = Listing(items=None, asked_at=0.0, asked_wall=0.0, answered_at=0.0, period=PERIOD)


def snapshot(
    readings: Mapping[Slot, Reading] | None = None,
    *,
    teams: Listing[Team] | None = None,
    agents: Listing[Agent] | None = None,
    inboxes: Listing[Inbox] | None = None,
    viewer: Viewer | None = None,
    name: str = "Support EU",
) -> AccountSnapshot:
    """A snapshot of the account REF; what is left out was never answered."""
    return AccountSnapshot(
        ref=REF,
        key=KEY,
        name=name,
        viewer=viewer,
        readings=readings or {},
        teams=teams or NEVER,
        agents=agents or NEVER,
        inboxes=inboxes or NEVER,
        team_members={},
        incoming_by_hour=NEVER,
    )
