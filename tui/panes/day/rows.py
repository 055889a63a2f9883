"""The rows of a day, one a stretch of arrival, and the lines below them: pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from tui import wording
from tui.columns import Column
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import PartOfAccount, Rules, Tally
from tui.monitor.service.intervals import Day
from tui.monitor.service.states import OPEN, CountedAs
from tui.monitor.service.stretches import Extent, Stretch, answered_in, coverage_of, sum_of
from tui.monitor.service.usual import ENOUGH, PastKept, Times, times_of
from tui.monitor.service.words import bounds_of, level_text, level_within, met_within, within
from tui.monitor.service.worker import Today
from tui.panes.level_facts import NO_TARGET
from tui.widgets import parts as pieces
from tui.widgets.parts import Line
from tui.widgets.rows import Cell, Row, SortValue

BAR = "bar"
LEGEND = (("█", "in target", "good"), ("▒", "late or closed", "warning"), ("░", "other", "dim"))
"""What a bar is made of."""
OTHER_RULES = "counted by another target or other hours"
OTHER_TARGET = "counted by another target"
COLUMNS = (
    Column("time", "time", width=14, priority=0, sortable=False, help="when the customers came"),
    Column("new", "new", width=5, align="right", priority=1, help="conversations created in that time"),
    Column(
        BAR, "", min_width=11, flex=1, priority=3, sortable=False,
        help="█ in target, ▒ late or closed without reply, ░ others, · forecast",
    ),
    Column(
        "level", "level", width=8, align="right", priority=2,
        help="in target, of those with an answer, late or closed",
    ),
    Column(
        "possible", "possible", width=9, align="right", priority=9, sortable=False,
        help="what the level can still become by those who wait",
    ),
    Column("in_target", "in target", width=9, align="right", priority=4, help="answered in target"),
    Column(
        "late", "late", width=5, align="right", priority=5,
        help="answered later than the target, or waiting longer",
    ),
    Column("closed", "closed", width=6, align="right", priority=6, help="closed without a reply"),
    Column(
        "answered", "replies", width=8, align="right", priority=8,
        help="first replies given in that time, to the day's customers",
    ),
    Column("half", "half in", width=7, align="right", priority=12, help="half were answered within"),
    Column("most", "9 of 10", width=8, align="right", priority=7, help="nine of ten were answered within"),
    Column("queued", "queued", width=7, align="right", priority=11, help="never answered at its end"),
    Column("online", "online", width=6, align="right", priority=10, help="agents online, on average"),
)  # fmt: skip


class ShownDay(NamedTuple):
    """What is drawn of a day: its rows, and what they are held against."""

    day: Day
    zone: tzinfo
    part: PartOfAccount
    seconds: int
    """Of a row."""
    rows: Sequence[Stretch]
    rules: Rules
    """Those of now: what is kept may have been counted by others."""
    goal: float | None = None
    today: Today | None = None
    """What is read of it just now; None of a day that is over, and before anything is read."""
    is_today: bool = False
    stale: bool = False
    other_rules: bool = False
    """Whether some of it was counted by another target or other hours."""
    same_hours: bool = False
    """Whether that was another target alone."""
    usual: Mapping[Times, float] = {}
    """How many usually come, by the clock on the wall."""
    past: PastKept | None = None
    """How much is kept of what that comes from."""
    queued: Mapping[int, float] = {}
    """How many were never answered at the end of a row, by its beginning."""
    online: Mapping[int, float] = {}
    """How many agents were online on average, the same way."""
    waiting: bool = False
    """Whether the history has yet to answer."""
    bots: BotWatch = NO_BOTS
    """Who a bot had first, as far as that was seen or is kept."""

    @property
    def is_judged(self) -> bool:
        """Whether who was in time can be told: by the target of now, and not by another one of then."""
        return self.rules.is_judged and not self.other_rules

    @property
    def other_target(self) -> float | None:
        """The target of now, where it was another one then: two bounds tell who was answered within it."""
        return self.rules.target_of_part(self.part) if self.other_rules and self.same_hours else None


def date_of(day: Day, zone: tzinfo) -> str:
    """`Mon 2026-11-30`."""
    return datetime.fromtimestamp(day.since, zone).strftime("%a %Y-%m-%d")


def past_text(past: PastKept, zone: tzinfo) -> str:
    """`12 of 35 days so far, since 24 Nov`; the day is left out where some before it are missing."""
    if not past.wanted:
        return "[service] days is 0"
    text = f"{past.days or 'none'} of {wording.plural(past.wanted, 'day')} so far"
    if past.since is None or past.days == past.wanted:
        return text.removesuffix(" so far") if past.days == past.wanted else text
    when = datetime.fromtimestamp(past.since.since, zone)
    return f"{text}, since {when.day} {when:%b}"


def time_text(row: Stretch, shown: ShownDay) -> str:
    """`08:00-08:30`, up to the moment of the figures; with its zone on a day whose clock is set.

    `before opening` and `after closing` where it holds those who came then.
    """
    day, zone = shown.day, shown.zone
    if row.closed:
        return row.closed
    begins = wording.minute(row.begins, zone)
    if len({datetime.fromtimestamp(moment, zone).utcoffset() for moment in (day.since, day.until - 1)}) > 1:
        return f"{begins} {wording.zone_name(row.begins, zone)}"
    until = "24:00" if row.until == day.until else wording.minute(row.until, zone)
    if row.known is Extent.SO_FAR and shown.today is not None:
        until = wording.minute(shown.today.as_of, zone)
    return f"{begins}–{until}"


def decided_late(tally: Tally) -> int:
    """Those answered later than the target, and those who wait longer already."""
    return tally.counts[CountedAs.LATE] + tally.counts[CountedAs.QUEUED_LATE]


def table_rows(shown: ShownDay, bar_width: int) -> list[Row]:
    """One row a stretch; bars of at most `bar_width` cells on one scale."""
    return with_bars(without_bars(shown), shown, bar_width)


def without_bars(shown: ShownDay) -> list[Row]:
    """The rows with all their numbers, from which it follows how wide the bars may be."""
    expected = _expected(shown)
    return [_row(row, shown, expected[row.key]) for row in shown.rows]


def with_bars(rows: Sequence[Row], shown: ShownDay, bar_width: int) -> list[Row]:
    """The same with bars of at most `bar_width` cells on one scale."""
    expected = _expected(shown)
    numbers = [float(row.tally.arrived) for row in shown.rows if row.tally is not None]
    numbers += [
        number
        for row in shown.rows
        if row.known is Extent.AHEAD and (number := expected[row.key]) is not None
    ]
    scale = max([*numbers, 1.0])
    place = [column.key for column in COLUMNS].index(BAR)
    drawn = []
    for row, stretch in zip(rows, shown.rows, strict=True):
        bar = row.cells[place]
        if stretch.known is Extent.AHEAD:
            bar = _ahead(expected[stretch.key], scale, bar_width)
        elif stretch.tally is not None:
            bar = Cell("", parts=tuple(_bar(stretch.tally, scale, bar_width, shown)))
        drawn.append(row._replace(cells=(*row.cells[:place], bar, *row.cells[place + 1 :])))
    return drawn


def _expected(shown: ShownDay) -> dict[int, float | None]:
    """How many usually come in each row, by its beginning."""
    return {row.key: _usual_in(row, shown) for row in shown.rows}


def _usual_in(row: Stretch, shown: ShownDay) -> float | None:
    parts = [row._replace(begins=begins, until=until) for begins, until in row.joined] or [row]
    numbers = [shown.usual.get(times_of(part, shown.zone)) for part in parts]
    return None if None in numbers else sum(number for number in numbers if number is not None)


def _row(row: Stretch, shown: ShownDay, expected: float | None) -> Row:
    time = Cell(time_text(row, shown), _look(row, shown, "normal"))
    if row.known is Extent.AHEAD:
        number = "" if expected is None else f"≈ {wording.count(expected)}"
        return _bare(row, time, (Cell(number, "dim"), Cell("", "dim")))
    if row.tally is None:
        return _bare(row, time, (Cell(wording.UNKNOWN, "unknown"), Cell(_why(shown), "unknown")))
    tally, missed = row.tally, shown.rules.closed_missed
    judged = shown.is_judged
    value, quiet = _look(row, shown, "value"), _look(row, shown, "normal")
    level = level_of(tally, shown)
    share = tally.level(closed_missed=missed) if judged else None
    below = share is not None and shown.goal is not None and 100.0 * share < shown.goal
    cells = {
        "time": time,
        "new": Cell(wording.count(tally.arrived), value),
        BAR: Cell(""),
        "level": Cell(level, _look(row, shown, "warning") if below else value),
        "possible": Cell(bounds_of(tally, closed_missed=missed) if judged else "", quiet),
        "in_target": Cell(_in_target(tally, shown), quiet),
        "late": Cell(wording.count(decided_late(tally)) if judged else wording.UNKNOWN, quiet),
        "closed": Cell(wording.count(tally.counts[CountedAs.CLOSED]), quiet),
        "answered": Cell(_replies(row, shown), quiet),
        "half": Cell(within(tally, 0.5, wording.duration), quiet),
        "most": Cell(within(tally, 0.9, wording.duration), quiet),
        "queued": Cell(wording.count(shown.queued.get(row.key)), quiet),
        "online": Cell(wording.count(shown.online.get(row.key)), quiet),
    }
    sort: dict[str, SortValue] = {
        "new": tally.arrived,
        "level": share,
        "in_target": tally.counts[CountedAs.IN_TARGET],
        "late": decided_late(tally),
        "closed": tally.counts[CountedAs.CLOSED],
        "answered": None
        if shown.today is None or not row.is_time
        else answered_in(shown.today, row, shown.part),
        "half": tally.within(0.5),
        "most": tally.within(0.9),
        "queued": shown.queued.get(row.key),
        "online": shown.online.get(row.key),
    }
    keys = [column.key for column in COLUMNS]
    return Row(row.key, tuple(cells[key] for key in keys), tuple(sort.get(key) for key in keys))


def level_of(tally: Tally, shown: ShownDay) -> str:
    """`84 %`; by another target than it was counted by what it lies between, else unknown."""
    missed, target = shown.rules.closed_missed, shown.other_target
    if target is not None:
        return level_within(tally, target, closed_missed=missed)
    return level_text(tally, closed_missed=missed) if shown.is_judged else wording.UNKNOWN


def _in_target(tally: Tally, shown: ShownDay) -> str:
    if shown.other_target is not None:
        return met_within(tally, shown.other_target)
    return wording.count(tally.counts[CountedAs.IN_TARGET]) if shown.is_judged else wording.UNKNOWN


def _bare(row: Stretch, time: Cell, plain: tuple[Cell, Cell]) -> Row:
    """A row of which at most the number of new ones is told."""
    blank = Cell("", "dim")
    cells = (time, *plain, *(blank for _ in COLUMNS[3:]))
    return Row(row.key, cells, tuple(None for _ in COLUMNS))


def _look(row: Stretch, shown: ShownDay, live: str) -> str:
    if row.known is Extent.AHEAD:
        return "dim"
    return "stale" if shown.stale else live


def _why(shown: ShownDay) -> str:
    if shown.is_today:
        return "not read"
    return "…" if shown.waiting else "not known"


def _ahead(expected: float | None, scale: float, width: int) -> Cell:
    return Cell("·" * max(1, round(expected / scale * width)) if expected else "", "dim")


def _bar(tally: Tally, scale: float, width: int, shown: ShownDay) -> list[pieces.Part]:
    """Answered in target, late or without a reply, all others; as long as many came."""
    met = 0 if shown.other_rules else tally.counts[CountedAs.IN_TARGET]
    failed = 0 if shown.other_rules else decided_late(tally) + tally.counts[CountedAs.CLOSED]
    ends = [round(number / scale * width) for number in (met, met + failed, tally.arrived)]
    if tally.arrived:
        ends[2] = max(1, ends[2])
    lengths = (ends[0], ends[1] - ends[0], ends[2] - ends[1])
    return [
        pieces.Part(sign * length, "stale" if shown.stale else look)
        for (sign, _, look), length in zip(LEGEND, lengths, strict=True)
        if length > 0
    ]


def _replies(row: Stretch, shown: ShownDay) -> str:
    if not row.is_time:
        return ""
    if shown.today is None:
        return wording.UNKNOWN
    return wording.count(answered_in(shown.today, row, shown.part), at_least=not shown.today.answers_whole)


def title(shown: ShownDay, name: str) -> tuple[str, ...]:
    """`Mon 2026-11-30 · today so far · Support EU · rows of 30 min`; shorter ones after it."""
    date = date_of(shown.day, shown.zone)
    so_far = " · today so far" if shown.is_today else ""
    rows = f" · rows of {wording.limit(shown.seconds)}"
    return (f"{date}{so_far} · {name}{rows}", f"{date}{so_far} · {name}", f"{date} · {name}", date)


def as_of(shown: ShownDay) -> str:
    """How much is known, and of when: `as of 14:05 · 100 % read`."""
    today = shown.today
    if today is None:
        if shown.waiting:
            return ""
        covered = coverage_of(shown.rows)
        return "" if shown.is_today else f"{wording.share(100.0 * covered)} of the day kept"
    moment = f"as of {wording.minute(today.as_of, shown.zone)}"
    if today.since > today.day.since:
        return f"{moment} · known since {wording.minute(today.since, shown.zone)}"
    if today.coverage is None:
        return f"{moment} · not complete yet"
    return f"{moment} · {wording.share(100.0 * today.coverage)} read"


def total_line(shown: ShownDay, width: int) -> Line:
    """What the rows come to; of a day that is known in part no level, and at least so many."""
    tally, missed = sum_of(shown.rows), shown.rules.closed_missed
    texts: list[tuple[str, str]] = []
    known = [row for row in shown.rows if row.tally is not None]
    if not known:
        return [pieces.Part(" nothing is known of this day yet", "dim")]
    whole = all(row.tally is not None for row in shown.rows if row.known is not Extent.AHEAD)
    look = "stale" if shown.stale else "value"
    texts.append((f"{wording.count(tally.arrived, at_least=not whole)} new", look))
    if whole and shown.is_judged:
        level, decided = tally.level(closed_missed=missed), tally.decided(closed_missed=missed)
        below = level is not None and shown.goal is not None and 100.0 * level < shown.goal
        bounds = bounds_of(tally, closed_missed=missed)
        texts.append((f"level {level_text(tally, closed_missed=missed)}", "warning" if below else look))
        if bounds:
            texts.append((f"{bounds} possible", "dim"))
        if shown.goal is not None:
            texts.append((f"goal {wording.amount(shown.goal)} %", "dim"))
        target = shown.rules.target
        in_target = f" in {wording.limit(target)}" if target is not None else ""
        met = wording.count(tally.counts[CountedAs.IN_TARGET])
        texts.append((f"{met} of {wording.count(decided)} answered{in_target}", "dim"))
    elif not whole:
        texts.append(
            (f"level {wording.UNKNOWN}: {wording.share(100.0 * coverage_of(shown.rows))} known", "dim")
        )
    elif shown.other_target is not None:
        texts.append((f"level {level_of(tally, shown)} in {wording.limit(shown.other_target)}", look))
    elif shown.other_rules:
        texts.append((f"level {wording.UNKNOWN}: {OTHER_RULES}", "dim"))
    else:
        texts.append((NO_TARGET, "dim"))
    if whole:
        texts.append((f"half within {within(tally, 0.5)}", "dim"))
        texts.append((f"9 of 10 within {within(tally, 0.9)}", "dim"))
        texts.append((f"closed without reply {wording.count(tally.counts[CountedAs.CLOSED])}", "dim"))
        still = sum(tally.counts[state] for state in OPEN)
        if still:
            texts.append((f"{wording.count(still)} without an answer yet", "dim"))
    return _joined(texts, width)


def note_line(shown: ShownDay, width: int) -> Line:
    """What is expected of the rest of today, or what else is to be said of the numbers."""
    texts: list[tuple[str, str]] = []
    if shown.other_target is not None:
        texts.append((f"{OTHER_TARGET}, so levels lie between two", "warning"))
    elif shown.other_rules:
        texts.append((f"some were {OTHER_RULES}", "warning"))
    ahead = [row for row in shown.rows if row.known is Extent.AHEAD]
    expected = [_usual_in(row, shown) for row in ahead]
    if ahead and shown.is_today and all(number is not None for number in expected):
        more = sum(number for number in expected if number is not None)
        weekday = datetime.fromtimestamp(shown.day.since, shown.zone).strftime("%A")
        texts.append((f"usual {weekday}: ≈ {wording.count(more)} more until midnight", "dim"))
    elif ahead and shown.is_today and not shown.waiting:
        so_far = f": {past_text(shown.past, shown.zone)}" if shown.past is not None else ""
        texts.append((f"no forecast before {ENOUGH} weeks are kept{so_far}", "dim"))
    legend: list[pieces.Part] = []
    for sign, word, look in LEGEND:
        gap = [pieces.Part("  ", "dim")] if legend else []
        legend += [*gap, pieces.Part(sign, look), pieces.Part(f" {word}", "dim")]
    line = _joined(texts, width)
    between = [pieces.Part(" · ", "dim")] if texts else []
    whole = [*line, *between, *legend]
    return whole if pieces.width_of(whole) <= width else line


def _joined(texts: Sequence[tuple[str, str]], width: int) -> Line:
    """As many as fit, from the first."""
    line: list[pieces.Part] = [pieces.Part(" ")]
    for text, look in texts:
        between = [pieces.Part(" · ", "dim")] if len(line) > 1 else []
        if len(line) > 1 and pieces.width_of([*line, *between, pieces.Part(text)]) > width:
            break
        line += [*between, pieces.Part(text, look)]
    return line


def facts_title(row: Stretch, shown: ShownDay) -> str:
    """`Mon 2026-11-30 08:00-08:30`."""
    return f"{date_of(shown.day, shown.zone)} {time_text(row, shown)}"
