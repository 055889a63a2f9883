"""A small app to put widgets on, and what of it can be read back from the rendered screen."""

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widget import Widget

from tui.widgets import themes


class Stage(App[None], inherit_bindings=False):
    """Shows the widgets it is given, in one of our themes."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        *widgets: Widget,
        theme: str = themes.DEFAULT,
        bindings: Sequence[Binding] = (),
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.widgets = widgets
        for binding in bindings:
            self._bindings.key_to_bindings.setdefault(binding.key, []).append(binding)
        themes.install(self, theme)

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def lines(self) -> list[str]:
        """The screen as text, line by line."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines())


class Painted:
    """Counts the lines a widget is asked to render, by hooking its `render_line`."""

    def __init__(self, widget: Widget) -> None:
        self.lines: list[int] = []
        original = widget.render_line

        def counted(y: int) -> object:
            self.lines.append(y)
            return original(y)

        widget.render_line = counted  # type: ignore[assignment, method-assign]

    def take(self) -> list[int]:
        """The lines rendered since the last call, in order."""
        lines, self.lines = sorted(set(self.lines)), []
        return lines
