"""A day's or week's service level as JSON: every term of it, null where it is not known."""

from collections.abc import Iterable

import msgspec

from tui.durations import QUARTER
from tui.monitor.history.trends import Point
from tui.monitor.service.figures import WHOLE, Tally
from tui.output.report_days import ComparedPeriod, Report, ReportedDay, ReportedInterval
from tui.output.report_tables import iso, parts_of, uncompared
from tui.output.service_values import ServiceValues, SharedValues, by_other_target, values_of


class ScopeRow(msgspec.Struct, frozen=True):
    """A team or an inbox; team 0 is that of conversations in no team."""

    id: int
    name: str
    service: ServiceValues


class OnlineValues(msgspec.Struct, frozen=True):
    """Agents online, as a running monitor recorded them; with `at_least` there may have been more."""

    min: float
    mean: float
    max: float
    at_least: bool


class IntervalRow(msgspec.Struct, frozen=True):
    """A quarter or half of an hour; `start` is ISO 8601 with the contact centre's offset."""

    start: str
    service: ServiceValues
    agents_online: OnlineValues | None


class DayRow(msgspec.Struct, frozen=True):
    """A day of the report."""

    day: str
    service: ServiceValues
    problem: str | None


class ComparedRow(msgspec.Struct, frozen=True):
    """What it is compared with, itself first: the same part of an earlier day or week, before `until`."""

    until: str
    service: ServiceValues
    problem: str | None
    """Why nothing is known of it, or why only the bounds of its level are."""


class LongestWait(msgspec.Struct, frozen=True):
    """Seconds; `at_most_s` is None where it may have been longer than anything that is known."""

    at_least_s: float
    at_most_s: float | None
    still_waiting: bool


class AccountReport(msgspec.Struct, frozen=True):
    """One account's day, or its week; the other one is None."""

    environment: str
    account: int
    day: str | None
    week: str | None
    service: ServiceValues
    teams: tuple[ScopeRow, ...]
    inboxes: tuple[ScopeRow, ...]
    days: tuple[DayRow, ...]
    intervals: tuple[IntervalRow, ...]
    compared: tuple[ComparedRow, ...]
    worst_half_hour: IntervalRow | None
    longest_wait: LongestWait | None
    agents_online: OnlineValues | None
    alerts: None
    """The history holds none."""
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
    span = SharedValues(report.period.name, report.rules, report.coverage, report.as_of)
    since, until = report.period.days[0].since, report.period.days[-1].until
    worst, longest = report.worst(), report.longest()

    def rows(kind: str) -> tuple[ScopeRow, ...]:
        if not report.known:
            return ()
        return tuple(
            ScopeRow(
                part.number,
                name,
                values_of(span, part, tally, report.recent.get(part, Tally()) if report.recent else None),
            )
            for part, name, tally in parts_of(report, kind)
        )

    return AccountReport(
        environment=report.ref.environment,
        account=report.ref.account_id,
        day=None if report.period.is_week else report.period.name,
        week=report.period.name if report.period.is_week else None,
        service=values_of(
            span,
            WHOLE,
            report.parts[WHOLE] if report.known else None,
            report.recent[WHOLE] if report.recent else None,
        ),
        teams=rows("team"),
        inboxes=rows("inbox"),
        days=tuple(
            DayRow(
                day.name,
                values_of(_of_day(report, day), WHOLE, day.parts[WHOLE] if day.known else None),
                day.problem or None,
            )
            for day in report.days
        ),
        intervals=tuple(row for day in report.days for row in _intervals(report, day)),
        compared=tuple(_compared(report, compared) for compared in report.compared),
        worst_half_hour=None if worst is None else _worst(report, *worst),
        longest_wait=None if longest is None else LongestWait(longest.least, longest.most, longest.waits),
        agents_online=_online(report.online_in(since, min(until, report.now))),
        alerts=None,
        problem=" ".join(report.problems) or None,
    )


def _worst(report: Report, interval: ReportedInterval, tally: Tally) -> IntervalRow:
    day = next(day for day in report.days if day.day.holds(interval.begins))
    return _interval(report, day, interval.begins, tally, report.online_in(interval.begins, interval.ends))


def _of_day(report: Report, day: ReportedDay) -> SharedValues:
    reading = day.reading
    return SharedValues(day.name, report.rules, reading.coverage if reading.sound else None, reading.as_of)


def _intervals(report: Report, day: ReportedDay) -> Iterable[IntervalRow]:
    online = report.online_by(day.day.since, day.day.until, QUARTER)
    for interval, point in zip(report.intervals(day, 1), online, strict=True):
        if interval.parts is not None:
            yield _interval(report, day, interval.begins, interval.parts[WHOLE], point)


def _interval(
    report: Report, day: ReportedDay, begins: int, tally: Tally, online: Point | None
) -> IntervalRow:
    values = values_of(_of_day(report, day), WHOLE, tally)
    return IntervalRow(iso(begins, report.zone), values, _online(online))


def _compared(report: Report, compared: ComparedPeriod) -> ComparedRow:
    span = SharedValues(compared.name, report.rules, None if compared.tally is None else 1.0, None)
    values = values_of(span, WHOLE, compared.tally)
    if compared.tally is not None and compared.other_target is not None:
        values = by_other_target(values, compared.tally, compared.other_target, report.rules)
    problem = uncompared(compared).format(compared.title) or None
    return ComparedRow(iso(compared.until, report.zone), values, problem)


def _online(point: Point | None) -> OnlineValues | None:
    if point is None:
        return None
    return OnlineValues(point.minimum, round(point.mean, 1), point.maximum, point.at_least)
