"""A view of lines repaints only the lines that changed."""

from tests.screens.stage import Painted, Stage
from tui.widgets.lines import LineView
from tui.widgets.parts import Part


async def test_lines_are_shown_cut_and_filled_to_the_width() -> None:
    view = LineView()
    app = Stage(view)
    async with app.run_test(size=(12, 3)) as pilot:
        view.set_lines([[Part("as of "), Part("14:05:09 today", "dim")]])
        await pilot.pause()
        assert app.lines()[0] == "as of …"
        assert view.render_line(0).cell_length == 12


async def test_only_changed_lines_are_painted() -> None:
    view = LineView()
    view.styles.height = 3
    async with Stage(view).run_test(size=(20, 5)) as pilot:
        view.set_lines([[Part("a")], [Part("b")], [Part("c")]])
        await pilot.pause()
        painted = Painted(view)
        view.set_lines([[Part("a")], [Part("b")], [Part("c")]])
        await pilot.pause()
        assert painted.take() == []
        view.set_lines([[Part("a")], [Part("b", "critical")], [Part("c")]])
        await pilot.pause()
        assert painted.take() == [1]
        view.set_lines([[Part("a")]])
        await pilot.pause()
        assert painted.take() == [1, 2]


async def test_an_automatic_height_follows_the_number_of_lines() -> None:
    view = LineView()
    view.styles.height = "auto"
    async with Stage(view).run_test(size=(20, 9)) as pilot:
        view.set_lines([[Part("a")], [Part("b")]])
        await pilot.pause()
        assert view.size.height == 2
        before = view._layout_updates
        view.set_lines([[Part("c")], [Part("d")]])
        await pilot.pause()
        assert view._layout_updates == before


async def test_nothing_is_read_as_markup() -> None:
    view = LineView()
    app = Stage(view)
    async with app.run_test(size=(40, 3)) as pilot:
        view.set_lines([[Part("[b]bold[/b] [@click=app.quit]x[/]")]])
        await pilot.pause()
        assert app.lines()[0] == "[b]bold[/b] [@click=app.quit]x[/]"


async def test_parts_carry_their_meta() -> None:
    view = LineView()
    app = Stage(view)
    async with app.run_test(size=(40, 3)) as pilot:
        view.set_lines([[Part("waiting "), Part("162", "value", {"figure": "unassigned"})]])
        await pilot.pause()
        assert app.screen.get_style_at(9, 0).meta == {"figure": "unassigned"}
        assert app.screen.get_style_at(2, 0).meta == {}
