"""The five answers: how many wait, how long, better or worse, who is there, where."""

from datetime import tzinfo
from typing import NamedTuple

from rich.cells import cell_len

from tui import figures, wording
from tui.figures import Measure
from tui.monitor.comparison import Comparison
from tui.monitor.course import Course, NoCourse
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.day import Day
from tui.panes.worst import worst_team
from tui.widgets.parts import Line, Part
from tui.widgets.trend import spark

UNASSIGNED = figures.account(Measure.UNASSIGNED)
LONGEST = figures.account(Measure.LONGEST)
OVER_TARGET = figures.account(Measure.OVER_TARGET)
BACKLOG = figures.account(Measure.BACKLOG)
ONLINE = figures.account(Measure.AGENTS_ONLINE)

ANSWERS = 5
LEAST_ROOM = 13
QUARTER = 900.0
SPARK_STEPS = 12
SIGNIFICANT_FLOW = 1.0


class View(NamedTuple):
    """What the pane is drawn with besides the snapshot."""

    now: float
    width: int
    height: int
    target: float | None
    """Seconds a customer may wait; None where no target is set."""
    limit: int | None = None
    """Conversations an agent takes; None where nobody said, and "free" is never claimed."""
    course: Course = NoCourse()
    alarm: AlarmOf = quiet
    """What fires on a figure."""
    compared: Comparison | None = None
    """What the figures were at earlier times; None where that is not known."""
    whole: bool = True
    """False where these are the figures of a part of the account: its queue is not the agents' only one."""
    of_inbox: bool = False
    """Whether they are those of one inbox, while agents and teams stay the account's."""
    day: Day | None = None
    """The charts of the last 24 hours, where there is room for them."""
    zone: tzinfo | None = None
    """The contact centre's; its hours begin at half past in UTC in some."""
    day_began: float | None = None
    """The contact centre's midnight, in the clock of `now`; None where it is not known."""

    @property
    def room(self) -> int:
        """Cells of one of the five answers, the gap to the next among them."""
        return max(LEAST_ROOM, self.width // ANSWERS)


Answer = tuple[Line, Line, Line]
"""Title, figure, note."""


def answers(snapshot: AccountSnapshot, view: View) -> tuple[Answer, ...]:
    """The five, in the order a supervisor asks them."""
    return (
        _waiting(snapshot, view),
        _longest(snapshot, view),
        _direction(snapshot, view),
        _online(snapshot, view),
        _worst(snapshot, view),
    )


def _waiting(snapshot: AccountSnapshot, view: View) -> Answer:
    past = snapshot.reading(OVER_TARGET)
    note: Line = ()
    if view.target is not None and past.value is not None:
        words = f"{wording.count(past.value, at_least=past.at_least)} over {wording.duration(view.target)}"
        note = [Part(words, _noted(past, view, bad=past.value > 0), draw.meta(OVER_TARGET))]
    figure = draw.figure(snapshot, UNASSIGNED, view.now, alarm=view.alarm(UNASSIGNED))
    return [Part("waiting", "label")], figure, note


def _longest(snapshot: AccountSnapshot, view: View) -> Answer:
    reading, backlog = snapshot.reading(LONGEST), snapshot.reading(BACKLOG)
    late = view.target is not None and reading.value is not None and reading.value > view.target
    note = (
        [Part(where, "dim" if reading.state(view.now) is State.LIVE else "stale")]
        if (where := _where(snapshot))
        else []
    )
    if backlog.value:
        words = f"backlog {wording.count(backlog.value, at_least=backlog.at_least)}"
        note += [Part(" · ", "dim")] if note else []
        note.append(Part(words, _noted(backlog, view, bad=False), draw.meta(BACKLOG)))
    live = "warning" if late else "value"
    fires = view.alarm(LONGEST)
    figure = draw.figure(snapshot, LONGEST, view.now, form=wording.wait, live=live, alarm=fires)
    return [Part("longest", "label")], figure, note


def _where(snapshot: AccountSnapshot) -> str:
    wait = snapshot.longest
    if wait is None:
        return ""
    team = next((one.name for one in snapshot.teams.items or () if one.id == wait.team_id), None)
    return team or next((one.name for one in snapshot.inboxes.items or () if one.id == wait.inbox_id), "")


def _direction(snapshot: AccountSnapshot, view: View) -> Answer:
    fresh = snapshot.reading(UNASSIGNED).state(view.now) is State.LIVE
    look = "value" if fresh else "stale"
    change = view.course.change(UNASSIGNED, QUARTER)
    title = [Part("trend 15 m", "label")]
    picture = spark(view.course.sparkline(UNASSIGNED, QUARTER, SPARK_STEPS), SPARK_STEPS)
    if change is None:
        return title, [Part(wording.UNKNOWN, "unknown")], [Part(picture, "dim")]
    figure = [Part(wording.change(change), look, draw.change_meta(UNASSIGNED))]
    flow = view.course.flow(UNASSIGNED)
    if fresh and flow is not None and abs(flow) >= SIGNIFICANT_FLOW and flow * change >= 0:
        figure.append(Part(f" · {flow:+.0f}/h", "dim", {"flow": UNASSIGNED.name}))
    clears = view.course.clears_in(UNASSIGNED) if fresh else None
    note = [Part(picture, "dim" if fresh else "stale")]
    if clears is not None and change < 0:
        told = wording.duration(clears)
        words = f"clears in {told}"
        words = words if cell_len(words) < view.room else f"clears {told}"
        note = [Part(words, "good", {"clears": UNASSIGNED.name})]
    return title, figure, note


def _online(snapshot: AccountSnapshot, view: View) -> Answer:
    online, waiting = snapshot.reading(ONLINE), snapshot.reading(UNASSIGNED)
    nobody = online.value == 0 and bool(waiting.value) and not view.of_inbox
    known = State.LIVE is online.state(view.now) is waiting.state(view.now)
    note: Line = ()
    if nobody:
        note = [Part("nobody there", "critical" if known else "stale")]
    elif view.of_inbox:
        note = [Part("of all inboxes", "dim")]
    elif view.whole and online.value and not online.at_least and waiting.value is not None:
        words = f"{_each(waiting.value / online.value)} per agent"
        free = _free(snapshot, view) if known else None
        if free is not None:
            words = f"{wording.count(free)} free"
        note = [Part(words, "dim" if known else "stale")]
    live = "critical" if nobody else "value"
    figure = draw.figure(snapshot, ONLINE, view.now, live=live, alarm=view.alarm(ONLINE))
    return [Part("agents online", "label")], figure, note


def _each(load: float) -> str:
    return f"{load:.1f}" if load < 10 else wording.count(load)


def _free(snapshot: AccountSnapshot, view: View) -> int | None:
    """Online agents below the limit; None where the limit or the load of one of them is not known."""
    if view.limit is None or snapshot.agents.items is None:
        return None
    free = 0
    for agent in snapshot.agents.items:
        if agent.availability != "online":
            continue
        load = snapshot.reading(figures.agent(agent.id, Measure.OPEN))
        if load.value is None or load.state(view.now) is not State.LIVE:
            return None
        free += load.value < view.limit
    return free


def _worst(snapshot: AccountSnapshot, view: View) -> Answer:
    if view.of_inbox:
        return (), (), ()
    worst = worst_team(snapshot, view.now)
    title = [Part("worst team", "label")]
    if worst is None:
        known = snapshot.teams.state(view.now)
        return title, [Part(draw.LOADING if known is State.LOADING else wording.UNKNOWN, "unknown")], ()
    look = "value" if worst.live else "stale"
    told = next((one for one in worst.notes if cell_len(one) < view.room), worst.notes[-1])
    note = [Part(told, "dim" if worst.live else "stale", {"team": worst.team_id})]
    return title, [Part(worst.name, look, {"team": worst.team_id})], note


def _noted(reading: Reading, view: View, *, bad: bool) -> str:
    if reading.state(view.now) is not State.LIVE:
        return "stale"
    return "warning" if bad else "dim"
