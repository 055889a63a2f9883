"""A real forward proxy on loopback: CONNECT for https, whole addresses for http, a sign-in if wanted."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TURNS = 20


@dataclass
class ForwardProxy:
    """What went through it; `sign_in` is the value of Proxy-Authorization it wants.

    `hosts`: where the names lead that it alone can resolve.
    """

    sign_in: str = ""
    hosts: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "http"
    port: int = 0
    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line = head.partition("\r\n")[0]
            self.lines.append(line)
            self.heads.append(head)
            if self.sign_in and f"proxy-authorization: {self.sign_in}".lower() not in head.lower():
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            else:
                await self._forward(line, head, reader, writer)
        await _closed(writer)

    async def _forward(
        self, line: str, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        method, target, version = line.split(" ")
        address = urlsplit(f"//{target}" if method == "CONNECT" else target)
        name = address.hostname or ""
        there, out = await asyncio.open_connection(self.hosts.get(name, name), address.port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = address.path + (f"?{address.query}" if address.query else "")
            out.write(head.replace(line, f"{method} {path} {version}", 1).encode("latin-1"))
        try:
            await asyncio.gather(pump(reader, out), pump(there, writer))
        finally:
            await _closed(out)


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Everything from `source` to `target`, until it ends."""
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    target.close()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError, TimeoutError):
        await writer.wait_closed()


@contextlib.asynccontextmanager
async def forward_proxy(
    sign_in: str = "", hosts: Mapping[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[ForwardProxy]:
    """A proxy that works until the body ends; spoken to by TLS where it has a context for it."""
    proxy = ForwardProxy(sign_in, hosts or {}, "http" if tls is None else "https")
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        task = asyncio.create_task(proxy.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            # Python 3.11.2 can't abort what TLS has closed.
            if not writer.is_closing():
                writer.transport.abort()
        for _ in range(TURNS):
            await asyncio.sleep(0)
