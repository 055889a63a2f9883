"""httpx's requests over connections of ours: by the right proxy, and not kept where answers are mixed up."""

import asyncio
import base64
import ssl
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from typing import NamedTuple, cast

import httpx

from tui.api.exchange import Exchange
from tui.api.network import Network, Stream, settled
from tui.proxies import Proxy, UnusableProxyError, current_way

AnyTransport = httpx.AsyncBaseTransport
"""What carries requests: ours, or the simulator in its place. The name under which others speak of it."""
MOST_CONNECTIONS = 4
KEPT_ALIVE = 15.0
"""Seconds; the server closes what idles for 20."""
_STREAM = "stream"
_PORTS = {"http": 80, "https": 443}
_Headers = list[tuple[bytes, bytes]]


class _Destination(NamedTuple):
    """Where a connection leads, and by way of which proxy."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None

    @property
    def authority(self) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}".encode("ascii")


class _Kept(NamedTuple):
    """A connection between two requests; `until` by the monotonic clock."""

    destination: _Destination
    stream: Stream
    until: float


class Transport(httpx.AsyncBaseTransport):
    """The connections of one environment; `proxy` as in the config: empty, `none`, or an address."""

    def __init__(self, tls: ssl.SSLContext, proxy: str) -> None:
        tls.set_alpn_protocols(["http/1.1"])
        self._tls = tls
        self._proxy = proxy
        self._network = Network()
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)
        self._asking = 0
        self._used: set[Stream] = set()
        self._kept: list[_Kept] = []
        """The one that was used last is last."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; raises httpx's errors, a ProxyError with UnusableProxyError as its cause among them."""
        destination = self._destination_of(request.url)
        target, headers = request.url.raw_path, request.headers.raw
        if destination.proxy is not None and destination.scheme == "http":
            target = b"http://" + request.url.netloc + target
            headers = [*headers, *_sign_in(destination.proxy)]
        waits: Mapping[str, float | None] = request.extensions.get("timeout", {})
        await self._turns.acquire()
        self._asking += 1
        stream: Stream | None = None
        try:
            stream = self._kept_to(destination) or await self._opened(destination, waits)
            self._used.add(stream)
            exchange = Exchange(stream, waits)
            answered = await exchange.ask(request.method, target, headers, _content(request))
        except BaseException:
            self._let_go(stream, None)
            raise
        return httpx.Response(
            answered.status_code,
            headers=answered.headers.raw_items(),
            stream=_Body(exchange, lambda: self._let_go(stream, destination if exchange.is_over else None)),
            extensions={_STREAM: stream},
        )

    async def has_surplus(self, response: httpx.Response) -> bool:
        """Whether more than the answer came, once it is read to its end."""
        await settled()
        stream = response.extensions.get(_STREAM)
        return isinstance(stream, Stream) and stream.has_surplus

    def keep_no_connections(self) -> None:
        """Answers have come to the wrong requests: each one gets a connection of its own from here on."""
        self._network.keeps_connections = False

    async def aclose(self) -> None:
        """Close every connection."""
        streams = [*self._used, *(kept.stream for kept in self._kept)]
        self._kept.clear()
        for stream in streams:
            await stream.aclose()

    def _destination_of(self, url: httpx.URL) -> _Destination:
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"no way to ask by {url.scheme}://")
        way = current_way(f"{url.scheme}://{url.netloc.decode('ascii')}", self._proxy)
        if way.problem:
            raise httpx.ProxyError(way.problem) from UnusableProxyError(way.problem)
        return _Destination(
            url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme], way.proxy
        )

    def _kept_to(self, destination: _Destination) -> Stream | None:
        """A connection that may be used again; those that may not are closed, and one too many is."""
        now = time.monotonic()
        usable = [kept for kept in self._kept if kept.stream.is_usable and now < kept.until]
        reused = next((kept for kept in reversed(usable) if kept.destination == destination), None)
        if reused is not None:
            usable.remove(reused)
        elif len(usable) + self._asking > MOST_CONNECTIONS:
            del usable[0]
        for kept in self._kept:
            if kept is not reused and kept not in usable:
                kept.stream.hang_up()
        self._kept = usable
        return None if reused is None else reused.stream

    def _let_go(self, stream: Stream | None, destination: _Destination | None) -> None:
        """After a request; its connection is kept for others to the same destination, closed without one."""
        if stream is not None:
            self._used.discard(stream)
            if destination is not None and stream.is_usable:
                self._kept.append(_Kept(destination, stream, time.monotonic() + KEPT_ALIVE))
            else:
                stream.hang_up()
        self._asking -= 1
        self._turns.release()

    async def _opened(self, destination: _Destination, waits: Mapping[str, float | None]) -> Stream:
        near = destination.proxy or destination
        stream = await self._network.open(near.host, near.port, waits.get("connect"))
        try:
            if near.scheme == "https":  # A proxy is trusted as servers are.
                stream = await stream.start_tls(self._tls, near.host, waits.get("connect"))
            if destination.proxy is not None and destination.scheme == "https":
                await _open_tunnel(stream, destination, destination.proxy, waits)
                stream = await stream.start_tls(self._tls, destination.host, waits.get("connect"))
        except BaseException:
            stream.hang_up()
            raise
        return stream


class _Body(httpx.AsyncByteStream):
    def __init__(self, exchange: Exchange, end: Callable[[], None]) -> None:
        self._exchange = exchange
        self._end: Callable[[], None] | None = end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._exchange.body():
            yield part

    async def aclose(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()


def _content(request: httpx.Request) -> AsyncIterable[bytes]:
    # httpx gives an AsyncClient's requests no other.
    return cast(httpx.AsyncByteStream, request.stream)


def _sign_in(proxy: Proxy) -> _Headers:
    if proxy.sign_in is None:
        return []
    return [(b"Proxy-Authorization", b"Basic " + base64.b64encode(":".join(proxy.sign_in).encode()))]


async def _open_tunnel(
    stream: Stream, destination: _Destination, proxy: Proxy, waits: Mapping[str, float | None]
) -> None:
    headers = [(b"Host", destination.authority), (b"Accept", b"*/*"), *_sign_in(proxy)]
    answered = await Exchange(stream, waits).ask(
        "CONNECT", destination.authority, headers, httpx.ByteStream(b"")
    )
    if not 200 <= answered.status_code < 300:
        raise httpx.ProxyError(f"{answered.status_code} {answered.reason.decode('ascii', 'ignore')}")
