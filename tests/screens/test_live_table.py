"""The live table repaints what changed, and keeps selection and scroll by row key."""

from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.screens.stage import Painted, Stage
from tui.columns import Column
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Part
from tui.widgets.rows import Cell, Row

COLUMNS = (
    Column("name", "agent", min_width=10, flex=1, priority=0),
    Column("open", "open", width=6, align="right", priority=1),
    Column("queued", "queued", width=7, align="right", priority=2),
)


def agent(key: int, opened: int = 0, name: str | None = None) -> Row:
    text = name or f"agent {key}"
    return Row(
        key,
        (Cell(text), Cell(str(opened), "value", {"figure": f"agent:{key}:open"}), Cell("0")),
        (text, opened, 0),
    )


def agents(count: int) -> list[Row]:
    return [agent(key) for key in range(count)]


class Listening(Stage):
    """Keeps the messages of its table."""

    def __init__(self, table: LiveTable, theme: str = "dark") -> None:
        super().__init__(table, theme=theme)
        self.told: list[object] = []

    def on_live_table_row_selected(self, event: LiveTable.RowSelected) -> None:
        self.told.append(("selected", event.key))

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        self.told.append(("chosen", event.key))

    def on_live_table_matches_changed(self, event: LiveTable.MatchesChanged) -> None:
        self.told.append(("matches", event.matches, event.total))


async def shown(pilot: Pilot[None], table: LiveTable, rows: Sequence[Row]) -> None:
    table.set_rows(rows)
    await pilot.pause()


async def test_an_unchanged_refresh_paints_nothing() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, agents(10))
        painted = Painted(table)
        await shown(pilot, table, agents(10))
        assert painted.take() == []


async def test_only_the_changed_row_is_painted() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, agents(10))
        painted = Painted(table)
        await shown(pilot, table, [agent(key, 9 if key == 4 else 0) for key in range(10)])
        assert painted.take() == [5]


async def test_a_change_out_of_view_paints_nothing() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, agents(500))
        painted = Painted(table)
        await shown(pilot, table, [agent(key, 9 if key == 400 else 0) for key in range(500)])
        assert painted.take() == []


async def test_values_that_change_never_ask_for_layout() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, agents(10))
        before = table._layout_updates
        await shown(pilot, table, [agent(key, 1000 + key, "n" * 100) for key in range(10)])
        assert table._layout_updates == before


async def test_rows_stay_where_they_were_given_unless_sorted() -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, [agent(3, 1), agent(1, 9), agent(2, 5)])
        assert [row.key for row in table.rows] == [3, 1, 2]
        table.sort_by("open", reverse=True)
        await pilot.pause()
        assert [row.key for row in table.rows] == [1, 2, 3]
        assert "▼open" in app.lines()[0]
        table.sort_reverse()
        await pilot.pause()
        assert [row.key for row in table.rows] == [3, 2, 1]
        assert "▲open" in app.lines()[0]


async def test_sorting_shows_what_is_first_now() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, [agent(key, key) for key in range(100)])
        table.select(50)
        table.sort_by("open", reverse=True)
        await pilot.pause()
        assert (table.selected, table.scroll_offset.y) == (99, 0)


async def test_sort_goes_round_the_columns_and_back_to_the_given_order() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, [agent(3, 1), agent(1, 9), agent(2, 5)])
        seen = []
        for _ in range(4):
            table.sort_next()
            seen.append(table.sorted_by)
        assert seen == [("name", False), ("open", True), ("queued", True), None]
        assert [row.key for row in table.rows] == [3, 1, 2]


async def test_the_selection_follows_its_row() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(100))
        table.select(60)
        await pilot.pause()
        line = 60 - table.scroll_offset.y
        await shown(pilot, table, [agent(1000), agent(1001), *agents(100)])
        assert table.selected == 60
        assert 62 - table.scroll_offset.y == line


