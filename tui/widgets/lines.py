"""Lines of text in roles: a widget that repaints only the lines that changed."""

from collections.abc import Sequence

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.painting import RolePainter, painter_for
from tui.widgets.parts import Line, Part


class LineView(Widget):
    """Shows the lines it is given, each cut or filled to the width; never asks for layout by itself.

    With `height: auto` it is as high as its lines; a change of their number then asks for
    layout, otherwise nothing does.
    """

    DEFAULT_CSS = "LineView { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Widget.auto_links, False)
        self._lines: tuple[tuple[Part, ...], ...] = ()
        self._painter: RolePainter | None = None

    @property
    def lines(self) -> tuple[tuple[Part, ...], ...]:
        """The lines as given."""
        return self._lines

    @property
    def plain(self) -> str:
        """The lines' text alone."""
        return "\n".join("".join(part.text for part in line) for line in self._lines)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these; only those that differ are painted again."""
        before, self._lines = self._lines, tuple(tuple(line) for line in lines)
        if before == self._lines:
            return
        if len(before) != len(self._lines) and self.styles.auto_dimensions:
            self.refresh(layout=True)
            return
        rows = max(len(before), len(self._lines))
        changed = [row for row in range(rows) if before[row : row + 1] != self._lines[row : row + 1]]
        self.refresh(*[Region(0, row, self.size.width, 1) for row in changed])

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """All the width there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """A row for each line."""
        return max(1, len(self._lines))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region; the theme and the background are looked at once for all of them."""
        self._painter = painter_for(self, self._painter)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        if self._painter is None or y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return self._painter.strip(self._lines[y], width)
