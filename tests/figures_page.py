"""The page of figures, made from the one table of measures: `python -m tests.figures_page` writes it."""

from pathlib import Path

from tests.pages import between, rewrite
from tui.measures import ON_SCREEN, Measure, ScopeKind

PAGE = Path(__file__).parent.parent / "docs" / "figures.md"


def table() -> str:
    """A row for each measure that a config may name."""
    rows = ["| word | what it counts or times | of each | notes |", "|---|---|---|---|"]
    rows += [
        f"| `{measure}` | {measure.row.means} | {_of(measure)} | {_notes(measure)} |" for measure in ON_SCREEN
    ]
    return "\n".join(rows) + "\n"


def _of(measure: Measure) -> str:
    parts = [kind for kind in ScopeKind if kind in measure.row.of and kind is not ScopeKind.STATUS]
    return ", ".join(["account", *parts] if measure.is_status else parts)


def _notes(measure: Measure) -> str:
    row = measure.row
    told = ["a time"] if row.is_time else []
    told += ["at least"] if row.at_least else []
    told += ["of a hundred"] if row.is_share else []
    told += [] if row.in_config else ["not for `--figures`"]
    return ", ".join([*told, *([row.derived] if row.derived else [])])


def with_table(text: str) -> str:
    """`text` with the table between its two marks."""
    return between(text, "figures", table())


if __name__ == "__main__":
    rewrite(PAGE, with_table)
