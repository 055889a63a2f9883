"""An httpx transport into simulated hosts: in-process, with a network's time-outs, latency and faults."""

import random
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import msgspec

from tui.clock import Clock
from tui.simulator import replies
from tui.simulator.app import App
from tui.simulator.faults import Fault, FaultPlan, Kind, account_in

PIECE = 16_384
REMEMBERED = 50_000
REFUSALS: dict[Kind, replies.Reply] = {
    Kind.HTML_200: replies.html(),
    Kind.NO_TOKEN: replies.sign_in("en"),
    Kind.BAD_TOKEN: replies.error(401, "Invalid Access Token"),
    Kind.NOT_A_MEMBER: replies.error(401, "You are not authorized to access this account"),
    Kind.SUSPENDED: replies.error(401, "Account is suspended"),
    Kind.ROLE: replies.error(401, "You are not authorized to do this action"),
    Kind.BOT_TOKEN: replies.error(401, "Access to this endpoint is not authorized for bots"),
    Kind.NOT_FOUND: replies.error(404, "Resource could not be found"),
    Kind.UNPROCESSABLE: replies.unprocessable().reply,
    Kind.RATE_LIMITED: replies.too_many(),
}


class Asked(NamedTuple):
    """A request the transport saw, at `Clock.now` = `at`."""

    at: float
    origin: str
    account: int | None
    method: str
    path: str
    """Without the query."""
    target: str
    """With the query."""


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Serves the hosts that `app_of` knows; any other refuses the connection.

    `latency` is a range in seconds, drawn for each request. Waits go through the clock, so a
    time-out needs no real time. `requests` remembers the latest 50,000 requests.
    """

    def __init__(
        self,
        app_of: Callable[[str], App | None],
        clock: Clock,
        *,
        rng: random.Random | None = None,
        latency: tuple[float, float] = (0.0, 0.0),
        faults: FaultPlan | None = None,
    ) -> None:
        self._app_of = app_of
        self._clock = clock
        self._rng = rng or random.Random(0)
        self.latency = latency
        self.faults = faults or FaultPlan()
        self.requests: deque[Asked] = deque(maxlen=REMEMBERED)
        self.in_flight = 0
        self.most_in_flight = 0

    def per_minute(self) -> Counter[tuple[int, int | None, str]]:
        """Remembered requests by (minute of `Clock.now`, account, path without the query)."""
        return Counter((int(asked.at // 60), asked.account, asked.path) for asked in self.requests)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, or raise as httpx's own transport would."""
        path = request.url.path
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        target = request.url.raw_path.decode("ascii")
        now = self._clock.now()
        self.requests.append(Asked(now, origin, account_in(path), request.method, path, target))
        with self._flight():
            met = {fault.kind: fault for fault in self.faults.draw(origin, path, now)}
            return await self._answer(request, origin, met)

    async def _answer(self, request: httpx.Request, origin: str, met: dict[Kind, Fault]) -> httpx.Response:
        read = _limit(request, "read")
        app = self._app_of(origin)
        delay = met[Kind.DELAY].seconds if Kind.DELAY in met else 0.0
        latency = self._rng.uniform(*self.latency)
        if app is None or Kind.REFUSE in met:
            await self._wait(latency, _limit(request, "connect"), httpx.ConnectTimeout("timed out"), request)
            raise httpx.ConnectError("All connection attempts failed", request=request)
        timed_out = httpx.ReadTimeout("timed out")
        before = latency * 0.7 + delay
        await self._wait(before, read, timed_out, request)
        if Kind.DROP_BEFORE in met:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            )
        status, headers, body = await self._ask(app, request, strip=Kind.STRIP in met)
        left = None if read is None else read - before
        await self._wait(latency * 0.3, left, timed_out, request)
        status, headers, body = _spoiled(status, headers, body, met)
        stream = _Body(body, self._clock, read, request, met)
        return httpx.Response(
            status, headers=headers, stream=stream, extensions={"http_version": b"HTTP/1.1"}
        )

    async def _ask(
        self, app: App, request: httpx.Request, *, strip: bool
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        content = await request.aread()
        sent = [(name.lower(), value) for name, value in request.headers.raw if not (strip and b"_" in name)]
        status = 0
        headers: list[tuple[bytes, bytes]] = []
        parts: list[bytes] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.extend(message["headers"])
            else:
                parts.append(message.get("body", b""))

        scope = {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "query_string": request.url.query,
            "headers": sent,
            "client": ("127.0.0.1", 0),
        }
        await app(scope, receive, send)
        return status, headers, b"".join(parts)

    async def _wait(
        self, seconds: float, limit: float | None, timed_out: httpx.TimeoutException, request: httpx.Request
    ) -> None:
        if limit is not None and seconds > limit:
            await self._clock.sleep(max(0.0, limit))
            timed_out.request = request
            raise timed_out
        if seconds > 0:
            await self._clock.sleep(seconds)

    @contextmanager
    def _flight(self) -> Iterator[None]:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            self.in_flight -= 1


class _Body(httpx.AsyncByteStream):
    """A body that comes in pieces, late, cut or without end."""

    def __init__(
        self, body: bytes, clock: Clock, read: float | None, request: httpx.Request, met: dict[Kind, Fault]
    ) -> None:
        self._body = body
        self._clock = clock
        self._read = read
        self._request = request
        self._met = met

    async def __aiter__(self) -> AsyncIterator[bytes]:
        slow = self._met.get(Kind.SLOW)
        size = PIECE if slow is None else max(1, min(PIECE, slow.size))
        for piece in self._pieces(size):
            if slow is not None:
                if self._read is not None and slow.seconds > self._read:
                    await self._clock.sleep(self._read)
                    raise httpx.ReadTimeout("timed out", request=self._request)
                await self._clock.sleep(slow.seconds)
            yield piece
        if Kind.DROP_BODY in self._met:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body (incomplete chunked read)",
                request=self._request,
            )

    def _pieces(self, size: int) -> Iterator[bytes]:
        huge = self._met.get(Kind.HUGE)
        if huge is not None:
            piece = b'"' + b"x" * (PIECE - 1)
            for _ in range(0, huge.size, PIECE):
                yield piece
            return
        body = self._body
        if Kind.DROP_BODY in self._met:
            body = body[: len(body) // 2]
        for start in range(0, len(body), size):
            yield body[start : start + size]


def _limit(request: httpx.Request, name: str) -> float | None:
    limits = request.extensions.get("timeout") or {}
    value = limits.get(name)
    return None if value is None else float(value)


def _spoiled(
    status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes, met: dict[Kind, Fault]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """The answer as the fault leaves it."""
    kept = [pair for pair in headers if pair[0] != b"content-length"]
    for kind, fault in met.items():
        if kind in REFUSALS:
            return _as_sent(REFUSALS[kind], kept)
        match kind:
            case Kind.CUT_JSON:
                return status, kept, body[: max(1, len(body) * 2 // 3)]
            case Kind.WRONG_TYPES:
                return status, kept, _wrong(body)
            case Kind.STATUS_JSON:
                text = msgspec.json.encode({"status": fault.status, "error": "Internal Server Error"})
                return _as_sent(replies.Reply(fault.status, text, replies.ERROR_TYPE, ()), kept)
            case Kind.STATUS_HTML:
                return _as_sent(replies.Reply(fault.status, replies.PAGE, replies.HTML_TYPE, ()), kept)
            case Kind.HUGE:
                return 200, kept, b""
            case Kind.REDIRECT:
                moved = replies.Reply(302, b"", "text/html", (("location", fault.location),))
                return _as_sent(moved, kept)
    return status, list(headers), body


def _as_sent(
    reply: replies.Reply, headers: Sequence[tuple[bytes, bytes]]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    kept = [pair for pair in headers if pair[0] in (b"date", b"x-request-id", b"x-runtime")]
    kept += [(name.encode(), value.encode()) for name, value in reply.headers]
    if reply.content_type:
        kept.append((b"content-type", reply.content_type.encode()))
    return reply.status, kept, reply.body


def _wrong(body: bytes) -> bytes:
    """The same JSON with every value of another type than it should have."""
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return b"[]"
    return msgspec.json.encode(_turned(value))


def _turned(value: object) -> object:
    match value:
        case dict():
            return {key: _turned(part) for key, part in value.items()}
        case list():
            return [_turned(part) for part in value]
        case bool() | None:
            return {"unexpected": value}
        case int() | float():
            return [value]
        case _:
            return {"text": value}
