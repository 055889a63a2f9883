"""Settings: listing, testing, removing, editing the file; and what the app does with the result."""

import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.stage import Stage, on_stage
from tui import paths
from tui.config.file import load
from tui.config.model import Account
from tui.identity import AccountRef
from tui.monitor.history.history import History
from tui.monitor.history.retention import Retention
from tui.screens.editor import NoEditorError, editor_of
from tui.simulator.demo import origin_of, token_of
from tui.simulator.faults import Kind

CONFIG = f"""\
# ours
start = "trial/12345"

[environments.trial]
url = "{origin_of("trial")}"
token = {{ env = "TRIAL" }}

[[environments.trial.accounts]]
id = 12345
name = "Support EU"

[environments.app]
url = "{origin_of("app")}"   # the shop
token = {{ env = "APP" }}
"""


@pytest.fixture(autouse=True)
def _config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAL", token_of("trial"))
    monkeypatch.setenv("APP", token_of("app"))
    path = paths.config_file()
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    path.chmod(0o600)


@asynccontextmanager
async def settings(size: tuple[int, int] = (80, 24), settle: float = 2.0) -> AsyncIterator[Stage]:
    async with on_stage(size=size, loaded=load(), settle=settle) as stage:
        await stage.press("comma")
        yield stage


def paused(stage: Stage) -> bool:
    """Whether the monitor that is there now is paused."""
    return stage.monitor.paused


def edit_by(stage: Stage, change: Callable[[str], str]) -> None:
    """Let the editor be a function from text to text."""

    async def edited(file: Path) -> None:
        write(change(content()))

    stage.app.on_demand.settings.open_editor = edited  # type: ignore[method-assign]


def content() -> str:
    """The config's file as it is now."""
    return paths.config_file().read_text()


def write(text: str) -> None:
    """Put another text into the config's file."""
    paths.config_file().write_text(text)


def words(stage: Stage) -> str:
    return " ".join(line.strip("│ ") for line in stage.lines())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_environments_stand_with_their_accounts(size: tuple[int, int]) -> None:
    async with settings(size) as stage:
        text = stage.text()
        for told in ("config.toml", "trial", "app", "Support EU", "in the config", "Retail Europe", "a add"):
            assert told in text


async def test_what_no_file_keeps_is_not_said_to_be_in_the_config() -> None:
    async with on_stage(size=(120, 40), settle=2) as stage:
        await stage.press("comma")
        assert "not saved" in stage.text()
        assert "in the config" not in stage.text()
    loaded = load()
    async with on_stage(size=(120, 40), loaded=loaded, unkept="trial", settle=2) as stage:
        await stage.press("comma")
        (account,) = (line for line in stage.lines() if "Support EU" in line)
        assert "not saved" in account
        assert "auto-detected" in stage.text()
        (head,) = (line for line in stage.lines() if "environment, account" in line)
        assert "token, listing" in head


async def test_an_account_of_the_command_line_is_not_said_to_be_in_the_config() -> None:
    loaded = load()
    trial = loaded.config.environments[0]
    wider = msgspec.structs.replace(trial, accounts=(*trial.accounts, Account(id=12346)))
    async with on_stage(size=(120, 40), loaded=loaded, settle=2) as stage:
        others = stage.app.context.config.environments[1:]
        stage.app.context.config = msgspec.structs.replace(loaded.config, environments=(wider, *others))
        assert stage.app.context.listing(AccountRef("trial", 12345)) == "in the config"
        assert stage.app.context.listing(AccountRef("trial", 12346)) == "not saved"


async def test_escape_goes_back_to_the_dashboard() -> None:
    async with settings() as stage:
        await stage.press("escape")
        assert "Conversations" in stage.text()
        await stage.press("comma", "q")
        assert "Conversations" in stage.text()


async def test_the_selected_connection_is_tested_again() -> None:
    async with settings() as stage:
        await stage.press("t")
        await stage.run_for(3)
        assert "Connection of trial" in stage.text()
        assert "✓ counts" in stage.text()
        stage.fail(Kind.BAD_TOKEN)
        await stage.press("t")
        await stage.run_for(3)
        assert "✗ token" in stage.text()


async def test_an_environment_is_removed_after_a_question() -> None:
    async with settings() as stage:
        await stage.press("d")
        assert "Remove trial, the environment" in words(stage)
        assert content() == CONFIG
        await stage.press("y")
        await stage.run_for(3)
        assert "Removed trial" in stage.text()
        assert {ref.environment for ref in stage.monitor.refs()} == {"app"}
        await stage.press("escape")
        assert "APP" in stage.lines()[0]
        assert stage.figures()["open"].isdecimal()
    assert tomllib.loads(content()).keys() == {"environments"}
    assert "# the shop" in content()


async def test_any_move_leaves_what_was_to_be_removed() -> None:
    async with settings() as stage:
        for leave in ("down", "escape"):
            await stage.press("home", "d", leave, "y")
            await stage.run_for(1)
            assert content() == CONFIG


async def test_a_listed_account_is_removed_and_one_found_by_itself_is_not() -> None:
    async with settings() as stage:
        await stage.press("down", "d", "y")
        await stage.run_for(3)
        assert "accounts" not in tomllib.loads(content())["environments"]["trial"]
        await stage.press("down", "d")
        assert "is not listed in the config" in words(stage)


