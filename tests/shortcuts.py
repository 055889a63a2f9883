"""What makes tests of the app quick and patient: for pytest, and for taking pictures as its tests do."""

from typing import Any

from textual import _wait
from textual._compositor import Compositor
from textual._context import active_app
from textual.pilot import Pilot

from tui.app import LiveAgentApp
from tui.simulator.conversations import Plan, Planner
from tui.simulator.people import AccountSpec

HOURS_KEPT = 1_500

_render_update = Compositor.render_update
_draw = Planner.hour
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
