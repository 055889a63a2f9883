"""What makes tests of the app quick and patient: for pytest, and for taking pictures as its tests do."""

import gc
from typing import Any

from textual import _wait
from textual._compositor import Compositor
from textual._context import active_app
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from tui.app.app import LiveAgentApp
from tui.simulator.conversations import Plan, Planner
from tui.simulator.people import AccountSpec

HOURS_KEPT = 1_500
ALLOCATIONS = 100_000
"""Objects made between two looks for garbage: pytest's own are many, and each look costs."""

_render_update = Compositor.render_update
_draw = Planner.hour
_parse = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}
_drawn: dict[tuple[int, AccountSpec, int], list[Plan]] = {}


def take() -> None:
    """Take them in this process, from now on."""
    # Textual's pilot looks every 20 ms whether the process is idle: a quarter of all the time went by so.
    _wait.SLEEP_GRANULARITY = 1 / 200
    _wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 4
    # And it gives up after 1 s and 30 s by the clock on the wall: too soon on a machine that is busy.
    _wait.wait_for_idle.__defaults__ = (1 / 50, 30.0)
    Pilot._wait_for_screen.__defaults__ = (300.0,)
    Compositor.render_update = _paint  # type: ignore[method-assign, assignment]
    Planner.hour = _hour  # type: ignore[method-assign, assignment]
    Stylesheet._parse_rules = _rules  # type: ignore[method-assign, assignment]
    gc.set_threshold(ALLOCATIONS)


def _paint(compositor: Compositor, *args: Any, **kwargs: Any) -> Any:
    """The whole app's frames go nowhere: half of what its tests cost. What one looks at is painted then."""
    if (app := active_app.get()).is_headless and isinstance(app, LiveAgentApp):
        compositor._dirty_regions.clear()
        return None
    return _render_update(compositor, *args, **kwargs)


def _hour(planner: Planner, hour: int) -> list[Plan]:
    """An hour of the simulator is a pure function of its seed: tests, which begin at one noon, share it."""
    key = planner._seed, planner._spec, hour
    if key not in _drawn:
        while len(_drawn) >= HOURS_KEPT:
            del _drawn[next(iter(_drawn))]
        _drawn[key] = _draw(planner, hour)
    return _drawn[key]


def _rules(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> list[RuleSet]:
    """The rules of a style sheet: every app reads the same few, with the variables of its theme."""
    key = css, where, *sorted(more.items()), *sorted(sheet._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, *where, **more)
    return _parsed[key]
