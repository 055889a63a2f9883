"""The installed command on networks as they are: private authorities, proxies, client certificates, IPv6."""

import asyncio
import base64
import json
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from tests.contract.blunt_tls import blunt_tls
from tests.contract.forward import forward_proxy
from tests.contract.test_client_certificates import wanting
from tests.contract.test_network import authority, server_context
from tests.contract.tls_front import TlsFront, tls_front
from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tui.simulator.app import App
from tui.simulator.demo import token_of

__all__ = ["authority"]
COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
TOKEN = token_of("onprem")
HOST = "liveagent.desk.example"
"""A name that no resolver of this machine knows: the proxy alone can reach it."""
PASSWORD = "pw-hunter2"
SIGN_IN = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
PATIENCE = 120.0
DEAD = "http://127.0.0.1:9"

Authority = tuple[trustme.CA, Path]


class Ran(NamedTuple):
    code: int
    said: str


@pytest.fixture(scope="module")
def behind() -> Iterator[str]:
    """A Live Agent behind a reverse proxy that drops headers with underscores, as nginx does."""
    with served("onprem", lambda world: App(world, underscored_headers=False)) as address:
        yield address


@asynccontextmanager
async def secured(
    behind: str, made: trustme.CA, name: str = "127.0.0.1", *, wants_certificate: bool = False
) -> AsyncIterator[TlsFront]:
    context = server_context(made, name)
    if wants_certificate:
        made.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    async with tls_front(behind, context, "::1" if name == "::1" else "127.0.0.1") as front:
        yield front


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(config: Path, url: str, **settings: str | Path) -> None:
    lines = ["[environments.desk]", f'url = "{url}"', 'token = { env = "DESK_TOKEN" }']
    lines += [f'{name} = "{value}"' for name, value in settings.items()]
    config.write_text("\n".join(lines), encoding="utf-8")
    config.chmod(0o600)


async def run(config: Path, *words: str, **variables: str) -> Ran:
    """Run the command; what it said on both outputs holds no secret, whatever came of it."""
    process = await asyncio.create_subprocess_exec(
        COMMAND, *words, "--config", str(config),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "DESK_TOKEN": TOKEN, **variables},
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    said = output.decode()
    assert "Traceback" not in said
    assert TOKEN not in said
    assert PASSWORD not in said
    return Ran(process.returncode or 0, said)


async def unassigned(config: Path, **variables: str) -> int:
    """How many wait by `snapshot`, all of whose figures are live."""
    ran = await run(config, "snapshot", "--format", "json", **variables)
    assert ran.code == 0, ran.said
    return int(json.loads(ran.said)["accounts"][0]["figures"]["unassigned"]["value"])


async def failed(config: Path, **variables: str) -> str:
    """The first sentence of `check` that says what fails; `snapshot` ends with 1 as well, without figures."""
    asked = await run(config, "snapshot", **variables)
    assert asked.code == 1, asked.said
    ran = await run(config, "check", "--json", **variables)
    assert ran.code == 1, ran.said
    return next(str(finding["words"]) for finding in json.loads(ran.said) if finding["verdict"] == "fail")


async def test_a_private_authority_by_file_by_the_machines_store_and_not_at_all(
    behind: str, authority: Authority, config: Path
) -> None:
    made, file = authority
    async with secured(behind, made) as front:
        url = f"https://127.0.0.1:{front.port}"
        write(config, url, ca_file=file)
        assert await unassigned(config) > 0
        assert (await run(config, "check")).code == 0
        write(config, url)
        assert await unassigned(config, SSL_CERT_FILE=str(file)) > 0
        assert "is not trusted by this machine" in await failed(config)


async def test_a_host_that_the_proxy_alone_can_reach(behind: str, authority: Authority, config: Path) -> None:
    made, file = authority
    hosts = {HOST: "127.0.0.1"}
    async with secured(behind, made, HOST) as front, forward_proxy(hosts=hosts) as proxy:
        write(config, f"https://{HOST}:{front.port}", ca_file=file)
        assert await unassigned(config, HTTPS_PROXY=proxy.url) > 0
        assert (await run(config, "check", HTTPS_PROXY=proxy.url)).code == 0
        assert set(proxy.lines) == {f"CONNECT {HOST}:{front.port} HTTP/1.1"}
        assert TOKEN not in "".join(proxy.heads)
        assert set(front.names) == {HOST}


