"""Beside the counts: how they changed in 15 minutes, and against an hour, a day and a week before."""

from tui import figures, wording
from tui.figures import Measure, Slot
from tui.monitor.reading import AccountSnapshot, State
from tui.panes.answers import QUARTER, View
from tui.widgets.parts import Line, Part

ROOMY = 156
"""Cells from which on there is room for it."""
COMPARED = (
    ("waiting", figures.account(Measure.UNASSIGNED)),
    ("open", figures.account(Measure.OPEN)),
    ("agents online", figures.account(Measure.AGENTS_ONLINE)),
)


def quarter(snapshot: AccountSnapshot, slot: Slot, view: View) -> Line:
    """` ▲ 5`: the change of a count in 15 minutes; nothing where it is none or not known."""
    if view.width < ROOMY or snapshot.reading(slot).state(view.now) is not State.LIVE:
        return []
    change = view.course.change(slot, QUARTER)
    return [] if change is None or round(change) == 0 else [Part(f" {wording.change(change)}", "dim")]


def against(snapshot: AccountSnapshot, view: View) -> list[Line]:
    """`waiting against an hour ago ▲ 2, yesterday ▼ 3, last week —`, a line a figure; none where narrow."""
    if view.compared is None or view.width < ROOMY:
        return []
    found: list[Line] = []
    for name, slot in COMPARED:
        reading = snapshot.reading(slot)
        if reading.state(view.now) is not State.LIVE:
            continue
        parts = [Part(f"{name} against ", "label")]
        for number, (word, change) in enumerate(view.compared.changes(slot, reading.value)):
            told = wording.UNKNOWN if change is None else wording.change(change)
            parts.append(Part(f"{', ' if number else ''}{word} ", "label"))
            parts.append(Part(told, "unknown" if change is None else "normal"))
        found.append(parts)
    return found
