"""The simulated network: time-outs, latency, faults and what is counted."""

import asyncio
import json
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx
import pytest

from tui.clock import ManualClock
from tui.identity import Measure, account
from tui.simulator.demo import Demo
from tui.simulator.faults import Fault, FaultPlan, Kind
from tui.simulator.transport import SimulatorTransport

T = TypeVar("T")
META = "/api/v1/accounts/12345/conversations/meta"
TIMEOUT = httpx.Timeout(20, connect=5)


class Network:
    """A client of the demo on a clock that moves only when told."""

    def __init__(self, latency: tuple[float, float] = (0.0, 0.0)) -> None:
        self.clock = ManualClock()
        self.demo = Demo(clock=self.clock)
        self.transport: SimulatorTransport = self.demo.transport(latency=latency)
        environment = self.demo.environments[0]
        self.url = environment.url
        self.client = httpx.AsyncClient(
            transport=self.transport,
            base_url=environment.url,
            headers={"api_access_token": environment.token},
            timeout=TIMEOUT,
        )

    def fail(self, kind: Kind, **details: Any) -> None:
        self.demo.faults.add(Fault(kind=kind, **details))

    async def after(self, seconds: float, asking: Coroutine[Any, Any, T]) -> T:
        """What `asking` comes to when `seconds` pass."""
        task = asyncio.ensure_future(asking)
        await self.clock.advance(seconds, settle=60)
        assert task.done(), f"not done after {seconds} s"
        return task.result()


@pytest.fixture
def net() -> Network:
    return Network()


async def test_a_foreign_host_refuses(net: Network) -> None:
    with pytest.raises(httpx.ConnectError):
        await net.client.get("https://elsewhere.invalid/api")
    with pytest.raises(KeyError):
        net.demo.transport("https://elsewhere.invalid")


async def test_latency_passes_on_the_clock() -> None:
    net = Network(latency=(0.05, 0.05))
    answer = await net.after(0.051, net.client.get(META))
    assert answer.status_code == 200


async def test_a_delay_beyond_the_read_time_out_raises_at_the_time_out(net: Network) -> None:
    net.fail(Kind.DELAY, seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        await net.after(20, net.client.get(META))


async def test_a_shorter_delay_only_delays(net: Network) -> None:
    net.fail(Kind.DELAY, seconds=10)
    assert (await net.after(10, net.client.get(META))).status_code == 200


async def test_the_answer_is_of_the_moment_after_the_delay(net: Network) -> None:
    world = net.demo.world(net.url)
    world.account(12345)
    begin = world.moment()
    net.fail(Kind.DELAY, seconds=15)
    told = (await net.after(15, net.client.get(META))).json()["meta"]["all_count"]
    assert told in world.held(12345, 1, account(Measure.OPEN), begin, world.moment())


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.REFUSE, httpx.ConnectError),
        (Kind.DROP_BEFORE, httpx.RemoteProtocolError),
        (Kind.DROP_BODY, httpx.RemoteProtocolError),
    ],
)
async def test_broken_connections(net: Network, kind: Kind, error: type[Exception]) -> None:
    net.fail(kind, times=1)
    with pytest.raises(error):
        await net.client.get(META)
    assert (await net.client.get(META)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        (Kind.HTML_200, 200, "<!DOCTYPE html>"),
        (Kind.NO_TOKEN, 401, "You need to sign in or sign up before continuing."),
        (Kind.BAD_TOKEN, 401, "Invalid Access Token"),
        (Kind.NOT_A_MEMBER, 401, "You are not authorized to access this account"),
        (Kind.SUSPENDED, 401, "Account is suspended"),
        (Kind.ROLE, 401, "You are not authorized to do this action"),
        (Kind.BOT_TOKEN, 401, "not authorized for bots"),
        (Kind.NOT_FOUND, 404, "Resource could not be found"),
        (Kind.UNPROCESSABLE, 422, ""),
        (Kind.RATE_LIMITED, 429, "Retry later"),
        (Kind.STATUS_JSON, 500, '"error"'),
        (Kind.STATUS_HTML, 500, "<!DOCTYPE html>"),
        (Kind.REDIRECT, 302, ""),
    ],
)
async def test_wrong_answers(net: Network, kind: Kind, code: int, text: str) -> None:
    net.fail(kind)
    answer = await net.client.get(META)
    assert answer.status_code == code
    assert text in answer.text
    assert answer.headers["x-request-id"]


