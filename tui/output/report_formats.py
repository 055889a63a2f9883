"""A day's service level as text, Markdown, CSV and JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from tui.monitor.service.figures import FEW, WHOLE, Part, Tally, total
from tui.monitor.service.states import State
from tui.output.csv import Row, shown, written
from tui.output.report_reading import Report
from tui.output.service_values import ServiceValues, span_of, values_of
from tui.output.table import aligned
from tui.text import safe_line
from tui.wording import UNKNOWN, clock_time, count, minute, spell, zone_name

HEAD = ("new", "answered", "in target", "level", "half within", "9 of 10 within", "closed without reply")
HALF_HOUR = 2
CSV_HEAD = (
    "environment",
    "account",
    "start",
    "scope",
    "id",
    "name",
    "offered",
    "answered",
    "closed_without_reply",
    "in_target",
    "speed_mean_s",
)


class ScopeRow(msgspec.Struct, frozen=True):
    """A team or an inbox; team 0 is that of conversations in no team."""

    id: int
    name: str
    service: ServiceValues


class IntervalRow(msgspec.Struct, frozen=True):
    """A quarter of an hour; `start` is ISO 8601 with the contact centre's offset."""

    start: str
    service: ServiceValues


class AccountReport(msgspec.Struct, frozen=True):
    """One account's day."""

    environment: str
    account: int
    day: str
    service: ServiceValues
    teams: tuple[ScopeRow, ...]
    inboxes: tuple[ScopeRow, ...]
    intervals: tuple[IntervalRow, ...]
    problem: str | None


class Document(msgspec.Struct, frozen=True):
    """What `report --format json` prints."""

    version: int
    accounts: tuple[AccountReport, ...]


def to_json(reports: Iterable[Report]) -> str:
    """All reports as one object, indented, ending in a newline."""
    body = msgspec.json.encode(Document(1, tuple(map(_account, reports))))
    return msgspec.json.format(body, indent=2).decode() + "\n"


def _account(report: Report) -> AccountReport:
    span = span_of(report.day, report.reading, report.rules)
    known = report.reading.as_of is not None

    def rows(kind: str) -> tuple[ScopeRow, ...]:
        return tuple(
            ScopeRow(part.number, name, values_of(span, part, tally))
            for part, name, tally in _of(report, kind)
        )

    return AccountReport(
        environment=report.ref.environment,
        account=report.ref.account_id,
        day=report.day,
        service=values_of(
            span,
            WHOLE,
            report.parts[WHOLE] if known else None,
            report.recent[WHOLE] if report.recent else None,
        ),
        teams=rows("team"),
        inboxes=rows("inbox"),
        intervals=tuple(
            IntervalRow(start.isoformat(), values_of(span, WHOLE, parts[WHOLE]))
            for start, parts in _intervals(report, 1)
        ),
        problem=report.problem or None,
    )


def to_text(reports: Iterable[Report]) -> str:
    """For a person at a terminal."""
    blocks = []
    for report in reports:
        lines = [_title(report), *_sentences(report), ""]
        for name, rows in _tables(report):
            lines += [*aligned([(name, *HEAD), *rows], frozenset(range(1, len(HEAD) + 1))), ""]
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def to_markdown(reports: Iterable[Report]) -> str:
    """For a mail, a ticket or a wiki."""
    lines: list[str] = []
    for report in reports:
        lines += [
            f"# {_escaped(_title(report))}",
            "",
            *(f"{_escaped(one)}  " for one in _sentences(report)),
            "",
        ]
        for name, rows in _tables(report):
            lines += [_line((name, *HEAD)), _line(("---", *("---:" for _ in HEAD)))]
            lines += [*map(_line, rows), ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    """Names may hold what Markdown and HTML take for their own."""
    for sign, instead in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, instead)
    for sign in "`*_{}[]#|":
        text = text.replace(sign, f"\\{sign}")
    return text


def to_csv(reports: Iterable[Report]) -> str:
    """A planner's table: a row for each quarter of an hour and inbox or team."""
    return written([CSV_HEAD, *(row for report in reports for row in _csv_rows(report))])


def _csv_rows(report: Report) -> Iterator[Row]:
    judged = report.rules.target is not None
    for start, parts in _intervals(report, 1):
        for part, name, tally in (row for kind in ("", "team", "inbox") for row in _of(report, kind, parts)):
            mean = tally.mean()
            yield (
                shown(report.ref.environment),
                report.ref.account_id,
                start.isoformat(),
                part.kind or "account",
                part.number if part.kind else None,
                shown(name),
                tally.arrived,
                tally.answered,
                tally.counts[State.CLOSED],
                tally.counts[State.IN_TARGET] if judged else None,
                None if mean is None else round(mean, 1),
            )


FORMATS: dict[str, Callable[[Iterable[Report]], str]] = {
    "text": to_text,
    "markdown": to_markdown,
    "csv": to_csv,
    "json": to_json,
}


