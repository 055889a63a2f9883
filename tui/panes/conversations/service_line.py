"""The sixth answer: service level of the last half-hour and of today, as one plain line."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui import identity, wording
from tui.identity import Measure, Slot
from tui.monitor.reading import AccountSnapshot, State
from tui.monitor.service.figures import FEW, Rules, Tally
from tui.monitor.service.states import CountedAs
from tui.monitor.service.words import bounds_of, level_text, within
from tui.panes import figures as draw
from tui.panes.conversations.headline import View
from tui.widgets.parts import Line, Part, width_of

if TYPE_CHECKING:
    from tui.monitor.service.level import ServiceLevel
    from tui.monitor.service.worker import Today

LATELY = identity.account(Measure.SERVICE_LEVEL)
TODAY = identity.account(Measure.SERVICE_LEVEL_TODAY)
NO_TARGET = "no target: set wait under [targets]"
UNREAD = "today's conversations are being read"


def line(snapshot: AccountSnapshot, view: View) -> Line:
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
    look = "dim" if snapshot.reading(TODAY).state(view.now) is not State.STALE else "stale"
    room = view.width - 2 - width_of([label, *moment])
    pieces = _pieces(snapshot, view, known, today, bounds=True)
    if width_of(_joined(pieces[:2])) > room:
        pieces = _pieces(snapshot, view, known, today, bounds=False)
    shown = _fitting(pieces, room)
    if not shown:  # A figure that is old has its own age.
        shown, moment = _fitting(pieces[:1], room + width_of(moment)), []
    aged = [[one._replace(role=look) if one.role == "dim" else one for one in piece] for piece in shown]
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
    reading = snapshot.reading(TODAY)
    figure = draw.figure(snapshot, TODAY, view.now, form=wording.share)
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


def _pieces(
    snapshot: AccountSnapshot, view: View, known: "ServiceLevel", today: "Today", *, bounds: bool
) -> list[Line]:
    """What is told, the most needed first."""
    tally = known.tally(today.parts)
    judged = today.rules.is_judged
    pieces: list[Line] = []
    if judged:
        pieces += [
            _lately(snapshot, view, known, today),
            _of_today(snapshot, view, known, today, bounds=bounds),
        ]
    else:
        pieces.append([Part(f"{wording.UNKNOWN} {NO_TARGET}", "dim")])
        if not today.whole:
            pieces.append([Part(_since(view, today), "dim")])
    if judged and known.goal is not None:
        pieces.append([Part(f"goal {wording.amount(known.goal)} %", "dim")])
    if tally is None or not today.whole:
        return pieces
    missed = today.rules.closed_missed
    counts, decided = tally.counts, tally.decided(closed_missed=missed)
    if judged and decided >= FEW:
        pieces.append(
            [Part(f"{wording.count(counts[CountedAs.IN_TARGET])} of {wording.count(decided)}", "dim")]
        )
    pieces.append([Part(f"half within {within(tally, 0.5)}", "dim")])
    pieces.append([Part(f"9 of 10 within {within(tally, 0.9)}", "dim")])
    pieces.append([Part(f"closed without reply {wording.count(counts[CountedAs.CLOSED])}", "dim")])
    if judged and known.goal is not None:
        pieces.append([Part(_margin(counts[CountedAs.IN_TARGET], decided, known.goal), "dim")])
    return pieces


def _lately(snapshot: AccountSnapshot, view: View, known: "ServiceLevel", today: "Today") -> Line:
    tally = known.tally(today.recent) if today.knows_half_hour else None
    return [Part("last 30 min ", "label"), *_level(snapshot, LATELY, view, known, tally)]


def _of_today(
    snapshot: AccountSnapshot, view: View, known: "ServiceLevel", today: "Today", *, bounds: bool
) -> Line:
    if not today.whole:
        figure = draw.figure(snapshot, TODAY, view.now)
        return [Part("today ", "label"), *figure, Part(f" ({_since(view, today)})", "dim")]
    tally = known.tally(today.parts)
    possible = bounds_of(tally, closed_missed=today.rules.closed_missed) if bounds else ""
    words = f" {today.rules.own_targets or f'in {wording.limit(today.rules.target or 0.0)}'}"
    return [
        Part("today ", "label"),
        *_level(snapshot, TODAY, view, known, tally),
        Part(f"{possible and f' ({possible})'}{words}", "dim"),
    ]


def _level(
    snapshot: AccountSnapshot, slot: Slot, view: View, known: "ServiceLevel", tally: Tally | None
) -> Line:
    reading, missed = snapshot.reading(slot), known.closed_missed
    text = "" if tally is None else level_text(tally, closed_missed=missed)
    below = known.goal is not None and reading.value is not None and reading.value < known.goal
    form: Callable[..., str] = lambda _value, **_: text  # noqa: E731 - of few it is `7 of 9`
    return draw.figure(
        snapshot, slot, view.now, form=form, live="warning" if below else "value", alarm=view.alarm(slot)
    )


def _since(view: View, today: "Today") -> str:
    if today.since > today.day.since:
        return f"known since {wording.minute(today.since, view.zone)}"
    if today.coverage is None:
        return "not complete yet"
    return f"{wording.share(100.0 * today.coverage)} of today's read"


def _margin(met: int, decided: int, goal: float) -> str:
    """How many more may be late before the day falls below its goal, or how far it is below."""
    more = math.floor(met / (goal / 100.0) - decided + 1e-9)
    return f"{wording.count(more)} more may be late" if more >= 0 else "below the goal"


STATES = {
    CountedAs.IN_TARGET: "answered in target",
    CountedAs.LATE: "answered late",
    CountedAs.CLOSED: "closed without reply",
    CountedAs.QUEUED_LATE: "waiting longer than the target",
    CountedAs.QUEUED_IN_TIME: "waiting, still in time",
    CountedAs.HELD: "with a bot",
    CountedAs.CLOSED_BY_BOT: "closed by a bot",
    CountedAs.AT_ONCE: "answered at once, begun by agents",
    CountedAs.NO_CUSTOMER: "campaigns without an answer",
    CountedAs.UNKNOWN: "without usable times",
}


def facts_of(tally: Tally, rules: Rules, goal: float | None) -> list[tuple[str, str]]:
    """The target, what is counted, what the level can become, and how fast they were answered."""
    told: list[tuple[str, str]] = []
    if rules.target is None:
        told.append(("target", NO_TARGET))
    else:
        aim = "" if goal is None else f", goal {wording.amount(goal)} %"
        own = f"; {rules.own_targets} where there are any" if rules.own_targets else ""
        told.append(("target", f"answered within {wording.limit(rules.target)}{own}{aim}"))
    counts = [
        f"{wording.count(tally.counts[state])} {word}"
        for state, word in STATES.items()
        if tally.counts[state]
    ]
    told.append(("counts", f"{wording.count(tally.arrived)} new: {', '.join(counts) or 'none'}"))
    left_out = "" if rules.closed_missed else "those closed without reply are left out"
    outside = "who waits in time or with a bot, and what agents, bots and campaigns did, is in no level"
    told.append(("level", "; ".join(filter(None, (LEVEL, left_out, outside)))))
    bounds = bounds_of(tally, closed_missed=rules.closed_missed)
    if bounds:
        told.append(("open", f"{bounds} % possible, unless some are moved, reopened, handed over or deleted"))
    if tally.answered:
        told.append(("speed", f"half within {within(tally, 0.5)}, 9 of 10 within {within(tally, 0.9)}"))
    return told


def made_of(snapshot: AccountSnapshot, slot: Slot) -> list[tuple[str, str]]:
    """What `i` says of a level besides: the target, what it counts, what it can become, what is known."""
    from tui.monitor.service.level import part_of

    known, part = snapshot.service, part_of(slot.scope)
    today = None if known is None else known.today
    if known is None or today is None or part is None:
        return [("known", known.problem if known and known.problem else UNREAD)]
    lately = slot.row.lately
    tally = known.of_part(part).tally(today.recent if lately else today.parts)
    told = facts_of(tally, today.rules, known.goal)
    if today.coverage is None:
        told.append(("read", "how much of today's conversations is not known yet"))
    else:
        told.append(("read", f"{wording.share(100.0 * today.coverage)} of today's conversations"))
    if known.problem:
        told.append(("now", known.problem))
    return told


LEVEL = (
    "answered in target, of those answered, closed without reply, or waiting longer than the target; "
    "new ones count by when they were created"
)
