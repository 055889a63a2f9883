"""Where the event loop stands still, for the log at `debug`: a key pressed meanwhile waits."""

import asyncio
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

LOG = logging.getLogger("tui.app.stalls")
BAR = 0.05
"""Seconds of standing still from which on it is told."""
BEAT = 0.01
"""Seconds between two signs of life of the loop, and between two looks at it."""
DEEP = 3
"""Calls that are named of where it stands, the innermost first."""
PACKAGE = Path(__file__).parents[1]
UNSEEN = "a call that lets no thread run"


class Stalls:
    """Tells each stall once the loop goes on, by the place it was seen at most often.

    `beat` is called on the loop, `look` in a thread; moments are seconds of one clock.
    """

    def __init__(self, now: float) -> None:
        self._due = now + BEAT
        self.seen: Counter[str] = Counter()
        """Where the loop was found since its last sign of life."""

    def beat(self, now: float) -> None:
        """The loop goes on."""
        late, seen = now - self._due, self.seen
        self._due, self.seen = now + BEAT, Counter()
        if late >= BAR:
            place = max(seen, key=seen.__getitem__, default=UNSEEN)
            LOG.debug("the loop stood still for %.0f ms: %s", late * 1000, place)

    def look(self, now: float, frame: FrameType) -> None:
        """Note where the loop is, if a sign of life is overdue."""
        seen = self.seen
        if now > self._due:
            seen[place_of(frame)] += 1


def place_of(frame: FrameType) -> str:
    """The innermost function, a library's too, and the innermost of ours: with file and line."""
    places: list[str] = []
    step: FrameType | None = frame
    while step is not None and len(places) < DEEP:
        file = Path(step.f_code.co_filename)
        if step is frame or file.is_relative_to(PACKAGE):
            where = file.relative_to(PACKAGE) if file.is_relative_to(PACKAGE) else file.name
            places.append(f"{step.f_code.co_qualname} ({where}:{step.f_lineno})")
        step = step.f_back
    return " < ".join(places)


def watch() -> Callable[[], None]:
    """Watch the running loop, which must be this thread's, if the log is to tell; returns what ends that."""
    if not LOG.isEnabledFor(logging.DEBUG):
        return lambda: None
    loop, here, over = asyncio.get_running_loop(), threading.get_ident(), threading.Event()
    stalls = Stalls(time.monotonic())

    def beat() -> None:
        stalls.beat(time.monotonic())
        if not over.is_set():
            loop.call_later(BEAT, beat)

    def look() -> None:
        while not over.wait(BEAT):
            frame = sys._current_frames().get(here)
            if frame is not None:
                stalls.look(time.monotonic(), frame)

    beat()
    threading.Thread(target=look, name="stalls", daemon=True).start()
    return over.set
