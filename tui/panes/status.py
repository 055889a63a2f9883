"""The status line: the last failure in plain words, how old the last good answer is, and the next try."""

from typing import Protocol

from tui import wording
from tui.figures import AccountRef
from tui.monitor.reading import AccountSnapshot, Problem
from tui.panes.header import Place
from tui.widgets.parts import Line, Part, pad


class Problems(Protocol):
    """Where the newest unresolved failure of an account is told."""

    def last_error(self, ref: AccountRef) -> Problem | None:
        """The newest failure not yet followed by a good answer."""


def line(monitor: Problems, snapshot: AccountSnapshot, place: Place, width: int) -> Line:
    """One line of exactly `width` cells; blank while nothing is wrong."""
    problem = snapshot.problem or monitor.last_error(snapshot.ref)
    if problem is None:
        return pad([], width)
    return pad([Part(f" {problem.error}", "warning"), Part(_next_try(problem, place), "dim")], width)


def _next_try(problem: Problem, place: Place) -> str:
    if problem.retry_at is None:
        return ""
    left = problem.retry_at - place.now
    return f" Next try {wording.minute(place.wall + left, place.zone)}." if left > 60 else ""
