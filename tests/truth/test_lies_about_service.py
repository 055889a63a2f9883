"""The judge of service level: it finds nothing where nothing is wrong, and each way to lie where one is."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from tests.stage import NOON
from tests.truth.bench import Tally
from tests.truth.levels_alone import FEW_TELL, TARGETS, LevelPlay, Troubles, play_alone
from tui.monitor.service import bots, levels, worker
from tui.monitor.service.book import Book, Interval
from tui.monitor.service.bots import Begun, BotWatch
from tui.monitor.service.figures import PartOfAccount, Rules
from tui.monitor.service.given import rules_of
from tui.monitor.service.states import Arrival, CountedAs, Verdict, judge
from tui.monitor.service.worker import Today, Worker
from tui.simulator.demo import Demo, origin_of
from tui.simulator.faults import Fault, Kind

HOUR = 3_600.0
WHOLE = 180.0
"""Seconds within which all of the day is read here."""
JudgeOfOne = Callable[..., Verdict]


async def found(seconds: float = WHOLE, *, wall: float = NOON, wait: float = 300.0) -> str:
    """What is wrong by the judge of one quiet account."""
    targets = msgspec.structs.replace(TARGETS, wait=wait, inboxes={}, teams={})
    tally = Tally()
    play = LevelPlay(tally, wall=wall, targets=targets)
    async with play.heard():
        await play.run(seconds)
    assert tally.seen["of service level"] or play.wrong
    return "\n".join(play.wrong)


async def test_hours_with_restarts_deletions_and_faults_are_told_as_they_are(tmp_path: Path) -> None:
    tally = Tally()
    play = await play_alone(3, tally, events=4, file=tmp_path / "history.sqlite3")
    assert play.wrong == []
    assert tally.seen["of service level"] > 20
    assert tally.seen["values of a snapshot"] > 5
    assert tally.seen["kept quarters"] > 96


async def with_a_bot(hours: float) -> LevelPlay:
    """An account in which a bot has an inbox, and the program knows it."""
    play = LevelPlay(Tally(), number=12346, bots=True)
    with patch.object(bots, "ENOUGH", FEW_TELL):
        async with play.heard():
            await play.run(hours * HOUR)
            await play.kept()
    assert 1 in play.bot_first or play.wrong
    return play


async def test_what_a_bot_had_first_is_told_by_its_handover() -> None:
    play = await with_a_bot(1.5)
    assert play.wrong == []
    level = play.monitor.snapshot(play.ref).service
    assert level is not None
    assert level.today is not None
    counts = level.today.parts[PartOfAccount("inbox", 1)].counts
    assert counts[CountedAs.IN_TARGET] + counts[CountedAs.LATE] > 10


async def test_the_time_with_a_bot_counted_as_waiting_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(_: BotWatch, arrival: Arrival) -> Begun:
        return Begun(arrival.created, arrival.created)

    monkeypatch.setattr(BotWatch, "begun", lying)
    assert ", in truth" in "\n".join((await with_a_bot(1.5)).wrong)


async def test_a_day_of_the_past_that_was_kept_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Book.finished

    def lying_book(book: Book) -> list[Interval]:
        intervals = honest(book)
        for interval in intervals if book.reading.day.until < NOON else ():
            for tally in interval.tallies.values():
                tally.counts[CountedAs.LATE] += tally.counts[CountedAs.IN_TARGET]
        return intervals

    monkeypatch.setattr(Book, "finished", lying_book)
    monkeypatch.setattr(worker, "PAST_GAP", 2.0)
    play = LevelPlay(Tally())
    async with play.heard():
        await play.run(300.0)
        await play.judge_kept()
    assert " late, in truth" in "\n".join(play.wrong)


@pytest.mark.parametrize("kind", [Kind.REFUSE, Kind.CUT_JSON, Kind.WRONG_TYPES])
async def test_no_level_is_told_before_it_is_known_when_the_inboxes_are_open(kind: Kind) -> None:
    play = LevelPlay(Tally(), wall=NOON - 9 * HOUR)
    play.transport.faults.add(Fault(kind=kind, path="*/inboxes", end=play.clock.now() + 200.0))
    async with play.heard():
        await play.run(190.0)
        assert "%" not in play.text()
        await play.run(600.0)
        assert "last 30 min" in play.text()
    assert play.wrong == []


@pytest.mark.parametrize("told", [True, False])
async def test_hours_that_are_assumed_are_told_to_be(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def untold(*args: Any) -> Rules:
        return msgspec.structs.replace(rules_of(*args), assumed=())

    if not told:
        monkeypatch.setattr(levels, "rules_of", untold)
    play = LevelPlay(Tally(), wall=NOON - 4 * HOUR)
    play.transport.faults.add(Fault(kind=Kind.ROLE, path="*/inboxes"))
    async with play.heard():
        await play.run(HOUR)
        await play.kept()
    assert bool(play.wrong) is not told, play.wrong


async def test_after_midnight_yesterday_s_level_stands_nowhere_as_today_s() -> None:
    assert await found(600.0, wall=NOON + 12 * HOUR - 300.0) == ""


@pytest.mark.parametrize("chance", [1.0, 0.5])
async def test_a_page_on_which_nothing_can_be_read_is_not_taken_for_midnight_s(chance: float) -> None:
    play = LevelPlay(Tally())
    ends = play.clock.now() + 200.0
    play.transport.faults.add(Fault(kind=Kind.WRONG_TYPES, path="*/conversations", chance=chance, end=ends))
    async with play.heard():
        await play.run(150.0)
        assert "today 3" not in play.text()
        await play.run(600.0)
    assert play.wrong == []


async def test_hundreds_deleted_while_the_day_is_read_leave_no_wrong_figure() -> None:
    play = LevelPlay(Tally())
    troubles = Troubles(play, random.Random(4))
    async with play.heard():
        await play.run(30.0)
        troubles.delete(100)
        await play.run(900.0)
    assert play.wrong == []


def lying(monkeypatch: pytest.MonkeyPatch, lie: Callable[[JudgeOfOne], JudgeOfOne]) -> None:
    monkeypatch.setattr("tui.monitor.service.figures.judge", lie(judge))


async def test_who_is_answered_just_in_time_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = Demo(clock=LevelPlay(Tally()).clock).world(origin_of("trial")).account(12390).ledger.live.values()
    speeds = Counter(
        int(plan.first_reply) - int(plan.created)
        for plan in plans
        if NOON - 11 * HOUR < plan.created < plan.first_reply < NOON
    )
    wait = float(max(speeds, key=speeds.__getitem__))

    def lie(honest: JudgeOfOne) -> JudgeOfOne:
        def lying_judge(
            arrival: Arrival, *, target: float | None, answered_in: float, waited: float
        ) -> Verdict:
            return honest(
                arrival, target=None if target is None else target - 1, answered_in=answered_in, waited=waited
            )

        return lying_judge

    assert await found(wait=wait) == ""
    lying(monkeypatch, lie)
    assert " of " in await found(wait=wait)


async def test_closed_without_reply_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def lie(honest: JudgeOfOne) -> JudgeOfOne:
        def lying_judge(arrival: Arrival, **how: float) -> Verdict:
            verdict = honest(arrival, **how)
            return Verdict(CountedAs.IN_TARGET, 1.0) if verdict.state is CountedAs.CLOSED else verdict

        return lying_judge

    lying(monkeypatch, lie)
    assert "closed without reply" in await found()


async def test_what_is_stale_does_not_look_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    honest, first = Worker.today, []

    def stale(worker: Worker) -> Today | None:
        now = honest(worker)
        if now is not None and now.whole:
            first.append(now)
        return now if now is None or not first else msgspec.structs.replace(first[0], as_of=now.as_of)

    monkeypatch.setattr(Worker, "today", stale)
    assert "in truth" in await found(2_400.0)


async def test_a_moment_later_than_the_look_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = levels._reading
    monkeypatch.setattr(
        levels,
        "_reading",
        lambda *how: msgspec.structs.replace((made := honest(*how)), asked_at=made.asked_at - 120.0),
    )
    assert "and was asked" in await found()
