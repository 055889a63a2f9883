"""Each state of a figure looks different, also without colour."""

import pytest

from tests.screens.stage import Painted, Stage
from tui.widgets.chart import Chart
from tui.widgets.figure import FigureBox


@pytest.mark.parametrize("theme", ["dark", "mono"])
async def test_states_look_different(theme: str) -> None:
    box = FigureBox("waiting")
    app = Stage(box, theme=theme)
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        seen = {str(box.render_line(1)._segments)}
        for state in ("live", "stale", "unknown", "not_permitted"):
            box.show("162", "31 over 5 m", state, age="3 m ago")
            await pilot.pause()
            seen.add(str(box.render_line(1)._segments))
        box.show("162", "31 over 5 m", "live", changed=True)
        await pilot.pause()
        seen.add(str(box.render_line(1)._segments))
        assert len(seen) == 6


async def test_no_number_is_shown_where_none_is_known() -> None:
    box = FigureBox("waiting")
    app = Stage(box)
    async with app.run_test(size=(30, 5)) as pilot:
        for state in ("unknown", "not_permitted", "loading"):
            box.show("162", state=state)
            await pilot.pause()
            assert "162" not in app.text()


async def test_a_stale_figure_shows_its_age() -> None:
    box = FigureBox("waiting")
    app = Stage(box)
    async with app.run_test(size=(30, 5)) as pilot:
        box.show("162", state="stale", age="3 m ago")
        await pilot.pause()
        assert "162 3 m ago" in app.text()


async def test_one_line_holds_label_value_and_note() -> None:
    box = FigureBox("waiting")
    box.styles.height = 1
    app = Stage(box)
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        box.show("162", "31 over 5 m", meta={"figure": "unassigned"})
        await pilot.pause()
        assert app.lines()[0] == "waiting 162 31 over 5 m"
        assert app.screen.get_style_at(9, 0).meta == {"figure": "unassigned"}


async def test_the_same_figure_again_paints_nothing() -> None:
    box = FigureBox("waiting")
    async with Stage(box).run_test(size=(30, 5)) as pilot:
        box.show("162", "31 over 5 m")
        await pilot.pause()
        painted = Painted(box)
        box.show("162", "31 over 5 m")
        await pilot.pause()
        assert painted.take() == []
        box.show("163", "31 over 5 m")
        await pilot.pause()
        assert painted.take() == [1]


async def test_a_chart_draws_itself_again_when_its_room_changes() -> None:
    chart = Chart()
    app = Stage(chart)
    async with app.run_test(size=(60, 12)) as pilot:
        chart.show([1.0, 5.0, None, 162.0], ("14:00", "15:00"))
        await pilot.pause()
        assert "200 ┤" in app.lines()[0]
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert "15:00" in app.lines()[7]
