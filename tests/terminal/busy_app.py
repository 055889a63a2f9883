"""An application with a table, an input, scrolling and a modal, which tells what it means to show."""

import json
import random
import sys
from pathlib import Path

from rich.color_triplet import ColorTriplet
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.coordinate import Coordinate
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, RichLog, Static

from tui.terminal.driver import DifferenceDriver

WORDS = ["waiting", "日本語", "Chloé", "▁▂▃▄▅", "● online", "—", "[b]not markup[/b]", "한국", "🙂 ok", "n͂"]


class Question(ModalScreen[None]):
    """Lies over the others."""

    CSS = "Question { align: center middle; } Static { width: 30; height: 5; border: round red; }"

    def compose(self) -> ComposeResult:
        yield Static("日本語 over the table", markup=False)


class BusyApp(App[None]):
    """Changes something at each key of `s`, and writes its screen to the file at `d`."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "DataTable"
    CSS = "Input { height: 3; } Horizontal { height: 1fr; } DataTable { width: 2fr; } RichLog { width: 1fr; }"
    BINDINGS = [
        ("s", "step"),
        ("q", "quit"),
        ("m", "modal"),
        Binding("d", "dump", priority=True),
        Binding("escape", "close_modal", priority=True),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__(driver_class=DifferenceDriver)
        self.path = path
        self.chance = random.Random(5)
        self.steps = 0

    def compose(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        with Horizontal():
            yield DataTable()
            yield RichLog()
        field = Input("日本語 text")
        field.cursor_blink = False
        yield field

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("one", "two", "three")
        for row in range(60):
            table.add_row(*(self.chance.choice(WORDS) for _ in range(3)), key=str(row))

    def on_resize(self, event: Resize) -> None:
        self.query_one("#head", Static).update(f"size {event.size.width}x{event.size.height}")

    def action_step(self) -> None:
        self.steps += 1
        self.query_one("#head", Static).update(f"step {self.steps} " + self.chance.choice(WORDS))
        table = self.query_one(DataTable)
        for _ in range(self.chance.randint(0, 6)):
            at = Coordinate(self.chance.randrange(60), self.chance.randrange(3))
            table.update_cell_at(at, self.chance.choice(WORDS))
        table.move_cursor(row=self.chance.randrange(60), animate=False)
        self.query_one(RichLog).write(self.chance.choice(WORDS) * self.chance.randint(1, 5))
        if self.steps % 7 == 0:
            self.theme = self.chance.choice(["textual-dark", "textual-light", "nord"])

    def action_modal(self) -> None:
        self.push_screen(Question())

    def action_close_modal(self) -> None:
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def action_dump(self) -> None:
        rows = []
        for strip in self.screen._compositor.render_strips():
            row = []
            for segment in strip:
                style = segment.style
                assert style is not None
                fg, bg = (
                    "default" if colour is None or colour.is_default else hexadecimal(colour.get_truecolor())
                    for colour in (style.color, style.bgcolor)
                )
                look = (fg, bg, *map(bool, (style.bold, style.italic, style.underline, style.reverse)))
                row.append((segment.text, look))
            rows.append(row)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(rows))
        new.rename(self.path)


def hexadecimal(colour: ColorTriplet) -> str:
    return colour.hex[1:]


if __name__ == "__main__":
    BusyApp(Path(sys.argv[1])).run()
