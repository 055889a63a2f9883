"""A row of the fleet names one moment: no figure in it is older, unless it names its own."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.builders import NOW, REF, WALL, reading, snapshot
from tui import identity
from tui.identity import Measure, Slot
from tui.monitor.directory import AccountEntry
from tui.monitor.health import Health, HealthState
from tui.monitor.reading import Reading
from tui.panes import fleet
from tui.widgets.columns import fit

COUNTS = (identity.account(Measure.UNASSIGNED), identity.account(Measure.OPEN))
LONGEST = identity.account(Measure.LONGEST)


def at(age: float) -> str:
    return datetime.fromtimestamp(WALL - age, UTC).strftime("%H:%M:%S")


def row(readings: dict[Slot, Reading]) -> tuple[dict[str, str], str]:
    entry, health = AccountEntry(REF, "", "trial"), Health(HealthState.OK)
    member = fleet.Member(entry, snapshot(readings), "badge", health, UTC)
    (made,) = fleet.rows([member], NOW, WALL)
    columns = (column.key for column in fleet.COLUMNS)
    told = {key: cell.plain for key, cell in zip(columns, made.cells, strict=True)}
    return told, fleet.as_of([member], NOW, WALL)


def test_the_row_is_as_old_as_the_oldest_figure_it_speaks_for() -> None:
    told, border = row({slot: reading(3, age=5.0) for slot in COUNTS} | {LONGEST: reading(60, age=25.0)})
    assert told["longest"] == "1 m"
    assert told["as_of"] == at(25.0)
    assert border == f"as of {at(25.0)}"


def test_a_figure_that_is_much_older_names_its_own_minute_and_not_the_rows() -> None:
    rare = Reading(60.0, NOW - 100, WALL - 100, NOW - 99, period=300.0)
    told, _ = row({slot: reading(3, age=5.0) for slot in COUNTS} | {LONGEST: rare})
    assert told["longest"] == f"1 m ({at(100.0)[:5]})"
    assert told["as_of"] == at(5.0)


def test_a_row_of_old_counts_tells_the_age_of_the_oldest_figure_it_speaks_for() -> None:
    rare = Reading(60.0, NOW - 75, WALL - 75, NOW - 74, period=300.0)
    told, _ = row({slot: reading(3, age=40.0) for slot in COUNTS} | {LONGEST: rare})
    assert (told["longest"], told["as_of"]) == ("1 m", "1 m ago")


def test_beside_unknown_counts_a_figure_names_its_own_minute() -> None:
    told, _ = row({LONGEST: reading(60, age=20.0)})
    assert told["longest"] == f"1 m ({at(20.0)[:5]})"


def test_names_of_environments_never_look_alike() -> None:
    assert fleet.told_apart(["PROD-EU", "PROD-US"], 6) == {"PROD-EU": "PRO…EU", "PROD-US": "PRO…US"}
    assert fleet.told_apart(["TRIAL", "ONPREMISES"], 6) == {"TRIAL": "TRIAL", "ONPREMISES": "ONPRE…"}
    assert len(set(fleet.told_apart(["EU-PROD-ONE-X", "EU-PROD-TWO-X", "EU-PROD-SIX-X"], 6).values())) == 3


@given(st.lists(st.text(max_size=30), unique=True, max_size=12), st.integers(6, 12))
def test_names_cut_stay_apart_and_fit(names: list[str], width: int) -> None:
    told = fleet.told_apart(names, width)
    assert len(set(told.values())) == len(names)
    assert all(cell_len(text) <= width for text in told.values())


def test_the_badge_is_as_wide_as_the_names_need_where_no_column_goes_for_it() -> None:
    assert fleet.badge_width(["app", "trial"], 73) == 8
    assert fleet.badge_width(["prod-eu"], 73) == 9
    assert fleet.badge_width(["a-very-long-environment"], 197) == 14
    for room in range(30, 200):
        wide, least = (fleet.columns(fleet.badge_width(["n" * 30], room)), fleet.COLUMNS)
        shown = fit(wide, room)
        assert [placed.column.key for placed in shown] == [placed.column.key for placed in fit(least, room)]
        assert all(placed.width >= 13 for placed in shown if placed.column.key == "name")
