"""The conditions of alerts: `unassigned > 0 and agents_online = 0`, as text and as comparisons."""

import operator
import re
from collections.abc import Callable
from typing import Literal

import msgspec

from tui.config.durations import parse_duration
from tui.guess import meant
from tui.measures import ON_SCREEN, SERVICE
from tui.text import excerpt

Op = Literal["<", "<=", "=", "!=", ">=", ">"]

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
DATA_AGE = "data_age"
TIMES = frozenset({*(str(measure) for measure in ON_SCREEN if measure.row.is_time), DATA_AGE})
SHARES = frozenset(str(measure) for measure in ON_SCREEN if measure.row.is_share)
RENAMED = {measure.row.earlier_word: str(measure) for measure in ON_SCREEN if measure.row.earlier_word}
"""Words of earlier versions that a config may still hold."""
FIGURES = (*map(str, ON_SCREEN), DATA_AGE)
OF_PARTS = frozenset(str(measure) for measure in ON_SCREEN if not measure.is_of_account)
"""What no account as a whole has, but each of its teams."""
_MOST = 10
"""Comparisons joined by `and`."""
_COMPARISON = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|!=|==|<|>|=)\s*(.+?)\s*", re.DOTALL)
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


class Comparison(msgspec.Struct, frozen=True):
    """One figure against one limit."""

    figure: str
    """One of `FIGURES`: a measure's or a status's word, or `data_age`."""
    op: Op
    value: float
    """A count; seconds where the figure is one of `TIMES`, percent where it is one of `SHARES`."""

    def holds(self, actual: float) -> bool:
        """Whether a known figure of `actual` fulfils this."""
        return OPERATORS[self.op](actual, self.value)


def parse_condition(text: object) -> tuple[Comparison, ...]:
    """The comparisons of a `when` or `until`, joined by `and`.

    Raises ValueError with a sentence that names what is wrong and what would be right.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError('expected a condition in quotes, such as "unassigned > 20"')
    if len(text) > 500:
        raise ValueError("a condition is at most 500 characters long")
    parts = _AND.split(text.strip())
    if len(parts) > _MOST:
        raise ValueError(f"at most {_MOST} comparisons can be joined")
    return tuple(_comparison(part) for part in parts)


def known_figure(name: str) -> str:
    """`name`, by its present word, if it is one of `FIGURES`; raises ValueError with the nearest if not."""
    name = RENAMED.get(name, name)
    if name in FIGURES:
        return name
    mend = meant(name, FIGURES, f"the figures are {', '.join(FIGURES)}")
    raise ValueError(f'there is no figure "{excerpt(name)}"; {mend}')


def account_figure(name: str) -> str:
    """`known_figure` of a whole account, as walls want it; raises ValueError."""
    name = known_figure(name)
    if name in OF_PARTS:
        raise ValueError(f'"{name}" is counted of each team by itself; no account as a whole has it')
    return name


def asked_figure(name: str) -> str:
    """`account_figure` that one round of asking tells, as scripts want it; raises ValueError."""
    name = account_figure(name)
    if name in SERVICE:
        raise ValueError(f'"{name}" takes reading a day\'s conversations; `liveagent-tui report` tells it')
    return name


def _comparison(text: str) -> Comparison:
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise ValueError(f'"{excerpt(text, 60)}" is not a comparison; write for example "unassigned > 20"')
    figure = known_figure(match[1])
    op: Op = "=" if match[2] == "==" else match[2]  # type: ignore[assignment]
    return Comparison(figure, op, _value(figure, match[3]))


def _value(figure: str, text: str) -> float:
    if figure in TIMES:
        if _NUMBER.fullmatch(text) and float(text):
            # Seconds by the rules of durations, but who leaves the unit out mostly means minutes.
            raise ValueError(f'"{figure}" is a time, which takes a unit; write "{text}s" or "{text}m"')
        return parse_duration(text)
    if figure in SHARES:
        text = text.removesuffix("%").rstrip()
        if _NUMBER.fullmatch(text) and float(text) > 100:
            raise ValueError(f'"{figure}" is a part of a hundred; write for example "{figure} < 80"')
    if not _NUMBER.fullmatch(text):
        raise ValueError(f'"{figure}" is compared with a number, not with "{excerpt(text)}"')
    return float(text)
