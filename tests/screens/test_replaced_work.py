"""Work of a screen that another key replaces before it has begun."""

import ast
import asyncio
import warnings
from functools import partial
from pathlib import Path

import tui
from tests.stage import on_stage


async def test_work_replaced_before_it_began_says_nothing_on_stderr(task_factory: str) -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        done.append(number)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with on_stage() as stage:
            for number in range(3):
                stage.dashboard.run_latest(partial(work, number), "copy")
            await asyncio.sleep(0)
            await stage.pilot.pause()
    # Eager tasks begin at once: there none is replaced before.
    assert done == ([0, 1, 2] if task_factory == "eager" else [2])


def test_no_work_is_told_called() -> None:
    """Work that was called and never began, as it was replaced or the program ended, says so on stderr."""
    called = [
        f"{path}:{node.lineno}"
        for path in sorted(Path(tui.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".run_worker")
        if isinstance(node.args[0], ast.Call) and ast.unparse(node.args[0].func) != "partial"
    ]
    assert called == []
