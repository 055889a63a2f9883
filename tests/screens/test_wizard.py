"""The wizard as a person goes through it, with the simulator behind the connection test."""

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.stage import Stage, on_stage
from tui import paths
from tui.app.screens_on_demand import Start
from tui.config.file import load
from tui.screens.wizard import answers
from tui.simulator.demo import origin_of, token_of
from tui.simulator.faults import Kind

TRIAL = origin_of("trial")
SIZES = [(80, 24), (120, 40)]


@asynccontextmanager
async def first_run(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Stage]:
    async with on_stage(size=size, loaded=load(), start=Start(wizard=True), settle=1) as stage:
        yield stage


async def enter(stage: Stage, text: str) -> None:
    stage.app.post_message(events.Paste(text))
    await stage.pilot.pause()
    await stage.press("enter")


async def connect(stage: Stage, address: str = TRIAL, token: str = token_of("trial")) -> None:
    await enter(stage, address)
    await enter(stage, token)
    await stage.run_for(3)


async def save(stage: Stage) -> None:
    """Take every suggestion of the last page."""
    await stage.press("enter", "enter", "enter", "enter", "enter")
    await stage.run_for(4)


def written() -> dict[str, Any]:
    return tomllib.loads(paths.config_file().read_text())


@pytest.mark.parametrize("size", SIZES)
async def test_without_an_environment_the_wizard_leads_to_the_dashboard(size: tuple[int, int]) -> None:
    async with first_run(size) as stage:
        assert "Add an environment" in stage.lines()[0]
        await connect(stage, f"{TRIAL}/app/accounts/12346/dashboard")
        for told in ("✓ token", "Ada Brandt, administrator", "✓ accounts", "✓ counts", "Support US:"):
            assert told in stage.text()
        await save(stage)
        assert "Support US · 12346" in stage.lines()[0]
        assert stage.figures()["open"].isdecimal()


async def test_what_is_saved_can_be_read_and_the_token_lies_apart() -> None:
    async with first_run() as stage:
        await connect(stage)
        await save(stage)
    environment = written()["environments"]["trial"]
    assert environment["url"] == TRIAL
    assert environment["targets"] == {"wait": "5m"}
    assert "accounts" not in environment
    token = paths.config_file().parent / "tokens" / "trial"
    assert token.read_text().strip() == token_of("trial")
    assert token.stat().st_mode & 0o777 == 0o600
    assert token_of("trial") not in paths.config_file().read_text()
    assert load().config.environment("trial") is not None


async def test_a_typed_token_is_never_on_screen_and_a_reference_is() -> None:
    async with first_run() as stage:
        await enter(stage, TRIAL)
        await stage.press(*"demo-trial")
        assert "demo-trial" not in stage.text()
        assert "••••" in stage.text()
        await stage.press("ctrl+u", *"env:MY_TOKEN")
        assert "env:MY_TOKEN" in stage.text()


async def test_a_token_from_a_variable_is_written_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", token_of("trial"))
    async with first_run() as stage:
        await connect(stage, token="env:MY_TOKEN")
        await save(stage)
    assert written()["environments"]["trial"]["token"] == {"env": "MY_TOKEN"}
    assert not (paths.config_file().parent / "tokens" / "trial").exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("nonsense here", "An address has no spaces"),
        ("saas", "needs the company's name"),
        ("http://liveagent.example", "exposes the token"),
        ("https://trial.cognigy.ai", "another product"),
    ],
)
async def test_an_address_that_is_none_is_explained(typed: str, told: str) -> None:
    async with first_run() as stage:
        await enter(stage, typed)
        assert told in " ".join(line.strip() for line in stage.lines())
        assert "step 1 of 3" in stage.text()


async def test_what_the_address_means_is_shown_while_it_is_typed() -> None:
    async with first_run() as stage:
        await stage.press(*"saas acme")
        assert "→ https://api-acme.liveagent.cloud" in stage.text()


async def test_a_wrong_token_is_told_with_the_mend_and_tried_again() -> None:
    async with first_run() as stage:
        stage.fail(Kind.BAD_TOKEN)
        await connect(stage)
        assert "✗ token" in stage.text()
        assert "Access Token" in stage.text()
        stage.mend()
        await stage.press("enter")
        await enter(stage, token_of("trial"))
        await stage.run_for(3)
        assert "✓ counts" in stage.text()


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_after_a_wrong_token_the_next_one_is_typed_hidden(key: str) -> None:
    async with first_run() as stage:
        await connect(stage, token="a-wrong-token-of-some-length")
        assert "✗ token" in stage.text()
        await stage.press(key)
        wizard = stage.app.on_demand.wizard
        assert wizard.focused is wizard.token
        assert (wizard.token.value, wizard.token.password) == ("", True)
        stage.app.post_message(events.Paste(token_of("trial")))
        await stage.pilot.pause()
        assert TRIAL in stage.text()
        assert token_of("trial") not in stage.text()
        await stage.press("enter")
        await stage.run_for(3)
        assert "✓ counts" in stage.text()


async def test_a_reference_whose_token_is_wrong_is_kept_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_TOKEN", "a-wrong-token-of-some-length")
    async with first_run() as stage:
        await connect(stage, token="env:MY_TOKEN")
        assert "✗ token" in stage.text()
        monkeypatch.setenv("MY_TOKEN", token_of("trial"))
        await stage.press("enter")
        await stage.run_for(3)
        assert "✓ counts" in stage.text()


async def test_a_test_that_hangs_ends_by_itself() -> None:
    async with first_run() as stage:
        stage.fail(Kind.DELAY, "*/profile", seconds=1000.0)
        await connect(stage)
        assert "… token" in stage.text()
        await stage.run_for(40, step=5)
        assert "✗ token" in stage.text()


