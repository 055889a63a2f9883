"""A TCP server that says exactly the bytes a test gives it."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Asked:
    """A request as it came, header names as they were spelled."""

    line: str
    headers: dict[str, str]
    connection: int

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


TLS_HELLO = b"\x16"

Speak = Callable[[Asked, asyncio.StreamWriter], Awaitable[bool]]
"""Answers one request; True keeps the connection open."""


@dataclass
class RawServer:
    speak: Speak
    greeting: bytes = b""
    """What it says to whoever connects."""
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        writer.write(self.greeting)
        try:
            keep = True
            while keep:
                start = await reader.readexactly(1)
                if start == TLS_HELLO:
                    writer.write(answer("", status="400 Bad Request"))
                    break
                head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                line, *rest = head.strip().split("\r\n")
                headers = dict(line.split(": ", 1) for line in rest)
                length = next((int(v) for k, v in headers.items() if k.lower() == "content-length"), 0)
                await reader.readexactly(length)
                asked = Asked(line, headers, number)
                self.asked.append(asked)
                keep = await self.speak(asked, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def raw_server(
    speak: Speak, *, tls: ssl.SSLContext | None = None, greeting: bytes = b""
) -> AsyncIterator[RawServer]:
    server = RawServer(speak, greeting)
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        task = asyncio.create_task(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        for _ in range(TURNS):
            await asyncio.sleep(0)


def answer(
    body: bytes | str = b"", *, status: str = "200 OK", kind: str = "application/json", **headers: str
) -> bytes:
    """The bytes of a whole answer; header names are given with `_` for `-`."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def always(data: bytes) -> Speak:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(data)
        return True

    return speak


TURNS = 20
"""Turns of the loop in which a connection that was cut, or never shaken hands on, is let go."""

META = '{"meta": {"mine_count": 3, "assigned_count": 99, "unassigned_count": 162, "all_count": 261}}'
SIGN_IN = answer(
    '{"errors": ["You need to sign in or sign up before continuing."]}', status="401 Unauthorized"
)
