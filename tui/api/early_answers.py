"""Answers before the answer (1xx): httpcore reads any number of them, on the event loop."""

import re
from typing import Any

import httpcore

MOST = 8
"""Answers of 1xx to one request; real servers send none, or one."""
_START = re.compile(rb"HTTP/\d\.\d ([1-9])")
_LONGEST_START = 10


async def watch(event: str, info: dict[str, Any]) -> None:
    """The `trace` of a request: every connection made for it is looked at as it is read.

    Where more than `MOST` early answers come, reading raises httpcore.RemoteProtocolError.
    """
    if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
        _watch(info["return_value"])


def _watch(stream: httpcore.AsyncNetworkStream) -> None:
    read, write = stream.read, stream.write
    early: int | None = None
    tail = b""

    async def watched_read(max_bytes: int, timeout: float | None = None) -> bytes:
        nonlocal early, tail
        data = await read(max_bytes, timeout)
        if early is not None:
            for start in _START.finditer(tail + data):
                if start[1] != b"1":
                    # What a body says of HTTP is its own business.
                    early = None
                    break
                early += 1
                if early > MOST:
                    raise httpcore.RemoteProtocolError("too many early answers")
            tail = data[-_LONGEST_START:]
        return data

    async def watched_write(buffer: bytes, timeout: float | None = None) -> None:
        nonlocal early, tail
        early, tail = 0, b""
        await write(buffer, timeout)

    # The way httpcore lends its streams to a trace; it takes no class of ours without private names.
    stream.read = watched_read  # type: ignore[method-assign]
    stream.write = watched_write  # type: ignore[method-assign]
