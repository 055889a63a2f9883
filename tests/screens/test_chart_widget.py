"""The chart as a widget: it draws itself."""

from tests.screens.stage import Stage
from tui.widgets.chart import Chart


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
