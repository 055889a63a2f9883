"""One rule on one subject over time: pending, firing, cleared; it counts fresh data only."""

from collections.abc import Mapping

import msgspec

from tui.config.conditions import Comparison
from tui.monitor.alerts.rules import Known


class Evidence(msgspec.Struct, frozen=True):
    """What a condition said, and of when its oldest figure is."""

    holds: bool
    at: float
    used: Mapping[str, Known]
    """The figures it was said of, each with its own age."""

    @property
    def values(self) -> dict[str, float]:
        """The figures alone, by their names; without those of too few conversations."""
        return {name: figure.value for name, figure in self.used.items() if not figure.of_few}

    @property
    def at_least(self) -> frozenset[str]:
        """The names of those that may be more."""
        return frozenset(name for name, figure in self.used.items() if figure.at_least)

    def follows(self, before: "Evidence") -> bool:
        """Whether every figure was live from `before` on: one that is asked rarely may keep its time."""
        return all(
            figure.asked_at - before.used[name].asked_at <= figure.live_for
            for name, figure in self.used.items()
        )


def weigh(
    comparisons: tuple[Comparison, ...], figures: Mapping[str, Known] | None, *, clearing: bool = False
) -> Evidence | None:
    """Whether all of `comparisons` hold; None where a figure is not known or not fresh.

    One of too few conversations holds where it is `clearing`, and never else.
    """
    if figures is None or not comparisons:
        return None
    used = {comparison.figure: figures[comparison.figure] for comparison in comparisons}
    return Evidence(
        all(
            clearing
            if figures[comparison.figure].of_few
            else comparison.holds(figures[comparison.figure].value)
            for comparison in comparisons
        ),
        min(figure.asked_at for figure in used.values()),
        used,
    )


class RuleWatch:
    """The state of one rule on one subject.

    Time counts between two pieces of evidence that both hold, unless the figures went stale in
    between. What is unknown neither adds to it nor takes from it.
    """

    __slots__ = ("_counted_to", "_held", "_last", "_lasting", "firing")

    def __init__(self, lasting: float) -> None:
        self._lasting = lasting
        self._held = 0.0
        self._counted_to = 0.0
        self._last: Evidence | None = None
        self.firing = False

    @property
    def held(self) -> float:
        """Seconds of fresh data in which the condition has held without a break."""
        return self._held

    def see(
        self, when: Evidence | None, until: Evidence | None, *, clears_by_when: bool, may_fire: bool
    ) -> bool:
        """Take the newest evidence; whether `firing` has changed.

        `clears_by_when` is for a rule without a clearing limit. `may_fire` is False while
        everything stays silent.
        """
        if when is not None:
            self._count(when)
        if not self.firing:
            due = self._last is not None and self._held >= self._lasting
            self.firing = due and may_fire and when is not None
            return self.firing
        cleared = (
            when is not None and not when.holds
            if clears_by_when
            else until is not None and until.holds and not (when is not None and when.holds)
        )
        if cleared:
            self.firing = False
            self._held, self._last = 0.0, None
        return cleared

    def _count(self, evidence: Evidence) -> None:
        if not evidence.holds:
            self._held, self._last = 0.0, None
            return
        if self._last is None or not evidence.follows(self._last):
            # Nothing is known of the time in between; what was held before it stays.
            self._counted_to = evidence.at
        elif evidence.at > self._counted_to:
            self._held += evidence.at - self._counted_to
            self._counted_to = evidence.at
        self._last = evidence
