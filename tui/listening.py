"""Where a server of ours listens, and who can reach it there."""

import argparse
import contextlib
import ipaddress


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
