"""By how much the server's clock differs from this machine's, learnt from the `Date` of its answers."""

from collections.abc import Mapping
from typing import NamedTuple

from tui.api.fields import http_date

SECOND = 1.0
"""A `Date` leaves out fractions."""
DRIFT = 0.0002
"""Seconds in a second by which two clocks may run apart; a bad quartz does half of it."""


class Ahead(NamedTuple):
    """By how many seconds the server's clock is ahead, and by how many that may be wrong."""

    seconds: float
    unsure: float


class ServerClock:
    """What the answers of one server have told of its clock.

    Each says that the server's clock showed its `Date` at some instant between asking and
    answering. Together the quick ones leave a second or less, which a slow one then gets, too.
    All is kept against `Clock.now`: somebody may set this machine's clock between two answers.
    """

    def __init__(self) -> None:
        self._least = self._most = self._at = 0.0
        self._told = False

    def heard(
        self, headers: Mapping[str, str], asked_at: float, asked_wall: float, answered_at: float
    ) -> Ahead | None:
        """Learn from an answer, and tell how it stood when that was asked for; None where it has no `Date`.

        An answer out of a cache tells nothing. One that contradicts all before is believed: the
        server's clock has been set, or it is another server's.
        """
        date = http_date(headers.get("date", ""))
        if date is None or "age" in headers:
            return None
        least, most = date - answered_at, date + SECOND - asked_at
        if self._told:
            apart = DRIFT * max(0.0, answered_at - self._at)
            low, high = max(least, self._least - apart), min(most, self._most + apart)
            if low <= high:
                least, most = low, high
        self._least, self._most, self._at, self._told = least, most, answered_at, True
        return Ahead((least + most) / 2 - (asked_wall - asked_at), (most - least) / 2)
