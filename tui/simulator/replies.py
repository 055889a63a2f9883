"""What the simulated server says besides the truth: replies, errors, pages that are not JSON."""

import hashlib
from collections.abc import Mapping

import msgspec

JSON_TYPE = "application/json; charset=utf-8"
ERROR_TYPE = "application/json; charset=UTF-8"
HTML_TYPE = "text/html; charset=utf-8"
PAGE = b"<!DOCTYPE html><html><head><title>Live Agent</title></head><body><div id=app></div></body></html>"
SIGN_IN = {
    "de": "Sie müssen sich anmelden oder registrieren, bevor Sie fortfahren können.",
    "en": "You need to sign in or sign up before continuing.",
}

Pairs = tuple[tuple[str, str], ...]


class Reply(msgspec.Struct, frozen=True):
    """An answer before it is sent; `headers` are those beyond request id and run time."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Pairs = (("cache-control", "no-cache"),)


class Refusal(Exception):  # noqa: N818 - a reply that ends the work, not a fault of the program
    """Raised where the server answers something else than asked for."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def good(value: object, if_none_match: str = "", *, vary: bool = False) -> Reply:
    """200 with a weak ETag, or 304 where the asker has the same already."""
    return tagged(msgspec.json.encode(value), JSON_TYPE, if_none_match, vary=vary)


def tagged(body: bytes, content_type: str, if_none_match: str = "", *, vary: bool = False) -> Reply:
    """The same for a body made already."""
    tag = 'W/"' + hashlib.md5(body, usedforsecurity=False).hexdigest() + '"'
    headers: Pairs = (("etag", tag), ("cache-control", "max-age=0, private, must-revalidate"))
    if vary:
        headers = (("vary", "Accept"), *headers)
    if if_none_match and tag in if_none_match:
        return Reply(304, b"", "", headers)
    return Reply(200, body, content_type, headers)


def error(status: int, text: str) -> Reply:
    """An error in the form most of them have."""
    return Reply(status, msgspec.json.encode({"error": text}))


def sign_in(locale: str) -> Reply:
    """401: no token arrived; an array, and translated."""
    return Reply(401, msgspec.json.encode({"errors": [SIGN_IN.get(locale, SIGN_IN["en"])]}))


def unauthorized(text: str) -> Refusal:
    """401 with one of the server's sentences."""
    return Refusal(error(401, text))


def not_allowed() -> Refusal:
    """401, never 403: the role is too low."""
    return unauthorized("You are not authorized to do this action")


def not_found() -> Refusal:
    """404: no such account, team or conversation."""
    return Refusal(error(404, "Resource could not be found"))


def broken() -> Reply:
    """500 as JSON."""
    return _sized(500, b'{"status":500,"error":"Internal Server Error"}', ERROR_TYPE)


def no_route(*, wants_json: bool) -> Reply:
    """404 for an unknown route."""
    if wants_json:
        return _sized(404, b'{"status":404,"error":"Not Found"}', ERROR_TYPE)
    return _sized(404, PAGE, "text/html; charset=UTF-8")


def unprocessable(text: str | None = None) -> Refusal:
    """422, by default without a body."""
    if text is None:
        return Refusal(Reply(422, b"", "application/json"))
    return Refusal(error(422, text))


def too_many() -> Reply:
    """429: plain text, no Retry-After."""
    return Reply(429, b"Retry later\n", "text/plain")


def html(if_none_match: str = "") -> Reply:
    """The page of the web application, whatever the path."""
    return tagged(PAGE, HTML_TYPE, if_none_match, vary=True)


def _sized(status: int, body: bytes, content_type: str) -> Reply:
    return Reply(status, body, content_type, (("content-length", str(len(body))),))


def leading_number(text: str) -> int:
    """Digits at the beginning, as the server reads ids: `1abc` is 1, `abc` is 0."""
    digits = ""
    for character in text:
        if not ("0" <= character <= "9"):
            break
        digits += character
    return int(digits[:18] or "0")


def seconds(query: Mapping[str, list[str]], name: str) -> float | None:
    """A time in Unix seconds; anything but a number is a 500 here, as on the server."""
    value = (query.get(name) or [""])[0]
    if not value:
        return None
    try:
        return float(int(value))
    except ValueError:
        raise Refusal(broken()) from None
