"""Fixtures every layer shares: no test reads or writes this user's own files and settings."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from textual import _wait
from textual._compositor import Compositor
from textual._context import active_app
from textual.app import App
from textual.pilot import Pilot

from tui.app import LiveAgentApp
from tui.simulator.conversations import Plan, Planner
from tui.simulator.people import AccountSpec

# Textual's pilot looks every 20 ms whether the process is idle; a quarter of all the time went by in that.
_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 4
# And it gives up after 1 s and 30 s by the clock on the wall: too soon on a machine that is busy.
_wait.wait_for_idle.__defaults__ = (1 / 50, 30.0)
Pilot._wait_for_screen.__defaults__ = (300.0,)

_render_update = Compositor.render_update


def _paint(compositor: Compositor, *args: Any, **kwargs: Any) -> Any:
    """The whole app's frames go nowhere: half of what its tests cost. What one looks at is painted then."""
    if (app := active_app.get()).is_headless and isinstance(app, LiveAgentApp):
        compositor._dirty_regions.clear()
        return None
    return _render_update(compositor, *args, **kwargs)


Compositor.render_update = _paint  # type: ignore[method-assign, assignment]

_draw = Planner.hour
_drawn: dict[tuple[int, AccountSpec, int], list[Plan]] = {}
HOURS_KEPT = 1_500


def _hour(planner: Planner, hour: int) -> list[Plan]:
    """An hour of the simulator is a pure function of its seed: tests, which begin at one noon, share it."""
    key = planner._seed, planner._spec, hour
    if key not in _drawn:
        while len(_drawn) >= HOURS_KEPT:
            del _drawn[next(iter(_drawn))]
        _drawn[key] = _draw(planner, hour)
    return _drawn[key]


Planner.hour = _hour  # type: ignore[method-assign, assignment]

OURS = ("LIVEAGENT_", "XDG_")
THEIRS = {"NO_COLOR", "COLORTERM", "TMUX", "SSH_TTY", "SSH_CONNECTION", "CI"}


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(OURS) or name in THEIRS or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", ".config"), ("STATE", ".state"), ("DATA", ".data"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    return home


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
