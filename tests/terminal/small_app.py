"""A small application on the difference driver, for the tests that run it in a real terminal."""

import os
import sys
import time
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.events import Resize
from textual.widgets import Input, Static

from tui.terminal import restore
from tui.terminal.driver import DifferenceDriver, TerminalOptions, driver_class
from tui.terminal.title import WindowTitle

WIDE = "日本語 ● é ▁▂▃"


class SmallApp(App[None]):
    """Counts at each `n`, floods at `f`, breaks at `x`, quits at `q`; with `--lingers` not at once.

    `z` and `l` block the loop for a minute: asleep, and at work.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: #101030; } #count { color: #ffcc00; text-style: bold; }"
    BINDINGS = [
        ("n", "more", "more"),
        ("f", "flood", "flood"),
        ("x", "break", "break"),
        ("c", "copy", "copy"),
        ("z", "sleep", "sleep"),
        ("l", "work", "work"),
        ("q", "quit", "quit"),
        Binding("ctrl+z", "suspend_process", priority=True),
    ]

    def __init__(self, beats: Path | None) -> None:
        super().__init__(
            driver_class=driver_class(
                TerminalOptions(ascii="--ascii" in sys.argv, mouse="--no-mouse" not in sys.argv)
            )
        )
        self.beats = beats
        self.count = 0
        self.flooding = False

    def compose(self) -> ComposeResult:
        yield Static(WIDE)
        yield Static("count 0", id="count")
        yield Static("", id="body", markup=False)
        if "--input" in sys.argv:
            field = Input()
            field.cursor_blink = False
            yield field

    def on_mount(self) -> None:
        assert isinstance(self._driver, DifferenceDriver)
        WindowTitle(self._driver, os.environ).set("small app")
        self.set_interval(0.05, self._beat)

    def on_resize(self, event: Resize) -> None:
        self.query_one("#body", Static).update(f"size {event.size.width}x{event.size.height}")

    def _beat(self) -> None:
        if self.beats is not None:
            self.beats.write_text(f"{time.monotonic()}")
        if self.flooding:
            self.count += 1
            rows = (f"{self.count * 7919 % 1000003:7d} " * 12 for _ in range(20))
            self.query_one("#body", Static).update("\n".join(rows))
            self.query_one("#count", Static).update(f"count {self.count}")

    def action_more(self) -> None:
        self.count += 1
        self.query_one("#count", Static).update(f"count {self.count}")

    def action_flood(self) -> None:
        self.flooding = not self.flooding
        if not self.flooding:
            self.query_one("#body", Static).update("calm again")

    def action_break(self) -> None:
        raise RuntimeError("broken on purpose")

    def action_sleep(self) -> None:
        self._say_blocked()
        time.sleep(60)

    def action_work(self) -> None:
        self._say_blocked()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pass

    def _say_blocked(self) -> None:
        # Nothing is painted any more: the terminal is told without the driver.
        os.write(2, b"\x1b]2;blocked\x07")

    def action_copy(self) -> None:
        self.copy_to_clipboard("text")


if __name__ == "__main__":
    restore.install()
    paths = [word for word in sys.argv[1:] if not word.startswith("-")]
    app = SmallApp(Path(paths[0]) if paths else None)
    app.run()
    if "--lingers" in sys.argv:
        time.sleep(30)
    sys.exit(app.return_code or 0)
