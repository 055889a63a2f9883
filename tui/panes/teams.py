"""The teams pane: which team has how many unassigned, open and waiting, and who of it is there."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any

from tui import identity, wording
from tui.api.models import Team
from tui.config.columns import TEAMS, TREND, figures_in
from tui.durations import QUARTER
from tui.identity import HEADLINE, Measure, Scope, ScopeKind, Slot
from tui.monitor.history.direction import NO_COURSE, Course
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.kept_rows import RowsInView
from tui.panes.level_cells import level_cell, moment
from tui.widgets.rows import Cell, Row, SortValue
from tui.widgets.trend import spark

TREND_EVERY = 30
"""Seconds for which the picture of a team's last 15 minutes stays as it is."""

SHOWN = figures_in(TEAMS)
"""The figures by which the columns sort that are no names and no changes, by their place."""
MEASURES = (*SHOWN.values(), Measure.MEMBERS)
"""The figures that stand in a row: of the members online also of how many."""


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
    if index in SHOWN:
        return snapshot.reading(identity.team(team.id, SHOWN[index])).value
    return course.change(identity.team(team.id, HEADLINE.measure), QUARTER)


def _figures(snapshot: AccountSnapshot, team_id: int, now: float, alarm: AlarmOf) -> Iterable[object]:
    for measure in MEASURES:
        slot = identity.team(team_id, measure)
        reading = snapshot.reading(slot)
        yield reading
        yield reading.state(now)
        yield alarm(slot)


def _row(snapshot: AccountSnapshot, team: Team, now: float, alarm: AlarmOf, course: Course) -> Row:
    stale = snapshot.teams.state(now) is State.STALE
    named = alarm(Scope(ScopeKind.TEAM, str(team.id)))
    charted = identity.team(team.id, HEADLINE.measure)

    def cell(place: int, key: str) -> Cell:
        match key:
            case "name":
                return draw.name_cell(team.name, "stale" if stale else "normal", named)
            case "online":
                return _online_cell(snapshot, team.id, now, alarm)
            case "trend":
                return _trend_cell(snapshot, charted, now, course)
            case "change":
                return _change_cell(snapshot, charted, now, course.change(charted, QUARTER))
            case "level":
                return level_cell(snapshot, identity.team(team.id, Measure.SERVICE_LEVEL), now, alarm)
            case _:
                return figure_cell(snapshot, identity.team(team.id, SHOWN[place]), now, alarm)

    return Row(key=team.id, cells=tuple(cell(place, column.key) for place, column in enumerate(TEAMS)))


def _trend_cell(snapshot: AccountSnapshot, slot: Slot, now: float, course: Course) -> Cell:
    fresh = snapshot.reading(slot).state(now) is State.LIVE
    return Cell(spark(course.sparkline(slot, QUARTER, TREND), TREND), "dim" if fresh else "stale")


def _change_cell(snapshot: AccountSnapshot, slot: Slot, now: float, change: float | None) -> Cell:
    fresh = snapshot.reading(slot).state(now) is State.LIVE
    if change is None:
        return Cell(wording.UNKNOWN, "unknown")
    return Cell(wording.change(change), "normal" if fresh else "stale", draw.change_meta(slot))


def figure_cell(snapshot: AccountSnapshot, slot: Slot, now: float, alarm: AlarmOf = quiet) -> Cell:
    """A count or a wait as a cell; how old the stale ones are the pane's border says."""
    reading = snapshot.reading(slot)
    form = wording.wait if slot.row.is_time else wording.count
    return draw.cell(draw.value_text(reading, now, form), reading, slot, now, alarm(slot))


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
    unreadable = f", {wording.count(lost)} unreadable" if lost else ""
    return f"{word} {wording.count(len(items))}{unreadable}"


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

    With `levels` as of when those of service level are: they come a few times an hour alone.

    Who belongs to a team is read rarely and seldom changes: of the members online it is the
    agents' moment that counts, as long as they are fresh.
    """
    shown: list[Reading | Listing[Any]] = [
        snapshot.reading(identity.team(team_id, measure))
        for team_id in in_view
        for measure in SHOWN.values()
        if measure not in {Measure.MEMBERS_ONLINE, Measure.SERVICE_LEVEL}
    ]
    for team_id in in_view:
        online = snapshot.reading(identity.team(team_id, Measure.MEMBERS_ONLINE))
        if online.value is not None:
            shown.append(snapshot.agents if online.state(now) is State.LIVE else online)
    slots = [identity.team(number, Measure.SERVICE_LEVEL) for number in in_view] if levels else []
    moments = (draw.moments(shown, now, wall, zone), moment(snapshot, slots, now, wall, zone))
    return " · ".join(filter(None, moments))


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
