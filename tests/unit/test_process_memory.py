"""What the process takes and keeps: one heap for all threads, caches with small bounds, looks for cycles."""

import functools
import platform
import subprocess
import sys
from collections.abc import Iterator
from math import prod

import pytest
from textual.css.scalar import Scalar
from textual.geometry import Region
from textual.strip import Strip

from tui.app.memory import COLLECT_AFTER
from tui.terminal.textual_private import MOST_KEPT, keep_few

HEAPS = """
import ctypes, re, sys, tempfile, threading
from tui.app.memory import share_one_heap
if sys.argv[1:] == ["shared"]:
    share_one_heap()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.fclose.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
together = threading.Barrier(5)
def take():
    kept = bytes(50_000)
    together.wait()
for _ in range(4):
    threading.Thread(target=take).start()
together.wait()
with tempfile.NamedTemporaryFile("r") as told:
    stream = libc.fopen(told.name.encode(), b"w")
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall("<heap nr", told.read())))
"""


def heaps(*how: str) -> int:
    run = subprocess.run([sys.executable, "-c", HEAPS, *how], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_threads_share_one_heap() -> None:
    assert heaps() > 1
    assert heaps("shared") == 1


def caches(owner: type) -> Iterator["functools._lru_cache_wrapper[object]"]:
    for attribute in vars(owner).values():
        method = getattr(attribute, "__func__", attribute)
        if isinstance(method, functools._lru_cache_wrapper):
            yield method


@pytest.mark.parametrize("owner", [Region, Scalar, Strip], ids=lambda owner: owner.__name__)
def test_a_cache_of_textual_keeps_what_a_screen_needs_and_no_more(owner: type) -> None:
    keep_few()
    bounds = [cache.cache_parameters()["maxsize"] for cache in caches(owner)]
    assert len(bounds) >= 2
    assert all(bound is not None and bound <= MOST_KEPT for bound in bounds)


def test_bounding_them_again_forgets_nothing() -> None:
    keep_few()
    before = [*caches(Region)]
    keep_few()
    assert [*caches(Region)] == before


def test_what_textual_leaves_in_circles_is_looked_for_while_it_is_little() -> None:
    assert prod(COLLECT_AFTER) <= 200_000
