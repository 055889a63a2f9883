"""What a client will not take: answers that would grow or hold up the loop, and those of another thing."""

import asyncio
import gzip
import json
import threading
import tracemalloc

import pytest

from tests.contract.asking import client_of, failure
from tests.contract.server import META, Asked, always, answer, raw_server
from tui.api import errors
from tui.api.fields import decoded

HUGE = 15_000_000
MOST = 150_000_000


@pytest.mark.parametrize("tail", [b"x" * 64, gzip.compress(b"", mtime=0)])
async def test_what_follows_a_compressed_answer_is_not_read(tail: bytes) -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for part in (gzip.compress(META.encode(), mtime=0), *[tail] * 50):
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
            await writer.drain()
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        error = await failure(client.counts(1), errors.UnreadableAnswerError)
    assert "compressed" in str(error)


@pytest.mark.parametrize("part", ["{}", "[]", '{"a":[]}'])
async def test_an_answer_of_a_million_parts_fills_no_memory(part: str) -> None:
    parts = ",".join([part] * (HUGE // (len(part) + 1)))
    packed = gzip.compress(f'{{"meta": {{"all_count": [{parts}]}}}}'.encode(), mtime=0)
    async with (
        raw_server(always(answer(packed, Content_Encoding="gzip"))) as server,
        client_of(server.url) as client,
    ):
        tracemalloc.start()
        try:
            await failure(client.counts(1), errors.UnreadableAnswerError)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < MOST


async def test_one_huge_agent_among_many_fills_no_memory() -> None:
    agents = ",".join(f'{{"id": {number}}}' for number in range(1, 1_000))
    huge = '{"id": 5000, "role": [' + ",".join(["{}"] * (HUGE // 3)) + "]}"
    packed = gzip.compress(f"[{agents}, {huge}]".encode(), mtime=0)
    async with (
        raw_server(always(answer(packed, Content_Encoding="gzip"))) as server,
        client_of(server.url) as client,
    ):
        tracemalloc.start()
        try:
            await failure(client.agents(1), errors.UnreadableAnswerError)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < MOST


async def test_an_answer_in_countless_pieces_is_given_up() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(300):
            writer.write(b"1\r\n \r\n" * 100)
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        await failure(client.counts(1), errors.AnswerTooLargeError)


async def test_another_conversation_than_was_asked_for_is_not_taken() -> None:
    body = '{"id": 1007, "status": "open", "meta": {}, "messages": []}'
    async with raw_server(always(answer(body))) as server, client_of(server.url) as client:
        assert (await client.conversation(1, 1007)).value.id == 1007
        await failure(client.conversation(1, 7), errors.UnreadableAnswerError)


async def test_a_name_may_hold_as_many_brackets_as_it_likes() -> None:
    body = json.dumps([{"id": 1, "name": '[5mA{,"\\' * 200_000}])
    async with raw_server(always(answer(body))) as server, client_of(server.url) as client:
        (agent,) = (await client.agents(1)).value
    assert agent.name.startswith("[5mA{")


async def test_an_address_to_go_to_that_is_none_is_a_redirect_refused() -> None:
    said = answer(status="301 Moved Permanently", Location="https://[::1")
    async with raw_server(always(said)) as server, client_of(server.url) as client:
        error = await failure(client.counts(1), errors.RedirectRefusedError)
    assert "sends us elsewhere (301)" in str(error)


@pytest.mark.parametrize("of", ["teams", "inboxes", "labels", "agents"])
async def test_what_comes_twice_stands_there_once(of: str) -> None:
    body = '[{"id": 4, "name": "a", "title": "a"}, {"id": 4, "name": "b", "title": "b"}, {"id": 5}]'
    async with raw_server(always(answer(body))) as server, client_of(server.url) as client:
        listed = await getattr(client, of)(1)
    assert [item.id for item in listed.value] == [4, 5]
    assert "a" in {getattr(listed.value[0], "name", ""), getattr(listed.value[0], "title", "")}


@pytest.mark.parametrize("of", ["teams", "inboxes", "labels"])
async def test_what_a_list_counts_and_does_not_hold_is_lost(of: str) -> None:
    body = '{"payload": [{"id": 4}, {"id": 5}, "x"], "meta": {"total_count": 9}}'
    async with raw_server(always(answer(body))) as server, client_of(server.url) as client:
        listed = await getattr(client, of)(1)
    assert (len(listed.value), listed.lost) == (2, 7)


async def test_only_short_answers_are_decoded_on_the_loop() -> None:
    for data, beside in ((b"1," * 1_000, False), (b"1" * 60_000, False), (b"1," * 5_000, True)):
        threads: list[int] = []

        def decode(data: bytes, at: list[int] = threads) -> None:
            at.append(threading.get_ident())

        await decoded(data, decode)
        assert (threads != [threading.get_ident()]) is beside
