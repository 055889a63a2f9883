"""Name services that hang: nobody else waits for them, they are named as the cause, and hold up no exit."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.asking import client_of, failure
from tests.contract.server import META, always, answer, raw_server
from tui.api import errors, lookups, network, probe
from tui.clock import SystemClock

HANGING = "hanging.example"
PATIENCE = 30.0
"""Seconds after which a test gives up; it waits for conditions."""
SHORT = 0.05

Found = list[tuple[Any, ...]]
real_lookup = socket.getaddrinfo


class NameService:
    """What `socket.getaddrinfo` asks: `hosts` at once, other names with dots not until it is released."""

    def __init__(self) -> None:
        self.hosts: dict[str, Found] = {}
        self.asked: list[str] = []
        self.released = threading.Event()

    def look_up(self, host: str, port: int, *rest: Any, **more: Any) -> Found:
        if host in self.hosts:
            return self.hosts[host]
        if not host.endswith(".example"):
            return real_lookup(host, port, *rest, **more)
        self.asked.append(host)
        self.released.wait()
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    def release(self) -> None:
        """Let each name have its answer, which is waited for however busy the machine."""
        self.released.set()
        lookups.SECONDS = PATIENCE


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameService]:
    service = NameService()
    monkeypatch.setattr(socket, "getaddrinfo", service.look_up)
    monkeypatch.setattr(lookups, "SECONDS", SHORT)
    yield service
    service.released.set()
    for thread in threading.enumerate():
        if thread.name == "look-up":
            thread.join(PATIENCE)


def v4(port: int) -> tuple[Any, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))


def v6(address: str = "100::1") -> tuple[Any, ...]:
    """By default one that is there for discarding what is sent to it (RFC 6666)."""
    return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 0, 0, 0))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_the_name_is_the_cause_that_is_told(names: NameService) -> None:
    async with client_of(f"https://{HANGING}:8443") as client:
        error = await failure(client.counts(1), errors.TimedOutError)
    assert f"The name {HANGING} could not be looked up in 0.05 s" in str(error)


async def test_with_a_proxy_it_is_the_proxy_s_name(names: NameService) -> None:
    async with client_of("https://desk.example", proxy=f"http://{HANGING}:3128") as client:
        error = await failure(client.counts(1), errors.TimedOutError)
    assert f"The name {HANGING} could not be looked up" in str(error)
    assert names.asked == [HANGING]


async def test_a_proxy_s_name_that_nobody_knows_is_not_taken_for_the_server_s(names: NameService) -> None:
    names.release()
    async with client_of("https://desk.example", proxy=f"http://{HANGING}:3128") as client:
        error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert f"The name {HANGING} of the proxy is not known" in str(error)


async def test_check_tells_the_same(names: NameService) -> None:
    target = probe.target_of(f"https://{HANGING}")
    for asking in (
        probe.look_up(target, "trial", f"https://{HANGING}"),
        probe.connect(target, "trial", f"https://{HANGING}", SystemClock()),
    ):
        with pytest.raises(errors.TimedOutError) as raised:
            await asking
        assert f"The name {HANGING} could not be looked up" in str(raised.value)


async def test_a_name_is_looked_up_by_one_thread_at_a_time_and_tried_anew_later(names: NameService) -> None:
    async with client_of(f"http://{HANGING}") as client, client_of(f"http://{HANGING}") as other:
        await asyncio.gather(
            *(failure(c.counts(n), errors.TimedOutError) for c in (client, other) for n in (1, 2))
        )
        assert names.asked == [HANGING]
        names.release()
        await until(lambda: not lookups._pending)
        await failure(client.counts(1), errors.ConnectionFailedError)
        assert names.asked == [HANGING, HANGING]


async def test_hanging_names_starve_neither_other_environments_nor_the_disk(
    names: NameService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More names than asyncio has threads: at most 32, and fewer on small machines."""
    monkeypatch.setattr(lookups, "SECONDS", PATIENCE)
    hung = [asyncio.create_task(lookups.addresses(f"a{number}.example", 443)) for number in range(40)]
    await until(lambda: len(names.asked) == len(hung))
    names.hosts["healthy.example"] = [v4(0)]
    async with (
        raw_server(always(answer(META))) as server,
        client_of(f"http://healthy.example:{server.port}") as client,
    ):
        assert (await client.counts(1)).value.all == 261
    assert await asyncio.to_thread(lambda: 7) == 7
    assert not any(task.done() for task in hung)
    for task in hung:
        task.cancel()


async def test_who_gives_up_ends_the_look_up_for_nobody_else(
    names: NameService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "SECONDS", PATIENCE)
    first, second = (asyncio.create_task(lookups.addresses(HANGING, 1)) for _ in range(2))
    await until(lambda: bool(names.asked))
    first.cancel()
    names.release()
    with pytest.raises(socket.gaierror):
        await second


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", (socket.AF_INET, ("127.0.0.1", 7))),
        ("::1", (socket.AF_INET6, ("::1", 7, 0, 0))),
        ("fe80::1%3", (socket.AF_INET6, ("fe80::1", 7, 0, 3))),
    ],
)
async def test_an_address_needs_no_name_service(
    names: NameService, host: str, address: lookups.SocketAddress
) -> None:
    names.look_up = None  # type: ignore[assignment,method-assign]
    assert await lookups.addresses(host, 7) == [address]


async def test_a_dead_family_does_not_keep_the_other_from_connecting(
    names: NameService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, without a way, or without any answer at all; whichever comes first."""
    names.release()
    real = network._connected
    silent = asyncio.Event()

    async def connected(address: lookups.SocketAddress) -> socket.socket:
        if address[1][0] == "2001:db8::1":
            await silent.wait()
        return await real(address)

    monkeypatch.setattr(network, "_connected", connected)
    monkeypatch.setattr(network, "HEAD_START", SHORT)
    async with raw_server(always(answer(META))) as server:
        for number, dead in enumerate(("100::1", "2001:db8::1", "::1")):
            name = f"both{number}.example"
            names.hosts[name] = [v6(dead), v6(dead), v4(0)]
            url = f"http://{name}:{server.port}"
            async with client_of(url) as client:
                assert (await client.counts(1)).value.all == 261
            link = await probe.connect(probe.target_of(url), "trial", url, SystemClock())
            assert link.seconds < probe.SECONDS


async def test_where_no_address_takes_the_connection_it_is_told_that_it_is_refused(
    names: NameService,
) -> None:
    names.release()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    names.hosts["none.example"] = [v6(), v4(0)]
    async with client_of(f"http://none.example:{port}") as client:
        error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert "refuses the connection" in str(error)


async def test_where_no_thread_can_be_begun_it_is_a_failure_like_others(
    names: NameService, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if thread.name == "look-up":
            raise RuntimeError("can't start new thread")
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    async with client_of(f"http://{HANGING}") as client:
        await failure(client.counts(1), errors.ConnectionFailedError)
    assert not lookups._pending
