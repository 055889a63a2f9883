"""When a wall is bright: `"inbox"`, `"always"`, or `"08:00-18:00 mon-fri"`."""

import re
from typing import Literal

import msgspec

from tui.text import excerpt

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)(?:\s+(.+))?", re.ASCII)
_DAY_MINUTES = 24 * 60
_HELP = 'write "inbox", "always", or for example "08:00-18:00 mon-fri"'


class WallHours(msgspec.Struct, frozen=True):
    """The hours of a wall; `opens` and `closes` are minutes of the day, 0 to 1440.

    Where `closes` is not after `opens` the hours reach into the next day. `days` count from
    0, Monday, and name the day on which the hours begin.
    """

    kind: Literal["inbox", "always", "given"] = "inbox"
    opens: int = 0
    closes: int = _DAY_MINUTES
    days: tuple[int, ...] = tuple(range(7))

    def open_at(self, weekday: int, minute: int) -> bool:
        """Whether given hours are open at `minute` of `weekday` (0 is Monday); True for "always".

        Hours of the inboxes are not known here: for those this answers True as well.
        """
        if self.kind != "given":
            return True
        if self.opens < self.closes:
            return weekday in self.days and self.opens <= minute < self.closes
        before = (weekday - 1) % 7
        return (weekday in self.days and minute >= self.opens) or (
            before in self.days and minute < self.closes
        )


def parse_hours(value: object) -> WallHours:
    """Hours from the config; raises ValueError with a sentence."""
    if not isinstance(value, str):
        raise ValueError(f"expected the hours in quotes; {_HELP}")  # noqa: TRY004
    text = value.strip().lower()
    if text == "inbox":
        return WallHours("inbox")
    if text == "always":
        return WallHours("always")
    match = _TIMES.fullmatch(text) if len(text) <= 100 else None
    if match is None:
        raise ValueError(f'"{excerpt(text)}" are no hours; {_HELP}')
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if opens >= _DAY_MINUTES or closes > _DAY_MINUTES:
        raise ValueError(f"a day ends at 24:00; {_HELP}")
    return WallHours("given", opens, closes, _days(match[5]) if match[5] else tuple(range(7)))


def _days(text: str) -> tuple[int, ...]:
    chosen: set[int] = set()
    for part in re.split(r"[\s,]+", text.strip()):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f'"{excerpt(part, 20)}" is no day; days are {", ".join(DAYS)}, or "mon-fri"')
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % 7
        chosen.update((start + step) % 7 for step in range(length + 1))
    return tuple(sorted(chosen))
