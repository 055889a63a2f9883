"""The header of a table: titles over their columns, and the mark of the order beside one."""

import pytest
from rich.cells import cell_len
from textual.color import Color

from tui.columns import Column
from tui.widgets.columns import Order, fit
from tui.widgets.painting import RolePainter
from tui.widgets.row_painter import header_strip

COLUMNS = (
    Column("name", "team", min_width=10, flex=1),
    Column("waiting", "waiting", width=7, align="right", priority=1),
    Column("open", "open", width=6, align="right", priority=2),
    Column("availability", "availability", width=12, priority=3),
    Column("since", "since", width=7, align="right", priority=4),
)
WIDTH = 60


def header(order: Order | None) -> str:
    painter = RolePainter("dark", Color(0, 0, 0))
    return header_strip(painter, fit(COLUMNS, WIDTH - 1), WIDTH, order).text


@pytest.mark.parametrize("key", ["name", "waiting", "open", "availability", "since"])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_mark_of_the_order_takes_no_letter_and_moves_no_title(key: str, *, reverse: bool) -> None:
    plain, marked = header(None), header((key, reverse))
    mark = "▼" if reverse else "▲"
    assert cell_len(plain) == cell_len(marked) == WIDTH
    assert marked.count(mark) == 1
    assert marked.replace(mark, " ") == plain


def test_the_mark_stands_beside_its_own_title() -> None:
    assert "▼waiting " in header(("waiting", True))
    assert "availability▲ " in header(("availability", False))
