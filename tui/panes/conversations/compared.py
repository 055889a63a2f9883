"""Beside the counts: how they changed in 15 minutes, and against an hour, a day and a week before."""

from typing import NamedTuple

from tui import identity, wording
from tui.durations import QUARTER
from tui.identity import Measure, Slot
from tui.monitor.history.comparison import EarlierFigures
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.panes.conversations.headline import View
from tui.widgets.parts import Line, Part

COMPARED_FROM = 100
"""Cells from which on there is room for what was at earlier times."""
ROOMY = 156
"""Cells from which on there is room for the quarter of an hour beside each count."""
LABEL, GAP = 23, 2
WIDTH, TIME_WIDTH, PEOPLE_WIDTH = 6, 8, 5


class Compared(NamedTuple):
    """A figure of these rows."""

    slot: Slot

    @property
    def word(self) -> str:
        """What it is called there."""
        return self.slot.row.word

    @property
    def width(self) -> int:
        """Cells that its change takes, so that nothing jumps."""
        return TIME_WIDTH if self.slot.row.is_time else PEOPLE_WIDTH if self.slot.row.of_people else WIDTH

    def text(self, change: float | None) -> str:
        """The change in words; a dash where it is not known."""
        if change is None:
            return wording.UNKNOWN
        if not self.slot.row.is_time or round(change) == 0:
            return wording.change(change)
        return f"{'▲' if change > 0 else '▼'} {wording.duration(abs(change))}"


COMPARED = tuple(
    Compared(identity.whole(measure))
    for measure in sorted(Measure, key=lambda measure: measure.row.compared)
    if measure.row.compared
)
"""The most needed first: what does not fit is left out."""


def quarter(snapshot: AccountSnapshot, slot: Slot, view: View) -> Line:
    """` ▲ 5`: the change of a count in 15 minutes; nothing where it is none or not known."""
    if view.width < ROOMY or snapshot.reading(slot).state(view.now) is not State.LIVE:
        return []
    change = view.course.change(slot, QUARTER)
    if change is None or round(change) == 0:
        return []
    return [Part(f" {wording.change(change)}", "dim", draw.change_meta(slot))]


def against(snapshot: AccountSnapshot, view: View) -> list[Line]:
    """`vs. yesterday  unassigned ▲ 2  open ▼ 3`, a line each moment; none where narrow.

    A moment of which nothing is known takes no line.
    """
    if view.compared is None or view.width < COMPARED_FROM:
        return []
    shown = _that_fit(snapshot, view.width)
    changes = {one.slot: _changes(snapshot, one.slot, view, view.compared) for one in shown}
    found: list[Line] = []
    for place, word in enumerate(view.compared.words):
        if all(changes[one.slot][place] is None for one in shown):
            continue
        parts = [Part(f" {f'vs. {word}':<{LABEL - 1}}", "label")]
        for one in shown:
            change = changes[one.slot][place]
            told = f"{one.text(change):<{one.width + GAP}}"
            look = "unknown" if change is None else "normal"
            parts += [Part(f"{one.word} ", "label"), Part(told, look, draw.change_meta(one.slot, word))]
        found.append(parts)
    return found


def _that_fit(snapshot: AccountSnapshot, width: int) -> list[Compared]:
    found: list[Compared] = []
    room = width - LABEL
    for one in COMPARED:
        if one.slot in snapshot.readings:
            room -= len(one.word) + 1 + one.width + GAP
            if room < 0:
                break
            found.append(one)
    return found


def _changes(
    snapshot: AccountSnapshot, slot: Slot, view: View, compared: EarlierFigures
) -> tuple[float | None, ...]:
    reading = snapshot.reading(slot)
    known = reading.state(view.now) is State.LIVE and not reading.at_least
    return compared.changes(slot, reading.value if known else None)
