"""The inboxes pane: where conversations come in, and where they pile up."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from tui import identity
from tui.api.models import Inbox
from tui.config.columns import INBOXES, figures_in
from tui.identity import Measure, Scope, ScopeKind
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.kept_rows import RowsInView
from tui.panes.level_cells import level_cell, moment
from tui.panes.teams import figure_cell, listing_empty, listing_title
from tui.widgets.rows import Cell, Row, SortValue

SHOWN = figures_in(INBOXES)
MEASURES = tuple(SHOWN.values())
"""The figures that stand in a row."""


def rows(
    snapshot: AccountSnapshot, now: float, alarm: AlarmOf = quiet, kept: RowsInView | None = None
) -> Sequence[Row]:
    """One row an inbox, in the server's order, with the alarms on it and its figures.

    Rows in `kept` are taken over where nothing in them changed.
    """

    def parts(inbox: Inbox) -> object:
        slots = [identity.inbox(inbox.id, measure) for measure in MEASURES]
        readings = [snapshot.reading(slot) for slot in slots]
        return (
            inbox,
            stale,
            alarm(Scope(ScopeKind.INBOX, str(inbox.id))),
            readings,
            [reading.state(now) for reading in readings],
            [alarm(slot) for slot in slots],
        )

    stale = snapshot.inboxes.state(now) is State.STALE
    return (RowsInView() if kept is None else kept).rows(
        snapshot.inboxes.items or (),
        lambda inbox: inbox.id,
        parts,
        lambda inbox: _row(snapshot, inbox, now, alarm),
        lambda inbox, index: _sort_value(snapshot, inbox, index),
    )


def _sort_value(snapshot: AccountSnapshot, inbox: Inbox, index: int) -> SortValue:
    match index:
        case 0:
            return inbox.name.casefold()
        case 1:
            return _channel(inbox).casefold()
        case _:
            return snapshot.reading(identity.inbox(inbox.id, SHOWN[index])).value


def _channel(inbox: Inbox) -> str:
    return inbox.channel.removeprefix("Channel::")


def _row(snapshot: AccountSnapshot, inbox: Inbox, now: float, alarm: AlarmOf) -> Row:
    normal = "stale" if snapshot.inboxes.state(now) is State.STALE else "normal"
    named = alarm(Scope(ScopeKind.INBOX, str(inbox.id)))

    def cell(place: int, key: str) -> Cell:
        match key:
            case "name":
                return draw.name_cell(inbox.name, normal, named)
            case "channel":
                return Cell(_channel(inbox), "dim")
            case "level":
                return level_cell(snapshot, identity.inbox(inbox.id, Measure.SERVICE_LEVEL), now, alarm)
            case _:
                return figure_cell(snapshot, identity.inbox(inbox.id, SHOWN[place]), now, alarm)

    return Row(key=inbox.id, cells=tuple(cell(place, column.key) for place, column in enumerate(INBOXES)))


def title(snapshot: AccountSnapshot) -> str:
    """`Inboxes 3`, and how many could not be read."""
    return listing_title("Inboxes", snapshot.inboxes.items, snapshot.inboxes.lost)


def as_of(
    snapshot: AccountSnapshot,
    in_view: Iterable[int],
    now: float,
    wall: float,
    zone: tzinfo | None,
    *,
    levels: bool = False,
) -> str:
    """The oldest moment among the live figures in view, and how old the dimmed ones are.

    With `levels` as of when those of service level are: they come a few times an hour alone."""
    shown = [
        snapshot.reading(identity.inbox(inbox_id, measure))
        for inbox_id in in_view
        for measure in MEASURES
        if measure is not Measure.SERVICE_LEVEL
    ]
    slots = [identity.inbox(number, Measure.SERVICE_LEVEL) for number in in_view] if levels else []
    moments = (draw.moments(shown, now, wall, zone), moment(snapshot, slots, now, wall, zone))
    return " · ".join(filter(None, moments))


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.inboxes.state(now), "This token is told of no inbox.")
