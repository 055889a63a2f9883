"""In and out: how many conversations came and how many left within the last hour."""

from tui import identity, wording
from tui.durations import HOUR
from tui.identity import Measure, Slot
from tui.monitor.reading import AccountSnapshot, State
from tui.panes.conversations.headline import View
from tui.widgets.parts import Line, Part

GROWING = (("new", Measure.TODAY), ("closed", Measure.RESOLVED))
"""What came is by how much the one grew; of the resolved there are all, whenever they came."""


def in_and_out(snapshot: AccountSnapshot, view: View) -> Line:
    """`new 52, closed 40 in the last hour`; a part that is not known is left out.

    What came is by how much the count of today grew, which begins anew at midnight: within an
    hour of it nothing is told. What was closed is by how much all the resolved ones grew: the
    reopened ones taken off, and nothing told where the server deleted more. Where the count of
    today covers more inboxes than that of the resolved, what came does not stand beside it.
    """
    told: list[Part] = []
    for word, measure in GROWING:
        if measure.row.day and snapshot.reports_cover_more:
            continue
        slot = identity.whole(measure)
        grown = _grown(snapshot, slot, view)
        if grown is not None:
            told.append(Part(f"{', ' if told else ''}{word} ", "label"))
            told.append(Part(wording.count(grown), "value", {"grown": slot.name}))
    return [*told, Part(" in the last hour", "label")] if told else []


def _grown(snapshot: AccountSnapshot, slot: Slot, view: View) -> float | None:
    reading = snapshot.reading(slot)
    if reading.value is None or reading.state(view.now) is not State.LIVE:
        return None
    # The sample that held an hour ago may be a period older than that.
    of_today = view.day_began is None or view.now - view.day_began < HOUR + reading.period
    if slot.row.day and of_today:
        return None
    grown = view.course.change(slot, HOUR)
    return None if grown is None or grown < 0 else grown
