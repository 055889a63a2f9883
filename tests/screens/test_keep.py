"""The offer to keep an environment that is in no file yet, and the config's warnings above the figures."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.stage import Stage, on_stage
from tui import paths
from tui.app.screens_on_demand import Start
from tui.config.file import Loaded, load
from tui.config.model import Environment, TokenSource
from tui.identity import AccountRef
from tui.redact import Secret
from tui.simulator.demo import origin_of, token_of
from tui.simulator.faults import Fault, Kind

TRIAL = AccountRef("trial", 12345)


def from_command_line() -> Loaded:
    """What `liveagent-tui https://…` makes: an environment that no file has."""
    token = TokenSource(held=Secret(token_of("trial")))
    environment = Environment(name="trial", url=origin_of("trial"), token=token)
    loaded = load()
    config = msgspec.structs.replace(loaded.config, environments=(environment,))
    return msgspec.structs.replace(loaded, config=config)


def words(stage: Stage) -> str:
    return " ".join(line.strip() for line in stage.lines()[1:5])


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_offer_stands_under_the_header_after_the_first_answer(size: tuple[int, int]) -> None:
    async with on_stage(size=size, loaded=from_command_line(), unkept="trial", settle=3) as stage:
        assert "Not saved. K saves" in stage.lines()[1]


async def test_no_offer_before_the_server_has_answered() -> None:
    refuse = Fault(kind=Kind.REFUSE, path="*")
    async with on_stage(loaded=from_command_line(), unkept="trial", faults=[refuse]) as stage:
        assert "Not saved" not in stage.text()


async def test_a_key_keeps_it_and_says_where() -> None:
    async with on_stage(loaded=from_command_line(), unkept="trial", start=Start(ref=TRIAL)) as stage:
        await stage.press("K")
        await stage.run_for(3)
        assert "Saved to" in words(stage)
        assert "Support EU · 12345" in stage.lines()[0]
        assert stage.figures()["open"].isdecimal()
        await stage.press("d")
        assert "saved" not in words(stage).lower()
    kept = tomllib.loads(paths.config_file().read_text())["environments"]["trial"]
    assert kept["url"] == origin_of("trial")
    assert {"id": 12345, "name": "Support EU"} in kept["accounts"]
    token = paths.config_file().parent / "tokens" / "trial"
    assert token.read_text().strip() == token_of("trial")
    assert token.stat().st_mode & 0o777 == 0o600
    assert token_of("trial") not in paths.config_file().read_text()


async def test_the_offer_goes_away_by_a_key_and_stays_away() -> None:
    async with on_stage(loaded=from_command_line(), unkept="trial") as stage:
        rows = stage.lines().index(next(line for line in stage.lines() if "Conversations" in line))
        await stage.press("d")
        await stage.run_for(30, step=5)
        assert "Not saved" not in stage.text()
        assert "Conversations" in stage.lines()[rows - 1]
    assert not paths.config_file().exists()


async def test_what_can_t_be_kept_is_told_and_offered_again() -> None:
    async with on_stage(loaded=from_command_line(), unkept="trial") as stage:
        paths.config_file().parent.mkdir(parents=True)
        paths.config_file().write_text("nope = 1\n")
        await stage.press("K")
        await stage.run_for(1)
        assert "Not saved:" in words(stage)
        assert "nope" in words(stage)
        await stage.press("d")
        assert "K saves" in words(stage)


async def test_the_environment_of_variables_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEAGENT_URL", f"{origin_of('app')}/app/accounts/204/dashboard")
    monkeypatch.setenv("LIVEAGENT_TOKEN", token_of("app"))
    loaded = load()
    async with on_stage(loaded=loaded, unkept=loaded.from_variables) as stage:
        name = str(loaded.from_variables)
        assert f'saves "{name}"' in stage.lines()[1]
        await stage.press("K")
        await stage.run_for(3)
        assert [environment.name for environment in stage.app.context.config.environments] == [name]
    again = load()
    assert again.from_variables is None
    assert [environment.name for environment in again.config.environments] == [name]
    assert again.config.start == f"{name}/204"


async def test_the_demo_offers_nothing() -> None:
    async with on_stage() as stage:
        await stage.press("K")
        await stage.run_for(2)
        assert "kept" not in stage.text().lower()
    assert not paths.config_file().exists()


async def test_warnings_of_the_config_are_told_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    token = paths.config_file().parent / "tokens" / "trial"
    token.parent.mkdir(parents=True)
    token.parent.chmod(0o755)
    token.write_text(token_of("trial"))
    token.chmod(0o644)
    paths.config_file().write_text(f'[environments.trial]\nurl = "{origin_of("trial")}"\n')
    paths.config_file().chmod(0o600)
    async with on_stage(size=(80, 24), loaded=load()) as stage:
        assert "can be read by others" in words(stage)
        assert "1 of 2: " in words(stage)
        await stage.press("d")
        assert "can be read by others" in words(stage)
        assert "of 2" not in words(stage)
        await stage.press("d")
        assert "Conversations" in stage.lines()[1]


async def test_a_remapped_key_is_named_in_the_offer(tmp_path: Path) -> None:
    loaded = from_command_line()
    config = msgspec.structs.replace(loaded.config, keys={"keep": ("ö",), "put_away": ("x",)})
    loaded = msgspec.structs.replace(loaded, config=config)
    async with on_stage(loaded=loaded, unkept="trial") as stage:
        assert "ö saves" in words(stage)
        await stage.press("x")
        assert "Not saved" not in stage.text()
