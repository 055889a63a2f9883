"""A server, or somebody who types names there, may send the token back: it is not shown and not kept."""

import json

import pytest

from tests.contract.asking import TOKEN, client_of
from tests.contract.server import always, answer, raw_server
from tui.api import errors
from tui.redact import Secret
from tui.text import safe_line

MASKED = "•••• 4f2a"


async def test_a_token_in_a_name_is_masked() -> None:
    names = [f"x {TOKEN} y", "\u200b".join(TOKEN), "z" * 240 + TOKEN]
    body = json.dumps([{"id": number, "name": name} for number, name in enumerate(names, 1)])
    async with raw_server(always(answer(body))) as server, client_of(server.url) as client:
        shown = [agent.name for agent in (await client.agents(1)).value]
    assert shown[:2] == [f"x {MASKED} y", MASKED]
    assert len(shown) == 3
    assert TOKEN[:4] not in shown[2]


async def test_a_token_in_a_refusal_is_masked() -> None:
    body = json.dumps({"error": f"bad {'x' * 60} {TOKEN}"})
    refusal = answer(body, status="422 Unprocessable Entity")
    async with raw_server(always(refusal)) as server, client_of(server.url) as client:
        with pytest.raises(errors.LiveAgentError) as raised:
            await client.counts(1)
    assert "422" in str(raised.value)
    assert TOKEN[:8] not in str(raised.value)


def test_an_ordinary_name_that_holds_a_short_secret_is_left_as_it_is() -> None:
    assert str(Secret("test")) == "••••"
    assert safe_line("Latest tests") == "Latest tests"
