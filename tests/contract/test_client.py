"""The client against a real TCP server on loopback that speaks well, badly, slowly, or not at all."""

import asyncio
import gzip
import logging
import tracemalloc

import pytest

from tests.contract.asking import TOKEN, client_of, failure
from tests.contract.server import META, SIGN_IN, Asked, Speak, always, answer, raw_server
from tui import __version__
from tui.api import errors
from tui.api.client import Connection, HeaderForm, LiveAgentClient
from tui.clock import ManualClock, SystemClock
from tui.redact import Secret


async def test_one_connection_serves_many_calls_and_says_who_asks() -> None:
    async with (
        raw_server(always(answer(META, x_request_id="r-1", x_runtime="0.25"))) as server,
        client_of(server.url + "/") as client,
    ):
        for _ in range(3):
            reply = await client.counts(1)
    assert server.connections == 1
    assert reply.value.unassigned == 162
    headers = server.asked[0].headers
    assert headers["api_access_token"] == TOKEN
    assert "Api-Access-Token" not in headers
    assert headers["User-Agent"] == f"liveagent-tui/{__version__}"
    assert headers["Accept"] == "application/json"
    assert reply.call.request_id == "r-1"
    assert reply.call.runtime == 0.25
    assert reply.call.path == "/api/v1/accounts/1/conversations/meta"
    assert reply.call.status == 200
    assert reply.call.answered_at >= reply.call.asked_at


async def test_query_is_what_was_asked_and_never_an_empty_status() -> None:
    async with raw_server(always(answer(META))) as server, client_of(server.url) as client:
        await client.counts(1, status="", labels=("vip", "a&b"), conversation_type="unattended")
    assert server.asked[0].path.endswith(
        "/meta?conversation_type=unattended&labels%5B%5D=vip&labels%5B%5D=a%26b"
    )


async def test_each_call_is_logged_at_debug_without_its_header(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("tui"), "propagate", True)
    with caplog.at_level(logging.DEBUG, logger="tui.calls"):
        async with raw_server(always(answer(META))) as server, client_of(server.url) as client:
            await client.counts(1)
        async with client_of("http://127.0.0.1:9") as client:
            await failure(client.counts(1), errors.ConnectionFailedError)
    lines = [record.getMessage() for record in caplog.records if record.name == "tui.calls"]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /api/v1/accounts/1/conversations/meta 200",
        "GET /api/v1/accounts/1/conversations/meta connection",
    ]
    assert {record.levelno for record in caplog.records if record.name == "tui.calls"} == {logging.DEBUG}
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("account", [0, -1, True, "1abc"])
async def test_an_account_that_is_no_number_is_never_asked_for(account: int) -> None:
    async with client_of("http://127.0.0.1:9") as client:
        with pytest.raises(ValueError, match="id"):
            await client.counts(account)


async def test_no_cookie_is_sent_back() -> None:
    async with (
        raw_server(always(answer(META, Set_Cookie="session=1; Path=/"))) as server,
        client_of(server.url) as client,
    ):
        await client.counts(1)
        await client.counts(1)
    assert not any("cookie" in name.lower() for asked in server.asked for name in asked.headers)


def only(form: str) -> Speak:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer(META) if form in asked.headers else SIGN_IN)
        return True

    return speak


async def test_the_other_spelling_is_tried_once_and_remembered() -> None:
    async with raw_server(only("Api-Access-Token")) as server, client_of(server.url) as client:
        await client.counts(1)
        assert client.header_form is HeaderForm.HYPHENATED
        await client.counts(1)
    spelled = [[n for n in asked.headers if "token" in n.lower()] for asked in server.asked]
    assert spelled == [["api_access_token"], ["Api-Access-Token"], ["Api-Access-Token"]]


async def test_a_remembered_spelling_that_fails_falls_back() -> None:
    async with (
        raw_server(only("api_access_token")) as server,
        client_of(server.url, header_form=HeaderForm.HYPHENATED) as client,
    ):
        await client.counts(1)
        assert client.header_form is HeaderForm.DOCUMENTED


async def test_spellings_do_not_alternate_for_ever() -> None:
    async with raw_server(always(SIGN_IN)) as server, client_of(server.url) as client:
        for _ in range(4):
            error = await failure(client.profile(), errors.SignInRequiredError)
    assert len(server.asked) == 5
    assert (error.is_final, error.concerns) == (True, "token")


async def test_a_token_that_can_not_be_one_is_not_sent() -> None:
    client = LiveAgentClient(Connection("http://127.0.0.1:9", Secret("two words\n"), "trial"), SystemClock())
    with pytest.raises(errors.BadTokenError, match="letters"):
        await client.profile()
    await client.aclose()


async def test_a_dropped_connection_is_tried_again_once() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        if asked.connection == 2 or len(server.asked) == 1:
            writer.write(answer(META))
            return True
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        await client.counts(1)
        reply = await client.counts(1)
    assert reply.value.all == 261
    assert [asked.connection for asked in server.asked] == [1, 1, 2]


