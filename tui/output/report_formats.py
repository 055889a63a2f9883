"""A day's or week's service level as text, Markdown, HTML, CSV and JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tui.monitor.service.states import CountedAs
from tui.output.csv import CsvRow, shown, written
from tui.output.report_days import Report
from tui.output.report_html import to_html
from tui.output.report_json import to_json
from tui.output.report_tables import iso, parts_of, sentences, tables, title
from tui.output.table import aligned

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


def to_text(reports: Iterable[Report]) -> str:
    """For a person at a terminal."""
    blocks = []
    for report in reports:
        lines = [title(report), *sentences(report), ""]
        for table in tables(report):
            right = frozenset(range(1, len(table.heads)))
            lines += [*aligned([table.heads, *table.rows], right), ""]
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def to_markdown(reports: Iterable[Report]) -> str:
    """For a mail, a ticket or a wiki."""
    lines: list[str] = []
    for report in reports:
        paragraphs = [f"{_escaped(sentence)}  " for sentence in sentences(report)]
        lines += [f"# {_escaped(title(report))}", "", *paragraphs, ""]
        for table in tables(report):
            lines += [_line(table.heads), _line(("---", *("---:" for _ in table.heads[1:])))]
            lines += [*map(_line, table.rows), ""]
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


def _csv_rows(report: Report) -> Iterator[CsvRow]:
    judged = report.rules.is_judged
    for interval, parts in report.known_intervals(1):
        start = iso(interval.begins, report.zone)
        for part, name, tally in (
            row for kind in ("", "team", "inbox") for row in parts_of(report, kind, parts)
        ):
            mean = tally.mean()
            yield (
                shown(report.ref.environment),
                report.ref.account_id,
                start,
                part.kind or "account",
                part.number if part.kind else None,
                shown(name),
                tally.arrived,
                tally.answered,
                tally.counts[CountedAs.CLOSED],
                tally.counts[CountedAs.IN_TARGET] if judged else None,
                None if mean is None else round(mean, 1),
            )


FORMATS: dict[str, Callable[[Iterable[Report]], str]] = {
    "text": to_text,
    "markdown": to_markdown,
    "html": to_html,
    "csv": to_csv,
    "json": to_json,
}
