"""The key bar follows the bindings of its screen, and a click presses the key."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tests.screens.stage import Stage
from tui.widgets.key_bar import KeyBar


class Keys(Screen[None]):
    BINDINGS = [
        Binding("colon", "go_to", "go to", id="go_to"),
        Binding("r", "refresh", "refresh", id="refresh"),
        Binding("question_mark", "help", "keys", id="help"),
    ]

    refreshed = 0
    may_refresh = True

    def compose(self) -> ComposeResult:
        yield KeyBar()

    def action_refresh(self) -> None:
        type(self).refreshed += 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.may_refresh if action == "refresh" else True


async def test_the_keys_that_work_here_are_named() -> None:
    app = Stage()
    async with app.run_test(size=(60, 3)) as pilot:
        await app.push_screen(Keys())
        await pilot.pause()
        assert app.lines()[0] == " : go to  r refresh  ? keys"


async def test_a_key_that_stops_working_goes() -> None:
    app = Stage()
    async with app.run_test(size=(60, 3)) as pilot:
        screen = Keys()
        await app.push_screen(screen)
        screen.may_refresh = False
        screen.refresh_bindings()
        await pilot.pause()
        assert app.lines()[0] == " : go to  ? keys"


async def test_a_remapped_key_is_shown_as_it_is_now() -> None:
    app = Stage()
    app.set_keymap({"refresh": "f5"})
    async with app.run_test(size=(60, 3)) as pilot:
        await app.push_screen(Keys())
        await pilot.pause()
        assert "f5 refresh" in app.lines()[0].lower()


async def test_a_click_presses_the_key() -> None:
    Keys.refreshed = 0
    app = Stage()
    async with app.run_test(size=(60, 3)) as pilot:
        await app.push_screen(Keys())
        await pilot.pause()
        await pilot.click(KeyBar, offset=(13, 0))
        await pilot.pause()
        assert Keys.refreshed == 1
