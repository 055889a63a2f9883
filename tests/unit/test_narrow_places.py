"""In a narrow place an age, a moment, a `≥` and a `—✗` stand whole, or the figure they belong to is gone."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from itertools import product

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.builders import NOW, REF, WALL, listing, reading, snapshot
from tests.truth.segments import Rows, figures
from tests.unit.test_service_line import EVERY, seen
from tui import identity, wording
from tui.api.errors import NotPermittedError
from tui.api.models import Team
from tui.columns import Column
from tui.config.columns import TEAMS
from tui.config.model import Level
from tui.identity import Measure, Scope, Slot
from tui.monitor.directory import AccountEntry
from tui.monitor.health import Health, HealthState
from tui.monitor.reading import AccountSnapshot, Problem, Reading, Viewer
from tui.panes import figures as draw
from tui.panes import fleet, teams
from tui.panes.agents import agents
from tui.panes.alarms import Alarm, AlarmOf
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View, service_line, worst_team
from tui.panes.table_pane import OF_ALL, fitted
from tui.panes.wall import picture, wall
from tui.panes.wall.layout import FigureRoom, layout
from tui.panes.wall.wall import TileView, label_of, room_for
from tui.screens.dashboard import tables
from tui.widgets.columns import fit, wider_numbers
from tui.widgets.painting import RolePainter
from tui.widgets.parts import Line, pad
from tui.widgets.row_painter import row_strip
from tui.widgets.rows import Row

WIDTHS = (34, 58, 65, 78, 98, 118, 158, 198)
"""Cells inside a pane: of screens of 36 to 200 columns."""
AGES = (5.0, 42.0, 59 * 60.0, 900 * 86_400.0)
COUNTS = (124.0, 12_345.0)
TIMES = (66 * 60.0, 47 * 3_600 + 59 * 60.0)
LEVELS: tuple[Level | None, ...] = (None, "warning", "critical")
REFUSED = Problem(NotPermittedError("not for this role"), at=NOW)
CUT = re.compile(
    r"\([^)]*…|\([^)]*$|≥ ?(?:…|$)|—…|\b(?:as of|oldest|out of date)\b[^·)]*…"
    r"|\d (?:[a-z]{1,3} )?(?:o|ol|a|ag)…"
)
"""What is no whole age, moment or mark."""
BESIDE_LONGEST = {str(Measure.WAITING), str(Measure.OVER_TARGET)}
"""Notes of the longest wait, counted by the same look at the conversations: its age is theirs."""


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def rendered(lines: Sequence[Line], width: int) -> Rows:
    """As a terminal of that width has them, what looks old in a colour of its own."""
    return [
        [
            Segment(
                part.text,
                Style(color="red" if part.role == "stale" else "white")
                + Style.from_meta(dict(part.meta or {})),
            )
            for part in pad(line, width)
        ]
        for line in lines
    ]


OLD = Style(color="red").color


def alarm_of(level: Level | None) -> AlarmOf:
    def of(_: Slot | Scope) -> Alarm | None:
        return None if level is None else Alarm(level, new=True)

    return of


def known(value: Callable[[Slot], Reading]) -> AccountSnapshot:
    """An account of which every figure is known alike."""
    slots = [*conversations.slots(), *(identity.team(1, measure) for measure in teams.MEASURES)]
    told = {slot: value(slot) for slot in slots}
    agent = Viewer(1, "Ada", ("agent",))
    return snapshot(told, teams=listing((Team(1, "technical support and warranty"),)), viewer=agent)


def states() -> Iterator[tuple[str, AccountSnapshot, float]]:
    """Accounts whose figures are of any size and age, and how old they are; 0 where they are fresh."""
    for (count, time), age, at_least in product(zip(COUNTS, TIMES, strict=True), AGES, (False, True)):
        told = partial(_reading, count, time, age, at_least)
        yield f"{count:g} {age:g} s {'≥' if at_least else ''}", known(told), age if age > 30 else 0.0
    yield "refused", known(lambda _: reading(None, problem=REFUSED)), 0.0


def _reading(count: float, time: float, age: float, at_least: bool, slot: Slot) -> Reading:
    number = time if slot.row.is_time else 99.0 if slot.row.is_share else count
    return reading(number, age=age, at_least=at_least and bool(number))


@pytest.mark.parametrize("of_inbox", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_each_figure_of_the_account_that_looks_old_has_its_whole_age(width: int, of_inbox: bool) -> None:
    for (name, state, age), level in product(states(), LEVELS):
        view = View(NOW, width, 12, 1_200.0, alarm=alarm_of(level), of_inbox=of_inbox, zone=UTC, wall=WALL)
        rows = rendered(conversations.lines(state, view), width)
        lines = ["".join(segment.text for segment in row) for row in rows]
        assert not any(map(CUT.search, lines)), (name, level, lines)
        for figure in figures("conversations", rows, OLD):
            if figure.stale and figure.text and figure.name not in BESIDE_LONGEST:
                assert (figure.age or 0.0) >= age, (name, level, figure, lines)
        if of_inbox:
            overall = "online over" in lines[0] or "of all in" in lines[2]
            assert overall or "agents" not in lines[0], (name, lines)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_at_least_so_much_says_so_wherever_it_stands(width: int) -> None:
    for count, time in zip(COUNTS, TIMES, strict=True):
        of_all = known(partial(_reading, count, time, AGES[0], True))
        worst = worst_team(of_all, NOW)
        assert worst is not None
        view = View(NOW, width, 12, 1_200.0, zone=UTC, wall=WALL)
        told = [text(line) for line in conversations.lines(of_all, view)]
        told += [*worst.notes, tables._needs_help(worst, width).text]
        told += [cell.text for row in teams.rows(of_all, NOW) for cell in row.cells]
        written = {wording.count(count), wording.spell(time), wording.duration(time)}
        plain = re.compile(rf"(?<!≥ )(?<![\d\u202f])(?:{'|'.join(map(re.escape, written))})(?![\d\u202f])")
        assert not [line for line in told if plain.search(line)], width


@pytest.mark.parametrize("width", WIDTHS)
def test_the_team_that_needs_help_has_its_whole_age(width: int) -> None:
    for name, state, age in states():
        worst = worst_team(state, NOW)
        if worst is None:
            continue
        folded = tables._needs_help(worst, width).text
        answer = [
            "".join(part.text for part in line)
            for line in conversations.lines(state, View(NOW, width, 3, None))
        ]
        for told in (folded, answer[2] if "needs help" in answer[0] else folded):
            assert not CUT.search(told), (name, told)
            assert ("old)" in told) is bool(age), (name, told)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_line_of_service_level_has_its_whole_ages(width: int) -> None:
    for age, level in product(AGES, LEVELS):
        old = {slot: reading(known.value, age=age) for slot, known in EVERY.items()}
        for shown in (seen(old), seen(old, since=3_600), snapshot(old)):
            view = View(NOW, width, 9, 300.0, alarm=alarm_of(level), zone=UTC)
            (row,) = rendered([service_line(shown, view)], width)
            told = "".join(segment.text for segment in row)
            assert not CUT.search(told), told
            for figure in figures("conversations", [row], OLD):
                assert not figure.stale or figure.age is not None, told


def drawn(columns: Sequence[Column], rows: Sequence[Row], room: int) -> list[tuple[str, str]]:
    """What stands of each number in a table of that width, beside what it is."""
    placed = fit(columns, room)
    placed = fit(columns, room, wider=wider_numbers(placed, rows))
    painter = RolePainter("dark", Color(0, 0, 0))
    texts = []
    for row in rows:
        strip = "".join(segment.text for segment in row_strip(painter, placed, room + 1, row, "none"))
        at = 1
        for column, place, width in placed:
            if column.align == "right":
                texts.append((strip[at : at + width].strip(), row.cells[place].plain.strip()))
            at += width + 1
    return texts


@pytest.mark.parametrize("width", [28, 36, 47, 78, 118, 198])
def test_a_number_in_a_table_is_whole_with_its_sign_its_mark_and_its_moment(width: int) -> None:
    entry, health = AccountEntry(REF, "", "trial"), Health(HealthState.OK)
    for (name, state, _), level in product(states(), LEVELS):
        team = teams.rows(state, NOW, alarm_of(level))
        member = fleet.Member(entry, state, "badge", health, UTC, level=level)
        for columns, rows in ((TEAMS, team), (fleet.COLUMNS, fleet.rows([member], NOW, WALL))):
            for told, whole in drawn(columns, rows, width):
                assert told == whole, (name, level, told, whole)


@pytest.mark.parametrize("width", [78, 98, 118, 198])
def test_the_sums_of_the_fleet_are_whole_with_their_sign(width: int) -> None:
    of_all = known(partial(_reading, 12_345.0, 60.0, 5.0, False))
    health = Health(HealthState.OK)
    members = [
        fleet.Member(AccountEntry(REF, "", "trial"), shown, "badge", health, UTC)
        for shown in (of_all, snapshot())
    ]
    told = text(fleet.totals(members, NOW, width, left_out=13))
    assert told.count("≥ 12\u202f345") == 3, told
    assert "…" not in told
    assert ("known" in told) is (width > 100)


@pytest.mark.parametrize("room", [31, 36, 41, 47, 74, 94, 194])
@pytest.mark.parametrize("note", ["", OF_ALL])
def test_in_any_border_each_moment_and_age_is_whole_and_the_age_stays(room: int, note: str) -> None:
    for live, age, levels, members in product((False, True), AGES, (False, True), (False, True)):
        told = [
            note,
            *(["as of 14:05:09"] if live else []),
            *([f"{draw.OLDEST}{wording.old(age)}"] if age > 30 else []),
        ]
        told += [
            words
            for words, is_told in (("levels as of 14:05", levels), ("members of 14:05", members))
            if is_told
        ]
        shown = fitted(told, room)
        assert cell_len(shown) <= room
        assert set(shown.replace("oldest figure", "oldest").split(" · ")) <= {
            words.replace("oldest figure", "oldest") for words in told
        } | {""}
        assert note in shown
        if age > 30:
            assert f"{wording.old(age)}" in shown
        elif live:
            assert "as of 14:05:09" in shown


def test_where_two_ages_have_no_room_the_one_that_stays_is_the_older_one() -> None:
    shown = snapshot({}, agents=listing((), age=5.0))
    loads, times = [reading(3, age=70.0)], [reading(300.0, age=59 * 60.0), reading(200.0, age=20.0)]
    whole, short = agents.as_of(shown, loads, NOW, WALL, UTC, times)
    assert "times" in whole
    assert "times" not in short
    assert short.endswith("oldest figure 59 min")
    assert short.startswith(f"as of {wording.clock_time(WALL - 20.0, UTC)}")


@pytest.mark.parametrize("size", [(20, 8), (36, 12), (80, 24), (100, 30), (120, 40), (200, 50)])
@pytest.mark.parametrize("accounts", [1, 4])
def test_on_a_wall_a_figure_is_whole_with_its_sign_and_the_moment_it_is_out_of_date_since(
    size: tuple[int, int], accounts: int
) -> None:
    names = ("unassigned", "longest", "agents_online", "service_level")
    plan = layout(*size, accounts, tuple(FigureRoom(room_for(name), label_of(name)) for name in names))
    for name, state, _ in states():
        view = TileView(NOW, WALL, UTC, 300.0, level=lambda _: "critical")
        tile = wall.tile(state, names, view, title="Support EU", level="critical", words="longest wait 2 h")
        whole = {figure.text for figure in tile.shown}
        for line in picture.lines(
            [tile] * min(accounts, plan.places), picture.WallFrame("14:05", "CET"), plan
        ):
            assert not CUT.search(text(line)), (name, text(line))
            for part in line:
                if part.meta and "figure" in part.meta and re.search(r"\w", part.text):
                    assert part.text.replace(wording.THIN, " ") in whole, (name, part.text, whole)