async def test_a_refresh_leaves_cursor_and_scroll_alone() -> None:
    table = LiveTable(COLUMNS)
    app = Listening(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(100))
        table.action_page_down()
        await pilot.pause()
        app.told.clear()
        before = table.selected, table.scroll_offset
        await shown(pilot, table, [agent(key, key % 7) for key in range(100)])
        assert (table.selected, table.scroll_offset) == before
        assert app.told == []


async def test_a_vanished_selection_goes_to_its_neighbour() -> None:
    table = LiveTable(COLUMNS)
    app = Listening(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(5))
        table.select(3)
        await pilot.pause()
        await shown(pilot, table, [row for row in agents(5) if row.key != 3])
        assert app.told[-2:] == [("selected", 4), ("matches", 4, 4)]


async def test_moving_stops_at_both_ends_and_pages_keep_the_row_in_view() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(100))
        stood = []
        for move in (
            table.action_row_up,
            table.action_page_down,
            table.action_last_row,
            table.action_row_down,
            table.action_first_row,
        ):
            move()
            await pilot.pause()
            stood.append((table.selected, table.scroll_offset.y))
        assert stood == [(0, 0), (10, 0), (99, 89), (99, 89), (0, 0)]


async def test_moving_within_a_page_paints_two_lines() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 20)) as pilot:
        await shown(pilot, table, agents(10))
        painted = Painted(table)
        table.action_row_down()
        await pilot.pause()
        assert painted.take() == [1, 2]


async def test_a_filter_counts_matches_and_gives_the_rows_back() -> None:
    table = LiveTable(COLUMNS)
    app = Listening(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, [agent(1, name="Chloé"), agent(2, name="Ada"), agent(3, name="chloris")])
        table.filter("CHLO")
        await pilot.pause()
        assert (table.match_count, table.total_count) == (2, 3)
        table.filter("!chlo")
        await pilot.pause()
        assert [row.key for row in table.rows] == [2]
        table.filter("nobody")
        await pilot.pause()
        assert "No row matches." in app.text()
        table.filter("")
        await pilot.pause()
        assert table.match_count == 3
        assert [said for said in app.told if said[0] == "matches"] == [  # type: ignore[index]
            ("matches", 3, 3),
            ("matches", 2, 3),
            ("matches", 1, 3),
            ("matches", 0, 3),
            ("matches", 3, 3),
        ]


async def test_a_predicate_works_together_with_the_filter() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, [agent(1, 5, "Ada"), agent(2, 0, "Adam"), agent(3, 5, "Bruno")])
        table.set_predicate(lambda row: row.cells[1].text == "5")
        table.filter("ada")
        assert [row.key for row in table.rows] == [1]
        table.set_predicate(None)
        assert [row.key for row in table.rows] == [1, 2]


async def test_a_click_selects_and_a_double_click_opens() -> None:
    table = LiveTable(COLUMNS)
    app = Listening(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(5))
        await pilot.click(table, offset=(8, 3))
        assert table.selected == 2
        await pilot.click(table, offset=(8, 4), times=2)
        assert app.told[-1] == ("chosen", 3)
        table.action_row_up()
        table.action_choose_row()
        await pilot.pause()
        assert app.told[-1] == ("chosen", 2)


async def test_a_click_on_a_title_sorts_turns_round_and_gives_up() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(5))
        seen = []
        for _ in range(3):
            await pilot.click(table, offset=(49, 0))
            seen.append(table.sorted_by)
        assert seen == [("open", True), ("open", False), None]


async def test_every_figure_tells_what_it_is() -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, [agent(key, 7) for key in range(5)])
        line = app.lines()[3]
        assert app.screen.get_style_at(line.index("7"), 3).meta == {"row": 2, "figure": "agent:2:open"}
        assert app.screen.get_style_at(3, 3).meta == {"row": 2}


@pytest.mark.parametrize("width", [12, 24, 40, 80, 200])
async def test_wide_long_and_right_to_left_names_keep_the_table_straight(width: int) -> None:
    names = ["陳大文王小明" * 9, "אברהם בן לוי", "مريم", "n" * 200, "e\u0301" * 40, "🙂🙂🙂", "Ada"]
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(width, 12)) as pilot:
        await shown(pilot, table, [agent(key, 12, name) for key, name in enumerate(names)])
        for y in range(1 + len(names)):
            strip = table.render_line(y)
            assert strip.cell_length == table.size.width == cell_len(strip.text)
        if width >= 24:
            ends = {cell_len(line[: line.index("12")]) for line in app.lines()[1 : 1 + len(names)]}
            assert len(ends) == 1


