"""What the dashboard holds works without a screen: a replay, the inbox chosen, the panes themselves."""

from typing import Any

import pytest

from tests.builders import KEY, REF, WALL, listing, reading, snapshot
from tui import identity
from tui.api.errors import ConnectionFailedError, LiveAgentError
from tui.api.models import Agent, Inbox, Team
from tui.clock import ManualClock
from tui.config.model import Config
from tui.identity import AccountKey, Measure
from tui.monitor.calls import Ask
from tui.monitor.history.replay import Past
from tui.monitor.presence import Since
from tui.monitor.reading import AccountSnapshot
from tui.monitor.sources import of_one_inbox
from tui.panes.account_panes import AccountPane, InboxesPane, TeamsPane
from tui.panes.agents.pane import AgentsPane
from tui.panes.conversations.inbox_view import Lens
from tui.panes.conversations.pane import ConversationsPane
from tui.screens.context import Context
from tui.screens.dashboard.inbox_choice import InboxChoice, problem_of
from tui.screens.dashboard.replay import Replay

OPEN = {
    "teams": identity.team(3, Measure.OPEN),
    "inboxes": identity.inbox(8, Measure.OPEN),
    "agents": identity.agent(5, Measure.OPEN),
}
SHOWN = snapshot(
    {
        identity.account(Measure.UNASSIGNED): reading(40),
        identity.inbox(8, Measure.UNASSIGNED): reading(7),
        **{slot: reading(9) for slot in OPEN.values()},
    },
    teams=listing([Team(3, "billing")]),
    agents=listing([Agent(5, "Ada", "ada@example.com")]),
    inboxes=listing([Inbox(8, "Chat")]),
)


def since(_: AccountSnapshot) -> dict[int, Since]:
    return {5: Since(None, 0.0, True)}


def panes() -> list[AccountPane]:
    return [TeamsPane(id="teams"), InboxesPane(id="inboxes"), AgentsPane(since, id="agents")]


@pytest.mark.parametrize("pane", panes(), ids=lambda pane: pane.word)
def test_a_pane_knows_what_stands_behind_its_rows(pane: AccountPane) -> None:
    key = pane.word.lower()
    (item,) = pane.items(SHOWN).items or ()
    pane.table._selected = item.id
    assert pane.slot == OPEN[key]
    assert pane.name_of_row(SHOWN) == pane.named(SHOWN) == item.name
    assert pane.copied(SHOWN) == (item.name, f'"{item.name}"')
    sources = pane.sources(SHOWN, 0.0, lambda *_: "curl")
    assert sources[-1].name == key
    assert "9" in [source.value for source in sources]


@pytest.mark.parametrize("pane", panes(), ids=lambda pane: pane.word)
def test_a_pane_without_a_row_tells_of_its_list_alone(pane: AccountPane) -> None:
    assert (pane.slot, pane.charted, pane.copied(SHOWN)) == (None, None, None)
    assert pane.named(SHOWN) == pane.word
    assert [source.name for source in pane.sources(SHOWN, 0.0, lambda *_: "curl")] == [pane.word.lower()]


def test_a_row_is_charted_by_who_is_unassigned_and_an_agent_by_how_many_are_online() -> None:
    charted = []
    for pane, item in zip(panes(), (3, 8, 5), strict=True):
        pane.table._selected = item
        charted.append(pane.charted)
    assert charted == [
        identity.team(3, Measure.UNASSIGNED),
        identity.inbox(8, Measure.UNASSIGNED),
        identity.account(Measure.AGENTS_ONLINE),
    ]


def test_the_figures_pane_copies_what_other_programs_read() -> None:
    pane = ConversationsPane(id="conversations")
    assert pane.copied(SHOWN) == ("40", f"{pane.slot.name} 40")
    assert pane.copied(snapshot({})) is None


def test_an_inbox_stands_for_the_account_until_all_do_again() -> None:
    choice = InboxChoice()
    items = choice.choices(SHOWN)
    assert [item.title for item in items if not isinstance(item, str)] == ["All inboxes", "Chat"]
    every, chat = items[0], items[1]
    assert not isinstance(every, str)
    assert not isinstance(chat, str)
    assert choice.take(chat) == of_one_inbox(8)
    assert choice.lens == Lens(8, "Chat")
    assert choice.seen(SHOWN).reading(identity.account(Measure.UNASSIGNED)).value == 7
    assert choice.take(every) == ()
    assert choice.seen(SHOWN) is SHOWN


def test_where_no_inbox_is_known_a_sentence_says_so() -> None:
    assert InboxChoice().choices(None) == "The inboxes of this token are not known."
    assert InboxChoice().choices(snapshot({}, inboxes=listing([]))) == "There is no inbox."


class ScriptedMonitor:
    """A monitor whose asks end as they are told to."""

    def __init__(self, *ends: LiveAgentError | None) -> None:
        self._ends = list(ends)

    async def ask(self, _ref: object, _ask: Ask) -> None:
        if (end := self._ends.pop(0)) is not None:
            raise end


async def test_of_several_asks_the_first_failure_is_told() -> None:
    error = ConnectionFailedError("The server can't be reached.")
    asks = of_one_inbox(8)[:2]
    monitor: Any = ScriptedMonitor(None, error)
    assert await problem_of(monitor, REF, asks) == str(error)
    monitor = ScriptedMonitor(None, None)
    assert await problem_of(monitor, REF, asks) == ""


class Kept:
    """A history that is asked for the past, and during whose answers the target may move on."""

    problem = ""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.replay: Replay | None = None

    async def past(self, _: AccountKey, wall: float) -> Past:
        self.asked.append(wall)
        if self.replay is not None and len(self.asked) == 1:
            self.replay.step(-60.0)
        return Past(wall, {}, {})


def replay_of(history: Any) -> Replay:
    context: Any = Context(Config(), None, ManualClock(), None, history=history)  # type: ignore[arg-type]
    return Replay(context)


async def test_a_replay_reads_until_the_target_rests() -> None:
    kept = Kept()
    replay = kept.replay = replay_of(kept)
    replay.go_to(WALL - 600.0)
    await replay.read_to_rest(lambda: KEY)
    assert kept.asked == [WALL - 600.0, WALL - 660.0]
    assert replay.wall == WALL - 660.0
    assert not replay.due(KEY)
    assert not replay.reading


async def test_a_replay_of_no_account_reads_nothing() -> None:
    kept = Kept()
    replay = replay_of(kept)
    replay.go_to(WALL - 600.0)
    await replay.read_to_rest(lambda: None)
    assert kept.asked == []
