"""Whatever the network does, every figure on screen is one its server held since the time stated."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.truth.bench import Tally
from tests.truth.drive import play, spelled
from tests.truth.plan import Meet, Press, SetClock, Step, Suspend, Wait, plans
from tui import wording
from tui.clock import ManualClock
from tui.identity import AccountRef
from tui.monitor import calls, days
from tui.monitor.history.replay import past_snapshot
from tui.monitor.monitor import Monitor
from tui.monitor.queue.pages import ListedConversation
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures, fleet
from tui.panes.conversation_list import conversation_list
from tui.panes.conversation_list import rows as conversation_rows
from tui.panes.conversation_list.conversation_list import ListProgress
from tui.panes.conversations.inbox_view import Lens
from tui.panes.table_pane import Title
from tui.panes.wall import wall
from tui.screens.dashboard import replay
from tui.simulator.faults import Fault, Kind
from tui.widgets.rows import Row

STEPS = 20
SEED = 1
"""Of the short run; `python -m tests.truth --seed N --minimal` takes others and makes what fails small."""
RUNS = 3


def test_every_figure_on_screen_is_true() -> None:
    tally = Tally()

    @seed(SEED)
    @settings(
        max_examples=RUNS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(plan=plans(STEPS), hour=st.integers(0, 10))
    def run(plan: list[Step], hour: int) -> None:
        wrong = asyncio.run(play(plan, tally, hour=hour))
        assert not wrong, "\n".join([*wrong, f"seed {SEED}, hour {hour}, plan:", spelled(plan)])

    run()
    assert tally.seen["exact"] > 50 * RUNS
    assert tally.faults


ALL_ASKED = ManualClock().now() + 20
"""From here on every pane has its figures: a run ends at the first look that finds one wrong."""


FLEET, WALL, ALERTS, BACK = Press(("f",)), Press(("w",)), Press(("x",)), Press(("escape",))
LIST, REPLAY = Press(("shift+tab", "enter")), Press(("t", "minus", "5", "s", "enter"))
INBOX, MEMBERS = Press(("b", "down", "enter")), Press(("tab", "M"))
TOUR: list[Step] = [
    Wait(31.0), FLEET, Wait(15.0), BACK, WALL, Wait(3.0), BACK, LIST, Wait(3.0), BACK,
    INBOX, Wait(3.0), BACK, MEMBERS, Wait(3.0), BACK, REPLAY, Wait(1.0), BACK,
    Wait(31.0), ALERTS, Wait(3.0), BACK,
]  # fmt: skip


async def test_every_screen_is_read_and_true() -> None:
    tally = Tally()
    assert await play(TOUR, tally) == []
    for screen in ("dashboard", "fleet", "wall", "conversations", "alerts", "replay"):
        assert tally.screens[screen]
    for what in (
        "of today's reports",
        "of a replay",
        "of members",
        "rows of conversations",
        "waits of rows",
        "figures of alerts",
    ):
        assert tally.seen[what]


async def test_who_waits_in_one_inbox_is_as_old_as_its_longest_wait() -> None:
    tally = Tally()
    assert await play([Wait(15.0), INBOX, Wait(64.0), Suspend(400.0)], tally) == []
    assert tally.seen["who waits"]


def raised(snapshot: AccountSnapshot) -> AccountSnapshot:
    """The same account with figures that are too high."""
    readings = {
        slot: reading
        if reading.value is None
        else msgspec.structs.replace(reading, value=reading.value + 900)
        for slot, reading in snapshot.readings.items()
    }
    return msgspec.structs.replace(snapshot, readings=readings)


async def violations(*plan: Step) -> str:
    """What is wrong by the judge; the other figures of the plan are fresh by then."""
    tally = Tally()
    assert await play([Wait(15.0), *plan], tally)
    return "\n".join(tally.violations)


async def test_a_fleet_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = fleet.rows

    def lying(members: Iterable[fleet.Member], *how: Any) -> list[Row]:
        return honest([member._replace(snapshot=raised(member.snapshot)) for member in members], *how)

    monkeypatch.setattr(fleet, "rows", lying)
    wrong = await violations(FLEET, Wait(15.0))
    assert "trial/12345 unassigned" in wrong
    assert "app/204 open" in wrong


async def test_a_wall_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = wall.tile
    monkeypatch.setattr(wall, "tile", lambda snapshot, *how, **more: honest(raised(snapshot), *how, **more))
    assert "wall: trial/12345 unassigned = " in await violations(WALL, Wait(3.0))


async def test_a_wall_that_mixes_up_its_names_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = wall.tile

    def mixed_up(
        snapshot: AccountSnapshot, names: Sequence[str], view: wall.TileView, **how: Any
    ) -> wall.Tile:
        return honest(snapshot, names, view, **{**how, "title": "Service Desk · onprem"})

    monkeypatch.setattr(wall, "tile", mixed_up)
    assert "the tile of trial/12345 is not called so" in await violations(WALL, Wait(3.0))


async def test_a_list_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = conversation_rows.rows

    def lying(conversations: Iterable[ListedConversation], *how: Any) -> list[Row]:
        mixed = [
            listed._replace(conversation=msgspec.structs.replace(listed.conversation, team_name="nobody"))
            for listed in conversations
        ]
        return honest(mixed, *how)

    monkeypatch.setattr(conversation_rows, "rows", lying)
    assert "'team': 'nobody'" in await violations(LIST, Wait(3.0))


async def test_a_list_whose_number_is_not_that_of_its_rows_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = conversation_list.title

    def lying(course: ListProgress, snapshot: AccountSnapshot) -> Title:
        return honest(course._replace(rows=course.rows + 1), snapshot)

    monkeypatch.setattr(conversation_list, "title", lying)
    assert "rows, without a reason" in await violations(LIST, Wait(3.0))


async def test_an_inbox_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Lens.through
    monkeypatch.setattr(Lens, "through", lambda lens, snapshot: raised(honest(lens, snapshot)))
    assert "conversations inbox:1:" in await violations(INBOX, Wait(3.0))


async def test_a_replay_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = past_snapshot
    monkeypatch.setattr(replay, "past_snapshot", lambda *past: raised(honest(*past)))
    assert "replayed conversations open = " in await violations(REPLAY, Wait(1.0))


async def test_a_replay_that_does_not_say_so_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay.Replay, "line", lambda *_: [])
    assert "nothing of a replay" in await violations(REPLAY, Wait(1.0))


async def test_a_report_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = days.today

    def shifted(at: float, zone: tzinfo | None) -> tuple[int, int]:
        since, until = honest(at, zone)
        return since - 7_200, until - 7_200

    monkeypatch.setattr(calls, "today", shifted)
    assert "the report can only tell" in await violations(Wait(3.0))


async def test_figures_that_are_too_high_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = figures.value_text

    def lying(reading: Reading, now: float, form: Callable[..., str] = wording.count) -> str:
        value = reading.value if reading.value is None or now < ALL_ASKED else reading.value + 7
        return honest(msgspec.structs.replace(reading, value=value), now, form)

    monkeypatch.setattr(figures, "value_text", lying)
    tally = Tally()
    assert await play([Wait(30.0)], tally)
    for name in ("unassigned", "agents_online", "team:1:open"):
        assert any(f" {name} = " in violation for violation in tally.violations)


async def test_a_figure_shown_as_younger_than_it_is_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Reading, "state", lambda reading, _: State.LIVE if reading.asked_at else State.LOADING
    )
    stopped = Meet(Fault(kind=Kind.REFUSE), 1_000.0)
    wrong = await play([Wait(5.0), stopped, Wait(64.0), Wait(64.0)], Tally())
    assert any("looks live, and was asked" in sentence for sentence in wrong)


async def test_a_moment_in_the_future_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "asked", lambda reading, *_: reading.asked_wall)
    wrong = await play([Wait(5.0), SetClock(-3_600.0)], Tally())
    assert any("in the future" in sentence for sentence in wrong)


async def test_another_account_under_the_name_of_this_one_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    other = AccountRef("trial", 12346)
    honest = Monitor.snapshot

    def mixed_up(monitor: Monitor, ref: AccountRef) -> AccountSnapshot:
        snapshot = honest(monitor, ref)
        return msgspec.structs.replace(snapshot, readings=honest(monitor, other).readings)

    monkeypatch.setattr(Monitor, "snapshot", mixed_up)
    assert await play([Press(("a",)), Wait(5.0), Press(("A",)), Wait(5.0)], Tally())


async def test_what_was_asked_for_the_day_of_another_clock_is_held_against_nobody() -> None:
    tally = Tally()
    before: list[Step] = [Wait(64.0), Wait(64.0), Wait(31.0)]
    assert await play([*before, SetClock(7_200.0), Wait(31.0)], tally, hour=11.95) == []
    assert tally.seen["reports by a clock set wrong over midnight, not judged"]


async def test_what_was_asked_for_in_the_first_minute_of_a_day_is_of_that_day() -> None:
    tally = Tally()
    before: list[Step] = [Wait(64.0), Wait(64.0), Wait(31.0), Wait(31.0)]
    assert await play([*before, Press(("2",)), Wait(31.0)], tally, hour=11.95, budget=120) == []
    assert tally.seen["of yesterday's reports"]
