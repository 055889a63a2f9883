"""A key pressed twice or thrice before the first was dealt with: every key of every box and screen."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.events import Key
from textual.screen import Screen

from tests.stage import Stage, on_stage

LEFT_OUT = {"quit_now", "suspend_process"}
"""What ends or stops the program wherever it is pressed."""
ALWAYS = {"enter", "escape", "q", "1", "z", "question_mark", "colon"}
CLOSING = {"enter", "escape"}
CHARACTERS = {"colon": ":", "enter": "\r", "space": " ", "question_mark": "?", "comma": ","}
TURNS = 30
"""Of the loop: enough for a key to be dealt with and the next screen to be in front."""


def keys_of(screen: Screen[object], *, with_app: bool) -> set[str]:
    """A key of each action the screen has itself, and of those that hold everywhere if asked for."""
    keys: dict[str, str] = {}
    for key, active in screen.active_bindings.items():
        name = active.binding.id or active.binding.action
        if name not in LEFT_OUT and (with_app or active.node is not screen.app):
            keys.setdefault(name, key)
    return set(keys.values())


async def press(stage: Stage, *keys: str) -> None:
    """All keys in one turn of the loop, as if they had come in one read."""
    for key in keys:
        stage.app.post_message(Key(key, CHARACTERS.get(key, key if len(key) == 1 else None)))
    for _ in range(TURNS):
        await asyncio.sleep(0)


def opened_by(*keys: str) -> Callable[[Stage], Awaitable[None]]:
    async def opener(stage: Stage) -> None:
        for key in keys:
            await press(stage, key)

    return opener


async def conversation(stage: Stage) -> None:
    await press(stage, "enter")
    await stage.settled()
    await press(stage, "enter")


async def wizard(stage: Stage) -> None:
    stage.app.action_add_environment()
    await press(stage)


LAYERS: dict[str, tuple[str, Callable[[Stage], Awaitable[None]]]] = {
    "dashboard": ("DashboardScreen", opened_by()),
    "go to": ("Picker", opened_by("colon")),
    "inbox": ("Picker", opened_by("b")),
    "help": ("HelpScreen", opened_by("question_mark")),
    "settings": ("SettingsScreen", opened_by("comma")),
    "removal": ("SettingsScreen", opened_by("comma", "d")),
    "wizard": ("WizardScreen", wizard),
    "where from": ("WhereFromScreen", opened_by("i")),
    "alerts": ("AlertsScreen", opened_by("x")),
    "conversations": ("ConversationsScreen", opened_by("enter")),
    "conversation": ("ConversationScreen", conversation),
    "chart": ("ChartScreen", opened_by("c")),
    "day": ("DayScreen", opened_by("D")),
    "who came": ("ArrivalsScreen", opened_by("D", "enter")),
    "time": ("DashboardScreen", opened_by("t")),
    "filter": ("DashboardScreen", opened_by("slash")),
    "fleet": ("FleetScreen", opened_by("f")),
    "wall": ("WallScreen", opened_by("w")),
}


@pytest.mark.parametrize("layer", LAYERS)
async def test_every_key_may_be_pressed_again_at_once(layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, opener = LAYERS[layer]
    changes = layer in ("time", "filter", "removal")
    async with on_stage(size=(80, 24)) as stage:
        app = stage.app
        # The second of two keys that close may rightly reach the dashboard, where it quits.
        monkeypatch.setattr(app, "exit", lambda *_, **__: None)
        await opener(stage)
        for key in sorted(ALWAYS | keys_of(app.screen, with_app=layer == "dashboard")):
            for times in (2, 3) if key in CLOSING else (2,):
                if changes or type(app.screen).__name__ != kind:
                    app._to_dashboard()
                    await press(stage, "escape")
                    await opener(stage)
                assert type(app.screen).__name__ == kind, key
                await press(stage, *[key] * times)
                told = f"{key} {times} times"
                assert app.is_running, told
                assert app._exception is None, told
                stack: list[Screen[object]] = app.screen_stack
                assert len(set(map(id, stack))) == len(stack), told
        app._to_dashboard()
        await stage.settled()
        await stage.press("escape", "escape", "question_mark")
        assert app.screen is app.on_demand.helper


async def test_a_box_opened_again_at_once_is_not_empty() -> None:
    async with on_stage() as stage:
        await stage.press("colon")
        stage.app.on_demand.picker.dismiss(None)
        stage.app.action_go_to()
        await stage.settled()
        assert stage.app.screen is stage.app.on_demand.picker
        assert stage.app.on_demand.picker._items
        assert "Nothing fits" not in stage.text()
        await stage.press("escape")
        await press(stage, "i", "i", "i")
        await stage.settled()
        assert "No figure is selected" not in stage.text()


async def test_a_layer_that_is_covered_or_closed_closes_nothing_else() -> None:
    async with on_stage() as stage:
        await stage.press("i")
        box = stage.app.screen
        await stage.press("escape")
        await stage.press("c", "question_mark")
        await box.dismiss()
        assert [screen.name for screen in stage.app.screen_stack[1:]] == ["chart", "help"]
        await stage.app.get_screen("chart").dismiss()
        assert [screen.name for screen in stage.app.screen_stack[1:]] == ["chart", "help"]
