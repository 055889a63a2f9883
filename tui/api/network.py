"""Connections as httpcore uses them: names looked up aside, and no answer that nobody asked for."""

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, TypeVar, cast

import httpcore

from tui.api.exchange import Exchange
from tui.api.lookups import SocketAddress, addresses

HEAD_START = 0.25
"""Seconds each address of a name has before the next one is tried beside it (RFC 8305)."""
_Failure = TypeVar("_Failure", httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)
_MOST_HELD = 256 * 1024
"""Bytes that came and nobody has read yet; at more the server has to wait."""
_LETTING_GO = 1.0
"""Seconds that closing a connection may take."""
_TURNS = 2
"""Of the event loop, until what the socket already holds has been handed over."""
_TIMED_OUT_IDLE = b"HTTP/1.1 408"


class Network(httpcore.AsyncNetworkBackend):
    """Makes the connections of one environment, and knows whether they may be kept."""

    def __init__(self) -> None:
        self.keeps_connections = True
        """False once more came than was asked for: from then on each request has its own connection."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of `host` that takes one; `timeout` leaves out the look-up."""
        try:
            places = await addresses(host, port)
            async with asyncio.timeout(timeout):
                connected = await connect(places)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        stream = Stream(self)
        await asyncio.get_running_loop().create_connection(lambda: stream, sock=connected)
        return stream


async def connect(places: Sequence[SocketAddress]) -> socket.socket:
    """A socket connected to the first address that takes it; families take turns, each with a head start.

    Raises the OSError of one of them where none does.
    """
    queue = _taking_turns(places)
    running: set[asyncio.Task[socket.socket]] = set()
    failures: list[OSError] = []
    try:
        while queue or running:
            if queue:
                running.add(asyncio.create_task(_connected(queue.pop(0))))
            done, _ = await asyncio.wait(
                running, timeout=HEAD_START if queue else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                running.discard(task)
                error = task.exception()
                if error is None:
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                failures.append(error)
    finally:
        for task in running:
            task.cancel()
        for late in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(late, socket.socket):
                late.close()
    # "Refused" tells more than that there is no way by the other family.
    refused = [failure for failure in failures if failure.errno == errno.ECONNREFUSED]
    raise next(iter(refused + failures), OSError("the name has no address"))


def _taking_turns(places: Sequence[SocketAddress]) -> list[SocketAddress]:
    first = [place for place in places if place[0] == places[0][0]]
    others = [place for place in places if place[0] != places[0][0]]
    return [place for pair in zip_longest(first, others) for place in pair if place is not None]


async def _connected(address: SocketAddress) -> socket.socket:
    family, place = address
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, place)
    except BaseException:
        made.close()
        raise
    return made


async def settled() -> None:
    """Until what this machine has received already is with its streams."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection. It is read at all times, so what comes unasked is seen when it comes.

    Such a surplus is never handed on: httpcore would take it for the answer to its next request.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None
        self._held = bytearray()
        self._has_surplus = False
        self._has_ended = False
        self._error: Exception | None = None
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()

    # As asyncio calls it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the connection."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hold what came until it is read, or turn it away where nothing was asked."""
        if self._exchange is None:
            self._turn_away(data)
            return
        self._held += data
        if len(self._held) > _MOST_HELD and self._transport is not None:
            self._transport.pause_reading()
        self._arrived.set()

    def eof_received(self) -> None:
        """The other side says no more; asyncio closes the connection then."""
        self._has_ended = True
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._has_ended = True
        self._error = exc
        for event in (self._arrived, self._writable, self._gone):
            event.set()

    def pause_writing(self) -> None:
        """More is written than leaves."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It has left."""
        self._writable.set()

    # As httpcore calls it

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came of the answer; empty at the end of the connection."""
        try:
            async with asyncio.timeout(timeout):
                while not self._held and not self._has_ended:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        if not self._held:
            if self._error is not None:
                raise self._failed(httpcore.ReadError)
            return b""
        data = bytes(self._held[:max_bytes])
        del self._held[:max_bytes]
        if self._transport is not None and not self._has_ended and len(self._held) <= _MOST_HELD:
            self._transport.resume_reading()
        return self._of_the_answer(data)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send a part of a request; its first one begins the exchange."""
        if self._exchange is None:
            await settled()
            if self._has_surplus or self._has_ended:
                # Not a WriteError: after one httpcore reads on, as if it had asked.
                raise self._failed(httpcore.RemoteProtocolError)
            self._exchange = Exchange(buffer)
        transport = self._transport
        if transport is None or self._gone.is_set():
            raise self._failed(httpcore.WriteError)
        transport.write(buffer)
        try:
            async with asyncio.timeout(timeout):
                await self._writable.wait()
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        if self._error is not None:
            raise self._failed(httpcore.WriteError)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, by TLS from here on."""
        plain = self._transport
        if plain is None:
            raise httpcore.ConnectError("closed")
        secure = Stream(self._network)
        try:
            async with asyncio.timeout(timeout):
                transport = await asyncio.get_running_loop().start_tls(
                    plain, secure, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            await self.aclose()
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            await self.aclose()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            plain.abort()
            raise
        if transport is None:
            raise httpcore.ConnectError("closed")
        secure.connection_made(transport)
        return secure

    async def aclose(self) -> None:
        """Hang up at once: nothing that may still come is wanted."""
        if self._transport is None:
            return
        self._transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LETTING_GO):
                await self._gone.wait()

    def get_extra_info(self, info: str) -> Any:
        """`is_readable` is what httpcore asks before it uses an idle connection again: True, it must not."""
        if info == "is_readable":
            return self._has_surplus or self._has_ended or not self._network.keeps_connections
        return None if self._transport is None else self._transport.get_extra_info(info)

    # As we call it

    @property
    def has_surplus(self) -> bool:
        """Whether bytes came that belong to no answer."""
        return self._has_surplus

    def _failed(self, kind: type[_Failure]) -> _Failure:
        """The error of that kind, because of what ended the connection."""
        made = kind(f"{self._error or 'closed'}")
        # httpcore takes an error's cause away, but not its context.
        made.__context__ = self._error
        return made

    def _of_the_answer(self, data: bytes) -> bytes:
        exchange = self._exchange
        if exchange is None:
            return b""
        size = exchange.part_of_it(data)
        if exchange.is_complete:
            self._exchange = None
            rest = data[size:] + bytes(self._held)
            self._held.clear()
            if rest:
                self._turn_away(rest)
        return data[:size]

    def _turn_away(self, data: bytes) -> None:
        if not data.strip():
            # An empty line after a body is an old habit; the connection goes, nothing else follows from it.
            self._has_ended = True
        elif data.startswith(_TIMED_OUT_IDLE):
            # How some proxies say that the connection was idle for too long.
            self._has_ended = True
        else:
            self._has_surplus = True
            self._network.keeps_connections = False
