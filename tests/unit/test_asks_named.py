"""Every kind of call has a name for a person, and every figure the call that tells it."""

from tui import figures
from tui.figures import Measure
from tui.monitor.asks import NAMES, What, source_of


def test_every_kind_of_call_has_a_name() -> None:
    """The status line names the call that failed; one without a name would take its answer along."""
    assert set(NAMES) == set(What)


def test_the_figures_of_yesterday_and_of_who_waits_come_from_their_own_calls() -> None:
    assert source_of(figures.account(Measure.TODAY_BEFORE)) is What.SUMMARY_BEFORE
    assert source_of(figures.account(Measure.TODAY)) is What.SUMMARY
    for measure in (Measure.WAITING, Measure.OVER_TARGET, Measure.LONGEST):
        assert source_of(figures.account(measure)) is What.LONGEST
