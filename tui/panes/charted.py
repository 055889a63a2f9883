"""What can be charted, over which ranges, with which labels, and the chart in words: pure."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import NamedTuple

from tui import identity, wording
from tui.durations import DAY, HALF_HOUR, HOUR, MINUTE
from tui.identity import HEADLINE, Measure, ScopeKind, Slot
from tui.measures import DAY_BEFORE, ON_SCREEN, of
from tui.monitor.calls import What
from tui.monitor.history.reach_periods import Period
from tui.monitor.history.trends import Point, Was, gap_of
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.widgets.parts import Line, Part

LABEL_WIDTH = 10


class Range(NamedTuple):
    """How far a chart looks back; seconds. Ticks are at equal parts, the end at a round time."""

    word: str
    seconds: float
    align: float
    parts: tuple[int, ...]
    """Into how many parts the axis may be divided, most first."""
    time: str
    """How a label tells its moment, as `strftime` has it."""


RANGES = (
    Range("1 h", HOUR, 5 * MINUTE, (12, 6, 4, 3, 2), "%H:%M"),
    Range("8 h", 8 * HOUR, HALF_HOUR, (16, 8, 4, 2), "%H:%M"),
    Range("24 h", DAY, HOUR, (12, 8, 6, 4, 2), "%H:%M"),
    Range("7 days", 7 * DAY, 6 * HOUR, (14, 7), "%a %H:%M"),
)


class Unit(NamedTuple):
    """What the numbers of a chart are told in."""

    seconds: float
    word: str

    def form(self, value: float) -> str:
        """A number of the axis."""
        return f"{wording.amount(value)} {self.word}".rstrip()


COUNT = Unit(1, "")
SHARE = Unit(1, "%")
UNITS = (Unit(1, "s"), Unit(MINUTE, "m"), Unit(HOUR, "h"), Unit(DAY, "d"))


class Charted(NamedTuple):
    """A figure that can be charted, and its name in words."""

    slot: Slot
    word: str

    @property
    def is_time(self) -> bool:
        """Whether it is a length of time, in seconds."""
        return self.slot.row.is_time

    def text(self, value: float | None, *, at_least: bool = False) -> str:
        """A value of it in words."""
        return self.form(value, at_least=at_least)

    @property
    def form(self) -> Callable[..., str]:
        """How its values are written."""
        if self.slot.row.is_share:
            return wording.share
        return wording.wait if self.is_time else wording.count


ACCOUNT_WIDE = tuple(
    Charted(identity.whole(measure), measure.heading)
    for measure in ON_SCREEN
    if measure.is_of_account and measure.row.day != DAY_BEFORE
)
COUNTED = {
    ScopeKind.TEAM: frozenset(What.TEAM_COUNTS.call.tells),
    ScopeKind.INBOX: frozenset(What.INBOX_COUNTS.call.tells),
}
"""What is known of each team and inbox in view: it can be charted before it is told."""


def choices(snapshot: AccountSnapshot) -> list[Charted]:
    """Every figure of the account a chart can show, in the order a person steps through them."""
    figures = [figure for figure in ACCOUNT_WIDE if figure.slot in snapshot.readings]
    figures = figures or [ACCOUNT_WIDE[0]]
    for team in snapshot.teams.items or ():
        figures += _of_part(snapshot, ScopeKind.TEAM, partial(identity.team, team.id), team.name)
    for inbox in snapshot.inboxes.items or ():
        figures += _of_part(snapshot, ScopeKind.INBOX, partial(identity.inbox, inbox.id), inbox.name)
    return figures


def _of_part(
    snapshot: AccountSnapshot, kind: ScopeKind, slot: Callable[[Measure], Slot], name: str
) -> list[Charted]:
    whose = wording.of_kind(str(kind), name)
    return [
        Charted(slot(measure), f"{measure.heading}, {whose}")
        for measure in of(kind)
        if measure in COUNTED[kind] or slot(measure) in snapshot.readings
    ]


def chosen(figures: Sequence[Charted], slot: Slot) -> int:
    """The place of `slot` among the choices; that of its team's or inbox's waiting, else the first."""
    slots = [figure.slot for figure in figures]
    if slot in slots:
        return slots.index(slot)
    near = slot if slot.scope.kind is ScopeKind.AGENT else Slot(slot.scope, HEADLINE.measure)
    return slots.index(near) if near in slots else 0


def end_of(wall: float, align: float, zone: tzinfo) -> float:
    """The next moment, at or after `wall`, that a clock in `zone` shows as a round one."""
    offset = datetime.fromtimestamp(wall, zone).utcoffset()
    shift = offset.total_seconds() if offset is not None else 0.0
    return math.ceil((wall + shift) / align) * align - shift


def labels(until: float, shown: Range, zone: tzinfo, width: int) -> list[str]:
    """What stands below the axis: as many times at equal distances as `width` cells carry."""
    parts = next((part for part in shown.parts if (part + 1) * LABEL_WIDTH <= width), shown.parts[-1])
    moments = [until - shown.seconds * (parts - place) / parts for place in range(parts + 1)]
    return [datetime.fromtimestamp(seconds, zone).strftime(shown.time) for seconds in moments]


def held_to_now(
    points: Sequence[Point | None], step: float, held: Was | None, period: float = 0.0
) -> list[Point | None]:
    """The last sample holds up to now where the live figure still says the same; `points` end now.

    `period` is the seconds between two asks of the figure.
    """
    drawn = list(points)
    last = next((place for place in range(len(drawn) - 1, -1, -1) if drawn[place]), None)
    if last is None or held is None or (len(drawn) - 1 - last) * step > gap_of(period):
        return drawn
    point = drawn[last]
    if point is None or not point.minimum <= held.value <= point.maximum:
        return drawn
    now = Point(held.value, held.value, held.value, held.at_least)
    return [*drawn[: last + 1], *([now] * (len(drawn) - 1 - last))]


def unit_of(charted: Charted, points: Sequence[Point | None]) -> Unit:
    """The largest unit in which the highest value is two or more."""
    if not charted.is_time:
        return SHARE if charted.slot.row.is_share else COUNT
    highest = max((point.maximum for point in points if point), default=0.0)
    return next((unit for unit in reversed(UNITS) if highest >= 2 * unit.seconds), UNITS[0])


def series(points: Sequence[Point | None], unit: Unit) -> list[float | None]:
    """Two numbers a step, its lowest and its highest, so that a chart of as many columns loses neither."""
    drawn: list[float | None] = []
    for point in points:
        drawn += (
            (None, None) if point is None else (point.minimum / unit.seconds, point.maximum / unit.seconds)
        )
    return drawn


def mark(reaches: Sequence[Period], since: float, shown: Range, zone: tzinfo) -> str:
    """`seen as agent, 2 inboxes since 14:05 · ` where the account was seen otherwise earlier in the range.

    What was seen with another reach is not drawn.
    """
    if len(reaches) < 2 or reaches[-1].since <= since:
        return ""
    at = datetime.fromtimestamp(reaches[-1].since, zone).strftime(shown.time)
    return f"seen as {reaches[-1].name} since {at} · "


def summary(
    charted: Charted, points: Sequence[Point | None], since: float, step: float, shown: Range, zone: tzinfo
) -> Line:
    """`min 12 at 06:10 · avg 40 · max 88 at 14:02`, and of how much of the range there are data.

    Where a value may have been more than was told, all three are at least so much.
    """
    known = [(place, point) for place, point in enumerate(points) if point is not None]
    if not known:
        return [Part("Nothing was recorded in this time.", "dim")]
    least = min(known, key=lambda placed: placed[1].minimum)
    most = max(known, key=lambda placed: placed[1].maximum)
    mean = sum(point.mean for _, point in known) / len(known)
    unsure = any(point.at_least for _, point in known)

    def at(place: int) -> Part:
        moment = datetime.fromtimestamp(since + place * step, zone)
        return Part(f" at {moment.strftime(shown.time)}", "dim")

    parts = [
        Part("min ", "label"),
        Part(charted.text(least[1].minimum, at_least=unsure), "value"),
        at(least[0]),
    ]
    parts += [Part("   avg ", "label"), Part(_mean(charted, mean, unsure), "value")]
    parts += [
        Part("   max ", "label"),
        Part(charted.text(most[1].maximum, at_least=unsure), "value"),
        at(most[0]),
    ]
    share = len(known) / len(points)
    if share < 0.99:
        parts.append(Part(f"   data for {max(1, round(100 * share))} % of this range", "dim"))
    return parts


def _mean(charted: Charted, mean: float, at_least: bool) -> str:
    if charted.is_time or charted.slot.row.is_share or mean >= 10:
        return charted.text(mean, at_least=at_least)
    number = wording.amount(mean, decimals=1)
    return f"≥ {number}" if at_least else number


def live(snapshot: AccountSnapshot, charted: Charted, now: float, wall: float, zone: tzinfo) -> Line:
    """`now 5 as of 21:24:34`, or `last 5 as of 21:20:34, 4 m ago` once stale; `—` while not known."""
    reading = snapshot.reading(charted.slot)
    figure = draw.figure(snapshot, charted.slot, now, form=charted.form, with_age=False)
    if reading.value is None:
        return [Part("now ", "label"), *figure]
    asked = f" as of {wording.clock_time(draw.asked(reading, now, wall), zone)}"
    if reading.state(now) is not State.STALE:
        return [Part("now ", "label"), *figure, Part(asked, "dim")]
    aged = f"{asked}, {wording.old(reading.age(now))} ago"
    return [Part("last ", "label"), *figure, Part(aged, "stale-mark")]


def against(charted: Charted, changes: Sequence[tuple[str, float | None]]) -> Line:
    """`▲ 12 in an hour`: a figure against its past, what is not known as `—`."""
    parts: list[Part] = []
    for word, change in changes:
        text = wording.UNKNOWN if change is None else change_text(charted, change)
        parts += [Part(f"   {word} " if parts else f"vs. {word} ", "label")]
        look = "unknown" if change is None else "value"
        parts += [Part(text, look, draw.change_meta(charted.slot, word))]
    return parts


def change_text(charted: Charted, change: float) -> str:
    """`▲ 12`, `▼ 4 m`, `=`."""
    if not charted.is_time:
        return wording.change(change)
    return "=" if round(change) == 0 else f"{'▲' if change > 0 else '▼'} {wording.duration(abs(change))}"
