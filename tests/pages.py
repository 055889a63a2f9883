"""What the pages share that are made from tables: the place of a table in its page."""

from collections.abc import Callable
from pathlib import Path


def between(text: str, mark: str, made: str) -> str:
    """`text` with `made` between `<!-- mark -->` and `<!-- /mark -->`."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{made}{end}{after}"


def rewrite(page: Path, with_table: Callable[[str], str]) -> None:
    """Put the table of today into a page."""
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
