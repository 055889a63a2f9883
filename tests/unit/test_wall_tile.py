"""What a tile says: every state of a figure in its own way, and no digit without fresh data."""

import pytest

from tests.builders import NOW, REF, WALL, reading, snapshot
from tests.unit.test_service_line import seen, tally
from tui import identity, wording
from tui.api.errors import NotPermittedError
from tui.config.conditions import FIGURES, OF_PARTS
from tui.config.model import Level
from tui.identity import Measure, Slot
from tui.monitor.history.direction import NoCourse
from tui.monitor.reading import Problem, Reading
from tui.panes.conversations.headline import LATELY
from tui.panes.wall.wall import Tile, TileView, figure_text, label_of, room_for, slot_of, tile

UNASSIGNED = identity.account(Measure.UNASSIGNED)
LONGEST = identity.account(Measure.LONGEST)
ONLINE = identity.account(Measure.AGENTS_ONLINE)
NAMES = ("unassigned", "longest", "agents_online")
REFUSED = Problem(NotPermittedError("not for this role"), at=NOW)


class Rising(NoCourse):
    """Twelve more than a quarter of an hour ago."""

    def change(self, slot: Slot, seconds: float) -> float | None:
        return 12.0 if seconds == 900 else None


def made(readings: dict[Slot, Reading], view: TileView | None = None, names: tuple[str, ...] = NAMES) -> Tile:
    return tile(snapshot(readings), names, view or TileView(NOW, WALL, None), title="Support EU")


def known(age: float = 5.0) -> dict[Slot, Reading]:
    return {
        UNASSIGNED: reading(162, age=age),
        LONGEST: reading(18 * 60, age=age),
        ONLINE: reading(5, age=age),
    }


@pytest.mark.parametrize(
    ("name", "value", "at_least", "shown"),
    [
        ("unassigned", 162, False, "162"),
        ("unassigned", 9_999, False, "9999"),
        ("unassigned", 12_345, False, "12 345"),
        ("unassigned", 9, True, "≥9"),
        ("longest", 0, False, "0"),
        ("longest", 40, False, "40s"),
        ("longest", 18 * 60, True, "≥18m"),
        ("longest", 3 * 3600 + 300, False, "3h05"),
        ("longest", 13 * 86400, False, "13d"),
    ],
)
def test_a_figure_is_as_short_as_can_be(name: str, value: float, at_least: bool, shown: str) -> None:
    assert figure_text(name, value, at_least=at_least) == shown


@pytest.mark.parametrize("name", sorted({*FIGURES} - OF_PARTS))
def test_every_figure_of_the_config_can_stand_on_a_wall(name: str) -> None:
    shown = made({slot_of(name): reading(7)}, names=(name,)).shown[0]
    assert shown.text[0].isdigit()
    moment = wording.minute(WALL - 5.0, None)
    assert shown.label == label_of(name, moment)
    assert not made({}, names=(name,)).shown[0].label.endswith(moment)
    assert room_for(name)


def test_live_figures_are_shown_with_their_change() -> None:
    shown = made(known(), TileView(NOW, WALL, None, course=Rising())).shown
    assert [figure.text for figure in shown] == ["162", "18m", "5"]
    assert shown[0].change == "▲ 12"


def test_each_state_reads_differently() -> None:
    state = made({UNASSIGNED: reading(None, problem=REFUSED), ONLINE: reading(5)}).shown
    assert (state[0].text, state[0].note) == ("—", "not permitted")
    assert state[1].text == "…"
    assert state[2].text == "5"


def test_a_figure_that_alone_is_late_gives_way_with_its_minute() -> None:
    readings = known()
    readings[UNASSIGNED] = reading(162, age=40)
    late = made(readings)
    assert late.since is None
    assert late.shown[0].text == "—"
    assert late.shown[0].note.startswith("since ")
    assert late.shown[2].text == "5"


def test_after_two_missed_periods_no_digit_is_left() -> None:
    assert made(known(age=30.0)).since is None
    gone = made(known(age=30.5))
    assert gone.since is not None
    assert {figure.text for figure in gone.shown} == {"—"}


def test_figures_asked_rarely_go_with_the_quickest_one() -> None:
    readings = known(age=31.0)
    readings[LONGEST] = Reading(600, NOW - 40, 0.0, NOW - 39, period=60.0)
    assert {figure.text for figure in made(readings).shown} == {"—"}


def test_what_is_bad_is_marked_without_any_rule() -> None:
    readings = {**known(), ONLINE: reading(0)}
    shown = made(readings, TileView(NOW, WALL, None, target=300.0)).shown
    assert [figure.level for figure in shown] == [None, "warning", "critical"]


def test_what_fires_on_a_figure_gives_it_its_look() -> None:
    def level(name: str) -> Level | None:
        return "critical" if name == "unassigned" else None

    shown = made(known(), TileView(NOW, WALL, None, level=level)).shown
    assert (shown[0].role, shown[1].role) == ("critical", "value")


def test_every_figure_says_whose_it_is() -> None:
    for age in (5.0, 1_000.0):
        assert {figure.account for figure in made(known(age)).shown} == {str(REF)}


@pytest.mark.parametrize(
    ("in_target", "late", "shown"),
    [(3, 11, ("—", "3 of 14")), (4, 15, ("—", "4 of 19")), (4, 16, ("20", ""))],
)
def test_a_share_of_few_conversations_is_told_as_their_number(
    in_target: int, late: int, shown: tuple[str, str]
) -> None:
    share = 100.0 * in_target / (in_target + late)
    shares = seen({LATELY: reading(share)}, lately=tally(in_target=in_target, late=late))
    (figure,) = tile(shares, ("service_level",), TileView(NOW, WALL, None), title="Support EU").shown
    assert (figure.text, figure.note) == shown
