"""One conversation: what is told of it, and the way out to the web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.screens.test_conversations import TRIAL, down, hiding
from tests.stage import Stage, on_stage
from tui.config.model import Config
from tui.screens.conversation import ConversationScreen
from tui.simulator.faults import Kind

SHOW = "*/12345/conversations/8*"


@asynccontextmanager
async def opened(config: Config | None = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Stage]:
    async with on_stage(config=config, size=size) as stage:
        await down(stage, "assigned")
        await stage.press("enter")
        await stage.run_for(2)
        assert isinstance(stage.app.screen, ConversationScreen)
        yield stage


def number(stage: Stage) -> int:
    listed = stage.app.screen.listed  # type: ignore[attr-defined]
    return int(listed.conversation.id)


async def test_times_stand_in_the_contact_centres_zone_which_is_named() -> None:
    async with opened() as stage:
        text = stage.text()
        for label in ("created", "first reply", "waiting since", "last activity"):
            line = next(line for line in stage.lines() if label in line)
            assert "CET" in line or "nobody" in line or "none" in line
        assert f"Conversation {number(stage)} · Support EU · trial/12345" in text


async def test_no_word_of_a_message_is_shown() -> None:
    async with opened() as stage:
        assert "order, please" not in stage.text()
        assert "look into it" not in stage.text()


async def test_it_is_asked_for_itself_and_again_at_r() -> None:
    async with opened() as stage:
        path = f"/conversations/{number(stage)}"
        assert len([request for request in stage.transport.requests if request.path.endswith(path)]) == 1
        await stage.press("r")
        await stage.run_for(2)
        assert len([request for request in stage.transport.requests if request.path.endswith(path)]) == 2


async def test_esc_returns_to_the_same_row() -> None:
    async with on_stage() as stage:
        await down(stage, "open")
        await stage.press("j", "j", "j")
        table = stage.app.screen.pane.table  # type: ignore[attr-defined]
        chosen = table.selected
        await stage.press("enter")
        await stage.run_for(2)
        assert number(stage) == chosen
        await stage.press("escape")
        assert table.selected == chosen
        assert table.has_focus


async def test_people_are_hidden_where_privacy_says_so() -> None:
    async with opened(config=hiding(customers="always", agents="always")) as stage:
        for label in ("customer", "assignee"):
            assert "hidden" in next(line for line in stage.lines() if label in line)


@pytest.mark.parametrize("key", ["o", "y"])
async def test_over_ssh_the_address_or_number_goes_to_the_terminal(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/7")
    monkeypatch.setenv("DISPLAY", ":0")
    async with opened() as stage:
        await stage.press(key)
        await stage.pilot.pause()
        origin = next(
            environment.url for environment in stage.demo.environments if environment.name == "trial"
        )
        address = f"{origin}/app/accounts/{TRIAL.account_id}/conversations/{number(stage)}"
        assert stage.app.clipboard == (address if key == "o" else str(number(stage)))
        assert "ent to the terminal" in stage.lines()[-2]


async def test_a_conversation_that_is_gone_keeps_what_was_known_and_says_so() -> None:
    async with opened() as stage:
        stage.fail(Kind.NOT_FOUND, SHOW)
        await stage.press("r")
        await stage.run_for(2)
        assert "conversation" in stage.lines()[-2]
        assert "created" in stage.text()


async def test_i_tells_the_call() -> None:
    async with opened() as stage:
        path = f"GET /api/v1/accounts/12345/conversations/{number(stage)}"
        await stage.press("i")
        assert path in stage.text()


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_it_fits_every_size(size: tuple[int, int]) -> None:
    async with opened(size=size) as stage:
        assert "attributes" in stage.text()
        assert "o web" in stage.lines()[-1]
