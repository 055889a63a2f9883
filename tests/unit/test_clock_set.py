"""The clock is set back while figures stand on screen: no moment on it lies in the future."""

from datetime import UTC, datetime

from tests.builders import NOW, PERIOD, REF, WALL, reading, snapshot
from tests.unit.test_history import WAITING, figure
from tui import identity, wording
from tui.api.call import Answer, CallRecord
from tui.api.models import Conversation, ConversationCounts, ConversationPage
from tui.identity import Measure
from tui.monitor.directory import AccountEntry
from tui.monitor.health import Health, HealthState
from tui.monitor.history.last_hour import Ring
from tui.monitor.history.trends import Sample
from tui.monitor.queue.pages import Narrowing, Pages
from tui.monitor.reading import Reading
from tui.panes import fleet
from tui.panes.conversation_list import conversation_list
from tui.panes.conversation_list.conversation_list import ListProgress
from tui.panes.drill_down import Behind
from tui.panes.wall import wall

UNASSIGNED = identity.account(Measure.UNASSIGNED)
LONGEST = identity.account(Measure.LONGEST)
ONLINE = identity.account(Measure.AGENTS_ONLINE)
BACK = 3_600.0
SET = WALL - BACK
"""What the clock shows at NOW, after it was set back."""


def by_the_clock(age: float) -> str:
    return datetime.fromtimestamp(SET - age, UTC).strftime("%H:%M:%S")


def test_the_fleets_moments() -> None:
    rarely = Reading(60.0, NOW - 100, WALL - 100, NOW - 99, period=300.0)
    member = fleet.Member(
        AccountEntry(REF, "", "trial"),
        snapshot({UNASSIGNED: reading(3, age=5.0), LONGEST: rarely}),
        "badge",
        Health(HealthState.OK),
        UTC,
    )
    assert fleet.as_of([member], NOW, SET) == f"as of {by_the_clock(5.0)}"
    (row,) = fleet.rows([member], NOW, SET)
    told = [cell.text or "".join(part.text for part in cell.parts or ()) for cell in row.cells]
    assert by_the_clock(5.0) in told
    assert f"1 m ({by_the_clock(100.0)[:5]})" in told


def test_the_minute_of_a_tile_that_fell_silent() -> None:
    view = wall.TileView(NOW, SET, UTC)
    late = snapshot({UNASSIGNED: reading(3, age=2 * PERIOD + 1), ONLINE: reading(2, age=0.5)})
    shown = wall.tile(late, ("unassigned", "agents_online"), view, title="A").shown
    assert shown[0].note == f"since {by_the_clock(2 * PERIOD + 1)[:5]}"
    silent = wall.tile(snapshot({UNASSIGNED: reading(3, age=400.0)}), ("unassigned",), view, title="A")
    assert silent.since == by_the_clock(400.0)[:5]


def test_the_moment_of_a_list_and_how_much_earlier_its_number_was_counted() -> None:
    pages = Pages(Narrowing(assignee_type="unassigned"))
    call = CallRecord("GET", "/c", NOW - 10, SET - 10, NOW - 9, status=200)
    items = (Conversation(1, status="open"),)
    pages.add(Answer(ConversationPage(ConversationCounts(unassigned=1, all=1), items), call))
    behind = Behind("Unassigned", UNASSIGNED, pages.narrowing)
    course = ListProgress(behind, reading(2, age=50.0), pages, 1)
    assert conversation_list.reasons(course) == ["counted 40 s earlier"]
    assert conversation_list.as_of(course, NOW, WALL + 60, UTC) == (
        f"as of {wording.clock_time(WALL + 50, UTC)}"
    )


def test_samples_after_the_moment_the_clock_was_set_back_to_are_of_another_count_of_time() -> None:
    """What was to come by the old clock is neither drawn, nor compared with, nor kept from coming again."""
    ring = Ring()
    for minute in range(10):
        assert ring.due(figure(WAITING), Sample(WALL + minute * 60.0, 100.0 + minute, 60.0))
    back = WALL + 150.0
    assert ring.due(figure(WAITING), Sample(back, 7.0, 60.0))
    known = ring.samples(figure(WAITING), WALL + 3_600.0)
    assert [sample.value for sample in known] == [100.0, 101.0, 102.0, 7.0]
    assert [sample.at for sample in known] == sorted(sample.at for sample in known)
    assert ring.change(figure(WAITING), back, 30.0) == 7.0 - 102.0
    for minute in range(1, 4):
        assert ring.due(figure(WAITING), Sample(back + minute * 60.0, 7.0 + minute, 60.0))
    assert [sample.value for sample in ring.samples(figure(WAITING), back + 180.0)][-4:] == [
        7.0,
        8.0,
        9.0,
        10.0,
    ]
