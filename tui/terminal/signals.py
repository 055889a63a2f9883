"""Signals that end, stop or continue the program, so that the terminal is always given back."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable

from tui.terminal.restore import last_resort

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def install(
    loop: asyncio.AbstractEventLoop,
    on_signal: Callable[[signal.Signals], bool],
    *,
    grace: float = 4.0,
) -> Callable[[], None]:
    """Call `on_signal` on the loop for SIGTERM, SIGHUP and SIGINT; gives a function that undoes it.

    It exits the app and says True, or False where the signal is none of its business, as when
    an editor has the terminal. If the process is still there `grace` seconds after a True, or
    at the second signal, it ends at once with the terminal restored. A signal ignored from the
    start, as under nohup, stays ignored.
    """
    timers: list[threading.Timer] = []

    def arrived(number: signal.Signals) -> None:
        if timers:
            last_resort(128 + number)
        if on_signal(number):
            timer = threading.Timer(grace, last_resort, (128 + number,))
            timer.daemon = True
            timer.start()
            timers.append(timer)

    watched = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    for number in watched:
        loop.add_signal_handler(number, arrived, number)

    def uninstall() -> None:
        for timer in timers:
            timer.cancel()
        for number in watched:
            with contextlib.suppress(RuntimeError, ValueError):
                loop.remove_signal_handler(number)

    return uninstall


class JobControl:
    """Stopping with ctrl+z (SIGTSTP) and going on (SIGCONT), while the app has the terminal.

    `leave` gives the terminal back and ends this control, `enter` takes both again; `again` is
    called after a stop nobody announced (SIGSTOP): the terminal may be in any state.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        leave: Callable[[], None],
        enter: Callable[[], None],
        again: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._leave = leave
        self._enter = enter
        self._again = again

    def begin(self) -> None:
        """Handle the signals from now on."""
        with contextlib.suppress(RuntimeError, ValueError):
            self._loop.add_signal_handler(signal.SIGTSTP, self._stop)
            self._loop.add_signal_handler(signal.SIGCONT, self._again)

    def end(self) -> None:
        """Leave them to the system, as while another program has the terminal."""
        with contextlib.suppress(RuntimeError, ValueError):
            self._loop.remove_signal_handler(signal.SIGTSTP)
            self._loop.remove_signal_handler(signal.SIGCONT)

    def _stop(self) -> None:
        self._leave()
        # The whole job, so that a wrapper's shell notices; where nobody could continue us
        # (an orphaned group), the system ignores it and we go straight on.
        os.kill(0, signal.SIGTSTP)
        self._enter()
