"""What the line of service level tells, piece by piece; read once there is a level."""

import math
from collections.abc import Callable

from tui import wording
from tui.identity import Slot
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.figures import FEW, Tally
from tui.monitor.service.level import ServiceLevel
from tui.monitor.service.states import CountedAs
from tui.monitor.service.words import bounds_of, level_text, within
from tui.monitor.service.worker import Today
from tui.panes import figures as draw
from tui.panes.conversations.headline import LATELY, LEVEL_TODAY, View
from tui.panes.level_facts import NO_TARGET
from tui.widgets.parts import Line, Part


def pieces_of(
    snapshot: AccountSnapshot, view: View, known: ServiceLevel, today: Today, *, bounds: bool
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
        maybe_late = decided + counts[CountedAs.IN_DOUBT]
        pieces.append([Part(_margin(counts[CountedAs.IN_TARGET], maybe_late, known.goal), "dim")])
    return pieces


def _lately(snapshot: AccountSnapshot, view: View, known: ServiceLevel, today: Today) -> Line:
    tally = known.tally(today.recent) if today.knows_half_hour else None
    return [Part("last 30 min ", "label"), *_level(snapshot, LATELY, view, known, tally)]


def _of_today(
    snapshot: AccountSnapshot, view: View, known: ServiceLevel, today: Today, *, bounds: bool
) -> Line:
    if not today.whole:
        figure = draw.figure(snapshot, LEVEL_TODAY, view.now)
        return [Part("today ", "label"), *figure, Part(f" ({_since(view, today)})", "dim")]
    tally = known.tally(today.parts)
    possible = bounds_of(tally, closed_missed=today.rules.closed_missed) if bounds else ""
    words = f" {today.rules.own_targets or f'in {wording.limit(today.rules.target or 0.0)}'}"
    words += ", hours assumed" if today.rules.assumed else ""
    return [
        Part("today ", "label"),
        *_level(snapshot, LEVEL_TODAY, view, known, tally),
        Part(f"{possible and f' ({possible})'}{words}", "dim"),
    ]


def _level(
    snapshot: AccountSnapshot, slot: Slot, view: View, known: ServiceLevel, tally: Tally | None
) -> Line:
    reading, missed = snapshot.reading(slot), known.closed_missed
    text = "" if tally is None else level_text(tally, closed_missed=missed)
    below = known.goal is not None and reading.value is not None and reading.value < known.goal
    form: Callable[..., str] = lambda _value, **_: text  # noqa: E731 - of few it is `7 of 9`
    return draw.figure(
        snapshot, slot, view.now, form=form, live="warning" if below else "value", alarm=view.alarm(slot)
    )


def _since(view: View, today: Today) -> str:
    if today.since > today.day.since:
        return f"known since {wording.minute(today.since, view.zone)}"
    if today.coverage is None:
        return "not complete yet"
    return f"{wording.share(100.0 * today.coverage)} of today's read"


def _margin(met: int, decided: int, goal: float) -> str:
    """How many more may be late before the day falls below its goal, or how far it is below."""
    more = math.floor(met / (goal / 100.0) - decided + 1e-9)
    return f"{wording.count(more)} more may be late" if more >= 0 else "below the goal"
