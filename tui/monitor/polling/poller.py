"""The loop that asks one host, as its schedule says."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from tui.api.call import Answer
from tui.api.errors import LiveAgentError, UnreadableAnswerError
from tui.clock import Clock
from tui.monitor.calls import Ask
from tui.monitor.housekeeping import Guard
from tui.monitor.polling.budget import Priority
from tui.monitor.polling.capabilities import NOT_OFFERED_FOR, not_offered
from tui.monitor.polling.schedule import RETRY_FINAL, Schedule

STUMBLED = 5.0
"""Seconds of rest after an error of our own, so that one that stays does not spin."""
LONGEST_NAP = 5.0  # a timer sleeps through a suspend: look at the clock again soon after
"""Seconds after which it looks again even where nothing is due."""

log = logging.getLogger(__name__)


class Gone(Exception):  # noqa: N818 - not an error: the session ended
    """The session an ask belongs to is no longer there."""


class Poller:
    """Takes asks from the schedule, puts each in a task of its own, tells what came of it.

    Nothing in flight is ever cancelled for the sake of a newer request. Whatever goes wrong
    with one answer is told as that ask's failure and never ends the loop.
    """

    def __init__(
        self,
        host: str,
        clock: Clock,
        schedule: Schedule,
        *,
        put: Callable[[Ask], Awaitable[Answer[Any]]],
        answered: Callable[[Ask, Answer[Any]], None],
        failed: Callable[[Ask, LiveAgentError, float], None],
    ) -> None:
        self.host = host
        self.schedule = schedule
        self._clock = clock
        self._put = put
        self._answered = answered
        self._failed = failed
        self._wake = asyncio.Event()
        self._stopped = False
        self._paused = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._guard = Guard()
        self.stumbled_until: float | None = None
        """`Clock.now` of the next try after an error of our own in choosing what to ask; None while well."""

    def wake(self) -> None:
        """Something is wanted: look at the schedule now."""
        self._wake.set()

    def ask_once(self, ask: Ask, priority: Priority) -> None:
        """Somebody waits for the answer to this: a person, or what can wait behind everything else."""
        if priority is Priority.USER:
            self.schedule.urge((ask,), self._clock.now())
        else:
            self.schedule.follow(ask, priority, self._clock.now())
        self.wake()

    def pause(self, paused: bool) -> None:
        """Let nothing leave but what a person asks for, or go on; what is in flight still comes in."""
        self._paused = paused
        self._wake.set()

    async def run(self) -> None:
        """Ask until `stop`."""
        while not self._stopped:
            try:
                wait = self._step()
            except Exception as bug:
                self._guard.note(f"asking {self.host}", bug)
                self.stumbled_until = self._clock.now() + STUMBLED
                await self._clock.sleep(STUMBLED)
            else:
                self.stumbled_until = None
                if wait > 0.0:
                    await self._nap(wait)

    def _step(self) -> float:
        """Let one ask leave, or tell how many seconds there is nothing to ask."""
        now = self._clock.now()
        ask = self.schedule.next(now, urged_only=self._paused)
        if ask is None:
            return max(0.01, self.schedule.due_at(now, urged_only=self._paused) - now)
        task = asyncio.create_task(self._carry_out(ask), name=f"ask {ask.what}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return 0.0

    async def stop(self) -> None:
        """End the loop and what is in flight; returns when all of it has ended."""
        self._stopped = True
        self._wake.set()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _nap(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(min(seconds, LONGEST_NAP)):
                await self._wake.wait()
        self._wake.clear()

    async def _carry_out(self, ask: Ask) -> None:
        asked_at = self._clock.now()
        try:
            answer = await self._put(ask)
        except LiveAgentError as error:
            self._fail(ask, error, asked_at)
        except (Gone, asyncio.CancelledError):
            self.schedule.dropped(ask, self._clock.now())
        except Exception as bug:
            self._fail(ask, _unhandled(ask, bug), asked_at)
        else:
            self._guard.call("scheduling", self.schedule.answered, ask, asked_at, self._clock.now())
            try:
                self._answered(ask, answer)
            except Exception as bug:
                self._tell(ask, _unhandled(ask, bug), asked_at)
        finally:
            # Where its end could not be noted, its place in flight must not stay taken.
            self.schedule.landed(ask)
            self._wake.set()

    def _fail(self, ask: Ask, error: LiveAgentError, asked_at: float) -> None:
        now, wall = self._clock.now(), self._clock.wall()
        # It is kept as long as it stands: frames, and the answers in them, are not.
        error.__traceback__ = error.__cause__ = error.__context__ = None
        failed = partial(self.schedule.failed, retry_final=retry_final(ask, error))
        self._guard.call("scheduling", failed, ask, error, asked_at, now, wall)
        self._tell(ask, error, asked_at)

    def _tell(self, ask: Ask, error: LiveAgentError, asked_at: float) -> None:
        try:
            self._failed(ask, error, asked_at)
        except Exception as bug:
            _unhandled(ask, bug)


def retry_final(ask: Ask, error: LiveAgentError) -> float:
    """Seconds until something final is tried again: rarely, where this version lacks the call."""
    return NOT_OFFERED_FOR if not_offered(ask.what, error) else RETRY_FINAL


def _unhandled(ask: Ask, bug: Exception) -> LiveAgentError:
    log.error("the answer to %s could not be handled: %s", ask.what, type(bug).__name__)
    log.debug("where", exc_info=bug)
    return UnreadableAnswerError(f"The answer to {ask.what} could not be handled; the log says where.")
