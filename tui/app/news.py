"""What follows when the monitor learns something: observed, recorded, judged, shown, each by itself."""

from collections.abc import Callable

from tui.app.alerting import AlertsAtWork
from tui.identity import AccountKey, AccountRef
from tui.monitor.housekeeping import Guard
from tui.monitor.recording import end_reach, record
from tui.screens.context import Context


class News:
    """Listens to the monitor of the config in use; `show` puts on screen what is new of an account."""

    def __init__(self, context: Context, alerting: AlertsAtWork, show: Callable[[AccountRef], None]) -> None:
        self._context = context
        self._guard = Guard()
        self._stop: Callable[[], None] = lambda: None
        # Each by itself: what fails in one place is no reason for the others not to hear of it.
        self._steps = (
            ("observing who is there", self._observe),
            ("recording", self._record),
            ("judging alerts", alerting.heard),
            ("showing news", show),
        )
        self._alerting = alerting

    def listen(self) -> None:
        """Hear of every change from now on."""
        self._stop = self._context.monitor.listen(self._heard)
        self._context.monitor.listen_for_breaks(self._reach_changed)

    def stop(self) -> None:
        """Hear of nothing more: another monitor is to take over."""
        self._stop()

    def _heard(self, ref: AccountRef) -> None:
        for name, step in self._steps:
            self._guard.call(name, step, ref)

    def _observe(self, ref: AccountRef) -> None:
        self._context.presence.observe(self._context.monitor.snapshot(ref))

    def _record(self, ref: AccountRef) -> None:
        context = self._context
        if context.history is not None:
            record(context.history, context.monitor, context.monitor.snapshot(ref), context.clock.now())

    def _reach_changed(self, ref: AccountRef, former: AccountKey) -> None:
        if self._context.history is not None:
            end_reach(self._context.history, self._context.monitor, ref, former)
        self._alerting.reach_changed(ref)
