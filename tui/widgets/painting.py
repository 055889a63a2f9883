"""From parts of text in roles to strips, over a widget's own background."""

from collections.abc import Iterable, Mapping
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets import themes
from tui.widgets.parts import Part, pad

Selection = Literal["none", "blurred", "focused"]


class RolePainter:
    """The styles of one widget: a theme, a background, and roles over it."""

    def __init__(self, theme: str, background: Color) -> None:
        self.key = theme, background
        self._theme = theme
        colour = None if background.a == 0 else background.rich_color
        self._base = Style(bgcolor=colour) + themes.style_of("normal", theme)
        self._styles: dict[tuple[str, Selection, bool], Style] = {}

    def style(self, role: str, selection: Selection = "none", bold: bool = False) -> Style:
        """The whole style of a role: background, colour and attributes."""
        known = self._styles.get((role, selection, bold))
        if known is None:
            known = self._base + themes.style_of(role, self._theme)
            if selection == "focused":
                reversed_twice = known.reverse and themes.selection_of(self._theme).reverse
                known += themes.selection_of(self._theme)
                if reversed_twice:
                    # Else it would vanish in a row that is reversed itself.
                    known += Style(reverse=False)
            if bold:
                known += Style(bold=True)
            self._styles[role, selection, bold] = known
        return known

    def segment(self, part: Part, meta: Mapping[str, object] | None = None) -> Segment:
        """One part as a segment that carries `meta` and the part's own."""
        carried = {**(meta or {}), **(part.meta or {})}
        style = self.style(part.role)
        return Segment(part.text, style + Style.from_meta(carried) if carried else style)

    def strip(self, parts: Iterable[Part], width: int) -> Strip:
        """A line of exactly `width` cells."""
        return Strip([self.segment(part) for part in pad(list(parts), width) if part.text], width)

    def blank(self, width: int) -> Strip:
        """An empty line."""
        return Strip([Segment(" " * width, self.style("normal"))], width)


def painter_for(widget: Widget, known: RolePainter | None) -> RolePainter:
    """`known` where the widget's theme and background are still the same, else a new one."""
    key = widget.app.theme, widget.background_colors[1]
    return known if known is not None and known.key == key else RolePainter(*key)
