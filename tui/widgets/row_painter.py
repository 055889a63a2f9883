"""How a table's header and rows become strips."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.columns import GAP, Placed, title_text
from tui.widgets.painting import RolePainter, Selection
from tui.widgets.parts import Part, clip
from tui.widgets.rows import Row

MARKS: dict[Selection, Part] = {
    "none": Part(" "),
    "blurred": Part("▏", "mark-blurred"),
    "focused": Part("▌", "mark"),
}
MARGIN = 1
ASCENDING, DESCENDING = "▲", "▼"


def header_strip(
    painter: RolePainter, placed: Sequence[Placed], width: int, sorted_by: tuple[str, bool] | None
) -> Strip:
    """The titles; each carries its column's key, so that a click sorts by it."""
    segments = [Segment(" " * MARGIN, painter.style("header"))]
    for column, _, room in placed:
        mark, role = "", "header"
        if sorted_by is not None and sorted_by[0] == column.key:
            mark, role = DESCENDING if sorted_by[1] else ASCENDING, "sorted"
        # The mark of the order may stand in the gap beside the column, so that no letter is lost.
        title = title_text(column, room + GAP if mark else room, mark)
        over = max(0, cell_len(title) - room)
        spare = " " * (room - cell_len(title))
        text = spare + title if column.align == "right" else title + spare
        if over and column.align == "right":
            segments.pop()
        segments.append(painter.segment(Part(text, role, {"column": column.key})))
        segments.append(
            Segment(" " * (GAP - over if column.align == "left" else GAP), painter.style("header"))
        )
    return Strip(segments).adjust_cell_length(width, painter.style("header"))


def row_strip(
    painter: RolePainter, placed: Sequence[Placed], width: int, row: Row, selection: Selection
) -> Strip:
    """One row; all of it carries the row's key, and each text its own meta."""
    carried = Style.from_meta({"row": row.key})
    empty = painter.style("normal", selection) + carried
    mark = MARKS[selection]
    segments = [Segment(mark.text, painter.style(mark.role, selection) + carried)]
    blanks = 0
    used = MARGIN
    for column, index, room in placed:
        line = row.cells[index].line if index < len(row.cells) else ()
        texts = _fitted(line, room)
        left = room - sum(cell_len(text) for text, _ in texts)
        if column.align == "right":
            blanks, left = blanks + left, 0
        bold = index < len(row.cells) and row.cells[index].bold
        for text, part in texts:
            if blanks:
                segments.append(Segment(" " * blanks, empty))
                blanks = 0
            style = painter.style(part.role, selection, bold)
            segments.append(Segment(text, style + _meta(row, part, carried)))
        blanks += left + GAP
        used += room + GAP
    segments.append(Segment(" " * max(0, blanks + width - used), empty))
    return Strip(segments).adjust_cell_length(width, empty)


def _meta(row: Row, part: Part, carried: Style) -> Style:
    return carried if part.meta is None else Style.from_meta({"row": row.key, **part.meta})


def _fitted(line: Sequence[Part], room: int) -> list[tuple[str, Part]]:
    fitted: list[tuple[str, Part]] = []
    for part in line:
        if not part.text:
            continue
        text = clip(part.text, room)
        if not text:
            break
        fitted.append((text, part))
        room -= cell_len(text)
        if len(text) != len(part.text):
            break
    return fitted
