"""Fixtures every layer shares: no test reads or writes this user's own files and settings."""

import asyncio
import gc
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from tests import shortcuts
from tui import redact
from tui.api import lookups, request_ids
from tui.config import secrets
from tui.terminal import restore

shortcuts.take()
gc.disable()

HERE = Path(__file__).parent
OURS = ("LIVEAGENT_", "XDG_")
DEAREST_FIRST = ("terminal", "truth", "snapshots", "screens", "security", "property")
"""The folders ahead of all others: tests of a program wait half of their time, beside any that compute."""
THEIRS = {"NO_COLOR", "COLORTERM", "TMUX", "SSH_TTY", "SSH_CONNECTION", "CI"}

OF_A_PROCESS: dict[Any, dict[str, Callable[[], object]]] = {
    redact: {"_known": dict, "_longest_first": lambda: [()], "_variables": set(redact._variables).copy},
    secrets: {"_prepared": dict, "_one_at_a_time": asyncio.Lock},
    lookups: {"_pending": dict},
    request_ids: {"_numbers": lambda: count(1)},
    restore: {"_armed": list, "_leaving": list},
}
"""What a module keeps for as long as the program runs, and how that begins."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the dearest: at the end no worker waits for another longer than a short test lasts."""
    ranks = {name: rank for rank, name in enumerate(DEAREST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.relative_to(HERE).parts[0], len(ranks)))


def pytest_collection_finish() -> None:
    """Look for garbage from here on, but not among all that was read so far, of which nothing goes."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Programs that tests start keep their bytecode here where Python is to write none beside the sources.

    Without any, each of them compiles all of itself anew, which takes as long as its imports do.
    """
    with pytest.MonkeyPatch.context() as patch:
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            folder = tmp_path_factory.getbasetemp()
            # A worker's own folder lies in that of all.
            folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(folder / "bytecode"))
        yield


@pytest.fixture(scope="session")
def new_homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for each test; `mktemp` would look through those of all tests before for the next number."""
    return map(tmp_path_factory.mktemp("homes").joinpath, map(str, count()))


@pytest.fixture(autouse=True)
def _own_home(new_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(OURS) or name in THEIRS or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = next(new_homes)
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".state"), ("DATA", ".data"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    return home


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a program that has just begun: what it shows depends on no secret of another test."""
    for module, kept in OF_A_PROCESS.items():
        for name, begin in kept.items():
            monkeypatch.setattr(module, name, begin())


@pytest.fixture(autouse=True)
def task_factory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How an app under test starts its tasks: "eager", at once, or "plain", in the loop's next turn.

    Textual chooses eager wherever Python has it (from 3.12 on), but not in `run_test()`. So it is
    chosen here, after `on_load`, where the app itself could still have chosen otherwise.
    """
    eager = getattr(asyncio, "eager_task_factory", None)
    chosen: str = getattr(request, "param", "eager" if eager else "plain")
    build_driver = App._build_driver

    def build(app: App[Any], *args: Any, **kwargs: Any) -> Any:
        asyncio.get_running_loop().set_task_factory(eager if chosen == "eager" else None)
        return build_driver(app, *args, **kwargs)

    monkeypatch.setattr(App, "_build_driver", build)
    return chosen
