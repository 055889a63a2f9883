"""Servers and proxies that mix answers up: no figure is ever shown for a request it does not answer."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from tests.contract.asking import client_of, failure
from tests.contract.server import META, Asked, RawServer, answer, raw_server
from tests.contract.test_network import authority, server_context
from tui.api import errors
from tui.api.client import LiveAgentClient

__all__ = ["authority"]

Authority = tuple[trustme.CA, Path]
PLAIN, BY_TLS = 6, 1
"""Rounds of questions: each connection by TLS costs a handshake."""
WAYS = pytest.mark.parametrize(("tls", "chunked"), [(False, False), (False, True), (True, False)])
LATER = 1_000_000
"""What an account's count begins with, times its number; the rest counts the requests."""


class Truth:
    """Counts that tell which account and which request they are of, in the framing of a test."""

    def __init__(self, *, echoes: bool, chunked: bool) -> None:
        self.echoes = echoes
        self.chunked = chunked
        self.requests = 0

    def answer_to(self, asked: Asked) -> bytes:
        self.requests += 1
        account = int(asked.path.partition("/accounts/")[2].partition("/")[0])
        body = json.dumps({"meta": {"all_count": account * LATER + self.requests, "unassigned_count": 1}})
        headers = {"X_Request_Id": id_of(asked)} if self.echoes else {}
        if not self.chunked:
            return answer(body, **headers)
        lines = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        half = len(body) // 2
        parts = "".join(f"{len(part):x}\r\n{part}\r\n" for part in (body[:half], body[half:], ""))
        return ("\r\n".join(lines) + "\r\n\r\n" + parts).encode()


def id_of(asked: Asked) -> str:
    return next(value for name, value in asked.headers.items() if name.lower() == "x-request-id")


