"""What was read with one token, or on one server, is not shown as that of another, wherever it stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.screens.test_conversations import TRIAL, down, shown
from tests.stage import Stage, on_stage
from tui.config.file import Loaded, Sources
from tui.config.model import Account, Config, Display, Environment, TokenSource
from tui.redact import Secret
from tui.screens.conversation import ConversationScreen
from tui.simulator.demo import origin_of, token_of
from tui.simulator.faults import Fault, Kind

PROFILE = "*/profile"
FOREIGN = "Support Mail"
"""An inbox of the administrator's that the agent may not see."""


class Token:
    """The file that holds the token."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "token"
        self.write("admin")

    def write(self, of: str) -> None:
        """Put a user's token there."""
        self.path.write_text(token_of("trial", of) + "\n")
        self.path.chmod(0o600)

    def config(self) -> Config:
        """One account, seen as whoever the file names."""
        source = TokenSource(file=str(self.path))
        return one_account(Environment(name="trial", url=origin_of("trial"), token=source))


def one_account(environment: Environment) -> Config:
    account = Account(id=TRIAL.account_id, name="Desk")
    return Config(environments=(msgspec.structs.replace(environment, accounts=(account,)),))


def held(of: str) -> Environment:
    token = TokenSource(held=Secret(token_of(of)))
    return Environment(name="trial", url=origin_of(of), token=token)


@pytest.fixture
def token(tmp_path: Path) -> Token:
    return Token(tmp_path)


async def use(stage: Stage, config: Config) -> None:
    """Edit the config in the settings, over what is open."""
    await stage.press("comma")
    await stage.app.use(Loaded(config, Sources(Path("config.toml"), None)))
    await stage.settled()
    await stage.press("escape")


@asynccontextmanager
async def a_list(token: Token) -> AsyncIterator[Stage]:
    async with on_stage(config=token.config(), settle=50) as stage:
        await down(stage, "open")
        assert FOREIGN in inboxes(stage)
        yield stage


def inboxes(stage: Stage) -> set[str]:
    """The inboxes that the rows of the list stand in."""
    return {row.cells[4].text for row in shown(stage).pane.table.rows}


def numbers(stage: Stage) -> set[object]:
    return {row.key for row in shown(stage).pane.table.rows}


async def test_another_users_token_leaves_no_row_of_the_list_that_was_open(token: Token) -> None:
    async with a_list(token) as stage:
        before = numbers(stage)
        token.write("agent")
        for _ in range(20):
            await stage.run_for(1)
            if "Ada Brandt" not in stage.lines()[0]:
                break
        assert "Bruno Keller" in stage.lines()[0]
        assert inboxes(stage) <= {"Website Chat", "inbox 1"}
        await stage.run_for(5)
        assert inboxes(stage) == {"Website Chat"}
        assert len(numbers(stage)) < len(before)


async def test_while_paused_such_a_list_is_empty_and_not_asked_for_but_at_a_key(token: Token) -> None:
    async with a_list(token) as stage:
        await stage.press("p")
        token.write("agent")
        await stage.run_for(60, step=5)
        assert "Bruno Keller" in stage.lines()[0]
        assert not numbers(stage)
        assert "counted —" in stage.text()
        assert "Nothing read yet." in stage.text()
        await stage.press("o", "y", "enter")
        assert shown(stage).selected is None
        assert stage.app.clipboard == ""
        await stage.press("r")
        await stage.run_for(2)
        assert numbers(stage)
        assert FOREIGN not in inboxes(stage)


async def test_another_address_leaves_no_row_of_the_server_before_nor_a_way_to_it() -> None:
    async with on_stage(config=one_account(held("trial"))) as stage:
        await down(stage, "open")
        assert numbers(stage)
        await use(stage, one_account(held("app")))
        assert not numbers(stage)
        assert shown(stage).selected is None
        await stage.run_for(60, step=5)
        assert not numbers(stage)


async def test_a_list_stays_where_another_config_sees_the_account_as_the_same_user() -> None:
    first = one_account(held("trial"))
    async with on_stage(config=first) as stage:
        await down(stage, "open")
        before = numbers(stage)
        moment = ":00:03 · "
        assert moment in stage.lines()[-3]
        await stage.run_for(10)
        await use(stage, msgspec.structs.replace(first, display=Display(agent_times=False)))
        assert numbers(stage) == before
        assert moment in stage.lines()[-3]


async def test_a_list_read_before_the_user_was_told_stays_once_he_is() -> None:
    late = Fault(kind=Kind.DELAY, path=PROFILE, seconds=20.0)
    async with on_stage(config=one_account(held("trial")), faults=[late]) as stage:
        await down(stage, "open")
        before = numbers(stage)
        assert before
        assert "Ada Brandt" not in stage.lines()[0]
        for _ in range(30):
            await stage.run_for(1)
            assert numbers(stage) == before
        assert "Ada Brandt" in stage.lines()[0]


async def test_the_details_of_one_are_gone_with_the_token_they_were_read_with(token: Token) -> None:
    async with a_list(token) as stage:
        await stage.press("enter")
        await stage.run_for(2)
        screen = stage.app.screen
        assert isinstance(screen, ConversationScreen)
        number = screen.listed.conversation.id if screen.listed is not None else 0
        assert str(number) in stage.text()
        token.write("agent")
        await stage.run_for(20)
        assert "Bruno Keller" in stage.lines()[0]
        assert str(number) not in stage.text()
        assert "read with another token" in stage.text()
        await stage.press("o", "y", "r", "i")
        assert stage.app.screen is screen
        assert stage.app.clipboard == ""
        await stage.press("escape")
        await stage.run_for(3)
        assert FOREIGN not in inboxes(stage)


async def test_a_list_of_a_removed_environment_is_unknown_and_says_why() -> None:
    async with on_stage() as stage:
        await down(stage, "open")
        used = stage.app.context.config
        await use(stage, msgspec.structs.replace(used, environments=used.environments[1:]))
        assert not numbers(stage)
        assert "counts unknown" in stage.lines()[0]
        assert "no longer in the config" in stage.text()
