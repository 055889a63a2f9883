"""What a report says in words: its sentences, and the rows of its tables, for every format that is read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from tui.monitor.history.trends import Point
from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.states import CountedAs
from tui.monitor.service.words import level_text, level_within, met_within, within
from tui.output.report_days import ComparedPeriod, Report, ReportedDay
from tui.text import safe_line
from tui.wording import UNKNOWN, amount, clock_time, count, minute, spell, zone_name

HEAD = ("new", "answered", "in target", "level", "half within", "9 of 10 within", "closed without reply")
NOTHING = (UNKNOWN,) * len(HEAD)


class Table(NamedTuple):
    """A table with its heads; the first column names the row, and all others hold figures."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def title(report: Report) -> str:
    """Of whom it is, and of when."""
    where = " ".join(filter(None, (str(report.ref), safe_line(report.name))))
    return f"{where} · {report.period.title}{' so far' if report.so_far else ''}"


def sentences(report: Report) -> list[str]:
    """What a person reads first."""
    tally, as_of = report.parts[WHOLE], report.as_of
    lines = []
    if as_of is not None:
        counts = tally.counts
        lines.append(f"{_headline(report, tally)} · {_shape(tally)}")
        rest = (
            (counts[CountedAs.CLOSED], "closed without reply"),
            (counts[CountedAs.QUEUED_LATE] + counts[CountedAs.QUEUED_IN_TIME], "waiting for a first answer"),
            (counts[CountedAs.HELD], "with a bot"),
            (counts[CountedAs.CLOSED_BY_BOT], "closed by a bot"),
            (counts[CountedAs.AT_ONCE], "begun by agents"),
            (counts[CountedAs.NO_CUSTOMER], "campaigns without an answer"),
            (counts[CountedAs.IN_DOUBT], "of them late or not, nobody can tell"),
            (counts[CountedAs.UNSEEN], "handed over by a bot unseen, in no level"),
            (counts[CountedAs.UNKNOWN], "unknown"),
        )
        parts = [f"{count(tally.arrived)} new, {count(tally.answered)} answered"]
        lines.append(", ".join([*parts, *(f"{count(number)} {word}" for number, word in rest if number)]))
        lines.append(f"worst half-hour {_worst(report)} · longest wait {_longest(report)}")
        lines.append(f"agents online {_online(report)} · alerts {UNKNOWN} (not recorded)")
        when = "" if report.so_far else f"{_date(as_of, report.zone)} "
        moment = f"{when}{clock_time(as_of, report.zone)} {zone_name(as_of, report.zone)}"
        lines.append(f"as of {moment}{_missing(report)}")
    lines += map(safe_line, report.problems)
    by_problem: dict[str, list[str]] = {}
    for compared in report.compared:
        by_problem.setdefault(uncompared(compared), []).append(compared.title)
    lines += [problem.format(", ".join(titles)) for problem, titles in by_problem.items() if problem]
    return lines


def uncompared(compared: ComparedPeriod) -> str:
    """Why an earlier day or week has no figures, or levels that lie between two; `{}` stands for its name."""
    if compared.tally is None and compared.asked:
        return "could not be read: {}"
    if compared.tally is None and compared.other_rules:
        return "counted by another target or other hours, so not compared: {}; --compare reads it anew"
    if compared.tally is None:
        return "not kept: {}; --compare reads it"
    if compared.other_target is not None:
        return "counted by another target, so its level lies between two: {}; --compare reads it anew"
    return ""


def tables(report: Report) -> list[Table]:
    """By day, team, inbox and half-hour, and what it is compared with; none without a row."""
    all_tables = [_compared(report)]
    if report.period.is_week:
        days = [
            (row_name(day.name), *(row(report, day.parts[WHOLE]) if day.known_from_midnight else NOTHING))
            for day in report.days
        ]
        all_tables.append(Table(("day", *HEAD), days))
    if report.known:
        for kind in ("team", "inbox"):
            rows = [(name, *row(report, tally)) for _, name, tally in parts_of(report, kind)]
            all_tables.append(Table((kind, *HEAD), rows))
    if not report.period.is_week:
        all_tables.append(_half_hours(report, report.days[0]))
    return [table for table in all_tables if table.rows]


def row(report: Report, tally: Tally, other_target: float | None = None) -> tuple[str, ...]:
    """The cells below `HEAD`; `other_target` is that of now where it was counted by another one."""
    missed = report.rules.closed_missed
    if other_target is not None:
        met = met_within(tally, other_target)
        judged = level_within(tally, other_target, closed_missed=missed)
    else:
        met = count(tally.counts[CountedAs.IN_TARGET]) if report.rules.is_judged else UNKNOWN
        judged = level(report, tally)
    return (
        count(tally.arrived),
        count(tally.answered),
        met,
        judged,
        within(tally, 0.5),
        within(tally, 0.9),
        count(tally.counts[CountedAs.CLOSED]),
    )


def level(report: Report, tally: Tally) -> str:
    """As a percentage; of a few as `7 of 9`."""
    return level_text(tally, closed_missed=report.rules.closed_missed) if report.rules.is_judged else UNKNOWN


