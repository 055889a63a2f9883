"""The keys of lines that scroll, for every screen that is read and has no rows to select."""

from abc import abstractmethod

from textual.containers import ScrollableContainer

SCROLL_KEYS = ("row_down", "row_up", "first_row", "last_row", "page_down", "page_up")
LINES_A_PAGE = 10


class ScrollKeys:
    """A screen adds `bindings(*SCROLL_KEYS)` and says what is scrolled."""

    @property
    @abstractmethod
    def scrolled(self) -> ScrollableContainer:
        """What the keys move."""

    def action_row_down(self) -> None:
        """A line down."""
        self.scrolled.scroll_relative(y=1, animate=False)

    def action_row_up(self) -> None:
        """A line up."""
        self.scrolled.scroll_relative(y=-1, animate=False)

    def action_first_row(self) -> None:
        """To the top."""
        self.scrolled.scroll_home(animate=False)

    def action_last_row(self) -> None:
        """To the end."""
        self.scrolled.scroll_end(animate=False)

    def action_page_down(self) -> None:
        """Ten lines down."""
        self.scrolled.scroll_relative(y=LINES_A_PAGE, animate=False)

    def action_page_up(self) -> None:
        """Ten lines up."""
        self.scrolled.scroll_relative(y=-LINES_A_PAGE, animate=False)
