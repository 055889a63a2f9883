"""How servers say that they want a client certificate, or not this one: by a TLS alert, or by a page."""

import ssl
from collections.abc import Iterable

_WANTED = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
_REFUSED = frozenset(
    {
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV1_ALERT_UNKNOWN_CA",
    }
)
_PAGE_WANTED = b"no required ssl certificate was sent"
_PAGE_REFUSED = b"the ssl certificate error"
_READ = 2_048
"""Bytes of a page that are looked at."""


def by_alert(causes: Iterable[BaseException], server: str) -> str:
    """What an alert among `causes` says of our certificate; empty where none does."""
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            if cause.reason == _WANTED:
                return _wanted(server)
            if cause.reason in _REFUSED:
                return _refused(server)
    return ""


def by_page(body: bytes, server: str) -> str:
    """What nginx's page, which comes with 400, says of our certificate; empty where it says nothing."""
    page = body[:_READ].lower()
    if _PAGE_WANTED in page:
        return _wanted(server)
    return _refused(server) if _PAGE_REFUSED in page else ""


def _wanted(server: str) -> str:
    return (
        f"{server} wants a client certificate. "
        "Name the PEM file with yours and its key as client_cert in the config."
    )


def _refused(server: str) -> str:
    return (
        f"{server} does not take our client certificate. "
        "The file of client_cert may have expired, or be of an authority this server does not know."
    )