async def test_every_status_a_proxy_may_give(net: Network) -> None:
    for code in (500, 502, 503, 504):
        net.demo.faults.clear()
        net.fail(Kind.STATUS_HTML, status=code)
        assert (await net.client.get(META)).status_code == code


async def test_a_redirect_names_another_host(net: Network) -> None:
    net.fail(Kind.REDIRECT, location="https://thief.invalid/")
    assert (await net.client.get(META)).headers["location"] == "https://thief.invalid/"


async def test_json_cut_short_or_of_other_types(net: Network) -> None:
    net.fail(Kind.CUT_JSON, times=1)
    with pytest.raises(json.JSONDecodeError):
        (await net.client.get(META)).json()
    net.fail(Kind.WRONG_TYPES)
    assert all(isinstance(value, list) for value in (await net.client.get(META)).json()["meta"].values())


async def test_a_stripped_header_asks_to_sign_in(net: Network) -> None:
    net.fail(Kind.STRIP)
    assert "errors" in (await net.client.get(META)).json()


async def test_slow_bytes_take_their_time_and_each_gap_counts(net: Network) -> None:
    net.fail(Kind.SLOW, seconds=2, size=20, times=1)
    answer = await net.after(2 * (90 // 20 + 1), net.client.get(META))
    assert answer.json()["meta"]
    net.fail(Kind.SLOW, seconds=25, size=20)
    with pytest.raises(httpx.ReadTimeout):
        await net.after(20, net.client.get(META))


async def test_a_huge_body_is_streamed(net: Network) -> None:
    net.fail(Kind.HUGE, size=1 << 40)
    size = 0
    async with net.client.stream("GET", META) as answer:
        async for piece in answer.aiter_bytes():
            size += len(piece)
            if size > 1 << 20:
                break
    assert size <= (1 << 20) + 65_536


async def test_faults_meet_whom_they_are_meant_for(net: Network) -> None:
    net.fail(Kind.STATUS_JSON, path="*/agents", account=12345)
    assert (await net.client.get("/api/v1/accounts/12345/agents")).status_code == 500
    assert (await net.client.get("/api/v1/accounts/12346/agents")).status_code == 200
    assert (await net.client.get(META)).status_code == 200


async def test_faults_begin_and_end(net: Network) -> None:
    now = net.clock.now()
    net.fail(Kind.STATUS_JSON, start=now + 10, end=now + 20)
    codes = []
    for _ in range(3):
        codes.append((await net.client.get(META)).status_code)
        await net.clock.advance(10)
    assert codes == [200, 500, 200]


def test_faults_are_drawn_alike_from_a_seed() -> None:
    def drawn(seed: int) -> list[int]:
        plan = FaultPlan([Fault(kind=Kind.REFUSE, chance=0.3)], rng=random.Random(seed))
        return [len(plan.draw("https://a.invalid", "/api", 0.0)) for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 < sum(drawn(1)) < 90


def test_of_faults_that_exclude_each_other_the_first_wins() -> None:
    plan = FaultPlan(Fault(kind=kind) for kind in (Kind.DELAY, Kind.CUT_JSON, Kind.REFUSE, Kind.SLOW))
    assert [fault.kind for fault in plan.draw("", "/", 0.0)] == [Kind.DELAY, Kind.CUT_JSON, Kind.SLOW]


async def test_requests_are_counted_by_minute_account_and_path(net: Network) -> None:
    for _ in range(3):
        await net.client.get(f"{META}?status=open")
    await net.clock.advance(60)
    await net.client.get("/api")
    minute = int(net.clock.now() // 60)
    assert net.transport.per_minute() == {(minute - 1, 12345, META): 3, (minute, None, "/api"): 1}
    assert net.transport.requests[0].target == f"{META}?status=open"


async def test_requests_in_flight_are_counted(net: Network) -> None:
    net.fail(Kind.DELAY, seconds=1)

    async def five() -> None:
        await asyncio.gather(*(net.client.get(META) for _ in range(5)))

    await net.after(1, five())
    assert net.transport.most_in_flight == 5
    assert net.transport.in_flight == 0
