"""Pipes by which one thread wakes another."""

import os


def wake_pipe() -> tuple[int, int]:
    """A pipe's reading and writing end: no child inherits them, and neither of them waits.

    `os.pipe2`, which does this in one call, is missing on macOS.
    """
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    return reading, writing
