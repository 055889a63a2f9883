"""The status line: the last failure in plain words, how old the last good answer is, and the next try."""

from typing import Protocol

from tui import wording
from tui.api.errors import ServerError
from tui.identity import HEADLINE, AccountRef
from tui.monitor.calls import What
from tui.monitor.health import HealthState
from tui.monitor.reading import AccountSnapshot, Problem, State
from tui.panes.header import Place
from tui.widgets.parts import Line, Part, choose, pad

BETWEEN = " · "
BAD_GATEWAY = 502
"""Statuses from here on are of the proxy in front of the server."""
COUNTS = What.COUNTS.call.name
SILENT = frozenset({HealthState.BACKING_OFF, HealthState.RATE_LIMITED})


class Problems(Protocol):
    """Where the gravest unresolved failure of an account is told."""

    def last_error(self, ref: AccountRef) -> Problem | None:
        """The gravest failure not yet followed by a good answer."""


def line(monitor: Problems, snapshot: AccountSnapshot, place: Place, width: int) -> Line:
    """One line of exactly `width` cells; blank while nothing is wrong.

    What is wrong comes first, and what to do about it only where there is room for all.
    """
    problem = monitor.last_error(snapshot.ref) or snapshot.problem
    if problem is None:
        return pad([], width)
    wrong, mend = _told(problem, place)
    pieces: list[tuple[int, Line]] = [
        (0, [Part(wrong.removesuffix("."), "warning")]),
        (1, _healthy(problem, snapshot, place)),
        (3, [Part(mend.removesuffix("."), "warning")] if mend else []),
        (2, _last_good(place)),
        (1, _next_try(problem, place)),
    ]
    kept = choose(pieces, width - 2, gap=len(BETWEEN))
    parts = [part for index in kept for part in (Part(BETWEEN, "dim"), *pieces[index][1])]
    return pad([Part(" "), *parts[1:]], width)


def _told(problem: Problem, place: Place) -> tuple[str, str]:
    """What is wrong, after the call that failed where others may do well; and the mend."""
    error = problem.error
    wrong, _, mend = str(error).partition(". ")
    if isinstance(error, ServerError) and error.status < BAD_GATEWAY:
        wrong, mend = f"the server failed ({error.status})", ""
    one_call = error.concerns == "call" or place.health.state not in SILENT
    named = bool(problem.call) and one_call and error.concerns not in {"token", "account"}
    return (f"{problem.call}: {wrong}" if named else wrong), mend


def _healthy(problem: Problem, snapshot: AccountSnapshot, place: Place) -> Line:
    """That the account itself answers, where one call of it fails."""
    if problem.call == COUNTS or snapshot.reading(HEADLINE).state(place.now) is not State.LIVE:
        return []
    return [Part("● counts", "good"), Part(" answer", "dim")]


def _last_good(place: Place) -> Line:
    """Of the host, where it is the host that fails."""
    last = place.health.last_good_wall
    if last is None or place.health.state not in SILENT:
        return []
    return [Part(f"last good {wording.clock_time(last, place.zone)}", "dim")]


def _next_try(problem: Problem, place: Place) -> Line:
    if problem.retry_at is None or problem.retry_at <= place.now:
        return []
    wall = place.wall + problem.retry_at - place.now
    return [Part(f"next try {wording.clock_time(wall, place.zone)}", "dim")]
