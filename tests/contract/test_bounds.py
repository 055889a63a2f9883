"""Small answers that would grow, or hold up the event loop, are refused before they do."""

import asyncio
import gzip
import tracemalloc

import pytest

from tests.contract.asking import client_of, failure
from tests.contract.server import META, Asked, always, answer, raw_server
from tui.api import errors

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
