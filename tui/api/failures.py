"""No answer at all -> the error that says why: connection, TLS, time-out, proxy."""

import errno
import socket
import ssl
from urllib.parse import urlsplit

import httpx

from tui.api import client_certificate, errors
from tui.api.classify import Asked
from tui.api.lookups import LookUpTimedOutError
from tui.proxies import UnusableProxyError, current_way

_MOST_CAUSES = 8


def no_answer(
    error: OSError | UnicodeError | httpx.HTTPError | httpx.InvalidURL,
    asked: Asked,
    base_url: str,
    proxy: str,
) -> errors.LiveAgentError:
    """The error for what httpx, TLS or the clock raised; names the host, never the proxy's password."""
    address = urlsplit(base_url)
    host = address.netloc.rpartition("@")[2]
    causes = _causes(error)
    way = current_way(base_url, proxy).proxy
    by = "" if way is None else f", by way of the proxy {way.host}"
    if isinstance(error, httpx.ProxyError):
        unusable = next((cause for cause in causes if isinstance(cause, UnusableProxyError)), None)
        return errors.ProxyError(str(unusable) if unusable else _proxy_refusal(str(error), asked))
    unanswered = next((cause for cause in causes if isinstance(cause, LookUpTimedOutError)), None)
    if unanswered is not None:
        return errors.TimedOutError(not_looked_up(unanswered))
    if isinstance(error, httpx.ConnectTimeout):
        return errors.TimedOutError(
            f"{host} did not take the connection within 5 s{by}. Check the network, the VPN and the address."
        )
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return errors.TimedOutError(
            f'No answer of "{asked.environment}" ({host}) in time. The server is slow or overloaded.'
        )
    ours = client_certificate.by_alert(causes, host)
    if ours:
        return errors.TlsError(ours)
    if any(isinstance(cause, ssl.SSLError) for cause in causes) and isinstance(error, httpx.ConnectError):
        shown = host if way is None or way.scheme != "https" else f"{host}, or of its proxy {way.host},"
        return errors.TlsError(_tls(causes, host, shown))
    if isinstance(error, UnicodeError | httpx.InvalidURL | httpx.UnsupportedProtocol):
        return errors.ConnectionFailedError(
            f'The address of "{asked.environment}" can\'t be used. '
            "Mend url in the config: it begins with https://."
        )
    if isinstance(error, httpx.ConnectError):
        name = host if way is None else way.host
        return errors.ConnectionFailedError(_unreachable(causes, host, name, by))
    return errors.ConnectionFailedError(
        f'The connection to "{asked.environment}" ({host}) broke before the answer was complete{by}. '
        "Something on the way may have cut it; check the network and the VPN."
    )


def not_looked_up(error: LookUpTimedOutError) -> str:
    """The sentence for a name service that does not answer."""
    return (
        f"The name {error.name} could not be looked up in {error.seconds:g} s: the name service (DNS) does "
        "not answer. Check the network and the VPN."
    )


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(causes) < _MOST_CAUSES:
        causes.append(current)
        if isinstance(current, BaseExceptionGroup):
            current = current.exceptions[0]
        else:
            current = current.__cause__ or current.__context__
    return causes


def _tls(causes: list[BaseException], host: str, shown: str) -> str:
    refused = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if refused is None:
        return (
            f"{host} does not speak TLS the way we do. Is the address https://, and the port right? "
            "A server that wants a client certificate needs client_cert in the config."
        )
    text = f"{refused.verify_message or refused}".lower()
    if "expired" in text:
        return (
            f"The certificate of {shown} has expired. "
            "Its administrator must renew it; check this machine's clock."
        )
    if "hostname" in text or "ip address" in text or "not valid for" in text:
        return (
            f"The certificate of {shown} is another host's. Use the name it was made for, or have it renewed."
        )
    return (
        f"The certificate of {shown} is not trusted by this machine. If your company has its own authority, "
        "name its certificate as ca_file in the config."
    )


def _unreachable(causes: list[BaseException], host: str, looked_up: str, by: str) -> str:
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        of = " of the proxy" if by else ""
        return f"The name {looked_up}{of} is not known here. Check the address, the VPN and the DNS."
    refused = any(isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED for cause in causes)
    if refused or any("refused" in str(cause).lower() for cause in causes):
        return f"{host} refuses the connection{by}. It may be restarting, or the port is another."
    return f"{host} can't be reached{by}. Check the network and the VPN."


def _proxy_refusal(said: str, asked: Asked) -> str:
    if said.startswith("407"):
        return (
            f'The proxy on the way to "{asked.environment}" wants its own sign-in (407). '
            'Give it as proxy = "http://name:password@host:port" in the config, or in HTTPS_PROXY.'
        )
    status = said[:3] if said[:3].isdecimal() else ""
    if status:
        return (
            f'The proxy on the way to "{asked.environment}" refuses to connect us ({status}). '
            "Ask its administrator to let this address through."
        )
    return f'The proxy on the way to "{asked.environment}" does not answer as one does. Check its address.'
