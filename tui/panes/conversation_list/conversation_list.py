"""What stands around a list of conversations: which they are, how many, and why a number differs."""

from datetime import tzinfo
from typing import NamedTuple

from tui import wording
from tui.monitor.queue.pages import Pages
from tui.monitor.reading import AccountSnapshot, Reading
from tui.panes import figures as draw
from tui.panes.conversation_list.rows import BACKLOG, LATE, ListLook
from tui.panes.drill_down import Behind
from tui.panes.table_pane import Title

OLD = 150.0
"""Seconds: after two periods and a half the list is stale."""


class ListProgress(NamedTuple):
    """How far a list has come."""

    behind: Behind
    number: Reading
    """The figure that led here, as it was when reading began."""
    pages: Pages
    rows: int
    reading: int | None = None
    """The page asked for just now."""
    stopped: bool = False
    """Whether somebody ended the reading."""
    failed: bool = False
    more: str = "m"
    """The key that reads on; empty where as many are loaded as are kept."""
    again: str = "r"
    """The key that asks again."""


def title(course: ListProgress, snapshot: AccountSnapshot) -> Title:
    """`Unassigned · Support EU · trial/12345 · counted 31 · 33 rows`.

    Where that is too long the place goes first: it stands in the header too.
    """
    places = [str(snapshot.ref)]
    if snapshot.name:
        places = [f"{snapshot.name} · {snapshot.ref}", snapshot.name]
    what, number, rows = course.behind.title, _number(course), wording.plural(course.rows, "row")
    placed = [" · ".join((what, place, number, rows)) for place in places]
    return Title((*placed, f"{what} · {number} · {rows}", f"{what} · {number}", what))


def _number(course: ListProgress) -> str:
    number = course.number
    if course.behind.slot.measure.is_wait:
        return f"longest {wording.wait(number.value, at_least=number.at_least)}"
    return f"counted {wording.count(number.value, at_least=number.at_least)}"


def reasons(course: ListProgress) -> list[str]:
    """Why there are not as many rows as were counted, the weightiest first; empty where they agree."""
    pages, behind = course.pages, course.behind
    words: list[str] = []
    if course.reading is not None:
        about = f" of about {pages.about}" if pages.about is not None and pages.read else ""
        words.append(f"page {course.reading}{about}")
    elif not pages.ended:
        words.append(_unfinished(course))
    if pages.lost:
        words.append(f"{pages.lost} unreadable")
    if behind.kept != "all":
        words.append(_part(course))
    elif pages.ended and course.reading is None:
        words += _difference(course)
    return words


def _unfinished(course: ListProgress) -> str:
    pages = course.pages
    if not pages.read:
        return "stopped" if course.stopped else "not read"
    read = wording.count(len(pages.listed))
    whole = f" of about {wording.count(pages.expected)}" if pages.expected is not None else ", at least"
    return f"only {read}{whole} loaded, {f'{course.more} reads on' if course.more else 'no more are kept'}"


def _part(course: ListProgress) -> str:
    words = {
        "waiting": "wait",
        "over_target": "wait longer than the target",
        "backlog": "wait longer than the backlog limit",
    }
    of = "unassigned" if course.behind.narrowing.assignee_type else "open"
    read = wording.count(len(course.pages.listed))
    return f"{wording.count(course.rows)} of {read} {of} {words[course.behind.kept]}"


def _difference(course: ListProgress) -> list[str]:
    pages, number = course.pages, course.number
    if number.value is None:
        return ["the number is not known"]
    whole = course.rows + pages.lost
    words: list[str] = []
    if round(number.value) != whole and pages.expected != round(number.value):
        words.append(_earlier(pages.calls[-1].asked_at - number.asked_at))
    missing = 0 if pages.expected is None else pages.expected - whole
    if pages.moved or (missing < 0 and whole != round(number.value)):
        words.append("some moved between pages")
    elif missing > 0 and whole != round(number.value):
        words.append(f"{wording.count(missing)} on no page")
    return words


def _earlier(seconds: float) -> str:
    if abs(seconds) < 1:
        return "counted by another call"
    return f"counted {wording.spell(abs(seconds))} {'earlier' if seconds > 0 else 'later'}"


def as_of(course: ListProgress, now: float, wall: float, zone: tzinfo | None) -> str:
    """When the first page of what is shown was asked for, or how old that is."""
    if not course.pages.calls:
        return ""
    first = course.pages.calls[0]
    age = first.age(now)
    if age > OLD:
        return f"out of date, {wording.old(age)}"
    return f"as of {wording.clock_time(draw.asked(first, now, wall), zone)}"


def legend(look: ListLook) -> str:
    """What the signs behind a wait mean."""
    late = f"{LATE} over {wording.limit(look.target)}  " if look.target is not None else ""
    return f"{late}{BACKLOG} backlog, over {wording.limit(look.backlog_after)}"


def empty(course: ListProgress) -> str:
    """What stands in the middle where there is no row."""
    if course.reading is not None:
        return "Asking the server…"
    if course.failed:
        return "Not known: the server did not answer. See the line below."
    if not course.pages.ended:
        stopped = f"Stopped before the first page. Press {course.again} to ask again."
        return stopped if course.stopped else "Nothing read yet."
    return f"No conversation is behind this number: {course.behind.title.lower()}."
