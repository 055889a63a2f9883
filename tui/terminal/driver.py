"""The Textual driver: keeps what the terminal shows, writes the difference, never waits for it."""

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import time
import tty
from typing import Any, NamedTuple

from rich.color import ColorSystem
from textual import events
from textual.app import App, ScreenStackError
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.terminal import colours, restore, signals
from tui.terminal import skills as terminfo
from tui.terminal.difference import Difference
from tui.terminal.key_queue import KeyQueue
from tui.terminal.keyboard import Keyboard, is_interrupt
from tui.terminal.output import Output
from tui.terminal.style import ColourDepth
from tui.terminal.textual_private import OwnDriver, driver_of

_MOUSE_ON = "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
_REGAIN = "\x1b\\\x1b(B\x0f\x1b[r\x1b[?6l\x1b[4l"
"""Ends a string left open, line-drawing letters, a part that scrolls alone, and inserting."""
_SETTLED = 0.25
"""Seconds without a further resize."""
_DIGITS = 4
"""Of COLUMNS and LINES; no terminal has more."""
_ANSWERS_WITHIN = 1.0
"""Seconds after which a terminal that was asked something does not answer any more."""
_SYNC_QUERY = "\x1b[?2026$p"
_PLAIN_KEYS = "\x1b[>0u", "\x1b[<u"
"""Keys in their usual form while the terminal is ours, and then as they were before: kitty's protocol.

A program that was lost may have left it on, which sends key releases and codes for plain letters.
"""
_MOST_AHEAD = 16
"""Messages the app and its screen may have before them when another key is handed over."""


class TerminalOptions(NamedTuple):
    """What the command line says of the terminal.

    `colours` None is what the environment speaks for; `ascii` turns every other character into
    one of these; `mouse` off leaves the mouse to the terminal.
    """

    mouse: bool = True
    ascii: bool = False
    colours: ColourDepth | None = None


