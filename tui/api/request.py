"""One request and its answer: the connection, the token's header, the one retry, the bounds."""

import asyncio
import zlib
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx
import msgspec

from tui import __version__
from tui.api import errors
from tui.api.call import CallRecord, HeaderForm, log_call
from tui.api.classify import Asked
from tui.api.failures import no_answer
from tui.api.fields import number
from tui.api.request_ids import RequestIds, new_id
from tui.api.server_clock import ServerClock
from tui.api.tls import TlsFileError, context_aside
from tui.api.transport import Transport
from tui.clock import Clock
from tui.redact import Secret
from tui.text import safe_line

CONNECT = 5.0
"""Seconds for the connection."""
READ = 20.0
"""Seconds between two pieces of an answer."""
TOTAL = 30.0
"""Seconds for a whole call, whatever comes meanwhile."""
LARGEST_BODY = 16 * 1024 * 1024
"""Bytes, whatever an answer inflates to."""
_STEP = 64 * 1024
"""Bytes that are inflated at a time."""
_MOST_PIECES = 20_000
_LOCATION = "location"
_DROPPED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Connection:
    """How to reach one installation, and as whom.

    `proxy`: empty for what the program's environment says, `none`, or an http(s) address.
    `client_cert` is one PEM file with certificate and key. `alternative` is tried once where
    `base_url` turns out not to be the API. A `transport` is used as it is.
    """

    base_url: str
    token: Secret
    environment: str
    ca_file: str | Path | None = None
    client_cert: str | Path | None = None
    proxy: str = field(default="", repr=False)
    verify: bool = True
    transport: httpx.AsyncBaseTransport | None = None
    alternative: str | None = None


class Request(msgspec.Struct, frozen=True):
    """What to ask: a path below the base address, its query, and a body for the one POST."""

    path: str
    params: Params = ()
    json: bytes | None = None
    signed: bool = True


class Reply(msgspec.Struct, frozen=True):
    """What came back: any status, with its body read to the end."""

    status: int
    headers: dict[str, str]
    body: bytes
    call: CallRecord
    url: str


class TooLargeError(Exception):
    """More than the bound came, or would come."""


class UnknownEncodingError(Exception):
    """The body is compressed in a way nobody asked for, or its compression is damaged."""


