"""Sizes: one at a time, the newest, whatever else a screen is told in between."""

import importlib
import pkgutil
import random
from collections.abc import Callable, Iterator

import pytest
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.timer import Timer

import tui.screens
from tests.stage import Stage, on_stage
from tui.terminal.textual_private import NewestSize

SIZES = (Size(80, 24), Size(120, 40), Size(100, 30), Size(20, 5), Size(200, 50), Size(99, 31))
KEYS = ("comma", "question_mark", "escape", "f", "w", "i", "x", "colon", "tab", "c")


class Layouts:
    """Counts how often any screen is laid out for a size; past `most` it is an error, not an endless loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
        self.count = 0
        self.most = most
        before = Screen._screen_resized

        def counted(screen: Screen[object], size: Size) -> None:
            self.count += 1
            assert self.count <= self.most, "sizes follow each other without end"
            before(screen, size)

        monkeypatch.setattr(Screen, "_screen_resized", counted)


def screens_of(stage: Stage) -> list[Screen[object]]:
    app = stage.app
    return [
        app.dashboard,
        app.on_demand.settings,
        app.on_demand.helper,
        app.on_demand.fleet,
        app.on_demand.wall,
        app.on_demand.picker,
    ]


def tell(screen: Screen[object], size: Size) -> None:
    """A size that was the newest once, with another message behind it, so that no later one replaces it."""
    screen.post_message(events.Resize(size, size))
    screen.call_later(lambda: None)


async def laid_out(stage: Stage) -> None:
    """Wait until all that is seen has the newest size; Textual tells it in its own time."""
    app = stage.app
    for _ in range(500):
        await stage.pilot.pause(0.01)
        seen = (app.screen, *app._background_screens)
        if all(screen.outer_size == app.size for screen in seen):
            return
    raise AssertionError([(screen, screen.outer_size, app.size) for screen in seen])


def all_screens() -> Iterator[type[Screen[object]]]:
    for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        importlib.import_module(module.name)
    waiting: list[type[Screen[object]]] = [Screen]
    while waiting:
        for screen in waiting.pop().__subclasses__():
            waiting.append(screen)
            if screen.__module__.startswith("tui."):
                yield screen


def test_every_screen_knows_only_the_newest_size() -> None:
    screens = list(all_screens())
    assert len(screens) > 10
    for screen in screens:
        assert screen._screen_resized is NewestSize._screen_resized, screen


async def test_two_sizes_under_way_do_not_follow_each_other_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_stage(settle=0) as stage:
        await stage.press("comma")
        layouts = Layouts(monkeypatch, 50)
        for screen in screens_of(stage):
            for size in SIZES[:3]:
                tell(screen, size)
        await stage.settled()
        assert layouts.count == 0
        assert stage.app.on_demand.settings.outer_size == stage.dashboard.outer_size == Size(120, 40)


async def test_a_size_told_twice_lays_out_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(settle=0) as stage:
        layouts = Layouts(monkeypatch, 50)
        for _ in range(3):
            stage.app.post_message(events.Resize(stage.app.size, stage.app.size))
            await stage.settled()
        assert layouts.count == 0
        await stage.pilot.resize_terminal(100, 30)
        await stage.settled()
        assert layouts.count == 1


async def test_any_mix_of_sizes_screens_and_messages_ends_at_the_newest_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = random.Random(1)
    async with on_stage(settle=0) as stage:
        layouts = Layouts(monkeypatch, 10_000)
        for _ in range(12):
            layouts.most = layouts.count + 60
            for _ in range(rng.randrange(5)):
                size = rng.choice(SIZES)
                if rng.random() < 0.5:
                    stage.app.post_message(events.Resize(size, size))
                else:
                    tell(rng.choice([*stage.app.screen_stack, *screens_of(stage)]), size)
            if rng.random() < 0.5:
                await stage.pilot.press(rng.choice(KEYS))
            await laid_out(stage)


async def test_a_screen_that_was_not_shown_takes_the_newest_size_when_it_is() -> None:
    async with on_stage(settle=0) as stage:
        await stage.pilot.press("comma", "escape", "f")
        for size in ((200, 50), (80, 24)):
            await stage.pilot.resize_terminal(*size)
        await stage.pilot.press("escape")
        await laid_out(stage)
        assert stage.dashboard.outer_size == Size(80, 24)
        assert stage.dashboard.has_class("-narrow")
        await stage.pilot.press("comma")
        await laid_out(stage)
        assert stage.app.on_demand.settings.outer_size == Size(80, 24)


async def test_a_test_looks_once_a_size_is_laid_out_however_long_textual_gathers_sizes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gathers = App.set_timer

    def for_long(app: App[int], _: float, callback: Callable[[], None]) -> Timer:
        return gathers(app, 0.1, callback)

    monkeypatch.setattr(App, "set_timer", for_long)
    async with on_stage(settle=0) as stage:
        for size in SIZES[:3]:
            await stage.pilot.resize_terminal(*size)
            assert stage.app.screen.outer_size == stage.app.size == size
