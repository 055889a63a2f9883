"""Signals reach the program whatever its main thread does, and every way out takes bounded time."""

import asyncio
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.config.model import Environment, TokenSource
from tui.config.secrets import resolve
from tui.monitor.alerts.command import run_command
from tui.terminal import browser, clipboard, signals
from tui.terminal.signals import Watch

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """No signal is ignored, as where these tests themselves run under nohup or in the background."""
    numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


class Left:
    """What stands for the end of the process: remembers the exit code."""

    def __init__(self) -> None:
        self.codes: queue.Queue[int] = queue.Queue()

    def __call__(self, code: int) -> None:
        self.codes.put(code)


def noting(told: queue.Queue[int]) -> signals.Follower:
    """A follower that sees to everything, and notes it."""

    def follower(number: signal.Signals) -> bool:
        told.put(number)
        return True

    return follower


@contextmanager
def watched(left: Left) -> Iterator[Watch]:
    """A watch that ends nothing but is told to; the test process gets its own handlers back."""
    before = {number: signal.getsignal(number) for number in (*signals.ENDING, *signals.SCREEN)}
    watch = Watch(leave=left)
    watch.begin()
    try:
        yield watch
    finally:
        watch._end = None
        watch.stop()
        assert {number: signal.getsignal(number) for number in before} == before


def sent(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", signals.ENDING)
def test_nobody_follows_and_it_ends_at_once(number: signal.Signals) -> None:
    left = Left()
    with watched(left):
        sent(number)
        assert left.codes.get(timeout=PATIENCE) == 128 + number


def test_a_follower_is_told_while_the_main_thread_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "ENDING_GRACE", 0.01)
    left, told = Left(), queue.Queue[int]()
    with watched(left) as watch:
        watch.follow(noting(told))
        watch.attend(signals.SCREEN)
        sent(signal.SIGWINCH)
        sent(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while left.codes.empty() and time.monotonic() < end:
            pass
        assert left.codes.get_nowait() == 128 + signal.SIGTERM
    assert [told.get_nowait(), told.get_nowait()] == [signal.SIGWINCH, signal.SIGTERM]


def test_hang_ups_by_the_dozen_are_one_and_a_second_sigterm_ends_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signals, "ENDING_GRACE", 3_600)
    left, told = Left(), queue.Queue[int]()
    with watched(left) as watch:
        watch.follow(noting(told))
        for _ in range(3):
            sent(signal.SIGHUP)
            assert told.get(timeout=PATIENCE) == signal.SIGHUP
        assert left.codes.empty()
        sent(signal.SIGTERM)
        assert left.codes.get(timeout=PATIENCE) == 128 + signal.SIGTERM


def test_ctrl_c_in_a_program_that_has_the_terminal_is_not_for_us() -> None:
    left, told = Left(), queue.Queue[int]()
    with watched(left) as watch:
        watch.follow(noting(told))
        watch.lent = True
        sent(signal.SIGINT)
        watch.attend(signals.SCREEN)
        sent(signal.SIGCONT)
        assert told.get(timeout=PATIENCE) == signal.SIGCONT
        assert left.codes.empty()


def test_a_hang_up_of_the_terminal_is_noticed_whatever_became_of_sighup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signals, "ENDING_GRACE", 0.01)
    left, told = Left(), queue.Queue[int]()
    master, slave = os.openpty()
    with watched(left) as watch:
        watch.follow(noting(told), terminal=slave)
        os.close(master)
        assert told.get(timeout=PATIENCE) == signal.SIGHUP
        assert left.codes.get(timeout=PATIENCE) == 128 + signal.SIGHUP
    os.close(slave)


def test_what_is_ignored_from_the_start_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with watched(Left()):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_earlier_of_two_ends_holds() -> None:
    left = Left()
    with watched(left) as watch:
        watch.end_within(0.01, 3)
        watch.end_within(3_600, 4)
        assert left.codes.get(timeout=PATIENCE) == 3


async def test_the_loop_is_told_and_one_that_is_closed_is_nobody() -> None:
    told: asyncio.Queue[int] = asyncio.Queue()
    follower = signals.on_loop(asyncio.get_running_loop(), told.put_nowait)
    assert await asyncio.to_thread(follower, signal.SIGTERM)
    assert await asyncio.wait_for(told.get(), PATIENCE) == signal.SIGTERM
    closed = asyncio.new_event_loop()
    closed.close()
    assert not signals.on_loop(closed, told.put_nowait)(signal.SIGTERM)


def test_one_watch_a_process_and_none_from_another_thread() -> None:
    with signals.watching() as watch:
        assert watch is signals.current() is not None
        with signals.watching() as same:
            assert same is watch
        assert signals.begin() is None
    assert signals.current() is None
    thread = threading.Thread(target=lambda: begun.append(signals.begin()))
    begun: list[Watch | None] = []
    thread.start()
    thread.join()
    assert begun == [None]


def test_nothing_blocked_is_handed_on() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    with signals.watching():
        assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


TELL = """
import pathlib, signal, sys
ignored = [number for number in signal.valid_signals() if signal.getsignal(number) is signal.SIG_IGN]
blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
# Python itself ignores these two.
odd = {*ignored, *blocked} - {signal.SIGPIPE, signal.SIGXFSZ}
pathlib.Path(sys.argv[1]).write_text(repr(odd))
print("a-token-of-nobody")
"""


async def test_no_command_we_run_has_signals_blocked_or_ignored(tmp_path: Path) -> None:
    told = [tmp_path / name for name in ("clipboard", "alert", "token", "browser")]
    words = [(sys.executable, "-c", TELL, str(file)) for file in told]
    with signals.watching() as watch:
        assert watch is not None
        watch.attend(signals.SCREEN)
        await clipboard.run(words[0])
        await run_command(words[1], b"")
        await resolve(Environment(name="e", url="https://e", token=TokenSource(command=words[2])))
        await asyncio.to_thread(browser._start, list(words[3]), dict(os.environ), PATIENCE)
    assert [file.read_text() for file in told] == ["set()"] * 4
