"""The header: whose token, its role and what it sees stay, whatever else is shortened or left out."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, WALL, listing, reading, snapshot
from tui.api.models import Inbox
from tui.identity import Measure, account
from tui.monitor.health import Health, HealthState
from tui.monitor.reading import AccountSnapshot, Viewer
from tui.panes import header
from tui.panes.header import Place
from tui.widgets.parts import Line, Part, width_of

ROLES = (("administrator",), ("supervisor",), ("agent",), ())
ALERTS: Line = [Part("▲ 12 alerts", "critical")]
ELSEWHERE: Line = [Part("▲ 137 elsewhere", "warning")]


def seen_by(roles: tuple[str, ...], inboxes: int, *, viewer: str = "Ada Brandt") -> AccountSnapshot:
    places = listing([Inbox(number, f"Website {number}") for number in range(inboxes)])
    known = {account(Measure.UNASSIGNED): reading(4)}
    return snapshot(known, viewer=Viewer(1, viewer, roles), inboxes=places)


def place(marks: tuple[str, ...], state: HealthState, alerts: tuple[Line, Line]) -> Place:
    zone = ZoneInfo("Europe/Berlin")
    return Place("trial", "badge", marks, Health(state), 15.0, NOW, WALL, zone, alerts)


def text(line: Line) -> str:
    return "".join(part.text for part in line)


@given(
    roles=st.sampled_from(ROLES),
    inboxes=st.integers(0, 12),
    viewer=st.sampled_from(("Ada Brandt", "北京 " * 20, "Wolfeschlegelsteinhausenbergerdorff")),
    marks=st.sampled_from(((), ("SIMULATION",))),
    state=st.sampled_from([HealthState.OK, HealthState.BACKING_OFF, HealthState.PAUSED]),
    alerts=st.sampled_from([([], []), (ALERTS, []), (ALERTS, ELSEWHERE)]),
    width=st.integers(80, 220),
)
def test_role_and_reach_stay_at_every_size(
    roles: tuple[str, ...],
    inboxes: int,
    viewer: str,
    marks: tuple[str, ...],
    state: HealthState,
    alerts: tuple[Line, Line],
    width: int,
) -> None:
    seen = seen_by(roles, inboxes, viewer=viewer)
    line = header.line(seen, place(marks, state, alerts), width)
    told = text(line)
    assert width_of(line) == width
    assert (roles[0] if roles else "role not told") in told
    assert str(seen.ref.account_id) in told
    if "administrator" not in roles:
        assert f": {inboxes} inbox" in told
    if width >= 110 and viewer == "Ada Brandt":
        assert "as Ada Brandt, " in told


def test_at_120_cells_an_administrators_name_and_role_stay_beside_alerts() -> None:
    beside = place(("SIMULATION",), HealthState.OK, (ALERTS, ELSEWHERE))
    told = text(header.line(seen_by(("administrator",), 4), beside, 120))
    assert "as Ada Brandt, administrator" in told
    assert "▲ 12 alerts" in told
    assert "as of " in told


def test_the_zone_stands_beside_the_moment_where_the_clock_has_no_room() -> None:
    calm = place((), HealthState.OK, ([], []))
    widths = [text(header.line(seen_by(("administrator",), 1), calm, width)) for width in range(70, 100)]
    clocks = [told for told in widths if told.endswith("15:05 CET ")]
    zones = [told for told in widths if told.endswith("15:05:04 CET ")]
    assert clocks
    assert zones


def test_no_zone_stands_behind_what_is_no_moment() -> None:
    state = place((), HealthState.BACKING_OFF, ([], []))._replace(now=NOW + 500.0)
    for width in range(70, 100):
        told = text(header.line(seen_by(("administrator",), 1), state, width))
        assert "min CET" not in told
