"""An answer that is no success -> the error that says what went wrong; pure, and by the body first."""

import json
import re
from typing import Any

import msgspec

from tui.api import client_certificate, errors
from tui.api.call import CallRecord
from tui.text import safe_line

_READ = 64 * 1024
"""Bytes of a refusal's body that are looked at."""
_LONGEST_WAIT = 3600.0
"""Seconds: a `Retry-After` beyond that is nobody's meaning."""
_TOKEN_PLACE = "Profile Settings > Access Token"  # noqa: S105
_COGNIGY_AI = re.compile(r"https://api-[^/]*\.cognigy\.cloud(?:/|$)")


class Asked(msgspec.Struct, frozen=True):
    """What the sentences name: whose call it was and what it was about."""

    environment: str
    base_url: str
    account_id: int | None = None
    subject: str = ""
    """What an unknown id would belong to, such as `team 7`; empty: the account itself."""
    core: bool = False
    """Whether every Live Agent has this call, so that its absence means a wrong address."""

    @property
    def account(self) -> str:
        """`account 7`; `an account` where the call is of none, such as that of the profile."""
        return "an account" if self.account_id is None else f"account {self.account_id}"


class _Refusal(msgspec.Struct):
    error: Any = None
    errors: Any = None
    message: Any = None
    status: Any = None


def classify(
    status: int, body: bytes, headers: dict[str, str], asked: Asked, call: CallRecord
) -> errors.LiveAgentError:
    """The error for an answer with `status`; `headers` by lower-case name.

    A 200 comes here when its body is not what was to be read.
    """
    page = _is_page(body, headers.get("content-type", ""))
    refusal = None if page else _refusal(body)
    if 200 <= status < 300:
        return _not_readable(body, page=page, asked=asked, call=call)
    if 300 <= status < 400:
        return errors.RedirectRefusedError(
            f"{_server(asked)} sends us elsewhere ({status}), which is not followed: the token would go "
            "along. Check the address in the config; the one in your browser after signing in is right.",
            call=call,
        )
    match status:
        case 401:
            return _unauthorized(refusal, asked, call)
        case 403:
            return _forbidden(refusal, asked, call)
        case 404 | 405 | 410:
            return _not_found(refusal, asked, call)
        case 407:
            return errors.ProxyError(
                f"The proxy on the way to {_server(asked)} wants its own sign-in (407). "
                'Give it as proxy = "http://name:password@host:port" in the config, or in HTTPS_PROXY.',
                call=call,
            )
        case 429:
            return errors.RateLimitedError(
                f"{_server(asked)} has had too many requests from this address (429). "
                "Everyone behind the same address counts together.",
                retry_after=_retry_after(headers.get("retry-after", "")),
                call=call,
            )
        case 408:
            return errors.TimedOutError(
                f"{_server(asked)} gave up waiting (408). It is slow or overloaded.", call=call
            )
        case _ if status >= 500:
            return _failed(status, asked, call, page=page)
        case _:
            ours = client_certificate.by_page(body, _server(asked)) if page else ""
            if ours:
                return errors.TlsError(ours, call=call)
            said = _quoted(refusal)
            return errors.BadRequestError(
                f"{_server(asked)} does not take this request ({status}{said}). "
                "This version of Live Agent may not know it.",
                call=call,
            )


def _unauthorized(refusal: _Refusal | None, asked: Asked, call: CallRecord) -> errors.LiveAgentError:
    if refusal is None:
        return errors.NotAnApiError(
            f"Something in front of {_server(asked)} wants its own sign-in (401), and it is not Live Agent. "
            "Check the address, and whether a VPN is needed.",
            call=call,
        )
    if isinstance(refusal.errors, list):
        return errors.SignInRequiredError(
            f"No token reached {_server(asked)}. Set one in the config; if there is one, a proxy on the way "
            "removes the header api_access_token: ask its administrator to let it through.",
            call=call,
        )
    said = str(refusal.error).lower()
    if "access this account" in said:
        return errors.NotAMemberError(
            f'The token of "{asked.environment}" belongs to somebody who is not a member of '
            f"{asked.account}. Ask an administrator of that account, or choose another account.",
            call=call,
        )
    if "suspended" in said:
        return errors.AccountSuspendedError(
            f'{asked.account.capitalize()} of "{asked.environment}" is suspended. '
            "Only Cognigy can lift that; choose another account.",
            call=call,
        )
    if "for bots" in said:
        return errors.BotTokenError(
            f'The token of "{asked.environment}" is a bot\'s, which may not read this. '
            f"Take a person's, from {_TOKEN_PLACE}.",
            call=call,
        )
    if "do this action" in said:
        return _too_low(asked, call)
    return errors.BadTokenError(
        f'The server did not accept the token of "{asked.environment}"{_in_brackets(refusal)}. '
        f"Copy a new one from {_TOKEN_PLACE} and put it where this one came from.",
        call=call,
    )


