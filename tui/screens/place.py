"""What the header says of where we are, gathered from config, monitor and clock."""

from tui.figures import AccountRef
from tui.monitor.health import Health, HealthState
from tui.monitor.reading import AccountSnapshot
from tui.panes import alarms
from tui.panes.answers import UNASSIGNED
from tui.panes.header import Place
from tui.screens.context import Context
from tui.themes import badge

NOWHERE = Health(HealthState.UNKNOWN)


def place(
    context: Context, ref: AccountRef | None, snapshot: AccountSnapshot | None, now: float, wall: float
) -> Place:
    """The place of `ref`; without one, the first environment's, whose accounts are being looked up."""
    environments = context.config.environments
    name = ref.environment if ref is not None else (environments[0].name if environments else "")
    found = context.config.environment(name)
    marks: list[str] = ["SIMULATION"] if context.simulated else []
    if found is not None and found.url.startswith("http://"):
        marks.append("HTTP")
    if found is not None and not found.verify:
        marks.append("TLS NOT VERIFIED")
    every = context.config.refresh.every
    if snapshot is not None and snapshot.reading(UNASSIGNED).value is not None:
        every = snapshot.reading(UNASSIGNED).period
    index = next((number for number, one in enumerate(environments) if one.name == name), 0)
    return Place(
        environment=name,
        badge=badge(found.colour if found is not None and found.colour else index),
        marks=tuple(marks),
        health=context.monitor.health(name) if name else NOWHERE,
        every=every,
        now=now,
        wall=wall,
        zone=context.zone(snapshot, name),
        alerts=alarms.header(context.alerts, ref),
    )