async def test_a_server_that_always_drops_is_a_failure_after_two() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert len(server.asked) == 2
    assert (error.is_final, error.concerns) == (False, "host")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (answer(META[:50]), errors.UnreadableAnswerError),
        (answer(""), errors.UnreadableAnswerError),
        (answer("[]"), errors.UnreadableAnswerError),
        (answer("null"), errors.UnreadableAnswerError),
        (answer('{"meta": {}}'), errors.UnreadableAnswerError),
        (answer("[" * 100_000), errors.UnreadableAnswerError),
        (answer('{"meta":' * 50_000), errors.UnreadableAnswerError),
        (answer("", status="204 No Content"), errors.UnreadableAnswerError),
        (answer(META, Content_Encoding="br"), errors.UnreadableAnswerError),
        (answer(META, Content_Encoding="gzip"), errors.UnreadableAnswerError),
        (
            answer(gzip.compress(META.encode(), mtime=0)[:40], Content_Encoding="gzip"),
            errors.UnreadableAnswerError,
        ),
        (answer("<!DOCTYPE html><html></html>", kind="text/html"), errors.NotAnApiError),
        (answer("\n <html>", kind="application/json"), errors.NotAnApiError),
        (answer("not found", status="404 Not Found", kind="text/plain"), errors.NotAnApiError),
        (answer("<h1>", status="403 Forbidden", kind="text/html"), errors.NotAnApiError),
        (answer("<h1>", status="401 Unauthorized", kind="text/html"), errors.NotAnApiError),
        (answer("Retry later\n", status="429 Too Many Requests", kind="text/plain"), errors.RateLimitedError),
        (answer("<html>502", status="502 Bad Gateway", kind="text/html"), errors.ServerError),
        (answer('{"error":"x"}', status="500 Internal Server Error"), errors.ServerError),
        (answer("", status="422 Unprocessable Entity"), errors.BadRequestError),
        (answer("", status="407 Proxy Authentication Required"), errors.ProxyError),
        (answer("", status="304 Not Modified"), errors.RedirectRefusedError),
        (answer(META)[:-20], errors.ConnectionFailedError),
    ],
)
async def test_bad_answers_are_told_apart(data: bytes, kind: type[errors.LiveAgentError]) -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(data)
        return False

    async with raw_server(speak) as server, client_of(server.url) as client:
        await failure(client.counts(1), kind)


async def test_retry_after_is_kept() -> None:
    data = answer("", status="429 Too Many Requests", Retry_After="17")
    async with raw_server(always(data)) as server, client_of(server.url) as client:
        error = await failure(client.counts(1), errors.RateLimitedError)
    assert isinstance(error, errors.RateLimitedError)
    assert error.retry_after == 17


async def test_compressed_answers_are_read() -> None:
    packed = gzip.compress(META.encode(), mtime=0)
    async with (
        raw_server(always(answer(packed, Content_Encoding="gzip"))) as server,
        client_of(server.url) as client,
    ):
        assert (await client.counts(1)).value.all == 261
    assert server.asked[0].headers["Accept-Encoding"] == "gzip, identity"


async def test_a_bomb_does_not_go_off() -> None:
    bomb = answer(gzip.compress(b" " * 300_000_000, compresslevel=6, mtime=0), Content_Encoding="gzip")
    async with raw_server(always(bomb)) as server, client_of(server.url) as client:
        tracemalloc.start()
        await failure(client.counts(1), errors.AnswerTooLargeError)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 50_000_000


async def test_an_endless_answer_is_left() -> None:
    sent = 0

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        nonlocal sent
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        while True:
            writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
            sent += 65_536
            await writer.drain()

    async with raw_server(speak) as server, client_of(server.url) as client:
        await failure(client.counts(1), errors.AnswerTooLargeError)
    assert sent < 40_000_000


async def test_an_answer_byte_by_byte_runs_out_of_time() -> None:
    clock = ManualClock()
    sent = asyncio.Event()

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        for byte in answer(META)[:-1]:
            writer.write(bytes([byte]))
            await writer.drain()
        sent.set()
        await asyncio.Event().wait()
        return False

    async with raw_server(speak) as server, client_of(server.url, clock=clock) as client:
        asking = asyncio.create_task(client.counts(1))
        await sent.wait()
        await clock.advance(29.9)
        assert not asking.done()
        await clock.advance(0.2)
        error = await failure(asking, errors.TimedOutError)
    assert error.call is not None
    assert error.call.duration == pytest.approx(30.1, abs=0.2)


async def test_nobody_listening() -> None:
    async with raw_server(always(b"")) as server:
        url = server.url
    async with client_of(url) as client:
        error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert "refuses the connection" in str(error)


async def test_an_unknown_name() -> None:
    async with client_of("http://no-such-host.invalid") as client:
        error = await failure(client.counts(1), errors.ConnectionFailedError)
    assert "no-such-host.invalid" in str(error)


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/api",
        "http://127.0.0.1:1/x",
        "//elsewhere.example/",
        "/app/login",
        "https://[",
        "",
    ],
)
async def test_redirects_are_not_followed(location: str) -> None:
    data = answer("", status="301 Moved Permanently", Location=location)
    async with raw_server(always(data)) as server, client_of(server.url) as client:
        await failure(client.counts(1), errors.RedirectRefusedError)
    assert len(server.asked) == 1


async def test_the_documented_address_is_the_second_guess() -> None:
    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        writer.write(
            answer(META) if asked.path.startswith("/openapi/") else answer("<html>", kind="text/html")
        )
        return True

    async with (
        raw_server(speak) as server,
        client_of(server.url, alternative=f"{server.url}/openapi") as client,
    ):
        await client.counts(1)
        await client.counts(1)
        assert client.base_url.endswith("/openapi")
    assert len(server.asked) == 3


async def test_a_closed_client_says_so() -> None:
    async with client_of("http://127.0.0.1:9") as client:
        await client.aclose()
        await failure(client.counts(1), errors.ConnectionFailedError)
