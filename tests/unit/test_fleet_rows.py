"""A row of the fleet names one moment: no figure in it is older, unless it names its own."""

from datetime import UTC, datetime

from tests.builders import NOW, REF, WALL, reading, snapshot
from tui import figures
from tui.figures import Measure, Slot
from tui.monitor.directory import AccountEntry
from tui.monitor.health import Health, HealthState
from tui.monitor.reading import Reading
from tui.panes import fleet

COUNTS = (figures.account(Measure.UNASSIGNED), figures.account(Measure.OPEN))
LONGEST = figures.account(Measure.LONGEST)


def at(age: float) -> str:
    return datetime.fromtimestamp(WALL - age, UTC).strftime("%H:%M:%S")


def row(readings: dict[Slot, Reading]) -> tuple[dict[str, str], str]:
    entry, health = AccountEntry(REF, "", "trial"), Health(HealthState.OK)
    one = fleet.Member(entry, snapshot(readings), "badge", health, UTC)
    (made,) = fleet.rows([one], NOW, WALL)
    columns = (column.key for column in fleet.COLUMNS)
    told = {key: cell.plain for key, cell in zip(columns, made.cells, strict=True)}
    return told, fleet.as_of([one], NOW, WALL)


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


def test_beside_unknown_counts_a_figure_names_its_own_minute() -> None:
    told, _ = row({LONGEST: reading(60, age=20.0)})
    assert told["longest"] == f"1 m ({at(20.0)[:5]})"