async def test_cut_names_end_in_an_ellipsis() -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(30, 12)) as pilot:
        await shown(pilot, table, [agent(1, name="a name that does not fit")])
        assert "a name that… " in app.lines()[1]


async def test_a_cell_may_have_several_parts() -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(60, 12)) as pilot:
        parts = (Part("▁▂▃", "accent", {"figure": "trend"}), Part(" up", "dim"))
        await shown(pilot, table, [Row(1, (Cell("", parts=parts), Cell("1"), Cell("2")))])
        assert "▁▂▃ up" in app.lines()[1]
        assert app.screen.get_style_at(2, 1).meta["figure"] == "trend"


async def test_the_middle_says_why_there_is_no_row() -> None:
    table = LiveTable(COLUMNS, empty="No agents in this account.", loading_text="Asking…")
    app = Stage(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert "Asking…" in app.text()
        await shown(pilot, table, [])
        assert "No agents in this account." in app.text()
        table.empty = "This token's role may not see these."
        await pilot.pause()
        assert "This token's role" in app.text()
        await shown(pilot, table, agents(1))
        assert "agent 0" in app.text()


@pytest.mark.parametrize("theme", ["dark", "mono"])
async def test_focus_shows_without_colour(theme: str) -> None:
    table, other = LiveTable(COLUMNS), LiveTable(COLUMNS)
    app = Stage(table, other, theme=theme)
    async with app.run_test(size=(60, 20)) as pilot:
        other.set_rows(agents(2))
        await shown(pilot, table, agents(2))
        table.focus()
        await pilot.pause()
        assert table.render_line(1).text.startswith("▌")
        assert other.render_line(1).text.startswith("▏")


async def test_columns_go_and_come_with_the_width() -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(3))
        assert "queued" in app.lines()[0]
        await pilot.resize_terminal(22, 12)
        await pilot.pause()
        assert "queued" not in app.lines()[0]
        assert "open" in app.lines()[0]


async def test_a_change_of_theme_repaints_in_its_colours() -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(3))
        dark = app.screen.get_style_at(3, 2).color
        app.theme = "light"
        await pilot.pause()
        await pilot.pause()
        assert app.screen.get_style_at(3, 2).color != dark


async def test_what_is_kept_goes_with_the_rows() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 40)) as pilot:
        for turn in range(20):
            await shown(pilot, table, [agent(turn * 1000 + key) for key in range(300)])
            table.action_page_down()
            await pilot.pause()
        assert len(table._strips) <= 80


async def test_the_mouse_over_it_paints_nothing() -> None:
    table = LiveTable(COLUMNS)
    async with Stage(table).run_test(size=(60, 12)) as pilot:
        await shown(pilot, table, agents(5))
        asked: list[object] = []
        table.refresh = lambda *regions, **how: asked.append(regions)  # type: ignore[assignment, method-assign]
        for x, y in ((8, 2), (50, 3), (8, 0), (50, 9)):
            await pilot.hover(table, offset=(x, y))
            await pilot.pause()
        assert asked == []


@pytest.mark.parametrize("width", [12, 24, 40])
async def test_a_number_wider_than_its_column_takes_from_the_names(width: int) -> None:
    table = LiveTable(COLUMNS)
    app = Stage(table)
    async with app.run_test(size=(width, 10)) as pilot:
        await shown(pilot, table, [agent(key, 12_345_678 if key == 20 else 7) for key in range(30)])
        before = table.shown_columns
        table.select(20)
        await pilot.pause()
        assert ("12345678" in app.text()) is ("open" in table.shown_columns)
        after = table.shown_columns
        table.select(0)
        await pilot.pause()
        assert table.shown_columns == after, "a column went and came back"
        assert set(after) <= set(before)
