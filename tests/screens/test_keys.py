"""Remapped keys work for every action on every screen, and free the keys the actions had before."""

from collections.abc import Mapping

import msgspec
import pytest
from textual.screen import Screen
from textual.widgets import Input

from tests.stage import Stage, demo_config, on_stage
from tui.actions import ACTIONS, BY_NAME
from tui.clock import ManualClock
from tui.config.keys import canonical_key
from tui.config.model import Config
from tui.identity import AccountRef
from tui.simulator.demo import Demo

FREE = tuple("öäüßéñøåæçğłőřšţůžβγδεζηθικλμνξπρστφχψωбвгджзиклмнпст")
HOME = AccountRef("trial", 12345)


def config(keys: Mapping[str, tuple[str, ...]], **jumps: str) -> Config:
    """The demo's config with `[keys]`, and keys of environments."""
    base = demo_config(Demo(clock=ManualClock()))
    environments = tuple(
        msgspec.structs.replace(environment, key=jumps.get(environment.name))
        for environment in base.environments
    )
    return msgspec.structs.replace(base, keys=dict(keys), environments=environments)


def active(screen: Screen[object]) -> dict[str, set[str]]:
    """The keys that work on `screen`, by action."""
    keys: dict[str, set[str]] = {}
    for key, binding in screen.active_bindings.items():
        if binding.binding.id:
            keys.setdefault(binding.binding.id, set()).add(key)
    return keys


async def screens(stage: Stage) -> dict[str, dict[str, set[str]]]:
    """What is bound on each screen."""
    keys_of = {"dashboard": active(stage.app.screen)}
    stage.app.action_settings()
    await stage.pilot.pause()
    keys_of["settings"] = active(stage.app.screen)
    await stage.app.action_quit()
    stage.app.action_help()
    await stage.pilot.pause()
    keys_of["help"] = active(stage.app.screen)
    await stage.app.action_quit()
    for name in (
        "where-from",
        "chart",
        "day",
        "arrivals",
        "alerts",
        "conversations",
        "conversation",
        "wizard",
    ):
        await stage.app.push_screen(name)
        await stage.pilot.pause()
        if name == "wizard":  # A field's own keys would stand before the screen's.
            stage.app.screen.set_focus(None)
        keys_of[name] = active(stage.app.screen)
        assert not unnamed(stage.app.screen), name
        stage.app.pop_screen()
    for name in ("fleet", "wall"):
        await stage.app.switch_mode(name)
        await stage.pilot.pause()
        keys_of[name] = active(stage.app.screen)
        assert not unnamed(stage.app.screen), name
    return keys_of


def unnamed(screen: Screen[object]) -> set[str]:
    """Keys that work on `screen` and are in no table; a line to type in has its own."""
    return {
        key
        for key, binding in screen.active_bindings.items()
        if not binding.binding.id and not isinstance(binding.node, Input)
    }


async def test_every_action_takes_another_key_on_every_screen() -> None:
    remapped = {action.name: (FREE[index],) for index, action in enumerate(ACTIONS)}
    async with on_stage(config=config({}), settle=0) as stage:
        before = await screens(stage)
    async with on_stage(config=config(remapped), settle=0) as stage:
        after = await screens(stage)
    for screen, actions in before.items():
        assert set(actions) == set(after[screen])
        for name, keys in after[screen].items():
            assert keys == set(remapped[name]), f"{name} on {screen}"


async def test_a_remapped_action_works_and_its_old_key_does_nothing() -> None:
    async with on_stage(config=config({"next_account": ("ö",)}), settle=1) as stage:
        assert stage.dashboard.ref == HOME
        await stage.press("a")
        assert stage.dashboard.ref == HOME
        await stage.press("ö")
        assert stage.dashboard.ref == AccountRef("trial", 12346)
        assert "ö account" in stage.lines()[-1]


async def test_figures_are_stepped_through_by_the_keys_of_the_table() -> None:
    async with on_stage(config=config({"later": ("ö",), "earlier": ("ä",)}), settle=1) as stage:
        pane = stage.dashboard.conversations
        pane.focus()
        await stage.press("right")
        first = pane.selected
        await stage.press("ö")
        assert pane.selected == pane.visible_slots[1] != first
        await stage.press("ä")
        assert pane.selected == first


async def test_chart_and_replay_name_the_keys_they_have() -> None:
    keys = {"later": ("ö",), "row_up": ("ä",), "back": ("f3",), "page_down": ("ü",)}
    async with on_stage(config=config(keys), settle=1) as stage:
        await stage.press("c")
        assert "←/ö range · ä/↓ figure" in stage.text()
        await stage.press("f3", "t", "minus", *"1h", "enter")
        line = stage.lines()[1]
        assert "f3: live" in line
        assert "←/ö 1 minute · PgUp/ü 10 · t other time" in line


async def test_help_scrolls_by_the_keys_of_the_table() -> None:
    async with on_stage(size=(80, 24), config=config({"page_down": ("ö",)}), settle=0) as stage:
        await stage.press("question_mark", "space", "pagedown")
        box = stage.app.screen.query_one("#help-box")
        assert box.scroll_y == 0
        await stage.press("ö", "j")
        assert box.scroll_y == 11


