"""What the header says of where we are, gathered from config, monitor and clock."""

from collections.abc import Callable

from rich.cells import cell_len

from tui import wording
from tui.config.model import Environment
from tui.identity import HEADLINE, AccountRef
from tui.monitor.health import Health, HealthState
from tui.monitor.reading import AccountSnapshot
from tui.panes import alarms
from tui.panes.header import Place
from tui.screens.context import Context
from tui.widgets.themes import badge

WEAKNESSES: tuple[tuple[str, Callable[[Environment], bool]], ...] = (
    ("HTTP", lambda environment: environment.url.startswith("http://")),
    ("TLS NOT VERIFIED", lambda environment: not environment.verify),
)
"""What is marked on screen for ever, and the environments it is true of."""
NOWHERE = Health(HealthState.UNKNOWN)


def marks_of_all(context: Context, width: int) -> list[str]:
    """`HTTP: onprem, lab`: each weakness with the environments that have it.

    Their number in place of their names where these would take more than `width` cells.
    """
    environments = context.config.environments
    held = [
        (mark, [environment.name for environment in environments if weak(environment)])
        for mark, weak in WEAKNESSES
    ]
    named = [f"{mark}: {', '.join(names)}" for mark, names in held if names]
    if sum(cell_len(mark) + 2 for mark in named) <= width:
        return named
    counted = [(mark, wording.plural(len(names), "environment")) for mark, names in held if names]
    return [f"{mark}: {number}" for mark, number in counted]


def place(
    context: Context, ref: AccountRef | None, snapshot: AccountSnapshot | None, now: float, wall: float
) -> Place:
    """The place of `ref`; without one, the first environment's, whose accounts are being looked up."""
    environments = context.config.environments
    name = ref.environment if ref is not None else (environments[0].name if environments else "")
    environment = context.config.environment(name)
    marks: list[str] = ["SIMULATION"] if context.simulated else []
    marks += [mark for mark, weak in WEAKNESSES if environment is not None and weak(environment)]
    every = context.config.refresh.every
    if snapshot is not None and snapshot.reading(HEADLINE).value is not None:
        every = snapshot.reading(HEADLINE).period
    index = next((number for number, environment in enumerate(environments) if environment.name == name), 0)
    return Place(
        environment=name,
        badge=badge(environment.colour if environment is not None and environment.colour else index),
        marks=tuple(marks),
        health=context.monitor.health_of(ref) if ref else context.monitor.health(name) if name else NOWHERE,
        every=every,
        now=now,
        wall=wall,
        zone=context.zone(snapshot, name),
        alerts=alarms.header(context.alerts, ref),
    )
