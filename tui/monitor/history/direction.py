"""Which way the figures of one account go: what a pane asks of the history."""

from typing import Protocol

from tui.identity import AccountKey, Figure, Slot
from tui.monitor.history.history import History


class Course(Protocol):
    """The last hour of an account's figures."""

    def change(self, slot: Slot, seconds: float) -> float | None:
        """The newest value less that of `seconds` before, at most an hour; None where not known."""

    def sparkline(self, slot: Slot, seconds: float, steps: int) -> list[float | None]:
        """The last `seconds` in `steps` equal parts; None is a gap."""

    def flow(self, slot: Slot) -> float | None:
        """Growth an hour; None where the fresh samples don't say."""

    def clears_in(self, slot: Slot) -> float | None:
        """Seconds until nought at the present slope; None unless enough fresh samples say so."""


class AccountCourse:
    """The course of one account, from the samples kept of it."""

    def __init__(self, history: History, key: AccountKey) -> None:
        self._history = history
        self._key = key

    def change(self, slot: Slot, seconds: float) -> float | None:
        """The newest value less that of `seconds` before."""
        return self._history.change(self._figure(slot), seconds)

    def sparkline(self, slot: Slot, seconds: float, steps: int) -> list[float | None]:
        """The last `seconds` in `steps` equal parts."""
        return self._history.sparkline(self._figure(slot), seconds, steps)

    def flow(self, slot: Slot) -> float | None:
        """Growth an hour."""
        return self._history.flow(self._figure(slot))

    def clears_in(self, slot: Slot) -> float | None:
        """Seconds until nought at the present slope."""
        return self._history.clears_in(self._figure(slot))

    def _figure(self, slot: Slot) -> Figure:
        return Figure(self._key, slot.scope, slot.measure)


class NoCourse:
    """Nothing is known of the past."""

    def change(self, slot: Slot, seconds: float) -> float | None:  # noqa: ARG002
        """Not known."""
        return None

    def sparkline(self, slot: Slot, seconds: float, steps: int) -> list[float | None]:  # noqa: ARG002
        """All gaps."""
        return [None] * steps

    def flow(self, slot: Slot) -> float | None:  # noqa: ARG002
        """Not known."""
        return None

    def clears_in(self, slot: Slot) -> float | None:  # noqa: ARG002
        """Not known."""
        return None


NO_COURSE = NoCourse()
