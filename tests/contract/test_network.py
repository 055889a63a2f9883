"""Certificates and proxies between the client and a real TCP server on loopback."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from tests.contract.asking import client_of, failure
from tests.contract.server import META, Asked, always, answer, raw_server
from tui.api import errors


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    file = tmp_path / "ca.pem"
    made.cert_pem.write_to_path(str(file))
    return made, file


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(made)
    return made


async def test_tls_with_the_company_s_authority(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    async with raw_server(always(answer(META)), tls=server_context(made)) as server:
        url = server.url.replace("http:", "https:")
        async with client_of(url, ca_file=file) as client:
            assert (await client.counts(1)).value.all == 261
        async with client_of(url, verify=False) as client:
            assert (await client.counts(1)).value.all == 261
        async with client_of(url) as client:
            error = await failure(client.counts(1), errors.TlsError)
        assert "ca_file" in str(error)


async def test_tls_for_another_name(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    async with (
        raw_server(always(answer(META)), tls=server_context(made, "other.example")) as server,
        client_of(server.url.replace("http:", "https:"), ca_file=file) as client,
    ):
        error = await failure(client.counts(1), errors.TlsError)
    assert "another host's" in str(error)


async def test_plain_http_where_tls_was_meant() -> None:
    async with (
        raw_server(always(answer(META))) as server,
        client_of(server.url.replace("http:", "https:")) as client,
    ):
        await failure(client.counts(1), errors.TlsError)


async def test_a_client_certificate_is_shown(authority: tuple[trustme.CA, Path], tmp_path: Path) -> None:
    made, file = authority
    mine = tmp_path / "me.pem"
    made.issue_cert("ada@desk.example").private_key_and_cert_chain_pem.write_to_path(str(mine))
    wanting = server_context(made)
    made.configure_trust(wanting)
    wanting.verify_mode = ssl.CERT_REQUIRED
    async with (
        raw_server(always(answer(META)), tls=wanting) as server,
        client_of(server.url.replace("http:", "https:"), ca_file=file, client_cert=mine) as client,
    ):
        assert (await client.counts(1)).value.all == 261


@pytest.mark.parametrize("name", ["ca_file", "client_cert"])
async def test_a_certificate_file_that_is_none(name: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    for file in (wrong, tmp_path / "missing.pem"):
        ca_file, client_cert = (file, None) if name == "ca_file" else (None, file)
        async with client_of("https://127.0.0.1:9", ca_file=ca_file, client_cert=client_cert) as client:
            error = await failure(client.counts(1), errors.TlsError)
        assert name in str(error)


async def test_the_same_host_over_https_is_followed_and_told(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    async with raw_server(always(answer(META)), tls=server_context(made)) as secure:

        async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
            there = f"https://127.0.0.1:{secure.port}{asked.path}"
            writer.write(answer("", status="301 Moved Permanently", Location=there))
            return True

        async with raw_server(speak) as plain, client_of(plain.url, ca_file=file) as client:
            await failure(client.counts(1), errors.RedirectRefusedError)
    assert not secure.asked


async def test_the_environment_s_proxy_is_used_and_its_407_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer("", status="407 Proxy Authentication Required"))
        return False

    async with raw_server(speak) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://ada:pw-hunter2@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("HTTPS_PROXY", f"http://ada:pw-hunter2@127.0.0.1:{proxy.port}")
        for url in ("http://desk.example", "https://desk.example"):
            async with client_of(url) as client:
                error = await failure(client.counts(1), errors.ProxyError)
            assert "407" in str(error)
            assert "hunter2" not in str(error)
    assert [asked.line.split(" ")[0] for asked in proxy.asked] == ["GET", "CONNECT"]
    assert "api_access_token" not in proxy.asked[1].headers


async def test_a_proxy_of_the_config_none_and_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(always(answer(META))) as server, raw_server(always(answer(META))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        async with client_of(server.url, proxy="none") as client:
            await client.counts(1)
        async with client_of(server.url, proxy=f"http://127.0.0.1:{proxy.port}") as client:
            await client.counts(1)
        assert (len(server.asked), len(proxy.asked)) == (1, 1)
        async with client_of("http://desk.example") as client:
            error = await failure(client.counts(1), errors.ConnectionFailedError)
        assert "by way of the proxy 127.0.0.1" in str(error)
        monkeypatch.setenv("NO_PROXY", "desk.example")
        async with client_of("http://desk.example") as client:
            error = await failure(client.counts(1), errors.ConnectionFailedError)
        assert "proxy" not in str(error)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_no_proxy_of_the_environment_sees_what_goes_to_this_machine_in_the_clear(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with raw_server(always(answer(META))) as server, raw_server(always(answer(META))) as proxy:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with client_of(f"http://{host}:{server.port}") as client:
            await client.counts(1)
        assert (len(server.asked), len(proxy.asked)) == (1, 0)


async def test_a_name_that_is_no_international_one_is_an_address_that_can_not_be_used() -> None:
    async with client_of("https://xn--a-ecp.invalid") as client:
        error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert "can't be used" in str(error)


@pytest.mark.parametrize("proxy", ["socks9://x", "http://[", "socks5://127.0.0.1:1"])
async def test_a_proxy_that_can_not_be_used(proxy: str) -> None:
    async with client_of("http://desk.example", proxy=proxy) as client:
        error = await failure(client.counts(1), errors.ProxyError)
    assert "can't be used" in str(error)
