"""Misbehaviour on demand: which fault meets which request, drawn or scripted."""
# ruff: noqa: S105 - the words name what is wrong with a token

import fnmatch
import random
import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

_ACCOUNT = re.compile(r"/accounts/(\d+)(?:/|$)")


class Kind(StrEnum):
    """What goes wrong."""

    DELAY = "delay"
    """The answer comes `seconds` later; goes together with any other kind."""
    SLOW = "slow"
    """The body comes in pieces of `size` bytes, `seconds` apart; goes together as well."""
    STRIP = "strip"
    """A proxy drops request headers with an underscore; goes together as well."""
    REFUSE = "refuse"
    DROP_BEFORE = "drop_before"
    DROP_BODY = "drop_body"
    CUT_JSON = "cut_json"
    WRONG_TYPES = "wrong_types"
    HTML_200 = "html_200"
    NO_TOKEN = "no_token"
    BAD_TOKEN = "bad_token"
    NOT_A_MEMBER = "not_a_member"
    SUSPENDED = "suspended"
    ROLE = "role"
    BOT_TOKEN = "bot_token"
    NOT_FOUND = "not_found"
    UNPROCESSABLE = "unprocessable"
    RATE_LIMITED = "rate_limited"
    STATUS_JSON = "status_json"
    """`status` with a JSON body, 500 by default."""
    STATUS_HTML = "status_html"
    """`status` with an HTML page, 500 by default."""
    HUGE = "huge"
    """A body of `size` bytes, streamed."""
    REDIRECT = "redirect"
    """302 to `location`."""


TOGETHER = frozenset({Kind.DELAY, Kind.SLOW, Kind.STRIP})


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One way to fail, and whom it meets.

    `path` is a glob over the path without the query; `origin` the base URL or "" for any.
    It holds from `start` to `end`, in `Clock.now`, for a share `chance` of the requests, at
    most `times` of them.
    """

    kind: Kind
    path: str = "*"
    account: int | None = None
    origin: str = ""
    chance: float = 1.0
    start: float = float("-inf")
    end: float = float("inf")
    times: int | None = None
    seconds: float = 0.0
    status: int = 500
    size: int = 50_000_000
    location: str = "https://elsewhere.invalid/"

    def meets(self, origin: str, path: str, now: float) -> bool:
        """Whether a request to `path` at `now` is concerned, chance and times aside."""
        if not self.start <= now < self.end or (self.origin and self.origin != origin):
            return False
        return (self.account is None or self.account == account_in(path)) and fnmatch.fnmatch(path, self.path)


class FaultPlan:
    """Faults in force; of those that exclude each other the first added wins."""

    def __init__(self, faults: Iterable[Fault] = (), *, rng: random.Random | None = None) -> None:
        self._rng = rng or random.Random(0)
        self._faults: list[Fault] = []
        self._left: list[int | None] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append(fault)
        self._left.append(fault.times)

    def clear(self) -> None:
        """All is well again."""
        self._faults.clear()
        self._left.clear()

    def draw(self, origin: str, path: str, now: float) -> list[Fault]:
        """The faults that meet this request: some that go together, and one other at most."""
        met: list[Fault] = []
        alone = False
        for index, fault in enumerate(self._faults):
            left = self._left[index]
            if left == 0 or not fault.meets(origin, path, now) or (alone and fault.kind not in TOGETHER):
                continue
            if fault.chance < 1.0 and self._rng.random() >= fault.chance:
                continue
            if left is not None:
                self._left[index] = left - 1
            alone = alone or fault.kind not in TOGETHER
            met.append(fault)
        return met


def account_in(path: str) -> int | None:
    """The account id in a request path."""
    account = _ACCOUNT.search(path)
    return int(account[1]) if account else None
