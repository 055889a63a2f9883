"""The wall's layout: digits of a fifth of the screen at every size, and everything inside it."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, WALL, reading, snapshot
from tui import identity
from tui.identity import Measure
from tui.panes.wall import picture, wall
from tui.panes.wall.layout import FigureRoom, Layout, layout, shift
from tui.panes.wall.wall import Tile, TileView, label_of, room_for
from tui.widgets.parts import Line, width_of

SIZES = [(80, 24), (120, 40), (200, 50), (100, 60)]
THREE = ("unassigned", "longest", "agents_online")
FIVE = (*THREE, "open", "pending")


def figures_of(names: tuple[str, ...]) -> tuple[FigureRoom, ...]:
    return tuple(FigureRoom(room_for(name), label_of(name)) for name in names)


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def made(names: tuple[str, ...] = THREE, name: str = "Support EU", value: float = 1234) -> Tile:
    known = {
        identity.account(Measure.UNASSIGNED): reading(value),
        identity.account(Measure.LONGEST): reading(23 * 3600 + 59 * 60),
        identity.account(Measure.AGENTS_ONLINE): reading(120),
        identity.account(Measure.OPEN): reading(value),
        identity.status("pending"): reading(value),
    }
    return wall.tile(snapshot(known), names, TileView(NOW, WALL, None), title=name)


def drawn(size: tuple[int, int], plan: Layout, tiles: list[Tile], at: tuple[int, int] = (0, 0)) -> list[Line]:
    return picture.lines(tiles, picture.WallFrame("14:05", "CET", shift=at), plan)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("names", [THREE[:1], THREE, FIVE], ids=["one", "three", "five"])
@pytest.mark.parametrize("accounts", [1, 2, 3, 4, 9])
def test_digits_are_a_fifth_of_the_screen_high(
    size: tuple[int, int], names: tuple[str, ...], accounts: int
) -> None:
    plan = layout(*size, accounts, figures_of(names))
    assert plan.high >= size[1] / 5
    assert plan.clock >= size[1] / 5
    assert 1 <= plan.places <= 4


@pytest.mark.parametrize("size", SIZES)
def test_four_accounts_are_tiled_where_they_fit(size: tuple[int, int]) -> None:
    assert layout(*size, 4, figures_of(THREE)).places == {(200, 50): 4, (100, 60): 1}.get(size, 2)
    assert layout(*size, 4, figures_of(THREE[:1])).places == 4


@pytest.mark.parametrize("size", SIZES)
def test_a_larger_grid_scales_the_figures_and_adds_none(size: tuple[int, int]) -> None:
    small, large = layout(80, 24, 1, figures_of(THREE)), layout(*size, 1, figures_of(THREE))
    assert large.high >= small.high
    shown = drawn(size, large, [made()])
    names = {part.meta["figure"] for line in shown for part in line if part.meta and "figure" in part.meta}
    assert names == set(THREE)


@settings(max_examples=60, deadline=None)
@given(
    columns=st.integers(1, 220),
    rows=st.integers(1, 80),
    count=st.integers(1, 6),
    names=st.sampled_from([THREE[:1], THREE, FIVE]),
    value=st.sampled_from([0, 7, 9_999, 10_000, 123_456_789]),
    name=st.sampled_from(["Support EU", "山田サポート", "A very long name of an account indeed, Ltd."]),
    minute=st.integers(0, 10),
)
def test_the_picture_has_the_size_of_the_screen(
    columns: int, rows: int, count: int, names: tuple[str, ...], value: float, name: str, minute: int
) -> None:
    plan = layout(columns, rows, count, figures_of(names))
    tiles = [made(names, name, value)] * min(count, plan.places)
    dead = [tile._replace(since="14:01") for tile in tiles]
    for shown in (tiles, dead):
        lines = drawn((columns, rows), plan, shown, shift(minute * 600.0))
        assert len(lines) <= max(rows, 2)
        assert all(width_of(line) == max(columns, 3) for line in lines)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("names", [THREE, FIVE], ids=["three", "five"])
def test_without_data_every_digit_is_gone_and_a_band_reaches_from_side_to_side(
    size: tuple[int, int], names: tuple[str, ...]
) -> None:
    plan = layout(*size, 1, figures_of(names))
    late = NOW + 400
    gone = wall.tile(
        snapshot({identity.account(Measure.UNASSIGNED): reading(1234)}),
        names,
        TileView(late, WALL + 400, None),
        title="A",
    )
    assert {shown.text for shown in gone.shown} <= {"—", "…"}
    assert gone.since is not None
    lines = drawn(size, plan, [gone])
    bands = [line for line in lines if all(part.role == "critical-inverse" for part in line)]
    assert len(bands) == plan.words
    assert all(width_of(line) == size[0] for line in bands)


def test_the_picture_moves_by_a_cell_each_ten_minutes_and_comes_round() -> None:
    places = [shift(600.0 * step) for step in range(7)]
    assert len(set(places)) == 6
    assert places[0] == places[6]
    for place, following in pairwise(places):
        assert abs(place[0] - following[0]) + abs(place[1] - following[1]) == 1
    assert shift(0.0) == shift(599.0)


def test_digits_keep_their_height_wherever_the_picture_stands() -> None:
    plan = layout(80, 24, 1, figures_of(THREE))
    at_rest, moved = drawn((80, 24), plan, [made()]), drawn((80, 24), plan, [made()], (2, 1))
    assert [text(line).strip() for line in at_rest[:-1]] == [text(line).strip() for line in moved[1:]]


def test_a_name_in_another_script_stands_beside_its_number_in_large() -> None:
    plan = layout(200, 50, 1, figures_of(THREE))
    shown = "\n".join(text(line) for line in drawn((200, 50), plan, [made(name="山田サポート")]))
    assert "山田サポート" in shown
    assert "█▀▀ █▀▀" not in shown.split("\n")[0]