async def test_the_go_to_box_moves_by_the_keys_of_the_table_and_by_the_arrows() -> None:
    async with on_stage(config=config({"row_down": ("ctrl+n", "n")}), settle=1) as stage:
        await stage.press("colon")
        table = stage.app.on_demand.picker._table
        first = table.selected
        await stage.press("ctrl+n")
        second = table.selected
        assert second != first
        await stage.press("up", "down")
        assert table.selected == second
        await stage.press("n")
        assert stage.app.on_demand.picker._input.value == "n"


async def test_letters_are_typed_into_the_go_to_box_before_its_line_has_the_cursor() -> None:
    async with on_stage(settle=1) as stage:
        stage.app.action_go_to()
        picker = stage.app.on_demand.picker
        picker.set_focus(None)
        await stage.press("j", "k")
        assert picker._input.value == "jk"


async def test_the_wizard_takes_its_keys_from_the_table_and_names_them() -> None:
    keys = {"go_on": ("f2",), "back": ("f3", "b"), "next_pane": ("n",), "choose": ("c",)}
    async with on_stage(config=config(keys), settle=0) as stage:
        stage.app.action_add_environment()
        await stage.pilot.pause()
        wizard = stage.app.on_demand.wizard
        assert "f2 continue" in stage.text()
        assert "f3 leave" in stage.text()
        assert "tab next field" in stage.text()
        await stage.press(*"bn")
        assert wizard.address.value == "bn"
        await stage.press("tab")
        assert wizard.focused is wizard.token
        await stage.press("shift+tab", "f2")
        assert wizard.focused is wizard.token
        await stage.press("f3")
        assert stage.app.screen is not wizard


async def test_backspace_in_a_field_of_the_wizard_takes_a_character() -> None:
    async with on_stage(config=config({}), settle=0) as stage:
        stage.app.action_add_environment()
        await stage.press(*"ab", "backspace")
        assert stage.app.screen is stage.app.on_demand.wizard
        assert stage.app.on_demand.wizard.address.value == "a"


async def test_an_action_may_have_several_keys() -> None:
    async with on_stage(config=config({"next_account": ("x", "ctrl+n")}), settle=1) as stage:
        await stage.press("x", "ctrl+n")
        assert stage.dashboard.ref == AccountRef("trial", 12390)


async def test_two_actions_may_change_keys() -> None:
    keys = {"next_account": ("e",), "next_environment": ("a",)}
    async with on_stage(config=config(keys), settle=1) as stage:
        await stage.press("e")
        assert stage.dashboard.ref == AccountRef("trial", 12346)
        await stage.press("a")
        assert stage.dashboard.ref == AccountRef("app", 204)


async def test_a_freed_key_can_be_an_environment_s() -> None:
    async with on_stage(config=config({"next_account": ("ö",)}, app="a"), settle=1) as stage:
        await stage.press("a")
        assert stage.dashboard.ref == AccountRef("app", 204)
        await stage.press("ö")
        assert stage.dashboard.ref == AccountRef("app", 205)


@pytest.mark.parametrize("key", ["ö", "5", "Z", "at", "ctrl+o"])
async def test_an_environment_s_own_key_jumps_there(key: str) -> None:
    async with on_stage(config=config({}, onprem=key), settle=1) as stage:
        await stage.press(key)
        assert stage.dashboard.ref == AccountRef("onprem", 2)


async def test_digits_are_the_accounts_in_order_but_for_those_taken() -> None:
    async with on_stage(config=config({"refresh": ("2",)}, app="1"), settle=1) as stage:
        accounts = {"1": ("app", 204), "3": ("trial", 12345), "4": ("trial", 12346), "5": ("trial", 12390)}
        for key, (environment, number) in accounts.items():
            await stage.press(key)
            assert stage.dashboard.ref == AccountRef(environment, number)
        await stage.press("2")
        assert stage.dashboard.ref == AccountRef("trial", 12390)


async def test_typing_in_a_field_never_jumps_or_acts() -> None:
    async with on_stage(config=config({"next_account": ("x",)}, app="ö"), settle=1) as stage:
        await stage.press("slash", *"xö2q")
        assert stage.dashboard.ref == HOME
        assert stage.app.is_running
        await stage.press("escape", "colon", *"xö2q")
        assert stage.dashboard.ref == HOME


async def test_keys_of_accounts_do_nothing_over_the_settings() -> None:
    async with on_stage(config=config({}), settle=1) as stage:
        await stage.press("comma", "2", "escape")
        assert stage.dashboard.ref == HOME


async def test_ctrl_c_quits_from_a_field_and_over_a_box() -> None:
    for keys in (("slash",), ("colon",), ("comma",), ("question_mark",), ("comma", "a")):
        async with on_stage(config=config({}), settle=0) as stage:
            await stage.press(*keys)
            await stage.pilot.press("ctrl+c")
            assert stage.app.return_value == 0
            assert not stage.app.is_running or stage.app._exit


@pytest.mark.parametrize("written", ["Ö", "ö", "ẞ", "я", "/", "ctrl+r", "f5"])
def test_what_is_written_in_the_config_is_a_key_that_can_be_pressed(written: str) -> None:
    assert canonical_key(written)


def test_no_default_key_is_among_the_free_ones() -> None:
    assert not set(FREE) & {key for action in BY_NAME.values() for key in action.keys}
    assert len(set(FREE)) >= len(ACTIONS)
