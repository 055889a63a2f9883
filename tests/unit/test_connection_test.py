"""The connection test against real sockets: names, ports, TLS, and a served simulator."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import trustme

from tui.clock import SystemClock
from tui.config.model import Environment, TokenSource
from tui.redact import Secret
from tui.screens.connection_test import FoundSoFar, run_test, step_lines
from tui.simulator.demo import Demo, origin_of, token_of
from tui.simulator.serve import serving


def environment(url: str, token: str = token_of("trial")) -> Environment:
    return Environment(name="trial", url=url, token=TokenSource(held=Secret(token)))


async def outcome_of(configured: Environment, account_id: int | None = None) -> FoundSoFar:
    return await run_test(configured, SystemClock(), None, account_id, lambda _: None)


@contextlib.asynccontextmanager
async def simulator() -> AsyncIterator[str]:
    app = Demo(clock=SystemClock()).app(origin_of("trial"))
    assert app is not None
    async with serving(app) as url:
        yield url


@contextlib.asynccontextmanager
async def tls_server(authority: trustme.CA, name: str) -> AsyncIterator[int]:
    """A port that shakes hands and then hangs up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_every_step_of_a_good_connection_is_told() -> None:
    told: list[str] = []
    async with simulator() as url:
        outcome = await run_test(
            environment(url),
            SystemClock(),
            None,
            12346,
            lambda outcome: told.extend(
                key for key, step in outcome.steps.items() if step.state == "running"
            ),
        )
    assert outcome.good
    assert list(dict.fromkeys(told)) == ["name", "connection", "api", "token", "accounts", "counts"]
    assert outcome.steps["counts"].words.startswith("Support US:")
    assert {account.id for account in outcome.accounts} == {12345, 12346, 12390}
    assert set(outcome.zones) == {"Europe/Berlin", "America/New_York"}


async def test_a_token_the_server_refuses_is_told_at_its_own_step() -> None:
    async with simulator() as url:
        outcome = await outcome_of(environment(url, "wrong-token-1234"))
    assert [key for key, step in outcome.steps.items() if step.state == "bad"] == ["token"]
    assert outcome.steps["counts"].state == "waiting"
    assert "wrong-token" not in repr(outcome)


async def test_an_account_that_is_not_the_token_s_is_told() -> None:
    async with simulator() as url:
        outcome = await outcome_of(environment(url), 99)
    assert outcome.steps["counts"].state == "bad"
    assert "no member of account 99" in outcome.steps["counts"].words


async def test_a_token_that_can_t_be_had_is_told_before_anything_is_sent() -> None:
    async with simulator() as url:
        without_token = msgspec.structs.replace(
            environment(url), token=TokenSource(env="NO_SUCH_VARIABLE_HERE")
        )
        outcome = await outcome_of(without_token)
    assert outcome.steps["token"].state == "bad"
    assert "NO_SUCH_VARIABLE_HERE is not set" in outcome.steps["token"].words


async def test_a_closed_port_fails_at_the_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = await outcome_of(environment(f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert outcome.steps["name"].state == "good"
    assert outcome.steps["connection"].state == "bad"
    assert "refuses the connection" in outcome.steps["connection"].words
    assert "we ask again" not in outcome.steps["connection"].words


async def test_a_name_nobody_knows_fails_at_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = await outcome_of(environment("https://liveagent.invalid"))
    assert outcome.steps["name"].state == "bad"
    assert "is not known here" in outcome.steps["name"].words
    assert outcome.failed


async def test_a_certificate_nobody_vouches_for_is_told_with_the_mend() -> None:
    authority = trustme.CA()
    async with tls_server(authority, "127.0.0.1") as port:
        outcome = await outcome_of(environment(f"https://127.0.0.1:{port}"))
    assert outcome.steps["connection"].state == "bad"
    assert "ca_file" in outcome.steps["connection"].words


async def test_a_company_s_own_authority_is_trusted_by_ca_file(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with tls_server(authority, "127.0.0.1") as port:
        secure = environment(f"https://127.0.0.1:{port}")
        outcome = await outcome_of(msgspec.structs.replace(secure, ca_file=str(tmp_path / "ca.pem")))
    assert outcome.steps["connection"].state == "good"
    assert "TLSv1.3" in outcome.steps["connection"].words
    assert outcome.steps["api"].state == "bad"


async def test_with_a_proxy_the_first_steps_are_the_proxy_s() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{taken.getsockname()[1]}"
        proxied = msgspec.structs.replace(environment("https://liveagent.invalid"), proxy=proxy)
        outcome = await outcome_of(proxied)
    assert "the proxy 127.0.0.1" in outcome.steps["name"].words
    assert outcome.steps["connection"].state == "bad"


@pytest.mark.parametrize("width", [20, 74, 200])
def test_long_words_are_broken_to_the_width(width: int) -> None:
    outcome = FoundSoFar()
    bad = msgspec.structs.replace(outcome.steps["token"], state="bad", words="why and what to do " * 20)
    outcome.steps["token"] = bad
    lines = step_lines(outcome, width)
    assert len(lines) >= 6
    if width > 30:
        assert all(sum(len(part.text) for part in line) <= width for line in lines)
