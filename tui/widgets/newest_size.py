"""What every screen has of sizes: one at a time, the newest."""

from typing import TYPE_CHECKING, Any

from textual.geometry import Size

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[Any]
else:
    _Base = object


class NewestSize(_Base):
    """Lays a screen out for the terminal's size as it is now, whichever size a message tells; stands first.

    Textual lays out for the size in the message and then tells the screen that size once more. Two
    sizes on their way to one screen, with any other message between them, so followed each other
    without end: the loop was busy for good, and the memory grew.
    """

    def _screen_resized(self, size: Size) -> None:  # noqa: ARG002 - an older size may be told than is known
        newest = self.app.size
        if self.outer_size != newest:
            super()._screen_resized(newest)
