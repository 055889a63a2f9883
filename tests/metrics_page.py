"""The series of the exporter, made from the table of measures: `python -m tests.metrics_page` writes them."""

from pathlib import Path

from tui.measures import ScopeKind
from tui.monitor.asks import source_of
from tui.output.exporter import OUTLINE_NEEDS, OWN
from tui.output.openmetrics import INFOS, MOMENTS, NAMES, slot_of

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"
BEGIN, END = "<!-- series -->\n", "<!-- /series -->"
OUTLINE = {need.what for need in OUTLINE_NEEDS}


def table() -> str:
    """A row for each series, with its labels besides `environment` and `account`."""
    rows = ["| series | label | what it is | group | of many accounts |", "|---|---|---|---|---|"]
    for (kind, measure), name in NAMES.items():
        source = source_of(slot_of(kind, measure))
        many = "yes" if source is not None and (source in OUTLINE or source.call.name == "counts") else ""
        label = "" if kind is ScopeKind.ACCOUNT else f"`{kind}`"
        rows.append(f"| `{name}` | {label} | {measure.row.means} | `{source}` | {many} |")
    for name, means in MOMENTS.items():
        rows.append(f"| `{name}` | `group` | {means} | | yes |")
    for kind, (name, means) in INFOS.items():
        own = "`name`, `covers`" if kind is ScopeKind.ACCOUNT else f"`{kind}`, `name`"
        rows.append(f"| `{name}_info` | {own} | {means}; its value is 1 | | yes |")
    rows += [f"| `{name}` | {label} | {means} | | yes |" for name, (label, means) in OWN.items()]
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """`text` with the table between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
