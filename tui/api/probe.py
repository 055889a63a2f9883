"""The first steps of a connection by themselves: the name, the TCP connection, TLS."""

import asyncio
import contextlib
import ssl
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from tui.api import errors
from tui.api.classify import Asked
from tui.api.failures import no_answer
from tui.api.proxies import proxy_for
from tui.api.tls import TlsFileError, context_aside
from tui.clock import Clock
from tui.text import safe_line

SECONDS = 8.0
"""How long each step may take."""


class Target(msgspec.Struct, frozen=True):
    """Whom the first connection goes to: the server, or the proxy before it."""

    host: str
    port: int
    tls: bool
    proxy: bool = False


class Link(msgspec.Struct, frozen=True):
    """A connection that was made and let go again."""

    seconds: float
    """From the first packet to the end of the handshake."""
    tls: str = ""
    """The protocol agreed on, such as `TLSv1.3`; empty without TLS."""
    until: str = ""
    """When the certificate ends, as it says itself; empty where it was not verified."""


def target_of(base_url: str, proxy: str = "") -> Target:
    """Where the first packet goes; `proxy` as in the config: empty, `none`, or an address."""
    way = proxy_for(base_url, proxy)
    url = way or urlsplit(base_url)
    secure = url.scheme == "https"
    return Target(url.hostname or "", url.port or (443 if secure else 80), secure, proxy=way is not None)


async def look_up(
    target: Target, environment: str, base_url: str, clock: Clock, proxy: str = ""
) -> tuple[str, ...]:
    """The addresses of the target's name; raises ConnectionFailedError or TimedOutError."""
    loop = asyncio.get_running_loop()
    asked = Asked(environment, base_url)
    try:
        async with clock.timeout(SECONDS):
            found = await loop.getaddrinfo(target.host, target.port, type=1)
    except TimeoutError:
        raise errors.TimedOutError(
            f"The name {target.host} was not looked up within {SECONDS:.0f} s. Check the network and the DNS."
        ) from None
    except (OSError, UnicodeError) as error:
        raise no_answer(_connect_error(error), asked, base_url, proxy) from None
    return tuple(dict.fromkeys(safe_line(entry[4][0], limit=64) for entry in found))


async def connect(
    target: Target,
    environment: str,
    base_url: str,
    clock: Clock,
    *,
    proxy: str = "",
    ca_file: str | None = None,
    client_cert: str | None = None,
    verify: bool = True,
) -> Link:
    """Connect, shake hands where it is TLS, and hang up; raises a LiveAgentError."""
    asked = Asked(environment, base_url)
    tls: ssl.SSLContext | None = None
    if target.tls:
        try:
            tls = await context_aside(ca_file=ca_file, client_cert=client_cert, verify=verify)
        except TlsFileError as error:
            raise errors.TlsError(f"{error} Mend it in the config.") from None
    begun = clock.now()
    try:
        async with clock.timeout(SECONDS):
            _, writer = await asyncio.open_connection(
                target.host, target.port, ssl=tls, server_hostname=target.host if tls else None
            )
    except TimeoutError:
        raise no_answer(httpx.ConnectTimeout(""), asked, base_url, proxy) from None
    except (OSError, UnicodeError) as error:
        raise no_answer(_connect_error(error), asked, base_url, proxy) from None
    took = clock.now() - begun
    handshake: Any = writer.get_extra_info("ssl_object")
    version = "" if handshake is None else str(handshake.version() or "")
    certificate = None if handshake is None or not verify else handshake.getpeercert()
    until = str((certificate or {}).get("notAfter", ""))
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1.0):
            await writer.wait_closed()
    return Link(took, version, safe_line(until, limit=40))


def _connect_error(error: BaseException) -> httpx.ConnectError:
    wrapped = httpx.ConnectError("")
    wrapped.__cause__ = error
    return wrapped
