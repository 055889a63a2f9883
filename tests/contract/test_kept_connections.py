"""How many connections there are, which of them are used again, and that none is lost to a call given up."""

import asyncio

import pytest

from tests.contract.asking import client_of
from tests.contract.server import META, TURNS, Asked, answer, raw_server
from tests.contract.test_lookups import until
from tui.api import errors, transport

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = META.encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nTrailer: x\r\n\r\n" % (len(BODY), BODY)
CLOSED = answer(META).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


async def test_no_more_than_four_are_open_at_once_and_all_are_answered() -> None:
    open_now, most = 0, 0

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        for _ in range(20):
            await asyncio.sleep(0)
        open_now -= 1
        writer.write(answer(META))
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        answers = await asyncio.gather(*(client.counts(1, team_id=number + 1) for number in range(20)))
        assert [answer.value.all for answer in answers] == [261] * 20
        assert most == server.connections == transport.MOST_CONNECTIONS


@pytest.mark.parametrize(
    ("said", "keep", "connections"),
    [
        (answer(META), True, 1),
        (CHUNKED, True, 1),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED, True, 1),
        (HEAD + b"\r\n" + BODY, False, 3),  # Its end is the connection's.
        (answer(META).replace(b"HTTP/1.1", b"HTTP/1.0"), True, 3),
        (CLOSED, True, 3),
        (answer(META), False, 3),  # Nobody said that it would be closed.
    ],
)
async def test_an_answer_is_whole_however_its_end_is_told(said: bytes, keep: bool, connections: int) -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(said)
        return keep

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(3):
            assert (await client.counts(1)).value.all == 261
            for _ in range(TURNS):
                await asyncio.sleep(0)
        assert server.connections == connections


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"HTTP/1.1 200",
        HEAD + b"Content-Length: 900\r\n\r\n" + BODY,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s" % (len(BODY), BODY),
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_an_answer_cut_short_or_garbled_is_none_and_costs_no_place(cut: bytes) -> None:
    garbled = True

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(cut if garbled else answer(META))
        return not garbled

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(transport.MOST_CONNECTIONS + 1):
            with pytest.raises(errors.ConnectionFailedError):
                await client.counts(1)
        garbled = False
        assert (await client.counts(1)).value.all == 261


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"])
async def test_calls_given_up_leave_their_places_to_others(begun: bytes) -> None:
    hangs = True

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(begun if hangs else answer(META))
        if hangs:
            await asyncio.Event().wait()
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        calls = [asyncio.create_task(client.counts(1)) for _ in range(transport.MOST_CONNECTIONS + 2)]
        await until(lambda: len(server.asked) == transport.MOST_CONNECTIONS)
        for call in calls:
            call.cancel()
        assert all(
            isinstance(outcome, asyncio.CancelledError)
            for outcome in await asyncio.gather(*calls, return_exceptions=True)
        )
        hangs = False
        assert (await client.counts(1)).value.all == 261
