"""Better or worse: never both at once; and what one inbox's figures can't tell."""

import pytest

from tests.builders import NOW, listing, reading, snapshot
from tui import identity
from tui.api.models import Agent, Team
from tui.identity import Measure, Slot
from tui.monitor.history.direction import NoCourse
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View

WAITING = identity.account(Measure.UNASSIGNED)
ONLINE = identity.account(Measure.AGENTS_ONLINE)


class Going(NoCourse):
    """A change over a quarter of an hour, and what the slope says."""

    def __init__(self, change: float, flow: float, clears: float | None) -> None:
        self._told = change, flow, clears

    def change(self, slot: Slot, seconds: float) -> float | None:
        return self._told[0] if slot == WAITING and seconds == 900 else None

    def flow(self, slot: Slot) -> float | None:
        return self._told[1]

    def clears_in(self, slot: Slot) -> float | None:
        return self._told[2]


def shown(view: View) -> str:
    readings = {WAITING: reading(20), ONLINE: reading(5), identity.team(1, Measure.UNASSIGNED): reading(4)}
    known = snapshot(readings, teams=listing((Team(1, "billing"),)), agents=listing((Agent(1, "Ada"),)))
    return "\n".join("".join(part.text for part in line) for line in conversations.lines(known, view))


@pytest.mark.parametrize(
    ("course", "told", "untold"),
    [
        (Going(3, -14, 7_140), ("▲ 3",), ("-14/h", "empty")),
        (Going(-3, -14, 7_140), ("▼ 3 · -14/h", "empty 1 h 59"), ("1 h…",)),
        (Going(-3, -14, 1_860), ("empty 31 min",), ()),
        (Going(3, 14, None), ("▲ 3 · +14/h",), ("empty",)),
    ],
)
def test_change_flow_and_clearing_point_the_same_way(
    course: Going, told: tuple[str, ...], untold: tuple[str, ...]
) -> None:
    text = shown(View(NOW, 76, 8, target=None, course=course))
    assert all(words in text for words in told), text
    assert not any(words in text for words in untold), text


def test_of_one_inbox_no_worst_team_is_told_and_the_agents_are_said_to_be_all() -> None:
    assert "billing" in shown(View(NOW, 76, 8, target=None))
    text = shown(View(NOW, 76, 8, target=None, whole=False, of_inbox=True))
    assert "billing" not in text
    assert "needs help" not in text
    assert "of all inboxes" in text
