"""One call to the server: what was asked, when it left and came, and what came back."""

import logging
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

LOG = logging.getLogger("tui.calls")

CLOCKS_AGREE = 1.0
"""Seconds by which two clocks may differ and still count as set alike."""


class HeaderForm(StrEnum):
    """How the token's header is spelled; some proxies drop names with underscores."""

    DOCUMENTED = "api_access_token"
    HYPHENATED = "Api-Access-Token"

    @property
    def other(self) -> "HeaderForm":
        """The other spelling."""
        return HeaderForm.HYPHENATED if self is HeaderForm.DOCUMENTED else HeaderForm.DOCUMENTED


class CallRecord(msgspec.Struct, frozen=True):
    """A call as `i` shows it; holds no token and no body.

    `asked_at` and `answered_at` are `Clock.now` seconds, `asked_wall` Unix time. `status` is
    None where no answer came. `runtime` is the server's own `x-runtime`, in seconds.
    `server_ahead` is by how many seconds the server's clock was ahead of this machine's, by
    `server_unsure` up or down, as its answers' `Date` tell; None where this one told none.
    """

    method: str
    path: str
    asked_at: float
    asked_wall: float
    answered_at: float
    status: int | None = None
    request_id: str = ""
    runtime: float | None = None
    size: int = 0
    error: str = ""
    server_ahead: float | None = None
    server_unsure: float = 0.0

    @property
    def server_wall(self) -> float:
        """Unix time at which it left by the server's clock, to compare with times the server tells.

        It is this machine's where the two agree, or nothing tells that they don't.
        """
        ahead = self.server_ahead
        if ahead is None or abs(ahead) <= CLOCKS_AGREE + self.server_unsure:
            return self.asked_wall
        return self.asked_wall + ahead

    def age(self, now: float) -> float:
        """Seconds since it left, at `Clock.now` = `now`; never negative."""
        return max(0.0, now - self.asked_at)

    @property
    def duration(self) -> float:
        """Seconds from leaving to the last byte; never negative."""
        return max(0.0, self.answered_at - self.asked_at)


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """What a call answered; `lost` items of its list could not be read.

    `paged` where a list came wrapped, so that it may be one page of several; `total` is how many
    there are on all of them, None where the server doesn't say.
    """

    value: T
    call: CallRecord
    lost: int = 0
    paged: bool = False
    total: int | None = None


def log_call(call: CallRecord) -> None:
    """One line at debug for a call: method, path, status, milliseconds; never a header or a body."""
    outcome = call.error or "no answer" if call.status is None else call.status
    LOG.debug("%s %s %s %.0f ms", call.method, call.path, outcome, call.duration * 1000)
