"""A day's or week's service level as one file to print: tables and SVG, no script, nothing from elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tui.monitor.service.figures import FEW, WHOLE, PartOfAccount, Tally
from tui.monitor.service.states import CountedAs
from tui.output.markup import Node, markup, node
from tui.output.report_charts import (
    TO_COME,
    Bar,
    HeatRow,
    LevelBar,
    Segment,
    counts_chart,
    heat_map,
    key,
    levels_chart,
    patterns,
)
from tui.output.report_days import HALF_HOUR, Report, ReportedInterval
from tui.output.report_tables import Table, labels, level_of, row_name, sentences, tables, title
from tui.wording import minute

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { font: 14px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 60em;
  margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0 0 .4em; }
h2 { font-size: 1.1em; margin: 1.6em 0 .4em; }
p { margin: .15em 0; }
p.first { font-size: 1.1em; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin-top: 1.8em; font-variant-numeric: tabular-nums; }
th, td { padding: .2em .5em; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; white-space: normal; }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 9em;
  overflow-wrap: anywhere; }
svg.chart { width: 100%; height: auto; display: block; }
svg.patterns { position: absolute; }
.keys { margin: .3em 0; }
.key { margin-right: 1.2em; white-space: nowrap; }
.axis { font-size: 10px; fill: #555; }
.grid { stroke: #e4e4e4; }
.goal { stroke: #1a1a1a; stroke-dasharray: 5 4; }
.met { fill: #0072b2; }
.late { fill: #e69f00; }
.closed { fill: #d55e00; }
.queued { fill: #56b4e9; }
.other { fill: #bbb; }
.level, .heat { fill: #0072b2; }
.few { fill: #9cc6de; }
.unknown { fill: url(#hatched); stroke: #bbb; stroke-width: .5; }
section + section { break-before: page; margin-top: 4em; }
tr, svg, h2 { break-inside: avoid; break-after: avoid-page; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } }
"""
ChartOutcome = tuple[str, str, tuple[CountedAs, ...]]
"""The class that colours it, its words, and the states it sums up."""
JUDGED: tuple[ChartOutcome, ...] = (
    ("met", "answered in target", (CountedAs.IN_TARGET,)),
    ("late", "answered late", (CountedAs.LATE,)),
    ("closed", "closed without reply", (CountedAs.CLOSED,)),
    ("queued", "waiting", (CountedAs.QUEUED_IN_TIME, CountedAs.QUEUED_LATE)),
)
UNJUDGED: tuple[ChartOutcome, ...] = (("met", "answered", (CountedAs.IN_TARGET, CountedAs.LATE)), *JUDGED[2:])
OTHER = "in no level"
HALF_HOURS = 48


def to_html(reports: Iterable[Report]) -> str:
    """A page, a section an account."""
    several = list(reports)
    name = title(several[0]) if len(several) == 1 else "Service level"
    head = markup(node("title", {}, name))
    body = "\n".join(
        [markup(patterns()), *(markup(node("section", {}, *_section(report))) for report in several)]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width"/>\n'
        f"{head}\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _section(report: Report) -> list[Node]:
    paragraphs = sentences(report)
    nodes = [node("h1", {}, title(report))]
    nodes += [
        node("p", {"class": "first"} if not place else {}, sentence)
        for place, sentence in enumerate(paragraphs)
    ]
    nodes += _charts(report)
    return [*nodes, *map(_table, tables(report))]


def _charts(report: Report) -> list[Node]:
    outcomes = _outcomes(report)
    if report.period.is_week:
        places, what = _days(report), "day"
    else:
        places, what = _half_hours(report), "half-hour"
    bars = [
        Bar(name, None if parts is None else _segments(report, parts[WHOLE]), begun)
        for name, parts, begun in places
    ]
    colours = [*((kind, word) for kind, word, _ in outcomes), ("other", OTHER), ("unknown", "not known")]
    name = f"New conversations by {what}"
    nodes = [node("h2", {}, name), counts_chart(name, bars), key(colours)]
    if report.rules.is_judged:
        name = f"Service level by {what}"
        shown = [("level", "level"), ("few", f"of fewer than {FEW}"), ("unknown", "not known")]
        levels = [_level(report, *place) for place in places]
        nodes += [node("h2", {}, name), levels_chart(name, levels, report.goal), key(shown)]
    if report.period.is_week:
        name = "New conversations by half-hour, the more the darker"
        columns = [f"{place // 2:02}:{place % 2 * 30:02}" for place in range(HALF_HOURS)]
        nodes += [node("h2", {}, name), heat_map(name, columns, _heat(report))]
    return nodes


_Place = tuple[str, Mapping[PartOfAccount, Tally] | None, bool]
"""Its label, what is known of it, and whether it has begun."""


def _days(report: Report) -> list[_Place]:
    """All of a week; a day that is known in part has no bar: it would be too low."""
    begun = {day.name: day for day in report.days}
    places: list[_Place] = []
    for name in report.period.dates:
        day = begun.get(name)
        known = day is not None and day.known_from_midnight
        places.append((row_name(name), day.parts if day is not None and known else None, day is not None))
    return places


def _half_hours(report: Report) -> list[_Place]:
    intervals = report.intervals(report.days[0])
    names = labels([interval.begins for interval in intervals], report.zone)
    return [(name, interval.parts, interval.begun) for name, interval in zip(names, intervals, strict=True)]


def _outcomes(report: Report) -> Sequence[ChartOutcome]:
    return JUDGED if report.rules.is_judged else UNJUDGED


def _segments(report: Report, tally: Tally) -> Sequence[Segment]:
    segments = [
        Segment(kind, sum(tally.counts[state] for state in states), word)
        for kind, word, states in _outcomes(report)
    ]
    return [*segments, Segment("other", tally.arrived - sum(segment.number for segment in segments), OTHER)]


def _level(report: Report, name: str, parts: Mapping[PartOfAccount, Tally] | None, begun: bool) -> LevelBar:
    if parts is None:
        return LevelBar(name, None, "", few=False, known=False, begun=begun)
    tally, missed = parts[WHOLE], report.rules.closed_missed
    few = tally.decided(closed_missed=missed) < FEW
    return LevelBar(name, tally.level(closed_missed=missed), level_of(report, tally), few=few, known=True)


def _heat(report: Report) -> list[HeatRow]:
    """By the clock on the wall: an hour that is there twice counts twice, one left out has none."""
    rows = []
    for day in report.days:
        numbers: list[int | None] = [TO_COME] * HALF_HOURS
        for interval in report.intervals(day):
            place = _column(report, interval)
            if not interval.begun or numbers[place] is None:
                continue
            new = interval.parts[WHOLE].arrived if interval.parts is not None else None
            numbers[place] = None if new is None else max(0, numbers[place] or 0) + new
        rows.append(HeatRow(f"{datetime.fromisoformat(day.name):%a %d}", numbers))
    return rows


def _column(report: Report, interval: ReportedInterval) -> int:
    hours, minutes = minute(interval.begins, report.zone).split(":")
    return HALF_HOUR * int(hours) + int(minutes) // 30


def _table(table: Table) -> Node:
    head = node("tr", {}, *(node("th", {}, word) for word in table.heads))
    rows = (node("tr", {}, *(node("td", {}, cell) for cell in row)) for row in table.rows)
    return node("table", {}, node("thead", {}, head), node("tbody", {}, *rows))