async def test_a_proxy_that_wants_its_own_sign_in(behind: str, authority: Authority, config: Path) -> None:
    made, file = authority
    async with secured(behind, made) as front, forward_proxy(sign_in=SIGN_IN) as proxy:
        url = f"https://127.0.0.1:{front.port}"
        write(config, url, ca_file=file, proxy=proxy.url)
        assert "wants its own sign-in (407)" in await failed(config)
        assert front.connections == 0
        write(config, url, ca_file=file, proxy=proxy.url.replace("//", f"//ada:{PASSWORD}@"))
        assert await unassigned(config) > 0


async def test_a_proxy_is_left_out_where_the_environment_or_no_proxy_says_so(
    behind: str, authority: Authority, config: Path
) -> None:
    made, file = authority
    async with secured(behind, made) as front:
        url = f"https://127.0.0.1:{front.port}"
        write(config, url, ca_file=file)
        assert "by way of the proxy 127.0.0.1" in await failed(config, HTTPS_PROXY=DEAD)
        assert await unassigned(config, HTTPS_PROXY=DEAD, NO_PROXY="127.0.0.1") > 0
        write(config, url, ca_file=file, proxy="none")
        assert await unassigned(config, HTTPS_PROXY=DEAD) > 0


async def test_a_server_that_wants_a_client_certificate(
    behind: str, authority: Authority, config: Path, tmp_path: Path
) -> None:
    made, file = authority
    mine = tmp_path / "me.pem"
    made.issue_cert("ada@desk.example").private_key_and_cert_chain_pem.write_to_path(str(mine))
    with blunt_tls(wanting(made, made, ssl.TLSVersion.TLSv1_3)) as url:
        write(config, url, ca_file=file)
        assert "wants a client certificate" in await failed(config)
    async with secured(behind, made, wants_certificate=True) as front:
        write(config, f"https://127.0.0.1:{front.port}", ca_file=file, client_cert=mine)
        assert await unassigned(config) > 0


async def test_another_hosts_certificate(behind: str, authority: Authority, config: Path) -> None:
    made, file = authority
    async with secured(behind, made, "other.example") as front:
        write(config, f"https://127.0.0.1:{front.port}", ca_file=file)
        assert "another host's" in await failed(config)


async def test_an_address_of_ipv6_with_tls(behind: str, authority: Authority, config: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this host has no IPv6 on loopback")
    made, file = authority
    async with secured(behind, made, "::1") as front:
        write(config, f"https://[::1]:{front.port}", ca_file=file)
        assert await unassigned(config) > 0
        assert (await run(config, "check")).code == 0


async def test_the_monitor_behind_all_of_them_at_once(
    behind: str, authority: Authority, config: Path, tmp_path: Path
) -> None:
    made, file = authority
    mine = tmp_path / "me.pem"
    made.issue_cert("ada@desk.example").private_key_and_cert_chain_pem.write_to_path(str(mine))
    async with (
        secured(behind, made, HOST, wants_certificate=True) as front,
        forward_proxy(SIGN_IN, {HOST: "127.0.0.1"}) as proxy,
    ):
        with_name = proxy.url.replace("//", f"//ada:{PASSWORD}@")
        url = f"https://{HOST}:{front.port}"
        write(config, url, ca_file=file, client_cert=mine, proxy=with_name)
        raw = await asyncio.to_thread(_watched, config)
    assert TOKEN.encode() not in raw
    assert PASSWORD.encode() not in raw
    assert TOKEN not in "".join(proxy.heads)


def _watched(config: Path) -> bytes:
    """What the monitor wrote until figures stood on its screen and it was left."""
    argv = [COMMAND, "--config", str(config)]
    with PtyProgram(argv, size=(120, 40), env={"DESK_TOKEN": TOKEN}) as program:
        program.wait_for("Service Desk", PATIENCE)
        program.wait_for("Teams 4 ", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        return program.raw
