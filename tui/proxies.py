"""Which proxy is on the way to a server: the config's, or the one of the program's environment; pure."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from tui.address import is_loopback

NONE = "none"
"""The config's word for going without."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_PORT = re.compile(r"[0-9]{1,5}")
_UNENCODED = re.compile(r"[/?#\[\]]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MEND = (
    "Write it as http://name:password@host:port, and percent-encode what is no letter or digit "
    "in the password (# is %23)."
)


@dataclass(frozen=True)
class Proxy:
    """A proxy that can be spoken to; `sign_in` is a name and a password."""

    scheme: str
    host: str
    port: int
    sign_in: tuple[str, str] | None = field(default=None, repr=False)


class Way(msgspec.Struct, frozen=True):
    """How a server is reached: by a proxy, directly (neither), or not at all for a `problem`, a sentence."""

    proxy: Proxy | None = None
    problem: str = ""


class UnusableProxyError(ValueError):
    """What is set as a proxy can't be one; says why and never what was set: a password may be in it."""


def current_way(url: str, proxy: str = "") -> Way:
    """As `way_to`, by this process's environment, and by the system's settings where that names no proxy."""
    environ: Mapping[str, str] = os.environ
    if not proxy and not any(name.lower().endswith("_proxy") for name in environ):
        # Not at the top: it brings a whole HTTP client, which start-up would wait for.
        from urllib.request import getproxies, proxy_bypass

        system = getproxies()
        if system and not proxy_bypass(urlsplit(url).hostname or ""):
            environ = {f"{scheme}_proxy": address for scheme, address in system.items()}
    return way_to(url, environ, proxy)


def way_to(url: str, environ: Mapping[str, str], proxy: str = "") -> Way:
    """How `url` is reached; `proxy` as in the config: empty, `none`, or an address.

    A proxy that is named and can't be used is never passed by: whoever set it may rely on it.
    """
    proxy = proxy.strip()
    if proxy == NONE:
        return Way()
    name, value = ("proxy in the config", proxy) if proxy else _of_the_environment(url, environ)
    if not value:
        return Way()
    try:
        return Way(parse(value))
    except UnusableProxyError as error:
        return Way(problem=f"{name} can't be used: {error}. {_MEND}")


def parse(value: str) -> Proxy:
    """The proxy that `value` names; raises UnusableProxyError."""
    value = value.strip()
    if value[:1] in ("'", '"') or value[-1:] in ("'", '"'):
        raise UnusableProxyError("there are quotes around it")
    if not value.isprintable() or " " in value or "\\" in value:
        raise UnusableProxyError("it holds a space or a sign that no address has")
    begun = _SCHEME.match(value)
    if begun is None and re.match(r"https?:", value, re.IGNORECASE):
        raise UnusableProxyError("two slashes are missing after its first colon")
    scheme = begun[1].lower() if begun else "http"
    if scheme.startswith("socks"):
        raise UnusableProxyError("it is a SOCKS proxy, and only HTTP proxies are supported")
    if scheme not in _DEFAULT_PORTS:
        raise UnusableProxyError("it must begin with http:// or https://")
    rest = value[begun.end() :] if begun else value
    user, has_user, place = rest.removesuffix("/").rpartition("@")
    bracketed = re.fullmatch(r"(\[[^\[\]]*\])(.*)", place)
    host, after = (bracketed[1], bracketed[2]) if bracketed else (place, "")
    if _UNENCODED.search(user) or _UNENCODED.search(after if bracketed else host):
        raise UnusableProxyError("one of the signs / ? # [ ] stands where none may")
    if bracketed:
        host = _ipv6(host[1:-1])
        colon, port = after[:1], after[1:]
        if colon not in ("", ":"):
            raise UnusableProxyError("its port is no number from 1 to 65535")
    else:
        host, _, port = host.partition(":")
        host = _ascii(host)
    name, _, password = user.partition(":")
    sign_in = (unquote(name), unquote(password)) if has_user else None
    return Proxy(scheme, host, _port(port) if port else _DEFAULT_PORTS[scheme], sign_in)


def _ipv6(text: str) -> str:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        raise UnusableProxyError("what stands in its brackets is no IPv6 address") from None
    return text


def _ascii(host: str) -> str:
    try:
        written = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        written = ""
    if not _HOST.fullmatch(written) or ".." in written:
        raise UnusableProxyError("it names no host")
    return written


def _port(text: str) -> int:
    if not _PORT.fullmatch(text) or not 0 < int(text) < 65_536:
        raise UnusableProxyError("its port is no number from 1 to 65535")
    return int(text)


def _of_the_environment(url: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The variable that counts for `url`, and its value; empty where none does."""
    parts = urlsplit(url)
    # A proxy would read the token in such a request, and nobody has named it for this machine itself.
    if parts.scheme == "http" and is_loopback(url):
        return "", ""
    if _is_left_out(parts, _variable(environ, "no_proxy")[1]):
        return "", ""
    named = _variable(environ, f"{parts.scheme}_proxy")
    return named if named[1] else _variable(environ, "all_proxy")


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """The variable of that name that is not empty; in small letters before any other spelling."""
    spelled = sorted(
        (variable for variable in environ if variable.lower() == name),
        key=lambda variable: (variable != name, variable),
    )
    return next(
        ((variable, environ[variable].strip()) for variable in spelled if environ[variable].strip()), ("", "")
    )


def _is_left_out(url: SplitResult, no_proxy: str) -> bool:
    """Whether NO_PROXY names the server: by name, domain, address or range, with a port or without."""
    host = _comparable(url.hostname or "")
    port = url.port or _DEFAULT_PORTS.get(url.scheme, 0)
    return any(_names(entry, host, port, url.scheme) for entry in re.split(r"[\s,]+", no_proxy) if entry)


def _names(entry: str, host: str, port: int, scheme: str) -> bool:
    if entry == "*":
        return True
    begun = _SCHEME.match(entry)
    if begun is not None:
        if begun[1].lower() != scheme:
            return False
        entry = entry[begun.end() :].rstrip("/")
    if _is_address_in(host, _bare(entry)):
        return True
    with_port = re.fullmatch(r"(\[[^\]]*\]|[^:]*):([0-9]{1,5})", entry)
    if with_port is not None:
        if int(with_port[2]) != port:
            return False
        entry = with_port[1]
    if _is_address_in(host, _bare(entry)):
        return True
    name = _comparable(entry.removeprefix("*").lstrip("."))
    return bool(name) and (host == name or (host.endswith(f".{name}") and not _is_address(host)))


def _bare(address: str) -> str:
    return address.replace("[", "").replace("]", "")


def _comparable(host: str) -> str:
    host = host.lower().rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_address_in(host: str, network: str) -> bool:
    """Whether `host` is an address, and that of `network` or in its range."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
        asked = ipaddress.ip_network(network.partition("%")[0], strict=False)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped and asked.version == 4:
        address = address.ipv4_mapped
    return address in asked
