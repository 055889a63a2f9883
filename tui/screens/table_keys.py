"""The keys of a table, for every screen that has one: moving, sorting."""

from abc import abstractmethod

from tui.widgets.live_table import LiveTable

NAMES = (
    "row_down",
    "row_up",
    "first_row",
    "last_row",
    "page_down",
    "page_up",
    "sort",
    "sort_reverse",
)


class TableKeys:
    """A screen adds `bindings(*NAMES)` and says which table the keys are for just now."""

    @property
    @abstractmethod
    def current_table(self) -> LiveTable | None:
        """The table under the cursor; None while the cursor is elsewhere."""

    def action_row_down(self) -> None:
        """Next row."""
        if (table := self.current_table) is not None:
            table.action_row_down()

    def action_row_up(self) -> None:
        """Previous row."""
        if (table := self.current_table) is not None:
            table.action_row_up()

    def action_first_row(self) -> None:
        """First row."""
        if (table := self.current_table) is not None:
            table.action_first_row()

    def action_last_row(self) -> None:
        """Last row."""
        if (table := self.current_table) is not None:
            table.action_last_row()

    def action_page_down(self) -> None:
        """A page of rows down."""
        if (table := self.current_table) is not None:
            table.action_page_down()

    def action_page_up(self) -> None:
        """A page of rows up."""
        if (table := self.current_table) is not None:
            table.action_page_up()

    def action_sort(self) -> None:
        """Sort by the next column."""
        if (table := self.current_table) is not None:
            table.sort_next()

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        if (table := self.current_table) is not None:
            table.sort_reverse()
