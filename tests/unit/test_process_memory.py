"""How the process takes memory: from one heap, however many threads there are."""

import platform
import subprocess
import sys

import pytest

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