class DifferenceDriver(OwnDriver):
    """Paints what differs; while the terminal is slow it skips frames and keeps the newest.

    Mouse movement without a button is never asked for, nor focus, nor kitty's keyboard
    protocol, nor resizes in the input: nothing here needs them, and a lost line leaves them on.

    SIGTERM, SIGHUP, SIGINT and a hang-up exit the app, with 128 and the signal's number as its
    return code, in bounded time.
    """

    options = TerminalOptions()

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        before = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
        super().__init__(app, debug=debug, mouse=mouse and self.options.mouse, size=size)
        # LinuxDriver stops the process inside its signal handlers, in the middle of anything;
        # this driver does so between two turns of the loop.
        for number, handler in before.items():
            signal.signal(number, handler)
        self._screen_fd = _screen_fd()
        if not self.input_tty and os.isatty(self._screen_fd):
            # Something is piped in: the keys still come from the terminal.
            with contextlib.suppress(OSError):
                self.fileno = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
                self.input_tty = True
        depth = self.options.colours
        if depth is None:
            depth = colours.detect(os.environ, os.isatty(self._screen_fd))
        # Textual hands over all the colours it has; they are brought down once, in the parser.
        app.console._color_system = ColorSystem.TRUECOLOR
        columns, rows = self.terminal_size()
        self._difference = Difference(
            columns,
            rows,
            depth=depth,
            skills=terminfo.skills(os.environ),
            ascii_only=self.options.ascii,
        )
        self._output: Output | None = None
        self._keyboard: Keyboard | None = None
        self._keys = KeyQueue(self.loop, self._hand_over, self._app_is_behind)
        self._held: dict[str, tuple[str, str]] = {}
        if self.input_tty and terminfo.takes_keyboard_flags(os.environ):
            self._held["keys"] = _PLAIN_KEYS
        self._own_watch: signals.Watch | None = None
        self._asked_at = 0.0
        """When the terminal was asked what it has not answered yet; 0 where nothing is open."""
        self._settling: asyncio.TimerHandle | None = None
        self._started = False
        self._taken = False
        """Whether the terminal is ours just now, as far as it was told."""
        self._pump_due = False
        self._is_first = True
        """Whether no frame has been sent yet."""

    # Writing

    def write(self, data: str) -> None:
        """Take what Textual writes; the difference goes out in this loop turn or, if busy, later."""
        if self.is_app_running and not self.is_on_loop:
            self.loop.call_soon_threadsafe(self.write, data)
            return
        self._difference.held = self._output is None or self._output.busy
        self._difference.feed(data)
        self._schedule()

    def repaint(self) -> None:
        """Clear the terminal and paint everything again."""
        self._difference.repaint()
        self._schedule()

    def redraw(self) -> None:
        """Undo whatever another program has written or set here: set every mode again, paint everything."""
        if self._output is None:
            return
        if not self._output.busy:
            self._enter_raw_mode()
            self._output.send(f"{_REGAIN}{self._modes()}".encode())
        self.repaint()

    def _modes(self) -> str:
        return f"\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h{_MOUSE_ON if self.wants_mouse else ''}"

    def _schedule(self) -> None:
        if not self._pump_due and self._output is not None:
            self._pump_due = True
            self.loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Send one frame and what else waits, unless the terminal is still busy with the last."""
        self._pump_due = False
        if self._output is not None and not self._output.busy:
            data = self._difference.take()
            if data:
                self._output.send(data.encode("utf-8", "replace"))

    # Beginning and ending

    def start_application_mode(self) -> None:
        """Take over the terminal; a further call does nothing until it was given back."""
        if self._output is not None:
            return
        self.attrs_before = None
        with contextlib.suppress(termios.error):
            self.attrs_before = termios.tcgetattr(self.fileno)
        self._output = Output(self._screen_fd, self.loop, self._pump)
        self._take_terminal()
        self._follow_signals()
        if self.input_tty:
            self._keyboard = Keyboard(self.fileno, self.process_message)
        if self.tells_of_return:
            self.tells_of_return = False
            self.send_message(self.SignalResume())

    def _take_terminal(self) -> None:
        """Set every mode and paint everything, whatever the terminal was used for before."""
        if self._output is None:
            return
        self._enter_raw_mode()
        restore.arm(self._screen_fd, self.fileno, self.attrs_before, self._farewell())
        begin = self._modes()
        if self.input_tty and terminfo.answers_queries(os.environ):
            begin += _SYNC_QUERY
            self._asked_at = time.monotonic()
        if self._taken:
            # Stopped and continued without notice: what was begun is ended, or titles would pile up.
            begin += self._ends()
        begin += "".join(start for start, _ in self._held.values())
        self._taken = True
        self._difference.begin()
        self._output.send(begin.encode())
        self._tell_size(*self.terminal_size())
        if self._started:
            self.repaint()
        self._started = True

    def hold(self, name: str, begin: str, end: str) -> None:
        """Send `begin` now and each time the terminal is taken over, `end` when it is given back.

        A setting of the same `name` is replaced.
        """
        self._held[name] = (begin, end)
        if self._output is not None:
            # Not with the next frame: who ends before it would end what was never begun.
            self._output.send(begin.encode())
            restore.arm(self._screen_fd, self.fileno, self.attrs_before, self._farewell())

    def disable_input(self) -> None:
        """Stop reading keys; what was typed and not read, or answered late, is not for the shell."""
        if self._keyboard is not None:
            self._keyboard.stop()
            self._keyboard = None
            self._await_answer()
            self._keys.clear()
            with contextlib.suppress(termios.error):
                termios.tcflush(self.fileno, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, within a second even if it reads nothing."""
        self.disable_input()
        watch = signals.current()
        if watch is not None:
            watch.lent = True
            watch.neglect(signals.SCREEN)
        if self._settling is not None:
            self._settling.cancel()
        output, self._output = self._output, None
        if output is None:
            return
        self._taken = False
        output.finish(self._farewell().encode())
        output.close()
        self._leave_raw_mode()
        restore.disarm()

    def suspend_application_mode(self) -> None:
        """Lend the terminal to another program; `resume_application_mode` takes it back."""
        self.stop_application_mode()

    def close(self) -> None:
        """Give the terminal back if that was not done, and follow the signals no more."""
        self.stop_application_mode()
        watch = signals.current()
        if watch is not None:
            watch.follow(None)
        signals.end(self._own_watch)
        self._own_watch = None

    def _follow_signals(self) -> None:
        if signals.current() is None:
            self._own_watch = signals.begin()
        watch = signals.current()
        if watch is not None:
            watch.lent = False
            watch.follow(
                signals.on_loop(self.loop, self._signalled), terminal=self.fileno if self.input_tty else None
            )
            watch.attend(signals.SCREEN)

    def _signalled(self, number: signal.Signals) -> None:
        """See to a signal, in a turn of the loop."""
        if number in signals.ENDING:
            self.driven.exit(return_code=128 + number)
        elif self._output is None:
            return
        elif number == signal.SIGWINCH:
            self._resized()
        elif number == signal.SIGCONT:
            # After a stop that nobody announced (SIGSTOP) the terminal may be in any state.
            self._take_terminal()
        else:
            self._stop_for_shell()

    def _stop_for_shell(self) -> None:
        watch = signals.current()
        if watch is not None:
            self.suspend_application_mode()
            watch.stop_job()
            self.tells_of_return = True
            self.resume_application_mode()

    def _await_answer(self) -> None:
        """Wait a moment for what the terminal was asked: after us the shell would take it for keys."""
        answer = b""
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while self._asked_at and not answer.endswith(b"$y"):
            left = self._asked_at + _ANSWERS_WITHIN - time.monotonic()
            if left <= 0 or not any(event & select.POLLIN for _, event in poll.poll(left * 1000)):
                break
            with contextlib.suppress(OSError):
                answer += os.read(self.fileno, 1024)
        self._asked_at = 0.0

    def flush(self) -> None:
        """Send the first frame at once: a start has much else to do in this turn of the loop.

        Later ones go out with all of their turn: what belongs together is then seen together.
        """
        if self._is_first and self.is_on_loop:
            self._is_first = False
            self._pump()

    def _farewell(self) -> str:
        return self._ends() + restore.FAREWELL

    def _ends(self) -> str:
        """What ends the lasting settings, the last first."""
        return "".join(end for _, end in reversed(self._held.values()))

    def _enter_raw_mode(self) -> None:
        with contextlib.suppress(termios.error):
            raw = termios.tcgetattr(self.fileno)
            raw[tty.LFLAG], raw[tty.IFLAG] = self.raw_flags(raw[tty.LFLAG], raw[tty.IFLAG])
            raw[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, raw)

    def _leave_raw_mode(self) -> None:
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    # Size

    def _resized(self) -> None:
        size = self.terminal_size()
        if size == (self._difference.grid.columns, self._difference.grid.rows):
            self.repaint()
        self._tell_size(*size)

    def _tell_size(self, columns: int, rows: int) -> None:
        self._difference.resize(columns, rows)
        size = Size(columns, rows)
        self.send_message(events.Resize(size, size))
        if not self._started:  # There is no change that the app could miss: it draws for this size first.
            return
        if self._settling is not None:
            self._settling.cancel()
        self._settling = self.loop.call_later(_SETTLED, self._settle)

    def _settle(self) -> None:
        """Have everything drawn once more: after 80, 40 and 80 columns at once the app saw no change."""
        self._settling = None
        if self._output is not None:
            self.driven.refresh(layout=True)

    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows, from the terminal, else COLUMNS and LINES, else 80 by 24."""
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(self._screen_fd)
            if columns and rows:
                return columns, rows
        given = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
        if all(word.isdecimal() and len(word) <= _DIGITS and int(word) for word in given):
            return int(given[0]), int(given[1])
        return 80, 24

    # Keys

    def process_message(self, message: Message) -> None:
        """Queue a key, paste or answer for the app, from the keyboard's thread."""
        if isinstance(message, TerminalSupportsSynchronizedOutput):
            self._asked_at = 0.0
        self._keys.put(message, urgent=is_interrupt(message))

    def send_message(self, message: Message) -> None:
        """Post a message to the app, at once where this is its loop: what waits there can be counted then."""
        if self.is_on_loop:
            self.driven.post_message(message)
        else:
            super().send_message(message)

    def _hand_over(self, message: Message) -> None:
        Driver.process_message(self, message)
        if is_interrupt(message) and self._keyboard is not None:
            # The app comes to this once it has done what the key says.
            self.driven.call_later(self._keyboard.taken)

    def _app_is_behind(self) -> bool:
        waiting = self.driven.message_queue_size
        with contextlib.suppress(ScreenStackError):
            screen = self.driven.screen
            waiting += screen.message_queue_size
            if screen.focused is not None:
                waiting += screen.focused.message_queue_size
        return waiting >= _MOST_AHEAD


def redraw(app: App[Any]) -> None:
    """Have everything painted again, on a terminal that another program may have written to."""
    driver = driver_of(app)
    if isinstance(driver, DifferenceDriver):
        driver.redraw()


def driver_class(options: TerminalOptions) -> type[DifferenceDriver]:
    """The driver for `App(driver_class=...)` with these options."""
    return type("DifferenceDriver", (DifferenceDriver,), {"options": options})


def _screen_fd() -> int:
    """Where to paint: standard error as Textual does, or standard output where only that is a terminal."""
    files = [file for file in (sys.__stderr__, sys.__stdout__) if file is not None]
    for file in files:
        with contextlib.suppress(OSError, ValueError):
            if file.isatty():
                return file.fileno()
    return files[0].fileno() if files else 2
