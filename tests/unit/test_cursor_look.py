"""The cursor on a figure hides nothing of it: what is old looks old below it, too."""

import pytest
from textual.color import Color

from tui.panes.conversations.pane import _marked
from tui.widgets.painting import RolePainter
from tui.widgets.parts import Part


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "colour-blind", "ansi", "mono"])
def test_an_old_figure_looks_old_under_the_cursor(theme: str) -> None:
    painter = RolePainter(theme, Color(0, 0, 0))
    meta = {"figure": "backlog"}
    old, live = (_marked(Part("backlog 2", role, meta), "backlog") for role in ("stale", "dim"))
    assert painter.style(old.role) != painter.style(live.role)
    if theme not in ("ansi", "mono"):
        assert painter.style(old.role).color == painter.style("stale").color
