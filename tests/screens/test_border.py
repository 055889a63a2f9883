"""Words in a border follow their look as well as their text."""

from textual.content import Content

from tests.screens.stage import Stage
from tui.widgets.border import set_border
from tui.widgets.lines import LineView


async def test_the_same_words_in_another_look_are_painted_anew() -> None:
    view = LineView()
    view.styles.border = "solid", "white"
    view.styles.height = 3
    app = Stage(view)
    async with app.run_test(size=(30, 4)) as pilot:
        for colour in ("#008000", "#808080"):
            set_border(view, Content.styled("6 online", colour), None)
            await pilot.pause()
            segments = app.screen._compositor.render_strips()[0]
            segment = next(segment for segment in segments if "online" in segment.text)
            assert segment.style is not None
            assert segment.style.color is not None
            assert segment.style.color.get_truecolor().hex == colour
