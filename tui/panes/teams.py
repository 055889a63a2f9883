"""The teams pane: which team has how many unassigned, open and waiting, and who of it is there."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any

from tui import identity, wording
from tui.api.models import Team
from tui.identity import Measure, Scope, ScopeKind, Slot
from tui.monitor.history.direction import NO_COURSE, Course
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.kept_rows import RowsInView
from tui.widgets.columns import Column
from tui.widgets.rows import Cell, Row, SortValue
from tui.widgets.trend import spark

SPARK = 7
QUARTER = 900.0
TREND_EVERY = 30

COLUMNS: tuple[Column, ...] = (
    Column("name", "team", min_width=10, flex=1, priority=0),
    Column("unassigned", "unassigned", width=10, align="right", priority=1, help="open and nobody's"),
    Column("open", "open", width=5, align="right", priority=3, help="open conversations of the team"),
    Column("online", "online", width=6, align="right", priority=2, help="members online, of all members"),
    Column("waiting", "waiting", width=7, align="right", priority=6, help="customers who wait for an answer"),
    Column("over", "over", width=5, align="right", priority=7, help="of waiting: longer than the target"),
    Column("longest", "longest", width=8, align="right", priority=4, help="the longest of waiting"),
    Column("trend", "15 m", width=SPARK, priority=5, help="unassigned, over the last 15 minutes"),
    Column("change", "change", width=6, priority=8, help="unassigned, against 15 minutes ago"),
)


SORTED_BY = {
    1: Measure.UNASSIGNED, 2: Measure.OPEN, 3: Measure.MEMBERS_ONLINE, 4: Measure.WAITING,
    5: Measure.OVER_TARGET, 6: Measure.LONGEST,
}  # fmt: skip
"""The figures by which the columns sort that are no names and no changes."""
MEASURES = (*SORTED_BY.values(), Measure.MEMBERS)
"""The figures that stand in a row."""


def rows(
    snapshot: AccountSnapshot,
    now: float,
    alarm: AlarmOf = quiet,
    course: Course = NO_COURSE,
    kept: RowsInView | None = None,
) -> Sequence[Row]:
    """One row a team, in the server's order, with the alarms on it and its figures.

    Rows in `kept` are taken over where nothing in them changed; their trends are drawn anew every
    half a minute, not all at once.
    """

    def parts(team: Team) -> object:
        return (
            team,
            stale,
            snapshot.key,
            type(course),
            int(now + team.id % TREND_EVERY) // TREND_EVERY,
            alarm(Scope(ScopeKind.TEAM, str(team.id))),
            *_figures(snapshot, team.id, now, alarm),
        )

    stale = snapshot.teams.state(now) is State.STALE
    return (RowsInView() if kept is None else kept).rows(
        snapshot.teams.items or (),
        lambda team: team.id,
        parts,
        lambda team: _row(snapshot, team, now, alarm, course),
        lambda team, index: _sort_value(snapshot, team, index, course),
    )


def _sort_value(snapshot: AccountSnapshot, team: Team, index: int, course: Course) -> SortValue:
    if index == 0:
        return team.name.casefold()
    if index in SORTED_BY:
        return snapshot.reading(identity.team(team.id, SORTED_BY[index])).value
    return course.change(identity.team(team.id, Measure.UNASSIGNED), QUARTER)


def _figures(snapshot: AccountSnapshot, team_id: int, now: float, alarm: AlarmOf) -> Iterable[object]:
    for measure in MEASURES:
        slot = identity.team(team_id, measure)
        reading = snapshot.reading(slot)
        yield reading
        yield reading.state(now)
        yield alarm(slot)


def _row(snapshot: AccountSnapshot, team: Team, now: float, alarm: AlarmOf, course: Course) -> Row:
    unassigned = identity.team(team.id, Measure.UNASSIGNED)
    opened = identity.team(team.id, Measure.OPEN)
    waiting, over = identity.team(team.id, Measure.WAITING), identity.team(team.id, Measure.OVER_TARGET)
    longest = identity.team(team.id, Measure.LONGEST)
    change = course.change(unassigned, QUARTER)
    return Row(
        key=team.id,
        cells=(
            draw.name_cell(
                team.name,
                "stale" if snapshot.teams.state(now) is State.STALE else "normal",
                alarm(Scope(ScopeKind.TEAM, str(team.id))),
            ),
            count_cell(snapshot, unassigned, now, alarm),
            count_cell(snapshot, opened, now, alarm),
            _online_cell(snapshot, team.id, now, alarm),
            count_cell(snapshot, waiting, now, alarm),
            count_cell(snapshot, over, now, alarm),
            duration_cell(snapshot, longest, now, alarm),
            _trend_cell(snapshot, unassigned, now, course),
            _change_cell(snapshot, unassigned, now, change),
        ),
    )


def _trend_cell(snapshot: AccountSnapshot, slot: Slot, now: float, course: Course) -> Cell:
    fresh = snapshot.reading(slot).state(now) is State.LIVE
    return Cell(spark(course.sparkline(slot, QUARTER, SPARK), SPARK), "dim" if fresh else "stale")


def _change_cell(snapshot: AccountSnapshot, slot: Slot, now: float, change: float | None) -> Cell:
    fresh = snapshot.reading(slot).state(now) is State.LIVE
    if change is None:
        return Cell(wording.UNKNOWN, "unknown")
    return Cell(wording.change(change), "normal" if fresh else "stale", draw.change_meta(slot))


def count_cell(snapshot: AccountSnapshot, slot: Slot, now: float, alarm: AlarmOf = quiet) -> Cell:
    """A count as a cell; how old the stale ones are the pane's border says."""
    reading = snapshot.reading(slot)
    return draw.cell(draw.value_text(reading, now), reading, slot, now, alarm(slot))


