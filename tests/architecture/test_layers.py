"""Boxes and screens are opened and closed through the one guard against keys that come twice."""

import re

from tests.architecture.project import ROOT

GUARD = ROOT / "tui" / "widgets" / "layers.py"
UNGUARDED = re.compile(r"\.push_screen\(|\bModalScreen\b|\(Screen\[|self\.app\.pop_screen\(")


def test_every_box_is_a_layer() -> None:
    unguarded = [
        f"{path.relative_to(ROOT)}: {match}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        if path != GUARD
        for match in UNGUARDED.findall(path.read_text(encoding="utf-8"))
    ]
    assert unguarded == []


def test_no_child_is_looked_up() -> None:
    """A screen holds its children: a size may be told before they are there, or when they are gone."""
    looked_up = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tui").rglob("*.py"))
        if ".query_one(" in path.read_text(encoding="utf-8")
    ]
    assert looked_up == []