class Mixer:
    """A server that answers properly; those below do not."""

    greeting = b""
    """What is said before anything is asked."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.last: dict[int, bytes] = defaultdict(bytes)

    async def speak(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(self.mixed(asked, self.truth.answer_to(asked)))
        return True

    def mixed(self, asked: Asked, said: bytes) -> bytes:
        return said


class Doubles(Mixer):
    def mixed(self, asked: Asked, said: bytes) -> bytes:
        return said * 2


class DoublesApart(Mixer):
    """The second one as a packet of its own."""

    async def speak(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        said = self.truth.answer_to(asked)
        for _ in range(2):
            writer.write(said)
            await writer.drain()
            await asyncio.sleep(0)
        return True


class DoublesLate(Mixer):
    """The second one when the next request has come, and before its answer."""

    def mixed(self, asked: Asked, said: bytes) -> bytes:
        before, self.last[asked.connection] = self.last[asked.connection], said
        return before + said


class Prepends(Mixer):
    def mixed(self, asked: Asked, said: bytes) -> bytes:
        first = answer(json.dumps({"meta": {"all_count": 7, "unassigned_count": 7}}))
        return first + said


class Greets(Mixer):
    """An answer before anything was asked."""

    greeting = answer(json.dumps({"meta": {"all_count": 7, "unassigned_count": 7}}))


class Delays(Mixer):
    """Every answer goes to the request after its own, whatever connection that is on."""

    def mixed(self, asked: Asked, said: bytes) -> bytes:
        before, self.last[0] = self.last[0], said
        return before or answer("", status="503 Service Unavailable")


class Swaps(Mixer):
    """Two that come at once get each other's."""

    waiting: asyncio.Future[bytes] | None = None
    own = b""

    async def speak(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        said = self.truth.answer_to(asked)
        if self.waiting is None:
            self.own, self.waiting = said, asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(0.05, self.give_up, self.waiting, said)
            said = await self.waiting
        else:
            other, self.waiting = self.waiting, None
            if not other.done():
                other.set_result(said)
                said = self.own
        writer.write(said)
        return True

    def give_up(self, waiting: asyncio.Future[bytes], said: bytes) -> None:
        if not waiting.done():
            self.waiting = None
            waiting.set_result(said)


@contextlib.asynccontextmanager
async def asked_of(
    mixer: Mixer, secured: Authority | None
) -> AsyncIterator[tuple[LiveAgentClient, RawServer]]:
    tls = server_context(secured[0]) if secured else None
    async with raw_server(mixer.speak, tls=tls, greeting=mixer.greeting) as server:
        url = server.url.replace("http:", "https:") if secured else server.url
        async with client_of(url, ca_file=secured[1] if secured else None) as client:
            yield client, server


async def shown(client: LiveAgentClient, truth: Truth, rounds: int) -> int:
    """How many answers are taken of many requests at once; each one is that to its request."""
    taken = 0

    async def ask(account: int) -> None:
        nonlocal taken
        before = truth.requests
        try:
            value = (await client.counts(account)).value.all or 0
        except (errors.MixedUpAnswerError, errors.ServerError, errors.ConnectionFailedError):
            return
        assert value // LATER == account
        assert value % LATER > before
        taken += 1

    for _ in range(rounds):
        await asyncio.gather(*(ask(account) for account in (1, 2, 3)))
        await ask(4)
        await ask(5)
    return taken


@WAYS
@pytest.mark.parametrize("kind", [Doubles, DoublesApart, DoublesLate, Prepends, Greets, Delays, Swaps])
async def test_no_figure_is_another_request_s(
    kind: type[Mixer], authority: Authority, *, tls: bool, chunked: bool
) -> None:
    truth = Truth(echoes=True, chunked=chunked)
    async with asked_of(kind(truth), authority if tls else None) as (client, _):
        rounds = BY_TLS if tls else PLAIN
        taken = await shown(client, truth, rounds)
    # Where the right answer comes first, it is told by its id and taken.
    assert taken == rounds * 5 or kind not in (Doubles, DoublesApart)


@pytest.mark.parametrize("kind", [Doubles, DoublesLate, Prepends, Delays, Swaps])
async def test_nor_where_it_is_a_proxy_that_mixes_them_up(kind: type[Mixer]) -> None:
    truth = Truth(echoes=True, chunked=False)
    async with (
        raw_server(kind(truth).speak) as proxy,
        client_of("http://desk.example", proxy=proxy.url) as client,
    ):
        taken = await shown(client, truth, PLAIN)
        assert proxy.asked[0].line.startswith("GET http://desk.example/")
    assert taken == PLAIN * 5 or kind is not Doubles


@WAYS
@pytest.mark.parametrize("kind", [Doubles, DoublesLate, Prepends, Greets])
async def test_nor_where_the_server_sends_no_ids_back(
    kind: type[Mixer], authority: Authority, *, tls: bool, chunked: bool
) -> None:
    truth = Truth(echoes=False, chunked=chunked)
    async with asked_of(kind(truth), authority if tls else None) as (client, _):
        await shown(client, truth, BY_TLS if tls else PLAIN)


async def test_it_is_said_what_is_wrong() -> None:
    async with asked_of(Prepends(Truth(echoes=False, chunked=False)), None) as (client, _):
        error = await failure(client.counts(1), errors.MixedUpAnswerError)
    assert "may belong to another request" in str(error)
    assert error.concerns == "host"


@pytest.mark.parametrize("told", ["own", "none", "another", "constant", "own among others"])
@WAYS
async def test_a_server_that_behaves_is_asked_on_one_connection_and_believed(
    told: str, authority: Authority, *, tls: bool, chunked: bool
) -> None:
    class Behaves(Mixer):
        async def speak(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
            said = self.truth.answer_to(asked)
            if told in ("another", "constant", "own among others"):
                given = {"another": f"proxy-{len(server.asked)}", "constant": "r-1"}.get(
                    told, f"{id_of(asked)}, r-1"
                )
                said = said.replace(b"\r\n", f"\r\nX-Request-Id: {given}\r\n".encode(), 1)
            early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" if self.truth.requests % 2 else b""
            # In pieces, as networks deliver them.
            whole = early + said
            for at in range(0, len(whole), 61):
                writer.write(whole[at : at + 61])
                await writer.drain()
            return True

    truth = Truth(echoes=told == "own", chunked=chunked)
    async with asked_of(Behaves(truth), authority if tls else None) as (client, server):
        for round_ in range(12):
            account = round_ % 3 + 1
            assert ((await client.counts(account)).value.all or 0) // LATER == account
        assert server.connections == 1


async def test_answers_without_a_body_keep_their_connection() -> None:
    """A 304 tells the length of what it does not send; a 204 has none; errors have one."""
    bodiless = (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        answer("{}", status="500 Internal Server Error"),
    )

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        turn = len(server.asked)
        writer.write(answer(META) if turn % 2 else bodiless[turn // 2 % 3])
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(4):
            assert (await client.counts(1)).value.all == 261
            with contextlib.suppress(errors.LiveAgentError):
                await client.counts(1)
        assert server.connections == 1


@pytest.mark.parametrize(
    "idle", [b"HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\n\r\n", b"\r\n", b"\n\r\n"]
)
async def test_what_proxies_say_to_idle_connections_costs_a_connection_and_nothing_else(idle: bytes) -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer(META))
        if len(server.asked) == 1:
            writer.write(idle)
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(5):
            assert (await client.counts(1)).value.all == 261
        assert server.connections == 2
        assert len(server.asked) == 5


async def test_once_ids_came_back_a_page_of_a_proxy_is_told_as_what_it_is() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        first = len(server.asked) == 1
        writer.write(
            answer(META, X_Request_Id=id_of(asked)) if first else answer("<html>", status="502 Bad Gateway")
        )
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        await client.counts(1)
        await failure(client.counts(1), errors.ServerError)
        assert server.connections == 1
