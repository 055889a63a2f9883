"""The series of the exporter, made from the table of measures: `python -m tests.metrics_page` writes them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.pages import between, rewrite
from tui.identity import Measure, ScopeKind, Slot, inbox, team, whole
from tui.monitor.calls import What
from tui.monitor.sources import source_of
from tui.output.exporter import OUTLINE_NEEDS, OWN
from tui.output.openmetrics import INFOS, MOMENTS, NAMES
from tui.output.service_metrics import GROUP, SERIES

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"
OUTLINE = {What.COUNTS, *(need.what for need in OUTLINE_NEEDS)}
SLOTS: dict[ScopeKind, Callable[[Measure], Slot]] = {
    ScopeKind.ACCOUNT: whole,
    ScopeKind.TEAM: partial(team, 1),
    ScopeKind.INBOX: partial(inbox, 1),
}
"""Agents are left out: only a snapshot tells of them."""


def table() -> str:
    """A row for each series, with its labels besides `environment` and `account`."""
    rows = ["| series | own labels | what it is | group | of many accounts |", "|---|---|---|---|---|"]
    for (kind, measure), name in NAMES.items():
        if kind not in SLOTS:
            continue
        source = source_of(SLOTS[kind](measure))
        many = "yes" if source in OUTLINE else ""
        label = "" if kind is ScopeKind.ACCOUNT else f"`{kind}`"
        rows.append(f"| `{name}` | {label} | {measure.row.means} | `{source}` | {many} |")
    for name, (labels, means) in SERIES.items():
        rows.append(f"| `{name}` | {', '.join(f'`{label}`' for label in labels)} | {means} | `{GROUP}` | |")
    for name, means in MOMENTS.items():
        rows.append(f"| `{name}` | `group` | {means} | | yes |")
    for kind, (name, means) in INFOS.items():
        own = "`name`, `covers`" if kind is ScopeKind.ACCOUNT else f"`{kind}`, `name`"
        rows.append(f"| `{name}_info` | {own} | {means}; its value is 1 | | yes |")
    rows += [f"| `{name}` | {label} | {means} | | yes |" for name, (label, means) in OWN.items()]
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """`text` with the table between its two marks."""
    return between(text, "series", table())


if __name__ == "__main__":
    rewrite(PAGE, with_table)
