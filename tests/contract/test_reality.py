"""Networks as they are: a forward proxy before TLS, IPv6, odd certificates, proxies that drop headers."""

import asyncio
import base64
import datetime
import socket
import ssl
from pathlib import Path

import pytest
import trustme

from tests.contract.asking import TOKEN, client_of, failure
from tests.contract.forward import forward_proxy
from tests.contract.server import META, SIGN_IN, Asked, always, answer, raw_server
from tests.contract.test_network import authority, server_context
from tui.api import errors
from tui.api.client import HeaderForm

__all__ = ["authority"]
PASSED = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


async def test_https_goes_through_a_forward_proxy_that_never_sees_the_token(
    authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, file = authority
    async with (
        raw_server(always(answer(META)), tls=server_context(made)) as server,
        forward_proxy() as proxy,
        forward_proxy() as other,
    ):
        url = server.url.replace("http:", "https:")
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with client_of(url, ca_file=file) as client:
            assert (await client.counts(1)).value.all == 261
        assert proxy.lines == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
        assert TOKEN not in "".join(proxy.heads)
        async with client_of(url, ca_file=file, proxy=other.url) as client:
            await client.counts(1)
        async with client_of(url, ca_file=file, proxy="none") as client:
            await client.counts(1)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        async with client_of(url, ca_file=file) as client:
            await client.counts(1)
        assert (len(proxy.lines), len(other.lines), len(server.asked)) == (1, 1, 4)


@pytest.mark.parametrize("named", ["in the config", "by the environment"])
async def test_a_proxy_spoken_to_by_tls_is_trusted_as_servers_are(
    authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    made, file = authority
    tls = server_context(made)
    async with raw_server(always(answer(META)), tls=tls) as server, forward_proxy(tls=tls) as proxy:
        url = server.url.replace("http:", "https:")
        if named == "by the environment":
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        given = "" if named == "by the environment" else proxy.url
        async with client_of(url, ca_file=file, proxy=given) as client:
            assert (await client.counts(1)).value.all == 261
        assert proxy.lines == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
        async with client_of(url, proxy=given) as client:
            error = await failure(client.counts(1), errors.TlsError)
    assert "or of its proxy 127.0.0.1, is not trusted by this machine" in str(error)


async def test_a_proxy_that_wants_a_sign_in_is_told_apart_and_given_one(
    authority: tuple[trustme.CA, Path],
) -> None:
    made, file = authority
    word = "Basic " + base64.b64encode(b"ada:pw-hunter2").decode()
    async with (
        raw_server(always(answer(META)), tls=server_context(made)) as server,
        forward_proxy(sign_in=word) as proxy,
    ):
        url = server.url.replace("http:", "https:")
        async with client_of(url, ca_file=file, proxy=proxy.url) as client:
            error = await failure(client.counts(1), errors.ProxyError)
        assert "407" in str(error)
        assert not server.asked
        with_name = proxy.url.replace("http://", "http://ada:pw-hunter2@")
        async with client_of(url, ca_file=file, proxy=with_name) as client:
            assert (await client.counts(1)).value.all == 261


async def test_a_certificate_that_is_refused_says_why_also_behind_a_proxy(
    authority: tuple[trustme.CA, Path],
) -> None:
    made, file = authority
    context = server_context(made, "other.example")
    async with raw_server(always(answer(META)), tls=context) as server, forward_proxy() as proxy:
        url = server.url.replace("http:", "https:")
        async with client_of(url, ca_file=file, proxy=proxy.url) as client:
            error = await failure(client.counts(1), errors.TlsError)
    assert "another host's" in str(error)


async def test_an_expired_certificate_is_told_as_such(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1", not_before=PASSED, not_after=PASSED).configure_cert(context)
    async with (
        raw_server(always(answer(META)), tls=context) as server,
        client_of(server.url.replace("http:", "https:"), ca_file=file) as client,
    ):
        error = await failure(client.counts(1), errors.TlsError)
    assert "has expired" in str(error)
    assert not server.asked


async def test_the_server_is_told_which_host_is_meant(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    context = server_context(made, "localhost")
    named: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    async with (
        raw_server(always(answer(META)), tls=context) as server,
        client_of(f"https://localhost:{server.port}", ca_file=file) as client,
    ):
        await client.counts(1)
    assert named == ["localhost"]


async def test_an_address_of_ipv6() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        hosts.append(asked.headers["Host"])
        writer.write(answer(META))
        return True

    hosts: list[str] = []
    try:
        probe = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this host has no IPv6 on loopback")
    with probe:
        port = probe.getsockname()[1]
    async with raw_server(speak) as server:
        listening = await asyncio.start_server(server.serve, "::1", port)
        async with listening, client_of(f"http://[::1]:{port}") as client:
            assert (await client.counts(1)).value.all == 261
    assert hosts == [f"[::1]:{port}"]


async def test_a_reverse_proxy_that_drops_underscored_headers_costs_one_request_once() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        passed = {name: value for name, value in asked.headers.items() if "_" not in name}
        writer.write(answer(META) if TOKEN in passed.values() else SIGN_IN)
        return True

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(3):
            await client.counts(1)
        assert len(server.asked) == 4
        assert client.header_form is HeaderForm.HYPHENATED


async def test_a_connection_closed_while_idle_is_no_failure() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer(META))
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        for _ in range(4):
            assert (await client.counts(1)).value.all == 261
            await asyncio.sleep(0)
    assert server.connections >= 4