async def test_escape_stops_the_test_and_keeps_what_was_typed() -> None:
    async with first_run() as stage:
        stage.fail(Kind.DELAY, "*/profile", seconds=1000.0)
        await connect(stage)
        await stage.press("escape")
        assert "step 1 of 3" in stage.text()
        assert TRIAL in stage.text()
        await stage.run_for(40, step=5)
        assert "step 1 of 3" in stage.text()


async def test_escape_leaves_the_first_run_and_says_how_to_come_back() -> None:
    async with first_run() as stage:
        await stage.press("escape")
        assert "There is no environment yet. Press , to add one" in stage.text()
        await stage.press("comma", "a")
        assert "step 1 of 3" in stage.text()
    assert not paths.config_file().exists()


async def test_chosen_accounts_are_listed() -> None:
    async with first_run() as stage:
        await connect(stage)
        await stage.press("enter", "space")
        assert "2 of 3; the others are left out" in stage.text()
        await stage.press("enter", "enter", "enter", "enter")
        await stage.run_for(4)
        assert "Support US · 12346" in stage.lines()[0]
    listed = written()["environments"]["trial"]["accounts"]
    assert listed == [{"id": 12346, "name": "Support US"}, {"id": 12390, "name": "Pilot Lab"}]


async def test_a_pasted_account_that_is_left_out_is_not_opened() -> None:
    async with first_run() as stage:
        await connect(stage, f"{TRIAL}/app/accounts/12345/dashboard")
        await stage.press("enter", "space")
        assert "2 of 3; the others are left out" in stage.text()
        await stage.press("enter", "enter", "enter", "enter")
        await stage.run_for(4)
        assert "Support US · 12346" in stage.lines()[0]


async def test_the_zone_of_the_inboxes_is_suggested() -> None:
    async with first_run() as stage:
        await connect(stage, origin_of("onprem"), token_of("onprem"))
        await save(stage)
    assert written()["environments"]["onprem"]["timezone"] == "Europe/Vienna"


async def test_zones_that_differ_are_left_to_each_account() -> None:
    async with first_run((120, 40)) as stage:
        await connect(stage)
        await stage.press("enter")
        assert "empty: as the inboxes say, " in stage.text()
        await stage.press("enter", "enter", "enter", "enter")
        await stage.run_for(2)
    assert "timezone" not in written()["environments"]["trial"]


@pytest.mark.parametrize("taken", [False, True])
async def test_the_machine_s_zone_is_offered_and_never_taken_silently(
    taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "machine_zone", lambda: "Asia/Tokyo")
    async with first_run() as stage:
        stage.fail(Kind.NOT_FOUND, "*/inboxes")
        await connect(stage)
        stage.mend()
        await stage.press("enter")
        assert "↓ takes Asia/Tokyo" in stage.text()
        await stage.press("enter", "enter", *(["down"] if taken else []), "enter", "enter")
        await stage.run_for(3)
    timezone = written()["environments"]["trial"].get("timezone")
    assert timezone == ("Asia/Tokyo" if taken else None)


@pytest.mark.parametrize(
    ("fields", "typed", "told"),
    [
        (1, "a/b", "won't do"),
        (2, "Mars/Olympus", "is no time zone"),
        (3, "soon", "is not a duration"),
    ],
)
async def test_an_answer_that_won_t_do_is_explained_and_nothing_written(
    fields: int, typed: str, told: str
) -> None:
    async with first_run() as stage:
        await connect(stage)
        await stage.press("enter", *["tab"] * fields, "ctrl+u", *typed, *["enter"] * (4 - fields))
        await stage.run_for(1)
        assert told in " ".join(line.strip() for line in stage.lines())
        assert "step 3 of 3" in stage.text()
    assert not paths.config_file().exists()


async def test_the_wizard_adds_to_a_config_without_losing_a_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", token_of("app"))
    file = paths.config_file()
    file.parent.mkdir(parents=True)
    file.write_text(
        f'# mine\n[environments.app]\nurl = "{origin_of("app")}" # shop\ntoken = {{ env = "T" }}\n'
    )
    async with on_stage(size=(80, 24), loaded=load()) as stage:
        await stage.press("comma", "a")
        await connect(stage)
        await save(stage)
        assert "TRIAL" in stage.lines()[0]
        assert {ref.environment for ref in stage.monitor.refs()} == {"app", "trial"}
    assert file.read_text().startswith("# mine\n")
    assert " # shop\n" in file.read_text()


async def test_nothing_is_written_while_the_config_is_wrong() -> None:
    async with first_run() as stage:
        await connect(stage)
        file = paths.config_file()
        file.parent.mkdir(parents=True)
        file.write_text("nope = 1\n")
        await save(stage)
        assert "nope" in stage.text()
    assert file.read_text() == "nope = 1\n"


async def test_a_second_wizard_begins_empty(tmp_path: Path) -> None:
    async with first_run() as stage:
        await connect(stage)
        await stage.press("escape", "escape", "comma", "a")
        assert TRIAL not in stage.text()
        assert stage.app.on_demand.wizard.token.value == ""


async def test_a_token_pasted_at_once_after_the_address_is_never_shown() -> None:
    async with first_run() as stage:
        app = stage.app
        for event in (events.Paste(TRIAL), events.Key("enter", "\r"), events.Paste(token_of("trial"))):
            app.post_message(event)
        await stage.pilot.pause()
        await stage.pilot.pause()
        assert app.on_demand.wizard.address.value == TRIAL
        assert app.on_demand.wizard.token.value == token_of("trial")
        assert token_of("trial") not in stage.text()
