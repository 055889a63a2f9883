"""What the screens leave behind at use: little that holds itself, and nothing that stays."""

import gc
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stage import Stage, on_stage

TOUR = (
    ("f", "escape"), ("w", "escape"), ("x", "escape"), ("c", "escape"), ("comma", "escape"),
    ("colon", "escape"), ("question_mark", "escape"), ("i", "escape"), ("M", "escape"),
    ("b", "escape", "escape"), ("s", "s"), ("e", "E"), ("a", "A"), ("slash", "z", "escape", "escape"),
    ("down", "tab"),
)  # fmt: skip
"""Keys that open each screen and box of the dashboard, and close it again."""
KNOWN_AFTER = 6
"""Rounds until what is remembered of each size, row and account was met."""
ROUNDS = 5
MOST = 1_500
"""Objects that become more: a minute of readings. A box that stayed at each visit would be thousands."""
SIZES = ((100, 30), (80, 24))


@pytest.fixture
def collected() -> Iterator[list[Any]]:
    """What only a look through all there is has found to be unused."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


async def go_round(stage: Stage) -> None:
    for keys in TOUR:
        for key in keys:
            await stage.press(key)
            stage.lines()
    for size in SIZES:
        await stage.resize(*size)
        stage.lines()


async def test_a_line_that_was_drawn_is_gone_without_a_look_for_cycles(collected: list[Any]) -> None:
    async with on_stage(size=SIZES[-1]) as stage:
        await go_round(stage)
        gc.collect()
        collected.clear()
        for _ in range(ROUNDS):
            await go_round(stage)
        gc.collect()
        left = Counter(type(unused).__name__ for unused in collected)
        assert left["Strip"] == 0, left.most_common(20)


async def test_round_after_round_of_all_screens_leaves_nothing_behind() -> None:
    async with on_stage(size=SIZES[-1]) as stage:
        for _ in range(KNOWN_AFTER):
            await go_round(stage)
        before = await objects(stage)
        for _ in range(ROUNDS):
            await go_round(stage)
        after = await objects(stage)
        assert after["FIFOCache"] < after["Strip"] / 2, "each line has caches of its own"
        more = after - before
        assert sum(more.values()) < MOST, more.most_common(20)


async def objects(stage: Stage) -> Counter[str]:
    await stage.run_for(60.0, step=10.0)  # What waits for a moment that passed is gone.
    gc.collect()
    return Counter(type(there).__name__ for there in gc.get_objects())
