"""The six answers: how many, how long, better or worse, who is there, where; and how well, as a line."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from tui import identity, wording
from tui.durations import QUARTER
from tui.identity import HEADLINE, Measure, ScopeKind, Slot
from tui.monitor.history.comparison import EarlierFigures
from tui.monitor.history.direction import Course, NoCourse
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.alarms import AlarmOf, quiet
from tui.panes.conversations.last_day import LastDay
from tui.panes.level_cells import UNREAD
from tui.widgets.parts import Line, Part, first_fitting, width_of
from tui.widgets.trend import spark

if TYPE_CHECKING:
    from tui.monitor.service.level import ServiceLevel

WAITING = identity.account(Measure.WAITING)
LONGEST = identity.account(Measure.LONGEST)
OVER_TARGET = identity.account(Measure.OVER_TARGET)
ONLINE = identity.account(Measure.AGENTS_ONLINE)
LATELY = identity.account(Measure.SERVICE_LEVEL)
LEVEL_TODAY = identity.account(Measure.SERVICE_LEVEL_TODAY)
WAITED = frozenset({Measure.WAITING, HEADLINE.measure})
"""Figures by which customers of a team wait; a team without any is not looked at."""

ANSWERS = 5
"""Those that stand side by side."""
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
    shown = first_fitting(words, view.room - 1)
    note: Line = [Part(shown, look)] if shown else []
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
        time = wording.spell(clears)
        words = first_fitting((f"empty in about {time}", f"empty in {time}", f"empty {time}"), view.room - 1)
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
    shown = first_fitting(worst.notes, view.room - 1)
    note = [Part(shown, "dim" if worst.live else "stale", {"team": worst.team_id})]
    return title, [Part(worst.name, look, {"team": worst.team_id})], note


class WorstTeam(NamedTuple):
    """The team, and why it is the one."""

    team_id: int
    name: str
    notes: tuple[str, ...]
    """`3 over · 5 waiting · 2 of 7 online · longest 1 h 02`, `5 waiting (2 min old)`; then shorter ones.

    Of what is old the last one is the age alone.
    """
    live: bool


def worst_team(snapshot: AccountSnapshot, now: float) -> WorstTeam | None:
    """The team that needs help most; None where nobody waits or nothing is known.

    Most over the target comes first, then most waiting for each member online. A team with
    nobody online counts as worse than any other with as many waiting. Where who waits is not
    known of a team, its unassigned count, and are called so; where who is there is not known,
    the number alone decides. What is no longer live counts only where nothing is, and then
    tells its age.
    """
    best: tuple[tuple[bool, float, float, float], WorstTeam] | None = None
    waited_for = {
        slot.scope.id
        for slot, reading in snapshot.readings.items()
        if reading.value and slot.measure in WAITED and slot.scope.kind is ScopeKind.TEAM
    }
    for team in snapshot.teams.those(waited_for):

        def of(measure: Measure, number: int = team.id) -> Reading:
            return snapshot.reading(identity.team(number, measure))

        word = "waiting"
        waiting = of(Measure.WAITING)
        if waiting.value is None:
            waiting, word = of(HEADLINE.measure), HEADLINE.row.word
        if not waiting.value:
            continue
        over = of(Measure.OVER_TARGET)
        live = waiting.state(now) is State.LIVE
        late = over.value or 0.0 if over.state(now) is State.LIVE else 0.0
        load = waiting.value
        number = wording.count(waiting.value, at_least=waiting.at_least)
        notes: tuple[str, ...]
        if live:
            there, load = _there(of(Measure.MEMBERS_ONLINE), of(Measure.MEMBERS), load, now)
            longest = of(Measure.LONGEST)
            reasons = [
                f"{wording.count(late, at_least=over.at_least)} over" if late else "",
                f"{number} {word}",
                there,
                f"longest {wording.spell(longest.value, at_least=longest.at_least)}"
                if longest.value and longest.state(now) is State.LIVE
                else "",
            ]
            known = [reason for reason in reasons if reason]
            notes = tuple(" · ".join(known[:size]) for size in range(len(known), 0, -1))
        else:
            age = draw.age_beside(waiting, now)
            notes = f"{number} {word} {age}", f"{number} {age}", age
        rank = live, late, load, waiting.value
        if best is None or rank > best[0]:
            best = rank, WorstTeam(team.id, team.name, notes, live)
    return None if best is None else best[1]


def _there(online: Reading, members: Reading, waiting: float, now: float) -> tuple[str, float]:
    """`2 of 7 online`, and how many wait for each; nothing and all of them where that is not known."""
    known = State.LIVE is online.state(now) is members.state(now)
    if not known or online.at_least or members.at_least:
        return "", waiting
    words = f"{wording.count(online.value)} of {wording.count(members.value)} online"
    return words, waiting / max(0.5, online.value or 0.0)


def service_line(snapshot: AccountSnapshot, view: View) -> Line:
    """`service level  last 30 min 71 % · today 84 % in 5 min · goal 80 % · 312 of 371 · …`.

    What has no room is left out from the end, and what today can become before today itself; as of
    when it is true always stands.
    """
    label = Part("service level ", "label")
    known = snapshot.service
    today = known.today if known is not None else None
    if known is None or today is None:
        return [label, *_untold(snapshot, known, view)]
    moment: Line = [Part(f" · as of {wording.minute(today.as_of, view.zone)}", "dim")]
    look = "dim" if snapshot.reading(LEVEL_TODAY).state(view.now) is not State.STALE else "stale"
    room = view.width - 2 - width_of([label, *moment])
    from tui.panes.conversations.level_pieces import pieces_of  # Not before there is a level, as its modules.

    pieces = pieces_of(snapshot, view, known, today, bounds=True)
    if width_of(_joined(pieces[:2])) > room:
        pieces = pieces_of(snapshot, view, known, today, bounds=False)
    shown = _fitting(pieces, room)
    if not shown:  # A figure that is old has its own age.
        shown, moment = _fitting(pieces[:1], room + width_of(moment)), []
    aged = [[part._replace(role=look) if part.role == "dim" else part for part in piece] for piece in shown]
    return [label, *_joined(aged), *moment]


def _fitting(pieces: Sequence[Line], room: int) -> Sequence[Line]:
    """The first of them that have room side by side; one that has none is left out, as its age would be."""
    fitting = (number for number in range(len(pieces), 0, -1) if width_of(_joined(pieces[:number])) <= room)
    return pieces[: next(fitting, 0)]


def _joined(pieces: Sequence[Line]) -> Line:
    joined: Line = []
    for piece in pieces:
        joined = [*joined, *([Part(" · ", "dim")] if joined else []), *piece]
    return joined


def _untold(snapshot: AccountSnapshot, known: "ServiceLevel | None", view: View) -> Line:
    """Why there is no figure yet, or what the figures say themselves, as those of a replay do."""
    reading = snapshot.reading(LEVEL_TODAY)
    figure = draw.figure(snapshot, LEVEL_TODAY, view.now, form=wording.share)
    if known is None and not {reading.value, snapshot.reading(LATELY).value} <= {None}:
        lately = draw.figure(snapshot, LATELY, view.now, form=wording.share)
        both: list[Line] = [[Part("last 30 min ", "label"), *lately], [Part("today ", "label"), *figure]]
        return _joined(_fitting(both, view.width - 2 - len("service level ")))
    why = known.problem if known is not None else ""
    if not why and reading.value is None and reading.problem is not None:
        why = str(reading.problem.error)
    if not why and reading.state(view.now) is State.LOADING:
        why = UNREAD
    return [*figure, Part(f" {why}", "dim")] if why else figure


def _noted(reading: Reading, slot: Slot, view: View, *, bad: bool) -> Part:
    role = ("warning" if bad else "dim") if reading.state(view.now) is State.LIVE else "stale"
    return Part(wording.count(reading.value, at_least=reading.at_least), role, draw.meta(slot))
