"""The program's three streams: no traceback, and the right exit code, where one can't be written.

Standard output is data alone, in UTF-8 whatever the locale.
"""

import io
import os
import select
import sys
from typing import TYPE_CHECKING

from tui.text import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(Exception):
    """What standard output doesn't take; the text is for the person who waits for it.

    No OSError, so that nobody takes it for one of the file or the port that is being worked on.
    """


def open_streams() -> None:
    """Give the program its three streams, those as well that were closed when it was started.

    A `?` stands for what a locale of ASCII or Latin-1 can't write, in the help's own words too.
    From now on standard output raises OutputError, or BrokenPipeError where its reader is gone, and
    what standard error doesn't take is lost: it is the last place to complain to, and what the
    interpreter could not flush as it ends would replace the exit code by 120.
    """
    # In this order: a descriptor that is left free would be taken by the next file opened.
    if sys.stdin is None:
        # Textual asks for the original one.
        sys.stdin = sys.__stdin__ = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")  # type: ignore[misc]
    if sys.stdout is sys.__stdout__:
        sys.stdout = _standard_output(sys.stdout)
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    elif sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _like(sys.stderr, _Complaints(sys.stderr.fileno(), "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def emit(text: str) -> bool:
    """Write `text` as UTF-8; False where the other end of the pipe was closed."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(printable(text).encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        abandon()
        return False
    return True


def abandon() -> None:
    """Let what is still to be written go nowhere."""
    # The interpreter flushes standard output once more as it ends, and would complain then.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _standard_output(given: io.TextIOWrapper | None) -> io.TextIOWrapper:
    if given is None:
        # Can't be written to, just as the stream that was closed.
        closed = os.open(os.devnull, os.O_RDONLY)
        return _Text(io.BufferedWriter(_Output(closed, "w", closefd=False)), encoding="utf-8")
    return _like(given, _Output(given.fileno(), "w", closefd=False))


def _like(given: io.TextIOWrapper, descriptor: io.FileIO) -> io.TextIOWrapper:
    return _Text(
        io.BufferedWriter(descriptor),
        encoding=given.encoding,
        line_buffering=given.line_buffering,
        write_through=given.write_through,
    )


class _Text(io.TextIOWrapper):
    """A stream that lets nothing through that would do something to a terminal."""

    def write(self, text: str, /) -> int:
        """Write `text` as it may be shown."""
        return super().write(printable(text))


class _Descriptor(io.FileIO):
    """A descriptor that waits for its reader, also where whoever shares it has made it non-blocking."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what it takes of `data`; raises OSError."""
        while True:
            written: int | None = super().write(data)
            if written is not None:
                return written
            select.select([], [self], [])


class _Output(_Descriptor):
    """Standard output's descriptor."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what the descriptor takes of `data`; raises OutputError, BrokenPipeError."""
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"The output can't be written: {error.strerror}.") from error


class _Complaints(_Descriptor):
    """Standard error's descriptor."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what the descriptor takes of `data`, and lose it where it takes none."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes
