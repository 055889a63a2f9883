"""The fleet: every account of every environment, a row each, with its own moment; pure."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

import msgspec
from rich.cells import cell_len, set_cell_size

from tui import identity, wording
from tui.columns import Column
from tui.config.model import Level
from tui.durations import QUARTER
from tui.identity import HEADLINE, AccountRef, Measure, Slot
from tui.monitor.directory import AccountEntry, Membership
from tui.monitor.health import Health
from tui.monitor.history.direction import Course, NoCourse
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.header import HEALTH_WORDS
from tui.panes.level_cells import level_cell
from tui.widgets.columns import fit
from tui.widgets.parts import Line, Part, clip, pad, width_of
from tui.widgets.rows import Cell, Row
from tui.widgets.trend import spark

LONGEST = identity.account(Measure.LONGEST)
OPEN = identity.account(Measure.OPEN)
ONLINE = identity.account(Measure.AGENTS_ONLINE)
LEVEL = identity.account(Measure.SERVICE_LEVEL)

SPARK = 5
"""Cells of the picture of the last 15 minutes."""
BADGE, MOST_BADGE = 8, 14
"""Cells of the environment's badge: at least, and where its name is longer and there is room."""
OWN_MOMENT = 45.0
"""Seconds by which a figure is older than its row's moment before it shows its own."""
RANKS: dict[Level | None, int] = {None: 0, "info": 1, "warning": 2, "critical": 3}
GONE = {Membership.NO_LONGER: "no longer a member", Membership.SUSPENDED: "suspended"}

COLUMNS: tuple[Column, ...] = (
    Column("environment", "where", width=BADGE, priority=1, help="the environment"),
    Column("name", "account", min_width=13, flex=1, priority=0),
    Column("id", "number", width=7, align="right", priority=10, help="the account's, as in its web address"),
    Column(
        HEADLINE.name,
        HEADLINE.row.word,
        width=10,
        align="right",
        priority=2,
        help=HEADLINE.row.brief,
    ),
    Column("longest", "longest", width=14, align="right", priority=3, help="asked rarely: (its own time)"),
    Column("open", "open", width=6, align="right", priority=6, help="open conversations"),
    Column("online", "online", width=10, align="right", priority=4, help="agents online (their own time)"),
    Column(
        "trend",
        "15 m",
        width=11,
        align="right",
        priority=8,
        help=f"{HEADLINE.row.word}, against 15 minutes ago",
    ),
    Column("alerts", "alerts", width=10, priority=7, help="what fires, the worst first"),
    Column("as_of", "as of", width=8, align="right", priority=5, help="when its figures were asked for"),
    Column("level", "service level", width=16, align="right", priority=11, help="last 30 min (its own time)"),
    Column("health", "server", width=13, priority=9, help="how the environment answers"),
)


def badge_width(names: Iterable[str], room: int) -> int:
    """Cells of the badge in `room` cells of columns: as the longest name needs, as far as no column goes."""
    needed = min(MOST_BADGE, max((cell_len(name) for name in names), default=0) + 2)
    shown = _keys(COLUMNS, room)
    fitting = (width for width in range(needed, BADGE, -1) if _keys(columns(width), room) == shown)
    return next(fitting, BADGE)


def columns(badge: int) -> tuple[Column, ...]:
    """The columns, with `badge` cells for the environment's."""
    return msgspec.structs.replace(COLUMNS[0], width=badge), *COLUMNS[1:]


def _keys(shown: Sequence[Column], room: int) -> list[str]:
    return [placed.column.key for placed in fit(shown, room)]


def told_apart(names: Iterable[str], width: int) -> dict[str, str]:
    """Each name in at most `width` cells, and no two alike: cut where they have most in common."""
    names = tuple(dict.fromkeys(names))
    for cut in (clip, _without_middle, _without_start):
        short = {name: cut(name, width) for name in names}
        if len(set(short.values())) == len(names):
            return short
    digits = len(str(len(names)))
    return {
        name: f"{clip(name, width - digits)}{number:0{digits}}" for number, name in enumerate(names, start=1)
    }


def _without_middle(name: str, width: int) -> str:
    if cell_len(name) <= width:
        return name
    start = set_cell_size(name, width // 2).rstrip()
    return start + _without_start(name, width - cell_len(start))


def _without_start(name: str, width: int) -> str:
    if cell_len(name) <= width:
        return name
    end = name
    while end and cell_len(end) >= width:
        end = end[1:]
    return f"…{end}"


class Member(NamedTuple):
    """One account, and what its row is made of besides the snapshot."""

    entry: AccountEntry
    snapshot: AccountSnapshot
    badge: str
    """The role of its environment's badge."""
    health: Health
    zone: tzinfo | None
    """One for all rows: otherwise a moment of another zone would look an hour old."""
    target: float | None = None
    course: Course = NoCourse()
    level: Level | None = None
    alerts: int = 0


def rows(members: Sequence[Member], now: float, wall: float, badge: int = BADGE) -> list[Row]:
    """One row an account, in the order given: grouped by environment, as in the config.

    `badge` is how many cells the environment's takes.
    """
    names = {member.entry.environment: member.entry.environment.upper() for member in members}
    short = told_apart(names.values(), badge - 2)
    return [
        _row(place, member, now, wall, short[names[member.entry.environment]])
        for place, member in enumerate(members)
    ]


def _row(place: int, member: Member, now: float, wall: float, environment: str) -> Row:
    snapshot = member.snapshot
    unassigned = snapshot.reading(HEADLINE)
    longest, online = snapshot.reading(LONGEST), snapshot.reading(ONLINE)
    change = member.course.change(HEADLINE, QUARTER) if unassigned.state(now) is State.LIVE else None
    late = member.target is not None and longest.value is not None and longest.value > member.target
    nobody = online.value == 0 and bool(unassigned.value)
    return Row(
        key=member.snapshot.ref,
        cells=(
            Cell("", parts=(Part(f" {environment} ", member.badge),)),
            Cell("", parts=_name(member)),
            Cell(str(member.snapshot.ref.account_id), "dim"),
            _cell(unassigned, HEADLINE, now, member.snapshot.ref, live=_alarming(member, "value")),
            _own(longest, LONGEST, unassigned, member, now, wall, live="warning" if late else "value"),
            _cell(snapshot.reading(OPEN), OPEN, now, member.snapshot.ref),
            _own(online, ONLINE, unassigned, member, now, wall, live="critical" if nobody else "value"),
            _trend(member, change),
            _alerts(member),
            _as_of(member, now, wall),
            _level(member, now, wall),
            _health(member),
        ),
        sort=(
            place,
            member.entry.name.casefold() or None,
            member.snapshot.ref.account_id,
            unassigned.value,
            longest.value,
            snapshot.reading(OPEN).value,
            online.value,
            change,
            RANKS[member.level] * 1_000 + member.alerts,
            unassigned.asked_at if unassigned.value is not None else None,
            snapshot.reading(LEVEL).value,
            HEALTH_WORDS[member.health.state][2] or "ok",
        ),
    )


def _name(member: Member) -> tuple[Part, ...]:
    mark = Part("▲ ", member.level) if member.level in {"warning", "critical"} else Part("")
    return mark, Part(member.entry.name or f"account {member.snapshot.ref.account_id}")


def _alarming(member: Member, otherwise: str) -> str:
    return str(member.level) if member.level in {"warning", "critical"} else otherwise


def _meta(slot: Slot, ref: AccountRef) -> dict[str, object]:
    return {**draw.meta(slot), "account": str(ref)}


def _cell(reading: Reading, slot: Slot, now: float, ref: AccountRef, live: str = "value") -> Cell:
    return Cell(draw.value_text(reading, now), draw.role(reading, now, live), _meta(slot, ref))


def _own(
    reading: Reading, slot: Slot, row: Reading, member: Member, now: float, wall: float, *, live: str
) -> Cell:
    """A figure that is asked more rarely than the row's counts: it names its own minute."""
    form = wording.wait if slot.measure.is_wait else wording.count
    part = Part(
        draw.value_text(reading, now, form), draw.role(reading, now, live), _meta(slot, member.snapshot.ref)
    )
    if reading.value is None or not _has_own_moment(reading, row, now):
        return Cell(part.text, part.role, part.meta)
    moment = Part(f" ({wording.minute(draw.asked(reading, now, wall), member.zone)})", "dim")
    return Cell("", parts=(part, moment))


def _level(member: Member, now: float, wall: float) -> Cell:
    """Service level is told a few times an hour: it always names its own minute."""
    cell, reading = level_cell(member.snapshot, LEVEL, now), member.snapshot.reading(LEVEL)
    figure = Part(cell.text, cell.style, _meta(LEVEL, member.snapshot.ref))
    if reading.value is None:
        return Cell(figure.text, figure.role, figure.meta)
    moment = Part(f" ({wording.minute(draw.asked(reading, now, wall), member.zone)})", "dim")
    return Cell("", parts=(figure, moment))


def _trend(member: Member, change: float | None) -> Cell:
    picture = spark(member.course.sparkline(HEADLINE, QUARTER, SPARK), SPARK)
    text = wording.change(change)
    return Cell("", parts=(Part(picture, "dim"), Part(f" {text:>5}", "normal", draw.change_meta(HEADLINE))))


def _alerts(member: Member) -> Cell:
    if member.level is None:
        return Cell("")
    more = f" {member.alerts}" if member.alerts > 1 else ""
    return Cell(f"{member.level}{more}", "accent" if member.level == "info" else str(member.level))


def _has_own_moment(reading: Reading, counts: Reading, now: float) -> bool:
    older = counts.asked_at - reading.asked_at
    return counts.value is None or older > OWN_MOMENT or reading.state(now) is State.STALE


def _by_the_row(member: Member, now: float) -> list[Reading]:
    """The figures that the row's moment speaks for: the counts, and those that name none of their own."""
    counts = member.snapshot.reading(HEADLINE)
    rarer = (member.snapshot.reading(slot) for slot in (LONGEST, ONLINE))
    shared = [reading for reading in rarer if not _has_own_moment(reading, counts, now)]
    return [counts, member.snapshot.reading(OPEN), *shared]


def _as_of(member: Member, now: float, wall: float) -> Cell:
    counts = member.snapshot.reading(HEADLINE)
    match counts.state(now):
        case State.LIVE:
            oldest = draw.as_of(_by_the_row(member, now), now, wall, member.zone)
            return Cell(oldest.removeprefix("as of "), "dim")
        case State.STALE:
            oldest_age = max(
                reading.age(now) for reading in _by_the_row(member, now) if reading.value is not None
            )
            return Cell(f"{wording.age(oldest_age)} ago", "stale-mark")
        case State.LOADING:
            return Cell(draw.LOADING, "unknown")
        case _:
            return Cell(wording.UNKNOWN, "unknown")


def _health(member: Member) -> Cell:
    gone = GONE.get(member.entry.status)
    if gone is not None:
        return Cell(gone, "warning")
    _, role, words = HEALTH_WORDS[member.health.state]
    return Cell(words or ("ok" if member.health.state == "ok" else ""), role if words else "dim")


def title(members: Sequence[Member], left_out: int = 0) -> str:
    """`Fleet 6 accounts in 3 environments`, and how many more there are that no row is about."""
    if not members:
        return "Fleet"
    environments = wording.plural(len({member.entry.environment for member in members}), "environment")
    more = f", {wording.count(left_out)} left out" if left_out else ""
    return f"Fleet {wording.plural(len(members), 'account')} in {environments}{more}"


def as_of(members: Sequence[Member], now: float, wall: float) -> str:
    """The oldest of the rows' moments."""
    shown = [reading for member in members for reading in _by_the_row(member, now)]
    return draw.as_of(shown, now, wall, members[0].zone) if members else ""


def totals(members: Sequence[Member], now: float, width: int, left_out: int = 0) -> Line:
    """The sums of what is known and live; `≥`, and of how many, where some of it is not.

    An account that several environments have counts once, as an administrator sees it where
    one of them does. Accounts that are `left_out` are not known.
    """
    if len(members) < 2:
        return pad([], width)
    accounts: dict[tuple[str, int], list[Member]] = {}
    for member in members:
        accounts.setdefault((member.snapshot.key.origin, member.entry.ref.account_id), []).append(member)
    parts: list[Part] = [Part(" all ", "title")]
    for word, slot in ((HEADLINE.row.word, HEADLINE), ("open", OPEN), ("online", ONLINE)):
        widest = [_widest(same, slot, now) for same in accounts.values()]
        known = [reading for reading in widest if reading is not None]
        live = [reading.value for reading in known if reading.value is not None]
        parts.append(Part(f"  {word} ", "label"))
        if not live:
            parts.append(Part(wording.UNKNOWN, "unknown"))
            continue
        there = len(accounts) + left_out
        partial = len(live) < there
        least = partial or any(reading.at_least for reading in known)
        parts.append(Part(wording.count(sum(live), at_least=least), "value"))
        if partial:
            parts.append(Part(f", {wording.count(len(live))} of {wording.count(there)} known", "dim"))
    if width_of(parts) > width:  # Of how many gives way to the sums; `≥` says that some are missing.
        parts = [part for part in parts if part.role != "dim"]
    return pad(parts, width)


def _widest(same: Sequence[Member], slot: Slot, now: float) -> Reading | None:
    """A figure of one account as whoever sees most of it is told; None where that is not known and live."""
    whole = [
        member
        for member in same
        if member.snapshot.viewer and "administrator" in member.snapshot.viewer.roles
    ]
    readings = [member.snapshot.reading(slot) for member in whole or same]
    live = [reading for reading in readings if reading.value is not None and reading.state(now) is State.LIVE]
    return max(live, key=lambda reading: reading.value or 0.0, default=None)


def empty(environments: int, reason: str, key: str) -> str:
    """What stands in the table where there is no row; `key` leads to the settings."""
    if not environments:
        return f"No environment yet: press {key} and add one."
    return reason or "Looking up the accounts of each token…"
