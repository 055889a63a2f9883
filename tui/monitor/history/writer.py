"""The one thread that touches the history's file: it writes, prunes and reads, and outlives trouble."""

import logging
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from tui.durations import DAY
from tui.identity import AccountKey, Figure
from tui.monitor.history.check import UnusableFileError, damaged, is_damage, is_outside, reason, within
from tui.monitor.history.figure_rows import cells_of_figure, number_for
from tui.monitor.history.retention import Retention, earn, prune
from tui.monitor.history.schema import connect, inode_of, set_aside
from tui.monitor.history.transaction import transaction

T = TypeVar("T")

log = logging.getLogger(__name__)

PRUNE_EVERY = 600.0
"""Seconds between two rounds of thinning out."""
RETRY_AFTER = 60.0
"""Seconds until a file that failed is tried again."""
HELD_BACK = 20_000
"""Samples kept in memory while the disk takes none; then the oldest of them go."""
BITES = 4
"""Slices that are pruned after one batch; what is left is due with the next."""
LONGEST_ANSWER = 30.0
"""Seconds a question may take; others wait behind it."""
HANGS = "The history is not being written: the disk does not answer. New samples are left out."


class SampleRow(NamedTuple):
    """A sample to keep: of what, when in Unix time, and after how many seconds it is to be asked again."""

    figure: Figure
    at: float
    value: float
    period: float = 0.0
    """0 where that is not known."""
    at_least: bool = False
    """Whether the figure was at least so much."""


class Batch(msgspec.Struct, frozen=True):
    """Samples to write, and the time on both clocks: the thread itself has none."""

    rows: Sequence[SampleRow]
    now: float
    wall: float


