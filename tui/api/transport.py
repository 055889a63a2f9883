"""httpx's requests over connections of ours: by the right proxy, and not kept where answers are mixed up."""

import contextlib
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import Any

import httpcore
import httpx

from tui.api.network import Network, Stream, settled
from tui.proxies import Proxy, UnusableProxyError, current_way

AnyTransport = httpx.AsyncBaseTransport
"""What carries requests: ours, or the simulator in its place. The name under which others speak of it."""
MOST_CONNECTIONS = 4
KEPT_ALIVE = 15.0
"""Seconds; the server closes what idles for 20."""
_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProxyError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


class Transport(httpx.AsyncBaseTransport):
    """The connections of one environment; `proxy` as in the config: empty, `none`, or an address."""

    def __init__(self, tls: ssl.SSLContext, proxy: str) -> None:
        self._tls = tls
        self._proxy = proxy
        self._network = Network()
        self._pools: dict[Proxy | None, httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; raises httpx's errors, a ProxyError with UnusableProxyError as its cause among them."""
        pool = self._pool_to(request.url)
        asked = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _errors_of_httpx():
            answered = await pool.handle_async_request(asked)
        return httpx.Response(
            answered.status,
            headers=answered.headers,
            stream=_Body(answered.stream),
            extensions=answered.extensions,
        )

    async def has_surplus(self, response: httpx.Response) -> bool:
        """Whether more than the answer came, once it is read to its end."""
        await settled()
        stream = response.extensions.get("network_stream")
        return isinstance(stream, Stream) and stream.has_surplus

    def keep_no_connections(self) -> None:
        """Answers have come to the wrong requests: each one gets a connection of its own from here on."""
        self._network.keeps_connections = False

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()

    def _pool_to(self, url: httpx.URL) -> httpcore.AsyncConnectionPool:
        way = current_way(f"{url.scheme}://{url.netloc.decode('ascii')}", self._proxy)
        if way.problem:
            raise httpx.ProxyError(way.problem) from UnusableProxyError(way.problem)
        if way.proxy not in self._pools:
            self._pools[way.proxy] = self._pool_by(way.proxy)
        return self._pools[way.proxy]

    def _pool_by(self, proxy: Proxy | None) -> httpcore.AsyncConnectionPool:
        kept: dict[str, Any] = {
            "ssl_context": self._tls,
            "max_connections": MOST_CONNECTIONS,
            "max_keepalive_connections": MOST_CONNECTIONS,
            "keepalive_expiry": KEPT_ALIVE,
            "network_backend": self._network,
        }
        if proxy is None:
            return httpcore.AsyncConnectionPool(**kept)
        return httpcore.AsyncHTTPProxy(
            httpcore.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/"),
            proxy_auth=proxy.sign_in and (proxy.sign_in[0].encode(), proxy.sign_in[1].encode()),
            # It is trusted as servers are.
            proxy_ssl_context=self._tls if proxy.scheme == "https" else None,
            **kept,
        )


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors_of_httpx():
            stream: AsyncIterable[bytes] = self._stream
            async for part in stream:
                yield part

    async def aclose(self) -> None:
        with _errors_of_httpx():
            await self._stream.aclose()


@contextlib.contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """httpcore's errors as those of the same name of httpx."""
    try:
        yield
    except _ERRORS as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
