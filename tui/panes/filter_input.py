"""The line that filters a table's rows; read when somebody first opens one."""

from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Input


class FilterInput(Input):
    """The one line that filters the rows as you type; escape clears and closes it."""

    BINDINGS = [("escape", "close", "close the filter"), ("down", "rows", "to the rows")]

    @dataclass
    class Closed(Message):
        """The filter was given up."""

        keep: bool

    def action_close(self) -> None:
        """Give the filter up."""
        self.post_message(self.Closed(keep=False))

    def action_rows(self) -> None:
        """Keep the filter and go to the rows."""
        self.post_message(self.Closed(keep=True))
