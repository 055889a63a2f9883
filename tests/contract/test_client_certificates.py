"""Servers that want a client certificate, or not this one, say so in four ways; each is told plainly."""

import datetime
import ssl
from pathlib import Path

import pytest
import trustme

from tests.contract.asking import client_of, failure
from tests.contract.blunt_tls import MEANINGLESS, blunt_tls
from tests.contract.server import always, answer, raw_server
from tests.contract.test_network import authority, server_context
from tui.api import errors

__all__ = ["authority"]
PASSED = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
NGINX = (
    "<html><head><title>400 {0}</title></head><body><center><h1>400 Bad Request</h1></center></body></html>"
)
EVERY_TLS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]

Authority = tuple[trustme.CA, Path]


def wanting(made: trustme.CA, trusted: trustme.CA, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = server_context(made)
    trusted.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    return context


@pytest.mark.parametrize("version", EVERY_TLS)
async def test_none_where_one_is_wanted(authority: Authority, version: ssl.TLSVersion) -> None:
    made, file = authority
    with blunt_tls(wanting(made, made, version)) as url:
        async with client_of(url, ca_file=file) as client:
            error = await failure(client.counts(1), errors.TlsError)
    assert "client_cert in the config" in str(error)


@pytest.mark.parametrize("version", EVERY_TLS)
@pytest.mark.parametrize("expired", [False, True])
async def test_one_that_is_refused(
    authority: Authority, tmp_path: Path, version: ssl.TLSVersion, *, expired: bool
) -> None:
    made, file = authority
    theirs = made if expired else trustme.CA()
    until = PASSED if expired else None
    mine = tmp_path / "me.pem"
    leaf = theirs.issue_cert("ada@desk.example", not_before=until, not_after=until)
    leaf.private_key_and_cert_chain_pem.write_to_path(str(mine))
    with blunt_tls(wanting(made, made, version)) as url:
        async with client_of(url, ca_file=file, client_cert=mine) as client:
            error = await failure(client.counts(1), errors.TlsError)
    assert "does not take our client certificate" in str(error)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("No required SSL certificate was sent", "wants a client certificate"),
        ("The SSL certificate error", "does not take our client certificate"),
    ],
)
async def test_the_page_that_nginx_sends(said: str, told: str) -> None:
    page = answer(NGINX.format(said), status="400 Bad Request", kind="text/html")
    async with raw_server(always(page)) as server, client_of(server.url) as client:
        error = await failure(client.counts(1), errors.TlsError)
    assert told in str(error)


async def test_a_connection_damaged_below_tls_is_one_that_broke(authority: Authority) -> None:
    made, file = authority
    with blunt_tls(server_context(made), then=MEANINGLESS) as url:
        async with client_of(url, ca_file=file) as client:
            error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert "broke before the answer was complete" in str(error)
