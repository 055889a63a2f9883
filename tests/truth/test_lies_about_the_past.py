"""The judge of changes, charts, details and samples sees a lie of each kind."""

from collections.abc import Sequence

import msgspec
import pytest

from tests.truth.bench import Tally
from tests.truth.drive import play
from tests.truth.plan import Press, Resize, Step, Wait
from tui.api.models import Conversation
from tui.identity import AccountKey, Measure, Slot
from tui.measures import SERVICE
from tui.monitor.history.direction import AccountCourse
from tui.monitor.history.history import History
from tui.monitor.history.replay import Past, past_snapshot
from tui.monitor.queue.longest import waits_since
from tui.monitor.reading import AccountSnapshot, Reading
from tui.monitor.service.stretches import Stretch
from tui.panes import fleet
from tui.panes.charted import Charted
from tui.panes.conversation_list import details as conversation_details
from tui.panes.conversations import conversations
from tui.screens import day
from tui.screens.dashboard import replay

CHART, BACK = Press(("c",)), Press(("escape",))
DETAILS = Press(("shift+tab", "enter")), Wait(3.0), Press(("enter",)), Wait(3.0)
TOUR: list[Step] = [Wait(64.0), CHART, Wait(6.0), Press(("down",)), Wait(15.0), BACK, *DETAILS, BACK, BACK]


async def violations(*plan: Step) -> str:
    tally = Tally()
    assert await play([Wait(31.0), *plan], tally)
    return "\n".join(tally.violations)


async def test_changes_charts_details_and_samples_are_read_and_true() -> None:
    tally = Tally()
    assert await play([*TOUR, *[Wait(64.0)] * 14], tally) == []
    assert tally.screens["chart"]
    assert tally.screens["conversation"]
    for what in ("changes", "lines of a conversation", "samples, exact", "samples, bounded"):
        assert tally.seen[what]


@pytest.mark.parametrize("name", ["unassigned", "open", "team:1:unassigned", "inbox:1:unassigned"])
async def test_a_change_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def lying(course: AccountCourse, slot: Slot, seconds: float) -> float | None:
        return 777.0 if slot.name == name else None

    monkeypatch.setattr(AccountCourse, "change", lying)
    inbox = [Press(("b", "down", "enter"))] if name.startswith("inbox") else []
    wrong = await violations(Resize(200, 50), Wait(3.0), *inbox, Wait(3.0))
    assert f"the change of {name} since 15 m, '▲ 777'" in wrong


@pytest.mark.parametrize(
    ("reckoned", "told", "seen"),
    [
        ("flow", 9_000.0, "flow of unassigned, '+9\\u202f000/h'"),
        ("clears_in", 1.0, "clears of unassigned, 'empty in about 1 s'"),
    ],
)
async def test_what_is_reckoned_wrong_is_seen(
    monkeypatch: pytest.MonkeyPatch, reckoned: str, told: float, seen: str
) -> None:
    change = 1.0 if reckoned == "flow" else -1.0
    monkeypatch.setattr(AccountCourse, "change", lambda *_: change)
    monkeypatch.setattr(AccountCourse, reckoned, lambda *_: told)
    assert seen in await violations(Wait(31.0))


async def test_an_hours_arrivals_that_lie_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "_grown", lambda *_: 777.0)
    assert "grown of today, '777'" in await violations(Wait(31.0))


async def test_a_change_in_the_fleet_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = fleet._trend
    monkeypatch.setattr(fleet, "_trend", lambda course, _: honest(course, 777.0))
    assert "the change of unassigned since 15 m, '▲ 777'" in await violations(Press(("f",)), Wait(3.0))


async def test_a_chart_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Charted, "text", lambda *_, **__: "777")
    wrong = await violations(Wait(64.0), CHART, Wait(6.0))
    assert "min 777, since" in wrong
    assert "max 777, since" in wrong


async def test_details_that_lie_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(conversation: Conversation) -> str:
        return "snoozed"

    monkeypatch.setattr(conversation_details, "_status", lying)
    assert "'status': 'snoozed'" in await violations(*DETAILS)


async def test_a_time_in_the_details_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = waits_since

    def lying(conversation: Conversation) -> int | None:
        since = honest(conversation)
        return None if since is None else since - 7

    monkeypatch.setattr(conversation_details, "waits_since", lying)
    assert "waiting since 2026" in await violations(*DETAILS)


async def test_a_sample_that_lies_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = History.record

    def lying(
        history: History, key: AccountKey, readings: dict[Slot, Reading], now: float, since: float
    ) -> None:
        raised = {
            slot: reading
            if reading.value is None
            else msgspec.structs.replace(reading, value=reading.value + 777)
            for slot, reading in readings.items()
            if slot.measure is Measure.ASSIGNED
        }
        honest(history, key, raised, now, since)

    monkeypatch.setattr(History, "record", lying)
    assert "recorded assigned = " in await violations(Wait(31.0))


REPLAY: list[Step] = [Resize(200, 50), *[Wait(64.0)] * 4, Press(("t", "minus", "5", "s", "enter")), Wait(1.0)]


async def test_service_level_in_a_replay_is_judged() -> None:
    tally = Tally()
    assert await play(REPLAY, tally) == []
    assert tally.seen["of service level in a replay"]


@pytest.mark.parametrize("by", [-2.0, 2.0])
async def test_service_level_in_a_replay_that_lies_is_seen(
    monkeypatch: pytest.MonkeyPatch, by: float
) -> None:
    honest = past_snapshot

    def lying(live: AccountSnapshot, past: Past) -> AccountSnapshot:
        snapshot = honest(live, past)
        moved = {
            slot: reading
            if reading.value is None
            else msgspec.structs.replace(reading, value=reading.value + by)
            for slot, reading in snapshot.readings.items()
            if slot.measure in SERVICE
        }
        return msgspec.structs.replace(snapshot, readings={**snapshot.readings, **moved})

    monkeypatch.setattr(replay, "past_snapshot", lying)
    tally = Tally()
    assert await play(REPLAY, tally)
    assert "service_level = " in "\n".join(tally.violations)


async def test_who_waited_at_the_end_of_a_half_hour_and_who_was_online_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(day, "on_average", lambda _, shown, rows: dict.fromkeys(at_rows(rows), 777.0))
    monkeypatch.setattr(day, "at_end", lambda _, shown, rows: dict.fromkeys(at_rows(rows), 888.0))
    wrong = await violations(Wait(33.0), Press(("D",)), Wait(3.0))
    assert "online = '777', the server held" in wrong
    assert "queued = '888', the server held" in wrong


def at_rows(rows: Sequence[Stretch]) -> list[int]:
    """What stands for the rows of a day that are a time."""
    return [row.key for row in rows if row.is_time]
