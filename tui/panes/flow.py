"""In and out: how many conversations came and how many were resolved within the last hour."""

from tui import figures, wording
from tui.figures import Measure, Slot
from tui.monitor.reading import AccountSnapshot, State
from tui.panes.answers import View
from tui.widgets.parts import Line, Part

HOUR = 3_600.0
CAME = figures.account(Measure.TODAY)
WENT = figures.account(Measure.RESOLUTIONS)


def in_and_out(snapshot: AccountSnapshot, view: View) -> Line:
    """`in 52, out 40 an hour`, what the counts of today grew by; a part that is not known is left out.

    The counts begin anew at midnight: within an hour of it, or where one of them fell, nothing is told.
    """
    told: list[Part] = []
    for word, slot in (("in", CAME), ("out", WENT)):
        grown = _grown(snapshot, slot, view)
        if grown is not None:
            told.append(Part(f"{', ' if told else ''}{word} ", "label"))
            told.append(Part(wording.count(grown), "value", {"grown": slot.name}))
    return [*told, Part(" an hour", "label")] if told else []


def _grown(snapshot: AccountSnapshot, slot: Slot, view: View) -> float | None:
    reading = snapshot.reading(slot)
    if reading.value is None or reading.state(view.now) is not State.LIVE or view.day_began is None:
        return None
    # The sample that held an hour ago may be a period older than that.
    if view.now - view.day_began < HOUR + reading.period:
        return None
    grown = view.course.change(slot, HOUR)
    return None if grown is None or grown < 0 else grown
