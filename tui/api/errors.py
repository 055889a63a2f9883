"""What went wrong, why, and what to do about it: one class a cause, told in a sentence."""

from typing import ClassVar, Literal

from tui.api.call import CallRecord

Concern = Literal["host", "token", "account", "call"]


class LiveAgentError(Exception):
    """A call that brought no usable answer; `str` is a sentence for a person, with the mend.

    It never holds a token or a body. `kind` is a stable word for JSON and tests. `call` is
    what was asked, where a request was made.
    """

    kind: ClassVar[str] = "error"
    is_final: ClassVar[bool] = False
    """True where asking again is pointless for some minutes unless somebody presses a key."""
    concerns: Concern = "call"
    """What the failure says something about: the whole host, the token, the account, or this call alone."""

    def __init__(self, message: str, *, call: CallRecord | None = None) -> None:
        super().__init__(message)
        self.call = call


class SignInRequiredError(LiveAgentError):
    """401: no token reached the server; none was sent, or something on the way removed it."""

    kind = "no_token"
    is_final = True
    concerns: Concern = "token"


class BadTokenError(LiveAgentError):
    """401: the token is wrong, revoked, or can't be a token at all."""

    kind = "bad_token"
    is_final = True
    concerns: Concern = "token"


class BotTokenError(LiveAgentError):
    """401: the token is a bot's, which may not read this."""

    kind = "bot_token"
    is_final = True
    concerns: Concern = "token"


class NotAMemberError(LiveAgentError):
    """401: the token's owner is not, or no longer, a member of the account."""

    kind = "not_a_member"
    is_final = True
    concerns: Concern = "account"


class AccountSuspendedError(LiveAgentError):
    """401: the account is suspended."""

    kind = "suspended"
    is_final = True
    concerns: Concern = "account"


class NotPermittedError(LiveAgentError):
    """401 or 403: the role of the token's owner is too low for this call."""

    kind = "role"
    is_final = True


class NotFoundError(LiveAgentError):
    """404: no such account, team or conversation, or a call this version does not have.

    `concerns` is `account` where the account itself is unknown, else `call`.
    """

    kind = "not_found"
    is_final = True

    def __init__(self, message: str, *, concerns: Concern = "call", call: CallRecord | None = None) -> None:
        super().__init__(message, call=call)
        self.concerns = concerns


class NotAnApiError(LiveAgentError):
    """Something answers, but it is not the API of Live Agent: a web page, or another product."""

    kind = "not_an_api"
    is_final = True
    concerns: Concern = "host"


class BadRequestError(LiveAgentError):
    """400 or 422: the server does not understand what it was asked."""

    kind = "bad_request"
    is_final = True


class RateLimitedError(LiveAgentError):
    """429: too many requests from this address; `retry_after` in seconds where the server says it."""

    kind = "rate_limited"
    concerns: Concern = "host"

    def __init__(
        self, message: str, *, retry_after: float | None = None, call: CallRecord | None = None
    ) -> None:
        super().__init__(message, call=call)
        self.retry_after = retry_after


class ServerError(LiveAgentError):
    """5xx: the server, or a proxy in front of it, failed; `status` tells how."""

    kind = "server"
    concerns: Concern = "host"

    def __init__(self, message: str, *, status: int, call: CallRecord | None = None) -> None:
        super().__init__(message, call=call)
        self.status = status


class UnreadableAnswerError(LiveAgentError):
    """The answer is not what this call answers: JSON cut short, or of another shape."""

    kind = "unreadable"


class MixedUpAnswerError(LiveAgentError):
    """The answer may be the one to another request: more than one came, or it bears another's id."""

    kind = "mixed_up"
    concerns: Concern = "host"


class AnswerTooLargeError(LiveAgentError):
    """The answer is larger than what is read of one."""

    kind = "too_large"


class ConnectionFailedError(LiveAgentError):
    """No connection, or it broke."""

    kind = "connection"
    concerns: Concern = "host"


class TlsError(LiveAgentError):
    """The server's certificate is not trusted, or no TLS could be agreed on."""

    kind = "tls"
    concerns: Concern = "host"


class TimedOutError(LiveAgentError):
    """No answer within the time a call may take."""

    kind = "timeout"
    concerns: Concern = "host"


class RedirectRefusedError(LiveAgentError):
    """The server sends the caller elsewhere; following would hand the token to another host."""

    kind = "redirect"
    is_final = True
    concerns: Concern = "host"


class ProxyError(LiveAgentError):
    """The HTTP proxy refuses, wants its own sign-in, or can't be used."""

    kind = "proxy"
    concerns: Concern = "host"
