"""Words of errors are true wherever they stand: on the monitor, in the wizard, after a command."""

import errno
import json
import re
import socket

import httpx
import pytest

from tui.api.call import CallRecord
from tui.api.classify import Asked, classify
from tui.api.failures import no_answer

ASKED = Asked("trial", "https://trial.example", 2)
ONLY_ON_THE_MONITOR = re.compile(r"\bpress\b|\bask again|\bwe (?:wait|ask)\b", re.IGNORECASE)
STATUSES = (200, 302, 400, 401, 403, 404, 407, 408, 422, 429, 500, 502, 503, 504, 520)
BODIES = (
    b"", b"<html>", b"[1", b"{}",
    *(json.dumps({"error": text}).encode() for text in (
        "Invalid Access Token", "You are not authorized to access this account", "Account is suspended",
        "Access to this endpoint is not authorized for bots", "You are not authorized to do this action",
        "Resource could not be found",
    )),
    json.dumps({"errors": ["You need to sign in or sign up before continuing."]}).encode(),
)  # fmt: skip


def caused(error: OSError) -> httpx.ConnectError:
    shown = httpx.ConnectError("no")
    shown.__cause__ = error
    return shown


FAILURES = (
    TimeoutError(),
    httpx.ConnectTimeout("late"),
    httpx.ReadTimeout("late"),
    httpx.ReadError("broke"),
    httpx.UnsupportedProtocol("ftp"),
    httpx.ProxyError("407 sign in"),
    httpx.ProxyError("403 no"),
    caused(socket.gaierror(socket.EAI_NONAME, "unknown")),
    caused(OSError(errno.ECONNREFUSED, "refused")),
    caused(OSError(errno.ENETUNREACH, "unreachable")),
)


def call() -> CallRecord:
    return CallRecord("GET", "/api/v1/profile", 0.0, 0.0, 0.0)


def said(status: int, body: bytes, asked: Asked = ASKED) -> str:
    return str(classify(status, body, {"content-type": "application/json"}, asked, call()))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", BODIES)
def test_no_answer_promises_a_key_or_another_try(status: int, body: bytes) -> None:
    words = said(status, body)
    assert not ONLY_ON_THE_MONITOR.search(words)
    assert words.endswith(".")


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_no_failure_promises_a_key_or_another_try(failure: TimeoutError | httpx.HTTPError) -> None:
    words = str(no_answer(failure, ASKED, ASKED.base_url, "none"))
    assert not ONLY_ON_THE_MONITOR.search(words)
    assert words.endswith(".")


def test_a_refused_token_is_said_first_and_then_where_a_new_one_goes() -> None:
    wrong, _, mend = said(401, json.dumps({"error": "Invalid Access Token"}).encode()).partition(". ")
    assert wrong == 'The server did not accept the token of "trial" (Invalid Access Token)'
    assert mend == "Copy a new one from Profile Settings > Access Token and put it where this one came from."


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("subject", ["", "team 7"])
def test_a_call_of_no_account_names_none(status: int, body: bytes, subject: str) -> None:
    assert "None" not in said(status, body, Asked("trial", "https://trial.example", None, subject, core=True))
    assert "None" not in said(status, body, Asked("trial", "https://trial.example", None, subject))
