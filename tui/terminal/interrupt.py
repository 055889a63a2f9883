"""Ctrl+c while the program hangs: it ends all the same, without the event loop."""

import threading

SILENCE = 5.0
"""Seconds the loop may take over a first ctrl+c."""
INSISTED = 1.0
"""Seconds it may take over it once there was a second: the two may have come in one read."""


class Interrupt:
    """Knows when a ctrl+c that nobody took has waited long enough. Times are seconds of one clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pressed: float | None = None
        self._deadline: float | None = None

    def pressed(self, now: float) -> None:
        """Ctrl+c came at `now`."""
        with self._lock:
            if self._pressed is None:
                self._pressed = now
                self._deadline = now + SILENCE
            else:
                self._deadline = self._pressed + INSISTED

    def taken(self) -> None:
        """The app has done what the key says."""
        with self._lock:
            self._pressed = self._deadline = None

    def wait(self, now: float) -> float | None:
        """Seconds until the program is to end; None while nothing is waited for."""
        with self._lock:
            return None if self._deadline is None else max(0.0, self._deadline - now)