class Writer:
    """Takes samples and questions in order; never blocks who hands them over.

    `problem` is a sentence while the history can't be written, else empty. It may be read from
    any thread.
    """

    def __init__(self, path: Path | None, retention: Retention) -> None:
        self._path = path
        self.retention = retention
        """How much is kept; may be set from any thread."""
        self._jobs: queue.SimpleQueue[tuple[Batch, int] | Callable[[], None] | None] = queue.SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._doubtful = False
        """Whether something odd came of the file: it is looked through as a whole before it is used again."""
        self._ids: dict[Figure, int] = {}
        self._handed = 0
        """Samples in `_jobs`, but for those wanted wholly: a disk that hangs must not fill the memory."""
        self._counting = threading.Lock()
        self._pending: deque[SampleRow] = deque(maxlen=HELD_BACK)
        self._retry_at = float("-inf")
        self._prune_at = float("-inf")
        self._counted_until: float | None = None
        """Up to when, on the clock that nobody sets, the file knows how long the program ran."""
        self.held_back = False
        """Whether more than a day's worth is due to be pruned and stays for now."""
        self._closed = False
        self.problem = ""
        self.aside: Path | None = None
        """Where a damaged file was put, in this run."""
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def put(self, batch: Batch, *, wholly: bool = False) -> None:
        """Have `batch` written; where too many samples wait it is left out, unless it is wanted `wholly`."""
        counted = 0 if wholly else len(batch.rows)
        with self._counting:
            fits = self._handed + counted <= HELD_BACK or wholly
            if fits:
                self._handed += counted
        if fits:
            self._jobs.put((batch, counted))
            return
        if self.problem != HANGS:
            log.warning(HANGS)
        self.problem = HANGS

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Run `question` in the thread, after all that was put before.

        The future raises sqlite3.Error where there is nothing to ask.
        """
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(sqlite3.ProgrammingError("The history is closed."))
            return future

        def answer() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                self._open()
                if self._connection is None:
                    future.set_exception(sqlite3.OperationalError(self.problem))
                else:
                    with within(self._connection, LONGEST_ANSWER):
                        answered = question(self._connection)
                    future.set_result(answered)
            except Exception as error:
                # The asker gets one kind of it; the thread has others to serve.
                future.set_exception(error if isinstance(error, sqlite3.Error) else _unreadable(error))
                self._fail(error)

        self._jobs.put(answer)
        return future

    def leave_out(self, key: AccountKey, after: float) -> None:
        """Of what still waits to be written, let go of an account's samples after `after`, a Unix time."""

        def sift() -> None:
            kept = [row for row in self._pending if row.figure.account != key or row.at <= after]
            self._pending = deque(kept, maxlen=HELD_BACK)

        self._jobs.put(sift)

    def do(self, job: Callable[[sqlite3.Connection], object]) -> None:
        """Run `job` in the thread, after all that was put before; a failure stands in `problem` alone."""
        self.ask(job).add_done_callback(lambda future: future.cancelled() or future.exception())

    def close(self, timeout: float = 5.0) -> None:
        """Write what is waiting and end; give up after `timeout` seconds."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if isinstance(job, tuple):
                batch, counted = job
                self._write(batch)
                with self._counting:
                    self._handed -= counted
            else:
                job()
        self._drop()

    def _write(self, batch: Batch) -> None:
        self._pending.extend(batch.rows)
        if batch.now < self._retry_at:
            return
        try:
            self._open()
            if self._connection is None:
                self._retry_at = batch.now + RETRY_AFTER
                return
            self._insert(self._connection, batch.now)
            self.problem = ""
            if batch.now >= self._prune_at:
                self._prune(self._connection, batch)
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            self._retry_at = batch.now + RETRY_AFTER
            self._fail(error)
        except Exception as error:
            # Samples that no file takes would be tried again and again, or end the thread.
            self._pending.clear()
            self.problem = f"Samples could not be kept ({type(error).__name__}); new ones will be."
            log.warning(self.problem)

    def _prune(self, connection: sqlite3.Connection, batch: Batch) -> None:
        self._prune_at = batch.now + PRUNE_EVERY
        for _ in range(BITES):
            pruned = prune(connection, self.retention, batch.wall)
            if not pruned.more:
                break
        else:
            self._prune_at = batch.now
        self.held_back = pruned.held_back > DAY

    def _insert(self, connection: sqlite3.Connection, now: float) -> None:
        if not self._pending:
            return
        ran = 0.0 if self._counted_until is None else now - self._counted_until
        ids = dict(self._ids)
        with transaction(connection):
            connection.executemany(
                "INSERT OR IGNORE INTO sample (figure, at, value, period, at_least) VALUES (?, ?, ?, ?, ?)",
                [
                    (_number_of(connection, ids, row.figure), row.at, row.value, row.period, row.at_least)
                    for row in self._pending
                ],
            )
            earn(connection, ran, self.retention)
        self._ids = ids
        self._counted_until = now
        self._pending.clear()

    def _open(self) -> None:
        """Have a connection to the file that is there now, if that can be had."""
        if self._connection is not None and self._path is not None and inode_of(self._path) != self._inode:
            self._drop()
        if self._connection is not None:
            return
        try:
            self._connection = self._connect()
        except (sqlite3.Error, OSError, UnusableFileError) as error:
            self.problem = f"The history is off: {reason(error)}"

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = connect(self._path, wholly=self._doubtful)
        except sqlite3.DatabaseError as error:
            if self._path is None or not is_damage(error):
                raise
            self._set_aside(inode_of(self._path))
            connection = connect(self._path)
        self._doubtful = False
        self._inode = inode_of(self._path) if self._path else None
        return connection

    def _set_aside(self, inode: int | None) -> None:
        if self._path is not None:
            self.aside = set_aside(self._path, inode) or self.aside

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        self._ids = {}

    def _fail(self, error: Exception) -> None:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return  # one question took too long; that says nothing of the others, nor of writing
        self.problem = f"The history is not being written: {reason(error)} New samples wait in memory."
        if self._path is None or is_outside(error):
            return
        log.warning("the history's file is looked through: %s", type(error).__name__)
        inode = self._inode
        self._drop()
        self._doubtful = True
        self._retry_at = float("-inf")
        if is_damage(error):
            try:
                self._set_aside(inode)
            except (OSError, UnusableFileError) as left:
                self.problem = f"The history is off: {reason(left)}"


def _number_of(connection: sqlite3.Connection, known: dict[Figure, int], figure: Figure) -> int:
    number = known.get(figure)
    if number is None:
        number = known[figure] = number_for(connection, cells_of_figure(figure))
    return number


def _unreadable(error: Exception) -> sqlite3.DatabaseError:
    return damaged(f"what the history holds can't be read ({type(error).__name__})")
