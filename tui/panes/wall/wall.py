"""What the wall says of an account: at most five figures, each large enough or gone; pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

import msgspec

from tui import identity, wording
from tui.config.conditions import DATA_AGE, SHARES, TIMES
from tui.config.model import Level
from tui.durations import MINUTE, QUARTER
from tui.identity import HEADLINE, Measure, Slot
from tui.measures import ONLINE, PEOPLE, SERVICE, WAITS
from tui.monitor.history.direction import Course, NoCourse
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, Reading, State
from tui.monitor.service.words import few_text
from tui.panes import figures as draw

LOADING = "…"


class TileView(NamedTuple):
    """What a tile is made with besides the snapshot."""

    now: float
    wall: float
    zone: tzinfo | None
    target: float | None = None
    """Seconds a customer may wait; None where no target is set."""
    course: Course = NoCourse()
    level: Callable[[str], Level | None] = lambda _: None
    """The worst alert a figure is part of, by the figure's name."""


class TileFigure(NamedTuple):
    """One figure of a tile."""

    name: str
    text: str
    role: str
    label: str
    change: str = ""
    note: str = ""
    level: Level | None = None
    account: str = ""
    """Whose figure it is: `environment/account id`."""


class Tile(NamedTuple):
    """One account on the wall. `since` is the minute of its last data once there is none any more."""

    name: str
    number: int
    shown: tuple[TileFigure, ...]
    since: str | None = None
    level: Level | None = None
    words: str = ""
    """What is the matter, in a few plain words."""


def tile(
    snapshot: AccountSnapshot,
    names: Sequence[str],
    view: TileView,
    *,
    title: str,
    level: Level | None = None,
    words: str = "",
) -> Tile:
    """What the account's tile says; without fresh data no digit is left in it."""
    readings = {name: reading_of(snapshot, name, view.now) for name in names}
    since = silent_since(list(readings.values()), view)
    shown = tuple(_shown(name, readings[name], view, snapshot, gone=since is not None) for name in names)
    return Tile(title, snapshot.ref.account_id, shown, since, level, words)


def label_of(name: str, moment: str = "00:00") -> str:
    """The word under a figure; under a share, told a few times an hour alone, with its own `moment`."""
    if name == DATA_AGE:
        return "data age"
    row = Measure(name).row
    return f"{row.label} {moment}".rstrip() if row.of_service else row.label or row.word


def slot_of(name: str) -> Slot:
    """The figure that a name in the config stands for."""
    return HEADLINE if name == DATA_AGE else identity.whole(Measure(name))


def reading_of(snapshot: AccountSnapshot, name: str, now: float) -> Reading:
    """What is known of a figure by its name; the age of the data is that of the counts."""
    reading = snapshot.reading(slot_of(name))
    if name == DATA_AGE and reading.value is not None:
        return msgspec.structs.replace(reading, value=reading.age(now), changed=False)
    return reading


def silent_since(readings: Sequence[Reading], view: TileView) -> str | None:
    """The minute of the last answer, once two periods of the quickest figure went by in silence.

    A single call that fails does not silence a tile: its figure alone is gone then.
    """
    known = [reading for reading in readings if reading.value is not None]
    if not known:
        return None
    pulse = min(known, key=lambda reading: reading.period)
    last = max(known, key=lambda reading: reading.asked_at)
    overdue = pulse.asked_at + MISSED_PERIODS * pulse.period
    if view.now <= overdue or last.asked_at > overdue:
        return None
    return wording.minute(draw.asked(last, view.now, view.wall), view.zone)


def _shown(
    name: str, reading: Reading, view: TileView, snapshot: AccountSnapshot, *, gone: bool
) -> TileFigure:
    state, account = reading.state(view.now), str(snapshot.ref)
    moment = wording.minute(draw.asked(reading, view.now, view.wall), view.zone)
    label = label_of(name, moment if state is State.LIVE and not gone else "")
    if gone:
        return TileFigure(name, wording.UNKNOWN, "stale", label, account=account)
    if state is not State.LIVE or reading.value is None:
        text = LOADING if state is State.LOADING else wording.UNKNOWN
        return TileFigure(name, text, "unknown", label, note=_why(reading, state, view), account=account)
    few = _of_few(name, snapshot)
    if few:  # There is no room for two numbers in large digits, and a share of so few says too much.
        return TileFigure(name, wording.UNKNOWN, "unknown", label, note=few, account=account)
    level = view.level(name) or _own_level(name, reading.value, snapshot, view)
    text = figure_text(name, reading.value, at_least=reading.at_least)
    role = "value" if level in {None, "info"} else str(level)
    change = "" if reading.at_least else _change(name, view)
    return TileFigure(name, text, role, label, change, level=level, account=account)


def _of_few(name: str, snapshot: AccountSnapshot) -> str:
    """`3 of 14` where a share is of too few conversations to be told as one; else empty."""
    known = snapshot.service
    tally = None if known is None or name not in SHARES else known.behind(slot_of(name))
    return "" if known is None or tally is None else few_text(tally, closed_missed=known.closed_missed)


def _why(reading: Reading, state: State, view: TileView) -> str:
    match state:
        case State.STALE:
            return f"since {wording.minute(draw.asked(reading, view.now, view.wall), view.zone)}"
        case State.NOT_PERMITTED:
            return "not permitted"
        case _:
            return ""


def _own_level(name: str, value: float, snapshot: AccountSnapshot, view: TileView) -> Level | None:
    """What is bad without any rule: a wait past the target, and nobody there for those who wait."""
    goal = snapshot.service.goal if snapshot.service is not None else None
    if name in SHARES and goal is not None and value < goal:
        return "warning"
    if name in WAITS and view.target is not None and value > view.target:
        return "warning"
    waiting = snapshot.reading(HEADLINE)
    if name in ONLINE and not value and waiting.value:
        return "critical" if waiting.state(view.now) is State.LIVE else None
    return None


def _change(name: str, view: TileView) -> str:
    if name == DATA_AGE or name in SERVICE:
        return ""
    change = view.course.change(slot_of(name), QUARTER)
    if change is None or name not in TIMES:
        return wording.change(change)
    if abs(change) < MINUTE:
        return "="
    return f"{'▲' if change > 0 else '▼'} {wording.duration(abs(change))}"


def figure_text(name: str, value: float, *, at_least: bool = False) -> str:
    """A figure as short as can be: `162`, `12 345`, `18m`, `3h05`, `≥9`."""
    if name in TIMES:
        text = "0" if name in WAITS and not value else wording.duration(value).replace(" ", "")
    elif name in SHARES:
        text = wording.share(value).removesuffix(" %")
    else:
        text = str(round(value)) if abs(value) < 10_000 else wording.count(value).replace(wording.THIN, " ")
    return f"≥{text}" if at_least else text


def room_for(name: str) -> str:
    """A text as wide as the figure gets in an ordinary day, so that nothing jumps as it grows."""
    if name in TIMES:
        return "00h00"
    return "000" if name in PEOPLE or name in SHARES else "0000"


def meta(shown: TileFigure) -> Mapping[str, object]:
    """What the rendered digits carry."""
    figure = shown.name if shown.name == DATA_AGE else slot_of(shown.name).name
    return {"figure": figure, "account": shown.account}