def duration_cell(snapshot: AccountSnapshot, slot: Slot, now: float, alarm: AlarmOf = quiet) -> Cell:
    """A length of time as a cell."""
    reading = snapshot.reading(slot)
    return draw.cell(draw.value_text(reading, now, wording.wait), reading, slot, now, alarm(slot))


def _online_cell(snapshot: AccountSnapshot, team_id: int, now: float, alarm: AlarmOf) -> Cell:
    online_slot = identity.team(team_id, Measure.MEMBERS_ONLINE)
    online = snapshot.reading(online_slot)
    members = snapshot.reading(identity.team(team_id, Measure.MEMBERS))
    text = draw.value_text(online, now)
    if online.value is not None and not (online.at_least or members.at_least):
        text = f"{text}/{wording.count(members.value)}"
    return draw.cell(text, online, online_slot, now, alarm(online_slot))


def title(snapshot: AccountSnapshot) -> str:
    """`Teams 4`, and how many could not be read."""
    return listing_title("Teams", snapshot.teams.items, snapshot.teams.lost)


def listing_title(word: str, items: Sequence[object] | None, lost: int) -> str:
    """The word, the number of rows, and the loss where some could not be read."""
    if items is None:
        return word
    told = f", {wording.count(lost)} unreadable" if lost else ""
    return f"{word} {wording.count(len(items))}{told}"


def as_of(
    snapshot: AccountSnapshot, in_view: Iterable[int], now: float, wall: float, zone: tzinfo | None
) -> str:
    """The oldest moment among the live figures in view, and how old the dimmed ones are.

    Who belongs to a team is read rarely and seldom changes: of the members online it is the
    agents' moment that counts, as long as they are fresh.
    """
    shown: list[Reading | Listing[Any]] = [
        snapshot.reading(identity.team(team_id, measure))
        for team_id in in_view
        for measure in (Measure.UNASSIGNED, Measure.OPEN, Measure.LONGEST)
    ]
    for team_id in in_view:
        online = snapshot.reading(identity.team(team_id, Measure.MEMBERS_ONLINE))
        if online.value is not None:
            shown.append(snapshot.agents if online.state(now) is State.LIVE else online)
    return draw.moments(shown, now, wall, zone)


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.teams.state(now), "No teams in this account.")


def listing_empty(state: State, none: str) -> str:
    """Why a list has no row: still asked, not permitted, unknown, or really none."""
    match state:
        case State.LOADING:
            return "Asking the server…"
        case State.NOT_PERMITTED:
            return "This token may not see these."
        case State.UNKNOWN:
            return "Unknown: the server has not answered this yet. See the line below."
        case _:
            return none