def _title(report: Report) -> str:
    where = " ".join(filter(None, (str(report.ref), safe_line(report.name))))
    return f"{where} · {report.day}{' so far' if report.so_far else ''}"


def _sentences(report: Report) -> list[str]:
    reading, tally = report.reading, report.parts[WHOLE]
    lines = []
    if reading.as_of is not None:
        counts = tally.counts
        lines.append(f"{_headline(report, tally)} · {_shape(tally)}")
        rest = (
            (counts[State.CLOSED], "closed without reply"),
            (counts[State.QUEUED_LATE] + counts[State.QUEUED_IN_TIME], "waiting for a first answer"),
            (counts[State.HELD], "with a bot"),
            (counts[State.CLOSED_BY_BOT], "closed by a bot"),
            (counts[State.AT_ONCE], "begun by agents"),
            (counts[State.NO_CUSTOMER], "campaigns without an answer"),
            (counts[State.UNKNOWN], "unknown"),
        )
        parts = [f"{count(tally.arrived)} new, {count(tally.answered)} answered"]
        lines.append(", ".join([*parts, *(f"{count(number)} {word}" for number, word in rest if number)]))
        as_of = f"as of {clock_time(reading.as_of, report.zone)} {zone_name(reading.as_of, report.zone)}"
        lines.append(as_of + _missing(report))
    if report.problem:
        lines.append(report.problem)
    return lines


def _headline(report: Report, tally: Tally) -> str:
    rules = report.rules
    if rules.target is None:
        return "service level — (no target: set wait under [targets])"
    missed = rules.closed_missed
    goal = "" if report.goal is None else f" · goal {report.goal:g} %"
    of = f"{count(tally.counts[State.IN_TARGET])} of {count(tally.decided(closed_missed=missed))}"
    level = _level(report, tally)
    shown_as = f"{level} ({of})" if level.endswith("%") else of
    left_out = "" if missed else " · closed without reply left out"
    return f"service level {shown_as} within {spell(rules.target)}{goal}{left_out}"


def _shape(tally: Tally) -> str:
    about = "" if tally.bins is None else "≈ "
    half, most = (f"{about}{spell(tally.within(part))}" for part in (0.5, 0.9))
    return f"half within {half} · 9 of 10 within {most}"


def _missing(report: Report) -> str:
    reading = report.reading
    if report.whole:
        return ""
    if not reading.roll.whole:
        return f" · known since {minute(reading.roll.since, report.zone)}"
    return " · not everything could be read"


def _level(report: Report, tally: Tally) -> str:
    """As a percentage; of a few as `7 of 9`."""
    missed = report.rules.closed_missed
    of, met = tally.decided(closed_missed=missed), tally.counts[State.IN_TARGET]
    if report.rules.target is None or not of:
        return UNKNOWN
    return f"{met} of {of}" if of < FEW else f"{100 * met // of} %"


def _tables(report: Report) -> list[tuple[str, list[tuple[str, ...]]]]:
    def row(name: str, tally: Tally) -> tuple[str, ...]:
        return (
            name,
            count(tally.arrived),
            count(tally.answered),
            count(tally.counts[State.IN_TARGET]) if report.rules.target is not None else UNKNOWN,
            _level(report, tally),
            spell(tally.within(0.5)),
            spell(tally.within(0.9)),
            count(tally.counts[State.CLOSED]),
        )

    if report.reading.as_of is None:
        return []
    tables = [
        (kind, [row(name, tally) for _, name, tally in _of(report, kind)]) for kind in ("team", "inbox")
    ]
    hours = [row(start.strftime("%H:%M"), parts[WHOLE]) for start, parts in _intervals(report, HALF_HOUR)]
    return [(title, rows) for title, rows in (*tables, ("from", hours)) if rows]


def _of(report: Report, kind: str, parts: "dict[Part, Tally] | None" = None) -> list[tuple[Part, str, Tally]]:
    """The parts of a kind, with their names, by name; no team comes last."""
    names = report.team_names if kind == "team" else report.inbox_names
    found = []
    for part, tally in (report.parts if parts is None else parts).items():
        if part.kind == kind and tally.arrived:
            fallback = "no team" if kind == "team" and not part.number else f"{kind} {part.number}"
            found.append((part, safe_line(names.get(part.number, "")) or fallback if kind else "", tally))
    return sorted(found, key=lambda row: (row[0].number == 0, row[1].lower()))


def _intervals(report: Report, each: int) -> list[tuple[datetime, dict[Part, Tally]]]:
    """Those that have begun and are known from their first second, with the contact centre's time.

    `each` is how many quarters stand in one. Of one that is known in part the count would be too low.
    """
    day, found = report.reading.day, []
    for first in range(0, day.quarters, each):
        begins = day.begins(first)
        if report.reading.as_of is None or begins > report.reading.as_of:
            break
        if begins < report.reading.roll.since:
            continue
        parts = total(report.quarters.get(quarter, {}) for quarter in range(first, first + each))
        found.append((datetime.fromtimestamp(begins, report.zone), parts))
    return found
