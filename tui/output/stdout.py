"""Standard output as data alone: UTF-8 whatever the locale, and no traceback when the reader is gone."""

import os
import sys


def emit(text: str) -> bool:
    """Write `text` as UTF-8; False where the other end of the pipe was closed."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        abandon()
        return False
    return True


def abandon() -> None:
    """Let what is still to be written go nowhere: its reader is gone."""
    # The interpreter flushes standard output once more as it ends, and would complain then.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
