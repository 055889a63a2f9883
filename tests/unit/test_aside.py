"""Work in daemon threads: bounded, one of each at a time, and never joined when the program ends."""

import subprocess
import sys
import threading

import pytest

from tui.aside import in_thread, within


async def test_what_hangs_is_given_up_and_joined_by_the_next_who_asks() -> None:
    go_on, begun = threading.Event(), []

    def work() -> str:
        begun.append(1)
        go_on.wait(30)
        return "done"

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await in_thread("one", work, 0.01)
    go_on.set()
    assert await in_thread("one", work, 30) == "done"
    assert len(begun) <= 2


def test_within_gives_the_result_the_failure_or_gives_up() -> None:
    assert within(30, lambda: 7) == 7
    with pytest.raises(KeyError):
        within(30, lambda: {"a": 1}["x"])
    with pytest.raises(TimeoutError):
        within(0.01, lambda: threading.Event().wait(30))


@pytest.mark.parametrize("asks", ["asyncio.run(in_thread(1, hang, 0.1))", "within(0.1, hang)"])
def test_a_thread_that_hangs_keeps_no_program_from_ending(asks: str) -> None:
    code = (
        "import asyncio, contextlib, threading\nfrom tui.aside import in_thread, within\n"
        f"hang = threading.Event().wait\nwith contextlib.suppress(TimeoutError): {asks}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