def parts_of(
    report: Report, kind: str, parts: Mapping[PartOfAccount, Tally] | None = None
) -> list[tuple[PartOfAccount, str, Tally]]:
    """The parts of a kind, with their names, by name; no team comes last."""
    names = report.team_names if kind == "team" else report.inbox_names
    named = []
    for part, tally in (report.parts if parts is None else parts).items():
        if part.kind == kind and tally.arrived:
            fallback = "no team" if kind == "team" and not part.number else f"{kind} {part.number}"
            named.append((part, safe_line(names.get(part.number, "")) or fallback if kind else "", tally))
    return sorted(named, key=lambda row: (row[0].number == 0, row[1].lower()))


def labels(moments: Sequence[float], zone: tzinfo) -> list[str]:
    """Each as `14:30`; with the offset where a clock that is set back shows it twice."""
    plain = [minute(moment, zone) for moment in moments]
    seen = Counter(plain)
    return [
        label if seen[label] == 1 else datetime.fromtimestamp(moment, zone).strftime("%H:%M %z")
        for label, moment in zip(plain, moments, strict=True)
    ]


def iso(moment: float, zone: tzinfo) -> str:
    """A moment as ISO 8601 with the contact centre's offset."""
    return datetime.fromtimestamp(moment, zone).isoformat()


def online(point: Point | None) -> str:
    """How many agents were online on average; `—` where nobody recorded it."""
    if point is None:
        return UNKNOWN
    return f"{'≥ ' if point.at_least else ''}{amount(round(point.mean, 1))}"


def _half_hours(report: Report, day: ReportedDay) -> Table:
    known = [interval for interval in report.intervals(day) if interval.parts is not None]
    names = labels([interval.begins for interval in known], report.zone)
    rows = [
        (name, *row(report, interval.parts[WHOLE]), online(report.online_in(interval.begins, interval.ends)))
        for name, interval in zip(names, known, strict=True)
        if interval.parts is not None
    ]
    return Table(("from", *HEAD, "agents online"), rows)


def _compared(report: Report) -> Table:
    rows = []
    for compared in report.compared:
        until = f" until {_until(report, compared.until)}" if report.so_far else ""
        rows.append(
            (
                f"{compared.title}{until}",
                *(NOTHING if compared.tally is None else row(report, compared.tally, compared.other_target)),
            )
        )
    return Table(("compared", *HEAD), rows)


def _until(report: Report, moment: int) -> str:
    return datetime.fromtimestamp(moment, report.zone).strftime(_shown(report))


def _shown(report: Report) -> str:
    """How a time of the report is written."""
    return "%a %H:%M" if report.period.is_week else "%H:%M"


def row_name(day: str) -> str:
    """A day of a week: `Mon 2026-11-23`."""
    return f"{datetime.fromisoformat(day):%a} {day}"


def _headline(report: Report, tally: Tally) -> str:
    rules = report.rules
    if rules.target is None:
        return "service level — (no target: set wait under [targets])"
    missed = rules.closed_missed
    goal = "" if report.goal is None else f" · goal {amount(report.goal)} %"
    left_out = "" if missed else " · closed without reply left out"
    target = rules.own_targets or f"within {spell(rules.target)}"
    return f"service level {level_of(report, tally)} {target}{goal}{left_out}"


def level_of(report: Report, tally: Tally) -> str:
    """The level and what it is made of; of a few that is the level."""
    decided = tally.decided(closed_missed=report.rules.closed_missed)
    of = f"{count(tally.counts[CountedAs.IN_TARGET])} of {count(decided)}"
    text = level(report, tally)
    return f"{text} ({of})" if text.endswith("%") else of


def _shape(tally: Tally) -> str:
    return f"half within {within(tally, 0.5)} · 9 of 10 within {within(tally, 0.9)}"


def _worst(report: Report) -> str:
    worst = report.worst()
    if worst is None:
        return UNKNOWN
    interval, tally = worst
    when = datetime.fromtimestamp(interval.begins, report.zone)
    return f"{when.strftime(_shown(report))}, {level_of(report, tally)} in target"


def _longest(report: Report) -> str:
    longest = report.longest()
    if longest is None:
        return UNKNOWN
    if longest.most is None:
        length = spell(longest.least, at_least=True)
    elif longest.most == longest.least:
        length = spell(longest.least)
    else:
        length = f"{spell(longest.least)} to {spell(longest.most)}"
    return f"{length}, still waiting" if longest.waits else length


def _online(report: Report) -> str:
    since, until = report.period.days[0].since, min(report.period.days[-1].until, report.now)
    point = report.online_in(since, until)
    if point is None:
        return UNKNOWN
    least = "at least " if point.at_least else ""
    share = report.online_share(since, until)
    of = "" if share >= 100 else f" (recorded {share} % of the time)"
    return f"{least}{count(point.minimum)} to {count(point.maximum)}, {online(point)} on average{of}"


def _date(moment: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(moment, zone).date().isoformat()


def _missing(report: Report) -> str:
    if report.whole:
        return ""
    first = report.days[0].reading
    if len(report.days) == 1 and not first.roll.whole:
        return f" · known since {minute(first.roll.since, report.zone)}"
    return " · not everything could be read"