def _too_low(asked: Asked, call: CallRecord) -> errors.LiveAgentError:
    return errors.NotPermittedError(
        f'The role of the token of "{asked.environment}" may not read this. '
        "It takes a supervisor or an administrator; ask one for the role, or use their token.",
        call=call,
    )


def _forbidden(refusal: _Refusal | None, asked: Asked, call: CallRecord) -> errors.LiveAgentError:
    if refusal is not None and refusal.error is not None:
        return _too_low(asked, call)
    return errors.NotAnApiError(
        f"Something in front of {_server(asked)} refuses us (403), before Live Agent is asked. "
        "Check whether a VPN is needed, or whether this machine's address must be allowed.",
        call=call,
    )


def _not_found(refusal: _Refusal | None, asked: Asked, call: CallRecord) -> errors.LiveAgentError:
    if refusal is not None and "could not be found" in str(refusal.error).lower():
        if asked.subject:
            return errors.NotFoundError(
                f'There is no {asked.subject} in {asked.account} of "{asked.environment}" '
                "(any more). The token is fine.",
                call=call,
            )
        if not asked.core:
            return errors.NotFoundError(
                f"{_server(asked)} finds nothing for this call in {asked.account} (404). Whether "
                "the account is there, its counts tell.",
                call=call,
            )
        return errors.NotFoundError(
            f'There is no {asked.account.removeprefix("an ")} in "{asked.environment}". The token is fine, '
            "the number is not: it stands in the browser's address after /accounts/.",
            concerns="account",
            call=call,
        )
    if asked.core:
        return errors.NotAnApiError(_no_api(asked, "it answers 404"), call=call)
    return errors.NotFoundError(
        f"{_server(asked)} does not offer this call (404). Its version of Live Agent may be older or newer.",
        call=call,
    )


def _failed(status: int, asked: Asked, call: CallRecord, *, page: bool) -> errors.LiveAgentError:
    if status in (502, 503, 504) or status >= 520:
        text = f"{_server(asked)}: {status} from the proxy in front of it. Live Agent may be restarting."
    elif page:
        text = f"{_server(asked)} failed ({status}), with a page instead of an answer."
    else:
        text = f"{_server(asked)} failed inside ({status}). That is not this machine's fault."
    return errors.ServerError(text, status=status, call=call)


def _not_readable(body: bytes, *, page: bool, asked: Asked, call: CallRecord) -> errors.LiveAgentError:
    if page:
        return errors.NotAnApiError(_no_api(asked, "a web page answers"), call=call)
    what = "is empty" if not body.strip() else "is cut short, or not what this call answers"
    return errors.UnreadableAnswerError(
        f"The answer of {_server(asked)} {what}. If it stays so, something on the way "
        "changes answers, or its version of Live Agent differs.",
        call=call,
    )


def _no_api(asked: Asked, why: str) -> str:
    also = (
        " Addresses of this form are also those of Cognigy.AI, another product with another key."
        if _COGNIGY_AI.match(asked.base_url)
        else ""
    )
    return (
        f"{asked.base_url} is not the address of a Live Agent API: {why}.{also} "
        "Paste the address Live Agent has in your browser."
    )


def _is_page(body: bytes, content_type: str) -> bool:
    start = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<") or (not start.startswith((b"{", b"[")) and "html" in content_type.lower())


def _refusal(body: bytes) -> _Refusal | None:
    try:
        return msgspec.json.decode(body[:_READ], type=_Refusal)
    except (ValueError, RecursionError):
        pass
    try:
        return msgspec.convert(json.loads(body[:_READ]), _Refusal)
    except (ValueError, RecursionError):
        return None


def _said(refusal: _Refusal | None) -> str:
    if refusal is None:
        return ""
    word = next((text for text in (refusal.error, refusal.message) if isinstance(text, str)), "")
    return safe_line(word, limit=80)


def _quoted(refusal: _Refusal | None) -> str:
    said = _said(refusal)
    return f": {said}" if said else ""


def _in_brackets(refusal: _Refusal | None) -> str:
    said = _said(refusal)
    return f" ({said})" if said else ""


def _retry_after(value: str) -> float | None:
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), _LONGEST_WAIT)
    return None


def _server(asked: Asked) -> str:
    return f'"{asked.environment}"'
