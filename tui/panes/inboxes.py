"""The inboxes pane: where conversations come in, and where they pile up."""

from collections.abc import Iterable
from datetime import tzinfo

from tui import figures
from tui.api.models import Inbox
from tui.figures import Measure, Scope, ScopeKind
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.teams import count_cell, duration_cell, listing_empty, listing_title
from tui.widgets.columns import Column
from tui.widgets.rows import Cell, Row

COLUMNS: tuple[Column, ...] = (
    Column("name", "inbox", min_width=10, flex=1, priority=0),
    Column("channel", "channel", width=12, priority=3, help="how conversations reach this inbox"),
    Column("unassigned", "unassigned", width=10, align="right", priority=1, help="open and nobody's"),
    Column("open", "open", width=8, align="right", priority=2, help="open conversations of the inbox"),
    Column("waiting", "waiting", width=7, align="right", priority=5, help="customers who wait for an answer"),
    Column("longest", "longest", width=8, align="right", priority=4, help="the longest of waiting"),
)


def rows(snapshot: AccountSnapshot, now: float, alarm: AlarmOf = quiet) -> list[Row]:
    """One row an inbox, in the server's order, with the alarms on it and its figures."""
    return [_row(snapshot, inbox, now, alarm) for inbox in snapshot.inboxes.items or ()]


def _row(snapshot: AccountSnapshot, inbox: Inbox, now: float, alarm: AlarmOf) -> Row:
    unassigned = figures.inbox(inbox.id, Measure.UNASSIGNED)
    opened = figures.inbox(inbox.id, Measure.OPEN)
    waiting, longest = figures.inbox(inbox.id, Measure.WAITING), figures.inbox(inbox.id, Measure.LONGEST)
    normal = "stale" if snapshot.inboxes.state(now) is State.STALE else "normal"
    channel = inbox.channel.removeprefix("Channel::")
    return Row(
        key=inbox.id,
        cells=(
            draw.name_cell(inbox.name, normal, alarm(Scope(ScopeKind.INBOX, str(inbox.id)))),
            Cell(channel, "dim"),
            count_cell(snapshot, unassigned, now, alarm),
            count_cell(snapshot, opened, now, alarm),
            count_cell(snapshot, waiting, now, alarm),
            duration_cell(snapshot, longest, now, alarm),
        ),
        sort=(
            inbox.name.casefold(),
            channel.casefold(),
            snapshot.reading(unassigned).value,
            snapshot.reading(opened).value,
            snapshot.reading(waiting).value,
            snapshot.reading(longest).value,
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
        snapshot.reading(figures.inbox(inbox_id, measure))
        for inbox_id in in_view
        for measure in (Measure.UNASSIGNED, Measure.OPEN, Measure.LONGEST)
    ]
    return draw.moments(shown, now, wall, zone)


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.inboxes.state(now), "This token is told of no inbox.")
