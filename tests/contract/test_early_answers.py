"""Early answers (1xx): a few are passed over, a flood of them ends the call."""

import asyncio
from pathlib import Path

import pytest
import trustme

from tests.contract.asking import client_of, failure
from tests.contract.server import META, Asked, answer, raw_server
from tests.contract.test_network import authority, server_context
from tui.api import errors

__all__ = ["authority"]

Authority = tuple[trustme.CA, Path]
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 \r\n\r\n"
MANY = 100


async def test_a_few_early_answers_are_passed_over_on_every_call() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(CONTINUE + HINTS * 3 + answer(META))
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(10):
            assert (await client.counts(1)).value.all == 261
        assert server.connections == 1


@pytest.mark.parametrize("early", [CONTINUE, HINTS, b"HTTP/1.1 103 E\r\n" + b"a:b\r\n" * 3_000 + b"\r\n"])
async def test_a_flood_of_early_answers_ends_the_call(early: bytes) -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(early * MANY + answer(META))
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        await failure(client.counts(1), errors.ConnectionFailedError)


async def test_the_same_over_tls(authority: Authority) -> None:
    made, file = authority

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(CONTINUE * MANY + answer(META))
        return False

    async with raw_server(speak, tls=server_context(made, "localhost")) as server:
        address = server.url.replace("http://127.0.0.1", "https://localhost")
        async with client_of(address, ca_file=file) as client:
            await failure(client.counts(1), errors.ConnectionFailedError)


async def test_an_answer_may_speak_of_early_answers_as_often_as_it_likes() -> None:
    told = '{"id": 1, "name": "HTTP/1.1 100 Continue"}'

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer(f"[{', '.join([told] * 50)}]"))
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        assert [agent.name for agent in (await client.agents(1)).value] == ["HTTP/1.1 100 Continue"]
