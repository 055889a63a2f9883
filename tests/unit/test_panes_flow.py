"""In and out an hour: told from what the counts of today grew by, and never guessed."""

from collections.abc import Mapping

import pytest

from tests.builders import NOW, listing, reading, snapshot
from tui import identity
from tui.api.models import Agent, Inbox
from tui.identity import Measure, Slot
from tui.monitor.history.direction import NoCourse
from tui.monitor.reading import Viewer
from tui.panes import figure_help
from tui.panes.agents import agents
from tui.panes.conversations import conversations
from tui.panes.conversations.conversations import in_and_out
from tui.panes.conversations.headline import View
from tui.widgets.parts import Line

CAME, WENT = identity.account(Measure.TODAY), identity.whole(Measure.RESOLVED)
KNOWN = {CAME: reading(409), WENT: reading(240)}
AFTERNOON = NOW - 14 * 3_600


class Grown(NoCourse):
    """What some figures grew by within an hour."""

    def __init__(self, grown: Mapping[Slot, float | None]) -> None:
        self._grown = grown

    def change(self, slot: Slot, seconds: float) -> float | None:
        return self._grown.get(slot) if seconds == 3_600 else None


BUSY = Grown({CAME: 52.0, WENT: 40.0})


def view(course: Grown = BUSY, *, began: float | None = AFTERNOON, width: int = 110, height: int = 9) -> View:
    return View(NOW, width, height, target=None, course=course, day_began=began)


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def test_in_and_out_are_what_came_and_was_resolved_within_an_hour() -> None:
    assert text(in_and_out(snapshot(KNOWN), view())) == "new 52, closed 40 in the last hour"


def test_nought_is_told_as_such() -> None:
    assert (
        text(in_and_out(snapshot(KNOWN), view(Grown({CAME: 0.0, WENT: 0.0}))))
        == "new 0, closed 0 in the last hour"
    )


@pytest.mark.parametrize(
    ("grown", "told"),
    [
        ({CAME: 52.0}, "new 52 in the last hour"),
        ({WENT: 40.0}, "closed 40 in the last hour"),
        ({CAME: 52.0, WENT: -3.0}, "new 52 in the last hour"),
        ({}, ""),
    ],
)
def test_what_is_not_known_or_fell_is_left_out(grown: Mapping[Slot, float], told: str) -> None:
    assert text(in_and_out(snapshot(KNOWN), view(Grown(grown)))) == told


@pytest.mark.parametrize("began", [None, NOW - 600, NOW - 3_600, NOW - 3_610])
def test_what_came_is_not_told_where_midnight_may_lie_between(began: float | None) -> None:
    told = "closed 40 in the last hour"
    assert text(in_and_out(snapshot(KNOWN), view(began=began))) == told
    assert text(in_and_out(snapshot(KNOWN), view(began=NOW - 3_620))) == f"new 52, {told}"


def test_a_count_that_is_old_or_not_there_says_nothing() -> None:
    old = {CAME: reading(409, age=900), WENT: reading(240)}
    assert text(in_and_out(snapshot(old), view())) == "closed 40 in the last hour"
    assert in_and_out(snapshot({}), view()) == []


@pytest.mark.parametrize("width", [76, 116, 196])
def test_it_stands_below_the_answers_at_every_width(width: int) -> None:
    counts = {detail.slot: reading(12) for detail in conversations.COUNTS}
    shown = conversations.lines(snapshot({**counts, **KNOWN}), view(width=width, height=6))
    told = [text(line) for line in shown]
    assert sum("new 52, closed 40 in the last hour" in line for line in told) == 1
    assert all(len(line) <= width for line in told)


def test_it_takes_no_row_of_its_own_where_the_counts_leave_room() -> None:
    counts = {detail.slot: reading(12) for detail in conversations.COUNTS}
    shown = conversations.lines(snapshot({**counts, **KNOWN}), view(width=100, height=6))
    assert "new 52" in next(text(line) for line in shown if "abandoned" in text(line))


def test_an_inbox_has_no_flow_of_the_account() -> None:
    slot = identity.inbox(1, Measure.OPEN)
    assert in_and_out(snapshot({slot: reading(3)}), view()) == []


class Falling(Grown):
    """Every figure is seven less than it was 15 minutes ago."""

    def change(self, slot: Slot, seconds: float) -> float | None:
        """Always the same."""
        return -7.0


def test_the_change_beside_the_counts_names_its_period_once() -> None:
    wide = view(Falling({}), width=196)
    counts = {identity.account(Measure.OPEN): reading(40), identity.account(Measure.ASSIGNED): reading(37)}
    known = {**KNOWN, **counts}
    told = "\n".join(text(line) for line in conversations.lines(snapshot(known), wide))
    assert "assigned 37 ▼ 7 in 15 min · open 40 ▼ 7 · " in told
    assert told.count("in 15 min · ") == 1


@pytest.mark.parametrize(
    ("roles", "more"),
    [
        (("administrator",), False),
        (("agent", "administrator"), False),
        (("supervisor",), True),
        (("agent", "supervisor"), True),
        ((), True),
    ],
)
@pytest.mark.parametrize("width", [78, 110, 190])
def test_reports_of_the_whole_account_say_so_beside_counts_of_some_inboxes(
    roles: tuple[str, ...], more: bool, width: int
) -> None:
    known = {**KNOWN, identity.account(Measure.RESOLUTIONS): reading(100)}
    seen = snapshot(known, viewer=Viewer(1, "Ada", roles), agents=listing([Agent(1, "Ada")]))
    lines = [text(line) for line in conversations.lines(seen, view(width=width))]
    (reports,) = [line for line in lines if "today 409" in line]
    assert ("whole account: today 409" in reports) is more
    assert any(("closed 40" in line) and ("new 52" in line) is not more for line in lines)
    assert ("of the whole account" in agents.title(seen)) is more
    inbox = conversations.lines(seen, view(width=width)._replace(of_inbox=True))
    assert "whole account" not in "".join(map(text, inbox))


def test_where_from_says_of_a_report_that_it_covers_the_whole_account() -> None:
    seen = snapshot(KNOWN, viewer=Viewer(1, "Ada", ("supervisor",)), inboxes=listing([Inbox(1, "Chat")]))
    report, count = CAME, identity.account(Measure.UNASSIGNED)
    assert "all of it, as a report tells" in figure_help.covers(seen, report)
    assert figure_help.covers(seen, count) == "what Ada (supervisor) sees: 1 inbox, Chat"
    assert figure_help.part(count, seen) == "the account"
