"""Words in a widget's border, changed without painting what lies inside it."""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def set_border(widget: Widget, title: Content | None, subtitle: Content | None) -> None:
    """Put `title` above and `subtitle` below; only those of the two lines that differ are painted.

    Textual's own attributes repaint the whole widget with all of its children, which costs a
    large table more than its rows do. A look that differs is a difference too: it may be all
    that tells live from stale.
    """
    width, height = widget.outer_size
    across, down = widget.content_offset
    lines = []
    if not _same(widget._border_title, title):
        widget._border_title = title
        lines.append(0)
    if not _same(widget._border_subtitle, subtitle):
        widget._border_subtitle = subtitle
        lines.append(height - 1)
    if lines:
        widget.refresh(*[Region(-across, line - down, width, 1) for line in lines])


def _same(shown: Content | None, wanted: Content | None) -> bool:
    if shown is None or wanted is None:
        return shown is wanted
    return shown.is_same(wanted)  # `==` compares the text alone