async def test_the_last_environment_can_be_removed() -> None:
    async with settings() as stage:
        await stage.press("d", "y")
        await stage.run_for(2)
        await stage.press("home", "d", "y")
        await stage.run_for(2)
        assert "No environment yet." in stage.text()
        await stage.press("escape")
        assert "There is no environment yet" in stage.text()


async def test_an_edit_is_used_at_once() -> None:
    async with settings() as stage:
        edit_by(stage, lambda text: text + '\n[display]\ntheme = "light"\n[keys]\nrefresh = "ö"\n')
        await stage.press("e")
        await stage.run_for(3)
        assert "in use" in stage.text()
        assert stage.app.theme == "light"
        await stage.press("escape", "question_mark")
        assert "ö" in next(line for line in stage.lines() if "Refresh now" in line)


async def test_all_errors_of_an_edit_are_listed_and_the_old_config_stays() -> None:
    async with settings() as stage:
        wrong = "".join(f'[environments.e{number}]\nurl = "ftp://x"\n' for number in range(12))
        edit_by(stage, lambda text: text + f'{wrong}[display]\ntheme = "drak"\n')
        await stage.press("e")
        await stage.run_for(2)
        assert "wrong in the config" in stage.text()
        assert "line 16" in stage.text()
        assert "drak" not in stage.text()
        await stage.press("tab", *["pagedown"] * 6)
        assert "drak" in stage.text()
        assert {environment.name for environment in stage.app.context.config.environments} == {"trial", "app"}
        edit_by(stage, lambda _: CONFIG)
        await stage.press("tab", "e")
        await stage.run_for(2)
        assert "wrong" not in stage.text()
        assert "Nothing was changed" in stage.text()


async def test_an_edit_keeps_the_account_on_screen() -> None:
    async with settings() as stage:
        await stage.press("escape", "a", "comma")
        shown = stage.dashboard.ref
        assert shown == AccountRef("app", 204)
        edit_by(stage, lambda text: text.replace("Support EU", "Service EU"))
        await stage.press("e")
        await stage.run_for(2)
        assert stage.dashboard.ref == shown
        assert "Service EU" in stage.text()


async def test_who_paused_stays_paused_after_an_edit() -> None:
    async with settings() as stage:
        await stage.press("escape", "p", "comma")
        old = stage.monitor
        assert paused(stage)
        edit_by(stage, lambda text: text.replace("Support EU", "Service EU"))
        await stage.press("e")
        await stage.run_for(2)
        assert stage.monitor is not old
        assert paused(stage)
        before = len(stage.transport.requests)
        await stage.run_for(120, step=5)
        assert len(stage.transport.requests) == before
        await stage.press("escape", "p")
        await stage.run_for(20)
        assert not paused(stage)
        assert len(stage.transport.requests) > before


async def test_how_much_of_the_past_is_kept_changes_with_an_edit() -> None:
    async with settings() as stage:
        history = stage.app.context.history = History(None, stage.clock)
        edit_by(stage, lambda text: text + "\n[history]\ndays_full = 0.5\ndays_minutes = 3\nsize = 7\n")
        await stage.press("e")
        await stage.run_for(2)
        assert history._writer.retention == Retention(43_200.0, 3 * 86_400.0, 7_000_000)


async def test_after_a_change_nothing_of_the_old_monitor_asks() -> None:
    async with settings() as stage:
        old = stage.monitor
        edit_by(stage, lambda text: text.split("[environments.app]")[0])
        await stage.press("e")
        await stage.run_for(5)
        assert stage.monitor is not old
        before = stage.transport.per_minute()
        await stage.run_for(60, step=5)
        asked = stage.transport.per_minute() - before
        assert asked
        assert not [key for key in asked if key[2].startswith(origin_of("app"))]


async def test_the_demo_says_that_it_has_no_file() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.press("comma")
        assert "the demo: no file" in stage.text()
        for key in ("d", "e"):
            await stage.press(key)
            await stage.run_for(1)
            assert "The demo has no config" in stage.text()
        await stage.press("t")
        await stage.run_for(3)
        assert "✓ counts" in stage.text()


async def test_screens_are_reused_however_often_they_are_opened() -> None:
    async with settings() as stage:
        first = stage.app.screen
        for _ in range(3):
            await stage.press("escape", "comma", "a", "escape")
        assert stage.app.screen is first
        assert len(stage.app.screen_stack) == 2


def test_the_editor_is_the_one_of_the_environment() -> None:
    assert editor_of({"EDITOR": "sh -e", "PATH": "/usr/bin:/bin"}) == ["sh", "-e"]
    assert editor_of({"VISUAL": "cat", "EDITOR": "sh", "PATH": "/usr/bin:/bin"}) == ["cat"]


def test_without_an_editor_the_mend_is_told() -> None:
    with pytest.raises(NoEditorError, match="export EDITOR"):
        editor_of({"PATH": ""})
    with pytest.raises(NoEditorError, match="is not there"):
        editor_of({"EDITOR": "no-such-editor --wait", "PATH": "/usr/bin"})
