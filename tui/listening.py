"""Where a server of ours listens, who can reach it there, and what ends it."""

import argparse
import asyncio
import contextlib
import ipaddress
import signal


def address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, `[::1]:PORT` or `:PORT` for this machine alone; raises argparse.ArgumentTypeError."""
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise argparse.ArgumentTypeError(f'"{text}" is not HOST:PORT, such as 127.0.0.1:8321')
    return host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port)


def stays_here(host: str) -> bool:
    """Whether `host` is an address of this machine that no other one can reach."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    return host.lower().rstrip(".") == "localhost"


def shown(host: str, port: int) -> str:
    """Both as they stand in an address: `[::1]:9464`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def ending() -> "asyncio.Future[int]":
    """Done with the number of the first SIGINT or SIGTERM; for a coroutine in the main thread."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def tell(number: int) -> None:
        if not ended.done():
            ended.set_result(number)

    def end(number: int, _: object) -> None:
        with contextlib.suppress(RuntimeError):  # It has ended already.
            loop.call_soon_threadsafe(tell, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return ended
