"""Whoever has no name, or one of signs nobody can see, is called by what it is and its number."""

import json
from collections.abc import Callable

import pytest

from tui.api import decode
from tui.api.call import Answer, CallRecord
from tui.api.decode import DecodedItems
from tui.monitor.store import listing_of

NO_NAMES: list[object] = [
    None, "", "   ", "\t\n", "\u200b\u200d\u2060", "\u202e\u2066", "\x1b\x00", "\u3164", "\U000e0001",
    7 * "\ufeff", [], {},
]  # fmt: skip
KINDS: dict[str, Callable[[bytes], DecodedItems]] = {
    "agent": decode.agents,
    "team": decode.teams,
    "inbox": decode.inboxes,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NO_NAMES, ids=repr)
def test_no_row_of_a_list_is_without_a_name(name: object, kind: str) -> None:
    rows = json.dumps([{"id": 3, "name": name, "available_name": name}, {"id": 4, "name": "Ada"}]).encode()
    answer = Answer(KINDS[kind](rows).items, CallRecord("GET", "/x", 1.0, 1.0, 1.0))
    assert [item.name for item in listing_of(answer, 60.0).items or ()] == [f"{kind} 3", "Ada"]
