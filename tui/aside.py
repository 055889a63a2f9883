"""Work that may hang for ever, such as a read from a lost disk: in daemon threads, one of each at a time.

The event loop's own pool (`asyncio.to_thread`) is joined when the program ends, so one thread that
hangs there keeps the process alive. Whatever touches a file of the person's goes through here.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds after which a disk counts as hung."""

_Waiting = tuple[asyncio.AbstractEventLoop, asyncio.Future[Any]]

_out: dict[Hashable, list[_Waiting]] = {}
_lock = threading.Lock()


async def in_thread(what: Hashable, work: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Run `work` in a thread, for at most `seconds`; raises what it raises, or TimeoutError.

    While an earlier thread is at `what`, no other is started and its result is waited for: what
    is asked again each minute would leave a thread hanging each time.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    with _lock:
        running = what in _out
        waiting = _out.setdefault(what, [])
        waiting.append((loop, done))
    try:
        if not running:
            _start(what, work)
        async with asyncio.timeout(seconds):
            return await done
    finally:
        with _lock:
            waiting.remove((loop, done))


def within(seconds: float, work: Callable[[], T]) -> T:
    """`in_thread` for before there is an event loop and after: wait for `work` at most `seconds`.

    Raises what `work` raises, or TimeoutError; the thread is left behind then.
    """
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="file", daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not results:
        raise TimeoutError
    return results[0]


def _start(what: Hashable, work: Callable[[], object]) -> None:
    def run() -> None:
        outcome: object = None
        failure: Exception | None = None
        try:
            outcome = work()
        except Exception as error:
            failure = error
        with _lock:
            waiting = tuple(_out.pop(what))
        for loop, done in waiting:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, done, outcome, failure)

    try:
        threading.Thread(target=run, name="file", daemon=True).start()
    except RuntimeError:
        with _lock:
            del _out[what]
        raise


def _settle(done: asyncio.Future[Any], outcome: object, failure: Exception | None) -> None:
    if done.done():
        return
    if failure is not None:
        done.set_exception(failure)
    else:
        done.set_result(outcome)
