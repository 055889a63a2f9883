"""TLS before a plain server: what a company's load balancer does, with a certificate of the test."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.contract.forward import pump


@dataclass
class TlsFront:
    """Where it listens, and what it was asked for by whom."""

    port: int = 0
    names: list[str | None] = field(default_factory=list)
    """The host that each client named in its hello (SNI)."""
    connections: int = 0
    """Those whose hand was shaken."""


@contextlib.asynccontextmanager
async def tls_front(behind: str, tls: ssl.SSLContext, host: str = "127.0.0.1") -> AsyncIterator[TlsFront]:
    """Take TLS off what comes in and hand it to `behind`, a base URL, until the body ends."""
    front = TlsFront()
    tls.sni_callback = lambda _socket, name, _context: front.names.append(name)
    address = urlsplit(behind)
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        front.connections += 1
        there, out = await asyncio.open_connection(address.hostname, address.port)
        try:
            await asyncio.gather(pump(reader, out), pump(there, writer))
        finally:
            out.transport.abort()
            # Python 3.11.2 can't abort what TLS has closed.
            if not writer.is_closing():
                writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(connected(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(begin, host, 0, ssl=tls)
    front.port = listening.sockets[0].getsockname()[1]
    try:
        yield front
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
