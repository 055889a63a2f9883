"""The program's log: a small rotating file without tokens, bodies or customers' names."""

import atexit
import contextlib
import errno
import logging
import os
import queue
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path

from tui.aside import within
from tui.private_files import private_dir
from tui.redact import scrub

LARGEST = 1_000_000
"""Bytes of the log, and of each older one beside it."""
KEPT = 3
"""Older files of the log."""
SECONDS = 2.0
"""How long the log's disk may take to open it, and to take what is left at the end."""
WAITING = 10_000
"""Records that wait for the disk; more are dropped rather than keep the event loop waiting."""

OURS = "tui"
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def set_up(level: str, path: Path) -> Callable[[], None]:
    """Log what `tui.*` says at `level` and above to `path`; returns what ends it and writes the rest.

    `level` is one of `--log-level`. The file is readable by its owner alone, at most 1 MB, and
    `KEPT` older ones stay beside it. Nothing of another library gets in: httpx would log
    headers and addresses. Writing is done in a thread, so that a slow disk holds up no poll;
    a full disk is nobody's error either. Raises OSError where the file can't be opened.
    """
    try:
        file = within(SECONDS, lambda: _opened(path))
    except TimeoutError:
        raise OSError(errno.ETIMEDOUT, "its disk does not answer") from None
    file.setFormatter(_Scrubbed(FORMAT))
    waiting: queue.Queue[logging.LogRecord | None] = queue.Queue(WAITING)
    listener = _Listener(waiting, file)
    handler = _Dropping(waiting)
    logger = logging.getLogger(OURS)
    logger.setLevel(level.upper())
    logger.addHandler(handler)
    logger.propagate = False
    listener.start()

    def end() -> None:
        atexit.unregister(end)
        logger.removeHandler(handler)
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
        try:
            within(SECONDS, lambda: _closed(listener, file))
        except TimeoutError:
            file.abandon()

    atexit.register(end)
    return end


def _opened(path: Path) -> "_OwnFile":
    private_dir(path.parent)
    return _OwnFile(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", errors="backslashreplace")


def _closed(listener: QueueListener, file: logging.Handler) -> None:
    listener.stop()
    file.close()


class _OwnFile(RotatingFileHandler):
    """A rotating file of mode 0600, which gives up a record rather than write to the screen."""

    abandoned = False

    def abandon(self) -> None:
        """Let the file be: whoever writes to it hangs, and `logging` would wait for that as we end."""
        self.abandoned, self.lock = True, None

    def flush(self) -> None:
        """Write what waits, unless the disk was given up."""
        if not self.abandoned:
            super().flush()

    def close(self) -> None:
        """Close the file, unless the disk was given up."""
        if not self.abandoned:
            super().close()

    def _open(self) -> TextIOWrapper:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        stream = super()._open()
        os.fchmod(stream.fileno(), 0o600)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Drop the record: the usual traceback would land in the middle of the dashboard."""


class _Dropping(QueueHandler):
    """Hands records over without formatting them, and drops them while the queue is full."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Fix the text now, as arguments may change before the thread gets to it."""
        record.msg = record.getMessage()
        record.args = None
        return record

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Drop the record: better a gap in the log than a loop that waits."""


class _Listener(QueueListener):
    """The thread that writes; ends also where the queue is full just then."""

    def __init__(self, waiting: "queue.Queue[logging.LogRecord | None]", file: logging.Handler) -> None:
        super().__init__(waiting, file)
        self._waiting = waiting

    def enqueue_sentinel(self) -> None:
        """Ask the thread to end, after what is waiting."""
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=2)


class _Scrubbed(logging.Formatter):
    """A line in UTC, and a traceback where there is one, with every known token masked."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """The finished text, so that a token in a traceback is masked as well."""
        return scrub(super().format(record))
