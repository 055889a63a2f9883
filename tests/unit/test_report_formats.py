"""A day's service level in words: no percentage is above or below what it stands for."""

import re
from datetime import UTC

from tui.identity import AccountRef
from tui.monitor.service.figures import FEW, WHOLE, Rules, Tally
from tui.monitor.service.intervals import day_of
from tui.monitor.service.reading import Reading
from tui.monitor.service.states import State
from tui.output.report_formats import to_text
from tui.output.report_reading import Report


def report_of(met: int, late: int) -> Report:
    """A past day of which everything is known, and what became of its conversations."""
    day = day_of(1_795_940_000.0, UTC)
    reading, tally = Reading(day), Tally()
    reading.as_of = float(day.until)
    reading.roll.since = day.since
    tally.counts |= {State.IN_TARGET: met, State.LATE: late}
    return Report(
        ref=AccountRef("trial", 1),
        name="Trial",
        day="2026-11-29",
        zone=UTC,
        so_far=False,
        reading=reading,
        rules=Rules(target=300.0),
        goal=None,
        quarters={0: {WHOLE: tally}},
        parts={WHOLE: tally},
        recent=None,
        team_names={},
        inbox_names={},
    )


def test_a_level_is_rounded_down_and_never_further() -> None:
    for of in (FEW, 100, 125, 700):
        for met in range(of + 1):
            found = re.search(r"service level (\d+) %", to_text([report_of(met, of - met)]))
            assert found is not None
            percent = int(found[1])
            assert percent * of <= 100 * met < (percent + 1) * of, (met, of)
