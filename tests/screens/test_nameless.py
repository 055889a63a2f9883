"""People, teams, inboxes and accounts without a name anybody can see: every screen calls them by number."""

import itertools
import json
import re
from typing import Any

import msgspec
import pytest

from tests.stage import NOON, Stage, demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Account, Config
from tui.simulator.app import App, Request
from tui.simulator.demo import Demo
from tui.simulator.replies import Reply

NO_NAMES = itertools.cycle([None, "", "  ", "\u200b\u2060", "\u202e", "\x1b\x00", "\u3164", "\ufeff"])
NAMES = {"name", "available_name"}
ROLE = re.compile(r"as user \d+, administrator|as user \d+, agent")


def unnamed(value: Any) -> Any:
    match value:
        case dict():
            return {key: next(NO_NAMES) if key in NAMES else unnamed(each) for key, each in value.items()}
        case list():
            return [unnamed(each) for each in value]
        case _:
            return value


class NamelessApp(App):
    """Answers as the simulator does, with no name that could be seen."""

    async def answer(self, request: Request) -> Reply:
        reply = await super().answer(request)
        if not reply.body.startswith((b"{", b"[")):
            return reply
        kept = tuple(pair for pair in reply.headers if pair[0] != "content-length")
        return Reply(
            reply.status, json.dumps(unnamed(json.loads(reply.body))).encode(), reply.content_type, kept
        )


@pytest.fixture(autouse=True)
def _nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds: dict[str, App] = {}

    def app(demo: Demo, origin: str) -> App | None:
        if demo._environment(origin) is None:
            return None
        return worlds.setdefault(origin, NamelessApp(demo.world(origin)))

    monkeypatch.setattr(Demo, "app", app)


def config() -> Config:
    made = demo_config(Demo(clock=ManualClock(wall=NOON)))
    environments = tuple(
        msgspec.structs.replace(
            environment, accounts=tuple(Account(id=each.id) for each in environment.accounts)
        )
        for environment in made.environments
    )
    return msgspec.structs.replace(made, environments=environments)


def has(stage: Stage, *wanted: str) -> None:
    text = stage.text()
    for words in wanted:
        assert re.search(words, text), f"{words}\n{text}"
    assert "team team" not in text
    assert "inbox inbox" not in text
    assert "agent agent" not in text
    assert not re.search(r"\bas ,|what +\(|of :|\"\"", text), text


async def test_every_screen_calls_the_nameless_by_their_number() -> None:
    async with on_stage(config=config(), size=(180, 50), settle=12) as stage:
        has(stage, r"account 12345", ROLE.pattern, r"team \d+ ", r"agent \d+ ", r"inbox \d+ ")
        await stage.press("i")
        has(stage, r"what user \d+ \(", r"Source · team \d+")
        await stage.press("escape", "enter")
        await stage.run_for(2)
        has(stage, r"in team \d+ ")
        await stage.press("escape", "M")
        await stage.run_for(2)
        has(stage, r"agent \d+ ")
        await stage.press("escape", "colon")
        has(stage, r"account 12345 ", r"team \d+ +team")
        await stage.press("a", "g", "e", "n", "t")
        has(stage, r"agent \d+ .*agent")
        await stage.press("escape", "b")
        has(stage, r"inbox \d+ ")
        await stage.press("down", "enter")
        has(stage, r"of inbox \d+", r"inbox \d+ ")
        await stage.press("escape", "f")
        await stage.run_for(2)
        has(stage, r"account 12345 ", r"account 204 ")
