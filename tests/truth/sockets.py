"""A simulated installation behind a real socket, with every fault of the simulator in real bytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx

from tui.clock import Clock
from tui.simulator.app import App
from tui.simulator.faults import FaultPlan
from tui.simulator.transport import SimulatorTransport

_WRITTEN_BY_US = (b"content-length", b"transfer-encoding")


@contextlib.asynccontextmanager
async def on_a_socket(app: App, clock: Clock, faults: FaultPlan) -> AsyncIterator[str]:
    """The base URL of `app`, until the body ends; what the transport raises cuts the connection."""
    transport = SimulatorTransport(lambda _: app, clock, faults=faults)
    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve(transport, reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(
    transport: SimulatorTransport, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            await _answer(transport, await _asked(reader), writer)
    except (ConnectionError, asyncio.IncompleteReadError, httpx.TransportError):
        pass
    finally:
        writer.transport.abort()


async def _asked(reader: asyncio.StreamReader) -> httpx.Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip()
    line, *rest = head.split("\r\n")
    method, target, _ = line.split(" ")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in rest)]
    size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    host = next(value for name, value in headers if name.lower() == "host")
    return httpx.Request(
        method, f"http://{host}{target}", headers=headers, content=await reader.readexactly(size)
    )


async def _answer(
    transport: SimulatorTransport, request: httpx.Request, writer: asyncio.StreamWriter
) -> None:
    answer = await transport.handle_async_request(request)
    lines = [b"HTTP/1.1 %d Said" % answer.status_code, b"Transfer-Encoding: chunked"]
    lines += [
        name + b": " + value for name, value in answer.headers.raw if name.lower() not in _WRITTEN_BY_US
    ]
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
    async for piece in answer.aiter_raw():
        if piece:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
