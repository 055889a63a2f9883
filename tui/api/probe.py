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
from tui.api.failures import no_answer, not_looked_up
from tui.api.lookups import LookUpTimedOutError, addresses
from tui.api.network import connect as connected
from tui.api.tls import TlsFileError, context_aside
from tui.clock import Clock
from tui.proxies import current_way
from tui.text import safe_line

SECONDS = 8.0
"""How long connecting may take; looking up the name has its own bound."""


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
    """Where the first packet goes; `proxy` as in the config: empty, `none`, or an address.

    Raises ProxyError where the proxy that is set can't be used.
    """
    way = current_way(base_url, proxy)
    if way.problem:
        raise errors.ProxyError(way.problem)
    if way.proxy is not None:
        return Target(way.proxy.host, way.proxy.port, way.proxy.scheme == "https", proxy=True)
    url = urlsplit(base_url)
    secure = url.scheme == "https"
    return Target(url.hostname or "", url.port or (443 if secure else 80), secure)


async def look_up(target: Target, environment: str, base_url: str, proxy: str = "") -> tuple[str, ...]:
    """The addresses of the target's name; raises ConnectionFailedError or TimedOutError."""
    try:
        places = await addresses(target.host, target.port)
    except LookUpTimedOutError as error:
        raise errors.TimedOutError(not_looked_up(error)) from None
    except (OSError, UnicodeError) as error:
        asked = Asked(environment, base_url)
        raise no_answer(_connect_error(error), asked, base_url, proxy) from None
    return tuple(dict.fromkeys(safe_line(place[0], limit=64) for _, place in places))


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
        places = await addresses(target.host, target.port)
        async with clock.timeout(SECONDS):
            joined = await connected(places)
            _, writer = await asyncio.open_connection(
                sock=joined, ssl=tls, server_hostname=target.host if tls else None
            )
    except LookUpTimedOutError as error:
        raise errors.TimedOutError(not_looked_up(error)) from None
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
