"""Words in a widget's border, changed without painting what lies inside it."""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def set_border(widget: Widget, title: Content | None, subtitle: Content | None) -> None:
    """Put `title` above and `subtitle` below; only those of the two lines that differ are painted.

    Textual's own attributes repaint the whole widget with all of its children, which costs a
    large table more than its rows do.
    """
    width, height = widget.outer_size
    across, down = widget.content_offset
    lines = []
    if widget._border_title != title:
        widget._border_title = title
        lines.append(0)
    if widget._border_subtitle != subtitle:
        widget._border_subtitle = subtitle
        lines.append(height - 1)
    if lines:
        widget.refresh(*[Region(-across, line - down, width, 1) for line in lines])
