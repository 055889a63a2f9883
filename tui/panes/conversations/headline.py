"""The five answers: how many, how long, better or worse, who is there, where."""

from datetime import tzinfo
from typing import NamedTuple

from tui import identity, wording
from tui.durations import QUARTER
from tui.identity import HEADLINE, Measure, Slot
from tui.monitor.history.comparison import EarlierFigures
from tui.monitor.history.direction import Course, NoCourse
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.conversations.last_day import LastDay
from tui.panes.conversations.worst_team import worst_team
from tui.widgets.parts import Line, Part, first_fitting, width_of
from tui.widgets.trend import spark

WAITING = identity.account(Measure.WAITING)
LONGEST = identity.account(Measure.LONGEST)
OVER_TARGET = identity.account(Measure.OVER_TARGET)
ONLINE = identity.account(Measure.AGENTS_ONLINE)

ANSWERS = 5
LEAST_ROOM = 13
SPARK_STEPS = 12
SIGNIFICANT_FLOW = 1.0
"""Conversations an hour from which a direction is worth telling."""


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
    compared: EarlierFigures | None = None
    """What the figures were at earlier times; None where that is not known."""
    whole: bool = True
    """False where these are the figures of a part of the account: its queue is not the agents' only one."""
    of_inbox: bool = False
    """Whether they are those of one inbox, while agents and teams stay the account's."""
    day: LastDay | None = None
    """The charts of the last 24 hours, where there is room for them."""
    zone: tzinfo | None = None
    """The contact centre's; its hours begin at half past in UTC in some."""
    agents_hidden: bool = False
    """Whether agents' names stay hidden here."""
    wall: float = 0.0
    """Unix time at `now`."""
    day_began: float | None = None
    """The contact centre's midnight, in the clock of `now`; None where it is not known."""

    @property
    def room(self) -> int:
        """Cells of one of the five answers, the gap to the next among them."""
        return max(LEAST_ROOM, self.width // ANSWERS)


AnswerLines = tuple[Line, Line, Line]
"""Title, figure, note."""


def answers(snapshot: AccountSnapshot, view: View) -> tuple[AnswerLines, ...]:
    """The five, in the order a supervisor asks them."""
    return (
        _unassigned(snapshot, view),
        _longest(snapshot, view),
        _direction(snapshot, view),
        _online(snapshot, view),
        _needs_help(snapshot, view),
    )


def _unassigned(snapshot: AccountSnapshot, view: View) -> AnswerLines:
    figure, age = draw.figure_above_age(
        snapshot, HEADLINE, view.now, view.room - 1, alarm=view.alarm(HEADLINE)
    )
    return [Part(HEADLINE.measure.heading, "label")], figure, age or _who_waits(snapshot, view)


def says_who_waits(snapshot: AccountSnapshot, view: View) -> bool:
    """Whether there is room for how many wait among the answers; else it stands below them."""
    _, _, note = _unassigned(snapshot, view)
    return any(part.meta == draw.meta(WAITING) for part in note)


def _who_waits(snapshot: AccountSnapshot, view: View) -> Line:
    """`26 waiting · 4 over 20 min`: of the same people as the longest wait; shorter where it must be."""
    waiting, over = snapshot.reading(WAITING), snapshot.reading(OVER_TARGET)
    every: Line = [_noted(waiting, WAITING, view, bad=False)] if waiting.value is not None else []
    late: Line = []
    if view.target is not None and over.value is not None:
        late = [_noted(over, OVER_TARGET, view, bad=over.value > 0)]
        late.append(Part(f" over {wording.limit(view.target)}", late[0].role))
    if not (every and late):
        return late or ([*every, Part(" waiting", every[0].role)] if every else [])
    joined = [
        [*every, Part(word, every[0].role), Part(between, "dim"), *late]
        for word, between in ((" waiting", " · "), (" wait", ", "))
    ]
    return next((line for line in joined if width_of(line) < view.room), late)


def _longest(snapshot: AccountSnapshot, view: View) -> AnswerLines:
    reading = snapshot.reading(LONGEST)
    late = view.target is not None and reading.value is not None and reading.value > view.target
    look = "dim" if reading.state(view.now) is State.LIVE else "stale"
    where, whose = _where(snapshot), _whose(snapshot, view)
    words = (f"{where} with {whose}".strip(), f"{where}, {whose}".strip(", "), where) if whose else ("",)
    told = first_fitting(words, view.room - 1)
    note: Line = [Part(told, look)] if told else []
    live = "warning" if late else "value"
    fires = view.alarm(LONGEST)
    figure, age = draw.figure_above_age(
        snapshot, LONGEST, view.now, view.room - 1, form=wording.wait, live=live, alarm=fires
    )
    return [Part("longest wait", "label")], figure, age or note


def _where(snapshot: AccountSnapshot) -> str:
    """The team or else the inbox of the longest wait; empty where that is not known."""
    wait = snapshot.longest
    if wait is None:
        return ""
    team, inbox = snapshot.teams.get(wait.team_id), snapshot.inboxes.get(wait.inbox_id)
    return (team and team.name) or (inbox.name if inbox else "")


def _whose(snapshot: AccountSnapshot, view: View) -> str:
    """Who the longest wait is assigned to; empty where there is none."""
    wait = snapshot.longest
    if wait is None:
        return ""
    if wait.assignee_id is None:
        return "nobody"
    if view.agents_hidden:
        return "an agent"
    agent = snapshot.agents.get(wait.assignee_id)
    return (agent and agent.name) or wait.assignee_name or f"agent {wait.assignee_id}"


def _direction(snapshot: AccountSnapshot, view: View) -> AnswerLines:
    fresh = snapshot.reading(HEADLINE).state(view.now) is State.LIVE
    look = "value" if fresh else "stale"
    change = view.course.change(HEADLINE, QUARTER)
    title = [Part("last 15 min", "label")]
    picture = spark(view.course.sparkline(HEADLINE, QUARTER, SPARK_STEPS), SPARK_STEPS)
    if change is None:
        return title, [Part(wording.UNKNOWN, "unknown")], [Part(picture, "dim")]
    figure = [Part(wording.change(change), look, draw.change_meta(HEADLINE))]
    flow = view.course.flow(HEADLINE)
    if fresh and flow is not None and abs(flow) >= SIGNIFICANT_FLOW and flow * change >= 0:
        figure.append(Part(f" · {wording.rate(flow)}", "dim", {"flow": HEADLINE.name}))
    clears = view.course.clears_in(HEADLINE) if fresh else None
    note = [Part(picture, "dim" if fresh else "stale")]
    if clears is not None and change < 0:
        told = wording.spell(clears)
        words = first_fitting((f"empty in about {told}", f"empty in {told}", f"empty {told}"), view.room - 1)
        note = [Part(words, "good", {"clears": HEADLINE.name})]
    return title, figure, note


def _online(snapshot: AccountSnapshot, view: View) -> AnswerLines:
    online, unassigned = snapshot.reading(ONLINE), snapshot.reading(HEADLINE)
    nobody = online.value == 0 and bool(unassigned.value) and not view.of_inbox
    known = State.LIVE is online.state(view.now) is unassigned.state(view.now)
    note: Line = ()
    if nobody:
        note = [Part("nobody online", "critical" if known else "stale")]
    elif view.of_inbox:
        note = [Part("of all inboxes", "dim")]
    elif view.whole:
        note = _for_each(snapshot, view)
    live = "critical" if nobody else "value"
    figure, age = draw.figure_above_age(
        snapshot, ONLINE, view.now, view.room - 1, live=live, alarm=view.alarm(ONLINE)
    )
    title = "online overall" if age and view.of_inbox else "agents online"
    return [Part(title, "label")], figure, age or note


def _for_each(snapshot: AccountSnapshot, view: View) -> Line:
    """How many have room, where a limit is known; else how many wait for each agent online."""
    online, waiting = snapshot.reading(ONLINE), snapshot.reading(WAITING)
    known = State.LIVE is online.state(view.now) is waiting.state(view.now)
    if not online.value or online.at_least or waiting.value is None:
        return ()
    free = _free(snapshot, view) if known else None
    if free is not None:
        return [Part(f"{wording.count(free)} free", "dim")]
    each = _each(waiting.value / online.value, at_least=waiting.at_least)
    words = f"{each} waiting per agent online", f"{each} waiting each", f"{each} wait each", f"{each} each"
    return [Part(first_fitting(words, view.room - 1), "dim" if known else "stale", {"each": each})]


def _each(load: float, *, at_least: bool) -> str:
    if load >= 10:
        return wording.count(load, at_least=at_least)
    return f"{'≥ ' if at_least else ''}{wording.amount(load, decimals=1)}"


def _free(snapshot: AccountSnapshot, view: View) -> int | None:
    """Online agents below the limit; None where the limit or the load of one of them is not known."""
    if view.limit is None or snapshot.agents.items is None:
        return None
    free = 0
    for agent in snapshot.agents.items:
        if agent.availability != "online":
            continue
        load = snapshot.reading(identity.agent(agent.id, Measure.OPEN))
        if load.value is None or load.state(view.now) is not State.LIVE:
            return None
        free += load.value < view.limit
    return free


def _needs_help(snapshot: AccountSnapshot, view: View) -> AnswerLines:
    if view.of_inbox:
        return (), (), ()
    worst = worst_team(snapshot, view.now)
    title = [Part("needs help", "label")]
    if worst is None:
        known = snapshot.teams.state(view.now)
        return title, [Part(draw.LOADING if known is State.LOADING else wording.UNKNOWN, "unknown")], ()
    look = "value" if worst.live else "stale"
    told = first_fitting(worst.notes, view.room - 1)
    note = [Part(told, "dim" if worst.live else "stale", {"team": worst.team_id})]
    return title, [Part(worst.name, look, {"team": worst.team_id})], note


def _noted(reading: Reading, slot: Slot, view: View, *, bad: bool) -> Part:
    role = ("warning" if bad else "dim") if reading.state(view.now) is State.LIVE else "stale"
    return Part(wording.count(reading.value, at_least=reading.at_least), role, draw.meta(slot))
