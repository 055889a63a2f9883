"""Signals, hang-ups and the time a way out may take: kept by a thread, whatever the event loop is busy with.

Python's own handlers run between two steps of the main thread, and asyncio's in a turn of the loop:
neither comes while that thread waits for a disk or computes. What C writes to the wake-up descriptor
comes at once.
"""

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from tui.terminal import restore

if TYPE_CHECKING:
    import asyncio

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
FATAL = (signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGABRT)
"""They end the program as they always did, but leave a terminal that can be used."""
SCREEN = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)
"""What concerns a program that has the terminal, and only while it does."""

ENDING_GRACE = 1.6
"""Seconds from SIGTERM, SIGHUP or a hang-up to the end; restoring a stalled terminal may add 0.3."""
QUIT_GRACE = 4.6
"""The same from the key that quits."""
FATAL_GRACE = 3.0
"""The same where the main thread can't be reached to die of the signal itself."""

_POKE = 0  # no signal has this number

Follower = Callable[[signal.Signals], bool]
"""Called in the watching thread; whether somebody sees to the signal."""
Handler = Callable[[int, FrameType | None], None]


class Watch:
    """Reads the numbers of signals as they come; one a process, see `watching`.

    SIGTERM, SIGHUP, SIGINT and a hang-up of the terminal go to the follower, and end the process
    ENDING_GRACE later with 128 and the signal's number, or at once where nobody follows and at a
    further SIGTERM or SIGINT. A signal ignored from the start, as under nohup, stays ignored.
    """

    def __init__(self, *, leave: Callable[[int], object] = restore.last_resort) -> None:
        self.lent = False
        """Whether another program has the terminal: ctrl+c is meant for that one."""
        self._leave = leave
        self._follower: Follower | None = None
        self._terminal = -1
        self._end: tuple[float, int] | None = None
        self._end_lock = threading.Lock()
        self._before: dict[signal.Signals, Any] = {}
        self._stopped = False
        self._wakeup_before = -1
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._thread = threading.Thread(target=self._run, name="signals", daemon=True)

    def begin(self) -> None:
        """Take over; raises ValueError outside the main thread."""
        self._wakeup_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        # A mask inherited from whoever started us would keep them from us, and from all that we start.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDING, *FATAL, *SCREEN})
        self.attend(ENDING)
        self._handle(FATAL, _die)
        self._thread.start()

    def stop(self) -> None:
        """Give the signals back; nothing happens where the process is about to end by an hour set."""
        if self._end is not None:
            return
        self.neglect(tuple(self._before))
        signal.set_wakeup_fd(self._wakeup_before)
        self._stopped = True
        self._poke()
        self._thread.join()
        os.close(self._read)
        os.close(self._write)

    def attend(self, numbers: Iterable[signal.Signals]) -> None:
        """Have these signals come to the follower, but those that are ignored."""
        self._handle(numbers, _nothing)

    def neglect(self, numbers: Iterable[signal.Signals]) -> None:
        """Leave these signals to what they did before."""
        for number in numbers:
            if number in self._before:
                signal.signal(number, self._before.pop(number))

    def stop_job(self) -> None:
        """Stop as ctrl+z does, in the main thread; the terminal must have been given back."""
        numbers = tuple(number for number in SCREEN if number in self._before)
        self.neglect(numbers)
        # The whole job, so that a wrapper's shell notices; where nobody could continue us
        # (an orphaned group), the system ignores it and we go straight on.
        os.kill(0, signal.SIGTSTP)
        self.attend(numbers)

    def follow(self, follower: Follower | None, *, terminal: int | None = None) -> None:
        """Tell `follower` from now on, None: nobody; also when the terminal at that descriptor hangs up."""
        self._follower = follower
        if terminal is not None:
            self._terminal = terminal
        self._poke()

    def end_within(self, seconds: float, code: int) -> None:
        """End the process with exit `code`, `seconds` from now at the latest; an earlier end set stays."""
        end = time.monotonic() + seconds
        with self._end_lock:
            if self._end is None or end < self._end[0]:
                self._end = end, code
        self._poke()

    def _handle(
        self, numbers: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], None]
    ) -> None:
        for number in numbers:
            before = signal.getsignal(number)
            if before not in {signal.SIG_IGN, None} and number not in self._before:
                self._before[number] = before
                signal.signal(number, handler)

    def _poke(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, bytes((_POKE,)))

    # In the thread

    def _run(self) -> None:
        while not self._stopped:
            poll = select.poll()
            poll.register(self._read, select.POLLIN)
            watched = self._terminal
            if watched >= 0:
                # No events asked for: hang-up and error are told all the same, and nothing else wakes us.
                poll.register(watched, 0)
            left = None if self._end is None else max(0.0, self._end[0] - time.monotonic())
            ready = {fd for fd, _ in poll.poll(None if left is None else left * 1000 + 1)}
            if self._end is not None and time.monotonic() >= self._end[0]:
                self._leave(self._end[1])
                return
            if watched in ready:
                self._terminal = -1
                self._ending(signal.SIGHUP)
            if self._read in ready:
                for number in os.read(self._read, 512):
                    self._came(number)

    def _came(self, number: int) -> None:
        if number in ENDING:
            self._ending(signal.Signals(number))
        elif number in FATAL:
            self.end_within(FATAL_GRACE, 128 + number)
        elif number in SCREEN:
            self._tell(signal.Signals(number))

    def _ending(self, number: signal.Signals) -> None:
        if self.lent and number == signal.SIGINT:
            return
        # A terminal that closes sends SIGHUP more than once; who sends another one twice means it.
        again = self._end is not None and number != signal.SIGHUP
        self.end_within(ENDING_GRACE, 128 + number)
        if again or not self._tell(number):
            self._leave(128 + number)

    def _tell(self, number: signal.Signals) -> bool:
        follower = self._follower
        return follower is not None and follower(number)


_watch: list[Watch] = []


def begin() -> Watch | None:
    """Start the process's watch; None where there is one, or where this is not the main thread."""
    if _watch or threading.current_thread() is not threading.main_thread():
        return None
    watch = Watch()
    watch.begin()
    _watch.append(watch)
    return watch


def current() -> Watch | None:
    """The watch of this process, if it was begun."""
    return _watch[0] if _watch else None


def end(watch: Watch | None) -> None:
    """Stop what `begin` gave."""
    if watch is not None:
        _watch.remove(watch)
        watch.stop()


@contextlib.contextmanager
def watching() -> Iterator[Watch | None]:
    """Have the signals watched meanwhile, by the watch there is or a new one."""
    begun = begin()
    try:
        yield current()
    finally:
        end(begun)


def end_within(seconds: float, code: int) -> None:
    """End the process by then, whatever hangs, if its signals are watched: as the program that it is."""
    watch = current()
    if watch is not None:
        watch.end_within(seconds, code)


def on_loop(loop: "asyncio.AbstractEventLoop", seen_to: Callable[[signal.Signals], object]) -> Follower:
    """A follower that has `seen_to` called on the loop."""

    def told(number: signal.Signals) -> bool:
        try:
            loop.call_soon_threadsafe(seen_to, number)
        except RuntimeError:  # The loop is closed.
            return False
        return True

    return told


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """What is done is done by the thread; without a handler there would be nothing to read."""


def _die(number: int, _frame: FrameType | None) -> None:
    restore.restore_terminal()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
