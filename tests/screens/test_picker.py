"""The go-to box opens empty each time, gives back what was chosen, and costs no memory."""

import gc

from textual.pilot import Pilot

from tests.screens.stage import Stage
from tui.widgets.picker import Picker, PickItem

ITEMS = [
    PickItem("account:trial/1", "Support EU", "account", "trial/1", "1"),
    PickItem("account:trial/2", "Sales", "account", "trial/2"),
    PickItem("agent:7", "Chloé Ünïcødé", "agent", "busy"),
]


class Choosing(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.picker = Picker()
        self.results: list[PickItem | None] = []

    def on_mount(self) -> None:
        self.install_screen(self.picker, "picker")

    async def ask(self, pilot: Pilot[None], *keys: str) -> None:
        self.picker.open(ITEMS, title="Go to", prompt="account, team, agent")
        await self.push_screen("picker", self.results.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()


async def test_typing_and_enter_choose_the_best() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(pilot, *"chl", "enter")
        assert app.results == [ITEMS[2]]
        assert app.screen is not app.picker


async def test_arrows_choose_another() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(pilot, "down", "down", "up", "enter")
        assert app.results == [ITEMS[1]]


async def test_escape_chooses_nothing() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(pilot, "s", "escape")
        assert app.results == [None]


async def test_enter_with_nothing_that_fits_stays_open() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(pilot, *"zzz", "enter")
        assert app.results == []
        assert "Nothing fits." in app.text()


async def test_it_opens_empty_each_time_with_the_latest_choice_first() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(pilot, *"chl", "enter")
        await app.ask(pilot)
        lines = app.lines()
        assert "account, team, agent" in app.text()
        assert "Go to" in app.text()
        chloe = next(y for y, line in enumerate(lines) if "Chloé" in line)
        support = next(y for y, line in enumerate(lines) if "Support" in line)
        assert chloe < support
        await pilot.press("escape")


async def test_a_double_click_chooses() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(pilot)
        y = next(y for y, line in enumerate(app.lines()) if "Sales" in line)
        await pilot.click(offset=(10, y), times=2)
        await pilot.pause()
        assert app.results == [ITEMS[1]]


async def test_opening_again_and_again_keeps_the_memory() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:

        async def cycles(number: int) -> None:
            for _ in range(number):
                app.picker.open(ITEMS, title="Go to", prompt="x")
                await app.push_screen("picker", app.results.append)
                await pilot.pause()
                app.picker.action_cancel()
                await pilot.pause()
            app.results.clear()

        await cycles(20)
        gc.collect()
        before = len(gc.get_objects())
        await cycles(100)
        gc.collect()
        grown = len(gc.get_objects()) - before
        assert grown < 200
