"""What there are thousands of is kept out of the collector's sight: each look through all holds up keys."""

import gc
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from tui.api.models import Agent, AgentLoad, Inbox, Team, WorkingHours
from tui.identity import Measure, Scope, ScopeKind, Slot

MADE: tuple[Any, ...] = (
    Agent(1, "Ada", roles=("Agent".lower(),), availability="online"),
    AgentLoad(1, "Ada", open=3),
    Team(1, "Sales"),
    Inbox(1, "Chat", working_hours=(WorkingHours(1),)),
    WorkingHours(1),
    Scope(ScopeKind.TEAM, "1"),
    Slot(Scope(ScopeKind.TEAM, "1"), Measure.OPEN),
)
PLAIN = (int, float, str, bool, type(None), ScopeKind, Measure)


@pytest.mark.parametrize("made", MADE, ids=lambda made: type(made).__name__)
def test_the_collector_does_not_look_at_it(made: Any) -> None:
    assert not gc.is_tracked(made)


@pytest.mark.parametrize("kind", [type(made) for made in MADE], ids=lambda kind: kind.__name__)
def test_it_can_be_in_no_circle(kind: type) -> None:
    """It holds plain values and others of these alone, so that nothing is kept for ever."""
    assert all(_is_plain(hint) for hint in get_type_hints(kind).values())


def _is_plain(hint: Any) -> bool:
    if get_origin(hint) is not None or get_args(hint):
        return all(part is ... or _is_plain(part) for part in get_args(hint))
    return hint in PLAIN or hint in [type(made) for made in MADE]