class Wire:
    """The connections of one environment; made when first needed."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._making = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None
        self._transport: Transport | None = None
        """Ours; None where the connection was given one."""
        self._closed = False
        self._server_clock = ServerClock()
        self._ids: dict[str, RequestIds] = {}

    async def aclose(self) -> None:
        """Close every connection; asking again afterwards fails."""
        self._closed = True
        if self._http is not None:
            await self._http.aclose()

    async def send(self, base_url: str, request: Request, form: HeaderForm, asked: Asked) -> Reply:
        """Ask, again at once where a kept connection was dropped, within 30 s in all.

        Raises the errors of an answer that did not come: connection, TLS, time-out, proxy, size.
        """
        asked_at, asked_wall = self._clock.now(), self._clock.wall()
        path = _shown(request)

        def record(error: str = "", response: httpx.Response | None = None, size: int = 0) -> CallRecord:
            headers = {} if response is None else response.headers
            answered_at = self._clock.now()
            ahead = self._server_clock.heard(headers, asked_at, asked_wall, answered_at)
            call = CallRecord(
                method="GET" if request.json is None else "POST",
                path=path,
                asked_at=asked_at,
                asked_wall=asked_wall,
                answered_at=answered_at,
                status=None if response is None else response.status_code,
                request_id=safe_line(headers.get("x-request-id", ""), limit=64),
                runtime=number(headers.get("x-runtime", "")),
                size=size,
                error=error,
                server_ahead=None if ahead is None else ahead.seconds,
                server_unsure=0.0 if ahead is None else ahead.unsure,
            )
            log_call(call)
            return call

        try:
            async with self._clock.timeout(TOTAL):
                http = await self._client()
                for last in (False, True):
                    asked_at, asked_wall = self._clock.now(), self._clock.wall()
                    request_id = new_id()
                    built = self._built(http, base_url, request, form, request_id)
                    try:
                        response = await http.send(built, stream=True)
                    except _DROPPED:
                        # All calls only read, so asking twice does no harm.
                        if last:
                            raise
                        continue
                    try:
                        body = await body_of(response)
                    except TooLargeError:
                        raise errors.AnswerTooLargeError(
                            f'The answer of "{asked.environment}" is larger than 16 MiB and was not read to '
                            "the end. Something on the way may be answering in its place.",
                            call=record("too_large", response),
                        ) from None
                    except UnknownEncodingError:
                        raise errors.UnreadableAnswerError(
                            f'The answer of "{asked.environment}" is compressed in a way that can\'t be '
                            "read. A proxy on the way damages it; ask its administrator.",
                            call=record("unreadable", response),
                        ) from None
                    finally:
                        await response.aclose()
                    if await self._is_answer(response, request_id):
                        break
                    if last:
                        raise errors.MixedUpAnswerError(
                            f'"{asked.environment}" gave an answer that may belong to another request, so it '
                            "is not shown. A proxy on the way mixes answers up; ask its administrator.",
                            call=record("mixed_up", response),
                        )
        except TlsFileError as error:
            raise errors.TlsError(f"{error} Mend it in the config.", call=record("tls")) from None
        except (OSError, UnicodeError, httpx.HTTPError, httpx.InvalidURL) as error:
            # httpx lets TLS's own errors through once the hands are shaken, and those of a host's name.
            failure = no_answer(error, asked, base_url, self._connection.proxy)
            failure.call = record(failure.kind)
            raise failure from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        headers["location"] = response.extensions.get(_LOCATION, "")
        return Reply(response.status_code, headers, body, record("", response, len(body)), str(response.url))

    def _built(
        self, http: httpx.AsyncClient, base_url: str, request: Request, form: HeaderForm, request_id: str
    ) -> httpx.Request:
        headers = {"X-Request-Id": request_id}
        if request.signed:
            headers[form.value] = self._connection.token.reveal()
        if request.json is not None:
            headers["Content-Type"] = "application/json"
        return http.build_request(
            "GET" if request.json is None else "POST",
            base_url + request.path,
            params=list(request.params) or None,
            content=request.json,
            headers=headers,
        )

    async def _is_answer(self, response: httpx.Response, request_id: str) -> bool:
        """Whether it answers the request with that id; connections are not kept where one does not."""
        own = self._transport
        surplus = own is not None and await own.has_surplus(response)
        answered = response.headers.get("x-request-id", "")
        ids = self._ids.setdefault(response.url.netloc.decode("ascii"), RequestIds())
        whole = response.status_code == 200
        fits = ids.is_answer(request_id, answered, whole=whole, surplus=surplus, now=self._clock.now())
        if not fits and own is not None:
            own.keep_no_connections()
        return fits

    async def _client(self) -> httpx.AsyncClient:
        async with self._making:
            if self._closed:
                raise httpx.TransportError("closed")
            if self._http is None:
                self._http = await self._made()
            return self._http

    async def _made(self) -> httpx.AsyncClient:
        given = self._connection
        headers = {
            "User-Agent": f"liveagent-tui/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, identity",
        }
        # A cookie would be a second identity beside the token.
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        transport = given.transport
        if transport is None:
            # Reading the trust store takes tens of milliseconds.
            tls = await context_aside(
                ca_file=given.ca_file, client_cert=given.client_cert, verify=given.verify
            )
            transport = self._transport = Transport(tls, given.proxy)
        return httpx.AsyncClient(
            transport=transport,
            headers=headers,
            cookies=cookies,
            timeout=httpx.Timeout(READ, connect=CONNECT, pool=None),
            trust_env=False,
            event_hooks={"response": [_take_location]},
        )


async def _take_location(response: httpx.Response) -> None:
    """Keep a redirect from httpx, which builds the next request even where it is not to follow, and fails."""
    response.extensions[_LOCATION] = response.headers.pop("location", "")


def _shown(request: Request) -> str:
    query = str(httpx.QueryParams(list(request.params)))
    return safe_line(f"{request.path}?{query}" if query else request.path, limit=1024)


async def body_of(response: httpx.Response, *, largest: int = LARGEST_BODY) -> bytes:
    """The body, inflated, of at most `largest` bytes; at no time is more than that held.

    Raises TooLargeError, UnknownEncodingError, and what httpx raises while reading.
    """
    if response.is_stream_consumed:  # a transport that hands over finished answers
        if len(response.content) > largest:
            raise TooLargeError
        return response.content
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise UnknownEncodingError
    packed = encoding.endswith("gzip")
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > largest:
        raise TooLargeError
    inflater = zlib.decompressobj(wbits=31) if packed else None
    body = bytearray()
    read = 0
    pieces = 0
    async for chunk in response.aiter_raw():
        read += len(chunk)
        pieces += 1
        # Each piece costs the event loop the same, be it of a single byte.
        if read > largest or pieces > _MOST_PIECES:
            raise TooLargeError
        if inflater is None:
            body += chunk
        else:
            _inflate(inflater, chunk, body, largest)
    if inflater is not None and read and not inflater.eof:
        raise UnknownEncodingError
    return bytes(body)


def _inflate(inflater: "zlib._Decompress", chunk: bytes, body: bytearray, largest: int) -> None:
    full = False
    while chunk or full:
        try:
            piece = inflater.decompress(chunk, _STEP)
        except zlib.error:
            raise UnknownEncodingError from None
        body += piece
        if len(body) > largest:
            raise TooLargeError
        chunk, full = inflater.unconsumed_tail, len(piece) == _STEP
        if inflater.unused_data:
            # Each further piece would be added to it, and all of it copied each time.
            raise UnknownEncodingError
