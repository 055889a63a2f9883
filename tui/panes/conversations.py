"""The conversations pane: how many wait, how long, better or worse, who is there, where."""

from typing import NamedTuple

from tui import figures, wording
from tui.figures import Measure, Slot
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.worst import worst_team
from tui.widgets.parts import Line, Part, centre, pad, width_of

ANSWER_WIDTH = 13

UNASSIGNED = figures.account(Measure.UNASSIGNED)
LONGEST = figures.account(Measure.LONGEST)
PAST_TARGET = figures.account(Measure.PAST_TARGET)
BACKLOG = figures.account(Measure.BACKLOG)
ONLINE = figures.account(Measure.AGENTS_ONLINE)

DETAILS: tuple[tuple[str, Slot], ...] = (
    ("assigned", figures.account(Measure.ASSIGNED)),
    ("open", figures.account(Measure.OPEN)),
    ("mine", figures.account(Measure.MINE)),
    ("queued", figures.account(Measure.QUEUED)),
    ("pending", figures.status("pending")),
    ("snoozed", figures.status("snoozed")),
    ("resolved", figures.status("resolved")),
)


class View(NamedTuple):
    """What the pane is drawn with besides the snapshot."""

    now: float
    width: int
    height: int
    target: float | None
    """Seconds a customer may wait; None where no target is set."""


def slots() -> tuple[Slot, ...]:
    """The figures this pane shows, in the order a person steps through them."""
    return (UNASSIGNED, LONGEST, ONLINE, *(slot for _, slot in DETAILS))


def lines(snapshot: AccountSnapshot, view: View) -> list[Line]:
    """The pane's lines, from the most needed down, at most `view.height`."""
    answers = [
        _waiting(snapshot, view),
        _longest(snapshot, view),
        _online(snapshot, view),
        _worst(snapshot, view),
    ]
    width = max(ANSWER_WIDTH, view.width // len(answers))
    block: list[Line] = [
        [part for answer in answers for part in centre(answer[row], width)] for row in range(len(answers[0]))
    ]
    return [*block, *_details(snapshot, view)][: max(1, view.height)]


def _waiting(snapshot: AccountSnapshot, view: View) -> tuple[Line, Line, Line]:
    past = snapshot.reading(PAST_TARGET)
    note: Line = ()
    if view.target is not None and past.value is not None:
        words = f"{wording.count(past.value, at_least=past.at_least)} over {wording.duration(view.target)}"
        note = [Part(words, _noted(past, view, past.value > 0), draw.meta(PAST_TARGET))]
    return [Part("waiting", "label")], draw.figure(snapshot, UNASSIGNED, view.now), note


def _longest(snapshot: AccountSnapshot, view: View) -> tuple[Line, Line, Line]:
    reading = snapshot.reading(LONGEST)
    backlog = snapshot.reading(BACKLOG)
    late = view.target is not None and reading.value is not None and reading.value > view.target
    live = "warning" if late else "value"
    note: Line = ()
    if backlog.value:
        words = f"backlog {wording.count(backlog.value, at_least=backlog.at_least)}"
        note = [Part(words, _noted(backlog, view, False), draw.meta(BACKLOG))]
    figure = draw.figure(snapshot, LONGEST, view.now, form=wording.duration, live=live)
    return [Part("longest", "label")], figure, note


def _online(snapshot: AccountSnapshot, view: View) -> tuple[Line, Line, Line]:
    online, waiting = snapshot.reading(ONLINE), snapshot.reading(UNASSIGNED)
    nobody = online.value == 0 and bool(waiting.value)
    note: Line = ()
    if online.value and waiting.value is not None:
        known = State.LIVE is online.state(view.now) is waiting.state(view.now)
        each = wording.count(waiting.value / online.value)
        note = [Part(f"{each} waiting each", "dim" if known else "stale")]
    elif nobody:
        note = [Part("nobody is there", "critical")]
    figure = draw.figure(snapshot, ONLINE, view.now, live="critical" if nobody else "value")
    return [Part("agents online", "label")], figure, note


def _worst(snapshot: AccountSnapshot, view: View) -> tuple[Line, Line, Line]:
    worst = worst_team(snapshot, view.now)
    title = [Part("worst team", "label")]
    if worst is None:
        known = snapshot.teams.state(view.now)
        return title, [Part(draw.LOADING if known is State.LOADING else wording.UNKNOWN, "unknown")], ()
    role = "value" if worst.live else "stale"
    return (
        title,
        [Part(worst.name, role, {"team": worst.team_id})],
        [Part(worst.note, "dim" if worst.live else "stale")],
    )


def _noted(reading: Reading, view: View, bad: bool) -> str:
    if reading.state(view.now) is not State.LIVE:
        return "stale"
    return "warning" if bad else "dim"


def _details(snapshot: AccountSnapshot, view: View) -> list[Line]:
    words: list[Line] = [
        [Part(f"{word} ", "label"), *draw.figure(snapshot, slot, view.now)] for word, slot in DETAILS
    ]
    rows: list[Line] = []
    row: list[Part] = []
    for item in words:
        if row and width_of(row) + 3 + width_of(item) > view.width - 2:
            rows.append(pad([Part(" "), *row], view.width))
            row = []
        row = [*row, Part(" · ", "dim"), *item] if row else list(item)
    return [*rows, pad([Part(" "), *row], view.width)]


def as_of_readings(snapshot: AccountSnapshot) -> list[Reading]:
    """The readings whose oldest live moment the border names."""
    return [snapshot.reading(slot) for slot in (UNASSIGNED, LONGEST, *(slot for _, slot in DETAILS))]
