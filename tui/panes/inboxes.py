"""The inboxes pane: where conversations come in, and where they pile up."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from tui import identity
from tui.api.models import Inbox
from tui.identity import Measure, Scope, ScopeKind
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.kept_rows import RowsInView
from tui.panes.teams import count_cell, duration_cell, listing_empty, listing_title
from tui.widgets.columns import Column
from tui.widgets.rows import Cell, Row, SortValue

COLUMNS: tuple[Column, ...] = (
    Column("name", "inbox", min_width=10, flex=1, priority=0),
    Column("channel", "channel", width=12, priority=3, help="how conversations reach this inbox"),
    Column("unassigned", "unassigned", width=10, align="right", priority=1, help="open and nobody's"),
    Column("open", "open", width=8, align="right", priority=2, help="open conversations of the inbox"),
    Column("waiting", "waiting", width=7, align="right", priority=5, help="customers who wait for an answer"),
    Column("longest", "longest", width=8, align="right", priority=4, help="the longest of waiting"),
)


MEASURES = {2: Measure.UNASSIGNED, 3: Measure.OPEN, 4: Measure.WAITING, 5: Measure.LONGEST}
"""The figures of the columns, by their place."""


def rows(
    snapshot: AccountSnapshot, now: float, alarm: AlarmOf = quiet, kept: RowsInView | None = None
) -> Sequence[Row]:
    """One row an inbox, in the server's order, with the alarms on it and its figures.

    Rows in `kept` are taken over where nothing in them changed.
    """

    def parts(inbox: Inbox) -> object:
        slots = [identity.inbox(inbox.id, measure) for measure in MEASURES.values()]
        readings = [snapshot.reading(slot) for slot in slots]
        return (
            inbox,
            stale,
            alarm(Scope(ScopeKind.INBOX, str(inbox.id))),
            readings,
            [one.state(now) for one in readings],
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
            return snapshot.reading(identity.inbox(inbox.id, MEASURES[index])).value


def _channel(inbox: Inbox) -> str:
    return inbox.channel.removeprefix("Channel::")


def _row(snapshot: AccountSnapshot, inbox: Inbox, now: float, alarm: AlarmOf) -> Row:
    unassigned = identity.inbox(inbox.id, Measure.UNASSIGNED)
    opened = identity.inbox(inbox.id, Measure.OPEN)
    waiting, longest = identity.inbox(inbox.id, Measure.WAITING), identity.inbox(inbox.id, Measure.LONGEST)
    normal = "stale" if snapshot.inboxes.state(now) is State.STALE else "normal"
    return Row(
        key=inbox.id,
        cells=(
            draw.name_cell(inbox.name, normal, alarm(Scope(ScopeKind.INBOX, str(inbox.id)))),
            Cell(_channel(inbox), "dim"),
            count_cell(snapshot, unassigned, now, alarm),
            count_cell(snapshot, opened, now, alarm),
            count_cell(snapshot, waiting, now, alarm),
            duration_cell(snapshot, longest, now, alarm),
        ),
    )


def title(snapshot: AccountSnapshot) -> str:
    """`Inboxes 3`, and how many could not be read."""
    return listing_title("Inboxes", snapshot.inboxes.items, snapshot.inboxes.lost)


def as_of(
    snapshot: AccountSnapshot, in_view: Iterable[int], now: float, wall: float, zone: tzinfo | None
) -> str:
    """The oldest moment among the live figures in view, and how old the dimmed ones are."""
    shown = [
        snapshot.reading(identity.inbox(inbox_id, measure))
        for inbox_id in in_view
        for measure in (Measure.UNASSIGNED, Measure.OPEN, Measure.LONGEST)
    ]
    return draw.moments(shown, now, wall, zone)


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.inboxes.state(now), "This token is told of no inbox.")
