"""How this process takes memory, and how often Python looks for what is unused."""

import contextlib
import ctypes
import gc

COLLECT_AFTER = 10_000, 5, 3
"""When Python looks for cycles among what is new, what is older, and all: figures and rows, which come by
the thousand, form none, and each look holds everything up. But what Textual no longer needs forms some,
and is gone only after a look at all: the memory rises until then."""
_ARENA_MAX = -8
"""glibc's number of how many heaps there may be (`M_ARENA_MAX` in malloc.h)."""


def share_one_heap() -> None:
    """Have all threads take memory from one heap, where the C library knows such a thing.

    glibc gives each thread a heap of its own, which keeps whatever its threads ever needed at once.
    Python's threads take turns, so they gain nothing by it.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def keep_what_is_there() -> None:
    """Look for cycles from now on, but not among what a start has made, which stays for good.

    To look through that, again and again, would hold up the loop.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
