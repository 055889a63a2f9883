"""The status line: the last failure in plain words, how old the last good answer is, and the next try."""

from typing import Protocol

from tui import wording
from tui.figures import AccountRef
from tui.monitor.health import HealthState
from tui.monitor.reading import AccountSnapshot, Problem
from tui.panes.header import Place
from tui.widgets.parts import Line, Part, choose, pad

BETWEEN = " · "


class Problems(Protocol):
    """Where the newest unresolved failure of an account is told."""

    def last_error(self, ref: AccountRef) -> Problem | None:
        """The newest failure not yet followed by a good answer."""


def line(monitor: Problems, snapshot: AccountSnapshot, place: Place, width: int) -> Line:
    """One line of exactly `width` cells; blank while nothing is wrong.

    What is wrong comes first, and what to do about it only where there is room for all.
    """
    problem = snapshot.problem or monitor.last_error(snapshot.ref)
    if problem is None:
        return pad([], width)
    wrong, _, mend = str(problem.error).partition(". ")
    pieces: list[tuple[int, Line]] = [
        (0, [Part(wrong.removesuffix("."), "warning")]),
        (3, [Part(mend.removesuffix("."), "warning")] if mend else []),
        (2, _last_good(place)),
        (1, _next_try(problem, place)),
    ]
    kept = choose(pieces, width - 2, gap=len(BETWEEN))
    parts = [part for index in kept for part in (Part(BETWEEN, "dim"), *pieces[index][1])]
    return pad([Part(" "), *parts[1:]], width)


def _last_good(place: Place) -> Line:
    """Of the host, where it is the host that fails."""
    last = place.health.last_good_wall
    if last is None or place.health.state not in {HealthState.BACKING_OFF, HealthState.RATE_LIMITED}:
        return []
    return [Part(f"last good {wording.clock_time(last, place.zone)}", "dim")]


def _next_try(problem: Problem, place: Place) -> Line:
    if problem.retry_at is None or problem.retry_at <= place.now:
        return []
    wall = place.wall + problem.retry_at - place.now
    return [Part(f"next try {wording.clock_time(wall, place.zone)}", "dim")]
