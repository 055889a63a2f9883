"""A loop that stands still is told with its place, and only where the log is to tell."""

import asyncio
import logging
import sys
import threading
import time
from types import FrameType

import pytest

from tui.api.fields import text
from tui.app import stalls
from tui.app.stalls import BAR, BEAT, UNSEEN, Stalls, place_of

MESSAGE = "the loop stood still for"


def frame() -> FrameType:
    return sys._getframe()


@pytest.mark.parametrize("late", [0.0, BAR / 2, BAR * 0.99])
def test_what_a_person_does_not_feel_is_not_told(late: float, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tui.app.stalls")
    watched = Stalls(10.0)
    watched.look(10.0 + BEAT + late, frame())
    watched.beat(10.0 + BEAT + late)
    assert caplog.messages == []


def test_the_place_seen_most_often_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tui.app.stalls")
    watched, here, other = Stalls(10.0), frame(), sys._getframe()
    watched.look(10.0, other)
    for moment in (10.05, 10.06):
        watched.look(moment, here)
    watched.look(10.07, other)
    watched.beat(10.1 + BEAT)
    watched.beat(10.1 + 2 * BEAT)
    (message,) = caplog.messages
    assert message.startswith(f"{MESSAGE} 100 ms: frame (test_stalls.py:")


def test_a_call_that_holds_every_thread_is_told_as_such(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tui.app.stalls")
    Stalls(10.0).beat(10.25 + BEAT)
    assert caplog.messages == [f"{MESSAGE} 250 ms: {UNSEEN}"]


def test_a_library_is_named_with_our_own_callers() -> None:
    places: list[str] = []

    class Number(int):
        def __str__(self) -> str:
            places.append(place_of(frame()))
            return "7"

    text(Number(7))
    innermost, *callers = places[0].split(" < ")
    assert innermost.startswith("frame (test_stalls.py:")
    assert callers
    assert not any("test_stalls" in caller for caller in callers)
    assert "safe_line (text.py:" in places[0]


async def test_the_loop_is_watched_by_a_thread_until_that_is_ended(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG, "tui.app.stalls")
    looked, look, begun = threading.Event(), Stalls.look, time.monotonic()

    def looks(watched: Stalls, now: float, frame: FrameType) -> None:
        look(watched, now, frame)
        if now > begun + 2 * BAR:
            looked.set()

    monkeypatch.setattr(Stalls, "look", looks)
    end = stalls.watch()
    assert looked.wait(60.0)  # The loop stands here.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    end()
    assert any("wait (threading.py:" in message for message in caplog.messages)


async def test_nothing_is_watched_where_the_log_does_not_tell() -> None:
    logging.getLogger("tui.app.stalls").setLevel(logging.INFO)
    before = threading.active_count()
    stalls.watch()()
    assert threading.active_count() == before
    logging.getLogger("tui.app.stalls").setLevel(logging.NOTSET)
