"""The list of alerts: what fires, the worst first, then what is over, the latest first."""

from datetime import datetime, tzinfo

from tui import wording
from tui.columns import Column
from tui.config.conditions import SHARES, TIMES
from tui.monitor.alerts.engine import RANKS, Alert, PastAlert
from tui.monitor.alerts.rules import FALLEN, OVER_USUAL
from tui.panes.alarms import SIGNS, Alarm, AlertView, matter, where
from tui.widgets.rows import Cell, Row

COLUMNS: tuple[Column, ...] = (
    Column("level", "level", width=11, priority=0, help="how bad"),
    Column("account", "account", min_width=16, flex=2, priority=2, help="environment and account"),
    Column("matter", "what", min_width=30, flex=3, priority=1, help="the rule that holds"),
    Column("since", "since", width=9, priority=4, help="when it fired; one zone for all rows"),
    Column("lasted", "for", width=7, align="right", priority=5, help="how long, or how long it lasted"),
    Column("figures", "at firing", min_width=16, flex=4, priority=6, help="the figures that made it fire"),
    Column("state", "state", width=13, priority=3, help="new, acknowledged, or when it was over"),
)


def rows(alerts: AlertView, zone: tzinfo, now: float, wall: float) -> list[Row]:
    """One row an alert, whether it fires or is over."""
    firing = [_firing(alert, alerts, zone, now, wall) for alert in alerts.active()]
    return firing + [_over(past, zone, wall) for past in alerts.past()]


def _firing(alert: Alert, alerts: AlertView, zone: tzinfo, now: float, wall: float) -> Row:
    look = Alarm(alert.level, not alert.acknowledged)
    state = "acknowledged" if alert.acknowledged else "new"
    cell = Cell(state, look.role if look.new else "normal")
    if not alerts.is_fresh(alert):
        # It fires until fresh figures say otherwise, and the list says why it stays.
        cell = Cell("old figures", "stale-mark")
    return _row(alert, look.role, cell, now - alert.since, zone, wall, rank=0)


def _over(past: PastAlert, zone: tzinfo, wall: float) -> Row:
    alert, ended = past.alert, past.ended_wall
    over = Cell(past.why or f"over {_ended(ended, zone, wall)}", "dim")
    return _row(alert, "dim", over, ended - alert.since_wall, zone, wall, rank=len(RANKS))


def _row(alert: Alert, role: str, state: Cell, lasted: float, zone: tzinfo, wall: float, *, rank: int) -> Row:
    # The environment comes first: of a name that is cut the start is enough, of two places it may not be.
    place = f"{alert.ref.environment} · {where(alert)}"
    normal = "dim" if role == "dim" else "normal"
    since = moment(alert.since_wall, zone, wall)
    return Row(
        key=alert.id,
        cells=(
            Cell(f"{SIGNS[alert.level]:<2} {alert.level}", role),
            Cell(place, normal),
            Cell(matter(alert), role),
            Cell(since, normal),
            Cell(wording.age(lasted), normal),
            Cell(figures(alert), normal),
            state,
        ),
        sort=(
            RANKS[alert.level] + rank,
            place.casefold(),
            matter(alert).casefold(),
            alert.since_wall,
            lasted,
            figures(alert),
            state.text,
        ),
    )


def _ended(wall_then: float, zone: tzinfo, wall: float) -> str:
    """`14:05`, or the weekday alone where that was not today."""
    then, today = (datetime.fromtimestamp(seconds, zone).date() for seconds in (wall_then, wall))
    return wording.minute(wall_then, zone) if then == today else f"{then:%a}"


def moment(wall_then: float, zone: tzinfo, wall: float) -> str:
    """`14:05 CET`, with the weekday instead of the zone where that was not today, in `zone`."""
    then, today = (datetime.fromtimestamp(seconds, zone).date() for seconds in (wall_then, wall))
    time = wording.minute(wall_then, zone)
    return f"{time} {wording.zone_name(wall_then, zone)}" if then == today else f"{then:%a} {time}"


def figures(alert: Alert) -> str:
    """`unassigned 31, agents online 0`: what the figures were when it fired."""
    values = [
        f"{name.replace('_', ' ')} {_value(name, value, at_least=name in alert.at_least)}"
        for name, value in alert.values.items()
    ]
    return ", ".join(values)


def _value(name: str, value: float, *, at_least: bool) -> str:
    if name in FALLEN:
        return f"by {value:.0%}"
    if name == OVER_USUAL:
        return f"{wording.amount(value, decimals=1)} times"
    form = wording.duration if name in TIMES else wording.share if name in SHARES else wording.count
    return form(value, at_least=at_least)


def title(alerts: AlertView) -> str:
    """`Alerts 2 · 5 over`."""
    over = len(alerts.past())
    text = f"Alerts {wording.count(len(alerts.active()))}"
    return f"{text} · {wording.count(over)} over" if over else text
