"""One call to the server: what was asked, when it left and came, and what came back."""

from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


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

    def age(self, now: float) -> float:
        """Seconds since it left, at `Clock.now` = `now`; never negative."""
        return max(0.0, now - self.asked_at)

    @property
    def duration(self) -> float:
        """Seconds from leaving to the last byte; never negative."""
        return max(0.0, self.answered_at - self.asked_at)


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """What a call answered; `lost` items of its list could not be read."""

    value: T
    call: CallRecord
    lost: int = 0
